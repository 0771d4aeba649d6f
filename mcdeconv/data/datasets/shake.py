"""Camera shake: a random smooth path of the camera during the exposure, and the kernel it draws."""

import numpy as np
from numpy.typing import NDArray

STEPS = 600  # points on a path; many to each pixel of the largest kernel, so that the drawn line has no gaps


def camera_path(rng: np.random.Generator, steps: int = STEPS) -> NDArray:
    """Random path of a hand-held camera, at equal times: smooth turns, uneven speed, at times a sharp turn.

    In the spirit of Boracchi and Foi 2012, "Modeling the performance of image restoration from motion blur".
    Paths that are nearly straight are drawn again.

    Returns
    -------
    float64 array, shape (steps, 2): (row, column), mean 0, largest absolute value 1.
    """
    while True:
        heading = rng.uniform(0, 2 * np.pi) + rng.uniform(1.5, 3.0) * _smooth_noise(rng, steps, steps / 8)
        turns = (rng.random(steps) < 1.5 / steps) * rng.uniform(1.5, 2.8, steps) * rng.choice([-1, 1], steps)
        speed = np.exp(0.5 * _smooth_noise(rng, steps, steps / 15))
        angle = heading + np.cumsum(turns)
        velocity = speed[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
        path = np.cumsum(velocity, axis=0)
        path -= path.mean(axis=0)
        # the smaller spread against the larger: 0 for a line, 1 for a path that goes everywhere alike
        spread = np.sqrt(np.linalg.eigvalsh(np.cov(path.T)))
        if spread[0] / spread[1] > 0.3:
            return path / np.abs(path).max()


def _smooth_noise(rng: np.random.Generator, steps: int, width: float) -> NDArray:
    """Gaussian noise smoothed over `width` steps, mean 0 and standard deviation 1."""
    from scipy.ndimage import gaussian_filter1d

    noise = gaussian_filter1d(rng.standard_normal(steps), width, mode="reflect")
    return (noise - noise.mean()) / noise.std()


def kernel_of_path(path: NDArray, size: int) -> NDArray:
    """The kernel of a path given in pixels around the kernel's centre: each point is split over its 4 neighbours.

    Parameters
    ----------
    path : array, shape (n, 2), each |value| <= size // 2
    size : int, odd

    Returns
    -------
    float64 array, shape (size, size), sums to 1.
    """
    position = path + size // 2
    corner = np.clip(np.floor(position).astype(int), 0, size - 2)
    part = position - corner
    kernel = np.zeros((size, size))
    for row in (0, 1):
        for column in (0, 1):
            weight = np.abs(1 - row - part[:, 0]) * np.abs(1 - column - part[:, 1])
            np.add.at(kernel, (corner[:, 0] + row, corner[:, 1] + column), weight)
    return kernel / kernel.sum()


def camera_shake_kernel(size: int, rng: np.random.Generator) -> NDArray:
    """A random camera-shake kernel that fills its square and has its centre of mass at its centre.

    Parameters
    ----------
    size : int, odd, at least 5

    Returns
    -------
    float64 array, shape (size, size), non-negative, sums to 1.
    """
    return kernel_of_path(camera_path(rng) * (size // 2 - 0.5), size)
