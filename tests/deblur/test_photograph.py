"""`deconvolve` on tiny pictures: shapes, spreads, devices, and what it refuses before it starts."""

from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy.ndimage import gaussian_filter
from scipy.signal import fftconvolve
from skimage import data

import mcdeconv
from mcdeconv.core import algorithm_1 as solver
from mcdeconv.core import presets
from mcdeconv.core.config import ImageNetConfig, KernelNetConfig
from mcdeconv.core.forward import centre_kernel
from mcdeconv.core.presets import PRESETS, TIERS
from mcdeconv.core.solve import LATE_KERNELS, SECOND_SEED, solve
from mcdeconv.data.datasets.shake import camera_shake_kernel
from mcdeconv.data.grey import luma
from mcdeconv.data.noise import noise_std
from mcdeconv.data.region import Region
from mcdeconv.deblur import photograph, sharpness
from mcdeconv.deblur.deviation import expected_error
from mcdeconv.deblur.estimate import SIZE_SHARE
from mcdeconv.deblur.photograph import DEFAULT_METHOD, SHARP
from mcdeconv.deblur.restore import final_for, restore, settings_for
from mcdeconv.deblur.sharpness import is_sharp
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.methods import RIVALS, Found, TimeUp
from mcdeconv.scoring.nonblind import METHODS, HyperLaplacianSettings, deconvolve_with_kernel

ITERATIONS = 20
deconvolve = partial(mcdeconv.deconvolve, method="ours")


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Two levels of four channels; "quick" sees a region of 40 px, "paper" the whole image."""
    changes = {
        "image_net": ImageNetConfig(levels=2, channels=4, skip_channels=2),
        "kernel_net": KernelNetConfig(levels=2, channels=4),
        "kernel_learning_rate": 0.05,  # so that 20 iterations move the kernel
    }
    monkeypatch.setitem(PRESETS, "ours", replace(PRESETS["ours"], **changes).with_iterations(ITERATIONS))
    monkeypatch.setitem(TIERS, "quick", replace(TIERS["paper"], region=40))


def picture(height=40, width=44, channels=None):
    rng = np.random.default_rng(0)
    shape = (height, width) if channels is None else (height, width, channels)
    blocks = np.kron(rng.random((height // 9 + 1, width // 9 + 1)), np.ones((9, 9)))[:height, :width]  # not JPEG's
    image = 0.2 + 0.6 * gaussian_filter(blocks, 1)
    if channels:
        image = image[..., None] * np.linspace(0.6, 1, channels)
    assert image.shape == shape
    return (image + 0.01 * rng.standard_normal(shape)).clip(0, 1).astype(np.float32)


@pytest.mark.parametrize("channels", [None, 3], ids=["grey", "RGB"])
@pytest.mark.parametrize(("tier", "final"), [("quick", "auto"), ("paper", "auto"), ("paper", "direct")])
def test_results_have_the_photographs_shape(channels, tier, final):
    blurred = picture(48, 60, channels)
    found = deconvolve(blurred, 5, tier=tier, final=final, device="cpu")
    assert found.sharp.shape == blurred.shape and found.sharp.dtype == np.float32
    assert 0 <= found.sharp.min() < found.sharp.max() <= 1
    assert found.kernel.shape == (5, 5) and found.kernel.min() >= 0
    assert found.kernel.sum() == pytest.approx(1, abs=1e-5)
    assert found.std.shape == (48, 60)
    assert np.isfinite(found.std).all() and found.std.min() >= 0 and found.std.max() > 0
    region = (40, 40) if tier == "quick" else (48, 60)
    assert (found.region.height, found.region.width) == found.solution.image.shape == region
    assert found.kernel_size == 5 and found.solution.iterations == ITERATIONS
    assert found.final == ("direct" if final == "direct" else "hyper-laplacian")


def test_the_sharp_image_is_the_blurred_one_deconvolved_with_the_kernel():
    blurred = picture(48, 60, 3)
    found = deconvolve(blurred, 5, final="sparse", device="cpu")
    kernel = found.kernel.astype(np.float64)
    wanted = deconvolve_with_kernel(blurred, kernel / kernel.sum(), "sparse")
    assert np.allclose(found.sharp, wanted.clip(0, 1), atol=1e-6)


def test_direct_keeps_the_colour_and_takes_the_networks_luminance():
    blurred = picture(channels=3)
    found = deconvolve(blurred, 5, tier="paper", final="direct", device="cpu")
    unclipped = ((found.sharp > 0) & (found.sharp < 1)).all(axis=-1)
    assert unclipped.mean() > 0.5
    assert np.allclose(luma(found.sharp)[unclipped], found.solution.image[unclipped], atol=1e-5)
    colour = deconvolve_with_kernel(
        blurred, np.float64(found.kernel) / found.kernel.sum(dtype=float), "hyper-laplacian"
    )
    difference = (found.sharp[..., 0] - found.sharp[..., 2]) - (colour[..., 0] - colour[..., 2])
    assert np.allclose(difference[unclipped], 0, atol=1e-5)


def test_grey_direct_is_the_networks_image():
    found = deconvolve(picture(), 5, tier="paper", final="direct", device="cpu")
    assert np.array_equal(found.sharp, found.solution.image.clip(0, 1))


def test_direct_on_a_region_is_refused():
    with pytest.raises(InputError, match=r"--final direct needs .* whole image.* use --tier paper"):
        deconvolve(picture(48, 60), 5, final="direct", device="cpu")
    assert deconvolve(picture(40, 40), 5, final="direct", device="cpu").final == "direct"  # the region is all of it


def test_the_region_holds_the_kernel_three_times_over():
    assert deconvolve(picture(64, 72), 17, device="cpu").region.height == 51


def test_the_same_seed_gives_the_same_bits_and_another_one_others():
    one, same, other = (deconvolve(picture(), 5, seed=seed, device="cpu") for seed in (3, 3, 4))
    for name in ("sharp", "kernel", "std"):
        assert np.array_equal(getattr(one, name), getattr(same, name))
    assert not np.array_equal(one.kernel, other.kernel)


def test_observers_see_every_iteration():
    seen = []
    watched = deconvolve(picture(48, 60), 5, device="cpu", observers=(lambda state: seen.append(state.iteration),))
    assert seen == list(range(1, ITERATIONS + 1))
    assert np.array_equal(watched.kernel, deconvolve(picture(48, 60), 5, device="cpu").kernel)  # and change nothing


def test_auto_size_is_that_of_the_estimate(monkeypatch):
    monkeypatch.setattr(photograph, "size_within", lambda *given: 7)
    found = deconvolve(picture(48, 60, 3), device="cpu")
    assert found.kernel_size == 7 and found.kernel.shape == (7, 7)


def test_spread_on_a_region_is_that_of_restorations_of_the_last_quarter(monkeypatch):
    """Recomputed from the kernels that an observer of ours keeps."""
    kept = []

    @torch.no_grad()
    def keep(state):
        if state.iteration >= 0.75 * ITERATIONS:
            kept.append(centre_kernel(state.kernel_net(state.z_k, 0.0, state.generator).double().numpy()))

    blurred = picture(48, 60)
    found = deconvolve(blurred, 5, device="cpu", observers=(keep,))
    same = "hyper-laplacian", settings_for(blurred, "hyper-laplacian")  # as the sharp image
    wanted = np.std([deconvolve_with_kernel(blurred, k / k.sum(), *same) for k in kept], axis=0)
    assert len(kept) == LATE_KERNELS
    assert wanted.max() > 1e-3
    assert np.allclose(found.std, wanted, atol=1e-5)


@pytest.mark.parametrize(("stop_at", "kernels"), [(1, 0), (14, 0), (15, 1), (16, 2)])
def test_a_run_stopped_before_its_last_quarter_has_no_spread(monkeypatch, stop_at, kernels):
    """Kernels of its beginning are no measure; with one kernel the deviation would be 0 everywhere, as if certain."""
    now = [0.0]

    def tick(state):
        now[0] = float(state.iteration)

    monkeypatch.setattr("mcdeconv.core.solve.time", SimpleNamespace(monotonic=lambda: now[0]))
    found = deconvolve(picture(48, 60), 5, device="cpu", time_budget=stop_at - 0.5, observers=(tick,))
    assert found.solution.iterations == stop_at and len(found.solution.late_kernels) == kernels
    assert (found.std is None) == (kernels < 2)
    assert found.std is None or found.std.max() > 0
    whole = deconvolve(picture(40, 40), 5, tier="paper", device="cpu", time_budget=0)
    assert whole.std.shape == (40, 40) and whole.std.max() > 0  # of samples of the image network, at any moment


def test_a_resumed_run_is_that_which_was_never_stopped(tmp_path):
    class Stop(Exception):
        pass

    def stop(state):
        if state.iteration == 11:
            raise Stop

    blurred = picture(40, 44)
    file = tmp_path / "a.pt"
    with pytest.raises(Stop):
        deconvolve(blurred, 5, tier="paper", device="cpu", checkpoint=file, observers=(stop,))
    deconvolve(blurred, 5, tier="paper", device="cpu", checkpoint=file, time_budget=1e-9)  # saves after an iteration
    seen = []
    resumed = deconvolve(
        blurred, 5, tier="paper", device="cpu", checkpoint=file, observers=(lambda s: seen.append(s.iteration),)
    )
    whole = deconvolve(blurred, 5, tier="paper", device="cpu")
    assert seen[0] == 2
    for name in ("sharp", "kernel", "std"):
        assert np.array_equal(getattr(resumed, name), getattr(whole, name))


@pytest.mark.parametrize("stop_at", [18, ITERATIONS])
def test_a_run_resumed_in_its_last_quarter_has_the_same_spread(tmp_path, stop_at):
    class Stop(Exception):
        pass

    def stop(state):
        if state.iteration == stop_at + 1:
            raise Stop

    blurred, file = picture(48, 60), tmp_path / "a.pt"
    whole = deconvolve(blurred, 5, device="cpu")
    region, config = blurred[whole.region.slices], presets.configure("ours", "quick")
    with pytest.raises(Stop) if stop_at < ITERATIONS else nullcontext():
        solve(region, 5, config, checkpoint=file, checkpoint_seconds=0, observers=(stop,))
    resumed = deconvolve(blurred, 5, device="cpu", checkpoint=file)
    for name in ("sharp", "kernel", "std"):
        assert np.array_equal(getattr(resumed, name), getattr(whole, name))


def test_a_second_try_leaves_no_kernels_of_the_first(monkeypatch):
    blurred = picture(48, 60)
    real, calls = solver.descend, []

    def diverging(value, *optimisers):
        calls.append(value)
        if len(calls) == 2 * ITERATIONS - 1:  # two descents an iteration: the first try ends in its last one
            raise solver.Diverged("the loss became nan")
        return real(value, *optimisers)

    monkeypatch.setattr(solver, "descend", diverging)
    found = deconvolve(blurred, 5, device="cpu")
    assert found.solution.seed == SECOND_SEED
    monkeypatch.setattr(solver, "descend", real)
    assert np.array_equal(found.std, deconvolve(blurred, 5, device="cpu", seed=SECOND_SEED).std)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kernel_size": 4}, "kernel size 4 is not an odd number from 3 on; try 5"),
        ({"kernel_size": 0}, "kernel size 0 is not"),
        ({"kernel_size": -3}, "kernel size -3 is not"),
        ({"kernel_size": 1}, "kernel size 1 is not"),
        ({"kernel_size": 45}, "no smaller than the kernel .45 px"),
        ({"tier": "nope"}, "unknown tier 'nope'; choose one of quick, laptop, paper"),
        ({"method": "nope"}, "unknown method 'nope'; choose one of ours"),
        ({"final": "nope"}, "unknown final deconvolution 'nope'; choose one of auto, direct"),
        ({"device": "nope"}, "unknown device 'nope'; choose one of cpu, cuda, mps"),
    ],
)
def test_wrong_options_are_refused_before_the_run(monkeypatch, options, message):
    monkeypatch.setattr("mcdeconv.core.solve.initialise", lambda *_: pytest.fail("it ran"))
    with pytest.raises(InputError, match=message) as caught:
        deconvolve(picture(), **{"kernel_size": 5, "device": "cpu"} | options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("size", [5, "auto"])
@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.full((40, 40), np.nan, np.float32), "NaN|not finite"),
        (np.where(np.eye(40) > 0, np.inf, 0.5), "NaN or infinite|not finite"),
        (np.full((40, 40), 0.5), "constant"),
        (picture()[:20, :20], "32 px a side"),
        (picture()[0], "shape"),
        (picture(channels=4), "shape"),
        (picture(channels=3)[None], "shape"),
        (255 * picture(), r"\[0, 1\]"),
        ((255 * picture()).astype(np.uint8), r"\[0, 1\]"),
    ],
    ids=["NaN", "inf", "constant", "small", "1-D", "RGBA", "batch", "0-255", "uint8"],
)
def test_wrong_images_are_refused_before_the_run(monkeypatch, image, size, message):
    monkeypatch.setattr("mcdeconv.core.solve.initialise", lambda *_: pytest.fail("it ran"))
    with pytest.raises(InputError, match=message) as caught:
        deconvolve(image, size, device="cpu")
    assert "\n" not in str(caught.value)


def test_the_smallest_image_works_at_the_papers_depth(monkeypatch):
    """Six halvings leave a single pixel, which has no variance to normalise by."""
    nets = {"image_net": ImageNetConfig(channels=4, skip_channels=2), "kernel_net": KernelNetConfig(channels=4)}
    monkeypatch.setitem(PRESETS, "ours", replace(PRESETS["ours"], **nets, iterations=2))
    found = deconvolve(picture(32, 32), 3, tier="paper", device="cpu")
    assert np.isfinite(found.sharp).all()


@settings(max_examples=50)
@given(st.integers(0, 400))
def test_auto_knows_of_clipping_from_half_a_percent_on(clipped):
    grey = np.full((100, 100), 0.5)
    grey.flat[:clipped] = 1.0
    assert final_for(grey) == ("outliers" if clipped > 50 else "hyper-laplacian")


def test_dark_clipped_pixels_do_not_count():
    assert final_for(np.zeros((10, 10))) == "hyper-laplacian"


def test_a_clipped_photograph_is_restored_with_the_outlier_model():
    blurred = picture(40, 40)
    blurred[:6, :6] = 1
    assert deconvolve(blurred, 5, device="cpu").final == "outliers"
    assert deconvolve(blurred, 5, device="cpu", final="sparse").final == "sparse"


@pytest.mark.parametrize("final", METHODS)
def test_restore_clips_to_the_range_of_images(final):
    solution = deconvolve(picture(40, 40), 5, device="cpu").solution
    overshooting = np.where(picture(40, 40) > 0.5, 1.0, 0.0)
    sharp = restore(overshooting, solution.kernel, solution.image, final)
    assert sharp.min() >= 0 and sharp.max() <= 1 and sharp.dtype == np.float32


def test_the_package_offers_it_by_name():
    assert mcdeconv.deconvolve is photograph.deconvolve
    assert mcdeconv.Restoration is photograph.Restoration
    assert presets.TIERS is TIERS


@settings(max_examples=20, deadline=None)
@given(st.floats(0.004, 0.05), st.integers(0, 1000))
def test_noise_is_measured_on_a_blurred_picture(std, seed):
    noisy = gaussian_filter(picture(96, 96), 1.5) + std * np.random.default_rng(seed).standard_normal((96, 96))
    assert noise_std(noisy) == pytest.approx(std, rel=0.1)


def test_noise_lowers_the_datas_weight_and_only_that():
    smooth = gaussian_filter(picture(96, 96), 1.5)
    noisy = smooth + 0.02 * np.random.default_rng(0).standard_normal(smooth.shape)
    assert settings_for(smooth, "hyper-laplacian").data_weight == 6000
    assert settings_for(noisy, "hyper-laplacian").data_weight == pytest.approx(625, rel=0.2)
    assert settings_for(np.dstack([noisy] * 3), "hyper-laplacian").data_weight == pytest.approx(625, rel=0.2)
    assert settings_for(noisy, "sparse") is None


def with_kernel(monkeypatch, kernel, steps=3, others=()):
    """ours+ finds this kernel, after some steps, or after one if the time is up."""

    def solve(blurred, size, config):
        try:
            for n in range(1, steps + 1):
                yield n / steps
        except TimeUp:
            pass
        return Found(kernel, blurred, others)

    monkeypatch.setitem(RIVALS, DEFAULT_METHOD, replace(RIVALS[DEFAULT_METHOD], solve=solve))


@pytest.mark.parametrize("channels", [None, 3], ids=["grey", "RGB"])
def test_a_sharp_photograph_comes_back_as_it_is(monkeypatch, channels):
    point = np.zeros((5, 5))
    point[2, 2:4] = 0.8, 0.2
    with_kernel(monkeypatch, point)
    photo = picture(48, 60, channels)
    found = mcdeconv.deconvolve(photo, 5)
    assert np.array_equal(found.sharp, photo) and found.final == SHARP
    assert not found.judgement.harmful and not found.judgement.doubts
    assert mcdeconv.deconvolve(photo, 5, final="sparse").final == "sparse"  # as asked for


def test_when_the_time_is_up_what_there_is_is_taken(monkeypatch):
    with_kernel(monkeypatch, np.full((5, 5), 1 / 25), steps=1_000_000)
    assert mcdeconv.deconvolve(picture(48, 60), 5, time_budget=0.0).kernel.shape == (5, 5)


def test_the_kernels_size_is_found_within_the_time():
    with pytest.raises(RunFailed, match=r"nothing was found in 0 s; give it more --time-budget"):
        mcdeconv.deconvolve(picture(48, 60), method="l0", time_budget=0.0)


def test_progress_is_told_of_the_size_and_then_of_the_kernel():
    told = []
    mcdeconv.deconvolve(picture(60, 70), method="l0", progress=told.append)
    assert told == sorted(told) and told[-1] == 1
    of_size = [share for share in told if share.stage == "kernel size"]
    assert of_size == told[: len(of_size)] and len(set(of_size)) > 5 and of_size[-1] <= SIZE_SHARE
    given = []
    mcdeconv.deconvolve(picture(60, 70), 5, method="l0", progress=given.append)
    assert "kernel size" not in {getattr(share, "stage", "") for share in given}


def test_the_expected_error_has_a_floor_and_grows_where_kernels_and_weights_disagree():
    """Recomputed from restorations."""
    blurred, kernel = shaken_camera_man(0.003)
    usual = HyperLaplacianSettings()
    kernels = (kernel, np.roll(kernel, 1, axis=0))
    told = expected_error(blurred, kernels, None)
    by_kernel = [deconvolve_with_kernel(blurred, k, "hyper-laplacian") for k in kernels]
    by_weight = [
        deconvolve_with_kernel(blurred, kernel, "hyper-laplacian", replace(usual, data_weight=weight))
        for weight in (usual.data_weight / 4, usual.data_weight, 4 * usual.data_weight)
    ]
    wanted = 0.011**2 + 0.37**2 * np.var(by_kernel, axis=0) + 1.5**2 * np.var(by_weight, axis=0)
    assert told.dtype == np.float32 and np.allclose(told**2, wanted, rtol=1e-3)
    alone = expected_error(blurred, (kernel,), None)
    assert (alone <= told + 1e-6).all() and alone.min() >= 0.011 - 1e-6


def test_the_size_is_that_of_the_region_which_is_given(monkeypatch):
    seen = []
    monkeypatch.setattr(photograph, "size_within", lambda grey, *given: seen.append(grey.shape) or 5)
    mcdeconv.deconvolve(picture(48, 60), method="l0", region=Region(4, 8, 40, 44))
    assert seen == [(40, 44)]


def test_there_is_a_deviation_where_a_second_kernel_came_near(monkeypatch):
    blurred, kernel = shaken_camera_man(0.003)
    with_kernel(monkeypatch, kernel, others=(wide_kernel(2.0),))
    found = mcdeconv.deconvolve(blurred, 15)
    assert np.array_equal(found.std, expected_error(blurred, (kernel, wide_kernel(2.0)), None))
    assert mcdeconv.deconvolve(blurred, 15, final="sparse").std is None  # it would be of another restoration
    with_kernel(monkeypatch, kernel)
    assert mcdeconv.deconvolve(blurred, 15).std is None


def shaken_camera_man(noise):
    kernel = camera_shake_kernel(15, np.random.default_rng(4))
    blurred = fftconvolve(data.camera()[60:276, 120:336] / 255, kernel, mode="valid")
    return blurred + noise * np.random.default_rng(0).standard_normal(blurred.shape), kernel


def as_jpeg(grey, quality):
    file = BytesIO()
    Image.fromarray(np.rint(255 * grey.clip(0, 1)).astype(np.uint8)).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file)) / 255


def wide_kernel(std, size=15):
    reach = np.arange(size) - size // 2
    kernel = np.exp(-(reach[:, None] ** 2 + reach[None, :] ** 2) / 2 / std**2)
    return kernel / kernel.sum()


def test_a_sharp_picture_is_known_by_a_kernel_that_explains_it_no_better_than_none():
    sharp = data.camera()[60:276, 120:336] / 255
    assert is_sharp(sharp, wide_kernel(1.5)) and is_sharp(sharp, wide_kernel(0.5))
    assert not is_sharp(sharp, None)


WALL = pytest.param("brick", marks=pytest.mark.xfail(reason="it explains itself by repetition", strict=True))
SHARP_PICTURES = [WALL, "astronaut", "camera", "chelsea", "coffee", "coins", "grass", "moon", "page", "rocket"]


@pytest.mark.slow
@pytest.mark.parametrize("name", SHARP_PICTURES)
def test_sharp_pictures_come_back_unharmed_and_are_said_to_be_sharp(name):
    """The limit of `is_sharp` was chosen on most of these; here nothing is said of the kernel's size."""
    sharp = (getattr(data, name)()[:240, :300] / 255).astype(np.float32)
    found = mcdeconv.deconvolve(sharp)
    assert 10 * np.log10(1 / max(np.mean((found.sharp - sharp) ** 2), 1e-12)) >= 35
    assert found.final == SHARP and not found.judgement.harmful


def test_a_blurred_picture_is_not_taken_for_a_sharp_one_nor_is_noise():
    blurred, kernel = shaken_camera_man(0.003)
    assert not is_sharp(blurred, kernel)
    assert is_sharp(blurred, wide_kernel(0.5))  # hardly wider than a pixel, so there is nothing to do with it
    for noise in (0.009, 0.05):  # in the first the kernel is hardly more plausible than none
        assert not is_sharp(shaken_camera_man(noise)[0], kernel)


def test_a_compressed_photograph_is_restored_with_a_smaller_weight_of_the_data():
    blurred, _ = shaken_camera_man(0.003)
    compressed = as_jpeg(blurred, 85)
    usual = HyperLaplacianSettings().data_weight
    assert settings_for(blurred, "hyper-laplacian").data_weight == usual
    for photo in (compressed, np.stack([compressed] * 3, axis=2)):
        assert settings_for(photo, "hyper-laplacian").data_weight == 1500
    assert settings_for(as_jpeg(shaken_camera_man(0.04)[0], 95), "hyper-laplacian").data_weight < 1500
    assert settings_for(compressed, "outliers") is None


def test_compressed_the_limit_between_sharp_and_blurred_is_another_one(monkeypatch):
    blurred, kernel = shaken_camera_man(0.003)
    gain = iter([0.9, 0.0, 0.8, 0.0, 1.1, 0.0])  # over no blur, which is asked for first
    monkeypatch.setattr(sharpness, "implausibility", lambda *_: next(gain))
    assert not is_sharp(as_jpeg(blurred, 85), kernel)
    assert is_sharp(as_jpeg(blurred, 85), kernel)
    assert is_sharp(blurred, kernel)


def test_the_parts_that_differ_are_counted_where_they_are_large_enough():
    rng = np.random.default_rng(0)
    blurred = gaussian_filter(rng.random((200, 210)), 2)
    found = mcdeconv.deconvolve((blurred - blurred.min()) / np.ptp(blurred), 5, method="l0")
    assert found.differing is not None and 0 <= found.differing <= 9
    assert mcdeconv.deconvolve(picture(), 15, method="l0").differing is None
