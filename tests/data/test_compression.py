"""Compressed pictures are known, by Pillow's JPEG on photographs that were never compressed or no longer show it."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter
from skimage import data

from mcdeconv.data.compression import blockiness, is_compressed
from mcdeconv.data.noise import noise_std


def picture(name, blur=2.0):
    """Grey, blurred, with a camera's noise, in 256 levels."""
    grey = getattr(data, name)().astype(float)
    grey = gaussian_filter(grey.mean(axis=2) if grey.ndim == 3 else grey, blur)
    noisy = grey[:240, :301] + np.random.default_rng(0).standard_normal((240, 301))
    return np.rint(noisy.clip(0, 255)) / 255


def as_jpeg(grey, quality):
    file = BytesIO()
    Image.fromarray(np.rint(255 * grey).astype(np.uint8)).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file)) / 255


@pytest.mark.parametrize("name", ["astronaut", "camera", "chelsea", "coffee"])
@pytest.mark.parametrize("quality", [60, 75, 90, 95])
def test_a_blurred_photograph_shows_its_compression(name, quality):
    blurred = picture(name)
    assert not is_compressed(blurred)
    compressed = as_jpeg(blurred, quality)
    assert is_compressed(compressed)
    assert is_compressed(compressed[3:, 5:])  # wherever the blocks begin
    assert is_compressed(compressed.T) and is_compressed(np.flip(compressed))


def test_noise_is_lost_in_compression():
    blurred = picture("camera")
    assert noise_std(as_jpeg(blurred, 75)) < noise_std(blurred) / 2


@pytest.mark.parametrize("shape", [(4, 4), (3, 100), (16, 19), (1, 1)])
def test_what_is_too_small_to_tell_is_not_compressed(shape):
    assert not is_compressed(np.random.default_rng(0).random(shape))


def test_flat_pictures_and_those_with_other_steps_are_not_compressed():
    assert not is_compressed(np.full((64, 64), 0.5))
    for seed in range(4):
        assert not is_compressed(gaussian_filter(np.random.default_rng(seed).random((96, 96)), 1.5))
    boxes = np.kron(np.random.default_rng(0).random((24, 24)), np.ones((9, 9)))  # a mosaic
    assert not is_compressed(boxes)


def test_blockiness_is_the_excess_of_the_mean_steps():
    rng = np.random.default_rng(0)
    grey = 0.001 * rng.standard_normal((50, 82))
    grey[:, 45:] += 0.01  # a step between columns 44 and 45, which is at phase 3 of the third differences
    third = np.minimum(np.abs(grey[:, 3:] - 3 * grey[:, 2:-1] + 3 * grey[:, 1:-2] - grey[:, :-3]), 0.02)
    means = sorted(third[:, phase::8].mean() for phase in range(8))
    assert blockiness(grey) == pytest.approx(means[-1] - np.mean(means[3:5]))
