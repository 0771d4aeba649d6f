"""The extended grid: its operators are symmetric, its solution solves the masked problem."""

import numpy as np
import pytest
from nonblind_cases import camera_shake
from scipy.fft import irfft2, rfft2
from scipy.ndimage import convolve

from mcdeconv.scoring.nonblind.edges import PeriodicBlur, extend_periodically


@pytest.fixture(scope="module", params=[(24, 31), (25, 30)])
def blur(request):
    return PeriodicBlur(camera_shake(7), np.random.default_rng(0).random(request.param))


def masked_normal(blur, x, weight):
    """Kᵀ M K x + weight DᵀD x in the spatial domain, by SciPy."""
    kernel = camera_shake(7)
    predicted = convolve(x, kernel, mode="wrap")
    predicted[blur.shape[0] :] = 0
    predicted[:, blur.shape[1] :] = 0
    laplacian = 4 * x - sum(np.roll(x, step, axis) for step in (-1, 1) for axis in (0, 1))
    return convolve(predicted, kernel[::-1, ::-1], mode="wrap") + weight * laplacian


def test_extension_keeps_the_image_and_closes_smoothly():
    ramp = np.linspace(0, 1, 40)[:, None] * np.ones((1, 33))
    extended = extend_periodically(ramp, 10)
    assert np.array_equal(extended[:40, :33], ramp)
    assert extended.shape[0] >= 50
    assert extended.shape[1] >= 43
    steps = np.diff(extended, axis=0, append=extended[:1])
    assert np.abs(steps).max() < 0.2  # without the extension the wrap is a step of 1


def test_dot_is_the_spatial_inner_product(blur):
    a, b = np.random.default_rng(1).standard_normal((2, *blur.grid))
    assert blur.dot(rfft2(a), rfft2(b)) == pytest.approx(a.size * np.vdot(a, b))


def test_normal_operator_is_the_spatial_one(blur):
    x = np.random.default_rng(1).standard_normal(blur.grid)
    assert np.allclose(irfft2(blur.normal(rfft2(x), 0.3), blur.grid), masked_normal(blur, x, 0.3))


def test_normal_operator_is_symmetric(blur):
    a, b = (rfft2(x) for x in np.random.default_rng(1).standard_normal((2, *blur.grid)))
    assert blur.dot(blur.normal(a, 0.1), b) == pytest.approx(blur.dot(a, blur.normal(b, 0.1)))


def test_solve_reaches_the_masked_minimum(blur):
    rng = np.random.default_rng(2)
    w = rng.standard_normal((2, *blur.grid))
    pulled = sum(np.roll(w[axis], 1, axis) - w[axis] for axis in (0, 1))  # Σ D_jᵀ w_j
    x = blur.solve(blur.start, rfft2(pulled), 0.1, 200)
    observed = np.zeros(blur.grid)
    observed[: blur.shape[0], : blur.shape[1]] = blur.start[: blur.shape[0], : blur.shape[1]]
    right = convolve(observed, camera_shake(7)[::-1, ::-1], mode="wrap") + 0.1 * pulled
    assert np.allclose(masked_normal(blur, x, 0.1), right, atol=1e-6)
