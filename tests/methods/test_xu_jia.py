"""Xu and Jia: its selection, image and second phase against definitions and objectives, and a known kernel."""

import numpy as np
import pytest
from scipy.ndimage import convolve, gaussian_filter
from test_cho_lee import finished
from test_l0 import shaken  # noqa: F401  # a fixture

from mcdeconv.methods.coarse_to_fine import forward_gradients, kernel_equations, normalised, solve_kernel
from mcdeconv.methods.l0 import Periodic
from mcdeconv.methods.xu_jia import LongEdges, XuJiaSettings, guided, refined, support, xu_jia
from mcdeconv.scoring.metrics import best_shift, kernel_similarity, psnr
from mcdeconv.scoring.nonblind import deconvolve_with_kernel

rng = np.random.default_rng(0)


@pytest.mark.parametrize("size", [15, 19], ids=["as it is", "larger"])
def test_the_kernel_is_found_and_the_picture_becomes_sharp(shaken, size):  # noqa: F811
    sharp, kernel, blurred = shaken
    found, shares = finished(xu_jia(blurred, size, XuJiaSettings()))
    assert found.kernel.shape == (size, size) and found.kernel.min() >= 0 and found.kernel.sum() == pytest.approx(1)
    assert found.latent.shape == blurred.shape
    assert shares == sorted(shares) and shares[0] > 0 and shares[-1] == pytest.approx(1)
    assert kernel_similarity(found.kernel, kernel) > 0.8
    restored = deconvolve_with_kernel(blurred, found.kernel, "hyper-laplacian")
    before, after = (psnr(*best_shift(image, sharp, 15, 5)[:2]) for image in (blurred, restored))
    assert after > before + 3


@pytest.fixture
def board_and_stripes():
    """Left large squares with diagonals, right stripes narrower than a kernel of 9 px, of the same contrast."""
    rows, columns = np.indices((96, 96))
    left = ((rows // 24 + columns // 24) % 2) ^ ((rows + columns) % 64 > 31) ^ ((rows - columns) % 64 > 31)
    return np.where(columns < 48, left, columns // 3 % 2).astype(float)


def test_short_edges_are_left_out(board_and_stripes):
    blurred = gaussian_filter(board_and_stripes, 1.0)
    select = LongEdges(forward_gradients(blurred), 9, XuJiaSettings())
    down, across = select(board_and_stripes)
    kept = (down != 0) | (across != 0)
    assert kept[:, :40].mean() > 0.02 > 20 * kept[12:-12, 60:84].mean()
    assert np.abs(np.diff(board_and_stripes, axis=1))[:, 60:84].mean() > 0.3  # though there are edges


def test_more_and_more_edges_are_kept(board_and_stripes):
    select = LongEdges(forward_gradients(gaussian_filter(board_and_stripes, 1.0)), 9, XuJiaSettings())
    counts = [np.count_nonzero(select(board_and_stripes)) for _ in range(8)]
    assert counts == sorted(counts) and counts[-1] > counts[0] > 0


def test_the_latent_image_minimises_its_objective():
    """In space, with rolled differences: the derivative of the objective along any direction is zero."""
    whole = Periodic(rng.random((36, 32)), 1)
    assert whole.grid == (36, 32)
    kernel, weight = normalised(gaussian_filter(np.eye(5), 0.5)), 2e-3
    edges = rng.standard_normal((36, 32)), rng.standard_normal((36, 32))
    latent = guided(whole, kernel, edges, weight)

    def apply(image):
        differences = (np.sqrt(weight) * (np.roll(image, -1, axis) - image) for axis in (0, 1))
        return [convolve(image, kernel, mode="wrap"), *differences]

    targets = (whole.start, *(np.sqrt(weight) * edge for edge in edges))
    residuals = [found - target for found, target in zip(apply(latent), targets, strict=True)]
    for _ in range(5):
        direction = apply(rng.standard_normal(latent.shape))
        assert abs(sum(np.vdot(r, d) for r, d in zip(residuals, direction, strict=True))) < 1e-4


def test_the_support_begins_at_the_first_jump():
    kernel = np.array([[0.0, 0.01, 0.02], [0.03, 1.0, 0.5], [0.04, 0.3, 0.05]])
    # jumps of more than 1 / (2 · 3 · i): the first is from 0.05 to 0.3
    assert np.array_equal(support(kernel, 1), kernel >= 0.3)
    # a smaller one counts in the third round, 1 / 18 < 0.06
    kernel[0] = 0, 0.11, 0.02
    assert np.array_equal(support(kernel, 1), kernel >= 0.3) and np.array_equal(support(kernel, 3), kernel >= 0.11)


def test_the_second_phase_cleans_a_kernel(board_and_stripes):
    """Noise spreads over the least-squares kernel; where the true one is zero, the refined one holds less."""
    true = np.zeros((9, 9))
    true[np.arange(2, 7), np.arange(2, 7)] = 0.2
    edges = forward_gradients(board_and_stripes)
    noisy = convolve(board_and_stripes, true, mode="wrap") + 0.1 * rng.standard_normal((96, 96))
    gradients = forward_gradients(noisy)
    equations = kernel_equations(edges, gradients, 9)
    first = normalised(solve_kernel(*equations, 10.0, np.full((9, 9), 1 / 81), 20))
    second = refined(first, edges, gradients, XuJiaSettings())
    assert second.min() >= 0 and second.sum() == pytest.approx(1)
    assert second[true == 0].sum() < 0.7 * first[true == 0].sum()
    assert kernel_similarity(second, true) > max(kernel_similarity(first, true), 0.95)
