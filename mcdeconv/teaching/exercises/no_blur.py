"""Chapter 2: why no blur is a solution."""

import numpy as np
from numpy.typing import NDArray

from mcdeconv.teaching.exercises.exercise import Exercise, Values, fixed
from mcdeconv.teaching.signals import blurred, bump, factorisations


def ways(kernel: NDArray) -> float:
    """Different ordered pairs of kernels whose convolution it is."""
    return float(len({tuple(np.round(one, 4)) for one, _ in factorisations(kernel, 1e-4)}))


def truth_and_data(rng: np.random.Generator) -> Values:
    signal = np.cumsum(rng.standard_normal(40) * (rng.random(40) < 0.2))
    kernel = bump(float(rng.uniform(1, 1.5)), 7)
    return {"blurred": blurred(signal, kernel, 0.05, int(rng.integers(2**31))), "kernel": kernel, "signal": signal}


def misfits(blurred: NDArray, kernel: NDArray, signal: NDArray) -> NDArray:
    """‖k ⊗ x - y‖² of the truth and of the no-blur pair."""
    return np.array([np.sum((np.convolve(signal, kernel, "valid") - blurred) ** 2), 0.0])


def product(rng: np.random.Generator) -> Values:
    first, second = rng.uniform(0.2, 1, 2), rng.uniform(0.2, 1, 3)
    return {"kernel": np.convolve(first / first.sum(), second / second.sum()), "first": first / first.sum()}


def second_factor(kernel: NDArray, first: NDArray) -> NDArray:
    return np.polydiv(kernel, first)[0]


ON_NO_BLUR = {
    "2.1": Exercise(
        fixed(kernel=np.array([1, 3, 3, 1]) / 8),
        ways,
        {
            "The two trivial pairs, with the point as first or second kernel, count too.": lambda kernel: 2.0,
            "Equal factors were told apart: (1, 1)/2 is the same kernel whichever root it comes from.": lambda kernel: (
                2.0 ** (len(kernel) - 1)
            ),
            "One is missing: count both trivial pairs.": lambda kernel: 3.0,
        },
    ),
    "2.2": Exercise(
        fixed(window=7, support=3),
        lambda window, support: float(window - support + 1),
        {
            "Count positions, not the steps between them.": lambda window, support: float(window - support),
            "At the ends the kernel has to stay within its window.": lambda window, support: float(window),
            "How long the kernel is does not count, but where it can begin.": lambda window, support: float(support),
        },
    ),
    "2.3": Exercise(
        truth_and_data,
        misfits,
        {
            "The order is the truth's misfit first.": lambda **given: misfits(**given)[::-1],
            "Take sums of squares, not means.": lambda **given: misfits(**given) / len(given["blurred"]),
            "Take squares; you have their root.": lambda **given: np.sqrt(misfits(**given)),
            "Of the no-blur pair the image is y itself, so nothing is left over.": lambda **given: misfits(**given)[
                :1
            ].repeat(2),
        },
    ),
    "2.4": Exercise(
        product,
        second_factor,
        {
            "The taps are in reverse order.": lambda kernel, first: second_factor(kernel, first)[::-1],
            "That is the kernel cut short; divide one polynomial by the other.": lambda kernel, first: (
                kernel[:3] / kernel[:3].sum()
            ),
            "That is the kernel smoothed once more; the factor has to be taken out.": lambda kernel, first: np.convolve(
                kernel, first, "valid"
            ),
        },
    ),
}
