"""Lai's files against the forward model that was measured on them; the real photographs' attributes."""

import numpy as np
import pytest
from scipy.signal import fftconvolve

from mcdeconv.data.datasets import load, load_item, names

SIZES = {"01": 31, "02": 51, "03": 55, "04": 75}


def residual(item, kernel):
    """Blurred less the model, inside, on the green channel; the uniform noise in [0, 0.01] has mean 0.005."""
    model = fftconvolve(item.sharp[..., 1].astype(float), kernel, mode="valid")
    half = kernel.shape[0] // 2
    return item.blurred[half:-half, half:-half, 1] - model


@pytest.mark.parametrize("item_id", ["text_04_kernel_01", "natural_02_kernel_02", "text_05_kernel_04"])
def test_blurred_is_the_convolution_of_sharp_with_the_kernel(benchmark_data, item_id):
    item = load_item("lai", item_id, benchmark_data / "lai")
    assert item.kernel_size == SIZES[item_id[-2:]] and item.kernel.shape == (item.kernel_size,) * 2
    assert item.kernel.sum() == pytest.approx(1)
    difference = residual(item, item.kernel)
    assert difference.std() < 0.01 and difference.mean() == pytest.approx(0.005, abs=0.002)
    assert residual(item, item.kernel[::-1, ::-1]).std() > 3 * difference.std()


def test_saturated_does_not_follow_the_model(benchmark_data):
    item = load_item("lai", "saturated_01_kernel_01", benchmark_data / "lai")
    assert item.saturated and item.category == "saturated"
    assert residual(item, item.kernel).std() > 0.02


def test_rgba_truth_becomes_rgb(benchmark_data):
    item = load_item("lai", "text_05_kernel_01", benchmark_data / "lai")
    assert item.sharp.shape == item.blurred.shape and item.sharp.shape[2] == 3
    assert item.sharp.dtype == np.float32 and not item.saturated


def test_real_photographs_have_a_category_and_no_truth(benchmark_data):
    assert len(names("lai")) == 100 and len(names("lai_real")) == 100
    bridge, bird = load("lai_real", ["bridge", "bird"], benchmark_data / "lai_real")
    assert (bridge.category, bridge.saturated) == ("manmade", True)
    assert (bird.category, bird.saturated) == ("natural", False)
    assert bird.sharp is None and bird.kernel is None and bird.kernel_size is None
    assert bird.blurred.ndim == 3 and bird.blurred.max() <= 1
