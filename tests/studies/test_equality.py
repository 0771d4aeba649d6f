"""The verdict of the comparison on made-up runs, and that its jobs differ in nothing but the precision."""

from dataclasses import replace

import numpy as np
import pytest

from mcdeconv.cli import studies as experiments
from mcdeconv.errors import InputError
from mcdeconv.files import write_csv
from mcdeconv.runs.records import Identity, Record
from mcdeconv.studies import equality
from mcdeconv.studies.equality import MEASURES, SEEDS, check, compare, jobs, read

IMAGES = equality.EMBEDDED[1]


def runs(shift=0.0, of_one=0.0):
    """Seeds differ by about a decibel; the fast runs draw anew and are moved, one image more than the others."""
    rng = np.random.default_rng(5)
    found = []
    for place, image in enumerate(IMAGES):
        plain = 25 + place + rng.normal(0, 1, SEEDS)
        fast = rng.permutation(plain) + shift + (of_one if place == 3 else 0)
        for method, values in (("float32", plain), ("bfloat16", fast)):
            for seed, value in enumerate(values):
                key = Identity("synthetic-levin", image, method, "quick", seed, "c", "x")
                found.append(Record(key, dict.fromkeys(MEASURES, float(value)), [[1.0]], 1.0, 1, seed, {}))
    return found


def test_equal_runs_are_equal_whatever_their_seeds_did():
    for one in compare(runs()):
        assert one.equal and one.summary.difference == pytest.approx(0, abs=1e-9)
        assert one.summary.images == len(IMAGES) == 8 and one.summary.runs == 24


@pytest.mark.parametrize("shift", [-0.15, 0.15])
def test_a_mean_that_differs_is_not_equal(shift):
    assert not any(one.equal for one in compare(runs(shift)))


def test_one_image_that_loses_more_than_its_seeds_differ_is_not_equal():
    found = runs(0.06 * 8 / 7, -8 * 0.5)[:]
    worst = compare(found)[0]
    assert worst.worst == IMAGES[3] and worst.worst_difference == pytest.approx(0.06 * 8 / 7 - 4)
    assert not worst.equal
    plain = [r.scores["psnr_direct"] for r in found if r.identity.image == IMAGES[3] and r.identity.method == "float32"]
    assert worst.worst_spread == pytest.approx(np.std(plain, ddof=1))


def test_what_was_written_is_read_again(tmp_path):
    row = {name: 1.5 for name in ("psnr_direct", "psnr_hyper-laplacian", "psnr_sparse", "kernel_similarity")}
    [first, *_] = found = [replace(record, scores=row, provenance={"device": "a machine"}) for record in runs()]
    write_csv(tmp_path / "quick.csv", [record.row() for record in found])
    [again, *_] = read(tmp_path / "quick.csv")
    assert again == replace(first, scores={m: 1.5 for m in MEASURES}, kernel=[])
    whole = (tmp_path / "quick.csv").read_text()
    for damaged in ("image\na\n", whole[:-40]):
        (tmp_path / "quick.csv").write_text(damaged)
        with pytest.raises(InputError, match=r"quick.csv cannot be read.*make equality"):
            read(tmp_path / "quick.csv")


def test_the_command_takes_what_the_tables_have_and_writes_every_run(tmp_path, monkeypatch, capsys):
    asked = []

    def campaign(store, jobs, processes, *, title, known, checkpoints):
        asked.append((store.folder, [place.folder for place in known], len(jobs)))
        return runs(0.05)

    monkeypatch.setattr(experiments, "run_campaign", campaign)
    monkeypatch.chdir(tmp_path)
    experiments.run_equality("quick", False, None, tmp_path)
    assert asked == [(tmp_path / "out/equality", [tmp_path / "records"], 48)]
    assert len((tmp_path / "equality" / "quick.csv").read_text().splitlines()) == 1 + 48
    assert capsys.readouterr().out.count("+0.050 dB") == len(MEASURES)


def test_beyond_quick_it_is_a_scene_of_levins(benchmark_data, monkeypatch):
    monkeypatch.setenv("MCDECONV_DATA", str(benchmark_data))
    wanted = jobs(tier="laptop")
    assert {job.problem.item.id for job in wanted} == {f"im05_flit0{kernel}" for kernel in range(1, 9)}
    assert len(wanted) == 48 and {job.tier for job in wanted} == {"laptop"}


@pytest.mark.parametrize(("has", "fast"), [(True, "bfloat16"), (False, "emulated-bfloat16")])
def test_it_is_emulated_where_the_processor_lacks_it(monkeypatch, has, fast):
    monkeypatch.setattr("mcdeconv.core.device.has_bfloat16", lambda device: has)
    assert {job.config.precision for job in jobs() if job.method == "bfloat16"} == {fast}


def test_with_the_true_kernel_only_g_x_is_trained():
    [first, *_] = wanted = jobs(true_kernel=True)
    assert first.config.kernel_net.architecture == "known" and first.config.update == "joint"
    assert len(wanted) == 48 and first.config.image_net == jobs()[0].config.image_net


def test_what_was_computed_in_float32_does_not_stand_for_bfloat16():
    found = [replace(record, provenance={"precision": record.identity.method}) for record in runs()]
    check(found)
    with pytest.raises(InputError, match=r"camera_kernel_03, seed 0, was computed in float32"):
        check([replace(record, provenance={"precision": "float32"}) for record in found])


def test_the_jobs_differ_in_the_precision_only():
    wanted = jobs()
    assert len(wanted) == 8 * 3 * 2
    for one, other in zip(wanted[::2], wanted[1::2], strict=True):
        assert (one.config.precision, one.method, other.method) == ("float32", "float32", "bfloat16")
        assert replace(other, method=one.method, config=replace(other.config, precision="float32")) == one
        assert one.problem is other.problem and one.seed == other.seed
