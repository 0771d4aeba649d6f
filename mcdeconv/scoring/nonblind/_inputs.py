"""What every method of this package asks of its input, checked once at the edge."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mcdeconv.errors import InputError


def check_inputs(blurred: NDArray, kernel: NDArray) -> tuple[NDArray, NDArray]:
    """Return both as float64, or raise `InputError` with the value that is wrong and the way out."""
    image, taps = np.asarray(blurred, dtype=np.float64), np.asarray(kernel, dtype=np.float64)
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3):
        raise InputError(f"blurred image has shape {image.shape}; give (H, W) or (H, W, 3)")
    if taps.ndim != 2 or taps.shape[0] != taps.shape[1] or taps.shape[0] % 2 == 0:
        raise InputError(f"kernel has shape {taps.shape}; give (k, k) with k odd (pad it with zeros)")
    if taps.shape[0] > min(image.shape[:2]):
        raise InputError(f"kernel {taps.shape} is larger than the blurred image {image.shape[:2]}; crop its margin")
    if not (np.isfinite(image).all() and np.isfinite(taps).all()):
        raise InputError("blurred image or kernel contains NaN or infinity; remove them first")
    if image.max() > 2 or image.min() < -1:  # noise may leave [0, 1] a little; a range of 0–255 is a mistake
        raise InputError(f"blurred image spans [{image.min():.4g}, {image.max():.4g}]; scale it to [0, 1]")
    if abs(taps.sum() - 1) > 1e-3 or taps.min() < 0:
        raise InputError(
            f"kernel sums to {taps.sum():.4g} with smallest entry {taps.min():.4g}; clip it at 0, divide by its sum"
        )
    return image, taps


def check_positive(**values: float) -> None:
    """Raise `InputError` for the first setting that is not greater than 0."""
    for name, value in values.items():
        if not value > 0:
            raise InputError(f"{name} is {value}; give a value above 0")


def check_exponent(exponent: float, largest: float) -> None:
    """Raise `InputError` unless 0 < exponent < largest."""
    if not 0 < exponent < largest:
        raise InputError(f"exponent is {exponent}; give a value between 0 and {largest}, both excluded")


def for_each_channel(solve: Callable[[NDArray, NDArray], NDArray], blurred: NDArray, kernel: NDArray) -> NDArray:
    """Check the input and apply solve(channel, kernel) to a grey image or to each channel of a colour one."""
    image, taps = check_inputs(blurred, kernel)
    if image.ndim == 2:
        return solve(image, taps)
    return np.stack([solve(image[..., channel], taps) for channel in range(image.shape[2])], axis=2)
