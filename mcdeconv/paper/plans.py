"""Which runs each table and figure rests on, by tier: what `make reproduce` solves and what the notebooks read."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from mcdeconv.core.presets import TIERS, configure
from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import KOHLER_SCENE, LAI_20, LAI_LIKE, LEVIN_LIKE, LEVIN_SCENES, MORE_LEVIN_LIKE
from mcdeconv.data.problem import pose
from mcdeconv.explorer.grid import GRID_SEEDS, cells, method_name, with_p0_sigma0
from mcdeconv.methods import RIVALS, Choice, choose_method
from mcdeconv.runs.job import Job
from mcdeconv.runs.records import Identity

PICTURES = 12  # of a trajectory that is looked at
BOTH = ("ours", "without-both")
CLASSICAL = tuple(name for name, rival in RIVALS.items() if rival.gives == "kernel" and rival.reference is not None)
PLUS = ("ours+",)  # not in the paper: in rows of its own
QUICK = ("l0", "dark-channel")  # on the embedded images
ABLATION = ("without-both", "dropout-only", "noise-only", "ours")  # Table 5
REN = ("ren", "ren+mc")  # Table 6
SCHEDULES = ("S1", "S2", "S3", "S4", "S5", "S6", "ours")  # Figure 8
REGULARISATIONS = ("without-both", "early-stopping", "tv", "ours")  # Figure 1
RANDOMISATIONS = ("ours", "random-both-nets", "random-kernel-net")  # Figures 9 and 10


@dataclass(frozen=True)
class Part:
    """Some methods on some images of one data set."""

    dataset: str
    images: tuple[str, ...] | None  # None: all of them
    methods: tuple[str, ...]
    seeds: tuple[int, ...] = (0,)
    pictures: int = 0  # see Job
    anew: bool = True  # `make reproduce` computes it anew; False: only if its images are named, else as stored


ABLATED = ("natural_01_kernel_02", "text_01_kernel_02")  # Table 5 at `quick`
# Köhler's first scene with kernels that a region of three kernels can be solved for: 41 px, and 75 px (the 11th).
KOHLER_SIZED = tuple(f"Blurry1_{n}" for n in (1, 2, 3, 4, 5, 6, 7, 12, 11))
KOHLER_LIKE = ("astronaut_trajectory_01",)
SHOWN = "natural_01_kernel_02"  # of the Lai flavour: Figures 1, 3 and 8 and the iteration scrubber
TRIALS = "manmade_01_kernel_01"  # 3.5 uses Lai's image of that name
EXPLORED = ("coins_kernel_04", "camera_kernel_03")  # of the Levin flavour
CORNER = ("p0=0,sigma0=0", "p0=0.3,sigma0=0.01")  # of the explorer's grid, recomputed at tier `quick`
PHOTOGRAPHS = ("flower", "lyndsey", "fountain1", "postcard", "night6")  # of lai_real, chosen before the first run
MORE_PHOTOGRAPHS = ("book1", "coke", "elephant", "pietro", "summerhouse")  # chosen before the rivals' first run

EXPERIMENTS: dict[str, dict[str, tuple[Part, ...]]] = {
    "levin": {
        "quick": (
            Part("synthetic-levin", LEVIN_LIKE, BOTH, (0, 1)),
            Part("synthetic-levin", MORE_LEVIN_LIKE, BOTH, (0, 1), anew=False),
            Part("synthetic-levin", LEVIN_LIKE, QUICK),
        ),
        "laptop": (
            Part("levin", None, CLASSICAL + PLUS),
            Part("levin", None, ("ours",)),
            Part("levin", LEVIN_SCENES[5], ("without-both",)),
            Part("levin", LEVIN_SCENES[7], ("without-both",)),
            Part("levin", LEVIN_SCENES[5], ("ours",), (1, 2)),
        ),
        "paper": (Part("levin", None, ("ours",), (0, 1, 2)), Part("levin", None, ("without-both",))),
    },
    "lai": {
        "quick": (Part("synthetic-lai", LAI_LIKE, (*BOTH, *QUICK)),),
        "laptop": (Part("lai", LAI_20, CLASSICAL + PLUS), Part("lai", LAI_20, BOTH)),
        "paper": (Part("lai", None, ("ours",)),),
    },
    "kohler": {
        "quick": (Part("synthetic-kohler", KOHLER_LIKE, (*BOTH, *QUICK)),),
        "laptop": (Part("kohler", KOHLER_SCENE, CLASSICAL + PLUS), Part("kohler", KOHLER_SIZED, BOTH)),
        "paper": (Part("kohler", None, BOTH),),
    },
    "lai_real": {  # Figure 7
        "quick": (Part("synthetic-lai_real", None, BOTH, anew=False),),
        "laptop": (
            Part("lai_real", PHOTOGRAPHS + MORE_PHOTOGRAPHS, QUICK + PLUS),
            Part("lai_real", PHOTOGRAPHS + MORE_PHOTOGRAPHS, BOTH),
        ),
        "paper": (Part("lai_real", PHOTOGRAPHS, BOTH),),
    },
    "ablation": {
        "quick": (Part("synthetic-lai", ABLATED, ABLATION),),
        "laptop": (Part("lai", LAI_20, ABLATION),),
        "paper": (Part("lai", None, ABLATION),),
    },
    "architectures": {
        "quick": (Part("synthetic-levin", ("coins_kernel_03",), (*REN, "ours")),),
        "laptop": (
            Part("levin", LEVIN_SCENES[5], (*REN, "ours")),
            Part("lai", LAI_20, (*REN, "ours")),
            Part("kohler", KOHLER_SIZED, ("ren", "ours")),
        ),
        "paper": tuple(Part(dataset, None, (*REN, "ours")) for dataset in ("levin", "lai", "kohler")),
    },
    "regularisation": {
        "quick": (Part("synthetic-lai", (SHOWN,), REGULARISATIONS, pictures=PICTURES),),
        "laptop": (Part("lai", (SHOWN,), REGULARISATIONS, pictures=PICTURES),),
        "paper": (Part("lai", (SHOWN,), REGULARISATIONS, pictures=PICTURES),),
    },
    "schedules": {
        "quick": (Part("synthetic-lai", (SHOWN,), SCHEDULES, pictures=1),),
        "laptop": (Part("lai", (SHOWN,), SCHEDULES, pictures=1),),
        "paper": (Part("lai", (SHOWN,), SCHEDULES, pictures=1),),
    },
    "randomisation": {
        "quick": (Part("synthetic-lai", (TRIALS,), RANDOMISATIONS, (0, 1), pictures=1),),
        "laptop": (Part("lai", (TRIALS,), RANDOMISATIONS, (0, 1, 2), pictures=1),),
        "paper": (Part("lai", (TRIALS,), RANDOMISATIONS, tuple(range(10)), pictures=1),),
    },
    "explorer": {"quick": (Part("synthetic-levin", EXPLORED[:1], CORNER, pictures=1),)},
}
TABLED = ("levin", "lai", "kohler", "lai_real", "ablation", "architectures")  # experiments about data sets


@cache
def planned_for_tables(dataset: str, tier: str) -> frozenset[tuple[str, int]] | None:
    """The images and seeds that means over a data set are taken of at a tier; None: all that there are.

    An image that only a figure shows, or a further seed of it, is not one of a table's: it was chosen to be looked at.
    """
    parts = [part for name in TABLED for part in EXPERIMENTS[name].get(tier, ()) if part.dataset == dataset]
    if not parts or any(part.images is None for part in parts):
        return None
    return frozenset((image, seed) for part in parts for image in part.images or () for seed in part.seeds)


def is_tabled(key: Identity) -> bool:
    """Whether a run counts in means over its data set."""
    planned = planned_for_tables(key.dataset, key.tier)
    return planned is None or (key.image, key.seed) in planned


COMPARED = ("levin", "lai", "kohler")  # those that others' results stand beside
# All of the explorer's grid, `make explorer`: hundreds of runs, kept in results/explorer/.
CELLS = {method_name(*cell): cell for cell in cells()}
GRID = Part("synthetic-levin", EXPLORED, tuple(CELLS), GRID_SEEDS, pictures=1)


def chosen(method: str, tier: str, dataset: str) -> Choice:
    """How a method, or a cell of the explorer's grid, runs at a tier on a data set."""
    if method in CELLS:
        return Choice(with_p0_sigma0(configure("ours", tier), *CELLS[method]), tier, TIERS[tier].region)
    return choose_method(method, tier, dataset)


def jobs(parts: Sequence[Part], tier: str) -> list[Job]:
    """The runs of some parts, each once; seeds vary slowest, so that an interrupted campaign has every image.

    A rival has no seeds: it runs once.
    """
    every: dict[object, Job] = {}
    for part in parts:
        choices = {method: chosen(method, tier, part.dataset) for method in part.methods}
        regions = {choice.region for choice in choices.values()}
        problems = [{r: pose(item, r) for r in regions} for item in datasets.load(part.dataset, part.images)]
        for seed in part.seeds:
            for posed in problems:
                for method, choice in choices.items():
                    if seed and method in RIVALS:
                        continue
                    job = Job(posed[choice.region], method, choice.tier, choice.config, seed, part.pictures)
                    known = every.get(job.identity)
                    if known is None or known.pictures < job.pictures:
                        every[job.identity] = job
    return sorted(every.values(), key=lambda job: job.seed)
