"""What an exercise is: a problem drawn from the reader's seed, what the laboratory answers, and what mistakes give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, Any]  # a problem's quantities by name
Numbers = NDArray | float
Compute = Callable[..., Numbers]  # takes a problem's quantities by name

TOLERANCE = 2e-3  # of the largest value: 0.064 is right where 0.06408 is


@dataclass(frozen=True)
class Exercise:
    """An exercise of the course.

    Parameters
    ----------
    given : the problem's quantities; from a generator, so that each reader may have numbers of his own
    answer : the right one
    mistakes : a sentence to each common one, and what it gives
    """

    given: Callable[[np.random.Generator], Values]
    answer: Compute
    mistakes: Mapping[str, Compute]
    whole: bool = False  # whether it is a whole number, and the next one is wrong

    @property
    def same_for_all(self) -> bool:
        """Whether its problem has the same numbers for every seed."""
        return isinstance(self.given, Fixed)


@dataclass(frozen=True)
class Fixed:
    """A problem for pencil and paper: the same numbers for everybody."""

    values: Values

    def __call__(self, rng: np.random.Generator) -> Values:
        return self.values


def fixed(**values: Any) -> Fixed:
    return Fixed(values)


def agree(one: NDArray, other: NDArray, whole: bool = False) -> bool:
    """Whether two answers are the same but for rounding."""
    allowed = 0.5 if whole else TOLERANCE * np.max(np.abs(other))
    return one.shape == other.shape and bool(np.max(np.abs(one - other)) < allowed)


def lively(length: int, rng: np.random.Generator) -> NDArray:
    """A flat signal with three jumps, none at its ends: where nothing happens, no kernel can be seen."""
    steps = np.zeros(length)
    steps[rng.choice(np.arange(3, length - 2), 3, replace=False)] = rng.choice([-1, 1], 3) * rng.uniform(0.6, 1.5, 3)
    return np.cumsum(steps)
