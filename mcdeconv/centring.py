"""The common shift up to which blind deconvolution finds a kernel and an image, equation (2), put to rest."""

import numpy as np
from numpy.typing import NDArray

FAINT = 0.02  # of the largest value: what a softmax leaves everywhere, and does not count as part of a kernel


def centring_shift(kernel: NDArray) -> tuple[int, int]:
    """Whole pixels (down, right) that bring a kernel's centre of mass to its centre without pushing it off an edge.

    Blind deconvolution finds kernel and image only up to a common shift, equation (2).
    """
    size = kernel.shape[0]
    solid = np.where(kernel >= FAINT * kernel.max(), kernel, 0)
    moves = []
    for axis in (0, 1):
        profile = solid.sum(axis=1 - axis)
        wanted = round(size // 2 - float(np.arange(size) @ profile / profile.sum()))
        support = np.flatnonzero(profile)
        moves.append(int(np.clip(wanted, -support[0], size - 1 - support[-1])))
    return moves[0], moves[1]


def centre_kernel(kernel: NDArray) -> NDArray:
    """The kernel moved by `centring_shift`; of the same sum."""
    return np.roll(kernel, centring_shift(kernel), axis=(0, 1))
