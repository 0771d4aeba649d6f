"""What Monte-Carlo sampling adds to the loss in the runs on one scene of Levin's images."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mcdeconv.core.presets import TIERS, configure
from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import LEVIN_SCENES
from mcdeconv.data.problem import Problem, pose
from mcdeconv.errors import choose
from mcdeconv.studies.rows import Measured
from mcdeconv.studies.study import Asked, Study, Survey

if TYPE_CHECKING:
    from mcdeconv.core.algorithm_1 import State

IMAGES = LEVIN_SCENES[5]
MOMENTS = (0.1, 0.3, 0.5, 0.7, 0.9, 1.0)  # of a run; p0 drops after 0.3 of it, sigma0 after 0.7


@dataclass(frozen=True)
class LookedAt:
    """A run with seed 0 of ours that is looked at a few times."""

    problem: Problem
    tier: str

    @property
    def heads(self) -> list[Measured]:
        item, config = self.problem.item, configure("ours", self.tier)
        own = {"dataset": item.dataset, "image": item.id, "tier": self.tier, "config": config.digest()}
        return [own | {"iteration": max(1, round(share * config.iterations))} for share in MOMENTS]

    def rows(self) -> list[Measured]:
        """Solve."""
        import torch

        from mcdeconv.core.solve import solve
        from mcdeconv.studies.sampling_term import measure_terms

        blurred, heads = self.problem.blurred, {head["iteration"]: head for head in self.heads}
        given, found = torch.as_tensor(blurred)[None, None], list[Measured]()

        def look(state: "State") -> None:
            if head := heads.get(state.iteration):
                found.append(head | measure_terms(state, given))

        solve(blurred, self.problem.kernel_size, configure("ours", self.tier), observers=[look])
        return found


def _tasks(asked: Asked) -> list[LookedAt]:
    tier = asked.tier or "laptop"
    region = choose(TIERS, tier, "tier").region
    return [LookedAt(pose(item, region), tier) for item in datasets.load("levin", asked.images or IMAGES)]


KEY = ("dataset", "image", "tier", "iteration")
STUDY = Study(
    "sampling",
    "What does Monte-Carlo sampling add to the loss, and which penalty is it worth?",
    page="obstacles",
    survey=Survey(_tasks, KEY, "config", ("tier", "iteration"), ("share", "passed", "kernel", "mu")),
    takes=("images", "tier"),
)
