"""Whether one kernel explains all of a picture: of an even blur yes, of one that turns from left to right no."""

import numpy as np
import pytest
from scipy.ndimage import rotate
from scipy.signal import fftconvolve
from skimage import data

from mcdeconv.data.datasets.shake import camera_shake_kernel
from mcdeconv.methods.parts import LEAST_DIFFERING, PARTS, changed, differing_parts
from mcdeconv.scoring.nonblind import deconvolve_with_kernel, normalised

SHARP = data.camera() / 255


@pytest.fixture(scope="module")
def kernel():
    return camera_shake_kernel(21, np.random.default_rng(4))


def judged(kernel, left, right):
    """Of the camera man, blurred by one kernel at the left edge and by another at the right one."""
    images = [fftconvolve(SHARP, normalised(one), "valid") for one in (left, right)]
    weight = np.linspace(0, 1, images[0].shape[1])
    blurred = images[0] * (1 - weight) + images[1] * weight
    blurred = blurred + 0.002 * np.random.default_rng(0).standard_normal(blurred.shape)
    return differing_parts(blurred, deconvolve_with_kernel(blurred, normalised(kernel), "hyper-laplacian"), kernel)


def test_an_even_blur_is_told_from_one_that_turns(kernel):
    turned = [np.maximum(rotate(kernel, angle, reshape=False, order=1), 0) for angle in (-12, 12)]
    assert judged(kernel, kernel, kernel) < LEAST_DIFFERING <= judged(kernel, *turned) <= PARTS**2


def test_a_kernel_that_is_turned_as_a_whole_is_no_difference(kernel):
    turned = changed(kernel, 10, 1.0)
    assert judged(kernel, turned, turned) < LEAST_DIFFERING


def test_parts_that_are_too_small_are_not_judged():
    assert differing_parts(np.zeros((180, 400)), np.zeros((180, 400)), np.full((21, 21), 1 / 441)) is None


@pytest.mark.parametrize("turn", [-25, 5, 90])
def test_a_kernel_is_turned_as_scipy_turns_images(kernel, turn):
    wanted = np.maximum(rotate(kernel, turn, reshape=False, order=1), 0)
    assert np.allclose(changed(kernel, turn, 1.0), wanted / wanted.sum(), atol=1e-9)


def test_a_kernel_is_resized_about_its_middle():
    kernel = np.zeros((21, 21))
    kernel[10, 5:16] = 1 / 11
    smaller = changed(kernel, 0, 0.5)
    assert smaller.shape == (21, 21) and smaller.sum() == pytest.approx(1)
    assert np.flatnonzero(smaller[10]).tolist() == [8, 9, 10, 11, 12]
    assert np.array_equal(changed(kernel, 0, 1.0), kernel)
