"""What is solved of an image of a data set, and the identity that a run of it has."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mcdeconv.core.presets import TIERS
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.grey import grey_of
from mcdeconv.data.kernel_size import estimate_kernel_size
from mcdeconv.data.region import Region, region_for_kernel

WHOLE = ("full", "external")  # tiers of rivals and of others' results, which have no region


@dataclass(frozen=True)
class Problem:
    """What is solved of an item: its luminance, or the most informative region of that."""

    item: Item
    kernel_size: int
    region: Region
    blurred: NDArray  # (height, width) float32
    region_size: int | None  # px a side that were asked for; None: the whole image
    estimated: bool = False  # whether the kernel size is
    gain: float = 1.0  # what brightness was multiplied by: `blurred` is that much brighter than the item

    @property
    def whole(self) -> bool:
        return self.blurred.shape == self.item.blurred.shape[:2]


def pose(
    item: Item, region_size: int | None, kernel_size: int | None = None, brightest: float | None = None
) -> Problem:
    """Choose what is solved of an item.

    `region_size` None takes the whole image, and a region is at least three kernels wide. A kernel size that neither
    the caller nor the item knows is estimated. `brightest`: the value that the brightest pixel is brought to; the
    kernel does not change with it, because the convolution is linear.
    """
    grey = grey_of(item.blurred)
    known = kernel_size or item.kernel_size
    size = known or estimate_kernel_size(grey)
    region = region_for_kernel(grey, region_size, size)
    blurred = np.ascontiguousarray(grey[region.slices], dtype=np.float32)
    gain = 1.0
    if brightest and (most := float(blurred.max())) > 0:
        gain = brightest / most
        blurred = np.minimum(gain * blurred, 1)
    return Problem(item, size, region, blurred, region_size, not known, gain)


def named_region(size: int | None, tier: str) -> str:
    """How an identity names a region of so many px a side; a study's own tier is none that has a region."""
    if (tier in TIERS and TIERS[tier].region == size) or (tier in WHOLE and size is None):
        return ""
    return "whole" if size is None else f"{size} px"
