"""How large a kernel is, from one that is found with more room than it needs (what `--kernel-size auto` uses).

A blurred image alone hardly tells a large kernel from a larger one (`mcdeconv.data.kernel_size`); a kernel that was
found fills what it needs and leaves the rest empty. At a small size that takes seconds.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mcdeconv.methods.coarse_to_fine import FAINT, RATIO, Shares, TimeUp, finished, kernel_sizes
from mcdeconv.methods.ours_plus import OursPlusSettings, Start, candidate, spans, within

SMALLEST, LARGEST = 3, 101  # px
LARGEST_HERE = 31  # px, at the size at which it is found
SIDES = 1 / 5  # of the image's shorter side: the largest kernel that is looked for
STARTS = (Start("l0"), Start("l0", 4))
UNFITTED = replace(OursPlusSettings(), shares=())  # a fit gained nothing here, and in noise it spreads a kernel


def found_kernel_size(blurred: NDArray, largest: int = LARGEST) -> int:
    """The odd size of the smallest square that holds the kernel which is found where the largest one has room.

    Two kernels are found, by L0 with its own prior of the image and with one four times as strong, and the more
    plausible is taken; `book/limits.md` says how near that comes.

    Parameters
    ----------
    blurred : array, shape (H, W), grey in [0, 1]
    largest : px; a fifth of the shorter side bounds it as well

    Examples
    --------
    >>> from mcdeconv.data.datasets import load_item
    >>> found_kernel_size(load_item("small-levin", "coffee_kernel_04").blurred)  # the true one is 15
    19
    """
    return finished(finding_kernel_size(blurred, largest))


def finding_kernel_size(blurred: NDArray, largest: int = LARGEST) -> Shares[int]:
    """The steps of `found_kernel_size`; when the time is up, the size of the first kernel, if that was found."""
    image = blurred.astype(np.float64)
    most = int(min(largest, SIDES * min(image.shape)))
    sizes = kernel_sizes(max((most - 1) // 2 * 2 + 1, SMALLEST))
    level = next((n for n, size in enumerate(sizes) if size <= LARGEST_HERE), len(sizes) - 1)
    candidates = [candidate(image, sizes, level, start, UNFITTED) for start in STARTS]
    found: list[tuple[float, NDArray]] = []
    try:
        for steps, begin, end in spans(candidates, 0.0, 1.0):
            found.append((yield from within(steps, begin, end, "kernel size")))
    except TimeUp:
        if not found:
            raise
    _, kernel = min(found, key=lambda pair: pair[0])
    extent = max(np.ptp(axis) + 1 for axis in np.nonzero(kernel > FAINT * kernel.max()))
    return int(np.clip(int(np.ceil(extent / RATIO**level)) | 1, SMALLEST, sizes[0]))
