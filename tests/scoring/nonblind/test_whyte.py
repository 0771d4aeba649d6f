"""Whyte et al.'s Richardson–Lucy: the plain one where nothing saturates, better than it where something does."""

from dataclasses import replace

import numpy as np
import pytest
from nonblind_cases import camera_shake, psnr, scene
from scipy.integrate import quad
from scipy.signal import convolve2d, fftconvolve
from skimage.restoration import richardson_lucy

from mcdeconv.errors import InputError
from mcdeconv.scoring.nonblind import WhyteSettings, deconvolve_with_kernel
from mcdeconv.scoring.nonblind.whyte import disc, saturated

LINEAR = WhyteSettings(gamma=1.0, kernel_threshold=0.0)


def plain(blurred, kernel, iterations=50):
    """Textbook Richardson–Lucy from the blurred image, with its border replicated as far as the updates reach."""
    margin = 4 * kernel.shape[0]
    image = np.pad(blurred, margin, mode="edge")
    latent = image
    for _ in range(iterations):
        ratio = image / fftconvolve(latent, kernel, "same")
        latent = latent * fftconvolve(ratio, kernel[::-1, ::-1], "same")
    return latent[margin:-margin, margin:-margin]


@pytest.fixture(scope="module")
def lights():
    """(blurred, sharp, kernel), linear light: a dim photograph with lights 8 times white, clipped after the blur."""
    rng = np.random.default_rng(3)
    radiance = 0.5 * scene()
    for row, column in rng.integers(15, 110, (12, 2)):
        radiance[row : row + 7, column : column + 7] = 8.0
    kernel = camera_shake()
    half = kernel.shape[0] // 2
    blurred = convolve2d(radiance, kernel, mode="valid")
    blurred = np.clip(blurred + 0.003 * rng.standard_normal(blurred.shape), 0, 1)
    return blurred, np.clip(radiance, 0, 1)[half:-half, half:-half], kernel


def test_is_plain_richardson_lucy_where_nothing_saturates(case):
    blurred, _, kernel = case
    dim = 0.1 + 0.5 * np.clip(blurred, 0, 1)
    inner = slice(40, -40), slice(40, -40)
    few = replace(LINEAR, iterations=3)
    restored = deconvolve_with_kernel(dim, kernel, "whyte", few)
    assert np.allclose(restored[inner], plain(dim, kernel, 3)[inner], atol=1e-6)
    # scikit-image starts from a constant: from there both go the same way, too slowly to have met
    many = deconvolve_with_kernel(dim, kernel, "whyte", LINEAR)[inner]
    other = richardson_lucy(np.pad(dim, 44, mode="edge"), kernel, 50, clip=False)[44:-44, 44:-44][inner]
    assert np.sqrt(np.mean((many - other) ** 2)) < 0.2 * np.sqrt(np.mean((many - dim[inner]) ** 2))


def test_beats_plain_richardson_lucy_and_the_sparse_prior_on_saturated_images(lights):
    blurred, sharp, kernel = lights
    restored = psnr(deconvolve_with_kernel(blurred, kernel, "whyte", LINEAR), sharp)
    assert restored > psnr(np.clip(plain(blurred, kernel), 0, 1), sharp) + 3
    assert restored > psnr(np.clip(deconvolve_with_kernel(blurred, kernel, "sparse"), 0, 1), sharp) + 3


def test_the_image_is_deconvolved_in_linear_light(lights):
    blurred, _, kernel = lights
    linear = deconvolve_with_kernel(blurred, kernel, "whyte", LINEAR)
    encoded = deconvolve_with_kernel(blurred ** (1 / 2.2), kernel, "whyte", replace(LINEAR, gamma=2.2))
    assert np.allclose(encoded**2.2, linear, atol=1e-9)


@pytest.mark.parametrize("level", [0.0, 0.2, 0.5, 0.8])
def test_a_constant_image_stays(level):
    flat = np.full((40, 51), level)
    restored = deconvolve_with_kernel(flat, camera_shake(), "whyte")
    assert np.allclose(restored, flat, atol=1e-3)


def test_a_white_image_stays_white_and_nothing_leaves_the_range(lights):
    assert deconvolve_with_kernel(np.ones((40, 51)), camera_shake(), "whyte").min() > 0.999
    blurred, _, kernel = lights
    noisy = blurred + 0.05 * np.random.default_rng(0).standard_normal(blurred.shape)  # beyond [0, 1]
    restored = deconvolve_with_kernel(noisy, kernel, "whyte")
    assert restored.min() >= 0 and restored.max() <= 1


def test_small_values_of_the_kernel_are_dropped(lights):
    blurred, _, kernel = lights
    tailed = np.maximum(kernel, 0.009 * kernel.max())
    cut = np.where(kernel < 0.01 * kernel.max(), 0, kernel)
    wanted = deconvolve_with_kernel(blurred, cut / cut.sum(), "whyte")
    assert np.allclose(deconvolve_with_kernel(blurred, tailed / tailed.sum(), "whyte"), wanted, atol=1e-9)


def test_the_response_is_the_integral_of_its_slope_and_levels_off_at_white():
    intensity = np.array([0.0, 0.5, 0.97, 1.0, 1.05, 3.0, 200.0])
    response, _ = saturated(intensity, WhyteSettings())
    for value, found in zip(intensity[:6], response, strict=False):
        integral, _ = quad(lambda v: saturated(np.array(v), WhyteSettings())[1], 0, value, points=[1.0])
        assert found == pytest.approx(integral, abs=1e-7)
    assert response[-1] == 1


def test_a_disc_by_hand():
    assert disc(1).astype(int).tolist() == [[0, 1, 0], [1, 1, 1], [0, 1, 0]]
    assert disc(3).sum() == 29  # lattice points within 3 of the origin


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"gamma": 0}, "gamma is 0; give a value above 0"),
        ({"iterations": -1}, "iterations is -1; give a value above 0"),
        ({"kernel_threshold": 1.0}, r"kernel_threshold is 1\.0; give a value below 1"),
        ({"white": float("nan")}, "white is nan; give a value above 0"),
    ],
)
def test_wrong_settings_are_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        WhyteSettings(**wrong)
