"""Whether one kernel explains all of a photograph: each of nine parts says which kernel it would rather have.

Where the camera turned about its axis, or things are at different depths, no single kernel does. This says that it is
so; it does not undo it.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.region import KERNELS_WIDE, most_informative_region
from mcdeconv.methods.ours_plus import refitted
from mcdeconv.scoring.metrics import kernel_similarity

PARTS = 3  # a side
SHARES = (0.1, 0.2, 0.2)  # of the gradients that a part's kernel is fitted to, see `refitted`
SIDE, KERNELS_A_SIDE = 180, 4  # px, and kernels, of the place in a part that is looked at, at least
# The parts that agree best decide, since a part without edges agrees with nothing.
QUANTILE = 0.75
# chosen on pictures blurred here, see scripts/parts_development.py
LEAST_AGREEMENT = 0.78


def agreement_of_parts(grey: NDArray, kernel: NDArray) -> float | None:
    """Similarity of a kernel with those that the parts of a photograph lead to; None where parts would be too small.

    Parameters
    ----------
    grey : array, shape (H, W), in [0, 1]
    kernel : array, shape (k, k), sums to 1

    Returns
    -------
    float in [0, 1]
        The upper quartile over the parts of the kernel similarity (Hu and Yang 2012); below `LEAST_AGREEMENT`, the blur
        differs across the photograph, or the kernel is wrong.
    """
    size = kernel.shape[0]
    rows, columns = (np.linspace(0, side, PARTS + 1).astype(int) for side in grey.shape)
    if min(grey.shape) // PARTS < KERNELS_WIDE * size:
        return None
    similarities = []
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            part = grey[top:bottom, left:right]
            side = min(max(SIDE, KERNELS_A_SIDE * size), *part.shape)
            place = part[most_informative_region(part, side, size).slices].astype(np.float64)
            own = kernel
            for share in SHARES:
                own = refitted(place, own, share)
            similarities.append(kernel_similarity(own, kernel))
    return float(np.quantile(similarities, QUANTILE))
