"""Padding, tiles, grey and colour with networks whose result is known; the real one where its weights are."""

import numpy as np
import pytest
import torch
from scipy.ndimage import convolve1d
from skimage.data import astronaut

from mcdeconv.errors import InputError
from mcdeconv.methods import maxim
from mcdeconv.scoring.metrics import psnr

RNG = np.random.default_rng(1)


class Watched:
    """A network that changes each pixel alone, and remembers what it was given."""

    def __init__(self, change):
        self.change, self.given = change, []

    def __call__(self, images):
        self.given.append(images)
        return self.change(images)


@pytest.mark.parametrize("shape", [(64, 64, 3), (100, 130, 3), (65, 40), (1, 1), (300, 200, 3), (200, 330)])
def test_a_network_that_works_pixel_by_pixel_is_not_disturbed_by_padding_and_tiles(shape):
    photo = RNG.random(shape)
    network = Watched(lambda images: 1.5 * images - 0.1)
    restored = maxim.restore(photo, network, tile=128)
    assert restored.shape == shape and restored.dtype == np.float32
    np.testing.assert_allclose(restored, np.clip(1.5 * photo - 0.1, 0, 1), atol=1e-6)
    for images in network.given:
        assert images.dtype == torch.float32 and images.shape[3] == 3
        assert all(side % 64 == 0 and side <= 128 for side in images.shape[1:3])


def test_the_margin_is_the_image_reflected():
    photo = RNG.random((60, 66, 3)).astype(np.float32)
    network = Watched(lambda images: images)
    maxim.restore(photo, network)
    padded = network.given[0][0].numpy()
    assert padded.shape == (64, 128, 3)
    np.testing.assert_array_equal(padded[2:62, 31:97], photo)
    np.testing.assert_array_equal(padded[0, 31:97], photo[2])
    np.testing.assert_array_equal(padded[2:62, 97], photo[:, -2])


def test_grey_goes_in_as_three_equal_channels_and_comes_back_as_luma():
    photo = RNG.random((64, 64))
    network = Watched(lambda images: images * torch.tensor([1.0, 0.5, 0.0]))
    restored = maxim.restore(photo, network)
    assert (network.given[0] == network.given[0][..., :1]).all()
    np.testing.assert_allclose(restored, photo * (0.299 + 0.587 / 2), atol=1e-6)


def test_tiles_are_blended_without_a_seam():
    """Each tile gets its own grey: along a row the result must pass from one to the next in small steps."""
    levels = iter((0.2, 0.8))
    restored = maxim.restore(np.zeros((64, 192)), lambda images: torch.full_like(images, next(levels)), tile=128)
    assert restored[32, 0] == pytest.approx(0.2) and restored[32, -1] == pytest.approx(0.8)
    assert np.abs(np.diff(restored[32])).max() < 0.02


@pytest.mark.parametrize(
    ("photo", "message"),
    [
        (np.zeros((8, 8, 4)), r"shape \(8, 8, 4\); give \(H, W\)"),
        (np.zeros(8), r"shape \(8,\)"),
        (np.zeros((0, 8)), r"shape \(0, 8\)"),
        (np.full((8, 8), np.nan), "NaN"),
        (np.full((8, 8), 255.0), r"spans \[255, 255\]; scale it to \[0, 1\]"),
    ],
)
def test_wrong_photographs_are_refused(photo, message):
    with pytest.raises(InputError, match=message):
        maxim.restore(photo, lambda images: images)


@pytest.mark.parametrize("tile", [64, 100, 0, -128])
def test_wrong_tiles_are_refused(tile):
    with pytest.raises(InputError, match=f"tile is {tile}; give a multiple of 64"):
        maxim.restore(np.zeros((8, 8)), lambda images: images, tile=tile)


@pytest.mark.slow
def test_the_published_network_deblurs_a_short_motion():
    """By far more than a rounding: a motion over 9 px, which its training had."""
    try:
        folder = maxim.require()
    except InputError as missing:
        pytest.skip(str(missing))
    sharp = astronaut()[20:148, 180:308].astype(np.float32) / 255
    blurred = convolve1d(sharp, np.full(9, 1 / 9), axis=1, mode="reflect")
    restored = maxim.restore(blurred, maxim.load(folder))
    assert psnr(restored, sharp) > psnr(blurred, sharp) + 3
