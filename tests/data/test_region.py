"""The region for the kernel on drawn scenes whose best place is known, and its parts against brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import gaussian_filter

from mcdeconv.data import region
from mcdeconv.data.region import Region, long_edges, most_informative_region, region_for_kernel

KERNEL, SIZE = 9, 48
PLACES = [(0, 0), (20, 90), (75, 30), (112, 112)]


def blocks(seed, low=0.2, high=0.8, side=48):
    """Random blocks of 16 px: long edges in both directions, and corners."""
    coarse = np.random.default_rng(seed).integers(0, 2, (side // 16, side // 16))
    coarse[0, :2], coarse[1, :2] = (0, 1), (1, 0)  # never flat
    return low + (high - low) * np.kron(coarse, np.ones((16, 16)))


def scene(background, top, left, patch):
    image = background.copy()
    image[top : top + patch.shape[0], left : left + patch.shape[1]] = patch
    return gaussian_filter(image, 1.5)  # as blurred images are


def flat(side=160):
    return np.full((side, side), 0.5)


def stripes(side=160):
    """Strong edges, longer than any kernel, but in one direction only."""
    return np.repeat(np.where(np.arange(side) // 10 % 2, 0.9, 0.1)[:, None], side, axis=1)


def overlap(found, top, left, side=48):
    """Share of the square at (top, left) that a region covers."""
    rows = min(found.top + found.height, top + side) - max(found.top, top)
    columns = min(found.left + found.width, left + side) - max(found.left, left)
    return max(rows, 0) * max(columns, 0) / side**2


@pytest.mark.parametrize("background", [flat, stripes])
@pytest.mark.parametrize(("top", "left"), PLACES)
def test_the_square_with_corners_is_found(background, top, left):
    found = most_informative_region(scene(background(), top, left, blocks(top)), SIZE, KERNEL)
    assert (found.height, found.width) == (SIZE, SIZE)
    assert overlap(found, top, left) > 0.5


def test_fine_texture_does_not_pass_for_edges(monkeypatch):
    """Noise has more gradient than blocks, but its gradients cancel within a kernel's reach."""
    image = scene(flat(), 20, 90, blocks(0, 0.4, 0.6))
    image[100:148, 10:58] = np.random.default_rng(0).normal(0.5, 0.1, (48, 48)).clip(0.05, 0.95)
    assert overlap(most_informative_region(image, SIZE, KERNEL), 20, 90) > 0.5
    monkeypatch.setattr(region, "long_edges", lambda dy, dx, size: np.ones_like(dy))
    assert overlap(most_informative_region(image, SIZE, KERNEL), 100, 10) > 0.5


def test_clipped_pixels_are_avoided(monkeypatch):
    image = scene(flat(), 10, 10, blocks(1, 0.1, 0.9))
    image[100:148, 100:148] = scene(flat(), 100, 100, blocks(1, -0.2, 1.2))[100:148, 100:148].clip(0, 1)
    assert overlap(most_informative_region(image, SIZE, KERNEL), 10, 10) > 0.5
    monkeypatch.setattr(region, "CLIPPED", (-1.0, 2.0))  # nothing counts as clipped: the stronger edges win
    assert overlap(most_informative_region(image, SIZE, KERNEL), 100, 100) > 0.5


@pytest.mark.parametrize(("shape", "wanted"), [((40, 44), (40, 44)), ((40, 160), (40, 48)), ((48, 48), (48, 48))])
def test_a_side_shorter_than_the_region_is_taken_whole(shape, wanted):
    image = np.random.default_rng(0).random(shape)
    found = most_informative_region(image, SIZE, KERNEL)
    assert (found.height, found.width) == wanted
    assert image[found.slices].shape == wanted


@pytest.mark.parametrize(("size", "kernel", "wanted"), [(48, 9, 48), (48, 25, 75), (None, 25, 160), (48, 75, 160)])
def test_a_region_is_three_kernels_wide_as_far_as_the_image_goes(size, kernel, wanted):
    found = region_for_kernel(stripes(), size, kernel)
    assert (found.height, found.width) == (wanted, wanted)


def test_a_flat_image_has_some_region():
    found = most_informative_region(flat(), SIZE, KERNEL)
    assert flat()[found.slices].shape == (SIZE, SIZE)


def test_the_transposed_image_has_the_transposed_region():
    image = scene(flat(), 20, 90, blocks(3))
    found = most_informative_region(image, SIZE, KERNEL)
    assert most_informative_region(image.T, SIZE, KERNEL) == Region(found.left, found.top, SIZE, SIZE)


def test_slices_are_rows_then_columns():
    image = np.arange(200).reshape(10, 20)
    assert np.array_equal(image[Region(2, 5, 3, 4).slices], image[2:5, 5:9])


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_box_sums_are_those_of_every_window(data):
    height, width = data.draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    box = data.draw(st.integers(1, height)), data.draw(st.integers(1, width))
    values = np.random.default_rng(data.draw(st.integers(0, 99))).normal(size=(height, width))
    wanted = sliding_window_view(values, box).sum(axis=(2, 3))
    assert np.allclose(region.box_sums(values, *box), wanted, atol=1e-12)


def test_long_edges_are_near_1_on_a_straight_edge_and_0_where_nothing_is():
    image = np.full((80, 80), 0.1)
    image[:, 40:] = 0.9
    usefulness = long_edges(*np.gradient(image), 15)
    # 15 rows of a step of 0.8: Xu and Jia's (1) is 12 / (12 + 0.5)
    assert usefulness[40, 40] == pytest.approx(12 / 12.5)
    assert usefulness[40, 10] == 0


def test_long_edges_are_low_on_noise_and_on_lines_narrower_than_the_kernel():
    noise = np.random.default_rng(0).random((80, 80))
    assert long_edges(*np.gradient(noise), 15)[10:-10, 10:-10].max() < 0.2
    line = np.full((80, 80), 0.1)
    line[:, 40:44] = 0.9  # up and down again within the window
    assert long_edges(*np.gradient(line), 15)[40, 42] == pytest.approx(0, abs=1e-6)
