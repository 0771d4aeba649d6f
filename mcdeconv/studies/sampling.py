"""What Monte-Carlo sampling adds to the loss in the runs on one scene of Levin's images."""

from dataclasses import asdict, dataclass

from mcdeconv.core.presets import TIERS, configure
from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import LEVIN_SCENES
from mcdeconv.data.problem import Problem, pose
from mcdeconv.errors import choose
from mcdeconv.studies.rows import Row
from mcdeconv.studies.study import Asked, Study, Survey

IMAGES = LEVIN_SCENES[5]
MOMENTS = (0.1, 0.3, 0.5, 0.7, 0.9, 1.0)  # of a run; p0 drops after 0.3 of it, sigma0 after 0.7


@dataclass(frozen=True)
class LookedAt:
    """A run with seed 0 of ours that is looked at a few times."""

    problem: Problem
    tier: str

    @property
    def moments(self) -> list[int]:
        """Iterations, from 1."""
        return [max(1, round(share * configure("ours", self.tier).iterations)) for share in MOMENTS]

    @property
    def heads(self) -> list[Row]:
        item, config = self.problem.item, configure("ours", self.tier).digest()
        own = {"dataset": item.dataset, "image": item.id, "tier": self.tier, "config": config}
        return [own | {"iteration": moment} for moment in self.moments]

    def rows(self) -> list[Row]:
        """Solve."""
        import torch

        from mcdeconv.core.solve import solve
        from mcdeconv.studies.sampling_term import Terms, measuring

        found, blurred = list[Terms](), self.problem.blurred
        observer = measuring(self.moments, torch.as_tensor(blurred)[None, None], found)
        solve(blurred, self.problem.kernel_size, configure("ours", self.tier), observers=[observer])
        return [
            head | asdict(terms) | {"share": terms.share, "passed": terms.passed}
            for head, terms in zip(self.heads, found, strict=True)
        ]


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
