"""A second opinion: what agrees is said to agree, what was tampered with is named, and no record is touched."""

from dataclasses import replace

import pytest
import torch
from tiny import TINY

from mcdeconv.data.datasets import load_item
from mcdeconv.data.problem import pose
from mcdeconv.errors import InputError
from mcdeconv.runs.campaign import Undone, run_campaign
from mcdeconv.runs.job import Job
from mcdeconv.runs.records import Identity, Record, Store
from mcdeconv.runs.verify import TRAINED, Agreement, Check, StoredRun, Tolerance, computed_anew, drawn, scored_again

PROBLEM = pose(load_item("small-levin", "camera_kernel_03"), 48)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Two runs of two iterations."""
    before, store = torch.get_num_threads(), Store(tmp_path_factory.mktemp("records"))
    torch.set_num_threads(1)
    run_campaign(store, [Job(PROBLEM, "ours", "tiny", TINY, seed) for seed in (0, 1)], processes=1)
    yield store
    torch.set_num_threads(before)


@pytest.fixture
def runs(store):
    return [StoredRun(record, TINY, lambda: PROBLEM) for record in sorted(store, key=lambda r: r.identity.seed)]


def tampered(run, **changes):
    return replace(run, record=replace(run.record, **changes))


def content(store):
    return {path: path.read_bytes() for path in store.folder.rglob("*") if path.is_file()}


def faults(runs, **found):
    whole = {"fits": [True] * len(runs), "rescored": [], "agreements": []}
    return list(Check(runs, **whole | found).faults())


def test_an_input_is_the_same_or_another_or_not_here(runs):
    run, other = runs
    assert run.input_fits() is True
    moved = replace(PROBLEM, blurred=PROBLEM.blurred[::-1])
    assert replace(run, posed=lambda: moved).input_fits() is False
    assert replace(run, posed=lambda: replace(PROBLEM, kernel_size=21)).input_fits() is False
    edited = tampered(other, identity=replace(other.record.identity, input="0" * 12))
    assert edited.input_fits() is False

    def missing():
        raise InputError("no such folder")

    assert replace(run, posed=missing).input_fits() is None
    [line] = faults([run, edited], fits=[None, False])
    assert line.startswith(edited.name) and "other pixels" in line


def test_scores_follow_from_the_stored_kernel(runs):
    run, _ = runs
    assert run.follows and run.score_difference() < 1e-4
    better = tampered(run, scores=run.record.scores | {"psnr_sparse": run.record.scores["psnr_sparse"] + 0.01})
    assert better.score_difference() == pytest.approx(0.01, abs=1e-4)
    sharper = tampered(run, kernel=PROBLEM.item.kernel.tolist())
    rescored = scored_again([run, better, sharper], 600)
    assert [line.split(":")[0] for line in faults([], rescored=rescored)] == [better.name, sharper.name]
    assert len(scored_again([run, better], 0.0)) == 1  # the time is up
    assert not tampered(run, scores={"loss": 0.1, "psnr_direct": 20.0}).follows
    assert not tampered(run, kernel=[]).follows


def test_a_run_computed_anew_is_equal_and_the_records_stay_as_they_were(store, runs):
    before, undone = content(store), Undone()
    agreements = computed_anew(runs, "cpu", 1, 600.0, undone)
    assert [one.verdict for one in agreements] == ["equal", "equal"] and undone.runs == 0
    assert [one.stored for one in agreements] == [run.record for run in runs]
    assert content(store) == before and faults(runs, agreements=agreements) == []
    assert [one.difference for one in agreements] == [0, 0] and agreements[0].similarity == pytest.approx(1)


def test_a_run_that_does_not_come_out_again_is_off_with_both_values(runs):
    run, _ = runs
    scores = run.record.scores
    lifted = {name: value + 5 for name, value in scores.items() if name.startswith("psnr_")}
    better = tampered(run, scores=scores | lifted)
    [found] = computed_anew([better], "cpu", 1, 600.0, Undone())
    assert found.verdict == "off" and found.difference == pytest.approx(5)
    [line] = faults([better], agreements=[found])
    assert f"{scores['psnr_sparse'] + 5:.2f} stored, {scores['psnr_sparse']:.2f} anew" in line
    other = tampered(run, kernel=[[1.0 * (row == column == 0) for column in range(15)] for row in range(15)])
    [found] = computed_anew([other], "cpu", 1, 600.0, Undone())
    assert (found.verdict, found.difference) == ("off", 0) and found.similarity < TRAINED.similarity


def test_what_the_time_was_up_for_is_neither_off_nor_failed(runs):
    undone = Undone()
    assert computed_anew(runs, "cpu", 1, 1e-9, undone) == [] and undone.runs == 2
    assert faults(runs, failed=1) == ["runs that failed: 1"]


@pytest.mark.parametrize(
    ("similarity", "more", "verdict"),
    [(0.0, 0.0, "equal"), (0.01, 0.4, "within"), (0.01, 2.0, "off"), (2.0, 0.0, "off")],
)
def test_the_tolerance_is_of_the_kernel_and_of_every_psnr(similarity, more, verdict):
    key = Identity("levin", "im05_flit01", "ours", "laptop", 0, "c" * 12, "i" * 12)
    scores = {"loss": 0.1, "psnr_sparse": 30.0, "psnr_direct": 29.0, "known_psnr_sparse": 33.0}
    stored = Record(key, scores, [[1.0, 0.0], [0.0, 1.0]], 9.0, 10, 0, {"device": "one"})
    again = scores | {"psnr_direct": 29.0 + more, "known_psnr_sparse": 99.0, "loss": 7.0}  # which are not the run's
    anew = replace(stored, scores=again, kernel=[[1.0, similarity], [0.0, 1.0]], provenance={"device": "another"})
    found = Agreement(stored, anew, TRAINED)
    assert found.verdict == verdict and found.difference == pytest.approx(more)
    row = found.row()
    assert (row["stored_device"], row["device"], row["image"]) == ("one", "another", "im05_flit01")


@pytest.mark.parametrize(
    ("stored", "here", "verdict"),
    [
        (("one", "float32"), ("another", "float32"), "off"),
        (("one", "bfloat16"), ("one", "bfloat16"), "off"),
        (("one", "bfloat16"), ("another", "bfloat16"), "apart"),
        (("one", "float32"), ("one", "bfloat16"), "apart"),
    ],
)
def test_in_bfloat16_only_the_same_processor_has_to_agree(runs, stored, here, verdict):
    places = [{"device": device, "precision": precision} for device, precision in (stored, here)]
    one, other = (replace(run.record, provenance=place) for run, place in zip(runs, places, strict=True))
    assert Agreement(one, other, Tolerance(1.0, 0.0)).verdict == verdict
    assert Agreement(one, other, Tolerance(0.0, 100.0)).verdict == "within"


def test_tiers_take_turns_in_an_order_that_the_seed_decides(runs):
    many = []
    for tier, count in (("full", 30), ("quick", 3)):
        for seed in range(count):
            key = replace(runs[0].record.identity, tier=tier, seed=seed)
            many.append(tampered(runs[0], identity=key))
    places = [(run.record.identity.tier, run.record.identity.seed) for run in drawn(many, 5)]
    assert [tier for tier, _ in places[:6]] == ["full", "quick"] * 3 and len(set(places)) == 33
    assert places == [(run.record.identity.tier, run.record.identity.seed) for run in drawn(many[::-1], 5)]
    assert places != [(run.record.identity.tier, run.record.identity.seed) for run in drawn(many, 6)]
