"""Chapter 5: a bound that can be sampled."""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from mcdeconv.teaching.exact import expected_squared_error, jensen_gap
from mcdeconv.teaching.exercises.exercise import Exercise, Values, fixed
from mcdeconv.teaching.signals import blur_matrix, blurred, bump


def narrow(rng: np.random.Generator) -> Values:
    """A signal that is known up to one standard deviation."""
    mean = np.cumsum(rng.standard_normal(24) * (rng.random(24) < 0.3))
    kernel = bump(float(rng.uniform(0.7, 1.3)), 5)
    signal = mean + 0.1 * rng.standard_normal(24)
    seen = blurred(signal, kernel, 0.1, int(rng.integers(2**31)))
    return {"blurred": seen, "kernel": kernel, "mean": mean, "std": 0.1, "noise": 0.1}


def uneven(rng: np.random.Generator) -> Values:
    values = dict(narrow(rng))
    return {name: values[name] for name in ("blurred", "kernel", "mean")} | {"std": rng.uniform(0.05, 0.3, 24)}


def misfit(blurred: NDArray, kernel: NDArray, mean: NDArray, std: NDArray | float = 0.0) -> float:
    return expected_squared_error(blurred, kernel, mean, 0.0)


def pilot(rng: np.random.Generator) -> Values:
    losses = 100 * (1 + 0.2 * rng.standard_normal(50) ** 2)
    return {"losses": losses, "error": 0.01}


def samples_needed(losses: NDArray, error: float) -> float:
    return ceil((losses.std(ddof=1) / (error * losses.mean())) ** 2)


def in_square(misfit: float, samples: int, std: float, kernel: NDArray) -> float:
    return misfit + samples * std**2 * float(np.sum(kernel**2))


def gap_without_determinants(blurred: NDArray, kernel: NDArray, mean: NDArray, std: float, noise: float) -> float:
    matrix = blur_matrix(kernel, len(mean))
    seen = std**2 * matrix @ matrix.T + noise**2 * np.eye(len(matrix))
    logs = np.linalg.slogdet(seen)[1] - len(matrix) * np.log(noise**2)
    return jensen_gap(blurred, kernel, mean, std, noise) + logs / 2


ON_BOUND = {
    "5.1": Exercise(
        fixed(length=4),
        lambda length: 1 / length,
        {
            "That is the sum of the taps; square each first.": lambda length: 1.0,
            "That is ‖k‖; its square was asked for.": lambda length: length**-0.5,
            "That is one tap's square; there are several.": lambda length: 1 / length**2,
        },
    ),
    "5.2": Exercise(
        fixed(misfit=0.3, samples=50, std=0.1, kernel=np.array([0.25, 0.5, 0.25])),
        in_square,
        {
            "The standard deviation is squared.": lambda misfit, samples, std, kernel: in_square(
                misfit, samples, np.sqrt(std), kernel
            ),
            "The norm of the kernel is squared.": lambda misfit, samples, std, kernel: (
                misfit + samples * std**2 * float(np.sqrt(np.sum(kernel**2)))
            ),
            "Each of the n values adds its own variance.": lambda misfit, samples, std, kernel: in_square(
                misfit, 1, std, kernel
            ),
            "The misfit of the mean is missing.": lambda misfit, samples, std, kernel: in_square(
                0, samples, std, kernel
            ),
        },
    ),
    "5.3": Exercise(
        uneven,
        expected_squared_error,
        {
            "That is the misfit of the mean alone; the samples scatter.": misfit,
            "Variances add up with the squares of the taps.": lambda blurred, kernel, mean, std: float(
                misfit(blurred, kernel, mean) + np.sum(np.convolve(std**2, kernel, "valid"))
            ),
            "Standard deviations do not add; their squares do.": lambda blurred, kernel, mean, std: float(
                misfit(blurred, kernel, mean) + np.sum(np.convolve(std, kernel**2, "valid"))
            ),
            "The deviation differs from sample to sample; its mean is not enough.": lambda blurred, kernel, mean, std: (
                expected_squared_error(blurred, kernel, mean, float(std.mean()))
            ),
        },
    ),
    "5.4": Exercise(
        narrow,
        jensen_gap,
        {
            "The sign is turned: the bound is the smaller one, so take it off.": lambda **given: -jensen_gap(**given),
            "The half before the squares and determinants is missing.": lambda **given: 2 * jensen_gap(**given),
            "The determinants are missing in it.": gap_without_determinants,
            "That is the gap per sample of y; the whole was asked for.": lambda **given: (
                jensen_gap(**given) / len(given["blurred"])
            ),
        },
    ),
    "5.5": Exercise(
        pilot,
        samples_needed,
        {
            "The standard error falls with √N, so N goes with the square.": lambda losses, error: ceil(
                losses.std(ddof=1) / (error * losses.mean())
            ),
            "The error is a share of the mean.": lambda losses, error: ceil((losses.std(ddof=1) / error) ** 2),
            "That is for two standard errors within the share; one was asked for.": lambda losses, error: ceil(
                (2 * losses.std(ddof=1) / (error * losses.mean())) ** 2
            ),
        },
        whole=True,
    ),
}
