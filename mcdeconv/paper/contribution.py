"""The order in which a lent machine's minutes are spent: what `book/plan.md` says, as data."""

from collections.abc import Callable, Sequence
from functools import cache

from mcdeconv.data.datasets.groups import CATEGORIES, KOHLER_SCENE, LEVIN_LIKE, LEVIN_SCENES
from mcdeconv.paper import plans
from mcdeconv.paper.plans import BOTH, CLASSICAL, KOHLER_SIZED, PHOTOGRAPHS, REN, Part
from mcdeconv.paper.selection import jobs_with_pictures
from mcdeconv.runs.contribute import Tranche
from mcdeconv.runs.job import Job
from mcdeconv.studies import STUDIES
from mcdeconv.studies.settings import FULL_WIDTH


def lai(*numbers: int) -> tuple[str, ...]:
    """Of every category the images of these numbers; each has the kernel of its number."""
    return tuple(f"{category}_{n:02}_kernel_{n:02}" for n in numbers for category in CATEGORIES)


ONE_SOURCE = ("dropout-only", "noise-only")
SCENES = LEVIN_SCENES[5] + LEVIN_SCENES[7]
REST = LEVIN_SCENES[6] + LEVIN_SCENES[8]


def planned(tier: str, *parts: Part) -> Callable[[], Sequence[Job]]:
    return lambda: jobs_with_pictures(parts, tier)


def of_experiments(tier: str, *names: str) -> Callable[[], Sequence[Job]]:
    return planned(tier, *(part for name in names for part in plans.EXPERIMENTS[name][tier]))


def study(name: str, *variants: str) -> Callable[[], Sequence[Job]]:
    """All of a study's runs, or those of some variants."""
    return lambda: STUDIES[name].jobs(variants or None)


LAI = lai(2, 1, 3, 4)  # the second kernel first: an early end leaves a balanced table


@cache
def on_lai() -> Sequence[Job]:
    """Once for three tranches: to read the images and choose their regions takes a quarter of a minute."""
    return jobs_with_pictures((Part("lai", LAI, (*BOTH, *ONE_SOURCE, *REN)),), "laptop")


def by(*methods: str) -> Callable[[], Sequence[Job]]:
    return lambda: [job for job in on_lai() if job.method in methods]


TRANCHES = (
    Tranche("the paper's settings on two images", study("settings", *FULL_WIDTH), large=True),
    Tranche("Lai's 20, with and without sampling", by(*BOTH)),
    Tranche("Lai's 20, one source of randomness", by(*ONE_SOURCE)),
    Tranche("Lai's 20, Ren et al.'s networks", by(*REN)),
    Tranche("Köhler's first scene", planned("laptop", Part("kohler", KOHLER_SIZED, (*BOTH, "ren")))),
    Tranche("the switch to SSIM", study("ssim")),
    Tranche("Figures 1, 8, 9 and 10", of_experiments("laptop", "regularisation", "schedules", "randomisation")),
    Tranche("Figure 7: real photographs", planned("laptop", Part("lai_real", PHOTOGRAPHS, BOTH))),
    Tranche("Levin, two scenes at the paper's settings", planned("paper", Part("levin", SCENES, BOTH)), large=True),
    Tranche("narrower networks at the paper's settings", study("settings"), large=True),
    Tranche("SelfDeblur as released", study("selfdeblur"), large=True),
    Tranche("Levin, the others at the paper's settings", planned("paper", Part("levin", REST, BOTH)), large=True),
    Tranche("Lai's 20 at the paper's settings", planned("paper", Part("lai", LAI, BOTH)), large=True),
    Tranche("embedded images, further seeds", planned("quick", Part("synthetic-levin", LEVIN_LIKE, BOTH, (2, 3)))),
    Tranche("rivals on Lai's 20", planned("laptop", Part("lai", LAI, CLASSICAL))),
    Tranche("rivals on Köhler's first scene", planned("laptop", Part("kohler", KOHLER_SCENE, CLASSICAL))),
)
