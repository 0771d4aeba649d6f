"""What is believed of a sharp signal before anything is seen: smooth, or flat but for a few jumps.

Both are Gaussian once it is known where the jumps are. That is why everything about short signals can be computed: a
sum over the 2ⁿ⁻¹ places where n samples may jump is a sum, and not an integral.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mcdeconv.errors import InputError

LONGEST = 17  # samples of a signal whose jumps are all gone through: 65,536 terms


@dataclass(frozen=True)
class SmoothPrior:
    """Differences are normal with one standard deviation: the Gaussian prior."""

    difference_std: float = 0.3
    level_std: float = 1.0  # of the first sample

    def states(self, length: int) -> tuple[NDArray, NDArray]:
        """Variances of the differences, shape (1, length - 1), and the logarithm of their probability, shape (1,)."""
        return np.full((1, length - 1), self.difference_std**2), np.zeros(1)

    def draw(self, length: int, count: int, rng: np.random.Generator) -> NDArray:
        """Signals, shape (count, length)."""
        steps = self.difference_std * rng.standard_normal((count, length - 1))
        return _summed(self.level_std * rng.standard_normal((count, 1)), steps)


@dataclass(frozen=True)
class SparsePrior:
    """A difference is small, or with a small probability a jump: the sparse prior, a mixture of two Gaussians."""

    jump_probability: float = 0.2
    jump_std: float = 1.0
    small_std: float = 0.03
    level_std: float = 1.0

    def states(self, length: int) -> tuple[NDArray, NDArray]:
        """Of every pattern of jumps the variances, shape (2ⁿ⁻¹, n - 1), and the logarithm of its probability.

        Raises
        ------
        InputError
            If there are more patterns than one wants to go through.
        """
        if length > LONGEST:
            raise InputError(
                f"a signal of {length} samples has 2^{length - 1} patterns of jumps; give {LONGEST} or less"
            )
        jumps = np.arange(2 ** (length - 1))[:, None] >> np.arange(length - 1) & 1
        return self.variances(jumps), self.log_probability(jumps)

    def variances(self, jumps: NDArray) -> NDArray:
        return np.where(jumps == 1, self.jump_std**2, self.small_std**2)

    def log_probability(self, jumps: NDArray) -> NDArray:
        """Of patterns of 0 and 1, over the last axis."""
        p = self.jump_probability
        logs = np.where(np.asarray(jumps) == 1, np.log(p), np.log1p(-p))
        return np.asarray(np.sum(logs, axis=-1))

    def draw(self, length: int, count: int, rng: np.random.Generator) -> NDArray:
        """Signals, shape (count, length)."""
        jumps = (rng.random((count, length - 1)) < self.jump_probability).astype(int)
        steps = np.sqrt(self.variances(jumps)) * rng.standard_normal(jumps.shape)
        return _summed(self.level_std * rng.standard_normal((count, 1)), steps)


def covariances(difference_variances: NDArray, level_std: float) -> NDArray:
    """Of signals with these variances of their differences, shape (…, n - 1): shape (…, n, n)."""
    length = difference_variances.shape[-1] + 1
    summing = np.tril(np.ones((length, length)))  # x = summing @ (first sample, differences)
    level = np.full((*difference_variances.shape[:-1], 1), level_std**2)
    every = np.concatenate([level, difference_variances], axis=-1)
    return np.einsum("ia,...a,ja->...ij", summing, every, summing)


def _summed(first: NDArray, steps: NDArray) -> NDArray:
    return np.cumsum(np.concatenate([first, steps], axis=1), axis=1)
