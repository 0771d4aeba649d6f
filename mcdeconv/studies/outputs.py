"""What caps G_x's own output: other ways to read an image out of the same run, and the same run without noise.

Algorithm 1 reads out its last line, one image of one iteration. The cheap cures average: over the last iterations,
over samples, over weights; or stop at the right moment, which only the truth knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.presets import TIERS, configure
from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import LEVIN_SCENES
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.problem import Problem, pose
from mcdeconv.data.region import Region
from mcdeconv.errors import InputError, choose
from mcdeconv.studies.levin import TRUE_KERNEL
from mcdeconv.studies.rows import Measured
from mcdeconv.studies.settings import known
from mcdeconv.studies.study import Asked, Study, Survey

IMAGES = LEVIN_SCENES[5] + LEVIN_SCENES[7]
AS_IT_IS, BY_CODE = "", "blurred by code, no noise"
VARIANTS = {  # → method, what is changed
    "ours": ("ours", ()),
    "without-both": ("without-both", ()),
    f"ours, {TRUE_KERNEL}": ("ours", (TRUE_KERNEL,)),
    f"ours, {TRUE_KERNEL}, {BY_CODE}": ("ours", (TRUE_KERNEL, BY_CODE)),
}


def blurred_by_code(item: Item) -> Item:
    """The sharp image (H, W) blurred with the true kernel (k, k), without noise: (H - k + 1, W - k + 1) of its middle.

    Raises
    ------
    InputError
        If one of them is not known.
    """
    from scipy.signal import fftconvolve

    if item.sharp is None or item.kernel is None:
        raise InputError(f"{item.id} has no sharp image with its kernel, so it cannot be blurred by code")
    inside = item.kernel.shape[0] // 2
    blurred = fftconvolve(item.sharp.astype(np.float64), item.kernel, mode="valid").astype(np.float32)
    sharp = item.sharp[inside : inside + blurred.shape[0], inside : inside + blurred.shape[1]]
    return replace(item, blurred=blurred, sharp=sharp, other_truths={})


@dataclass(frozen=True)
class WatchedRun:
    """A run with seed 0 whose outputs are kept on the way."""

    problem: Problem
    variant: str
    tier: str
    device: str

    @property
    def config(self) -> SolverConfig:
        method, changes = VARIANTS[self.variant]
        config = configure(method, self.tier)
        return known(config) if TRUE_KERNEL in changes else config

    @property
    def heads(self) -> list[Measured]:
        """A row a way to read out."""
        item = self.problem.item
        own = {"dataset": item.dataset, "image": item.id, "variant": self.variant, "tier": self.tier}
        return [own | {"final": name, "config": self.config.digest()} for name in NAMES]

    def rows(self) -> list[Measured]:
        """Solve, and score every way to read out."""
        import torch

        from mcdeconv.core.device import choose_device
        from mcdeconv.core.solve import solve
        from mcdeconv.runs.provenance import provenance
        from mcdeconv.scoring.protocols import protocol_of, score
        from mcdeconv.studies.read_outs import ReadOuts

        config, problem, device = self.config, self.problem, choose_device(self.device)
        kept = ReadOuts(config.last_iteration)
        given = problem.item.kernel if config.kernel_net.architecture == "known" else None
        solution = solve(
            problem.blurred, problem.kernel_size, config, device=self.device, observers=[kept], known_kernel=given
        )
        where = provenance(device, torch.get_num_threads()) | {"seconds": solution.seconds}
        protocol = protocol_of(problem.item.dataset)

        def scored(image: np.ndarray) -> Measured:
            found = score(image, problem.item, protocol, problem.region)
            return {"psnr": found.psnr, "structure": found.structure}

        moments = {iteration: scored(image) for iteration, image in kept.moments.items()}
        best = max(moments, key=lambda iteration: moments[iteration]["psnr"])
        found = {name: scored(image) for name, image in zip(READ, kept.images(), strict=True)}
        every = {BEST_MOMENT: moments[best] | {"iteration": best}} | found
        end = {"iteration": config.last_iteration}
        return [where | head | end | every[head["final"]] for head in self.heads]


LAST, EXPONENTIAL, TAIL, SAMPLES, WEIGHTS = READ = (  # as `ReadOuts.images` has them
    "last output",
    "exponential average",
    "mean of the last fifth",
    "mean of 50 samples",
    "averaged weights",
)
BEST_MOMENT = "best moment"
NAMES = (*READ, BEST_MOMENT)


def _problem(item: Item, tier: str, changes: Sequence[str]) -> Problem:
    """The photograph's region, also of what is blurred by code: the same part of the scene, as far as it is there."""
    own = pose(item, TIERS[tier].region)
    if BY_CODE not in changes:
        return own
    made, inside = blurred_by_code(item), own.kernel_size // 2
    height, width = made.blurred.shape[:2]
    sides = min(own.region.height, height), min(own.region.width, width)
    top = min(max(own.region.top - inside, 0), height - sides[0])
    left = min(max(own.region.left - inside, 0), width - sides[1])
    region = Region(top, left, *sides)
    return replace(own, item=made, region=region, blurred=np.ascontiguousarray(made.blurred[region.slices]))


def _tasks(asked: Asked) -> list[WatchedRun]:
    tier = choose(TIERS, asked.tier or "laptop", "tier").name
    names = [name for name in asked.variants or VARIANTS if choose(VARIANTS, name, "variant")]
    return [
        WatchedRun(_problem(item, tier, VARIANTS[name][1]), name, tier, asked.device or "cpu")
        for name in names
        for item in datasets.load("levin", asked.images or IMAGES)
    ]


STUDY = Study(
    "outputs",
    "What caps the network's own output?",
    page="settings",
    survey=Survey(
        _tasks,
        ("dataset", "tier", "variant", "final", "image"),
        "config",
        ("tier", "variant", "final"),
        ("psnr", "structure"),
    ),
    takes=("variants", "images", "tier", "device"),
)
