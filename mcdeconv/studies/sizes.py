"""How near the size of a found kernel, and the size that the blurred image's spectrum tells, come to the data set's.

All of Levin's images, and Lai et al.'s 100.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from mcdeconv.data import datasets
from mcdeconv.data.datasets import lai
from mcdeconv.data.datasets.groups import LEVIN_SCENES
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.grey import grey_of
from mcdeconv.data.kernel_size import estimate_kernel_size
from mcdeconv.methods.found_size import LARGEST, LARGEST_HERE, SIDES, STARTS, UNFITTED
from mcdeconv.studies.rows import Measured
from mcdeconv.studies.study import Asked, Study, Survey

DATASETS = ("levin", "lai")
# Every third image, Lai's ordered by picture and kernel: on these the rule was found.
CHOSEN_ON = frozenset([*sum(LEVIN_SCENES.values(), ())[::3], *lai.ids("lai")[1::3]])


@dataclass(frozen=True)
class SizedImage:
    """An image whose kernel's size the data set gives."""

    item: Item

    @property
    def heads(self) -> list[Measured]:
        from mcdeconv.deblur.estimate import SIZE_REGION

        rule = (
            f"{', '.join(map(str, STARTS))}; fits {UNFITTED.shares}; {LARGEST} {LARGEST_HERE} {SIDES:g} {SIZE_REGION}"
        )
        return [{"dataset": self.item.dataset, "image": self.item.id, "config": rule}]

    def rows(self) -> list[Measured]:
        """Sizes in px, as `deblur` finds them; `seconds` are of that, with what else the machine does."""
        from mcdeconv.deblur.estimate import size_within

        assert self.item.kernel_size is not None
        grey, started = grey_of(self.item.blurred), time.monotonic()
        found = size_within(grey)
        seconds = time.monotonic() - started
        sizes = {"given": self.item.kernel_size, "found": found, "from_spectrum": estimate_kernel_size(grey)}
        return [self.heads[0] | sizes | {"seconds": seconds}]


def _tasks(asked: Asked) -> Sequence[SizedImage]:
    return [SizedImage(item) for dataset in DATASETS for item in datasets.load(dataset)]


STUDY = Study(
    "sizes",
    "How near does the size of a kernel come that is found where there is more room?",
    page="limits",
    survey=Survey(_tasks, ("dataset", "image"), "config", ("dataset",), ("given", "found", "from_spectrum", "seconds")),
    takes=(),
)
