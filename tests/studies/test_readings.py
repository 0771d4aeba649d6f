"""The study of readings: variants that differ in one factor, all its runs."""

from collections import Counter
from dataclasses import asdict

import pytest
from study_cases import leaves

from mcdeconv.studies import readings
from mcdeconv.studies.readings import STUDY, reference, variants

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


def test_jobs_are_every_variant_image_and_seed(benchmark_data, monkeypatch):
    monkeypatch.setenv("MCDECONV_DATA", str(benchmark_data))
    found = STUDY.jobs()
    assert len(found) == len(variants()) * 8 * 3
    assert len({job.identity for job in found}) == len(found)
    assert {job.problem.item.id for job in found} == set(readings.GROUPS["all"])
    assert Counter(job.seed for job in found[: len(found) // 3]) == {0: len(found) // 3}  # seeds vary slowest
    for job in found:
        assert job.problem.blurred.shape == (readings.REGION, readings.REGION)
        assert job.problem.item.kernel.shape == (job.problem.kernel_size,) * 2


def test_groups_are_the_four_synthetic_and_the_four_real_images():
    assert len(readings.GROUPS["synthetic"]) == len(readings.GROUPS["real"]) == 4
    assert set(readings.GROUPS["synthetic"]) | set(readings.GROUPS["real"]) == set(readings.GROUPS["all"])
    assert len(readings.GROUPS["all"]) == 8
