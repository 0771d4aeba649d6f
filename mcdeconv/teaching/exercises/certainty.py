"""Chapter 7: how sure is the picture."""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from mcdeconv.teaching.exact import posterior_of_signal
from mcdeconv.teaching.exercises.exercise import Exercise, Values, fixed
from mcdeconv.teaching.priors import SmoothPrior
from mcdeconv.teaching.signals import blurred, bump


def half_width(std: float, level: float) -> float:
    """How far the central interval that holds a share `level` of a normal distribution reaches."""
    return std * NormalDist().inv_cdf((1 + level) / 2)


def one_problem(rng: np.random.Generator) -> Values:
    prior, kernel = SmoothPrior(0.4, 1.0), bump(float(rng.uniform(0.7, 1.2)), 5)
    signal = prior.draw(20, 1, rng)[0]
    seen = blurred(signal, kernel, 0.1, int(rng.integers(2**31)))
    return {"blurred": seen, "kernel": kernel, "prior": prior, "noise": 0.1}


def deviations(blurred: NDArray, kernel: NDArray, prior: SmoothPrior, noise: float) -> NDArray:
    return posterior_of_signal(blurred, kernel, prior, noise)[1]


def many(rng: np.random.Generator) -> Values:
    """Intervals that are too narrow: the deviations are three quarters of what they should be."""
    stds = rng.uniform(0.05, 0.2, 500)
    means = rng.standard_normal(500)
    return {"truths": means + stds * rng.standard_normal(500) / 0.75, "means": means, "stds": stds, "level": 0.8}


def covered(truths: NDArray, means: NDArray, stds: NDArray, level: float) -> float:
    return float(np.mean(np.abs(truths - means) <= half_width(1.0, level) * stds))


def two_kernels(rng: np.random.Generator) -> Values:
    means = rng.standard_normal((3, 12))
    return {"weights": rng.dirichlet(np.ones(3)), "means": means, "stds": rng.uniform(0.1, 0.5, (3, 12))}


def mixed(weights: NDArray, means: NDArray, stds: NDArray) -> NDArray:
    """The deviation where the kernel is not known: within each kernel's posterior, and between their means."""
    return np.sqrt(weights @ (stds**2 + means**2) - (weights @ means) ** 2)


ON_CERTAINTY = {
    "7.1": Exercise(
        fixed(std=0.05, level=0.8),
        half_width,
        {
            "That is for 95%.": lambda std, level: half_width(std, 0.95),
            "That leaves a fifth above and a fifth below; a tenth each was asked for.": lambda std, level: (
                std * NormalDist().inv_cdf(level)
            ),
            "One standard deviation holds two thirds only.": lambda std, level: std,
            "That is the whole width; from the middle it is half.": lambda std, level: 2 * half_width(std, level),
        },
    ),
    "7.2": Exercise(
        one_problem,
        deviations,
        {
            "Those are variances; take their roots.": lambda **given: deviations(**given) ** 2,
            "That is what was not known before anything was seen.": lambda **given: np.sqrt(
                given["prior"].level_std ** 2 + given["prior"].difference_std ** 2 * np.arange(20.0)
            ),
            "The variance of the noise is its standard deviation squared.": lambda **given: deviations(
                **given | {"noise": float(np.sqrt(given["noise"]))}
            ),
        },
    ),
    "7.3": Exercise(
        many,
        covered,
        {
            "The interval reaches further than one standard deviation.": lambda truths, means, stds, level: float(
                np.mean(np.abs(truths - means) <= stds)
            ),
            "Count both sides: the distance, whatever its sign.": lambda truths, means, stds, level: float(
                np.mean(truths - means <= half_width(1.0, level) * stds)
            ),
            "That is what they promise; count how many truths they hold.": lambda truths, means, stds, level: level,
        },
    ),
    "7.4": Exercise(
        two_kernels,
        mixed,
        {
            "That is within the kernels only; their means differ too.": lambda weights, means, stds: np.sqrt(
                weights @ stds**2
            ),
            "That is between the kernels only; each has a deviation of its own.": lambda weights, means, stds: mixed(
                weights, means, np.zeros_like(stds)
            ),
            "Average variances, not deviations.": lambda weights, means, stds: weights @ stds,
        },
    ),
}
