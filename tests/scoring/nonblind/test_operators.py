"""Operators against SciPy and their own transposes; the solver against a dense one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import convolve2d

from mcdeconv.scoring.nonblind.operators import ValidConvolution, conjugate_gradients, derivative, derivative_adjoint

sizes = st.tuples(st.integers(7, 20), st.integers(7, 20))
kernel_sizes = st.sampled_from([1, 3, 5, 7])
seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=30, deadline=None)
@given(sizes, kernel_sizes, seeds)
def test_valid_convolution_is_scipys(shape, size, seed):
    rng = np.random.default_rng(seed)
    kernel = rng.random((size, size))
    blur = ValidConvolution(kernel, shape)
    latent = rng.standard_normal(blur.latent_shape)
    assert np.allclose(blur.forward(latent), convolve2d(latent, kernel, mode="valid"))


@settings(max_examples=30, deadline=None)
@given(sizes, kernel_sizes, seeds)
def test_valid_convolution_adjoint(shape, size, seed):
    rng = np.random.default_rng(seed)
    blur = ValidConvolution(rng.random((size, size)), shape)
    x, y = rng.standard_normal(blur.latent_shape), rng.standard_normal(shape)
    assert np.isclose(np.vdot(blur.forward(x), y), np.vdot(x, blur.adjoint(y)))


@settings(max_examples=30, deadline=None)
@given(sizes, st.sampled_from([(0,), (1,), (0, 0), (1, 1), (0, 1)]), seeds)
def test_derivative_adjoint(shape, axes, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape)
    slope = derivative(x, axes)
    v = rng.standard_normal(slope.shape)
    assert np.isclose(np.vdot(slope, v), np.vdot(x, derivative_adjoint(v, axes)))


def test_derivatives_are_the_filters_of_the_paper():
    image = np.random.default_rng(0).random((9, 8))
    filters = {(0,): [[1], [-1]], (1,): [[1, -1]], (0, 0): [[1], [-2], [1]], (0, 1): [[1, -1], [-1, 1]]}
    for axes, taps in filters.items():
        assert np.allclose(derivative(image, axes), convolve2d(image, taps, mode="valid"))


def test_crop_undoes_extend():
    image = np.random.default_rng(0).random((9, 8))
    blur = ValidConvolution(np.full((5, 5), 0.04), image.shape)
    assert blur.extend(image).shape == blur.latent_shape
    assert np.array_equal(blur.crop(blur.extend(image)), image)


def test_conjugate_gradients_against_dense_solve():
    rng = np.random.default_rng(0)
    factor = rng.standard_normal((12, 12))
    matrix = factor @ factor.T + np.eye(12)
    right = rng.standard_normal(12)
    wanted = np.linalg.solve(matrix, right)
    plain = conjugate_gradients(lambda x: matrix @ x, right, np.zeros(12), 40, 1e-12)
    scaled = conjugate_gradients(
        lambda x: matrix @ x, right, np.zeros(12), 40, 1e-12, precondition=lambda r: r / np.diag(matrix)
    )
    assert np.allclose(plain, wanted)
    assert np.allclose(scaled, wanted)


def test_conjugate_gradients_stays_at_the_solution():
    assert np.array_equal(conjugate_gradients(lambda x: 2 * x, np.zeros(3), np.zeros(3), 5), np.zeros(3))
