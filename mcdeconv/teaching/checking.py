"""`given` draws an exercise's problem from the reader's seed, `check` says whether an answer is right."""

from copy import deepcopy
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mcdeconv.errors import InputError, choose
from mcdeconv.teaching.exercises import EXERCISES, Exercise
from mcdeconv.teaching.exercises.exercise import Values, agree

MOST = 99.0  # times the right answer: what is further off is not told apart


@dataclass(frozen=True)
class Checked:
    """Whether an answer is right, and a sentence about it."""

    right: bool
    says: str


def given(number: str, seed: int = 1) -> SimpleNamespace:
    """The quantities of an exercise by name; another seed gives another problem of the kind.

    Raises
    ------
    InputError
        For an unknown exercise, or a seed that is no whole number of 0 or more.

    Examples
    --------
    >>> given("5.1").length
    4
    """
    return SimpleNamespace(**_problem(number, seed)[1])


def check(number: str, answer: Any, seed: int = 1) -> None:
    """Print whether an answer is right, or which common mistake it is; nothing is raised, whatever is given.

    Parameters
    ----------
    answer : a number or an array of numbers
    seed : the one that `given` was called with

    Examples
    --------
    >>> check("5.1", 0.25)
    5.1: right.
    >>> check("5.1", 0.5)
    5.1: not yet. That is ‖k‖; its square was asked for.
    """
    try:
        print(f"{number}: {verdict(number, answer, seed).says}")
    except InputError as error:
        print(f"{error}.")


def verdict(number: str, answer: Any, seed: int = 1) -> Checked:
    """What `check` prints.

    Raises
    ------
    InputError
        For an unknown exercise, a seed that is none, or an answer that is no number or array of numbers.
    """
    exercise, values = _problem(number, seed)
    found, right = _numbers(answer), _numbers(exercise.answer(**values))
    if agree(found, right, exercise.whole):
        return Checked(True, "right.")
    for says, mistaken in exercise.mistakes.items():
        if agree(found, _numbers(mistaken(**values))):
            return Checked(False, f"not yet. {says}")
    if found.shape != right.shape:
        raise InputError(f"{number} asks for {_shape(right)}; this is {_shape(found)}")
    with np.errstate(over="ignore"):
        off = min(np.max(np.abs(found - right)) / np.max(np.abs(right)), MOST)
    hint = "" if exercise.same_for_all else "; is it the seed of your problem?"
    return Checked(False, f"not yet. It is off by {off:.1%} of the largest value{hint or '.'}")


def _problem(number: str, seed: int) -> tuple[Exercise, Values]:
    exercise = choose(EXERCISES, str(number), "exercise")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(f"the seed is {short(seed)}; give a whole number of 0 or more")
    return exercise, deepcopy(exercise.given(np.random.default_rng(int(seed))))  # the reader may change what he gets


def _numbers(answer: Any) -> NDArray:
    """As float64; what holds one number is a number.

    Raises
    ------
    InputError
        If it is something else, or not finite.
    """
    try:
        given = np.ma.filled(np.asanyarray(answer), np.nan)
        if answer is None or given.dtype.kind not in "biufcO" or np.any(np.imag(given) != 0):
            raise ValueError
        found = np.real(given).astype(np.float64)
    except Exception:  # whatever an object does when it is asked for its numbers
        raise InputError(f"a {type(answer).__name__} is no answer; give a number or an array of numbers") from None
    if not found.size:
        raise InputError("the answer is empty; give a number or an array of numbers")
    if not np.all(np.isfinite(found)):
        raise InputError(
            f"the answer has {np.sum(~np.isfinite(found))} values that are not finite; look for a division by 0"
        )
    return found.reshape(()) if found.size == 1 else found


def short(value: Any) -> str:
    """As Python writes it, unless that is long or fails."""
    try:
        return repr(value)[:60]
    except Exception:  # of a number with thousands of digits, for one
        return f"a {type(value).__name__}"


def _shape(values: NDArray) -> str:
    if not values.ndim:
        return "one number"
    return f"an array of shape ({', '.join(map(str, values.shape))}{',' if values.ndim == 1 else ''})"
