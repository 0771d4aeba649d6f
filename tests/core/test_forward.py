"""The forward model against SciPy's and PyTorch's direct convolutions, its adjoint, and moved kernels and images."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from scipy.signal import convolve2d, correlate2d

from mcdeconv.core.forward import blur, centring_shift, convolve, crop_to_blurred, latent_shape

SEEDS = st.integers(0, 2**32 - 1)
SIDES = st.integers(1, 12)


def random_kernel(seed, size=11):
    kernel = np.random.default_rng(seed).random((size, size))
    return kernel / kernel.sum()


def problem(seed, height, width, size, count=1):
    """Random latent images (count, 1, H + k - 1, W + k - 1) and a kernel (k, k) that sums to 1, float64."""
    rng = np.random.default_rng(seed)
    latent = rng.random((count, 1, *latent_shape((height, width), size)))
    kernel = rng.random((size, size))
    return torch.from_numpy(latent), torch.from_numpy(kernel / kernel.sum())


@settings(deadline=None, max_examples=40)
@given(SEEDS, SIDES, SIDES, st.integers(1, 9))
def test_convolve_is_scipys_valid_convolution(seed, height, width, size):
    latent, kernel = problem(seed, height, width, size, count=2)
    expected = [convolve2d(image[0], kernel.numpy(), mode="valid") for image in latent.numpy()]
    blurred = convolve(latent, kernel)
    assert blurred.shape == (2, 1, height, width)
    np.testing.assert_allclose(blurred[:, 0], expected, atol=1e-12)


@pytest.mark.parametrize(("height", "width", "size"), [(24, 31, 7), (33, 20, 15), (9, 9, 9)])
def test_convolve_and_its_gradients_are_those_of_conv2d(height, width, size):
    latent, kernel = (t.requires_grad_() for t in problem(1, height, width, size, count=3))
    direct = torch.nn.functional.conv2d(latent, kernel.flip(0, 1)[None, None])
    weights = torch.from_numpy(np.random.default_rng(2).standard_normal(direct.shape))
    fast = convolve(latent, kernel)
    torch.testing.assert_close(fast, direct, rtol=0, atol=1e-12)
    for mine, reference in zip(
        torch.autograd.grad((fast * weights).sum(), (latent, kernel)),
        torch.autograd.grad((direct * weights).sum(), (latent, kernel)),
        strict=True,
    ):
        torch.testing.assert_close(mine, reference, rtol=0, atol=1e-10)


def test_gradients_by_finite_differences():
    latent, kernel = problem(3, 4, 5, 3, count=2)
    assert torch.autograd.gradcheck(convolve, (latent.requires_grad_(), kernel.requires_grad_()))


def test_float32_is_enough_for_a_benchmark_image():
    latent, kernel = problem(4, 255, 255, 27)
    single = convolve(latent.float(), kernel.float())
    assert single.dtype == torch.float32
    # a grey level of an 8-bit image is 4e-3
    np.testing.assert_allclose(single[0, 0], convolve2d(latent[0, 0], kernel, mode="valid"), atol=1e-6)


@settings(deadline=None, max_examples=30)
@given(SEEDS, SIDES, SIDES, st.sampled_from((1, 3, 5, 7)))
def test_gradients_are_the_adjoints(seed, height, width, size):
    """<k ⊗ x, y> = <x, Kᵀy> = <k, Xᵀy>, with both adjoints written as correlations."""
    latent, kernel = (t.requires_grad_() for t in problem(seed, height, width, size))
    y = np.random.default_rng(seed).standard_normal((height, width))
    blurred = convolve(latent, kernel)
    product = (blurred[0, 0] * torch.from_numpy(y)).sum()
    to_latent, to_kernel = torch.autograd.grad(product, (latent, kernel))
    adjoint_latent = correlate2d(y, kernel.detach().numpy(), mode="full")
    adjoint_kernel = correlate2d(latent[0, 0].detach().numpy(), y, mode="valid")[::-1, ::-1]
    np.testing.assert_allclose(to_latent[0, 0], adjoint_latent, atol=1e-11)
    np.testing.assert_allclose(to_kernel, adjoint_kernel, atol=1e-11)
    for adjoint, argument in ((adjoint_latent, latent[0, 0]), (adjoint_kernel, kernel)):
        assert product.item() == pytest.approx((adjoint * argument.detach().numpy()).sum(), abs=1e-10)


@settings(deadline=None, max_examples=30)
@given(SEEDS, st.integers(0, 5), st.integers(0, 5), st.sampled_from((3, 5, 7)))
def test_a_moved_image_gives_a_moved_blurred_image(seed, down, right, size):
    latent, kernel = problem(seed, 12, 10, size)
    torch.testing.assert_close(
        convolve(latent[..., down:, right:], kernel), convolve(latent, kernel)[..., down:, right:], rtol=0, atol=1e-12
    )


@settings(deadline=None, max_examples=30)
@given(SEEDS, st.floats(-3, 3), st.integers(1, 9))
def test_a_kernel_that_sums_to_1_keeps_constants(seed, value, size):
    latent, kernel = problem(seed, 8, 6, size)
    blurred = convolve(torch.full_like(latent, value), kernel)
    np.testing.assert_allclose(blurred, np.full((1, 1, 8, 6), value), atol=1e-12)


@pytest.mark.parametrize(("size", "shift"), [(5, (0, 0)), (5, (2, -1)), (7, (-3, 3)), (3, (1, 1))])
def test_crop_lies_where_a_delta_kernel_copies(size, shift):
    """With k = δ, y is the image under it: the δ that `shift` would centre stands that much off the centre."""
    latent, _ = problem(5, 9, 13, size)
    delta = torch.zeros(size, size, dtype=torch.float64)
    delta[size // 2 - shift[0], size // 2 - shift[1]] = 1
    assert centring_shift(delta.numpy()) == shift
    cropped = crop_to_blurred(latent, size, shift)
    assert cropped.shape == (1, 1, 9, 13)
    torch.testing.assert_close(cropped, convolve(latent, delta), rtol=0, atol=1e-12)
    assert torch.equal(crop_to_blurred(latent[0], size, shift), cropped[0])


@pytest.mark.parametrize("shape", [(21, 30), (16, 17, 3)])
def test_blur_replicates_borders_as_scipy_does(shape):
    rng = np.random.default_rng(7)
    sharp, kernel = rng.random(shape), random_kernel(8)
    blurred = blur(sharp, kernel)
    taps = kernel.reshape(11, 11, *(1,) * (len(shape) - 2))
    np.testing.assert_allclose(blurred, ndimage.convolve(sharp, taps, mode="nearest"), atol=1e-12)


def test_blur_adds_white_noise_of_the_given_strength():
    sharp, kernel = np.full((200, 200), 0.5), random_kernel(9)
    noise = blur(sharp, kernel, 0.01, np.random.default_rng(10)) - blur(sharp, kernel)
    again = blur(sharp, kernel, 0.01, np.random.default_rng(10)) - blur(sharp, kernel)
    np.testing.assert_array_equal(noise, again)
    # equation (1) adds n, whose draws are the generator's
    np.testing.assert_allclose(noise, 0.01 * np.random.default_rng(10).standard_normal((200, 200)), atol=1e-12)
    # 40,000 draws: standard errors of 5e-5 (mean), 3.5e-5 (deviation) and 0.005 (correlation)
    assert abs(noise.mean()) < 2e-4
    assert noise.std() == pytest.approx(0.01, abs=1.5e-4)
    assert abs(np.corrcoef(noise[:, :-1].ravel(), noise[:, 1:].ravel())[0, 1]) < 0.02


def test_blur_without_noise_draws_nothing():
    sharp, kernel = np.random.default_rng(11).random((20, 21)), random_kernel(12)
    rng, untouched = np.random.default_rng(13), np.random.default_rng(13)
    np.testing.assert_array_equal(blur(sharp, kernel, rng=rng), blur(sharp, kernel))
    assert rng.random() == untouched.random()
