"""Chapter 6: a network as prior."""

import numpy as np
from numpy.typing import NDArray

from mcdeconv.teaching.exercises.exercise import Exercise, Values, fixed
from mcdeconv.teaching.network import decoder, trained

POINT = np.ones(1)  # no blur


def layer(rng: np.random.Generator) -> Values:
    return {
        "weights": rng.standard_normal(6),
        "inputs": rng.standard_normal(6),
        "dropout": float(rng.uniform(0.1, 0.4)),
        "noise": float(rng.uniform(0.2, 0.6)),
    }


def spread(weights: NDArray, inputs: NDArray, dropout: float, noise: float) -> float:
    """Variance of Σ w (z + σ0 ε) m / (1 - p0)."""
    return float(np.sum(weights**2 * ((inputs**2 + noise**2) / (1 - dropout) - inputs**2)))


def speeds(rng: np.random.Generator) -> Values:
    return {"eigenvalues": np.sort(rng.uniform(0.01, 0.9, 5))[::-1], "learning_rate": float(rng.uniform(0.2, 0.9))}


def half_lives(eigenvalues: NDArray, learning_rate: float) -> NDArray:
    return np.log(0.5) / np.log(1 - learning_rate * eigenvalues)


def noisy(rng: np.random.Generator) -> Values:
    levels = rng.uniform(-1, 1, 4)
    clean = np.repeat(levels, 16)
    return {
        "clean": clean,
        "seen": clean + 0.3 * rng.standard_normal(64),
        "channels": 12,
        "seed": int(rng.integers(1000)),
        "iterations": 300,
    }


def run(clean: NDArray, seen: NDArray, channels: int, seed: int, iterations: int) -> list[NDArray]:
    return list(trained(decoder(len(seen), channels, seed), seen, POINT, iterations, 0.01))


def errors(clean: NDArray, seen: NDArray, channels: int, seed: int, iterations: int) -> NDArray:
    """Root mean square from the clean signal at the best iteration, at the last, and of the noisy signal."""
    rms = [float(np.sqrt(np.mean((one - clean) ** 2))) for one in run(clean, seen, channels, seed, iterations)]
    return np.array([min(rms), rms[-1], np.sqrt(np.mean((seen - clean) ** 2))])


def to_data(clean: NDArray, seen: NDArray, channels: int, seed: int, iterations: int) -> NDArray:
    """The same measured against the wrong signal."""
    return errors(seen, seen, channels, seed, iterations)


ON_NETWORK = {
    "6.1": Exercise(
        speeds,
        half_lives,
        {
            "A step multiplies the rest by 1 - ηλ: take its logarithm.": lambda eigenvalues, learning_rate: (
                np.log(2) / (learning_rate * eigenvalues)
            ),
            "That is until a share of 1/e is left; a half was asked for.": lambda eigenvalues, learning_rate: (
                -1 / np.log(1 - learning_rate * eigenvalues)
            ),
            "The learning rate is missing.": lambda eigenvalues, learning_rate: np.log(0.5) / np.log(1 - eigenvalues),
        },
    ),
    "6.2": Exercise(
        noisy,
        errors,
        {
            "Compare with the clean signal, not with the one that was trained on.": to_data,
            "Those are mean squares; take their roots.": lambda **given: errors(**given) ** 2,
            "The best iteration comes first, then the last.": lambda **given: errors(**given)[[1, 0, 2]],
        },
    ),
    "6.3": Exercise(
        fixed(weight=3.0, dropout=0.5),
        lambda weight, dropout: weight**2 * dropout / (1 - dropout),
        {
            "The value that is kept is divided by 1 - p0.": lambda weight, dropout: weight**2 * dropout * (1 - dropout),
            "That is the standard deviation; its square was asked for.": lambda weight, dropout: float(
                weight * np.sqrt(dropout / (1 - dropout))
            ),
            "That is the mean of the square; take off the square of the mean.": lambda weight, dropout: (
                weight**2 / (1 - dropout)
            ),
            "Divide by 1 - p0 as well.": lambda weight, dropout: weight**2 * dropout,
        },
    ),
    "6.4": Exercise(
        layer,
        spread,
        {
            "The input noise is missing.": lambda **given: spread(**given | {"noise": 0.0}),
            "Dropout is missing.": lambda **given: spread(**given | {"dropout": 0.0}),
            "Noise adds its variance, σ0², not σ0.": lambda **given: spread(
                **given | {"noise": float(np.sqrt(given["noise"]))}
            ),
            "That is the standard deviation; its square was asked for.": lambda **given: float(
                np.sqrt(spread(**given))
            ),
        },
    ),
}
