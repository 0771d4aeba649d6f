"""The dark and extreme channels: their auxiliary images against the public code's visit of windows, and results."""

import numpy as np
import pytest
from skimage.filters import threshold_otsu
from test_l0 import shaken, solved  # noqa: F401  # a fixture

from mcdeconv.methods.dark_channel import DarkChannelSettings, darkened, otsu
from mcdeconv.methods.extreme_channels import ExtremeChannelsSettings
from mcdeconv.scoring.metrics import kernel_similarity

rng = np.random.default_rng(0)


def visited(image, threshold, window):
    """Window by window in reading order: one whose minimum is to become zero, and that has none, gets it."""
    half = window // 2
    padded = np.pad(image, half, mode="edge")
    original = padded.copy()
    for y, x in np.ndindex(image.shape):
        place = slice(y, y + window), slice(x, x + window)
        lowest = original[place].min()
        wanted = 0.0 if lowest**2 < threshold else lowest
        if padded[place].min() != wanted:
            at = np.unravel_index(original[place].argmin(), (window, window))
            padded[place][at] = wanted
    inner = padded[half:-half, half:-half].copy()
    kept = image.copy()
    kept[half:-half, half:-half] = inner[half:-half, half:-half]
    return kept


@pytest.mark.parametrize("threshold", [1e-3, 0.01, 0.2])
@pytest.mark.parametrize("lift", [0.1, -0.1], ids=["positive", "some negative"])
def test_zeros_are_where_the_public_codes_visit_sets_them(threshold, lift):
    image = (0.4 + lift + 0.15 * rng.standard_normal((40, 33))).astype(np.float32)
    found = darkened(image, threshold, 7)
    assert np.array_equal(found, visited(image, threshold, 7))
    assert threshold == 1e-3 or (found == 0).any()


def test_otsus_level_is_that_of_scikit_image():
    image = np.concatenate([0.2 + 0.05 * rng.standard_normal(4000), 0.7 + 0.1 * rng.standard_normal(2000)]).clip(0, 1)
    image = image.reshape(60, 100)
    assert otsu(image) == pytest.approx(threshold_otsu(np.round(image * 255) / 255), abs=1.5 / 255)


@pytest.mark.parametrize(
    ("name", "settings"), [("dark-channel", DarkChannelSettings()), ("extreme-channels", ExtremeChannelsSettings())]
)
def test_the_kernel_is_found(shaken, name, settings):  # noqa: F811
    _, kernel, blurred = shaken
    found = solved(name, blurred[:160, :160], 15, settings)
    assert kernel_similarity(found.kernel, kernel) > 0.8
