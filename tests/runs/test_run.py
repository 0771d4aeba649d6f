"""Scores at their two ends, a perfect solution and none at all, and what is solved and recorded of an item."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.ndimage import convolve, gaussian_filter
from skimage.color import rgb2gray, rgb2ycbcr
from skimage.metrics import peak_signal_noise_ratio
from tiny import NETS

from mcdeconv.core.config import KernelNetConfig, SolverConfig
from mcdeconv.core.solve import at_once
from mcdeconv.data.datasets import load_item
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.problem import pose
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.runs import run as experiment
from mcdeconv.runs.job import identify
from mcdeconv.runs.run import Result, kernel_protocol, running, scores
from mcdeconv.scoring.nonblind import deconvolve_with_kernel


def run(*arguments, **options):
    solved = at_once(running)(*arguments, **options)
    return solved and solved.record()


CROP = 15  # px, of the protocols of Levin et al., Lai et al. and the synthetic data
TINY = SolverConfig(**NETS, iterations=3)


@pytest.fixture(scope="module")
def item():
    return load_item("small-levin", "camera_kernel_04")


@pytest.fixture(scope="module")
def colour():
    return load_item("small-lai", "natural_01_kernel_01")


def solution(image, kernel):
    kernel = kernel.astype(np.float32)
    return Result(image.astype(np.float32), kernel, 1.0, "float32", "cpu", iterations=100, loss=0.01)


def delta(size):
    kernel = np.zeros((size, size))
    kernel[size // 2, size // 2] = 1
    return kernel


def cropped_psnr(restored, sharp, reach=5):
    """At the best of all shifts by whole pixels; the protocols' quarter pixels gain less than 1 dB on that."""
    inner = slice(CROP, -CROP), slice(CROP, -CROP)
    shifts = product(range(-reach, reach + 1), repeat=2)
    moved = (np.roll(restored, shift, (0, 1))[inner].astype(float) for shift in shifts)
    return max(peak_signal_noise_ratio(sharp[inner].astype(float), image, data_range=1) for image in moved)


def test_a_perfect_solution_scores_the_best_there_is(item):
    rng = np.random.default_rng(0)
    found = scores(pose(item, None), solution(item.sharp + 1e-3 * rng.standard_normal(item.sharp.shape), item.kernel))
    assert found["psnr_direct"] == pytest.approx(60, abs=0.3)  # 10 log10(1 / 1e-6)
    assert found["ssim_direct"] > 0.999
    assert found["kernel_similarity"] == pytest.approx(1, abs=1e-6)
    for method in ("sparse", "hyper-laplacian"):
        reachable = cropped_psnr(deconvolve_with_kernel(item.blurred, item.kernel, method), item.sharp)
        assert reachable <= found[f"psnr_{method}"] < reachable + 1
        assert found[f"psnr_{method}"] > cropped_psnr(item.blurred, item.sharp) + 4


def test_a_known_kernel_stays_while_the_image_is_found(item):
    known = replace(TINY, kernel_net=KernelNetConfig(architecture="known"), update="joint", iterations=60)
    problem = pose(item, None)
    record = run(problem, "true kernel", "quick", known, seed=0)
    assert record.scores["kernel_similarity"] == pytest.approx(1, abs=1e-5)
    assert record.scores["psnr_sparse"] == pytest.approx(record.scores["known_psnr_sparse"], abs=1e-3)
    started = run(problem, "true kernel", "quick", replace(known, iterations=1), seed=0).scores
    assert record.scores["psnr_direct"] > started["psnr_direct"] + 3
    assert record.scores["loss"] < started["loss"] / 3
    other = replace(item, kernel=np.pad(item.kernel, 1))
    with pytest.raises(InputError, match=r"known kernel of 15×15 px is needed, not \(17, 17\)"):
        run(pose(other, None), "true kernel", "quick", known, seed=0)


def test_no_deblurring_scores_what_the_blurred_image_does(item):
    found = scores(pose(item, None), solution(item.blurred, delta(15)))
    blurred = cropped_psnr(item.blurred, item.sharp)
    assert blurred <= found["psnr_direct"] < blurred + 0.5
    for method in ("sparse", "hyper-laplacian"):  # with a delta they only remove noise
        assert found[f"psnr_{method}"] == pytest.approx(blurred, abs=0.5)
        assert found[f"known_psnr_{method}"] > blurred + 4  # what the true kernel would give stands beside it
    peak = item.kernel.max() / np.linalg.norm(item.kernel)  # correlation with a delta
    assert found["kernel_similarity"] == pytest.approx(peak, abs=1e-6)


def test_a_shift_that_kernel_and_image_share_costs_nothing(item):
    """Equation (2): the kernel moved one way, the image the other."""
    moved = solution(np.roll(item.sharp, (-1, 1), (0, 1)), np.roll(item.kernel, (1, -1), (0, 1)))
    found = scores(pose(item, None), moved)
    assert found["psnr_direct"] > 60
    in_place = scores(pose(item, None), solution(item.sharp, item.kernel))
    assert found["kernel_similarity"] == pytest.approx(in_place["kernel_similarity"], abs=0.01)
    assert found["psnr_sparse"] == pytest.approx(in_place["psnr_sparse"], abs=0.3)


def test_on_a_region_the_direct_score_is_the_regions(colour):
    problem = pose(colour, 64)
    sharp = rgb2gray(colour.sharp)[problem.region.slices]
    noisy = sharp + 1e-2 * np.random.default_rng(0).standard_normal(sharp.shape)
    found = scores(problem, solution(noisy, colour.kernel))
    # rgb2gray weighs the channels as BT.709 does: far closer to BT.601 than to another place of the image
    assert found["psnr_direct"] > 30
    assert "ssim_direct" not in found
    elsewhere = solution(np.roll(noisy, 20, axis=0), colour.kernel)
    assert scores(problem, elsewhere)["psnr_direct"] < 25
    assert found["psnr_hyper-laplacian"] > cropped_psnr(rgb2gray(colour.blurred), rgb2gray(colour.sharp)) + 2


def test_saturated_items_are_also_deconvolved_with_both_models_of_clipping(item):
    found = scores(pose(replace(item, saturated=True), None), solution(item.sharp, item.kernel))
    more = found.keys() - scores(pose(item, None), solution(item.sharp, item.kernel)).keys()
    own = {f"{measure}_{method}" for measure in ("psnr", "ssim") for method in ("outliers", "whyte")}
    assert more == own | {f"known_{name}" for name in own}
    # of the right method: within what the sub-pixel shift may gain
    reachable = cropped_psnr(deconvolve_with_kernel(item.blurred, item.kernel, "whyte"), item.sharp)
    assert reachable <= found["psnr_whyte"] < reachable + 1


def test_the_best_frame_counts(monkeypatch):
    monkeypatch.setattr(experiment, "FINAL_METHODS", ())
    item = load_item("synthetic-kohler", "rocket_trajectory_01")
    frame = len(item.frames) // 3
    found = scores(pose(item, None), solution(item.frames[frame] @ [0.299, 0.587, 0.114], item.kernel))
    assert found["psnr_direct"] > 60


LOPSIDED = np.array([[0, 1, 0], [2, 6, 0], [0, 0, 3]]) / 12
BT601 = np.array([0.299, 0.587, 0.114])


def colour_item(dataset, shape, **known):
    """A smooth colour image, its channels unlike, blurred by LOPSIDED and a little noisy."""
    rng = np.random.default_rng(0)
    sharp = gaussian_filter(rng.random((*shape, 3)), (1.5, 1.5, 0))
    sharp = 0.1 + 0.8 * (sharp - sharp.min()) / np.ptp(sharp) * (1, 0.5, 0.8)
    blurred = convolve(sharp, LOPSIDED[..., None], mode="nearest") + 0.001 * rng.standard_normal(sharp.shape)
    item = Item("drawn", dataset, "smooth", blurred.clip(0, 1), kernel_size=3, sharp=sharp)
    return replace(item, **known)


def studio(image):
    """Luma of a colour image, or of a grey one as R = G = B, inside the border that Lai's protocol crops."""
    colour = image if image.ndim == 3 else np.stack([image] * 3, axis=-1)
    return rgb2ycbcr(colour)[CROP:-CROP, CROP:-CROP, 0] / 255


def test_lais_scores_are_those_of_studio_luma():
    item = colour_item("lai", (90, 84), kernel=LOPSIDED)
    paler = 0.05 + 0.9 * item.sharp @ BT601  # an error that no shift makes smaller
    found = scores(pose(item, None), solution(paler, LOPSIDED))
    wanted = {"psnr_direct": paler}
    for method in ("sparse", "hyper-laplacian"):
        wanted[f"psnr_{method}"] = deconvolve_with_kernel(item.blurred @ BT601, LOPSIDED, method)
    for name, image in wanted.items():
        by_hand = peak_signal_noise_ratio(studio(item.sharp), studio(image), data_range=1)
        assert found[name] == pytest.approx(by_hand, abs=1e-4)


def test_lais_direct_score_on_a_region_is_that_of_studio_luma():
    item = colour_item("lai", (90, 84), kernel=LOPSIDED)
    problem = pose(item, 60)
    part = item.sharp[problem.region.slices]
    paler = 0.05 + 0.9 * part @ BT601
    found = scores(problem, solution(paler, LOPSIDED))
    by_hand = peak_signal_noise_ratio(studio(part), studio(paler), data_range=1)
    assert found["psnr_direct"] == pytest.approx(by_hand, abs=1e-4)


def test_kohlers_kernel_protocol_is_in_colour_and_the_output_grey():
    """Scale over all channels that are there, 8 bits, luma; no shift, as the kernel has none."""
    item = colour_item("kohler", (166, 170), sharp=None)
    frame = colour_item("kohler", (166, 170)).sharp
    item = replace(item, frames=(frame[::-1], 0.8 * frame))

    def by_hand(restored, truth):
        eight_bit = np.round(restored.clip(0, 1) * 255) / 255
        scaled = eight_bit * np.sum(truth * eight_bit) / np.sum(eight_bit**2)
        a, b = (image @ BT601 if image.ndim == 3 else image for image in (truth, scaled))
        return peak_signal_noise_ratio(a, b, data_range=1)

    channels = [deconvolve_with_kernel(item.blurred[..., c], LOPSIDED, "hyper-laplacian") for c in range(3)]
    expected = by_hand(np.stack(channels, axis=-1), item.frames[1])
    assert kernel_protocol(item, LOPSIDED)["psnr_hyper-laplacian"] == pytest.approx(expected, abs=1e-6)
    noisy = frame @ BT601 + 0.02 * np.random.default_rng(1).standard_normal((166, 170))
    found = scores(pose(item, None), solution(noisy, LOPSIDED))
    assert found["psnr_direct"] == pytest.approx(by_hand(noisy, item.frames[1] @ BT601), abs=1e-3)  # 8 bits of float32
    assert found["psnr_hyper-laplacian"] == pytest.approx(expected, abs=1e-3)


def test_without_truth_there_is_the_loss_and_no_more(item):
    found = scores(pose(replace(item, sharp=None, kernel=None), None), solution(item.sharp, item.kernel))
    assert found == {"loss": 0.01}
    with_kernel = scores(pose(replace(item, sharp=None), None), solution(item.sharp, item.kernel))
    assert with_kernel.keys() == {"loss", "kernel_similarity"}


def test_error_ratio_with_the_true_kernel_is_near_1(benchmark_data, monkeypatch):
    monkeypatch.setenv("MCDECONV_DATA", str(benchmark_data))
    item = load_item("levin", "im05_flit05")
    found = scores(pose(item, 96), solution(item.sharp[pose(item, 96).region.slices], item.kernel))
    assert found["error_ratio_sparse"] == pytest.approx(1, abs=0.3)


def test_run_records_what_was_solved(item, monkeypatch):
    monkeypatch.setattr(experiment, "FINAL_METHODS", ("hyper-laplacian",))
    problem = pose(replace(item, blurred=gaussian_filter(item.blurred, 1)), 48)
    record = run(problem, "ours", "tiny", TINY, seed=4)
    assert record.identity == identify(problem, "ours", "tiny", TINY, 4)
    assert (record.iterations, record.seed_used) == (3, 4)
    assert np.shape(record.kernel) == (15, 15) and np.sum(record.kernel) == pytest.approx(1, abs=1e-4)
    assert {"loss", "kernel_similarity", "psnr_direct", "psnr_hyper-laplacian"} <= record.scores.keys()
    assert {"torch", "commit", "device"} <= record.provenance.keys()
    again = run(problem, "ours", "tiny", TINY, seed=4)
    assert (again.scores, again.kernel) == (record.scores, record.kernel)


@pytest.fixture
def problem(item, monkeypatch):
    monkeypatch.setattr(experiment, "FINAL_METHODS", ())
    return pose(item, 48)


@pytest.mark.parametrize("stop_at", [None, 2])
def test_a_run_that_the_time_is_up_for_has_a_checkpoint_and_no_record(tmp_path, problem, stop_at):
    config, file = replace(TINY, stop_at=stop_at), tmp_path / "run.pt"
    assert run(problem, "ours", "tiny", config, 4, checkpoint=file, time_budget=1e-9) is None
    assert list(tmp_path.iterdir()) == [file]
    resumed = run(problem, "ours", "tiny", config, 4, checkpoint=file)
    whole = run(problem, "ours", "tiny", config, 4)
    assert resumed.iterations == whole.iterations == (stop_at or 3)
    assert (resumed.kernel, resumed.scores) == (whole.kernel, whole.scores)
    assert list(tmp_path.iterdir()) == [file]  # until the record is kept


def test_its_last_iteration_may_be_the_one_that_the_time_was_up_in(tmp_path, problem):
    file = tmp_path / "run.pt"
    assert run(problem, "ours", "tiny", replace(TINY, stop_at=1), 4, checkpoint=file, time_budget=0).iterations == 1


def test_a_score_that_is_no_number_fails_the_run(problem, monkeypatch):
    monkeypatch.setattr(experiment, "scores", lambda *_: {"loss": float("nan")})
    with pytest.raises(RunFailed, match="loss is nan"):
        run(problem, "ours", "tiny", TINY, 4)
