"""Chapter 4: the best kernel alone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mcdeconv.teaching.exact import posterior_of_kernels, softmax
from mcdeconv.teaching.exercises.exercise import Exercise, Values, fixed, lively
from mcdeconv.teaching.exercises.pair import best_pairs, evidences
from mcdeconv.teaching.priors import SmoothPrior, SparsePrior, covariances
from mcdeconv.teaching.signals import blur_matrix, blurred, bump, two_sided

SIZE = 5
WIDTHS = np.array([0.0, 0.4, 0.8, 1.2, 1.6])


def smooth(rng: np.random.Generator) -> Values:
    prior = SmoothPrior(0.5, 1.0)
    signal = prior.draw(14, 1, rng)[0]
    seen = blurred(signal, bump(0.8, SIZE), 0.1, int(rng.integers(2**31)))
    return {"blurred": seen, "kernel": bump(0.8, SIZE), "prior": prior, "noise": 0.1}


def log_likelihood(
    blurred: NDArray,
    kernel: NDArray,
    prior: SmoothPrior,
    noise: float,
    *,
    half: float = 0.5,
    constant: float = 1.0,
    noisy: float = 1.0,
) -> float:
    """log N(y; 0, K C Kᵀ + σ² I), spelled out so that each part can be got wrong."""
    length = len(blurred) + len(kernel) - 1
    covariance = covariances(np.full(length - 1, prior.difference_std**2), prior.level_std)
    matrix = blur_matrix(kernel, length)
    seen = matrix @ covariance @ matrix.T + noisy * noise**2 * np.eye(len(matrix))
    square, (_, determinant) = blurred @ np.linalg.solve(seen, blurred), np.linalg.slogdet(seen)
    return float(-square / 2 - half * determinant - constant * len(blurred) * np.log(2 * np.pi) / 2)


def sparse(rng: np.random.Generator) -> Values:
    prior = SparsePrior(0.25, 1.0, 0.15)
    signal = lively(12, rng)
    seen = blurred(signal, bump(0.8, SIZE), 0.05, int(rng.integers(2**31)))
    return {"blurred": seen, "widths": WIDTHS, "prior": prior, "noise": 0.05}


def posterior(blurred: NDArray, widths: NDArray, prior: SparsePrior, noise: float) -> NDArray:
    return posterior_of_kernels(blurred, [bump(width, SIZE) for width in widths], prior, noise)


def of_pairs(blurred: NDArray, widths: NDArray, prior: SparsePrior, noise: float) -> NDArray:
    """As if the best pair's value were the kernel's."""
    return softmax(best_pairs(blurred, widths, prior, noise))


def mean_width(posterior: NDArray, widths: NDArray) -> float:
    return float(posterior @ widths)


def weighted(rng: np.random.Generator) -> Values:
    shares = rng.dirichlet(np.array([1.0, 2.0, 3.0, 2.0, 1.0]))
    return {"posterior": shares, "widths": np.array([0.0, 0.3, 0.7, 1.2, 1.8])}


def sides(rng: np.random.Generator) -> Values:
    prior = SparsePrior(0.25, 1.0, 0.05)
    signal = lively(12, rng)
    seen = blurred(signal, two_sided(0.4, 1.2, SIZE), 0.05, int(rng.integers(2**31)))
    return {"blurred": seen, "widths": np.array([0.4, 0.8, 1.2]), "prior": prior, "noise": 0.05}


def by_sides(blurred: NDArray, widths: NDArray, prior: SparsePrior, noise: float) -> NDArray:
    """p(left width, right width | y), left ones down."""
    kernels = [two_sided(left, right, SIZE) for left in widths for right in widths]
    return posterior_of_kernels(blurred, kernels, prior, noise).reshape(len(widths), -1)


def broader_right(**given: Any) -> float:
    return float(np.triu(by_sides(**given), 1).sum())


ON_KERNEL_ALONE = {
    "4.1": Exercise(
        fixed(blurred=1.0, noise=0.6),
        lambda blurred, noise: float(np.sqrt(blurred**2 - noise**2)),
        {
            "k > 0 was asked for.": lambda blurred, noise: -float(np.sqrt(blurred**2 - noise**2)),
            "That is k²; take its root.": lambda blurred, noise: blurred**2 - noise**2,
            "The noise makes a part of y², so that k needs to make less: subtract it.": lambda blurred, noise: float(
                np.hypot(blurred, noise)
            ),
            "The noise is missing: without it k would be y.": lambda blurred, noise: blurred,
            "Subtract the squares, not σ from y.": lambda blurred, noise: blurred - noise,
        },
    ),
    "4.2": Exercise(
        smooth,
        log_likelihood,
        {
            "The determinant's logarithm has a half before it.": lambda **given: log_likelihood(**given, half=1.0),
            "The determinant is missing: without it a kernel that predicts everything would win.": lambda **given: (
                log_likelihood(**given, half=0.0)
            ),
            "The constant with 2π is missing.": lambda **given: log_likelihood(**given, constant=0.0),
            "The noise is missing in the covariance of y.": lambda **given: log_likelihood(**given, noisy=0.0),
        },
    ),
    "4.3": Exercise(
        sparse,
        posterior,
        {
            "Those are logarithms; probabilities are their exponentials, divided by their sum.": evidences,
            "Take the exponentials before you divide by the sum.": lambda **given: (
                evidences(**given) / evidences(**given).sum()
            ),
            "They do not sum to one yet.": lambda **given: np.exp(evidences(**given) - evidences(**given).max()),
            "That is from the best signal of each kernel; all signals should count.": of_pairs,
        },
    ),
    "4.4": Exercise(
        weighted,
        mean_width,
        {
            "That is the most probable width.": lambda posterior, widths: float(widths[posterior.argmax()]),
            "That is the plain mean; weigh each width with its probability.": lambda posterior, widths: float(
                widths.mean()
            ),
            "The sum is divided once too often: the probabilities sum to one already.": lambda posterior, widths: float(
                posterior @ widths / len(widths)
            ),
        },
    ),
    "4.5": Exercise(
        sides,
        broader_right,
        {
            "That is how probable the left side is as the broader one.": lambda **given: float(
                np.tril(by_sides(**given), -1).sum()
            ),
            "Equal widths do not count.": lambda **given: float(np.triu(by_sides(**given)).sum()),
            "That is the share of pairs; add their probabilities.": lambda **given: (
                (len(given["widths"]) - 1) / (2 * len(given["widths"]))
            ),
        },
    ),
}
