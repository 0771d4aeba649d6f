"""A kernel looked for a second time, in a part of the image: a wrong one rarely comes out twice."""

from numpy.typing import NDArray

from mcdeconv.data.region import KERNELS_WIDE, most_informative_region
from mcdeconv.methods.coarse_to_fine import finished
from mcdeconv.methods.l0 import L0Settings, l0

PART = 2 / 3  # of the shorter side, as in scripts/harm_development.py


def second_look(grey: NDArray, size: int) -> NDArray:
    """The kernel that L0 finds there: it is fast, and the limits of `scoring.harm` were found with it.

    Parameters
    ----------
    grey : array, shape (H, W), in [0, 1]
    size : odd, px
    """
    side = max(round(PART * min(grey.shape)), KERNELS_WIDE * size)
    part = grey[most_informative_region(grey, side, size).slices]
    kernel = finished(l0(part, size, L0Settings())).kernel
    assert kernel is not None
    return kernel
