"""Dark channel prior: near most pixels of a sharp image there is a dark one, and blur lightens it.

J. Pan, D. Sun, H. Pfister and M.-H. Yang, "Blind image deblurring using dark channel prior", CVPR 2016, reference [40]
of the paper. From the paper: the prior and the splitting. From its public code: all constants, the schedule of b, and
the frame. Ours: the continuation beyond the border.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft2
from scipy.ndimage import maximum_filter, minimum_filter

from mcdeconv.methods.coarse_to_fine import Found, Shares
from mcdeconv.methods.l0 import L0Settings, Periodic, alternating, sparse_gradients, squared


@dataclass(frozen=True)
class DarkChannelSettings(L0Settings):
    """Images are in [0, 1]."""

    channel_weight: float = 4e-3  # of ‖D(x)‖₀, decays as λ does
    window: int = 35  # px a side, of which D takes the minimum
    b_stop: float = 8.0  # b, which ties x to its auxiliary image, doubles from weight / Otsu's level of y² until here


def dark_channel(blurred: NDArray, kernel_size: int, settings: DarkChannelSettings) -> Shares[Found]:
    """Estimate a kernel under the dark channel prior; see `coarse_to_fine` for what is given and found."""
    return alternating(blurred, kernel_size, settings, dark_channel_latent)


def dark_channel_latent(
    periodic: Periodic, kernel: NDArray, settings: DarkChannelSettings, iterations_before: int
) -> NDArray:
    """argmin |k ⊗ x - y|² + λ ‖∇x‖₀ + μ ‖D(x)‖₀, on the periodic grid, from y."""

    def pull(image: NDArray, threshold: float) -> list[NDArray]:
        return [darkened(image, threshold, settings.window)]

    return with_channels(periodic, kernel, settings, iterations_before, pull)


def with_channels(
    periodic: Periodic,
    kernel: NDArray,
    settings: DarkChannelSettings,
    iterations_before: int,
    pull: Callable[[NDArray, float], list[NDArray]],
) -> NDArray:
    """The image tied, more and more strongly, to auxiliary ones that `pull` makes of it and of a threshold."""
    transfer = periodic.transfer(kernel)
    numerator, denominator = np.conj(transfer) * periodic.spectrum, squared(transfer)
    gradient_weight = settings.decayed(settings.gradient_weight, iterations_before)
    channel_weight = settings.decayed(settings.channel_weight, iterations_before)
    image, b = periodic.start, channel_weight / otsu(periodic.start**2)
    while b < settings.b_stop:
        pulled = pull(image, channel_weight / b)
        image = sparse_gradients(
            image,
            numerator + np.float32(b) * rfft2(sum(pulled[1:], start=pulled[0])),
            denominator + np.float32(b * len(pulled)),
            periodic.roughness,
            gradient_weight,
            settings,
        )
        b *= 2
    return image


def darkened(image: NDArray, threshold: float, window: int) -> NDArray:
    """The image with a zero in every window whose minimum has a square below the threshold, at that minimum.

    As in the public code, windows come row by row, and one that has a zero already needs no other: all minima at once
    give worse kernels. Windows reach beyond the border, which is replicated; the outermost half window stays as it is.
    """
    half = window // 2
    lowest = minimum_filter(image, window, mode="nearest")
    dark = np.where((lowest < 0) & (lowest**2 < threshold), lowest, -np.inf).astype(image.dtype)
    result = np.pad(np.where(maximum_filter(dark, window, mode="nearest") >= image, 0, image), half, mode="edge")
    wanting = (lowest >= 0) & (lowest**2 < threshold)
    for row in range(image.shape[0]):
        columns = np.flatnonzero(wanting[row])
        while columns.size:
            patch = result[row : row + window, columns[0] : columns[0] + window]
            down, across = divmod(int(patch.argmin()), window)
            patch[down, across] = 0
            y, x = row + down - half, int(columns[0]) + across - half
            wanting[max(0, y - half) : y + half + 1, max(0, x - half) : x + half + 1] = False
            columns = columns[columns > x + half]
    inside = (slice(half, image.shape[0] - half), slice(half, image.shape[1] - half))
    kept = image.copy()
    kept[inside] = result[half:-half, half:-half][inside]
    return kept


def otsu(image: NDArray) -> float:
    """Otsu's threshold of 256 levels of [0, 1]."""
    counts = np.bincount((image.clip(0, 1) * 255 + 0.5).astype(int).ravel(), minlength=256) / image.size
    weight, mean = np.cumsum(counts), np.cumsum(counts * np.arange(256))
    with np.errstate(divide="ignore", invalid="ignore"):
        between = np.nan_to_num(
            (mean[-1] * weight - mean) ** 2 / (weight * (1 - weight))
        )  # 0 / 0 where all is on a side
    best = np.flatnonzero(between == between.max())
    return float(max(best.mean() / 255, 1 / 255))
