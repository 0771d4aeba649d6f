"""How well the standard deviation that `deblur` writes beside a restoration of ours+ tells the error: Levin's images.

Restoration and map are of the luma; both are aligned with the truth as Levin et al. do it, and the border is left out.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import map_coordinates
from scipy.stats import spearmanr

from mcdeconv.data import datasets
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.grey import grey_of, luma
from mcdeconv.methods import RIVALS, finished, solving_rival
from mcdeconv.scoring.metrics import best_shift
from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised
from mcdeconv.scoring.protocols import protocol_of
from mcdeconv.studies.rows import Measured
from mcdeconv.studies.study import Asked, Study, Survey

METHOD = "ours+"


@dataclass(frozen=True)
class Judged:
    """An image that ours+ restores."""

    item: Item

    @property
    def heads(self) -> list[Measured]:
        from mcdeconv.deblur.deviation import LEAST_ERROR, OF_KERNELS, OF_WEIGHTS

        numbers = f"{RIVALS[METHOD].settings.digest()} {LEAST_ERROR:g} {OF_KERNELS:g} {OF_WEIGHTS:g}"
        return [{"dataset": self.item.dataset, "image": self.item.id, "method": METHOD, "config": numbers}]

    def rows(self) -> list[Measured]:
        """Errors and deviations in units of the image's range, and shares of pixels."""
        from mcdeconv.deblur.deviation import expected_error
        from mcdeconv.deblur.restore import settings_for

        assert self.item.kernel_size is not None and self.item.sharp is not None
        started = time.monotonic()
        given = grey_of(self.item.blurred), self.item.kernel_size
        found = finished(solving_rival(METHOD, *given, RIVALS[METHOD].settings, threads=1))
        assert found.kernel is not None
        seconds = time.monotonic() - started
        blurred, protocol = luma(self.item.blurred), protocol_of(self.item.dataset)
        settings = settings_for(blurred, "hyper-laplacian")
        std = expected_error(blurred, (found.kernel, *found.others), settings)
        restored = deconvolve_with_kernel(blurred, normalised(found.kernel), "hyper-laplacian", settings)
        error, told = aligned(restored, std, luma(self.item.sharp), protocol.crop, protocol.maxshift)
        shares = {f"within_{n}": float(np.mean(error <= n * told)) for n in (1, 2)}
        measured = {"rms_error": float(np.sqrt(np.mean(error**2))), "rms_std": float(np.sqrt(np.mean(told**2)))}
        rank = float(spearmanr(error.ravel(), told.ravel()).statistic)
        own = measured | shares | {"rank_correlation": rank, "kernels": 1 + len(found.others), "seconds": seconds}
        return [self.heads[0] | own]


def aligned(
    restored: np.ndarray, std: np.ndarray, sharp: np.ndarray, crop: int, maxshift: int
) -> tuple[np.ndarray, np.ndarray]:
    """|error| and deviation, pixel by pixel of the cropped truth."""
    pair = best_shift(restored, sharp, crop, maxshift)
    height, width = pair.sharp.shape
    places = np.mgrid[crop : crop + height, crop : crop + width] + np.reshape(pair.shift, (2, 1, 1))
    return np.abs(pair.restored - pair.sharp), map_coordinates(std, places, order=1)


def _tasks(asked: Asked) -> Sequence[Judged]:
    return [Judged(item) for item in datasets.load("levin", asked.images)]


MEANS = ("rms_error", "rms_std", "within_1", "within_2", "rank_correlation", "seconds")
STUDY = Study(
    "deviations",
    "Does the map of the standard deviation tell where a restoration is wrong?",
    page="limits",
    survey=Survey(_tasks, ("dataset", "image"), "config", ("dataset",), MEANS),
    takes=("images",),
)
