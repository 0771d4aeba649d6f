"""Richardson–Lucy deconvolution of partly saturated images, the final deconvolution of Lai et al.'s `saturated` (3.2).

O. Whyte, J. Sivic and A. Zisserman, "Deblurring shaken and partially saturated images", IJCV 110(2), 2014 [50].

From the paper: the forward model, in which a smooth response R levels off at white after the blur; the multiplicative
update that follows from it; its split into bright latent pixels, which take what all the data say, and the others,
which take only data that no bright one reaches, so that errors at a lamp do not ring. From the authors' public code
(`deconvRL` with forward saturation and prevention of ringing): the constants of `WhyteSettings`, the replicated border
outside which nothing is compared, and the updates' blending. The gamma is not in `deconvRL`: the wrapper by which other
methods call it raises to 2.2 before and undoes it after. Ours: the result is clipped to [0, 1].
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, gaussian_filter
from scipy.special import expit

from mcdeconv.errors import InputError
from mcdeconv.scoring.nonblind._inputs import check_settings
from mcdeconv.scoring.nonblind.operators import ValidConvolution

BLEND_RADIUS = 10  # px, at which the Gaussian of the blending ends: 21×21 in the public code


@dataclass(frozen=True)
class WhyteSettings:
    """Settings of `whyte_deconvolution`; intensities are linear light with white at 1."""

    gamma: float = 2.2  # y ↦ y^γ makes the image linear light; 1: it is so already
    kernel_threshold: float = 0.01  # of the kernel's largest value, below which values are dropped
    iterations: int = 50
    white: float = 1.0  # where the response levels off
    steepness: float = 50.0  # a, of the response: the larger, the more abruptly
    bright: float = 0.9  # latent pixels at or above it are estimated apart
    bright_radius: int = 3  # px, by which they are dilated
    blend_std: float = 3.0  # px, of the Gaussian that blends both estimates

    def __post_init__(self) -> None:
        check_settings(self, 1, "kernel_threshold", "bright_radius")
        if not self.kernel_threshold < 1:
            raise InputError(f"kernel_threshold is {self.kernel_threshold}; give a value below 1")


def whyte_deconvolution(blurred: NDArray, kernel: NDArray, settings: WhyteSettings) -> NDArray:
    """Maximise the Poisson likelihood of y given R(k ⊗ x), x ≥ 0, by Richardson–Lucy updates from x = y.

    Arrays as for `deconvolve_with_kernel`, float64, of one channel; the result is in [0, 1].
    """
    taps = np.where(kernel < settings.kernel_threshold * kernel.max(), 0.0, kernel)
    blur = ValidConvolution(taps / taps.sum(), blurred.shape)
    reach = ValidConvolution((taps > 0).astype(float), blurred.shape)
    observed = np.maximum(blurred, 0) ** settings.gamma
    latent = blur.extend(observed)
    for _ in range(settings.iterations):
        response, slope = saturated(np.maximum(blur.forward(latent), 0), settings)
        error = (observed / np.maximum(response, np.finfo(float).eps) - 1) * slope
        latent = latent * np.maximum(1 + correction(latent, error, blur, reach, settings), 0)
    return np.clip(blur.crop(latent), 0, 1) ** (1 / settings.gamma)


def saturated(intensity: NDArray, settings: WhyteSettings) -> tuple[NDArray, NDArray]:
    """The response R(v) = v - log(1 + e^(a (v - white))) / a and its derivative, both of the shape of `intensity`.

    R is a smooth min(v, white), of Chen and Mangasarian (1996).
    """
    excess = settings.steepness * (intensity - settings.white)
    return intensity - np.logaddexp(0, excess) / settings.steepness, expit(-excess)


def correction(
    latent: NDArray, error: NDArray, blur: ValidConvolution, reach: ValidConvolution, settings: WhyteSettings
) -> NDArray:
    """What the update adds to a factor of 1: kᵀ of all errors near bright pixels, else of those that none reaches.

    Parameters
    ----------
    latent : array, shape (H + k - 1, W + k - 1)
    error : array, shape (H, W); relative, times the response's derivative
    blur, reach : convolutions with the kernel, and with 1 wherever it is above 0

    Returns
    -------
    array of the shape of `latent`.
    """
    bright = latent >= settings.bright
    everything = blur.adjoint(error)
    if not bright.any():
        return everything
    bright = binary_dilation(bright, disc(settings.bright_radius))
    unreached = reach.forward(bright.astype(float)) < 0.5  # it counts pixels, up to the rounding of the FFT
    rest = blur.adjoint(error * unreached)
    weight = gaussian_filter(bright.astype(float), settings.blend_std, mode="constant", radius=BLEND_RADIUS)
    return rest + (everything - rest) * weight


def disc(radius: int) -> NDArray:
    """Boolean, (2 radius + 1) px a side: True up to the radius from the centre."""
    offsets = np.arange(-radius, radius + 1)
    return offsets[:, None] ** 2 + offsets**2 <= radius**2
