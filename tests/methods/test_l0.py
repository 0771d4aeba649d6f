"""L0: its splitting against closed forms, and that it and its kin find a kernel where the truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.signal import fftconvolve
from skimage import data
from skimage.util import img_as_float

from mcdeconv.data.datasets.shake import camera_shake_kernel
from mcdeconv.methods import solving_rival
from mcdeconv.methods.l0 import L0Settings, Periodic, difference, divergence, l0_latent, sparse_gradients, squared
from mcdeconv.scoring.metrics import best_shift, kernel_similarity, psnr
from mcdeconv.scoring.nonblind import deconvolve_with_kernel

rng = np.random.default_rng(0)


def solved(name, blurred, size, settings, threads=1):
    steps = solving_rival(name, blurred, size, settings, threads)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def shaken():
    """The cameraman, its kernel of 15 px, and what the camera saw, with 0.5% noise."""
    sharp = img_as_float(data.camera())[60:276, 120:336]
    kernel = camera_shake_kernel(15, np.random.default_rng(4))
    blurred = fftconvolve(sharp, kernel, mode="same")[8:-8, 8:-8]
    noise = 0.005 * np.random.default_rng(0).standard_normal(blurred.shape)
    return sharp[8:-8, 8:-8], kernel, blurred + noise


@pytest.mark.parametrize(("size", "alike"), [(15, 0.85), (23, 0.8)], ids=["as it is", "half as large again"])
def test_the_kernel_is_found_and_the_picture_becomes_sharp(shaken, size, alike):
    sharp, kernel, blurred = shaken
    found = solved("l0", blurred, size, L0Settings())
    assert found.kernel.shape == (size, size) and found.kernel.min() >= 0 and found.kernel.sum() == pytest.approx(1)
    assert kernel_similarity(found.kernel, kernel) > alike
    restored = deconvolve_with_kernel(blurred, found.kernel, "hyper-laplacian")
    gain = [psnr(*best_shift(image, sharp, 15, 5)[:2]) for image in (blurred, restored)]
    assert gain[1] > gain[0] + 4


def test_threads_do_not_change_the_kernel(shaken):
    *_, blurred = shaken
    one, two = (solved("l0", blurred[:96, :96], 9, L0Settings(), threads).kernel for threads in (1, 2))
    assert np.array_equal(one, two)


def test_divergence_is_the_adjoint_of_the_differences():
    image, p, q = rng.random((3, 12, 17))
    down, across = np.empty_like(image), np.empty_like(image)
    difference(image, down, across)
    assert np.allclose(down, np.roll(image, -1, 0) - image) and np.allclose(across, np.roll(image, -1, 1) - image)
    assert np.vdot(down, p) + np.vdot(across, q) == pytest.approx(np.vdot(image, divergence(p, q)))


def test_the_periodic_image_knows_its_kernels_and_its_roughness():
    periodic = Periodic(rng.random((40, 37)), 7)
    rows, columns = periodic.grid
    assert rows >= 46 and columns >= 43 and periodic.crop(periodic.start).shape == (40, 37)
    point = np.zeros((7, 7))
    point[3, 3] = 1
    assert np.allclose(periodic.transfer(point), 1)
    down, across = np.zeros(periodic.grid), np.zeros(periodic.grid)
    down[0, 0], down[-1, 0], across[0, 0], across[0, -1] = -1, 1, -1, 1
    wanted = squared(np.fft.rfft2(down)) + squared(np.fft.rfft2(across))
    assert np.allclose(periodic.roughness, wanted)


def test_with_a_point_kernel_steps_stay_and_ripples_go():
    """min |S - y|² + λ ‖∇S‖₀ of a step with a small ripple is the step: its jumps cost λ each, the ripple far more."""
    step = np.repeat([0.2, 0.8], 32)[None].repeat(64, 0)
    noisy = step + 0.01 * rng.standard_normal(step.shape)
    periodic = Periodic(noisy, 1)
    point = np.ones((1, 1))
    smooth = periodic.crop(l0_latent(periodic, point, L0Settings(), 0))
    assert np.abs(smooth - step).max() < 0.02 < np.abs(noisy - step).max()
    flat = np.abs(np.diff(smooth, axis=1)) < 1e-3
    assert flat[:, 2:-3].mean() > 0.97


def test_a_larger_weight_leaves_fewer_gradients():
    periodic = Periodic(gaussian_filter(rng.random((48, 48)), 1), 5)
    counts = []
    for weight in (1e-3, 4e-3, 1.6e-2):
        ones = np.ones_like(periodic.roughness)
        image = sparse_gradients(periodic.start, periodic.spectrum, ones, periodic.roughness, weight, L0Settings())
        counts.append(int(np.count_nonzero(np.abs(np.diff(image)) > 1e-3)))
    assert counts[0] > counts[1] > counts[2]


def test_the_weight_falls_to_its_floor_and_every_constant_counts_in_the_digest():
    settings = L0Settings()
    assert settings.decayed(4e-3, 0) == 4e-3 and settings.decayed(4e-3, 1) == pytest.approx(4e-3 / 1.1)
    assert settings.decayed(4e-3, 1000) == 1e-4
    assert replace(settings, beta_stop=1e4).digest() != settings.digest() == L0Settings().digest()
