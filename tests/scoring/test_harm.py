"""The judgement without truth: what the true kernel gives passes, what a wrong one gives does not."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.signal import fftconvolve

from mcdeconv.data.datasets.scenes import dead_leaves
from mcdeconv.data.datasets.shake import camera_shake_kernel
from mcdeconv.errors import InputError
from mcdeconv.scoring.harm import Judgement, extent_of, gradient_spread, judge
from mcdeconv.scoring.metrics import psnr
from mcdeconv.scoring.nonblind import deconvolve_with_kernel

SIZE, NOISE_STD = 13, 0.003


class Shot(NamedTuple):
    """A photograph, its truth and its kernel."""

    blurred: np.ndarray
    sharp: np.ndarray
    kernel: np.ndarray


@pytest.fixture(scope="module", params=[1, 2, 3])
def shot(request: pytest.FixtureRequest) -> Shot:
    rng = np.random.default_rng(request.param)
    scene, kernel = dead_leaves(172, rng), camera_shake_kernel(SIZE, rng)
    sharp = scene[SIZE // 2 : -(SIZE // 2), SIZE // 2 : -(SIZE // 2)]
    seen = fftconvolve(scene, kernel, "valid")
    blurred = np.round((seen + NOISE_STD * rng.standard_normal(seen.shape)).clip(0, 1) * 255) / 255
    return Shot(blurred, sharp, kernel)


def restored(blurred: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return deconvolve_with_kernel(blurred, kernel, "hyper-laplacian").clip(0, 1)


def gain(image: np.ndarray, shot: Shot) -> float:
    return psnr(image, shot.sharp) - psnr(shot.blurred, shot.sharp)


def doubled(kernel: np.ndarray) -> np.ndarray:
    """The kernel and its copy half a kernel away, as a ghost would have it."""
    wide = np.pad(kernel, SIZE // 2)
    return (np.roll(wide, (3, 3), (0, 1)) + np.roll(wide, (-3, -3), (0, 1))) / 2


def of_a_longer_path(kernel: np.ndarray) -> np.ndarray:
    return camera_shake_kernel(2 * len(kernel) - 1, np.random.default_rng(99))


def uniform(kernel: np.ndarray) -> np.ndarray:
    return np.full_like(kernel, 1 / kernel.size)


def test_the_true_kernel_passes(shot: Shot) -> None:
    image = restored(shot.blurred, shot.kernel)
    judgement = judge(shot.blurred, image, shot.kernel, shot.kernel)
    assert gain(image, shot) > 1  # it is better in truth
    assert judgement.reasons == () and not judgement.harmful
    assert judgement.agreement == pytest.approx(1)


@pytest.mark.parametrize("wrong", [doubled, of_a_longer_path, uniform])
def test_a_wrong_kernel_is_refused(shot: Shot, wrong: Callable[[np.ndarray], np.ndarray]) -> None:
    kernel = wrong(shot.kernel)
    image = restored(shot.blurred, kernel)
    assert gain(image, shot) < 0  # it is worse in truth
    judged = judge(shot.blurred, image, kernel)
    assert judged.harmful or judged.doubts  # nothing worse is handed over without a word


def test_a_sharp_photograph_is_not_sharpened(shot: Shot) -> None:
    image = restored(shot.sharp, shot.kernel)
    judgement = judge(shot.sharp, image, shot.kernel)
    assert any(reason.startswith("does not explain the photograph") for reason in judgement.reasons)


def test_noise_that_became_larger_is_refused(shot: Shot) -> None:
    noisy = (shot.blurred + 0.05 * np.random.default_rng(0).standard_normal(shot.blurred.shape)).clip(0, 1)
    image = restored(noisy, shot.kernel)
    assert psnr(image, shot.sharp) < psnr(noisy, shot.sharp)
    assert judge(noisy, image, shot.kernel).harmful


def test_a_point_is_no_blur(shot: Shot) -> None:
    point = np.zeros((SIZE, SIZE))
    point[SIZE // 2, SIZE // 2] = 1
    judgement = judge(shot.blurred, restored(shot.blurred, point), point)
    assert judgement.reasons == ("no blur found: the kernel is a single point",)
    assert judgement.peak == 1 and judgement.agreement is None


def test_ringing_is_named(shot: Shot) -> None:
    wave = 0.2 * np.sin(np.arange(shot.blurred.shape[1]) * np.pi / 4)
    judgement = judge(shot.blurred, restored(shot.blurred, shot.kernel) + wave, shot.kernel)
    assert any("flat places became" in reason for reason in judgement.reasons)


def test_blotches_are_not_edges(shot: Shot) -> None:
    blotches = gaussian_filter(np.random.default_rng(0).standard_normal(shot.blurred.shape), 2)
    judgement = judge(shot.blurred, shot.blurred + 0.05 * blotches / blotches.std(), shot.kernel)
    assert judgement.spread > 1
    assert any(reason.startswith("is not sharper") for reason in judgement.doubts)


def test_regions_that_disagree_are_named(shot: Shot) -> None:
    image = restored(shot.blurred, shot.kernel)
    elsewhere = np.zeros((41, 41))
    elsewhere[::8, ::8] = 1 / 36
    judgement = judge(shot.blurred, image, shot.kernel, elsewhere)
    assert len(judgement.reasons) == 1 and "a second look at a part of it disagrees" in judgement.reasons[0]


def test_any_reason_makes_it_harmful() -> None:
    clean = Judgement((), 0.1, 0.0, 0.9, 1.0, None)
    assert not clean.harmful and replace(clean, reasons=("rings",)).harmful


def test_flat_and_small_photographs_give_finite_numbers() -> None:
    flat = np.full((32, 32), 0.5)
    kernel = camera_shake_kernel(9, np.random.default_rng(0))
    judgement = judge(flat, flat, kernel)
    assert np.isfinite([judgement.unexplained, judgement.spread, judgement.roughness]).all()
    assert np.isfinite(judge(flat[:9, :9], flat[:9, :9], kernel).unexplained)


def test_extent_of_a_line_and_spread_of_a_ramp() -> None:
    line = np.zeros((5, 5))
    line[2] = 1 / 5
    assert extent_of(line) == pytest.approx(np.sqrt(2))  # (4 + 1 + 0 + 1 + 4) / 5
    down, across = np.meshgrid(np.arange(64), np.arange(64), indexing="ij")
    step = gradient_spread((across > 31) * 1.0)
    assert step < 0.3 < gradient_spread((down + across) / 126)


@pytest.mark.parametrize(
    ("sharp", "kernel", "told"),
    [(np.ones((40, 41)), np.ones((3, 3)) / 9, "(40, 41)"), (np.ones((40, 40)), np.ones((41, 41)), "(41, 41)")],
)
def test_wrong_shapes_are_told(sharp: np.ndarray, kernel: np.ndarray, told: str) -> None:
    with pytest.raises(InputError, match=told.replace("(", r"\(").replace(")", r"\)")):
        judge(np.ones((40, 40)), sharp, kernel)
