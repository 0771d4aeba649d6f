"""Deconvolution with a sparse prior on first and second derivatives.

A. Levin, R. Fergus, F. Durand and W. T. Freeman, "Image and depth from a conventional camera with a coded aperture",
SIGGRAPH 2007. The defaults are those with which the benchmark of Levin et al. (CVPR 2009) scores kernels: with them the
true kernels give its published known-kernel errors.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mcdeconv.scoring.nonblind._inputs import check_settings
from mcdeconv.scoring.nonblind.operators import ValidConvolution, conjugate_gradients, derivative, derivative_adjoint

# axes to take differences along: d/dy, d/dx, d²/dy², d²/dx², d²/dxdy
DERIVATIVES = ((0,), (1,), (0, 0), (1, 1), (0, 1))


@dataclass(frozen=True)
class SparseSettings:
    """Settings of `sparse_deconvolution`; images are in [0, 1]."""

    prior_weight: float = 6.8e-4  # λ; suits noise with a standard deviation of 0.005 to 0.008, smaller for less noise
    exponent: float = 0.8  # α of the prior |D x|^α
    second_order: float = 0.25  # weight of the second derivatives relative to the first
    gradient_floor: float = 0.01  # derivatives below it count as this large when weights are computed
    start_weight: float = 6.8e-3  # of the Gaussian prior of the first solution, for all derivatives
    reweightings: int = 2  # solutions with the sparse prior after the first one
    iterations: int = 70  # of conjugate gradients, at most, for each solution
    tolerance: float = 1e-4  # residual norm, relative to the right-hand side's, at which they stop earlier

    def __post_init__(self) -> None:
        check_settings(self, 2, "reweightings", "tolerance")


def sparse_deconvolution(blurred: NDArray, kernel: NDArray, settings: SparseSettings) -> NDArray:
    """Minimise |k ⊗ x - y|² + λ Σ_j s_j Σ_i |(D_j x)_i|^α by iteratively reweighted least squares.

    The D_j are the first and second differences, s_j is 1 for the first ones; x reaches as far beyond the blurred image
    as the kernel does.

    Arrays as for `deconvolve_with_kernel`, float64, of one channel; the result is not clipped.
    """
    blur = ValidConvolution(kernel, blurred.shape)
    latent = solve_weighted(blurred, blur, start_weights(settings), blur.extend(blurred), settings)
    for _ in range(settings.reweightings):
        latent = solve_weighted(blurred, blur, prior_weights(latent, settings), latent, settings)
    return blur.crop(latent)


def start_weights(settings: SparseSettings) -> list[NDArray]:
    """The weights of a Gaussian prior, the same everywhere."""
    return [np.array(settings.start_weight)] * len(DERIVATIVES)


def prior_weights(latent: NDArray, settings: SparseSettings) -> list[NDArray]:
    """Weights w_j = λ s_j max(|D_j x|, floor)^(α - 2), with which Σ w_j (D_j x)² stands for the sparse prior."""
    weights = []
    for axes in DERIVATIVES:
        size = np.maximum(np.abs(derivative(latent, axes)), settings.gradient_floor)
        strength = settings.prior_weight * (settings.second_order if len(axes) == 2 else 1.0)
        weights.append(strength * size ** (settings.exponent - 2))
    return weights


def solve_weighted(
    blurred: NDArray,
    blur: ValidConvolution,
    weights: Sequence[NDArray],
    start: NDArray,
    settings: SparseSettings,
    confidence: NDArray | None = None,
) -> NDArray:
    """Minimise Σ c (A x - y)² + Σ_j w_j (D_j x)² over x, from `start`; the confidence c is 1 where not given.

    Parameters
    ----------
    blurred, confidence : array, shape (H, W)
    weights : one array or scalar array for each of `DERIVATIVES`
    start : array, shape (H + k - 1, W + k - 1)

    Returns
    -------
    array of the shape of `start`.
    """
    trust = np.ones_like(blurred) if confidence is None else confidence

    def normal(latent: NDArray) -> NDArray:
        total = blur.adjoint(trust * blur.forward(latent))
        for axes, weight in zip(DERIVATIVES, weights, strict=True):
            total = total + derivative_adjoint(weight * derivative(latent, axes), axes)
        return total

    right = blur.adjoint(trust * blurred)
    return conjugate_gradients(normal, right, start, settings.iterations, settings.tolerance)
