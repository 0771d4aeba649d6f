"""The verdict of the comparison on made-up runs, and that its jobs differ in nothing but the precision."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny import TINY

from mcdeconv.core.algorithm_1 import algorithm_1, initialise
from mcdeconv.errors import InputError
from mcdeconv.runs.records import Identity, Record
from mcdeconv.studies import Asked, equality
from mcdeconv.studies.equality import (
    COMPARED,
    FAST,
    PLAIN,
    SEEDS,
    STUDY,
    Emulated,
    compare_precisions,
    of_tier,
    read_runs,
    refuse_float32,
)

IMAGES = equality.EMBEDDED[1]


def runs(shift=0.0, of_one=0.0):
    """Seeds differ by about a decibel; the fast runs draw anew and are moved, one image more than the others."""
    rng = np.random.default_rng(5)
    found = []
    for place, image in enumerate(IMAGES):
        plain = 25 + place + rng.normal(0, 1, len(SEEDS))
        fast = rng.permutation(plain) + shift + (of_one if place == 3 else 0)
        for method, values in (("float32", plain), ("bfloat16", fast)):
            for seed, value in enumerate(values):
                key = Identity("synthetic-levin", image, method, "quick", seed, "c", "x")
                found.append(Record(key, dict.fromkeys(COMPARED[()], float(value)), [[1.0]], 1.0, 1, seed, {}))
    return found


def test_equal_runs_are_equal_whatever_their_seeds_did():
    for one in compare_precisions(runs()):
        assert one.equal and one.summary.difference == pytest.approx(0, abs=1e-9)
        assert one.summary.images == len(IMAGES) == 8 and one.summary.runs == 24


@pytest.mark.parametrize("shift", [-0.15, 0.15])
def test_a_mean_that_differs_is_not_equal(shift):
    assert not any(one.equal for one in compare_precisions(runs(shift)))


def test_one_image_that_loses_more_than_its_seeds_differ_is_not_equal():
    found = runs(0.06 * 8 / 7, -8 * 0.5)[:]
    worst = compare_precisions(found)[0]
    assert worst.worst == IMAGES[3] and worst.worst_difference == pytest.approx(0.06 * 8 / 7 - 4)
    assert not worst.equal
    plain = [r.scores["psnr_direct"] for r in found if r.identity.image == IMAGES[3] and r.identity.method == "float32"]
    assert worst.worst_spread == pytest.approx(np.std(plain, ddof=1))


def test_it_takes_what_the_tables_have_and_keeps_every_run(tmp_path, monkeypatch):
    asked = []

    def campaign(store, jobs, processes, *, title, known, checkpoints):
        asked.append((store.folder, [place.folder for place in known], len(jobs)))
        for job in jobs:
            [run] = (r for r in runs(0.05) if (r.identity.image, r.identity.method, r.identity.seed) == key_of(job))
            store.put(replace(run, identity=job.identity, provenance={"precision": job.config.precision}))
        return jobs

    monkeypatch.setattr("mcdeconv.runs.campaign.run_campaign", campaign)
    monkeypatch.chdir(tmp_path)
    other = runs()[0]
    other = replace(other, identity=replace(other.identity, tier="laptop"))
    STUDY.runs(tmp_path).put([other.row()])
    lines = list(STUDY.answer(Asked(tmp_path, [PLAIN, FAST])))
    assert asked == [(tmp_path / "studies/equality/records", [tmp_path / "records"], 48)]
    assert len(read_runs(tmp_path)) == 48 + 1  # that of another tier stays
    assert len(lines) == 3 and all("+0.050 dB" in line for line in lines)


def key_of(job):
    return job.problem.item.id, job.method, job.seed


def test_beyond_quick_it_is_a_scene_of_levins(benchmark_data, monkeypatch):
    monkeypatch.setenv("MCDECONV_DATA", str(benchmark_data))
    wanted = of_tier("laptop").jobs([PLAIN, FAST])
    assert {job.problem.item.id for job in wanted} == {f"im05_flit0{kernel}" for kernel in range(1, 9)}
    assert len(wanted) == 48 and {job.tier for job in wanted} == {"laptop"}


@pytest.mark.parametrize(("has", "fast"), [(True, "bfloat16"), (False, "emulated-bfloat16")])
def test_it_is_emulated_where_the_processor_lacks_it(monkeypatch, has, fast):
    monkeypatch.setattr("mcdeconv.core.device.has_bfloat16", lambda device: has)
    variants = of_tier("quick").variants
    assert {variants[name].config.precision for name in (FAST, f"{FAST}, true kernel")} == {fast}


def test_emulated_bfloat16_rounds_what_the_convolutions_take():
    blurred = torch.rand(1, 1, 32, 35)
    state = initialise(blurred, 9, Emulated(**vars(TINY) | {"precision": "emulated-bfloat16"}), seed=3)
    seen = set()
    for module in state.image_net.modules():
        if isinstance(module, torch.nn.Conv2d):
            module.register_forward_hook(lambda module, taken, given: seen.add(given.dtype))
    list(algorithm_1(blurred, 9, state.config, resume=state))
    assert seen == {torch.bfloat16}


def test_with_the_true_kernel_only_g_x_is_trained():
    variants = of_tier("quick").variants
    config = variants[f"{PLAIN}, true kernel"].config
    assert config.kernel_net.architecture == "known" and config.update == "joint"
    assert config.image_net == variants[PLAIN].config.image_net


def test_what_was_computed_in_float32_does_not_stand_for_bfloat16():
    found = [replace(record, provenance={"precision": record.identity.method}) for record in runs()]
    refuse_float32(found)
    with pytest.raises(InputError, match=r"camera_kernel_03, seed 0, was computed in float32"):
        refuse_float32([replace(record, provenance={"precision": "float32"}) for record in found])


@pytest.mark.parametrize("change", ["", ", true kernel"])
def test_the_jobs_differ_in_the_precision_only(change):
    study = of_tier("quick")
    plain, fast = (study.jobs([method + change]) for method in (PLAIN, FAST))
    assert len(plain) == len(fast) == 8 * 3
    for one, other in zip(plain, fast, strict=True):
        assert (one.config.precision, one.method, other.method) == ("float32", PLAIN + change, FAST + change)
        assert vars(one.config) | {"precision": other.config.precision} == vars(other.config)
        assert one.problem.item.id == other.problem.item.id and one.seed == other.seed
