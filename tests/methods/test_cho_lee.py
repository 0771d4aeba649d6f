"""Cho and Lee: its filters against their definitions, its image against the objective, and a known kernel."""

import numpy as np
import pytest
from scipy.ndimage import convolve, gaussian_filter
from test_l0 import shaken  # noqa: F401  # a fixture

from mcdeconv.methods.cho_lee import ChoLeeSettings, bilateral, cho_lee, deconvolved, derivatives, shocked
from mcdeconv.methods.coarse_to_fine import forward_gradients, normalised
from mcdeconv.methods.l0 import Periodic
from mcdeconv.scoring.metrics import best_shift, kernel_similarity, psnr
from mcdeconv.scoring.nonblind import deconvolve_with_kernel

rng = np.random.default_rng(0)


def finished(steps):
    """What a method found, and all shares of its way."""
    shares = []
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            return end.value, shares


@pytest.mark.parametrize("size", [15, 19], ids=["as it is", "larger"])
def test_the_kernel_is_found_and_the_picture_becomes_sharp(shaken, size):  # noqa: F811
    sharp, kernel, blurred = shaken
    found, shares = finished(cho_lee(blurred, size, ChoLeeSettings()))
    assert found.kernel.shape == (size, size) and found.kernel.min() >= 0 and found.kernel.sum() == pytest.approx(1)
    assert found.latent.shape == blurred.shape
    assert shares == sorted(shares) and shares[0] > 0 and shares[-1] == pytest.approx(1)
    assert kernel_similarity(found.kernel, kernel) > 0.75
    restored = deconvolve_with_kernel(blurred, found.kernel, "hyper-laplacian")
    before, after = (psnr(*best_shift(image, sharp, 15, 5)[:2]) for image in (blurred, restored))
    assert after > before + 3


@pytest.mark.parametrize("range_std", [0.05, 0.5])
def test_the_bilateral_filter_does_as_defined_pixel_by_pixel(range_std):
    """Not against scikit-image's: the spatial weights of its `denoise_bilateral` are off centre by a pixel."""
    image = gaussian_filter(rng.random((14, 11)), 0.7)
    padded = np.pad(image, 2, mode="edge")
    spatial = np.exp(-np.add.outer(np.arange(-2, 3) ** 2, np.arange(-2, 3) ** 2) / (2 * 2.0**2))
    found = bilateral(image, 5, 2.0, range_std)
    for y, x in np.ndindex(image.shape):
        around = padded[y : y + 5, x : x + 5]
        weights = spatial * np.exp(-((around - image[y, x]) ** 2) / (2 * range_std**2))
        assert found[y, x] == pytest.approx(np.average(around, weights=weights))


def test_the_shock_filter_darkens_the_dark_side_of_an_edge_and_lightens_the_other():
    places = np.arange(-10, 11) + 0.5
    edge = np.tile(1 / (1 + np.exp(-places / 2)), (12, 1))
    change = shocked(edge, 0.5) - edge
    assert (change[:, places < 0] <= 0).all() and (change[:, places > 0] >= 0).all()
    assert np.abs(np.diff(shocked(edge, 0.5), axis=1)).max() > 1.5 * np.abs(np.diff(edge, axis=1)).max()


def test_the_shock_filter_does_as_defined_pixel_by_pixel():
    image = rng.random((9, 11))
    found = shocked(image, 0.7)
    for y, x in np.ndindex(7, 9):
        around = image[y : y + 3, x : x + 3]
        laplacian = around[0, 1] + around[2, 1] + around[1, 0] + around[1, 2] - 4 * around[1, 1]
        slope = np.sqrt(((around[2, 1] - around[0, 1]) / 2) ** 2 + ((around[1, 2] - around[1, 0]) / 2) ** 2)
        assert found[y + 1, x + 1] == pytest.approx(around[1, 1] - np.sign(laplacian) * slope * 0.7)


def test_derivatives_of_an_images_gradients_are_its_second_differences():
    image = rng.random((12, 15))
    found = derivatives(*forward_gradients(image))
    axes = ((0,), (1,), (0, 0), (1, 1), (0, 1))
    for part, along in zip(found, axes, strict=True):
        wanted = image
        for axis in along:
            wanted = np.diff(wanted, axis=axis)
        assert np.allclose(part, wanted[:10, :13])


def test_the_latent_image_minimises_its_objective():
    """In space, with rolled differences: the derivative of the objective along any direction is zero."""
    whole = Periodic(0.5 + 0.02 * gaussian_filter(rng.standard_normal((36, 32)), 1), 1)
    assert whole.grid == (36, 32)  # nothing was added, and nothing is cropped
    kernel, point = normalised(gaussian_filter(np.eye(5), 0.5)), np.pad([[1.0]], 2)
    latent = deconvolved(whole, kernel, ChoLeeSettings())
    assert latent.min() > 0 and latent.max() < 1  # or it would have been clipped

    def terms(image, kernel):
        down, across = (np.roll(image, -1, axis) - image for axis in (0, 1))
        second = [np.roll(part, -1, axis) - part for part, axis in ((down, 0), (across, 1), (down, 1))]
        weights = (50, 25, 25, 12.5, 12.5, 12.5)  # of the paper: 50 / 2^order
        parts = zip(weights, (image, down, across, *second), strict=True)
        return [np.sqrt(w) * convolve(part, kernel, mode="wrap") for w, part in parts], [down, across]

    misfits = [a - b for a, b in zip(terms(latent, kernel)[0], terms(whole.start, point)[0], strict=True)]
    gradients = terms(latent, kernel)[1]
    for _ in range(5):
        toward, turn = terms(rng.standard_normal(latent.shape), kernel)
        pulls = [sum(map(np.vdot, *pair)) for pair in ((misfits, toward), (gradients, turn))]
        assert pulls[0] + 0.1 * pulls[1] == pytest.approx(0, abs=1e-9)
