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
from mcdeconv.scoring.protocols import (
    LEVIN_KNOWN_KERNEL_SSD,
    PROTOCOLS,
    Protocol,
    final_method,
    other_readings,
    protocol_of,
    readings_of,
    reference_ssd,
    score,
)

KOHLER_OF_SMALL_IMAGES = replace(PROTOCOLS["kohler"], structure="ssim")  # MSSIM needs 161 px


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
    other = item_of(own, other_truths={"studio": scene})
    wanted = r"^thing: protocol levin-scene needs the truth 'scene', the item has own, studio; choose another protocol$"
    with pytest.raises(InputError, match=wanted):
        score(own, other, PROTOCOLS["levin-scene"])
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


@pytest.mark.parametrize(("height", "width"), [(170, 180), (171, 163)])
def test_kohler_scales_shifts_and_zeroes_outside_the_overlap(height: int, width: int) -> None:
    sharp = natural((height, width, 3))
    restored = eight_bit(0.5 * np.roll(sharp, (-6, 9), axis=(0, 1)))  # darker by half, six up and nine to the right
    result = score(restored, item_of(sharp), PROTOCOLS["kohler"])
    assert result.shift == (-6, 9)
    scale = np.sum(sharp * restored) / np.sum(restored**2)
    a, b = np.zeros((2, height, width))
    a[6:, :-9] = luma(scale * restored)[:-6, 9:]
    b[6:, :-9] = luma(sharp)[6:, :-9]
    assert result.psnr == pytest.approx(psnr(a, b))
    assert result.structure == pytest.approx(msssim(a, b))
    assert result.ssd == pytest.approx(np.sum((a - b) ** 2))


@pytest.mark.parametrize(("size", "far"), [(30, 15), (30, -14), (31, 16), (31, -14), (31, 12)])
@pytest.mark.parametrize("axis", [0, 1])
def test_kohler_takes_a_cyclic_shift_the_short_way_round(size: int, far: int, axis: int) -> None:
    """Half the size, rounded up, is a shift down or right, as in MATLAB's `dftregistration.m`."""
    sharp = natural((size, size + 10) if axis == 0 else (size + 10, size), 4)
    found = score(eight_bit(np.roll(sharp, far, axis)), item_of(sharp), KOHLER_OF_SMALL_IMAGES)
    assert found.shift == ((far, 0) if axis == 0 else (0, far))


def test_kohlers_registration_has_the_protocols_luma() -> None:
    sharp = eight_bit(natural((60, 50)))
    restored = eight_bit(np.clip(noisy(sharp), 0, 1))
    full, studio = (
        score(restored, item_of(sharp), replace(KOHLER_OF_SMALL_IMAGES, luma_range=r)) for r in ("full", "studio")
    )
    assert studio.psnr - full.psnr == pytest.approx(20 * np.log10(255 / 219))


def test_single_precision_is_scored_as_double() -> None:
    """Images of data sets are float32: sums over their pixels must not be."""
    sharp = natural((96, 91, 3)).astype(np.float32)
    restored = np.clip(noisy(sharp), 0, 1).astype(np.float32)
    for protocol in (KOHLER_OF_SMALL_IMAGES, PROTOCOLS["lai"]):
        wanted = score(restored.astype(float), item_of(sharp.astype(float)), protocol)
        assert score(restored, item_of(sharp.astype(float)), protocol) == wanted
        assert score(restored.astype(float), item_of(sharp), protocol) == wanted


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
    with pytest.raises(InputError, match="161 x 161"):  # of a whole image it is not left out
        score(sharp, item_of(sharp), PROTOCOLS["kohler"])
    levin = item_of(luma(sharp), id="im07_flit06", dataset="levin")
    assert score(restored, levin, PROTOCOLS["levin"], region).error_ratio is None
    with pytest.raises(InputError, match=r"\(96, 190\).*\(70, 80, 3\)"):
        score(luma(sharp), item_of(sharp), PROTOCOLS["lai"], region)


def test_msssim_is_of_a_region_that_is_just_large_enough() -> None:
    sharp, region = natural((170, 165)), Region(4, 2, 161, 161)
    restored = eight_bit(np.clip(noisy(sharp), 0, 1))[region.slices]
    part = score(restored, item_of(sharp), PROTOCOLS["kohler"], region)
    assert part == score(restored, item_of(sharp[region.slices]), PROTOCOLS["kohler"])
    assert 0 < part.structure < 1


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


def test_psnr_and_structure_may_be_of_different_frames() -> None:
    restored = natural((96, 90))
    alike, near = restored + 0.1, noisy(restored)  # brighter, but of the same structure; nearer in brightness
    like_structure, like_brightness = (
        score(restored, item_of(frame), PROTOCOLS["synthetic"]) for frame in (alike, near)
    )
    assert like_structure.structure > like_brightness.structure and like_structure.psnr < like_brightness.psnr
    found = score(restored, item_of(alike, frames=(alike, near)), PROTOCOLS["synthetic"])
    assert found == replace(like_brightness, structure=like_structure.structure, frame=1)


def test_black_and_misfit_images() -> None:
    sharp = natural((170, 170))
    black = score(np.zeros((170, 170)), item_of(sharp), PROTOCOLS["kohler"])
    assert black.psnr == pytest.approx(psnr(np.zeros((170, 170)), sharp))
    misfit = r"\(96, 91\), the blurred one \(96, 90\); crop it to the blurred image's frame$"
    with pytest.raises(InputError, match=misfit):
        score(np.zeros((96, 91)), item_of(natural((96, 90))), PROTOCOLS["levin"])
    with pytest.raises(InputError, match="not finite"):
        score(np.full((96, 90), np.nan), item_of(natural((96, 90))), PROTOCOLS["levin"])


def test_protocols_are_named_by_their_keys_and_checked() -> None:
    assert all(name == protocol.name for name, protocol in PROTOCOLS.items())
    for none in ({"crop": 0}, {"maxshift": 0}):
        assert replace(Protocol("mine"), **none) == Protocol("mine", **none)
    for field in ("crop", "maxshift"):
        with pytest.raises(InputError, match=f"{field} -1.*both must be >= 0"):
            Protocol("mine", **{field: -1})
    with pytest.raises(InputError, match="'psnr'; choose from ssim, ssim-wang, msssim"):
        Protocol("mine", structure="psnr")


@pytest.mark.parametrize(
    ("dataset", "readings"),
    [
        ("levin", "levin levin-shift10 levin-scene levin-scene-shift10 levin-selfdeblur"),
        ("lai", "lai lai-full-luma lai-selfdeblur"),
        ("kohler", "kohler"),
        *((name, "synthetic") for name in ("synthetic", "synthetic-levin", "small-levin", "synthetic-kohler", "mine")),
    ],
)
def test_each_data_set_has_its_protocol_and_the_readings_in_use(dataset: str, readings: str) -> None:
    own, *others = readings.split()
    assert protocol_of(dataset) is PROTOCOLS[own]
    assert readings_of(dataset) == tuple(PROTOCOLS[name] for name in readings.split())
    alike = [name for name in others if "selfdeblur" not in name]  # Ren et al. measure another SSIM
    assert other_readings(dataset) == tuple(PROTOCOLS[name] for name in alike)


@pytest.mark.parametrize(
    ("dataset", "saturated", "method"),
    [
        ("levin", False, "sparse"),  # 3.2
        ("levin", True, "sparse"),
        ("small-levin", False, "sparse"),
        ("levin-like", False, "hyper-laplacian"),
        ("lai", False, "hyper-laplacian"),  # 3.3
        ("lai", True, "whyte"),  # 3.3
        ("kohler", False, "hyper-laplacian"),
    ],
)
def test_the_final_deconvolution_is_that_of_the_paper(dataset: str, saturated: bool, method: str) -> None:
    assert final_method(dataset, saturated) == method
    assert saturated or final_method(dataset) == method


def test_what_is_deconvolved_is_full_range_luma_and_for_kohler_every_channel() -> None:
    item = item_of(natural((20, 21, 3)))
    assert PROTOCOLS["kohler"].to_deconvolve(item) is item.blurred
    for name in ("levin", "lai", "synthetic"):
        grey = PROTOCOLS[name].to_deconvolve(item)
        np.testing.assert_allclose(grey, item.blurred @ [0.299, 0.587, 0.114], rtol=1e-12)  # ITU-R BT.601


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
