"""What parts of ours+ are worth: five methods as found and fitted anew, and what a blind choice makes of them.

On stored kernels of Levin's images, with the usual weight of the data and without the starts from coarser levels. The
paper's method is a further start here, which ours+ leaves out: it takes minutes, the others seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import LEVIN_SCENES
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.grey import grey_of
from mcdeconv.methods import FULL
from mcdeconv.methods.ours_plus import OursPlusSettings, implausibility, refitted
from mcdeconv.runs.records import Record, Store
from mcdeconv.scoring.protocols import protocol_of, score
from mcdeconv.studies.rows import Measured
from mcdeconv.studies.study import Asked, Study, Survey

SETTINGS = OursPlusSettings()
NETWORK = "ours"
FOUND, FITTED = "found", "fitted anew"
DEVELOPMENT = tuple(
    f"im{scene:02}_flit{kernel:02}"
    for scene, kernels in {5: (1, 5), 6: (2, 6), 7: (3, 7), 8: (4, 8)}.items()
    for kernel in kernels
)
UNTOUCHED = tuple(image for images in LEVIN_SCENES.values() for image in images if image not in DEVELOPMENT)


@dataclass(frozen=True)
class Ingredient:
    """One start's kernel of an image, before and after it is fitted anew."""

    item: Item
    record: Record

    @property
    def heads(self) -> list[Measured]:
        key = self.record.identity
        own: Measured = {"dataset": key.dataset, "image": key.image, "method": key.method, "seed": key.seed}
        own |= {"record": key.file_name}
        return [own | {"final": step} for step in (FOUND, FITTED)]

    def rows(self) -> list[Measured]:
        """Both, deconvolved with the sparse prior, and how plausible they are without the truth."""
        grey = grey_of(self.item.blurred).astype(np.float64)
        found = np.asarray(self.record.kernel)
        fitted = found
        for share in SETTINGS.shares:
            fitted = refitted(grey, fitted, share)
        return [head | self.scored(grey, kernel) for head, kernel in zip(self.heads, (found, fitted), strict=True)]

    def scored(self, grey: NDArray, kernel: NDArray) -> Measured:
        from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised

        protocol = protocol_of(self.item.dataset)
        restored = deconvolve_with_kernel(protocol.to_deconvolve(self.item), normalised(kernel), "sparse")
        scores = score(restored, self.item, protocol)
        return {"psnr": scores.psnr, "error_ratio": scores.error_ratio, "implausibility": implausibility(grey, kernel)}


def _tasks(asked: Asked) -> Sequence[Ingredient]:
    items = {item.id: item for item in datasets.load("levin", asked.images)}
    wanted = {(start.method, FULL) for start in SETTINGS.starts} | {(NETWORK, "laptop")}
    return [
        Ingredient(items[key.image], record)
        for record in Store(asked.results / "records")
        if (key := record.identity).dataset == "levin"
        and key.image in items
        and (key.method, key.tier) in wanted
        and key.seed == 0
        and not (key.region or key.kernel_size)
    ]


STUDY = Study(
    "ingredients",
    "What is each part of ours+ worth?",
    page="plus",
    survey=Survey(
        _tasks, ("dataset", "image", "method", "seed", "final"), "record", ("method", "final"), ("psnr", "error_ratio")
    ),
    takes=("images",),
)
