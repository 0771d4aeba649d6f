"""Deconvolution of images with clipped pixels: the sparse prior with a one-sided data term where the sensor clips.

As Whyte, Sivic and Zisserman (IJCV 2014) do, it models the blurred image as clipped after the blur; as Cho, Wang and
Lee (ICCV 2011) do, it alternates between deciding which pixels the linear model explains and solving for the latent
image from those with a sparse prior. It is neither's algorithm: here a clipped pixel is an outlier exactly while the
prediction lies beyond the clipping level, and counts like any other when it falls short of it (a censored observation).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mcdeconv.errors import InputError
from mcdeconv.scoring.nonblind.operators import ValidConvolution
from mcdeconv.scoring.nonblind.sparse import SparseSettings, prior_weights, solve_weighted, start_weights

# a weaker prior than elsewhere: what lies under clipped pixels is large and few observations speak for it
_WEAKER = SparseSettings(prior_weight=2e-4, reweightings=5)


@dataclass(frozen=True)
class OutlierSettings:
    """Settings of `outlier_deconvolution`."""

    white: float = 0.98  # pixels at or above it are taken for clipped, in [0, 1]
    black: float = 0.005  # pixels at or below it are taken for clipped; half a level of 8 bits is 0.002
    sparse: SparseSettings = _WEAKER

    def __post_init__(self) -> None:
        if not self.black < self.white:
            raise InputError(f"black is {self.black} and white {self.white}; give black < white")


def outlier_deconvolution(blurred: NDArray, kernel: NDArray, settings: OutlierSettings) -> NDArray:
    """Minimise Σ_i c_i (k ⊗ x - y)_i² + the sparse prior, c_i = 0 where y_i is clipped and k ⊗ x lies beyond it.

    The latent image may exceed [0, 1] while it is estimated (a lamp is brighter than white); what is returned is
    clipped as the sensor would have clipped it without blur.

    Arrays as for `deconvolve_with_kernel`, float64, of one channel; the result is in [0, 1].
    """
    blur = ValidConvolution(kernel, blurred.shape)
    sparse = settings.sparse
    trusted = np.where(blurred >= settings.white, 0.0, 1.0)  # no latent image yet to predict from
    latent = solve_weighted(blurred, blur, start_weights(sparse), blur.extend(blurred), sparse, trusted)
    for _ in range(sparse.reweightings):
        trusted = inliers(blurred, blur.forward(latent), settings)
        latent = solve_weighted(blurred, blur, prior_weights(latent, sparse), latent, sparse, trusted)
    return np.clip(blur.crop(latent), 0, 1)


def inliers(blurred: NDArray, predicted: NDArray, settings: OutlierSettings) -> NDArray:
    """c: 0 where a pixel is clipped and the prediction k ⊗ x lies beyond it, 1 elsewhere; float64, shape (H, W)."""
    above = (blurred >= settings.white) & (predicted >= blurred)
    below = (blurred <= settings.black) & (predicted <= blurred)
    return np.where(above | below, 0.0, 1.0)
