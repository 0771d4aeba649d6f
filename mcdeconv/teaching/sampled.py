"""What is estimated by sampling, with how far off it may be: Jensen's bound, its cure by more samples, and a chain."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mcdeconv.teaching.exact import log_normal
from mcdeconv.teaching.priors import SparsePrior


@dataclass(frozen=True)
class SampledMean:
    """A mean with its standard error."""

    value: float
    error: float


def log_likelihoods(blurred: NDArray, kernel: NDArray, signals: NDArray, noise: float) -> NDArray:
    """log p(y|x, k) of signals (count, n): shape (count,)."""
    residuals = np.array([np.convolve(signal, kernel, "valid") for signal in signals]) - blurred
    constant = len(blurred) * np.log(2 * np.pi * noise**2) / 2
    found: NDArray = -np.sum(residuals**2, axis=1) / (2 * noise**2) - constant
    return found


def jensen_bound(blurred: NDArray, kernel: NDArray, signals: NDArray, noise: float) -> SampledMean:
    """E[log p(y|x, k)] over samples of x, which is never above log E[p(y|x, k)] = log p(y|k): Jensen's inequality."""
    logs = log_likelihoods(blurred, kernel, signals, noise)
    return SampledMean(float(logs.mean()), float(logs.std(ddof=1) / np.sqrt(len(logs))))


def log_mean_likelihood(blurred: NDArray, kernel: NDArray, signals: NDArray, noise: float, group: int) -> SampledMean:
    """E[log of the mean of p(y|x, k) over `group` samples]: with one sample Jensen's bound, with many log p(y|k).

    Parameters
    ----------
    signals : array, shape (count, n); count a multiple of `group`, samples of the prior
    """
    logs = log_likelihoods(blurred, kernel, signals, noise).reshape(-1, group)
    top = logs.max(axis=1, keepdims=True)
    each = top[:, 0] + np.log(np.mean(np.exp(logs - top), axis=1))
    return SampledMean(float(each.mean()), float(each.std(ddof=1) / np.sqrt(len(each))))


def annealed_log_evidence(
    blurred: NDArray,
    kernel: NDArray,
    prior: SparsePrior,
    noise: float,
    rng: np.random.Generator,
    chains: int = 50,
    temperatures: int = 40,
) -> SampledMean:
    """log p(y|k) for signals too long to go through all patterns of jumps: annealed importance sampling (Neal 2001).

    Each chain starts from a pattern of the prior; while the data come to count, from 0 to 1, each place is asked in
    turn whether it jumps (Gibbs). The weights' mean is p(y|k), the error that of the logarithm of a mean.
    """
    length = len(blurred) + len(kernel) - 1
    powers = np.linspace(0, 1, temperatures + 1) ** 2
    jumps = (rng.random((chains, length - 1)) < prior.jump_probability).astype(int)
    weights = np.zeros(chains)
    current = _of(blurred, kernel, prior, noise, jumps)
    odds = np.log(prior.jump_probability) - np.log1p(-prior.jump_probability)
    for before, now in pairwise(powers):
        weights += (now - before) * current
        for place in range(length - 1):
            other = jumps.copy()
            other[:, place] = 1 - other[:, place]
            changed = _of(blurred, kernel, prior, noise, other)
            towards = np.where(other[:, place] == 1, odds, -odds) + now * (changed - current)
            taken = rng.random(chains) < 1 / (1 + np.exp(-towards))
            jumps[taken], current[taken] = other[taken], changed[taken]
    top = weights.max()
    shares = np.exp(weights - top)
    error = shares.std(ddof=1) / (np.sqrt(chains) * shares.mean())
    return SampledMean(float(top + np.log(shares.mean())), float(error))


def _of(blurred: NDArray, kernel: NDArray, prior: SparsePrior, noise: float, jumps: NDArray) -> NDArray:
    return log_normal(blurred, kernel, prior.variances(jumps), prior.level_std, noise)
