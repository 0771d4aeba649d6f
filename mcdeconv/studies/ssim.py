"""Whether the switch to SSIM that all public siblings of the paper have, and the paper does not mention, explains it.

After a fifth of the run the squared error of (24) gives way to 1 - SSIM, times the number of pixels: Adam divides by
what gradients were before, and those of an unscaled 1 - SSIM are so much smaller that nothing would move any more.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.presets import TIERS, configure
from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import LEVIN_SCENES
from mcdeconv.data.datasets.item import Item
from mcdeconv.studies.study import Study, Variant, named

TIER = "laptop"
METHODS = ("ours", "without-both", "ren")
SHARE = 1 / 5  # of the run before the switch: 1,000 of 5,000 in `selfdeblur_levin.py`
SWITCHED = "+ssim"


@dataclass(frozen=True)
class Switching(SolverConfig):
    """The data term becomes 1 - SSIM after some iterations."""

    ssim_after: int = round(SHARE * SolverConfig.iterations)

    def structural(self, iteration: int) -> bool:
        return iteration > self.ssim_after

    def with_iterations(self, iterations: int) -> "Switching":
        after = round(self.ssim_after * iterations / self.iterations)
        return Switching(**vars(super().with_iterations(iterations)) | {"ssim_after": after})


def _items() -> Iterator[Item]:
    return datasets.load("levin", LEVIN_SCENES[5] + LEVIN_SCENES[7])


def _variants() -> list[Variant]:
    found = []
    for method in METHODS:
        plain = configure(method, TIER)
        switching = Switching(**vars(plain) | {"ssim_after": round(SHARE * plain.iterations)})
        found.append(Variant(plain, TIERS[TIER].region, method=method))
        found.append(Variant(switching, TIERS[TIER].region, method=method + SWITCHED, pictures=1))
    return found


STUDY = Study(
    "ssim",
    "Does the switch to SSIM that the siblings have explain the paper's numbers?",
    TIER,
    _items,
    named(_variants()),
    [(method + SWITCHED, method) for method in METHODS],
    {"two scenes": LEVIN_SCENES[5] + LEVIN_SCENES[7], "im05": LEVIN_SCENES[5], "im07": LEVIN_SCENES[7]},
    page="study-ssim",
)
