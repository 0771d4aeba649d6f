"""The frame: sizes, pyramid, kernel step, pruning and centring, against what SciPy or a closed form gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import center_of_mass, gaussian_filter
from scipy.signal import convolve2d

from mcdeconv.methods.coarse_to_fine import (
    RATIO,
    EdgeSelection,
    Level,
    balanced_threshold,
    centred,
    coarse_to_fine,
    enlarged,
    fit_kernel,
    forward_gradients,
    kernel_sizes,
    normalised,
    pruned,
    resized,
    shrunk,
)

rng = np.random.default_rng(0)


@given(st.integers(1, 80).map(lambda n: 2 * n + 1))
def test_kernels_are_odd_and_shrink_by_a_root_of_two_down_to_five_pixels(size):
    sizes = kernel_sizes(size)
    assert sizes[0] == size and all(n % 2 for n in sizes)
    assert all(0 <= n - size * RATIO**s < 2 for s, n in enumerate(sizes[1:], 1))
    assert sizes[-1] <= 9 or size == sizes[-1]


@pytest.mark.parametrize("scale", [RATIO, 0.5, RATIO**3])
def test_a_shrunk_image_is_the_smooth_one_sampled_further_apart_and_not_moved(scale):
    """A slope keeps its value at every sample: a filter that is not symmetric would move it."""
    slope = np.add.outer(np.arange(90.0), 2 * np.arange(80.0))
    small = shrunk(slope, scale)
    first = small[0, 0]
    assert np.allclose(small, first + np.add.outer(np.arange(small.shape[0]), 2 * np.arange(small.shape[1])) / scale)
    assert abs(small.mean() - slope.mean()) < 3 / scale
    assert shrunk(slope, 1) is slope


def test_an_enlarged_kernel_keeps_its_form_and_its_sum():
    small = gaussian_filter(np.eye(9), 1.0)
    large = enlarged(normalised(small), 13)
    assert large.shape == (13, 13) and large.sum() == pytest.approx(1) and large.min() >= 0
    wide = gaussian_filter(np.eye(13), 2**0.5)
    assert np.corrcoef(large.ravel(), wide.ravel())[0, 1] > 0.95


def test_small_parts_go_and_large_ones_stay():
    kernel = np.zeros((9, 9))
    kernel[1, 1:4], kernel[7, 7], kernel[4, 4] = 0.3, 0.05, 0.05
    kept = pruned(kernel)
    assert kept[7, 7] == kept[4, 4] == 0 and kept.sum() == pytest.approx(1)
    assert np.allclose(kept[1, 1:4], 1 / 3)
    assert np.allclose(pruned(np.eye(5)), np.eye(5) / 5)  # connected over corners


@given(st.integers(0, 2**32 - 1))
def test_a_centred_kernel_has_its_centre_of_mass_in_the_middle_pixel(seed):
    spot = np.zeros((15, 15))
    draw = np.random.default_rng(seed)
    spot[tuple(draw.integers(4, 8, 2))] = 1
    moved = centred(gaussian_filter(spot, 0.8, radius=2))
    assert np.allclose(center_of_mass(moved), 7, atol=0.51)
    assert moved.sum() == pytest.approx(1)


def test_the_kernel_step_solves_the_normal_equations():
    """Against a dense least-squares solution on a small problem, with the same periodic border."""
    n, size = 24, 3
    latent = [np.pad(rng.standard_normal((n, n)), ((0, 8), (0, 8))) for _ in range(2)]
    true = np.array([[0, 0.2, 0], [0.1, 0.4, 0.1], [0, 0.2, 0]])
    blurred = [convolve2d(part, true, mode="same") for part in latent]
    shifts = [(i - 1, j - 1) for i in range(size) for j in range(size)]
    matrix = np.concatenate([np.stack([np.roll(part, by, (0, 1)).ravel() for by in shifts], 1) for part in latent])
    right = np.concatenate([part.ravel() for part in blurred])
    dense = np.linalg.solve(matrix.T @ matrix + 2 * np.eye(size**2), matrix.T @ right).reshape(size, size)
    found = fit_kernel(tuple(latent), tuple(blurred), np.zeros((size, size)))
    dense[dense < 0.05 * dense.max()] = 0
    assert np.allclose(found, dense / dense.sum(), atol=1e-4)
    assert np.allclose(found, true, atol=0.02)


def test_the_threshold_leaves_enough_pixels_of_every_orientation():
    image = gaussian_filter(rng.random((64, 64)), 1)
    down, across = forward_gradients(image)
    threshold = balanced_threshold(down, across, 100)
    angle = np.degrees(np.arctan(down / across))
    kept = down**2 + across**2 >= threshold
    counts = np.histogram(angle[kept], [-90, -45, 0, 45, 90])[0]
    assert counts.min() == 100


def test_the_selection_starts_every_level_at_the_coarsest_ones_threshold_and_falls():
    image = gaussian_filter(rng.random((64, 64)), 1)
    select = EdgeSelection()
    select.begin(Level(image, 5, 0))
    counts = [np.count_nonzero(select(image)[0]) for _ in range(5)]
    assert counts == sorted(counts) and counts[0] < counts[-1]
    select.begin(Level(resized(image, (90, 90)), 7, 5))
    assert select.threshold == select.start
    faint = 1e-6 * image  # below the threshold everywhere: it falls until something is left
    assert np.count_nonzero(select(faint)[0])


def test_the_frame_tells_how_far_it_is_and_ends_with_a_kernel():
    seen = []

    def alternate(level, kernel):
        seen.append((level.blurred.shape, level.kernel_size, level.iterations_before, level.coarser is None))
        for _ in range(3):
            yield level.blurred, kernel

    steps = coarse_to_fine(rng.random((70, 60)), 15, alternate, 3)
    shares = []
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            found = end.value
            break
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1) and 0 < shares[0] < 0.2
    assert [size for _, size, *_ in seen] == kernel_sizes(15)[::-1]
    assert seen[-1][0] == found.latent.shape == (70, 60)
    assert [before for *_, before, _ in seen] == [3 * i for i in range(len(seen))]
    assert [first for *_, first in seen] == [True] + [False] * (len(seen) - 1)
    assert found.kernel.shape == (15, 15) and found.kernel.sum() == pytest.approx(1)
