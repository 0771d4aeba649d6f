"""The size of a kernel from the blurred image alone, against kernels whose size is known."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mcdeconv.core.forward import blur
from mcdeconv.data.datasets import load
from mcdeconv.data.kernel_size import estimate_kernel_size, gradient_autocorrelation
from mcdeconv.errors import InputError


def rectangles(side: int = 320, seed: int = 0) -> NDArray:
    """Overlapping rectangles of all sizes: a scene whose power spectrum falls off about as 1 / |ω|²."""
    rng = np.random.default_rng(seed)
    scene = np.full((side, side), 0.5)
    for _ in range(1500):
        top, left = rng.integers(-40, side, 2)
        height, width = np.minimum(3 * (1 - rng.random(2)) ** -0.7, 80).astype(int)
        scene[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)] = rng.random()
    return scene


def streak(length: int, angle: float) -> NDArray:
    """A straight motion of `length` px in the direction `angle` (degrees)."""
    kernel = np.zeros((length, length))
    along = np.linspace(-1, 1, 8 * length) * (length // 2)
    rows, columns = (length // 2 + np.rint(along * f(np.deg2rad(angle))).astype(int) for f in (np.sin, np.cos))
    np.add.at(kernel, (rows, columns), 1)
    return kernel / kernel.sum()


@pytest.mark.parametrize("angle", [0, 35, 90])
def test_size_grows_with_a_known_kernel_and_is_near_it(angle: int) -> None:
    """A straight streak is the hardest to hold: its autocorrelation is thinnest at the end (measured: 31 for 33)."""
    rng = np.random.default_rng(1)
    lengths = [9, 17, 33]
    sizes = [estimate_kernel_size(blur(rectangles(), streak(length, angle), 0.005, rng)) for length in lengths]
    assert sizes == sorted(set(sizes))
    assert all(0.9 * length <= size <= 2 * length for length, size in zip(lengths, sizes, strict=True)), sizes
    assert all(size % 2 for size in sizes)


def test_size_survives_rotation_by_90_degrees_and_a_change_of_contrast() -> None:
    blurred = blur(rectangles()[:, :251], streak(21, 20))
    size = estimate_kernel_size(blurred)
    assert [estimate_kernel_size(np.rot90(blurred, turns)) for turns in (1, 2, 3)] == [size] * 3
    assert estimate_kernel_size(0.2 + 0.5 * blurred) == size


def test_size_is_odd_and_at_most_the_largest_allowed() -> None:
    blurred = blur(rectangles(), streak(33, 0))
    assert [estimate_kernel_size(blurred, largest) for largest in (12, 13)] == [11, 13]


def test_autocorrelation_of_the_gradient_is_that_of_a_direct_sum() -> None:
    """Blobs far from the border, where the taper is 1 and there is nothing to correct for."""
    image = np.zeros((240, 240))
    image[115, 118] = image[121, 120] = 1.0
    measured = gradient_autocorrelation(image, 20)
    assert np.allclose(measured, measured[::-1, ::-1])
    row, column = np.unravel_index(np.argmax(measured[24:]), measured[24:].shape)  # beyond the centre's own blob
    assert (int(row) + 24 - 20, int(column) - 20) == (6, 2)
    assert measured[26, 22] / measured[20, 20] == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.full((64, 64), 0.25), "constant"),
        (np.where(np.eye(64) > 0, np.nan, 0.5), "not finite"),
        (np.zeros((64, 64, 3)), "grey"),
        (np.zeros((64, 20)), "32 px"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_line(image: NDArray, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        estimate_kernel_size(image)
    assert "\n" not in str(refused.value)


def test_levin_sizes_are_in_range(benchmark_data: Path) -> None:
    """Measured: 31 of all 32 images from the true kernel's extent to 1.6 times its array."""
    in_range = 0
    for item in load("levin", [f"im05_flit{n:02d}" for n in range(1, 9)], benchmark_data / "levin"):
        assert item.kernel is not None
        extent = max(np.ptp(axis) + 1 for axis in np.nonzero(item.kernel >= 0.02 * item.kernel.max()))
        in_range += extent <= estimate_kernel_size(item.blurred) <= 1.6 * item.kernel.shape[0]
    assert in_range == 8
