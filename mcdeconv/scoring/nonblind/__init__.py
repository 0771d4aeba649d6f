"""Final deconvolution: the latent image from the blurred one and a known kernel.

All methods return an array of the blurred image's shape, aligned to it: pixel i of the result is the latent pixel under
pixel i of the blurred image, with the centre of the kernel at index k // 2.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mcdeconv.errors import InputError
from mcdeconv.scoring.nonblind.hyper_laplacian import HyperLaplacianSettings, hyper_laplacian_deconvolution
from mcdeconv.scoring.nonblind.outliers import OutlierSettings, outlier_deconvolution
from mcdeconv.scoring.nonblind.sparse import SparseSettings, sparse_deconvolution

__all__ = [
    "METHODS",
    "HyperLaplacianSettings",
    "OutlierSettings",
    "Settings",
    "SparseSettings",
    "deconvolve_with_kernel",
    "hyper_laplacian_deconvolution",
    "normalised",
    "outlier_deconvolution",
    "sparse_deconvolution",
    "thresholded",
]

Settings = SparseSettings | HyperLaplacianSettings | OutlierSettings


class Method(NamedTuple):
    """A row of the registry."""

    deconvolve: Callable[..., NDArray]  # (blurred, kernel, settings) -> latent image
    settings: type  # the dataclass of its settings


METHODS = {
    "sparse": Method(sparse_deconvolution, SparseSettings),
    "hyper-laplacian": Method(hyper_laplacian_deconvolution, HyperLaplacianSettings),
    "outliers": Method(outlier_deconvolution, OutlierSettings),
}


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
    method : {"sparse", "hyper-laplacian", "outliers"}
        Levin et al. 2007, Krishnan and Fergus 2009, or the sparse prior with a model of clipping for saturated images.
    settings : dataclass of the method, optional
        `SparseSettings`, `HyperLaplacianSettings` or `OutlierSettings`; by default the method's own defaults.

    Returns
    -------
    float64 array of the shape of `blurred`; not clipped (except by "outliers").

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
    if method not in METHODS:
        raise InputError(f"non-blind method {method!r} is unknown; choose one of {', '.join(METHODS)}")
    wanted = METHODS[method].settings
    if settings is not None and not isinstance(settings, wanted):
        raise InputError(f"{method!r} takes {wanted.__name__}, not {type(settings).__name__}")
    return METHODS[method].deconvolve(blurred, kernel, settings)


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
