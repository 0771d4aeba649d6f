"""How large a camera-shake kernel is, judged from the blurred image alone, in a tenth of a second.

`mcdeconv run` takes it for images whose data set gives no size; `mcdeconv deblur` looks nearer, see
`mcdeconv.methods.found_size`.

The power spectrum of a natural image falls off about as 1 / |ω|². The gradient undoes that, so that the autocorrelation
of a blurred image's gradient is about that of the kernel, and a projection of it along a line about that of the
kernel's projection: zero at every lag beyond the kernel's extent in that direction (Ji and Liu, "Motion blur
identification from image gradients", CVPR 2008; Goldstein and Fattal, "Blur-kernel estimation from spectral
irregularities", ECCV 2012). Real images add their own correlations, so this finds a size, not the size.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.ndimage import gaussian_filter, map_coordinates

from mcdeconv.errors import InputError

ANGLES = np.deg2rad(np.arange(0, 180, 7.5))  # 24 directions; the set is its own rotation by 90°
SMALLEST_IMAGE = 32  # pixels; fewer leave no lags to tell a kernel from the image
NOISE_FILTER_STD = 1.0  # pixels; a gradient makes white noise the largest thing at lag 0

# Chosen on the embedded data, Levin's set and 16 images of Lai et al., for the share of sizes between the true kernel's
# extent and 1.6 times its array; a share of 0.2–0.4 with a margin to match does equally well.
FLOOR_SHARE = 0.2  # the extent is where a projection has come this close to its floor, as a share of its height
BAND = 0.4  # of the largest lag: how far to either side of a line the projection sums
SIZE_MARGIN = 1.4  # too small makes the true kernel impossible, too large costs time


def estimate_kernel_size(blurred: NDArray, largest: int = 101) -> int:
    """An odd size that should hold the camera-shake kernel of a blurred image; the right order of size, no more.

    The largest extent over 24 directions, times a margin of 1.4. It was within a factor of 2 of the size the
    data set gives on all 32 images of Levin, 70 of Lai's 80 that are not saturated, and 30 of 42 embedded ones.
    It tells Levin's kernels apart (9 to 22 px across, images of 255 px), but hardly those of Lai et al. (21 to 65 px).
    Images of 96 px and very smooth ones give too much, lines of text too little.

    Parameters
    ----------
    blurred : array, shape (H, W), grey in [0, 1]; both sides at least 32 px
    largest : int
        The largest size to return, and the largest lag to look at; half the shorter side bounds the lags as well.

    Returns
    -------
    int
        Odd, at most `largest`.

    Raises
    ------
    InputError
        If the image is not a grey one of that size, is constant, or has values that are not finite.

    Examples
    --------
    >>> from mcdeconv.data.datasets import load_item
    >>> estimate_kernel_size(load_item("small-levin", "coffee_kernel_04").blurred)  # the true one is 15
    17
    """
    _check(blurred, largest)
    lags = min(largest, min(blurred.shape) // 2)
    correlation = gradient_autocorrelation(blurred.astype(np.float64), lags)
    size = SIZE_MARGIN * max(_extent(_projection(correlation, angle)) for angle in ANGLES)
    return int(min(2 * np.ceil((size - 1) / 2) + 1, largest - 1 + largest % 2))


def gradient_autocorrelation(image: NDArray, lags: int) -> NDArray:
    """Autocorrelation of the gradient's two components, summed: float64, shape (2 lags + 1, 2 lags + 1), centred.

    The image is tapered towards its border; dividing by the taper's own autocorrelation undoes what that costs the
    larger lags.
    """
    height, width = image.shape
    from scipy.signal.windows import tukey

    taper = np.outer(tukey(height), tukey(width))
    padded = [next_fast_len(side + lags, real=True) for side in image.shape]

    def correlate(values: NDArray) -> NDArray:
        full = irfft2(np.abs(rfft2(values * taper, padded)) ** 2, padded)
        return np.roll(full, (lags, lags), (0, 1))[: 2 * lags + 1, : 2 * lags + 1]

    down, right = np.gradient(gaussian_filter(image, NOISE_FILTER_STD))
    overlap = correlate(np.ones_like(image))
    return (correlate(down) + correlate(right)) / np.maximum(overlap, 0.05 * overlap.max())


def _projection(correlation: NDArray, angle: float) -> NDArray:
    """Sum across a band along the line at `angle`, for the lags 0, 1, …: shape (lags + 1,)."""
    lags = correlation.shape[0] // 2
    reach = int(BAND * lags)
    along, across = np.meshgrid(np.arange(lags + 1), np.arange(-reach, reach + 1), indexing="ij")
    rows = lags + along * np.sin(angle) + across * np.cos(angle)
    columns = lags + along * np.cos(angle) - across * np.sin(angle)
    weights = np.cos(np.pi * np.arange(-reach, reach + 1) / (2 * reach)) ** 2
    return map_coordinates(correlation, [rows, columns], order=1) @ weights


def _extent(projection: NDArray) -> int:
    """The first lag at which a projection has come down to its floor, the median of its outer two thirds.

    That floor, and not zero: without the image's mean and slowest variations, the whole projection lies too low.
    """
    floor = np.median(projection[len(projection) // 3 :])
    low = projection <= floor + FLOOR_SHARE * (projection.max() - floor)
    return int(low.argmax())  # there is one: half of the outer lags are at the floor or below


def _check(blurred: NDArray, largest: int) -> None:
    if blurred.ndim != 2 or min(blurred.shape) < SMALLEST_IMAGE:
        raise InputError(
            f"a kernel size can be estimated from a grey image of {SMALLEST_IMAGE} px a side or more, not from one "
            f"of shape {blurred.shape}; give --kernel-size a number"
        )
    if largest < 3:
        raise InputError(f"the largest kernel size is {largest}; it must be at least 3")
    if not np.isfinite(blurred).all():
        raise InputError("the image has values that are not finite (NaN or infinite); repair or crop it first")
    if np.ptp(blurred) == 0:
        raise InputError(f"the image is constant ({blurred.flat[0]:g} everywhere): there is no blur to measure in it")
