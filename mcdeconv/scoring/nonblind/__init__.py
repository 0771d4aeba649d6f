"""Final deconvolution: the latent image from the blurred one and a known kernel.

All methods return an array of the blurred image's shape, aligned to it: pixel i of the result is the latent pixel under
pixel i of the blurred image, with the centre of the kernel at index k // 2.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mcdeconv.errors import InputError, choose
from mcdeconv.scoring.nonblind.hyper_laplacian import HyperLaplacianSettings, hyper_laplacian_deconvolution
from mcdeconv.scoring.nonblind.outliers import OutlierSettings, outlier_deconvolution
from mcdeconv.scoring.nonblind.sparse import SparseSettings, sparse_deconvolution
from mcdeconv.scoring.nonblind.whyte import WhyteSettings, whyte_deconvolution

__all__ = [
    "FINAL_OPTIONS",
    "METHODS",
    "HyperLaplacianSettings",
    "OutlierSettings",
    "Settings",
    "SparseSettings",
    "WhyteSettings",
    "deconvolve_with_kernel",
    "normalised",
    "thresholded",
]

Settings = SparseSettings | HyperLaplacianSettings | OutlierSettings | WhyteSettings

# (grey blurred image, kernel, settings) -> latent image, and the dataclass of the settings
METHODS: dict[str, tuple[Callable[..., NDArray], type[Settings]]] = {
    "sparse": (sparse_deconvolution, SparseSettings),
    "hyper-laplacian": (hyper_laplacian_deconvolution, HyperLaplacianSettings),
    "outliers": (outlier_deconvolution, OutlierSettings),
    "whyte": (whyte_deconvolution, WhyteSettings),
}
FINAL_OPTIONS = ("auto", "direct", *METHODS)  # what one can ask for; "direct": the method's own image


def deconvolve_with_kernel(
    blurred: NDArray, kernel: NDArray, method: str = "sparse", settings: Settings | None = None
) -> NDArray:
    """Estimate the latent image x of y = k ⊗ x + n, equation (1), for a known kernel k.

    Parameters
    ----------
    blurred : array, shape (H, W) or (H, W, 3), in [0, 1]
        Colour channels are deconvolved one by one.
    kernel : array, shape (k, k), k odd, not negative, sums to 1
        The kernel of a true convolution, as in SciPy.
    method : {"sparse", "hyper-laplacian", "outliers", "whyte"}
        Levin et al. 2007, Krishnan and Fergus 2009, or for saturated images the sparse prior with a model of clipping,
        or Whyte et al. 2014.
    settings : dataclass of the method, optional
        `SparseSettings`, `HyperLaplacianSettings`, `OutlierSettings` or `WhyteSettings`; by default the method's own
        defaults.

    Returns
    -------
    float64 array of the shape of `blurred`; not clipped (except by "outliers" and "whyte").

    Raises
    ------
    InputError
        If the method is unknown, the settings belong to another one, or image or kernel are not as above.

    Examples
    --------
    >>> import numpy as np
    >>> image, kernel = np.full((32, 32), 0.5), np.full((3, 3), 1 / 9)
    >>> bool(np.allclose(deconvolve_with_kernel(image, kernel), 0.5))
    True
    """
    solve, wanted = choose(METHODS, method, "non-blind method")
    chosen = wanted() if settings is None else settings
    if not isinstance(chosen, wanted):
        raise InputError(f"{method!r} takes {wanted.__name__}, not {type(chosen).__name__}")
    image, taps = _checked(blurred, kernel)
    if image.ndim == 2:
        return solve(image, taps, chosen)
    return np.stack([solve(channel, taps, chosen) for channel in np.moveaxis(image, 2, 0)], axis=2)


def _checked(blurred: NDArray, kernel: NDArray) -> tuple[NDArray, NDArray]:
    """Both as float64, or `InputError` with the value that is wrong and the way out."""
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


def normalised(kernel: NDArray) -> NDArray:
    """float64 that sums to 1 to the last digits, as the final deconvolution asks for."""
    kernel = kernel.astype(np.float64)
    return kernel / kernel.sum()


def thresholded(kernel: NDArray, threshold: float) -> NDArray:
    """A kernel without its small values, as many blind methods finish theirs (Cho and Lee 2009: below a twentieth).

    Parameters
    ----------
    kernel : array, shape (k, k), not negative
    threshold : in [0, 1), of the largest value; what is below becomes 0

    Returns
    -------
    array, shape (k, k), float64, sums to 1
    """
    return normalised(np.where(kernel < threshold * kernel.max(), 0.0, kernel))
