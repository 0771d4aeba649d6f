"""ours+: each ingredient where the truth is known, what it does when the time is up, and the whole."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter
from scipy.signal import fftconvolve
from skimage import data
from skimage.util import img_as_float

from mcdeconv.data.datasets.shake import camera_shake_kernel
from mcdeconv.methods import TimeUp, finished, ours_plus, solving_rival
from mcdeconv.methods.dark_channel import DarkChannelSettings, dark_channel
from mcdeconv.methods.l0 import L0Settings
from mcdeconv.methods.ours_plus import (
    OursPlusSettings,
    Start,
    implausibility,
    refitted,
    settings_for_fits,
    spans,
    spectral_implausibility,
    within,
)
from mcdeconv.scoring.metrics import best_shift, kernel_similarity, psnr
from mcdeconv.scoring.nonblind import HyperLaplacianSettings, deconvolve_with_kernel

QUICK = OursPlusSettings(starts=(Start("l0"), Start("cho-lee")), shares=(0.05, 0.1), shares_at_end=(0.2,))


def solved(name, blurred, size, settings):
    steps = solving_rival(name, blurred, size, settings, 1)
    shares = []
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            return end.value, shares


def shake(sharp, kernel, noise=0.005):
    half = kernel.shape[0] // 2
    blurred = fftconvolve(sharp, kernel, mode="same")[half:-half, half:-half]
    return blurred + noise * np.random.default_rng(0).standard_normal(blurred.shape)


def point(size):
    kernel = np.zeros((size, size))
    kernel[size // 2, size // 2] = 1
    return kernel


@pytest.fixture(scope="module")
def kernel():
    return camera_shake_kernel(15, np.random.default_rng(4))


@pytest.fixture(scope="module")
def sharp():
    return img_as_float(data.camera())[60:276, 120:336]


@pytest.fixture(scope="module")
def blurred(sharp, kernel):
    return shake(sharp, kernel)


def test_the_whole_restores_more_than_its_first_start(sharp, kernel, blurred):
    first, _ = solved("l0", blurred, 15, L0Settings())
    found, shares = solved("ours+", blurred, 15, QUICK)
    assert found.kernel.shape == (15, 15) and found.kernel.min() >= 0 and found.kernel.sum() == pytest.approx(1)
    truth = sharp[7:-7, 7:-7]
    gained = [
        psnr(*best_shift(deconvolve_with_kernel(blurred, k, "sparse"), truth, 15, 5)[:2])
        for k in (first.kernel, found.kernel)
    ]
    assert gained[1] > gained[0] and kernel_similarity(found.kernel, kernel) > 0.9
    assert shares == sorted(shares) and shares[0] > 0 and shares[-1] == pytest.approx(1)


def test_a_large_image_begins_at_a_coarser_level_and_ends_at_the_full_size(kernel, blurred):
    found, shares = solved("ours+", blurred, 15, replace(QUICK, largest=blurred.size // 3, kept=1))
    assert found.kernel.shape == (15, 15) and kernel_similarity(found.kernel, kernel) > 0.85
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1)


def test_a_kernel_that_is_nearly_right_becomes_better(kernel, blurred):
    rough = gaussian_filter(kernel, 1.0)
    rough /= rough.sum()
    once = refitted(blurred, rough, 0.1)
    twice = refitted(blurred, once, 0.1)
    alike = [kernel_similarity(k, kernel) for k in (rough, once, twice)]
    assert alike[0] < alike[1] < alike[2]


def test_a_share_of_the_gradients_inside_counts_and_none_at_the_border(kernel, blurred, monkeypatch):
    taken = []
    monkeypatch.setattr(ours_plus, "fit_kernel", lambda latent, given, start: taken.append(latent) or start)
    refitted(blurred, kernel, 0.1)
    (down, across) = taken[0]
    counted = (down != 0) | (across != 0)
    inside = counted[7:-7, 7:-7]
    assert counted.sum() == inside.sum() and inside.mean() == pytest.approx(0.1, abs=0.002)


@pytest.mark.parametrize("wrong", ["mirrored", "point", "too broad", "too narrow"])
def test_the_right_kernel_is_the_most_plausible(kernel, blurred, wrong):
    kernels = {
        "mirrored": kernel[::-1],
        "point": point(15),
        "too broad": gaussian_filter(kernel, 2.0),
        "too narrow": kernel * (kernel > kernel.max() / 2),
    }
    assert implausibility(blurred, kernel) < implausibility(blurred, kernels[wrong] / kernels[wrong].sum())


def test_of_a_sharp_image_no_blur_is_more_plausible_than_a_shake(sharp, kernel):
    assert implausibility(sharp, point(15)) < implausibility(sharp, kernel)


def test_the_spectral_part_is_the_likelihood_of_white_gradients(kernel):
    """Of an image whose gradients are white and blurred, against the sum written out frequency by frequency."""
    rng = np.random.default_rng(0)
    image = rng.standard_normal((24, 20))
    taken = spectral_implausibility(image, kernel, 1.0)
    from scipy.signal.windows import tukey

    from mcdeconv.data.noise import noise_std

    taper = np.outer(tukey(24, 0.25), tukey(20, 0.25))
    spectrum = np.fft.fft2((image - image.mean()) * taper)
    passed = np.fft.fft2(kernel, (24, 20))
    best = np.inf
    for scale in (0.25, 0.5, 1, 2, 4):
        terms = []
        for i in range(24):
            for j in range(11):
                rough = abs(1 - np.exp(2j * np.pi * i / 24)) ** 2 + abs(1 - np.exp(2j * np.pi * j / 20)) ** 2
                if rough > 1e-9:
                    variance = scale * abs(passed[i, j]) ** 2 + noise_std(image) ** 2 * rough
                    power = abs(spectrum[i, j]) ** 2 / np.sum(taper**2) * rough
                    terms.append(power / variance + np.log(variance))
        best = min(best, np.mean(terms))
    assert taken == pytest.approx(best, rel=1e-6)


def until(blurred, settings, steps):
    """Throw `TimeUp` after so many steps, and whatever is yielded after it."""
    run = solving_rival("ours+", blurred, 15, settings, 1)
    for _ in range(steps):
        next(run)
    while True:
        try:
            run.throw(TimeUp())
        except StopIteration as end:
            return end.value


def test_without_time_there_is_nothing(blurred):
    with pytest.raises(TimeUp):
        until(blurred, QUICK, 1)


def test_with_time_for_one_start_it_is_returned(kernel, blurred):
    alone, shares = solved("ours+", blurred, 15, replace(QUICK, starts=(Start("l0"),), shares_at_end=()))
    found = until(blurred, QUICK, len(shares) + 1)
    assert np.array_equal(found.kernel, alone.kernel)


def test_a_start_that_is_being_fitted_when_the_time_is_up_counts(blurred):
    _, shares = solved("ours+", blurred, 15, replace(QUICK, starts=(Start("l0"),), shares_at_end=()))
    assert until(blurred, QUICK, len(shares)).kernel.shape == (15, 15)


def test_shares_of_parts_go_from_end_to_end():
    def counting(count):
        for n in range(1, count + 1):
            yield n / count
        return count

    found, ends = [], []
    for steps, begin, end in spans([counting(2), counting(4)], 0.0, 0.8):
        part = within(steps, begin, end)
        while True:
            try:
                found.append(next(part))
            except StopIteration as stop:
                ends.append(stop.value)
                break
    assert found == pytest.approx([0.2, 0.4, 0.5, 0.6, 0.7, 0.8]) and ends == [2, 4]


def test_a_start_with_a_stronger_prior_is_its_method_with_that_weight(blurred):
    steps = Start("dark-channel", 4).solve(blurred, 15)
    settings = DarkChannelSettings(gradient_weight=4 * 4e-3, channel_weight=4 * 4e-3)
    wanted = dark_channel(blurred.astype(np.float32), 15, settings)
    assert np.array_equal(result_of(steps).kernel, result_of(wanted).kernel)
    assert str(Start("dark-channel", 4, 1)) == "dark-channel, prior x4, 1 coarser"


def result_of(steps):
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize("coarser", [1, 2])
def test_a_start_from_a_coarser_level_ends_at_the_finer_one(sharp, kernel, blurred, coarser):
    found, shares = solved("ours+", blurred, 15, replace(QUICK, starts=(Start("l0", 1, coarser),)))
    assert found.kernel.shape == (15, 15)
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1)
    truth = sharp[7:-7, 7:-7]
    before, after, known = (
        psnr(*best_shift(image, truth, 15, 5)[:2])
        for image in (blurred, *(deconvolve_with_kernel(blurred, k, "sparse") for k in (found.kernel, kernel)))
    )
    assert after - before > (known - before) / 2


def test_a_start_that_would_be_coarser_than_the_coarsest_level_is_left_out(blurred):
    both = replace(QUICK, starts=(Start("l0"), Start("cho-lee", 1, 9)))
    one = replace(QUICK, starts=(Start("l0"),))
    assert np.array_equal(solved("ours+", blurred, 15, both)[0].kernel, solved("ours+", blurred, 15, one)[0].kernel)


def test_the_stages_are_named(blurred):
    stages = list(dict.fromkeys(share.stage for share in solved("ours+", blurred, 15, QUICK)[1]))
    assert stages == ["start l0", "start cho-lee", "last fits"]


@pytest.mark.parametrize(
    ("contrast", "noise", "weight"), [(0.2, 0.001, 6000), (1.4, 0.001, 20_000), (1.4, 0.02, 600), (0.2, 0.02, 600)]
)
def test_strong_gradients_bear_a_larger_weight_of_the_data_and_noise_a_smaller_one(
    sharp, kernel, contrast, noise, weight
):
    image = shake(contrast * sharp, kernel, noise)
    assert settings_for_fits(image, kernel).data_weight == pytest.approx(weight, rel=0.2)


def test_a_fit_takes_the_weight_that_it_is_given(kernel, blurred):
    usual = refitted(blurred, kernel, 0.1)
    assert np.array_equal(refitted(blurred, kernel, 0.1, HyperLaplacianSettings()), usual)
    assert not np.array_equal(refitted(blurred, kernel, 0.1, HyperLaplacianSettings(data_weight=20_000)), usual)


def test_in_noise_the_starts_stay_as_they_are_found(sharp, kernel):
    noisy = shake(sharp, kernel, noise=0.01)
    first, _ = solved("l0", noisy, 15, L0Settings())
    found, _ = solved("ours+", noisy, 15, replace(QUICK, starts=(Start("l0"), Start("l0", 1, 1))))
    assert np.array_equal(found.kernel, first.kernel)


def as_jpeg(blurred, quality=85):
    file = BytesIO()
    Image.fromarray(np.rint(255 * blurred.clip(0, 1)).astype(np.uint8)).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file)) / 255


def test_of_a_compressed_image_the_best_start_is_taken_as_it_is(blurred):
    """Also of one that is large for its settings, and without the further starts."""
    compressed = as_jpeg(blurred)
    starts = (Start("l0"), Start("cho-lee"), Start("l0", 4))
    found, _ = solved("ours+", compressed, 15, replace(QUICK, starts=starts, largest=10_000, largest_kernel=9))
    kernels = {name: solved(name, compressed, 15, ours_plus.STARTS[name][1])[0].kernel for name in ("l0", "cho-lee")}
    worth = {name: implausibility(compressed, kernel) for name, kernel in kernels.items()}
    clearly = worth["l0"] + 0.2 < worth["cho-lee"]
    assert np.allclose(found.kernel, kernels["l0" if clearly else "cho-lee"])


@pytest.mark.parametrize(("ahead", "taken"), [(-1.0, "cho-lee"), (0.15, "cho-lee"), (0.25, "l0")])
def test_compressed_another_start_is_taken_if_it_is_clearly_ahead(blurred, monkeypatch, ahead, taken):
    worth = iter([0.0, -ahead])  # what cho-lee's and l0's kernels are worth is laid down here
    monkeypatch.setattr(ours_plus, "implausibility", lambda *_: next(worth))
    compressed = as_jpeg(blurred)
    found, _ = solved("ours+", compressed, 15, replace(QUICK, starts=(Start("cho-lee"), Start("l0"))))
    assert np.allclose(found.kernel, solved(taken, compressed, 15, ours_plus.STARTS[taken][1])[0].kernel)


def test_compressed_the_slow_starts_come_last(blurred):
    """So that little time gives a choice of three."""
    found = ours_plus.settings_if_compressed(OursPlusSettings(), blurred.size, 15)
    methods = [start.method for start in found.starts if start.as_it_is]
    assert methods == ["l0", "cho-lee", "xu-jia", "dark-channel", "extreme-channels"]


@pytest.mark.parametrize(("size", "further"), [(31, []), (51, [41, 33])])
def test_compressed_a_large_kernel_is_looked_for_at_smaller_sizes_too(blurred, size, further):
    starts = ours_plus.settings_if_compressed(OursPlusSettings(), blurred.size, size).starts
    smaller = [start for start in starts if isinstance(start, ours_plus.SmallerStart)]
    assert [finished(start.solve(blurred, size)).kernel.shape for start in smaller] == [(k, k) for k in further]
    for start, own in zip(smaller, further, strict=True):
        assert np.array_equal(
            finished(start.solve(blurred, size)).kernel, solved("l0", blurred, own, L0Settings())[0].kernel
        )
        assert start.as_it_is and f"{start.times:g}" in str(start)


@pytest.mark.parametrize(("agreeing", "taken"), [((33, 27), 33), ((27,), 27), ((), 41)])
def test_compressed_a_smaller_start_has_to_be_ahead_and_to_come_out_of_a_part_too(
    blurred, monkeypatch, agreeing, taken
):
    worth = iter([0.0, 0.0, -0.5, -0.4])  # cho-lee, l0, then l0 at two smaller sizes
    monkeypatch.setattr(ours_plus, "implausibility", lambda *_: next(worth))
    similarities = {size: 0.6 if size in agreeing else 0.4 for size in (33, 27)}
    monkeypatch.setattr(ours_plus, "kernel_similarity", lambda kernel, second: similarities[len(kernel)])
    found, _ = solved("ours+", as_jpeg(blurred), 41, replace(QUICK, starts=(Start("cho-lee"), Start("l0"))))
    assert found.kernel.shape == (taken, taken)


def test_what_is_implausible_of_a_compressed_image_rests_on_more_noise_and_a_smaller_weight(blurred, kernel):
    compressed = as_jpeg(blurred).astype(np.float64)
    settings = HyperLaplacianSettings(data_weight=700)
    restored = deconvolve_with_kernel(compressed, kernel, "hyper-laplacian", settings)[7:-7, 7:-7]
    down, across = np.diff(restored, axis=0)[:, :-1], np.diff(restored, axis=1)[:-1]
    sizes = np.abs(np.concatenate([down.ravel(), across.ravel()]))
    spectral = spectral_implausibility(compressed, kernel, down.var() + across.var(), 0.004)
    evenness = sizes.mean() / np.sqrt(np.mean(sizes**2))
    assert implausibility(compressed, kernel) == pytest.approx(spectral + 5 * evenness, rel=1e-3)


def test_other_kernels_are_those_that_are_nearly_as_plausible(blurred, monkeypatch):
    """What each start is worth is laid down here: the third is behind by more than the limit."""
    worth = iter([0.0, 0.9 * ours_plus.NEARLY, 1.1 * ours_plus.NEARLY])
    monkeypatch.setattr(ours_plus, "implausibility", lambda *_: next(worth))
    settings = replace(QUICK, starts=(Start("cho-lee"), Start("xu-jia"), Start("l0")), shares=(), shares_at_end=())
    found, _ = solved("ours+", blurred, 15, settings)
    first, second = (solved(name, blurred, 15, ours_plus.STARTS[name][1])[0].kernel for name in ("cho-lee", "xu-jia"))
    assert np.allclose(found.kernel, first) and len(found.others) == 1 and np.allclose(found.others[0], second)
