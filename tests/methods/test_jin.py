"""Jin et al.: its gradients against finite differences, its scaling against Pillow, and a known kernel."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter
from scipy.signal import convolve2d
from test_cho_lee import finished
from test_l0 import shaken  # noqa: F401  # a fixture

from mcdeconv.methods.coarse_to_fine import normalised
from mcdeconv.methods.jin import Descent, JinSettings, jin, pyramid, scaled, total_variation
from mcdeconv.scoring.metrics import best_shift, kernel_similarity, psnr
from mcdeconv.scoring.nonblind import deconvolve_with_kernel

rng = np.random.default_rng(0)


def test_the_kernel_is_found_and_the_picture_becomes_sharp(shaken):  # noqa: F811
    sharp, kernel, blurred = (part[:128, :128] for part in shaken)
    found, shares = finished(jin(blurred, 15, JinSettings()))
    assert found.kernel.shape == (15, 15) and found.kernel.min() >= 0 and found.kernel.sum() == pytest.approx(1)
    assert found.latent.shape == blurred.shape
    assert shares == sorted(shares) and shares[0] > 0 and shares[-1] == pytest.approx(1)
    assert kernel_similarity(found.kernel, kernel) > 0.8
    restored = deconvolve_with_kernel(blurred, found.kernel, "hyper-laplacian")
    before, after = (psnr(*best_shift(image, sharp, 15, 5)[:2]) for image in (blurred, restored))
    assert after > before + 3


def objective(image, kernel, blurred, weight):
    down, across = np.diff(image, axis=0, append=image[-1:]), np.diff(image, axis=1, append=image[:, -1:])
    misfit = 0.5 * np.sum((convolve2d(image, kernel, mode="valid") - blurred) ** 2)
    return misfit + weight * np.linalg.norm(kernel) * np.hypot(down, across).sum()


def problem(size=5, shape=(14, 17)):
    """A blurred image, an image whose gradients are above the floor, a kernel, and a large weight, to see its term."""
    image = rng.random((shape[0] + size - 1, shape[1] + size - 1))
    return rng.random(shape), image, normalised(rng.random((size, size))), replace(JinSettings(), tv_weight=0.7)


def test_gradients_are_those_of_the_objective():
    blurred, image, kernel, settings = problem()
    descent = Descent(blurred, image, kernel, settings)
    by_image, by_kernel = descent.image_gradient(), descent.kernel_gradient()
    assert by_image.shape == image.shape and by_kernel.shape == kernel.shape
    h = 1e-6
    for _ in range(6):
        toward, turn = rng.standard_normal(image.shape), rng.standard_normal(kernel.shape)
        slope = [objective(image + s * h * toward, kernel, blurred, 0.7) for s in (1, -1)]
        assert np.vdot(by_image, toward) == pytest.approx((slope[0] - slope[1]) / (2 * h), rel=1e-5)
        slope = [objective(image, kernel + s * h * turn, blurred, 0.7) for s in (1, -1)]
        assert np.vdot(by_kernel, turn) == pytest.approx((slope[0] - slope[1]) / (2 * h), rel=1e-5)


def test_steps_have_their_length_and_lower_the_objective():
    blurred, image, kernel, settings = problem(5, (30, 30))
    descent = Descent(blurred, image, kernel, settings)
    descent.step_image()
    assert np.abs(descent.image - image).max() == pytest.approx(5e-3 * image.max())
    descent.step_kernel()
    assert descent.kernel.min() >= 0 and descent.kernel.sum() == pytest.approx(1)
    for _ in range(30):
        descent.step_image()
        descent.step_kernel()
    assert objective(descent.image, descent.kernel, blurred, 0.7) < 0.9 * objective(image, kernel, blurred, 0.7)


def test_the_variation_of_a_step_is_its_height_times_its_length_and_flat_parts_pull_nowhere():
    step = np.repeat([0.25, 0.75], 8)[None].repeat(12, 0)
    total, gradient = total_variation(step, 1e-3)
    assert total == pytest.approx(12 * 0.5)
    assert np.allclose(gradient[:, 7], -1) and np.allclose(gradient[:, 8], 1)
    assert not gradient[:, :7].any() and not gradient[:, 9:].any()


@pytest.mark.parametrize("shape", [(51, 67), (23, 31), (40, 53)], ids=["larger", "smaller", "as it is"])
def test_scaling_is_bicubic(shape):
    image = gaussian_filter(rng.random((40, 53)), 1).astype(np.float32)
    wanted = np.asarray(Image.fromarray(image).resize(shape[::-1], Image.Resampling.BICUBIC))
    inner = (slice(5, -5), slice(5, -5))  # Pillow leaves out what lies beyond the border
    assert np.allclose(scaled(image, shape)[inner], wanted[inner], atol=1e-4)
    assert np.allclose(scaled(np.full((40, 53), 0.3), shape), 0.3)


@pytest.mark.parametrize(("size", "sides"), [(27, [3, 5, 7, 9, 11, 13, 15, 19, 23, 27]), (3, [3])])
def test_kernels_shrink_by_a_fifth_to_three_pixels_and_images_with_them(size, sides):
    levels = pyramid((255, 200), size, JinSettings())
    assert [kernel for _, kernel in levels] == sides and levels[-1][0] == (255, 200)
    for (height, width), kernel in levels[:-1]:
        assert height % 2 and width % 2
        assert height / 255 == pytest.approx(kernel / size, abs=0.02) and width / 200 == pytest.approx(
            kernel / size, abs=0.02
        )
