"""How good a restored image or an estimated kernel is: PSNR, SSIM, alignment, kernel similarity."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d, gaussian_filter, uniform_filter

from mcdeconv.data.region import box_sums
from mcdeconv.errors import InputError

SSIM_SIGMA, SSIM_RADIUS, SSIM_K = 1.5, 5, (0.01, 0.03)  # Wang et al. 2004: an 11 x 11 Gaussian window
MSSSIM_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # Wang et al. 2003, finest level first
MSSSIM_SMALLEST = 161  # halved four times, rounding up, it is still as large as the window
_HALF_97 = (0.602949018236360, 0.266864118442875, -0.078223266528990, -0.016864118442875, 0.026748757410810)
LOWPASS_97 = np.array(_HALF_97[:0:-1] + _HALF_97)  # 9/7 biorthogonal analysis low-pass, Cohen et al. 1992; sums to 1


class Alignment(NamedTuple):
    """What `best_shift` found; both crops are float64 of one shape."""

    restored: NDArray
    sharp: NDArray
    shift: tuple[float, float]  # (dy, dx) px: pixel p of the crop shows restored at p + shift
    ssd: float  # sum of squared differences of the two crops


def psnr(restored: NDArray, sharp: NDArray, peak: float = 1.0) -> float:
    """Peak signal-to-noise ratio 10 log10(peak² / MSE) in dB; infinite for equal images.

    Parameters
    ----------
    restored, sharp : array, of one shape, in [0, peak], already aligned and cropped (see `best_shift`);
        InputError if the shapes differ

    Examples
    --------
    >>> round(psnr(np.zeros((8, 8)), np.full((8, 8), 0.1)), 9)
    20.0
    """
    restored, sharp = _pair(restored, sharp)
    mse = float(np.mean((restored - sharp) ** 2))
    return float("inf") if mse == 0 else 10 * float(np.log10(peak**2 / mse))


def ssim(restored: NDArray, sharp: NDArray, peak: float = 1.0) -> float:
    """Structural similarity (Wang et al. 2004) as MATLAB's `ssim` computes it, in [-1, 1].

    Gaussian window 11 x 11, sigma 1.5 px, K = (0.01, 0.03), replicated borders, mean of the whole map.

    Parameters
    ----------
    restored, sharp : array, shape (H, W), in [0, peak]

    Raises
    ------
    InputError
        If the shapes differ or the images are not grey.
    """
    return float(np.prod(_components(*_pair(restored, sharp, grey=True), peak), axis=0).mean())


def ssim_wang(restored: NDArray, sharp: NDArray, peak: float = 1.0) -> float:
    """Structural similarity as Wang's own `ssim.m` of 2009 computes it, in [-1, 1].

    It differs from `ssim`: images are first reduced f times, f = round(min(H, W) / 256), after an f x f mean, and only
    windows wholly inside count. SelfDeblur's public evaluation uses it, so SSIMs published on Lai, where f > 1, are not
    comparable with MATLAB's. Parameters and errors as `ssim`, but at least 11 x 11 px.
    """
    restored, sharp = _pair(restored, sharp, grey=True, smallest=2 * SSIM_RADIUS + 1)
    factor = max(1, int(min(sharp.shape) / 256 + 0.5))
    if factor > 1:
        origin = -1 if factor % 2 == 0 else 0  # MATLAB centres an even window on its upper left middle pixel
        restored, sharp = (
            uniform_filter(image, factor, mode="reflect", origin=origin)[::factor, ::factor]
            for image in (restored, sharp)
        )
    return float(_cropped(np.prod(_components(restored, sharp, peak), axis=0), SSIM_RADIUS).mean())


def msssim(restored: NDArray, sharp: NDArray, peak: float = 1.0) -> float:
    """Multi-scale SSIM of Köhler et al.'s benchmark (there "MSSIM"), in [0, 1].

    Exact, after the benchmark's MATLAB code (MeTriX MuX 1.1, `mssim_index.m`): 5 levels; between them the 9/7 low-pass
    with mirrored borders and every second pixel; windows wholly inside; the product of the mean contrast and the mean
    structure term of every level and the mean luminance term of the last, to the powers of Wang et al. 2003 (not the
    mean of their product). Assumed: a negative mean structure term, where MATLAB goes complex, counts as 0.
    Parameters and errors as `ssim`, but at least 161 x 161 px.
    """
    restored, sharp = _pair(restored, sharp, grey=True, smallest=MSSSIM_SMALLEST)
    result = 1.0
    for level, weight in enumerate(MSSSIM_WEIGHTS):
        if level:
            restored, sharp = _halved(restored), _halved(sharp)
        maps = _components(restored, sharp, peak)
        luminance, contrast, structure = (float(_cropped(term, SSIM_RADIUS).mean()) for term in maps)
        result *= contrast**weight * max(structure, 0.0) ** weight
    return float(result * luminance ** MSSSIM_WEIGHTS[-1])


def kernel_similarity(estimated: NDArray, true: NDArray) -> float:
    """Largest normalised cross-correlation of two kernels over all whole-pixel shifts (Hu & Yang 2012), in [0, 1].

    Parameters
    ----------
    estimated, true : array, shapes (k, k) and (m, m), non-negative; the sizes may differ

    Raises
    ------
    InputError
        If a kernel is zero everywhere.
    """
    norms = float(np.linalg.norm(estimated)) * float(np.linalg.norm(true))
    if norms == 0:
        raise InputError("a kernel that is zero everywhere has no similarity; give one that sums to 1")
    from scipy.signal import correlate  # a second, which what only reads records need not wait

    return float(np.clip(correlate(estimated, true, mode="full").max() / norms, 0, 1))


def best_shift(restored: NDArray, sharp: NDArray, crop: int, maxshift: int, step: float = 0.25) -> Alignment:
    """Align a restored image to the truth by the shift of least SSD, as Levin et al.'s `comp_upto_shift`.

    The truth loses `crop` px on each side; all shifts of up to ±`maxshift` px in steps of `step` are compared, with
    bilinear interpolation of the restored image. Shifts beyond `crop` would need pixels that do not exist (the original
    stops with an error there) and are left out. Of equal shifts the shortest wins.

    Parameters
    ----------
    restored, sharp : array, shape (H, W)
    crop, maxshift : int, px
    step : float, px, 1 / a whole number

    Raises
    ------
    InputError
        If the shapes differ, the images are not grey, or nothing is left after the crop.
    """
    restored, sharp = _pair(restored, sharp, grey=True, smallest=2 * crop + 1)
    reach = min(maxshift, crop)
    target, region = _cropped(sharp, crop), _cropped(restored, crop - reach)
    ssd = _ssd_of_shifts(region - target.mean(), target - target.mean(), round(1 / step))
    shifts = np.arange(ssd.shape[0]) * step - reach
    length = np.hypot(shifts[:, None], shifts)
    # FFTs and running sums round off: the shifts they cannot tell apart are compared again, pixel by pixel
    close = np.flatnonzero(ssd <= ssd.min() + 1e-11 * float(np.sum(region**2) + np.sum(target**2)))
    nearest = close[np.argsort(length.flat[close], kind="stable")][:16]
    found = []
    for row, column in zip(*np.unravel_index(nearest, ssd.shape), strict=True):
        shift = float(shifts[row]), float(shifts[column])
        aligned = _moved(region, shift, reach, target.shape)
        found.append(Alignment(aligned, target, shift, float(np.sum((aligned - target) ** 2))))
    return min(found, key=lambda alignment: alignment.ssd)


def _ssd_of_shifts(region: NDArray, target: NDArray, steps: int) -> NDArray:
    """SSD at every shift on a grid of 1 / `steps` px, from one FFT correlation (it, too, interpolates bilinearly)."""
    reach = (region.shape[0] - target.shape[0]) // 2
    from scipy.signal import fftconvolve

    correlation = fftconvolve(region, target[::-1, ::-1], mode="valid")
    ssd = np.empty((2 * reach * steps + 1,) * 2)
    for i in range(steps if reach else 1):
        rows, rows_correlation = (_between(a, i / steps, 0) for a in (region, correlation))
        for j in range(steps if reach else 1):
            energy = box_sums(_between(rows, j / steps, 1) ** 2, *target.shape)
            ssd[i::steps, j::steps] = energy - 2 * _between(rows_correlation, j / steps, 1)
    return ssd + np.sum(target**2)


def _between(values: NDArray, fraction: float, axis: int) -> NDArray:
    """Linear interpolation at index + fraction along an axis; one sample shorter unless the fraction is 0."""
    if fraction == 0:
        return values
    values = np.moveaxis(values, axis, 0)
    return np.moveaxis((1 - fraction) * values[:-1] + fraction * values[1:], 0, axis)


def _moved(region: NDArray, shift: tuple[float, float], reach: int, shape: tuple[int, ...]) -> NDArray:
    for axis, (offset, size) in enumerate(zip(shift, shape, strict=True)):
        whole = int(np.floor(offset))
        region = _between(region, offset - whole, axis).take(range(reach + whole, reach + whole + size), axis)
    return region


def _components(a: NDArray, b: NDArray, peak: float) -> tuple[NDArray, NDArray, NDArray]:
    """Luminance, contrast and structure maps of SSIM, Wang et al. 2004, equations (6), (9) and (10), C3 = C2 / 2."""
    c1, c2 = ((k * peak) ** 2 for k in SSIM_K)
    mean_a, mean_b, aa, bb, ab = (
        gaussian_filter(image, SSIM_SIGMA, mode="nearest", radius=SSIM_RADIUS) for image in (a, b, a * a, b * b, a * b)
    )
    var_a, var_b = np.maximum(aa - mean_a**2, 0), np.maximum(bb - mean_b**2, 0)  # rounding can dip below 0
    deviations = np.sqrt(var_a * var_b)
    luminance = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    contrast = (2 * deviations + c2) / (var_a + var_b + c2)
    return luminance, contrast, (ab - mean_a * mean_b + c2 / 2) / (deviations + c2 / 2)


def _cropped(image: NDArray, margin: int) -> NDArray:
    return image[margin : image.shape[0] - margin, margin : image.shape[1] - margin]


def _halved(image: NDArray) -> NDArray:
    for axis in (0, 1):
        image = correlate1d(image, LOWPASS_97, axis, mode="reflect")
    return image[::2, ::2]


def _pair(restored: NDArray, sharp: NDArray, grey: bool = False, smallest: int = 1) -> tuple[NDArray, NDArray]:
    restored, sharp = np.asarray(restored, np.float64), np.asarray(sharp, np.float64)
    if restored.shape != sharp.shape:
        raise InputError(f"restored {restored.shape} and sharp {sharp.shape} differ in shape; crop them alike")
    if grey and sharp.ndim != 2:
        raise InputError(f"this needs grey images (H, W), not shape {sharp.shape}; take their `luma` first")
    if min(sharp.shape[:2]) < smallest:
        raise InputError(f"{sharp.shape} is too small; this needs at least {smallest} x {smallest} px")
    return restored, sharp
