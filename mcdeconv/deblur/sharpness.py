"""Whether a photograph comes back as it is: it is sharp, or its blur was not found."""

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.compression import is_compressed
from mcdeconv.data.noise import noise_std
from mcdeconv.methods.ours_plus import implausibility
from mcdeconv.scoring.harm import extent_of

SHARP_EXTENT = 1.2  # px, of the kernel that ours+ finds: a photograph with less blur stays as it is
# In implausibility, over no blur at all. Ten sharp pictures gained 0.0 to 1.1, Levin's 32 blurred ones 3.1 or more, and
# twenty blurred photographs 1.2 to 2.3, but one 0.9; a brick wall, which explains itself by repetition, gained 1.8.
# With 1% of noise Levin's gain 1.5, with 2% about 1. The limit leaves no margin.
LEAST_GAIN = 1.15
# Compressed, 38 of forty blurred photographs gained 0.9 to 2.5, two 0.2 and 0.8; six sharp pictures 0.0 to 0.85, but a
# soft portrait 1.7 and the wall 2.4.
LEAST_GAIN_COMPRESSED = 0.87
LITTLE_NOISE = 0.01


def is_sharp(grey: NDArray, kernel: NDArray | None) -> bool:
    """Whether there is nothing to restore: the photograph is sharp, or its kernel was not found.

    That is so of a kernel hardly wider than a pixel, and of one that is hardly more plausible than none; but in noise
    every kernel is, and that says nothing.
    """
    if kernel is None:
        return False
    if extent_of(kernel) < SHARP_EXTENT:
        return True
    if noise_std(grey) >= LITTLE_NOISE:
        return False
    none = np.zeros_like(kernel)
    none[kernel.shape[0] // 2, kernel.shape[1] // 2] = 1
    image = grey.astype(np.float64)
    least = LEAST_GAIN_COMPRESSED if is_compressed(grey) else LEAST_GAIN
    return implausibility(image, none) - implausibility(image, kernel) < least
