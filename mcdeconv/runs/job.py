"""A run that is wanted; light to import, so that planning and reading wait for no solver."""

from dataclasses import dataclass, replace
from functools import cached_property

from mcdeconv.core.config import Precision, SolverConfig, input_digest
from mcdeconv.data.problem import Problem, named_region
from mcdeconv.methods import MethodSettings
from mcdeconv.runs.records import ESTIMATED, Identity, Store


@dataclass(frozen=True)
class Job:
    """One run that a campaign solves."""

    problem: Problem
    method: str
    tier: str
    config: SolverConfig | MethodSettings  # a rival's
    seed: int
    pictures: int = 0  # moments at which its trajectory has pictures; 0: no trajectory is kept

    @cached_property
    def identity(self) -> Identity:
        return identify(self.problem, self.method, self.tier, self.config, self.seed)

    def done(self, store: Store) -> bool:
        """Whether a store has the record and, where one is wanted, the trajectory."""
        if store.get(self.identity) is None:
            return False
        if not self.pictures:
            return True
        kept = store.trajectory(self.identity)
        return kept is not None and (self.pictures == 1 or len(kept.images) > 1)


def nameless(identity: Identity) -> Identity:
    """What a run is of: neither the method's name matters, only its configuration, nor what computed it."""
    return replace(identity, method="", precision="")


def input_of(problem: Problem) -> str:
    """The digest of what is solved. A kernel size that is not the data set's own is part of it."""
    own = problem.kernel_size == problem.item.kernel_size
    return input_digest(problem.blurred, None if own else problem.kernel_size)


def identify(
    problem: Problem,
    method: str,
    tier: str,
    config: SolverConfig | MethodSettings,
    seed: int,
    precision: Precision | None = None,
) -> Identity:
    """The identity of a run, in the precision that its configuration asks for or in another."""
    item, size = problem.item, problem.kernel_size
    given = None if size == item.kernel_size else size
    return Identity(
        *(item.dataset, item.id, method, tier, seed, config.digest(), input_of(problem)),
        region=named_region(problem.region_size, tier),
        kernel_size=ESTIMATED if problem.estimated else f"{given} px" if given else "",
        precision=precision if precision and precision != config.precision else "",
    )
