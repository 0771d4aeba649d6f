"""What an exercise is: a problem drawn from the reader's seed, what the laboratory answers, and what mistakes give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = Mapping[str, Any]  # a problem's quantities by name
Answer = NDArray | float
Solve = Callable[..., Answer]  # takes a problem's quantities by name

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
    answer: Solve
    mistakes: Mapping[str, Solve]


def fixed(**values: Any) -> Callable[[np.random.Generator], Values]:
    """A problem for pencil and paper: the same numbers for everybody."""
    return lambda rng: values


def agree(one: NDArray, other: NDArray) -> bool:
    """Whether two answers are the same but for rounding."""
    return one.shape == other.shape and bool(np.max(np.abs(one - other)) <= TOLERANCE * np.max(np.abs(other)))


def lively(length: int, rng: np.random.Generator) -> NDArray:
    """A flat signal with three jumps, none at its ends: where nothing happens, no kernel can be seen."""
    steps = np.zeros(length)
    steps[rng.choice(np.arange(3, length - 2), 3, replace=False)] = rng.choice([-1, 1], 3) * rng.uniform(0.6, 1.5, 3)
    return np.cumsum(steps)
