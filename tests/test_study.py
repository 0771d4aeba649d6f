"""The study: variants that differ in one factor, halved items that still obey the forward model, all its runs."""

from collections import Counter
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from scipy.ndimage import shift as moved
from scipy.signal import convolve2d

from mcdeconv import study
from mcdeconv.datasets.item import Item
from mcdeconv.errors import InputError
from mcdeconv.records import Identity, Record
from mcdeconv.study import area_average, factors, halved, jobs, reference, variants

# What must change along with a factor, by variant; every other variant changes one field.
COMPANIONS = {
    "without dropout and noise": {
        "dropout_rate.before",
        "dropout_rate.after",
        "input_noise_std.before",
        "input_noise_std.after",
    },
    "sigma0 0.01": {"input_noise_std.before", "small_kernel_noise_std"},
    "iterations doubled": {
        "iterations",
        "dropout_rate.at",
        "input_noise_std.at",
        "halve_after",
        "kernel_learning_rate",
    },
}


def leaves(values, prefix=""):
    """Nested dictionaries as {"image_net.levels": 6, ...}."""
    found = {}
    for name, value in values.items():
        inner = leaves(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
        found.update(inner)
    return found


def changes(config):
    ref, other = leaves(asdict(reference())), leaves(asdict(config))
    assert ref.keys() == other.keys()
    return {name for name in ref if ref[name] != other[name]}


@pytest.mark.parametrize("name", variants())
def test_a_variant_differs_from_the_reference_in_one_factor(name):
    changed = changes(variants()[name])
    if name == "reference":
        assert changed == set()
    elif name in COMPANIONS:
        assert changed == COMPANIONS[name]
    else:
        assert len(changed) == 1


def test_no_two_variants_are_the_same():
    assert len({config.digest() for config in variants().values()}) == len(variants())


def test_twice_the_iterations_keep_every_schedule_at_its_share():
    ref, doubled = reference(), variants()["iterations doubled"]
    for name in ("iterations", "halve_after"):
        assert getattr(doubled, name) == 2 * getattr(ref, name)
    for name in ("dropout_rate", "input_noise_std"):
        assert getattr(doubled, name).at == 2 * getattr(ref, name).at
    assert doubled.kernel_learning_rate * doubled.iterations == pytest.approx(ref.kernel_learning_rate * ref.iterations)


@pytest.mark.parametrize("size", [9, 31])
def test_sigma0_is_the_same_for_kernels_of_every_size(size):
    for config, before in ((reference(), 0.05), (variants()["sigma0 0.01"], 0.01)):
        assert config.for_kernel_size(config.input_noise_std, size).before == before


def drawn_item(size, side=(120, 131)):
    """A smooth image 'valid'ly blurred at full resolution by a lopsided kernel."""
    rng = np.random.default_rng(size)
    kernel = gaussian_filter(rng.random((size, size)) ** 8 * np.linspace(0, 1, size), 0.7)
    kernel /= kernel.sum()
    large = gaussian_filter(rng.normal(size=[s + size - 1 for s in side]), 4)
    large = 0.5 + 0.15 * large / large.std()
    half = size // 2
    return Item(
        id="drawn",
        dataset="drawn",
        category="smooth",
        blurred=convolve2d(large, kernel, mode="valid"),
        kernel_size=size,
        sharp=large[half:-half, half:-half],
        kernel=kernel,
    )


@pytest.mark.parametrize("size", [13, 21, 23, 31])
def test_a_halved_item_is_still_its_truth_blurred_by_its_kernel(size):
    """Up to a shift of kernel and image by a part of a pixel, equation (2), which no score sees."""
    item = drawn_item(size)
    small = halved(item)
    assert small.blurred.shape == small.sharp.shape == (60, 65)
    assert small.kernel.sum() == pytest.approx(1) and small.kernel.min() >= 0
    assert small.kernel.shape == (small.kernel_size, small.kernel_size)
    assert small.kernel_size % 2 == 1 and size / 2 <= small.kernel_size <= size / 2 + 2
    inner = slice(20, -20), slice(20, -20)
    blurred = convolve2d(small.sharp, small.kernel, mode="same", boundary="symm")
    steps = np.linspace(-1, 1, 9)
    residual = min(np.std((moved(blurred, (dy, dx)) - small.blurred)[inner]) for dy in steps for dx in steps)
    unblurred = np.std((small.sharp - small.blurred)[inner])
    assert residual < 0.003
    assert unblurred > 10 * residual  # so it is the kernel that explains it


def test_halving_keeps_everything_else_and_marks_the_id():
    item = replace(drawn_item(13), category="natural", saturated=True)
    small = halved(item)
    assert (small.id, small.dataset, small.category, small.saturated) == ("drawn_half", "drawn", "natural", True)


@pytest.mark.parametrize("missing", ["sharp", "kernel"])
def test_an_item_without_truth_cannot_be_halved(missing):
    with pytest.raises(InputError, match="drawn"):
        halved(replace(drawn_item(13), **{missing: None}))


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 9), st.integers(2, 9), st.integers(0, 99))
def test_area_average_is_the_mean_of_each_four(height, width, seed):
    image = np.random.default_rng(seed).random((height, width))
    averaged = area_average(image)
    assert averaged.shape == (height // 2, width // 2)
    for row in range(height // 2):
        for column in range(width // 2):
            four = image[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            assert averaged[row, column] == pytest.approx(four.mean())


def test_jobs_are_every_variant_image_and_seed(benchmark_data, monkeypatch):
    monkeypatch.setenv("MCDECONV_DATA", str(benchmark_data))
    found = jobs()
    assert len(found) == len(variants()) * 8 * 3
    assert len({job.identity for job in found}) == len(found)
    assert {job.problem.item.id for job in found} == set(study.GROUPS["all"])
    assert Counter(job.seed for job in found[: len(found) // 3]) == {0: len(found) // 3}  # seeds vary slowest
    for job in found:
        assert job.problem.blurred.shape == (study.REGION, study.REGION)
        assert job.problem.item.kernel.shape == (job.problem.kernel_size,) * 2
        assert job.problem.item.blurred.ndim == 2


def test_an_unknown_variant_is_refused_with_the_choices(monkeypatch):
    monkeypatch.setattr(study, "items", lambda: iter(()))
    with pytest.raises(InputError, match="unknown variant 'nope'; choose one of reference"):
        jobs(["nope"])


def test_only_the_variants_that_are_asked_for(monkeypatch):
    monkeypatch.setattr(study, "items", lambda: iter([drawn_item(13)]))
    assert {job.method for job in jobs(["joint updates"])} == {"joint updates"}


def test_groups_are_the_four_synthetic_and_the_four_real_images():
    assert len(study.GROUPS["synthetic"]) == len(study.GROUPS["real"]) == 4
    assert set(study.GROUPS["synthetic"]) | set(study.GROUPS["real"]) == set(study.GROUPS["all"])
    assert len(study.GROUPS["all"]) == 8


def test_factors_compare_each_group_with_the_reference():
    def record(image, method, seed, psnr):
        identity = Identity("any", image, method, study.TIER, seed, "c", "x")
        return Record(identity, {"psnr_direct": psnr}, [[1.0]], 1.0, 1, seed, {})

    gain = {image: 1.0 if image in study.SYNTHETIC else -2.0 for image in study.GROUPS["all"]}
    records = [
        record(image, method, seed, 25 + seed + (gain[image] if method == "joint updates" else 0))
        for image in study.GROUPS["all"]
        for method in ("reference", "joint updates")
        for seed in study.SEEDS
    ]
    rows = {(row["variant"], row["images"]): row for row in factors(records)}
    assert len(rows) == len(variants()) * 3
    for group, wanted in (("synthetic", 1.0), ("real", -2.0), ("all", -0.5)):
        row = rows["joint updates", group]
        assert row["psnr_direct_difference"] == pytest.approx(wanted)
        assert row["psnr_direct_mean"] == pytest.approx(26 + wanted)
        assert row["psnr_direct_runs"] == len(study.GROUPS[group]) * 3
        assert rows["reference", group]["psnr_direct_difference"] == 0
    assert rows["dropout of channels", "all"]["psnr_direct_runs"] == 0
