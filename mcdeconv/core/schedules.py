"""p0(t), sigma0(t) and the learning rates over the iterations t = 1 … T (paper 3.1), as pure functions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A value that drops once: `before` up to and including iteration `at`, `after` from then on."""

    before: float
    after: float
    at: int

    def __call__(self, iteration: int) -> float:
        return self.before if iteration <= self.at else self.after

    def compressed(self, factor: float) -> "Step":
        """The same drop at the same share of a run that is `factor` times as long."""
        return Step(self.before, self.after, round(self.at * factor))


def constant(value: float) -> Step:
    """A value that never drops."""
    return Step(value, value, 0)


def learning_rate(initial: float, iteration: int, halve_after: int, repeat: bool = False) -> float:
    """The learning rate at an iteration: halved after `halve_after` steps, once or (`repeat`) every so many.

    The paper says "dropped with rate 0.5 after 3 × 10³ steps" (3.1), which can be read either way.
    """
    drops = (iteration - 1) // halve_after
    return initial * 0.5 ** (drops if repeat else min(drops, 1))
