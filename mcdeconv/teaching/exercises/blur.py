"""Chapter 1: what blur does."""

import numpy as np
from numpy.typing import NDArray

from mcdeconv.teaching.exercises.exercise import Exercise, Values, fixed
from mcdeconv.teaching.signals import blur_matrix, blurred, bump


def box(rng: np.random.Generator) -> Values:
    return {"length": int(rng.integers(3, 12))}


def known_kernel(rng: np.random.Generator) -> Values:
    kernel = bump(float(rng.uniform(0.8, 1.2)), 5) + 0.2 * np.eye(5)[4]
    signal = np.cumsum(rng.standard_normal(30) * (rng.random(30) < 0.2))
    seen = blurred(signal, kernel / kernel.sum(), 0.05, int(rng.integers(2**31)))
    return {"blurred": seen, "kernel": kernel / kernel.sum(), "weight": 0.02}


def deconvolved(blurred: NDArray, kernel: NDArray, weight: float, values: bool = False) -> NDArray:
    """What minimises ‖k ⊗ x - y‖² + weight ‖∇x‖²; or ‖x‖² in the second term."""
    length = len(blurred) + len(kernel) - 1
    matrix = blur_matrix(kernel, length)
    rough = np.eye(length) if values else np.diff(np.eye(length), axis=0)
    return np.linalg.solve(matrix.T @ matrix + weight * rough.T @ rough, matrix.T @ blurred)


ON_BLUR = {
    "1.1": Exercise(
        fixed(signal=np.array([0, 0, 6, 0, 0, 3, 0.0]), kernel=np.array([1 / 2, 1 / 3, 1 / 6])),
        lambda signal, kernel: np.convolve(signal, kernel, "valid"),
        {
            "The kernel was not turned round: that is a correlation.": lambda signal, kernel: np.correlate(
                signal, kernel, "valid"
            ),
            "Values at the edges need samples from outside the signal; leave them out.": lambda signal, kernel: (
                np.convolve(signal, kernel, "same")
            ),
            "That is the full convolution; keep only what the kernel covers completely.": lambda signal, kernel: (
                np.convolve(signal, kernel, "full")
            ),
        },
    ),
    "1.2": Exercise(
        box,
        lambda length: 1 / length,
        {
            "That is the period; the frequency is one over it.": lambda length: float(length),
            "That is the angular frequency; divide by 2π.": lambda length: 2 * np.pi / length,
            "Half a period only: the box has to hold a whole one, for a sum of zero.": lambda length: 1 / (2 * length),
            "Count samples, not the steps between them.": lambda length: 1 / (length - 1),
        },
    ),
    "1.3": Exercise(
        fixed(noise=0.01, passed=0.05),
        lambda noise, passed: noise / passed,
        {
            "Dividing the data by the kernel's spectrum divides the noise too; you multiplied.": lambda noise, passed: (
                noise * passed
            ),
            "That is the variance; its root was asked for.": lambda noise, passed: (noise / passed) ** 2,
            "The spectrum divides once, not twice.": lambda noise, passed: noise / passed**2,
        },
    ),
    "1.4": Exercise(
        known_kernel,
        deconvolved,
        {
            "The weight of the second term is missing.": lambda blurred, kernel, weight: deconvolved(
                blurred, kernel, 1.0
            ),
            "The second term is of the differences of x, not of x itself.": lambda blurred, kernel, weight: deconvolved(
                blurred, kernel, weight, values=True
            ),
            "The kernel in K is not turned round: compare K @ x with np.convolve.": lambda blurred, kernel, weight: (
                deconvolved(blurred, kernel[::-1], weight)
            ),
            "The weight stands outside the square: it is not squared.": lambda blurred, kernel, weight: deconvolved(
                blurred, kernel, weight**2
            ),
        },
    ),
}
