"""Saturated images: the model of clipping must pay, and must cost nothing where nothing is clipped."""

import numpy as np
import pytest
from nonblind_cases import camera_shake, psnr, scene
from scipy.signal import convolve2d

from mcdeconv.errors import InputError
from mcdeconv.scoring.nonblind import OutlierSettings, deconvolve_with_kernel
from mcdeconv.scoring.nonblind.outliers import inliers


@pytest.fixture(scope="module")
def saturated():
    """(blurred, sharp, kernel): a dim photograph with lamps 8 times brighter than white, clipped after the blur."""
    rng = np.random.default_rng(3)
    radiance = 0.5 * scene()
    for row, column in rng.integers(15, 110, (12, 2)):
        radiance[row : row + 3, column : column + 3] = 8.0
    kernel = camera_shake()
    half = kernel.shape[0] // 2
    blurred = convolve2d(radiance, kernel, mode="valid")
    blurred = np.clip(blurred + 0.003 * rng.standard_normal(blurred.shape), 0, 1)
    return blurred, np.clip(radiance, 0, 1)[half:-half, half:-half], kernel


def test_beats_the_linear_model_on_saturated_images(saturated):
    blurred, sharp, kernel = saturated
    restored = deconvolve_with_kernel(blurred, kernel, "outliers")
    linear = np.clip(deconvolve_with_kernel(blurred, kernel, "sparse", OutlierSettings().sparse), 0, 1)
    assert psnr(restored, sharp) > psnr(linear, sharp) + 3
    assert psnr(restored, sharp) > psnr(np.clip(deconvolve_with_kernel(blurred, kernel, "sparse"), 0, 1), sharp) + 3


def test_result_is_in_range(saturated):
    blurred, _, kernel = saturated
    restored = deconvolve_with_kernel(blurred, kernel, "outliers")
    assert restored.min() >= 0
    assert restored.max() == 1


def test_equals_sparse_where_nothing_is_clipped(case):
    blurred, _, kernel = case
    inside = 0.1 + 0.6 * np.clip(blurred, 0, 1)
    robust = deconvolve_with_kernel(inside, kernel, "outliers")
    assert np.array_equal(
        robust, np.clip(deconvolve_with_kernel(inside, kernel, "sparse", OutlierSettings().sparse), 0, 1)
    )


def test_only_predictions_beyond_the_clipping_level_are_excused():
    blurred = np.array([1.0, 1.0, 0.5, 0.0, 0.0])
    predicted = np.array([1.3, 0.7, 1.3, -0.2, 0.2])
    assert inliers(blurred, predicted, OutlierSettings()).tolist() == [0, 1, 1, 0, 1]


def test_black_must_lie_below_white():
    with pytest.raises(InputError, match=r"black is 0\.9 and white 0\.5"):
        OutlierSettings(white=0.5, black=0.9)
