"""Halved items still obey the forward model."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from scipy.ndimage import shift as moved
from scipy.signal import convolve2d

from mcdeconv.data.datasets.item import Item
from mcdeconv.errors import InputError
from mcdeconv.studies.halving import area_average, halved


def drawn_item(size, side=(120, 131)):
    """A smooth image 'valid'ly blurred at full resolution by a lopsided kernel."""
    rng = np.random.default_rng(size)
    kernel = gaussian_filter(rng.random((size, size)) ** 8 * np.linspace(0, 1, size), 0.7)
    kernel /= kernel.sum()
    large = gaussian_filter(rng.normal(size=[s + size - 1 for s in side]), 4)
    large = 0.5 + 0.15 * large / large.std()
    half = size // 2
    return Item(
        id="drawn",
        dataset="drawn",
        category="smooth",
        blurred=convolve2d(large, kernel, mode="valid"),
        kernel_size=size,
        sharp=large[half:-half, half:-half],
        kernel=kernel,
    )


@pytest.mark.parametrize("size", [13, 21, 23, 31])
def test_a_halved_item_is_still_its_truth_blurred_by_its_kernel(size):
    """Up to a shift of kernel and image by a part of a pixel, equation (2), which no score sees."""
    item = drawn_item(size)
    small = halved(item)
    assert small.blurred.shape == small.sharp.shape == (60, 65)
    assert small.kernel.sum() == pytest.approx(1) and small.kernel.min() >= 0
    assert small.kernel.shape == (small.kernel_size, small.kernel_size)
    assert small.kernel_size % 2 == 1 and size / 2 <= small.kernel_size <= size / 2 + 2
    inner = slice(20, -20), slice(20, -20)
    blurred = convolve2d(small.sharp, small.kernel, mode="same", boundary="symm")
    steps = np.linspace(-1, 1, 9)
    residual = min(np.std((moved(blurred, (dy, dx)) - small.blurred)[inner]) for dy in steps for dx in steps)
    unblurred = np.std((small.sharp - small.blurred)[inner])
    assert residual < 0.003
    assert unblurred > 10 * residual  # so it is the kernel that explains it


def test_halving_keeps_everything_else_and_marks_the_id():
    item = replace(drawn_item(13), category="natural", saturated=True)
    small = halved(item)
    assert (small.id, small.dataset, small.category, small.saturated) == ("drawn_half", "drawn", "natural", True)


@pytest.mark.parametrize("missing", ["sharp", "kernel"])
def test_an_item_without_truth_cannot_be_halved(missing):
    with pytest.raises(InputError, match="drawn"):
        halved(replace(drawn_item(13), **{missing: None}))


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 9), st.integers(2, 9), st.integers(0, 99))
def test_area_average_is_the_mean_of_each_four(height, width, seed):
    image = np.random.default_rng(seed).random((height, width))
    averaged = area_average(image)
    assert averaged.shape == (height // 2, width // 2)
    for row in range(height // 2):
        for column in range(width // 2):
            four = image[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            assert averaged[row, column] == pytest.approx(four.mean())
