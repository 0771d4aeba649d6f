"""Whether a picture was compressed as JPEG does it, judged from itself."""

import numpy as np
from numpy.typing import NDArray

BLOCK = 8  # px a side, each compressed by itself
STEP = 0.02  # of the range: larger differences are the picture's own, and count as this
LEAST_RATIO = 1.15  # sixteen of Lai's photographs: 1.4 to 2.6; pictures that were never compressed: 1.03 at most


def is_compressed(grey: NDArray) -> bool:
    """Whether steps stand out every eight pixels, down and across: the borders of JPEG's blocks.

    Of a compressed photograph the noise is lost with what else is fine, so `noise_std` tells too little of how far its
    pixels are from the light's. A picture that was resized after it had been compressed counts as not compressed.

    Parameters
    ----------
    grey : array, shape (H, W), in [0, 1]

    Examples
    --------
    >>> bool(is_compressed(np.random.default_rng(0).random((64, 64))))
    False
    """
    return all(blockiness(lines) > LEAST_RATIO for lines in (grey, grey.T))


def blockiness(grey: NDArray) -> float:
    """Mean third difference across the columns' borders at the most striking of eight phases, over the median one's.

    A third difference is a step between its two middle pixels without the slope on both sides; 1 if there are too few.
    """
    steps = np.minimum(np.abs(np.diff(grey, 3, axis=1)), STEP)
    if steps.shape[1] < 2 * BLOCK:
        return 1.0
    means = [float(steps[:, phase::BLOCK].mean()) for phase in range(BLOCK)]
    usual = float(np.median(means))
    return max(means) / usual if usual else 1.0
