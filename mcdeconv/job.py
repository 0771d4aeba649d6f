"""A run that is wanted; light to import, so that planning and reading wait for no solver."""

from dataclasses import dataclass, replace

from mcdeconv.config import SolverConfig
from mcdeconv.problem import Problem, identify
from mcdeconv.records import Identity, Store


@dataclass(frozen=True)
class Job:
    """One run that a campaign solves."""

    problem: Problem
    method: str
    tier: str
    config: SolverConfig
    seed: int
    pictures: int = 0  # moments at which its trajectory has pictures; 0: no trajectory is kept

    @property
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
