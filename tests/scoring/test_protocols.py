"""Protocols: what each counts, on made-up items with known answers and on Levin's files where they are at hand."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import loadmat
from scipy.ndimage import gaussian_filter
from scipy.ndimage import shift as spline_shift

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.grey import luma
from mcdeconv.data.region import Region
from mcdeconv.errors import InputError
from mcdeconv.scoring.metrics import msssim, psnr, ssim, ssim_wang
from mcdeconv.scoring.protocols import LEVIN_KNOWN_KERNEL_SSD, PROTOCOLS, Protocol, reference_ssd, score


def natural(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """A smooth random image in [0.1, 0.9]; channels alike but not equal."""
    image = gaussian_filter(np.random.default_rng(seed).random(shape), (1.5, 1.5) + (0,) * (len(shape) - 2))
    return 0.1 + 0.8 * (image - image.min()) / np.ptp(image)


def eight_bit(image: np.ndarray) -> np.ndarray:
    return np.round(image * 255) / 255


def noisy(image: np.ndarray, std: float = 0.03, seed: int = 9) -> np.ndarray:
    return image + std * np.random.default_rng(seed).standard_normal(image.shape)


def item_of(sharp: np.ndarray | None, shape: tuple[int, ...] = (96, 90), **changes: Any) -> Item:
    blurred = np.zeros(shape) if sharp is None else sharp
    return replace(Item(id="thing", dataset="synthetic", category="test", blurred=blurred, sharp=sharp), **changes)


def test_levin_scores_the_aligned_crop() -> None:
    sharp = natural((96, 90))
    restored = noisy(np.roll(sharp, (3, -4), axis=(0, 1)), 0.005)  # more noise, and bilinear smoothing would pay
    result = score(restored, item_of(sharp), PROTOCOLS["levin"])
    a, b = restored[18:-12, 11:-19], sharp[15:-15, 15:-15]
    assert result.shift == (3, -4)
    assert result.psnr == pytest.approx(psnr(a, b))
    assert result.structure == pytest.approx(ssim(a, b))
    assert result.ssd == pytest.approx(np.sum((a - b) ** 2))
    assert (result.frame, result.error_ratio, result.protocol) == (None, None, "levin")


def test_maxshift_decides_whether_a_far_shift_is_found() -> None:
    sharp = natural((96, 90))
    item, restored = item_of(sharp), np.roll(sharp, (0, 8), axis=(0, 1))
    assert score(restored, item, PROTOCOLS["levin-shift10"]).ssd == pytest.approx(0, abs=1e-20)
    assert score(restored, item, PROTOCOLS["levin"]).psnr < 30


def test_the_truth_is_selectable_and_its_absence_is_named() -> None:
    own, scene = natural((96, 90), 1), natural((96, 90), 2)
    item = item_of(own, other_truths={"scene": scene})
    assert score(own, item, PROTOCOLS["levin"]).psnr == float("inf")
    assert score(scene, item, PROTOCOLS["levin-scene"]).psnr == float("inf")
    assert score(scene, item, PROTOCOLS["levin"]).psnr < 30
    with pytest.raises(InputError, match=r"thing.*levin-scene.*'scene'"):
        score(own, item_of(own), PROTOCOLS["levin-scene"])
    with pytest.raises(InputError, match=r"thing: no sharp image"):
        score(own, item_of(None), PROTOCOLS["levin"])


def test_lai_ranges_differ_by_the_squeeze_of_studio_luma() -> None:
    sharp = natural((96, 90, 3))
    restored = noisy(sharp, 0.005)
    item = item_of(sharp)
    studio, full = (score(restored, item, PROTOCOLS[name]) for name in ("lai", "lai-full-luma"))
    assert studio.psnr - full.psnr == pytest.approx(20 * np.log10(255 / 219), abs=0.01)
    a, b = (luma(image)[15:-15, 15:-15] for image in (restored, sharp))
    assert full.psnr == pytest.approx(psnr(a, b))
    wang = score(restored, item, PROTOCOLS["lai-selfdeblur"])
    a, b = (luma(image, "studio")[15:-15, 15:-15] for image in (restored, sharp))
    assert wang.structure == pytest.approx(ssim_wang(a, b))


def test_kohler_scales_shifts_and_zeroes_outside_the_overlap() -> None:
    sharp = natural((170, 180, 3))
    restored = eight_bit(0.5 * np.roll(sharp, (-6, 9), axis=(0, 1)))  # darker by half, six up and nine to the right
    result = score(restored, item_of(sharp), PROTOCOLS["kohler"])
    assert result.shift == (-6, 9)
    scale = np.sum(sharp * restored) / np.sum(restored**2)
    a, b = np.zeros((170, 180)), np.zeros((170, 180))
    a[6:, :-9] = luma(scale * restored)[:-6, 9:]
    b[6:, :-9] = luma(sharp)[6:, :-9]
    assert result.psnr == pytest.approx(psnr(a, b))
    assert result.structure == pytest.approx(msssim(a, b))
    assert result.ssd == pytest.approx(np.sum((a - b) ** 2))


def test_a_grey_restored_image_is_scored_as_r_g_and_b_alike() -> None:
    sharp = natural((96, 90, 3))
    restored = noisy(luma(sharp), 0.005)
    for name in ("lai", "lai-full-luma", "synthetic"):
        grey = score(restored, item_of(sharp), PROTOCOLS[name])
        colour = score(np.stack([restored] * 3, axis=-1), item_of(sharp), PROTOCOLS[name])
        assert (grey.psnr, grey.structure) == pytest.approx((colour.psnr, colour.structure))


def test_a_region_is_scored_as_the_same_part_of_the_truth() -> None:
    sharp, region = natural((96, 190, 3)), Region(10, 100, 70, 80)
    restored = noisy(luma(sharp), 0.005)[region.slices]
    part = sharp[region.slices]
    assert score(restored, item_of(sharp), PROTOCOLS["lai"], region) == score(restored, item_of(part), PROTOCOLS["lai"])
    small = score(restored, item_of(sharp), PROTOCOLS["kohler"], region)
    assert np.isnan(small.structure) and small.psnr > 40  # MSSIM needs 161 px
    levin = item_of(luma(sharp), id="im07_flit06", dataset="levin")
    assert score(restored, levin, PROTOCOLS["levin"], region).error_ratio is None
    with pytest.raises(InputError, match=r"\(96, 190\).*\(70, 80, 3\)"):
        score(luma(sharp), item_of(sharp), PROTOCOLS["lai"], region)


def test_kohler_takes_eight_bit_images() -> None:
    sharp = natural((170, 170))
    loud = noisy(sharp, 0.3)
    expected = score(eight_bit(np.clip(loud, 0, 1)), item_of(sharp), PROTOCOLS["kohler"])
    assert score(loud, item_of(sharp), PROTOCOLS["kohler"]) == expected


def test_the_best_frame_counts_for_each_measure() -> None:
    frames = tuple(natural((170, 170), seed) for seed in range(3))
    item = item_of(frames[0], frames=frames)
    for name in ("kohler", "synthetic"):
        result = score(noisy(frames[1]), item, PROTOCOLS[name])
        alone = score(noisy(frames[1]), item_of(frames[1]), PROTOCOLS[name])
        assert result == replace(alone, frame=1)


def test_black_and_misfit_images() -> None:
    sharp = natural((170, 170))
    black = score(np.zeros((170, 170)), item_of(sharp), PROTOCOLS["kohler"])
    assert black.psnr == pytest.approx(psnr(np.zeros((170, 170)), sharp))
    with pytest.raises(InputError, match=r"\(96, 91\).*\(96, 90\)"):
        score(np.zeros((96, 91)), item_of(natural((96, 90))), PROTOCOLS["levin"])
    with pytest.raises(InputError, match="not finite"):
        score(np.full((96, 90), np.nan), item_of(natural((96, 90))), PROTOCOLS["levin"])


def test_protocols_are_named_by_their_keys_and_checked() -> None:
    assert all(name == protocol.name for name, protocol in PROTOCOLS.items())
    with pytest.raises(InputError, match="maxshift -1"):
        Protocol("mine", maxshift=-1)
    with pytest.raises(InputError, match="'psnr'; choose from ssim, ssim-wang, msssim"):
        Protocol("mine", structure="psnr")


def test_known_kernel_ssds_have_the_published_mean_psnr() -> None:
    assert len(LEVIN_KNOWN_KERNEL_SSD) == 32
    assert LEVIN_KNOWN_KERNEL_SSD["im06_flit04"] == 72.8446
    psnrs = [10 * np.log10(225**2 / ssd) for ssd in LEVIN_KNOWN_KERNEL_SSD.values()]
    assert np.mean(psnrs) == pytest.approx(32.73, abs=0.005)


def test_the_error_ratio_belongs_to_levins_own_truth() -> None:
    sharp = natural((96, 90))
    item = item_of(sharp, id="im07_flit06", dataset="levin", other_truths={"scene": sharp})
    restored = noisy(sharp)
    result = score(restored, item, PROTOCOLS["levin"])
    assert reference_ssd(item) == 10.0371
    assert result.error_ratio == pytest.approx(result.ssd / 10.0371)
    assert score(restored, item, PROTOCOLS["levin-scene"]).error_ratio is None
    assert reference_ssd(item_of(sharp, id="im07_flit06")) is None


def test_on_levins_file_a_shifted_truth_beats_the_blurred_image(benchmark_data: Path) -> None:
    mat = loadmat(benchmark_data / "levin" / "im05_flit01.mat")
    sharp, blurred = mat["x"], mat["y"]
    item = item_of(sharp, id="im05_flit01", dataset="levin")
    moved = spline_shift(sharp, (1.25, -0.5), order=3, mode="nearest")
    of_blurred, of_moved = (score(image, item, PROTOCOLS["levin"]) for image in (blurred, moved))
    assert of_blurred.psnr < of_moved.psnr
    assert of_blurred.structure < of_moved.structure
    assert of_moved.shift == (1.25, -0.5)
    assert of_moved.error_ratio is not None
    assert of_blurred.error_ratio is not None
    assert of_moved.error_ratio < 1 < of_blurred.error_ratio
