"""Levin's files against the forward model that was measured on them."""

import numpy as np
import pytest
from scipy.ndimage import convolve

from mcdeconv.data.datasets import load, load_item, names
from mcdeconv.data.datasets.levin import SELFDEBLUR_KERNEL_SIZES

SIZES = {1: 19, 2: 17, 3: 15, 4: 27, 5: 13, 6: 21, 7: 23, 8: 23}


def best_shift(model, blurred, margin=25, reach=4):
    """Smallest residual std over whole-pixel shifts up to `reach`, and the shift."""
    inner = blurred[margin:-margin, margin:-margin]
    shifts = [(row, column) for row in range(-reach, reach + 1) for column in range(-reach, reach + 1)]
    rolled = (np.roll(model, shift, (0, 1))[margin:-margin, margin:-margin] for shift in shifts)
    return min((float((inner - one).std()), shift) for one, shift in zip(rolled, shifts, strict=True))


def test_ids_need_no_files():
    assert len(names("levin")) == 32
    assert names("levin")[0] == "im05_flit01" and names("levin")[-1] == "im08_flit08"


def test_selfdeblurs_sizes_are_odd_and_never_larger_than_the_files():
    assert {f"flit0{number}" for number in SIZES} == set(SELFDEBLUR_KERNEL_SIZES)
    for number, size in SIZES.items():
        assert SELFDEBLUR_KERNEL_SIZES[f"flit0{number}"] == (size if number == 4 else size - 2)


@pytest.mark.parametrize("kernel_number", range(1, 9))
def test_blurred_is_the_convolution_of_sharp_with_the_kernel_up_to_a_shift(benchmark_data, kernel_number):
    item = load_item("levin", f"im0{5 + kernel_number % 4}_flit0{kernel_number}", benchmark_data / "levin")
    assert item.kernel.shape == (SIZES[kernel_number],) * 2 and item.kernel_size == SIZES[kernel_number]
    residual, shift = best_shift(convolve(item.sharp.astype(float), item.kernel), item.blurred)
    assert 0.004 < residual < 0.009
    turned, _ = best_shift(convolve(item.sharp.astype(float), item.kernel[::-1, ::-1]), item.blurred)
    assert turned > 1.5 * residual
    if kernel_number == 6:
        assert sorted(np.abs(shift)) == [4, 4]


def test_the_scene_truth_is_the_sharp_image_of_kernel_8(benchmark_data):
    seventh, eighth = load("levin", ["im06_flit07", "im06_flit08"], benchmark_data / "levin")
    assert np.array_equal(seventh.other_truths["scene"], eighth.sharp)
    assert np.array_equal(eighth.other_truths["scene"], eighth.sharp)
    assert seventh.sharp.shape == seventh.blurred.shape == (255, 255)
    assert seventh.sharp.dtype == seventh.blurred.dtype == np.float32
    assert seventh.category == "im06" and not seventh.saturated
