"""Centring against the centre of mass that SciPy finds, and against the forward model, which must not change."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from mcdeconv.core.forward import centre_kernel, centring_shift, convolve, crop_to_blurred

SEEDS = st.integers(0, 2**32 - 1)


def compact_kernel(seed, size=11, extent=5):
    """A kernel that is zero outside an `extent` × `extent` box somewhere in it."""
    rng = np.random.default_rng(seed)
    kernel = np.zeros((size, size))
    top, left = rng.integers(0, size - extent + 1, 2)
    kernel[top : top + extent, left : left + extent] = 0.2 + rng.random((extent, extent))
    return kernel / kernel.sum()


def box(kernel):
    """Size of the smallest rectangle that holds all non-zero values."""
    rows, columns = np.nonzero(kernel)
    return np.ptp(rows), np.ptp(columns)


@settings(deadline=None, max_examples=40)
@given(SEEDS)
def test_centred_kernel_and_moved_image_give_the_same_blurred_image(seed):
    """Equation (2): whatever the kernel is moved by, the image is moved by the other way."""
    kernel = compact_kernel(seed)
    latent = torch.from_numpy(np.random.default_rng(seed).random((1, 1, 30, 27)))
    shift = centring_shift(kernel)
    moved = torch.roll(latent, (-shift[0], -shift[1]), dims=(-2, -1))
    torch.testing.assert_close(
        convolve(moved, torch.from_numpy(centre_kernel(kernel))),
        convolve(latent, torch.from_numpy(kernel)),
        rtol=0,
        atol=1e-12,
    )
    torch.testing.assert_close(crop_to_blurred(latent, 11, shift), crop_to_blurred(moved, 11), rtol=0, atol=0)


@settings(deadline=None, max_examples=40)
@given(SEEDS)
def test_centring_brings_the_centre_of_mass_to_the_centre(seed):
    kernel = compact_kernel(seed)
    centred = centre_kernel(kernel)
    assert np.abs(np.subtract(ndimage.center_of_mass(centred), 5)).max() <= 0.5 + 1e-9
    assert centring_shift(centred) == (0, 0)
    assert sorted(centred.flat) == sorted(kernel.flat)
    assert box(centred) == box(kernel)


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.integers(1, 9))
def test_centring_never_pushes_a_kernel_over_an_edge(seed, extent):
    kernel = (compact_kernel(seed, size=9, extent=extent) > 0).astype(float)
    rows, columns = np.nonzero(kernel)
    kernel[rows[0], columns[0]] = 40  # draws the centre of mass into this corner of the box, yet 1 is not FAINT
    assert box(centre_kernel(kernel)) == box(kernel)


def test_a_kernel_from_edge_to_edge_stays():
    kernel = np.eye(7)
    kernel[0, 0] = 50
    assert centring_shift(kernel) == (0, 0)


def test_what_has_two_percent_of_the_largest_value_counts():
    """FAINT is the first value that does: in a corner it holds the kernel in place."""
    kernel = np.zeros((15, 15))
    kernel[0, 0], kernel[9, 4] = 0.02, 1
    assert centring_shift(kernel) == (0, 3)
    kernel[0, 0] = 0.0199
    assert centring_shift(kernel) == (-2, 3)


def test_a_faint_background_does_not_count():
    """A softmax leaves a little everywhere; it must neither hold the kernel in place nor draw it to the centre."""
    kernel = np.zeros((15, 15))
    kernel[1:4, 10:13] = 1
    assert centring_shift(kernel) == (5, -4)
    assert centring_shift(kernel + 0.01 * (kernel == 0)) == (5, -4)
