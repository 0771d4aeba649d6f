"""The size of a kernel that is found, against kernels whose size is known."""

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import fftconvolve
from skimage import data

from mcdeconv.data.datasets import load
from mcdeconv.data.datasets.shake import camera_shake_kernel
from mcdeconv.data.grey import grey_of
from mcdeconv.methods import TimeUp
from mcdeconv.methods.found_size import LARGEST, finding_kernel_size, found_kernel_size

FACTOR = 1.5


def shaken(size: int) -> np.ndarray:
    """The camera man, blurred by a shake of that size."""
    kernel = camera_shake_kernel(size, np.random.default_rng(4))
    blurred: np.ndarray = fftconvolve(data.camera() / 255, kernel, mode="valid")
    return blurred + 0.003 * np.random.default_rng(0).standard_normal(blurred.shape)


@pytest.mark.parametrize("size", [15, 31, 51])
def test_size_is_within_a_factor_of_the_true_one(size: int) -> None:
    found = found_kernel_size(shaken(size))
    assert found % 2 and size / FACTOR <= found <= size * FACTOR, found


def test_no_blur_needs_little_room() -> None:
    assert found_kernel_size(data.camera() / 255) < LARGEST / 4


def test_the_largest_bounds_it_and_so_does_a_small_picture() -> None:
    assert 7 <= found_kernel_size(shaken(31), largest=12) <= 11
    assert 7 <= found_kernel_size(shaken(31)[:64, :72]) <= 13


def test_when_the_time_is_up_the_first_kernel_tells_the_size() -> None:
    """And before there is one nothing does."""

    def stopped_at(share: float) -> int:
        steps = finding_kernel_size(shaken(15))
        while next(steps) < share:
            pass
        try:
            while True:
                steps.throw(TimeUp())
        except StopIteration as end:
            return int(end.value)

    assert 15 / FACTOR <= stopped_at(0.51) <= 15 * FACTOR
    with pytest.raises(TimeUp):
        stopped_at(0.1)


@pytest.mark.parametrize("side", [40, 100, 160])
def test_a_small_picture_without_blur_has_a_size_that_can_be_solved(side: int) -> None:
    size = found_kernel_size(data.camera()[:side, 100 : 100 + side] / 255)
    assert size >= 3 and size % 2


def test_levins_sizes_are_within_a_factor(benchmark_data: Path) -> None:
    near = 0
    for item in load("levin", [f"im05_flit{n:02d}" for n in range(1, 9)], benchmark_data / "levin"):
        assert item.kernel_size is not None
        size = found_kernel_size(grey_of(item.blurred))
        near += item.kernel_size / FACTOR <= size <= item.kernel_size * FACTOR
    assert near == 8
