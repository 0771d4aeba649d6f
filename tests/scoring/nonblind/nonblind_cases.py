"""Blurred images with a known answer, made without the package under test."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.signal import convolve2d
from skimage.data import camera
from skimage.transform import rescale


def camera_shake(size: int = 11) -> NDArray:
    """An asymmetric kernel: a bent stroke with uneven speed, (size, size), sums to 1."""
    t = np.linspace(0, 1, 200)
    rows = size * (0.2 + 0.6 * t)
    columns = size * (0.2 + 0.55 * t**2)
    kernel, _, _ = np.histogram2d(rows, columns, bins=size, range=[[0, size], [0, size]], weights=0.2 + t)
    kernel = gaussian_filter(kernel, 0.4)
    return kernel / kernel.sum()


def scene(size: int = 128) -> NDArray:
    """A photograph, (size, size), in [0, 1]."""
    return rescale(camera() / 255.0, 0.5, anti_aliasing=True)[40 : 40 + size, 60 : 60 + size]


def blurred_inside(sharp: NDArray, kernel: NDArray, noise_std: float) -> tuple[NDArray, NDArray]:
    """The blurred image of the inner part (its surroundings are real, not padded) and that part of the truth."""
    half = kernel.shape[0] // 2
    blurred = convolve2d(sharp, kernel, mode="valid")
    blurred = blurred + noise_std * np.random.default_rng(0).standard_normal(blurred.shape)
    return blurred, sharp[half:-half, half:-half]


def psnr(restored: NDArray, sharp: NDArray) -> float:
    """10 log10(1 / MSE) in dB, written out here so that no metric of the package judges itself."""
    return float(-10 * np.log10(np.mean((restored - sharp) ** 2)))
