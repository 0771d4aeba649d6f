"""What a refusal and a doubt of `mcdeconv.scoring.harm` are worth where the truth is known.

On stored kernels of the methods that `deblur` offers. Levin's images had no part in the choice of the limits; of Lai's
the sharp pictures had, made smaller and blurred by other kernels. A restoration is judged without the truth, as
`deblur` does it, and then compared with the photograph by the truth; but kernels are of whole images, and in luma.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mcdeconv.data import datasets
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.grey import grey_of
from mcdeconv.methods import FULL, RIVALS
from mcdeconv.runs.records import Record, Store
from mcdeconv.scoring.protocols import protocol_of, score
from mcdeconv.studies.rows import Measured
from mcdeconv.studies.study import Asked, Study, Survey

DATASETS = ("levin", "lai")
METHODS = tuple(name for name, method in RIVALS.items() if method.gives == "kernel" and name != "jin")


@dataclass(frozen=True)
class JudgedImage:
    """An image and the kernels that were found of it; judged together, for a second look is the same for all."""

    item: Item
    records: tuple[Record, ...]

    @property
    def heads(self) -> list[Measured]:
        return [
            {"dataset": key.dataset, "image": key.image, "method": key.method, "record": key.file_name}
            for key in (record.identity for record in self.records)
        ]

    def rows(self) -> list[Measured]:
        """PSNR of the photograph and of the restoration; refused and doubted: 0 or 1."""
        from mcdeconv.data.region import region_for_kernel
        from mcdeconv.deblur.photograph import DEFAULT_METHOD, LARGEST_REGION
        from mcdeconv.deblur.restore import final_for, restore
        from mcdeconv.deblur.sharpness import is_sharp
        from mcdeconv.methods.second_look import second_look
        from mcdeconv.scoring.harm import judge

        protocol = protocol_of(self.item.dataset)
        blurred = protocol.to_deconvolve(self.item)
        grey, size = grey_of(blurred), self.item.kernel_size
        assert size is not None
        other = second_look(grey[region_for_kernel(grey, LARGEST_REGION, size).slices], size)
        before = score(blurred, self.item, protocol).psnr
        found = []
        for head, record in zip(self.heads, self.records, strict=True):
            kernel = np.asarray(record.kernel)
            if head["method"] == DEFAULT_METHOD and is_sharp(grey, kernel):
                found.append(head | {"psnr_blurred": before, "psnr": before, "refused": 0, "doubted": 0})
                continue
            sharp = restore(blurred, kernel, None, final_for(grey))
            judgement = judge(grey, grey_of(sharp), kernel, other)
            scores = {"psnr_blurred": before, "psnr": score(sharp, self.item, protocol).psnr}
            verdict = {"refused": int(judgement.harmful), "doubted": int(bool(judgement.doubts))}
            found.append(head | scores | verdict)
        return found


def _tasks(asked: Asked) -> Sequence[JudgedImage]:
    records: dict[tuple[str, str], list[Record]] = {}
    for record in Store(asked.results / "records"):
        key = record.identity
        planned = key.dataset in DATASETS and key.method in METHODS and key.tier == FULL
        if planned and not (key.region or key.kernel_size) and key.config == RIVALS[key.method].settings.digest():
            records.setdefault((key.dataset, key.image), []).append(record)
    items = {
        (dataset, item.id): item
        for dataset in DATASETS
        for item in datasets.load(dataset, sorted(image for place, image in records if place == dataset))
    }
    return [JudgedImage(items[place], tuple(own)) for place, own in records.items()]


STUDY = Study(
    "doubts",
    "What are a refusal and a doubt worth?",
    page="limits",
    survey=Survey(
        _tasks, ("dataset", "image", "method"), "record", ("method",), ("psnr_blurred", "psnr", "refused", "doubted")
    ),
    takes=(),
)
