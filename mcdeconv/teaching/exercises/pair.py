"""Chapter 3: priors and the best pair."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mcdeconv.teaching.exact import log_evidence, log_joint_maximum
from mcdeconv.teaching.exercises.exercise import Exercise, Values, fixed, lively
from mcdeconv.teaching.priors import SparsePrior
from mcdeconv.teaching.signals import blurred, bump


def roughness(signal: NDArray, power: float) -> float:
    """Σ |∇x|^α."""
    return float(np.sum(np.abs(np.diff(signal)) ** power))


def both(signal: NDArray, length: int, power: float) -> NDArray:
    """The roughness of a signal, and of it blurred by a box."""
    smooth = np.convolve(signal, np.full(length, 1 / length))
    return np.array([roughness(signal, power), roughness(smooth, power)])


STEP, LINE = np.repeat([0.0, 1.0], 8), np.eye(1, 17, 8)[0]


def of_step(length: int, power: float) -> NDArray:
    """Without the end, where the step would fall off again."""
    smooth = np.convolve(STEP, np.full(length, 1 / length), "valid")
    return np.array([roughness(STEP, power), roughness(smooth, power)])


def texture(rng: np.random.Generator) -> Values:
    signal = 0.1 * rng.standard_normal(60) + np.repeat(rng.standard_normal(4), 15)
    return {"signal": signal, "kernel": bump(float(rng.uniform(1, 2)), 9), "power": 0.8}


def preference(signal: NDArray, kernel: NDArray, power: float, mode: Any = "valid") -> float:
    """How much rougher the sharp signal is than the blurred, on the samples that the kernel covers."""
    half = len(kernel) // 2
    return roughness(signal[half:-half], power) - roughness(np.convolve(signal, kernel, mode), power)


def widths(rng: np.random.Generator) -> Values:
    prior = SparsePrior(0.2, 1.0, 0.05)
    signal = lively(12, rng)
    seen = blurred(signal, bump(0.9, 5), 0.05, int(rng.integers(2**31)))
    return {"blurred": seen, "widths": np.array([0.0, 0.5, 0.9, 1.4]), "prior": prior, "noise": 0.05}


def best_pairs(blurred: NDArray, widths: NDArray, prior: SparsePrior, noise: float) -> NDArray:
    return np.array([log_joint_maximum(blurred, bump(width, 5), prior, noise)[0] for width in widths])


def evidences(blurred: NDArray, widths: NDArray, prior: SparsePrior, noise: float) -> NDArray:
    return np.array([log_evidence(blurred, bump(width, 5), prior, noise) for width in widths])


ON_PAIR = {
    "3.1": Exercise(
        fixed(length=4, power=0.5),
        of_step,
        {
            "That is with α = 1, the total variation, which blur does not change.": lambda length, power: of_step(
                length, 1
            ),
            "The order is the sharp one first.": lambda length, power: of_step(length, power)[::-1],
            "Count every step of the ramp, not one of them.": lambda length, power: np.array(
                [1, (1 / length) ** power]
            ),
            "That is with α = 2.": lambda length, power: of_step(length, 2),
        },
    ),
    "3.2": Exercise(
        fixed(length=4, power=0.5),
        lambda length, power: both(LINE, length, power),
        {
            "A line goes up and down again: two steps.": lambda length, power: both(LINE, length, power) / 2,
            "That is with α = 1.": lambda length, power: both(LINE, length, 1),
            "Those are a step's values; or is it the order? The sharp one comes first.": lambda length, power: of_step(
                length, power
            ),
        },
    ),
    "3.3": Exercise(
        texture,
        preference,
        {
            "The sign is turned: the sharp signal's sum comes first.": lambda **given: -preference(**given),
            "That is the total variation; the exponent is missing.": lambda **given: preference(**given | {"power": 1}),
            "Squares were taken in the place of the given power.": lambda **given: preference(**given | {"power": 2}),
            "At its edges the blurred signal falls to zero: compare only what the kernel covers.": lambda **given: (
                preference(**given, mode="same")
            ),
        },
    ),
    "3.4": Exercise(
        widths,
        best_pairs,
        {
            "That is log p(y|k): all signals counted, where the best one was asked for.": evidences,
            "The sign is turned: give the logarithms, not what is to be made small.": lambda **given: (
                -best_pairs(**given)
            ),
            "Only differences: the largest value was taken off.": lambda **given: (
                best_pairs(**given) - best_pairs(**given).max()
            ),
        },
    ),
}
