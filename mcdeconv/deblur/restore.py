"""From a kernel to the sharp photograph: which deconvolution, and how much it trusts the data."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.compression import is_compressed
from mcdeconv.data.grey import grey_of, luma
from mcdeconv.data.noise import noise_std
from mcdeconv.data.region import CLIPPED
from mcdeconv.scoring.nonblind import HyperLaplacianSettings, deconvolve_with_kernel, normalised

SATURATED_SHARE = 0.005  # of clipped pixels, from which "auto" takes the deconvolution that knows of clipping
# Of the data of a compressed photograph, at most: with a camera's curve and JPEG between light and picture the true
# kernels restored best with 750 to 1,500 on four of six such pictures, 0.4 to 0.9 dB above 6,000; two lost 0.5 dB.
WEIGHT_IF_COMPRESSED = 1500.0


def final_for(grey: NDArray) -> str:
    """The deconvolution that knows of clipping where there is some."""
    return "outliers" if np.mean(grey >= CLIPPED[1]) > SATURATED_SHARE else "hyper-laplacian"


def restore(blurred: NDArray, kernel: NDArray | None, image: NDArray | None, final: str) -> NDArray:
    """The sharp image, clipped to [0, 1]; of "direct" grey, the photograph gives the colour."""
    if final == "direct" or kernel is None:
        assert image is not None
        sharp = image
        if blurred.ndim == 3 and image.ndim == 2:
            assert kernel is not None
            sharp = deconvolve_with_kernel(blurred, normalised(kernel), "hyper-laplacian")
            sharp = sharp + (image - luma(sharp))[..., None]
    else:
        sharp = deconvolve_with_kernel(blurred, normalised(kernel), final, settings_for(blurred, final))
    return np.clip(sharp, 0, 1).astype(np.float32)


def settings_for(blurred: NDArray, final: str) -> HyperLaplacianSettings | None:
    """A weight of the data that suits the photograph's noise and compression; None leaves a deconvolution its defaults.

    On the development photographs of `scripts/harm_development.py` the best weight was 6,000 or more without noise,
    1,500 to 3,000 with 1% and 700 with 2%: about 1 / (4 noise variance).
    """
    if final != "hyper-laplacian":
        return None
    usual = HyperLaplacianSettings()
    channels = blurred[..., None] if blurred.ndim == 2 else blurred
    noise = max(float(np.mean([noise_std(channel) for channel in np.moveaxis(channels, 2, 0)])), 1e-6)
    most = WEIGHT_IF_COMPRESSED if is_compressed(grey_of(blurred)) else usual.data_weight
    return replace(usual, data_weight=min(most, 0.25 / noise**2))
