"""Whether a picture was compressed as JPEG does it, judged from itself."""

import numpy as np
from numpy.typing import NDArray

BLOCK = 8  # px a side, each compressed by itself
STEP = 0.02  # of the range: larger differences are the picture's own, and count as this
# All hundred of Lai's photographs have 0.9 / 255 or more, pictures that were never compressed 0.1 / 255 at most; of
# blurred ones 0.6 / 255 is left at Pillow's quality 95, and 0.1 / 255 at 98. skimage's `moon`, a soft sharp picture,
# has 0.42 / 255, for it lost hardly anything; among the compressed ones it would be taken for blurred.
LEAST_EXCESS = 0.5 / 255


def is_compressed(grey: NDArray) -> bool:
    """Whether steps stand out every eight pixels, down and across: the borders of JPEG's blocks.

    Of a compressed photograph the noise is lost with what else is fine, so `noise_std` tells too little of how far its
    pixels are from the light's. A picture that was resized after it had been compressed counts as not compressed.

    Parameters
    ----------
    grey : array, shape (H, W), in [0, 1]

    Examples
    --------
    >>> is_compressed(np.random.default_rng(0).random((64, 64)))
    False
    """
    return all(blockiness(lines) > LEAST_EXCESS for lines in (grey, grey.T))


def blockiness(grey: NDArray) -> float:
    """How far the mean third difference across every eighth border of columns exceeds that of the median phase's.

    A third difference is a step between its two middle pixels without the slope on both sides. In units of the image;
    0 if there are too few columns.
    """
    steps = np.minimum(np.abs(np.diff(grey, 3, axis=1)), STEP)
    if steps.shape[1] < 2 * BLOCK:
        return 0.0
    means = [float(steps[:, phase::BLOCK].mean()) for phase in range(BLOCK)]
    return max(means) - float(np.median(means))
