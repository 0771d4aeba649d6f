"""What all methods promise: better than simple baselines, aligned, quiet borders, plain errors."""

import numpy as np
import pytest
from nonblind_cases import blurred_inside, camera_shake, psnr, scene
from scipy.signal import convolve2d
from skimage.restoration import wiener

from mcdeconv.errors import InputError
from mcdeconv.scoring.nonblind import METHODS, SparseSettings, WhyteSettings, deconvolve_with_kernel, thresholded

ALL = sorted(METHODS)
LINEAR = {"whyte": WhyteSettings(gamma=1.0)}  # the case is blurred as it is, not in linear light


@pytest.mark.parametrize("method", ALL)
def test_beats_blurred_and_wiener(case, method):
    blurred, sharp, kernel = case
    restored = deconvolve_with_kernel(blurred, kernel, method, LINEAR.get(method))
    best_wiener = max(psnr(wiener(blurred, kernel, balance, clip=False), sharp) for balance in (0.003, 0.01, 0.03, 0.1))
    assert psnr(restored, sharp) > psnr(blurred, sharp) + 5
    assert psnr(restored, sharp) > best_wiener + 1


@pytest.mark.parametrize("method", ALL)
def test_border_errs_at_most_twice_as_much_as_interior(case, method):
    blurred, sharp, kernel = case
    error = np.abs(deconvolve_with_kernel(blurred, kernel, method) - sharp)
    band = kernel.shape[0]
    border = np.ones(error.shape, dtype=bool)
    border[band:-band, band:-band] = False
    assert error[border].mean() < 2 * error[~border].mean()


@pytest.mark.parametrize("method", ALL)
def test_delta_kernel_returns_the_image(method):
    sharp = scene(64)
    delta = np.zeros((5, 5))
    delta[2, 2] = 1
    restored = deconvolve_with_kernel(sharp, delta, method)
    assert np.sqrt(np.mean((restored - sharp) ** 2)) < 0.01


@pytest.mark.parametrize("method", ALL)
def test_one_pixel_kernel(method):
    flat = np.full((20, 23), 0.5)
    assert np.allclose(deconvolve_with_kernel(flat, np.ones((1, 1)), method), flat, atol=1e-3)


@pytest.mark.parametrize("method", ALL)
def test_result_is_aligned_for_an_off_centre_kernel(method):
    """A kernel that only shifts: the point must come back to where it was, not to where the kernel moved it."""
    sharp = np.full((40, 51), 0.2)
    sharp[20, 25] = 0.9
    kernel = np.zeros((7, 7))
    kernel[5, 2] = 1  # centre is (3, 3): moves content by (2, -1)
    blurred = convolve2d(np.pad(sharp, 3, mode="edge"), kernel, mode="valid")
    assert np.unravel_index(blurred.argmax(), blurred.shape) == (22, 24)
    restored = deconvolve_with_kernel(blurred, kernel, method)
    assert restored.shape == blurred.shape
    assert np.unravel_index(restored.argmax(), restored.shape) == (20, 25)


@pytest.mark.parametrize("method", ALL)
def test_colour_is_grey_for_each_channel(method):
    kernel = camera_shake(7)
    blurred, _ = blurred_inside(scene(46), kernel, 0.005)
    colour = np.stack([blurred, 0.5 * blurred, 1 - blurred], axis=2).astype(np.float32)
    restored = deconvolve_with_kernel(colour, kernel, method)
    assert restored.shape == colour.shape
    assert restored.dtype == np.float64
    for channel in range(3):
        alone = deconvolve_with_kernel(colour[..., channel], kernel, method)
        assert np.array_equal(restored[..., channel], alone)


@pytest.mark.parametrize("method", ALL)
def test_inputs_are_left_alone_and_results_repeat(method):
    kernel = camera_shake(7)
    blurred, _ = blurred_inside(scene(46), kernel, 0.005)
    before = blurred.copy(), kernel.copy()
    first, second = (deconvolve_with_kernel(blurred, kernel, method) for _ in range(2))
    assert np.array_equal(first, second)
    assert np.array_equal(blurred, before[0])
    assert np.array_equal(kernel, before[1])


GOOD = np.full((20, 20), 0.5), np.full((3, 3), 1 / 9)


@pytest.mark.parametrize(
    ("blurred", "kernel", "says"),
    [
        (GOOD[0][0], GOOD[1], r"\(20,\)"),
        (np.full((20, 20, 4), 0.5), GOOD[1], r"\(20, 20, 4\)"),
        (GOOD[0], np.full((4, 4), 1 / 16), "odd"),
        (GOOD[0], np.full((3, 5), 1 / 15), r"\(3, 5\)"),
        (GOOD[0], np.full((21, 21), 1 / 441), "larger than"),
        (GOOD[0], 2 * GOOD[1], "sums to 2"),
        (GOOD[0], np.array([[0, 0, 0], [-0.5, 1.5, 0], [0, 0, 0]]), "smallest entry -0.5"),
        (255 * GOOD[0], GOOD[1], r"127\.5"),
        (np.full((20, 20), np.nan), GOOD[1], "NaN"),
    ],
)
def test_wrong_input_is_named(blurred, kernel, says):
    with pytest.raises(InputError, match=says) as caught:
        deconvolve_with_kernel(blurred, kernel)
    assert "\n" not in str(caught.value)


def test_unknown_method_and_foreign_settings():
    with pytest.raises(InputError, match="unknown non-blind method 'wiener'; choose one of sparse, hyper-laplacian"):
        deconvolve_with_kernel(*GOOD, method="wiener")
    with pytest.raises(InputError, match="takes HyperLaplacianSettings, not SparseSettings"):
        deconvolve_with_kernel(*GOOD, method="hyper-laplacian", settings=SparseSettings())


def test_a_kernel_without_its_small_values_by_hand():
    kernel = np.array([[0.0, 0.01, 0.05], [0.2, 0.5, 0.05], [0.04, 0.15, 0.0]], np.float32)
    wanted = np.array([[0, 0, 0.05], [0.2, 0.5, 0.05], [0, 0.15, 0]]) / 0.95
    np.testing.assert_allclose(thresholded(kernel, 0.1), wanted, rtol=1e-6)  # below 0.05; what is equal stays
    np.testing.assert_allclose(thresholded(3 * kernel, 0.0), kernel, rtol=1e-6)
    assert thresholded(kernel, 0.1).dtype == np.float64
