"""Whether one kernel explains all of a photograph: each of nine parts says how it would rather have it.

Where the camera turned about its axis, or things are at different distances, no single kernel explains the whole: one
part would rather have the kernel turned to the left, another to the right, or larger, or smaller. Only what a part says
beyond what all of them say together counts, since a kernel may be turned or too large as a whole. This tells that the
blur differs; it does not undo it.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from mcdeconv.data.region import KERNELS_WIDE, most_informative_region
from mcdeconv.methods.coarse_to_fine import forward_gradients
from mcdeconv.methods.ours_plus import spectral_implausibility
from mcdeconv.scoring.nonblind import normalised

PARTS = 3  # a side
LARGEST = 400  # px a side of what is looked at in a part
TURNS = (-25, -20, -15, -10, -5, 0, 5, 10, 15, 20, 25)  # degrees
SIZES = (0.8, 0.9, 1.1, 1.25)
CLEARLY = 12.0  # of `spectral_implausibility`, over the root of the pixels: a mean over fewer varies more
# chosen on pictures blurred here, see scripts/parts_development.py
LEAST_DIFFERING = 3


def differing_parts(blurred: NDArray, restored: NDArray, kernel: NDArray) -> int | None:
    """How many of nine parts would rather have the kernel turned or resized, each its own way.

    Parameters
    ----------
    blurred, restored : array, shape (H, W), grey in [0, 1]; aligned
    kernel : array, shape (k, k), sums to 1, from which one was made of the other

    Returns
    -------
    int or None
        From `LEAST_DIFFERING` on, the blur differs across the photograph. None where the parts would be too small.
    """
    if min(blurred.shape) // PARTS < KERNELS_WIDE * kernel.shape[0]:
        return None
    padded = np.pad(kernel, kernel.shape[0] // 2)  # what is turned needs room
    kernels = [*(changed(padded, turn, 1.0) for turn in TURNS), *(changed(padded, 0, size) for size in SIZES)]
    unlikely, clearly = [], []
    rows, columns = (np.linspace(0, side, PARTS + 1).astype(int) for side in blurred.shape)
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            part, sharp = (image[top:bottom, left:right] for image in (blurred, restored))
            place = most_informative_region(part, LARGEST, kernel.shape[0]).slices
            variance = sum(float(gradient.var()) for gradient in forward_gradients(sharp[place]))
            seen = part[place].astype(np.float64)
            unlikely.append([spectral_implausibility(seen, one, variance) for one in kernels])
            clearly.append(CLEARLY / np.sqrt(seen.size))
    each = np.array(unlikely)
    together = int(each.mean(axis=0).argmin())
    return int(np.sum(each[:, together] - each.min(axis=1) > clearly))


def changed(kernel: NDArray, turn: float, size: float) -> NDArray:
    """A kernel turned by so many degrees about its middle and so many times as large, in the same square."""
    angle = np.deg2rad(turn)
    back = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) / size
    middle = np.array(kernel.shape) // 2
    return normalised(np.maximum(affine_transform(kernel, back, middle - back @ middle, order=1), 0))
