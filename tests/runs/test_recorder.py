"""A recorder sees what the run goes through, and changes nothing of it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage.metrics import peak_signal_noise_ratio

from mcdeconv.core.config import ImageNetConfig, KernelNetConfig, SolverConfig
from mcdeconv.core.schedules import Step
from mcdeconv.core.solve import at_once, solve
from mcdeconv.data.datasets import load_item
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.problem import pose
from mcdeconv.runs.recorder import MOMENTS, Recorder
from mcdeconv.runs.run import running
from mcdeconv.runs.trajectory import STD_WHITE
from mcdeconv.scoring.metrics import best_shift, kernel_similarity, psnr, ssim

TINY = SolverConfig(
    image_net=ImageNetConfig(levels=2, channels=4, skip_channels=2),
    kernel_net=KernelNetConfig(architecture="fully-connected", hidden=20),
    iterations=50,
    dropout_rate=Step(0.3, 0.001, 15),
    input_noise_std=Step(0.05, 0.001, 35),
)


@pytest.fixture(scope="module")
def problem():
    return pose(load_item("small-levin", "coins_kernel_01"), None)


@pytest.fixture(scope="module")
def recorded(problem):
    recorder = Recorder(problem, TINY.iterations, pictures=5)
    solution = solve(problem.blurred, problem.kernel_size, TINY, seed=1, observers=(recorder,))
    return solution, recorder.trajectory()


def test_looking_changes_nothing(problem, recorded):
    unseen = solve(problem.blurred, problem.kernel_size, TINY, seed=1)
    np.testing.assert_array_equal(recorded[0].kernel, unseen.kernel)
    np.testing.assert_array_equal(recorded[0].image, unseen.image)


def test_the_last_moment_is_the_solution(problem, recorded):
    solution, trajectory = recorded
    pair = best_shift(solution.image, problem.item.sharp, 15, 5)
    assert trajectory.iterations[-1] == trajectory.picture_iterations[-1] == TINY.iterations
    assert trajectory.psnr[-1] == pytest.approx(psnr(pair.restored, pair.sharp), abs=1e-4)
    assert trajectory.ssim[-1] == pytest.approx(ssim(pair.restored, pair.sharp), abs=1e-5)
    expected = kernel_similarity(solution.kernel.astype(float), problem.item.kernel)
    assert trajectory.similarity[-1] == pytest.approx(expected, abs=1e-5)
    np.testing.assert_allclose(trajectory.images[-1] / 255, solution.image, atol=0.5 / 255 + 1e-6)
    np.testing.assert_array_equal(trajectory.kernels[-1], solution.kernel)
    assert trajectory.spread[-1] == pytest.approx(solution.std.mean(), rel=1e-4)
    np.testing.assert_allclose(
        trajectory.stds[-1] / 255 * STD_WHITE, solution.std.clip(0, STD_WHITE), atol=STD_WHITE / 500
    )


def test_losses_are_means_since_the_moment_before(recorded):
    solution, trajectory = recorded
    assert len(trajectory.iterations) == MOMENTS
    bounds = [0, *trajectory.iterations]
    means = [solution.losses[a:b].mean() for a, b in pairwise(bounds)]
    np.testing.assert_allclose(trajectory.losses, means, rtol=1e-5)


def test_samples_after_2_20_and_100_percent(recorded):
    _, trajectory = recorded
    assert trajectory.sample_iterations.tolist() == [1, 10, 50]
    assert set(trajectory.sample_iterations) <= set(trajectory.picture_iterations)
    first, last = trajectory.samples[0].astype(float), trajectory.samples[-1].astype(float)
    assert first.std(axis=0).mean() > last.std(axis=0).mean() > 0  # the noise has dropped


def test_curves_only(problem):
    recorder = Recorder(problem, 50, pictures=1)
    solve(problem.blurred, problem.kernel_size, TINY, observers=(recorder,))
    trajectory = recorder.trajectory()
    assert len(trajectory.images) == 1 and len(trajectory.samples) == 0


@pytest.mark.parametrize(("dataset", "gain"), [("synthetic", 0), ("lai", 20 * np.log10(255 / 219))])
def test_scores_are_those_of_the_data_sets_own_protocol(dataset, gain):
    item = load_item("small-lai", "natural_01_kernel_01")
    problem = pose(replace(item, dataset=dataset), 64)
    truth = (item.sharp @ [0.299, 0.587, 0.114])[problem.region.slices]
    paler = 0.05 + 0.9 * truth  # an error that no shift makes smaller
    found, _, _ = Recorder(problem, 10, 1).scores(paler, item.kernel)
    inner = slice(15, -15), slice(15, -15)
    plain = peak_signal_noise_ratio(truth[inner], paler[inner], data_range=1)
    assert found == pytest.approx(plain + gain, abs=0.01)


def test_of_frames_the_middle_one_is_compared_with():
    """Köhler's protocol takes out a scale, which no other does."""
    rng = np.random.default_rng(0)
    frames = tuple(gaussian_filter(rng.random((70, 90, 3)), (2, 2, 0)) for _ in range(3))
    item = Item("drawn", "kohler", "smooth", blurred=frames[0], kernel_size=15, frames=frames)
    image = 0.5 * frames[1] @ [0.299, 0.587, 0.114]
    problem = pose(item, 64)
    psnr, structure, similarity = Recorder(problem, 10, 1).scores(image[problem.region.slices], np.eye(15) / 15)
    assert psnr > 45 and np.isnan(similarity)
    assert np.isnan(structure)  # MSSIM needs 161 px


def test_without_a_truth_there_are_no_scores(problem):
    blind = replace(problem, item=replace(problem.item, sharp=None, kernel=None))
    recorder = Recorder(blind, 50, pictures=1)
    solve(problem.blurred, problem.kernel_size, TINY, observers=(recorder,))
    trajectory = recorder.trajectory()
    assert np.isnan(trajectory.psnr).all() and np.isnan(trajectory.similarity).all()
    assert np.isfinite(trajectory.losses).all()


def test_what_was_made_brighter_is_kept_as_bright_as_the_item_is():
    dark = load_item("small-levin", "coins_kernel_01")
    problem = pose(replace(dark, blurred=dark.blurred / 3), None, brightest=1.0)
    recorder = Recorder(problem, TINY.iterations, pictures=5)
    solution = solve(problem.blurred, problem.kernel_size, TINY, seed=1, observers=(recorder,))
    kept, gain = recorder.trajectory(), problem.gain
    assert gain > 3
    np.testing.assert_allclose(kept.images[-1] / 255, solution.image / gain, atol=0.5 / 255 + 1e-6)
    assert kept.spread[-1] == pytest.approx(solution.std.mean() / gain, rel=1e-4)
    assert 0 < kept.samples.max() <= 255 / gain + 1
    solved = at_once(running)(problem, "ours", "quick", TINY, 1)
    np.testing.assert_allclose(solved.result.image, solution.image / gain, atol=1e-6)
