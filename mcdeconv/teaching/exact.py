"""What is computed without sampling: log p(y|k), the best pair of signal and kernel, the posterior over kernels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mcdeconv.teaching.priors import SmoothPrior, SparsePrior, covariances
from mcdeconv.teaching.signals import blur_matrix

Prior = SmoothPrior | SparsePrior


def log_evidence(blurred: NDArray, kernel: NDArray, prior: Prior, noise: float) -> float:
    """log p(y|k): the signal x integrated out, equation (13), in closed form for each pattern of jumps.

    Parameters
    ----------
    blurred : array, shape (n - k + 1,)
    kernel : array, shape (k,)
    noise : standard deviation, in the units of the signal
    """
    variances, log_probabilities = prior.states(len(blurred) + len(kernel) - 1)
    return log_sum(log_probabilities + log_normal(blurred, kernel, variances, prior.level_std, noise))


def log_normal(blurred: NDArray, kernel: NDArray, variances: NDArray, level_std: float, noise: float) -> NDArray:
    """log N(y; 0, K C Kᵀ + σ² I) for each row of variances of the differences."""
    matrix = blur_matrix(kernel, variances.shape[-1] + 1)
    seen = matrix @ covariances(variances, level_std) @ matrix.T + noise**2 * np.eye(len(matrix))
    _, log_determinant = np.linalg.slogdet(seen)
    data = np.broadcast_to(blurred[:, None], (*seen.shape[:-1], 1))
    squares = np.sum(blurred * np.linalg.solve(seen, data)[..., 0], axis=-1)
    found: NDArray = -(squares + log_determinant + len(blurred) * np.log(2 * np.pi)) / 2
    return found


def log_joint_maximum(blurred: NDArray, kernel: NDArray, prior: Prior, noise: float) -> tuple[float, NDArray]:
    """max log p(x, s, y|k) over signals x and patterns of jumps s, and the signal: the best pair for this kernel.

    Of each pattern the best signal is a linear one; of them the best is taken. (The pattern counts as a part of what is
    found: with it integrated out the maximum has no closed form.)
    """
    length = len(blurred) + len(kernel) - 1
    variances, log_probabilities = prior.states(length)
    covariance, matrix = covariances(variances, prior.level_std), blur_matrix(kernel, length)
    seen = matrix @ covariance @ matrix.T + noise**2 * np.eye(len(matrix))
    data = np.broadcast_to(blurred[:, None], (*seen.shape[:-1], 1))
    signals = (covariance @ matrix.T @ np.linalg.solve(seen, data))[..., 0]
    steps = np.diff(signals, axis=-1)
    every = np.concatenate([np.full((len(variances), 1), prior.level_std**2), variances], axis=1)
    values = np.concatenate([signals[:, :1], steps], axis=1)
    log_prior = -np.sum(values**2 / every + np.log(2 * np.pi * every), axis=1) / 2
    residual = blurred - signals @ matrix.T
    log_data = -np.sum(residual**2, axis=1) / (2 * noise**2) - len(blurred) * np.log(2 * np.pi * noise**2) / 2
    total = log_probabilities + log_prior + log_data
    best = int(total.argmax())
    return float(total[best]), signals[best]


def posterior_of_kernels(blurred: NDArray, kernels: Sequence[NDArray], prior: Prior, noise: float) -> NDArray:
    """p(k|y) over some kernels that were equally likely before, shape (len(kernels),), sums to 1.

    The kernels may have several lengths, if all see the same samples: each is padded with zeros to the longest.
    """
    longest = max(len(kernel) for kernel in kernels)
    padded = [np.pad(kernel, (longest - len(kernel)) // 2) for kernel in kernels]
    return softmax(np.array([log_evidence(blurred, kernel, prior, noise) for kernel in padded]))


def posterior_of_signal(blurred: NDArray, kernel: NDArray, prior: Prior, noise: float) -> tuple[NDArray, NDArray]:
    """Mean and standard deviation of p(x|y, k), each of shape (n,); exact for both priors.

    Of each pattern of jumps the posterior is normal. Theirs together is a mixture, whose variance is the mean of the
    variances and the variance of the means.
    """
    length = len(blurred) + len(kernel) - 1
    variances, log_probabilities = prior.states(length)
    weights = softmax(log_probabilities + log_normal(blurred, kernel, variances, prior.level_std, noise))
    covariance, matrix = covariances(variances, prior.level_std), blur_matrix(kernel, length)
    crossed = matrix @ covariance
    gain = np.linalg.solve(crossed @ matrix.T + noise**2 * np.eye(len(matrix)), crossed)
    means = np.einsum("sin,i->sn", gain, blurred)
    inner = np.einsum("snn->sn", covariance) - np.einsum("sin,sin->sn", gain, crossed)
    mean = weights @ means
    return mean, np.sqrt(np.maximum(weights @ (inner + (means - mean) ** 2), 0))


def jensen_gap(blurred: NDArray, kernel: NDArray, mean: NDArray, std: float, noise: float) -> float:
    """log E[p(y|x, k)] - E[log p(y|x, k)] for x normal with this mean and one standard deviation; never negative.

    Both are closed: y is normal with variance s² K Kᵀ + σ², and the expected square is `expected_squared_error`.
    """
    matrix = blur_matrix(kernel, len(mean))
    seen = std**2 * matrix @ matrix.T + noise**2 * np.eye(len(matrix))
    residual = blurred - matrix @ mean
    _, log_determinant = np.linalg.slogdet(seen)
    constant = len(blurred) * np.log(2 * np.pi)
    evidence = -(residual @ np.linalg.solve(seen, residual) + log_determinant + constant) / 2
    square = expected_squared_error(blurred, kernel, mean, std)
    bound = -(square / noise**2 + len(blurred) * np.log(noise**2) + constant) / 2
    return float(evidence - bound)


def expected_squared_error(blurred: NDArray, kernel: NDArray, mean: NDArray, std: NDArray | float) -> float:
    """E‖k ⊗ x - y‖² for independent samples of x with this mean and standard deviation.

    It is ‖k ⊗ mean - y‖² and the sum of the blurred variances: n s² ‖k‖² if all are s. That is why a loss over random
    samples prefers broad kernels, which have a small ‖k‖².
    """
    variance = np.broadcast_to(np.square(std), mean.shape)
    residual = np.convolve(mean, kernel, "valid") - blurred
    return float(np.sum(residual**2) + np.sum(np.convolve(variance, kernel**2, "valid")))


def softmax(logs: NDArray) -> NDArray:
    """Probabilities from logarithms of what they are proportional to."""
    weights: NDArray = np.exp(logs - logs.max())
    return weights / weights.sum()


def log_sum(logs: NDArray) -> float:
    """log Σ exp, without overflow."""
    top = float(logs.max())
    return top + float(np.log(np.sum(np.exp(logs - top))))
