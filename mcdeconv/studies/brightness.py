"""Whether it matters how bright a photograph is: Köhler's are dark, and their kernels are not found.

A convolution is linear, so a brighter photograph has the same kernel. The networks are not: G_x ends in a sigmoid, and
its learning rate and noise are absolute. Here the region is made brighter until its brightest pixel is 1.
"""

from collections.abc import Iterator

from mcdeconv.core.presets import TIERS, configure
from mcdeconv.data import datasets
from mcdeconv.data.datasets.item import Item
from mcdeconv.studies.study import Study, Variant, named

TIER, DATASET = "laptop", "kohler"
IMAGES = tuple(f"Blurry1_{n}" for n in (1, 2, 3, 4, 5, 6, 7, 12))  # scene 1, kernels of 41 px
METHODS = ("ours", "without-both")
BRIGHTER = "brightest pixel at 1"


def brighter(method: str) -> str:
    return f"{method}, {BRIGHTER}"


def _items() -> Iterator[Item]:
    return datasets.load(DATASET, IMAGES)


def _variants() -> Iterator[Variant]:
    for changes, brightest in (((), None), ((BRIGHTER,), 1.0)):
        for method in METHODS:
            config = configure(method, TIER, DATASET)
            yield Variant(config, TIERS[TIER].region, method=method, changes=changes, brightest=brightest)


STUDY = Study(
    "brightness",
    "Does it matter how bright the photograph is?",
    TIER,
    _items,
    named(list(_variants())),
    [*((brighter(method), method) for method in METHODS), METHODS, (brighter(METHODS[0]), brighter(METHODS[1]))],
    {"scene 1": IMAGES},
    page="study-brightness",
)
