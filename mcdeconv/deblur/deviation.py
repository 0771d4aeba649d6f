"""How far each pixel of a restoration may be from the truth."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from mcdeconv.core.solve import Solution
from mcdeconv.scoring.nonblind import HyperLaplacianSettings, deconvolve_with_kernel, normalised

# What `expected_error` takes: chosen on the eight development images of Levin's, by likelihood.
LEAST_ERROR, OF_KERNELS, OF_WEIGHTS = 0.011, 0.37, 1.5
OTHER_WEIGHTS = (0.25, 4.0)  # times the weight of the data


def deviation(
    grey: NDArray, solution: Solution, final: str, settings: HyperLaplacianSettings | None = None
) -> NDArray | None:
    """Of the samples where the network saw all, else of restorations with late kernels; None if there are none."""
    return solution.std if solution.image.shape == grey.shape else spread(grey, solution.late_kernels, final, settings)


def expected_error(grey: NDArray, kernels: Sequence[NDArray], settings: HyperLaplacianSettings | None) -> NDArray:
    """Standard deviation of a hyper-Laplacian restoration's error, (H, W) float32; `book/limits.md` calibrates it.

    Of three parts: a floor, how much restorations with kernels differ that explain the photograph nearly as well, and
    how much those with the first kernel differ that trust the data less or more. What all of them get wrong, it misses.

    Parameters
    ----------
    grey : array, shape (H, W), in [0, 1]
    kernels : that of the restoration first
    settings : of the hyper-Laplacian deconvolution; None: its defaults
    """
    usual = settings or HyperLaplacianSettings()

    def restored(kernel: NDArray, times: float = 1.0) -> NDArray:
        weight = replace(usual, data_weight=times * usual.data_weight)
        return deconvolve_with_kernel(grey, normalised(kernel), "hyper-laplacian", weight)

    first = restored(kernels[0])
    of_kernels = variance(chain([first], map(restored, kernels[1:])))
    of_weights = variance(chain([first], (restored(kernels[0], times) for times in OTHER_WEIGHTS)))
    return np.sqrt(LEAST_ERROR**2 + OF_KERNELS**2 * of_kernels + OF_WEIGHTS**2 * of_weights).astype(np.float32)


def spread(
    grey: NDArray, kernels: Sequence[NDArray], final: str, settings: HyperLaplacianSettings | None = None
) -> NDArray | None:
    """Pixelwise standard deviation of the luminance restored with each of some kernels; None if fewer than two."""
    if len(kernels) < 2:
        return None
    restored = (deconvolve_with_kernel(grey, normalised(kernel), final, settings) for kernel in kernels)
    return np.sqrt(variance(restored)).astype(np.float32)


def variance(images: Iterable[NDArray]) -> NDArray:
    """Pixelwise, float64, of images in [0, 1] that come one by one: a large photograph's would not fit side by side."""
    total, squares, number = np.zeros(()), np.zeros(()), 0
    for image in images:
        wide = image.astype(np.float64)
        total, squares, number = total + wide, squares + wide**2, number + 1
    found: NDArray = np.maximum(squares / number - (total / number) ** 2, 0)
    return found
