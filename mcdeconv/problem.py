"""What is solved of an image of a data set, and the identity that a run of it has."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mcdeconv.config import Precision, SolverConfig
from mcdeconv.datasets.item import Item
from mcdeconv.kernel_size import estimate_kernel_size
from mcdeconv.metrics import luma
from mcdeconv.presets import TIERS
from mcdeconv.records import ESTIMATED, Identity
from mcdeconv.region import Region, region_for_kernel


@dataclass(frozen=True)
class Problem:
    """What is solved of an item: its luminance, or the most informative region of that."""

    item: Item
    kernel_size: int
    region: Region
    blurred: NDArray  # (height, width) float32
    region_size: int | None  # px a side that were asked for; None: the whole image
    estimated: bool = False  # whether the kernel size is

    @property
    def whole(self) -> bool:
        return self.blurred.shape == self.item.blurred.shape[:2]


def pose(item: Item, region_size: int | None, kernel_size: int | None = None) -> Problem:
    """Choose what is solved of an item.

    `region_size` None takes the whole image, and a region is at least three kernels wide. A kernel size that neither
    the caller nor the item knows is estimated.
    """
    grey = grey_of(item.blurred)
    known = kernel_size or item.kernel_size
    size = known or estimate_kernel_size(grey)
    region = region_for_kernel(grey, region_size, size)
    blurred = np.ascontiguousarray(grey[region.slices], dtype=np.float32)
    return Problem(item, size, region, blurred, region_size, estimated=not known)


def grey_of(image: NDArray) -> NDArray:
    return luma(image) if image.ndim == 3 else image


def identify(
    problem: Problem, method: str, tier: str, config: SolverConfig, seed: int, precision: Precision | None = None
) -> Identity:
    """The identity of a run, in the precision that its configuration asks for or in another.

    A kernel size that is not the data set's own is part of its input.
    """
    item, size = problem.item, problem.kernel_size
    given = None if size == item.kernel_size else size
    return Identity(
        *(item.dataset, item.id, method, tier, seed, config.digest(), input_digest(problem.blurred, given)),
        region=named_region(problem.region_size, tier),
        kernel_size=ESTIMATED if problem.estimated else f"{given} px" if given else "",
        precision=precision if precision and precision != config.precision else "",
    )


def named_region(size: int | None, tier: str) -> str:
    """How an identity names a region of so many px a side; a study's own tier is none that has a region."""
    if tier in TIERS and TIERS[tier].region == size:
        return ""
    return "whole" if size is None else f"{size} px"


def input_digest(blurred: NDArray, kernel_size: int | None = None) -> str:
    """First 12 hex digits of the SHA-256 of an image's shape and float32 values, and of a kernel size."""
    values = np.ascontiguousarray(blurred, dtype=np.float32)
    size = f"k={kernel_size}" if kernel_size else ""
    return hashlib.sha256(f"{values.shape!r}{size}".encode() + values.tobytes()).hexdigest()[:12]
