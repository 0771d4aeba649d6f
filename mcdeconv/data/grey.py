"""Grey from colour: the luma that kernels are estimated from and images are scored on."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray


def grey_of(image: NDArray) -> NDArray:
    return luma(image) if image.ndim == 3 else image


LumaRange = Literal["full", "studio"]


def luma(image: NDArray, range: LumaRange = "full") -> NDArray:
    """Luma Y of an RGB image; a grey image Y stands for R = G = B = Y, so it is full-range luma already.

    Parameters
    ----------
    image : array, shape (H, W) or (H, W, 3), in [0, 1]
    range : "full": 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), in [0, 1];
        "studio": (219 Y + 16) / 255 of that, as MATLAB's `rgb2ycbcr`, in [16/255, 235/255]

    Returns
    -------
    float64 array, shape (H, W)
    """
    image = np.asarray(image, np.float64)
    full = image if image.ndim == 2 else image @ np.array([0.299, 0.587, 0.114])
    return full if range == "full" else (219 * full + 16) / 255
