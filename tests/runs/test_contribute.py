"""What a machine's minutes go to: what is missing, in order, if it would end in time; and what comes of it."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from tiny import TINY

from mcdeconv.data.datasets.item import Item
from mcdeconv.data.problem import pose
from mcdeconv.errors import InputError
from mcdeconv.methods import RIVALS
from mcdeconv.runs import contribute
from mcdeconv.runs.contribute import Contribution, Pace, Tranche, pace_of, replays_rightly
from mcdeconv.runs.job import Job
from mcdeconv.runs.records import Store
from mcdeconv.runs.unscored import is_unscored


def job(image, size=40, config=TINY, pictures=0):
    blurred = np.random.default_rng(ord(image[-1])).random((size, size)).astype(np.float32)
    return Job(pose(Item(image, "drawn", "noise", blurred, 5), None), "ours", "tiny", config, 0, pictures)


JOBS = [job(image) for image in "abc"]


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Workers in this process: they start for seconds."""
    monkeypatch.setattr(contribute, "in_processes", lambda work, tasks, count: (work(task) for task in tasks))
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(
        contribute, "time", SimpleNamespace(monotonic=lambda: now.seconds, perf_counter=lambda: now.seconds)
    )
    monkeypatch.setattr("mcdeconv.runs.campaign.time", SimpleNamespace(monotonic=lambda: now.seconds))
    return now


def made(tmp_path, tranches, seconds=100.0, known=(), name="mine"):
    said = []
    store = Store(tmp_path / name)
    Contribution(store, known, "cpu", seconds, say=said.append).make(tranches)
    return sorted(record.identity.image for record in store), said


def paced(monkeypatch, seconds):
    monkeypatch.setattr(contribute, "pace_of", lambda jobs, device, paces: Pace(seconds, 1, contribute.area(jobs[0])))


def test_tranches_in_their_order_and_records_are_kept(tmp_path, clock, monkeypatch):
    paced(monkeypatch, 1.0)
    tranches = [Tranche("first", lambda: JOBS[:2]), Tranche("second", lambda: JOBS[1:])]
    images, said = made(tmp_path, tranches)
    assert images == ["a", "b", "c"]
    assert [line.split(",")[0] for line in said] == ["first: 2 missing", "second: 1 missing"]  # what is solved is there


def test_on_a_processor_what_takes_an_hour_comes_last(tmp_path, clock, monkeypatch):
    paced(monkeypatch, 1.0)
    tranches = [Tranche("large", lambda: JOBS[:1], large=True), Tranche("small", lambda: JOBS[1:2])]
    _, said = made(tmp_path, tranches)
    assert [line.split(":")[0] for line in said] == ["small", "large"]


def test_what_is_known_is_not_solved_again(tmp_path, clock, monkeypatch):
    paced(monkeypatch, 1.0)
    made(tmp_path, [Tranche("one", lambda: JOBS[:1])], name="known")
    images, _ = made(tmp_path, [Tranche("all", lambda: JOBS)], known=[Store(tmp_path / "known")])
    assert images == ["b", "c"]
    assert made(tmp_path, [Tranche("all", lambda: JOBS)], known=[Store(tmp_path / "known")])[1] == ["all: all there"]


def test_what_would_not_end_in_time_is_not_started_and_shorter_work_is(tmp_path, clock, monkeypatch):
    paced(monkeypatch, 10.0)
    long = [replace(job(image), config=replace(TINY, iterations=20)) for image in "de"]
    images, said = made(tmp_path, [Tranche("long", lambda: long), Tranche("short", lambda: JOBS)])
    assert images == ["a", "b", "c"]  # 2 iterations of 10 s, of 67 s that are left; 20 are too many
    assert said[0].startswith("long: 2 missing")


def test_without_time_nothing_is_begun(tmp_path, clock, monkeypatch):
    paced(monkeypatch, 1.0)

    def late():
        clock.seconds += 1000
        return JOBS

    images, said = made(tmp_path, [Tranche("late", late), Tranche("later", lambda: pytest.fail("it was planned"))])
    assert images == [] and said[-1] == "later: no time left, nor for what comes after it"


def test_a_data_set_that_is_not_there_is_named_and_passed_over(tmp_path, clock, monkeypatch):
    paced(monkeypatch, 1.0)

    def absent():
        raise InputError("lai is not on this machine")

    images, said = made(tmp_path, [Tranche("Lai", absent), Tranche("rest", lambda: JOBS[:1])])
    assert images == ["a"] and said[0] == "Lai: lai is not on this machine"


def test_a_larger_image_is_expected_to_take_longer_and_a_smaller_one_as_long():
    pace = Pace(0.5, 4, contribute.area(job("a", 60)))
    assert pace.expected(job("a", 60)) == pytest.approx(contribute.MARGIN * 2 * 0.5)
    assert pace.expected(job("a", 124)) == pytest.approx(4 * contribute.MARGIN * 2 * 0.5)
    assert pace.expected(job("a", 40)) == pace.expected(job("a", 60))
    assert pace.expected(replace(JOBS[0], config=RIVALS["l0"].settings)) == contribute.RIVALS_SECONDS


def test_runs_with_equal_networks_are_timed_once(monkeypatch):
    timed, paces = [], {}
    monkeypatch.setattr(contribute, "seconds_of_round", lambda job, device, count: timed.append(count) or 0.25)
    first = pace_of(JOBS, "cpu", paces)
    longer = [replace(JOBS[0], config=replace(TINY, iterations=9, dropout_rate=TINY.input_noise_std))]
    assert pace_of(longer, "cpu", paces) is first and timed == [1]
    other = [replace(JOBS[0], config=replace(TINY, update="joint"))]
    assert pace_of(other, "cpu", paces) is not first and timed == [1, 1]
    assert first.seconds == 0.25


def test_on_a_gpu_more_at_a_time_only_as_long_as_it_gains(monkeypatch):
    rounds = {2: 1.0, 6: 1.5, 12: 2.9}  # an iteration of all: 0.5, 0.25 and 0.24 a run
    monkeypatch.setattr(contribute, "seconds_of_round", lambda job, device, count: rounds[count])
    assert contribute.timed_on_gpu(JOBS[0], "cuda").at_a_time == 6  # 12 gain less than a tenth
    rounds[12] = 1.5
    assert contribute.timed_on_gpu(JOBS[0], "cuda") == Pace(1.5, 12, contribute.area(JOBS[0]))

    def full(job, device, count):
        raise torch.OutOfMemoryError("no memory left")

    monkeypatch.setattr(contribute, "seconds_of_round", full)
    assert contribute.timed_on_gpu(JOBS[0], "cuda").expected(JOBS[0]) == float("inf")


def test_an_iteration_is_really_timed():
    assert 0 < contribute.seconds_of_round(job("a", config=replace(TINY, iterations=9)), "cpu", 2) < 60


def test_recorded_iterations_are_held_against_plain_ones(monkeypatch):
    """Here what is recorded is what is run; an accelerator that leaves out iterations is found out."""
    recorded = contribute.graphs
    monkeypatch.setattr(contribute, "graphs", lambda: recorded(record=lambda iterate, generator: iterate))
    assert replays_rightly("cpu")
    monkeypatch.setattr(contribute, "graphs", lambda: recorded(record=lambda iterate, generator: lambda: None))
    assert not replays_rightly("cpu")


def test_a_gpu_whose_recording_fails_takes_plain_steps(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(contribute, "replays_rightly", lambda device: False)
    contribution = Contribution(Store(tmp_path / "mine"), (), "cuda", 10.0, say=said.append)
    assert not contribution.replayed and "plain steps" in said[0]


def test_what_a_gpu_has_done_with_is_kept_before_it_is_scored(tmp_path, clock, monkeypatch):
    paced(monkeypatch, 1.0)
    tranches, store, said = [Tranche("one", lambda: JOBS)], Store(tmp_path / "mine"), []
    contribution = Contribution(store, (), "cpu", 100.0, say=said.append)
    runs = list(contribution.ended(tranches))  # and the scores never come
    assert {run.solved.identity for run in runs} == {own.identity for own in JOBS} and len([*store]) == 0
    assert all(is_unscored(store, own) for own in JOBS)
    images, said = made(tmp_path, tranches)  # the same command does not solve them again
    assert images == [] and said[0] == "one: all there" and said[1].startswith("3 runs without scores")


def test_runs_that_take_longer_than_expected_teach_the_next_ones(tmp_path, clock, monkeypatch):
    paced(monkeypatch, 1.0)  # so 2.2 s are expected of a run

    def slow(task):
        yield
        clock.seconds += 22
        return contribute.Ended(task.identity, solved=SimpleNamespace(result=SimpleNamespace(seconds=22.0)))

    asked = []
    monkeypatch.setattr(contribute, "solving_job", lambda task: asked.append(task.expected) or slow(task))
    monkeypatch.setattr(contribute, "keep_unscored", lambda *_: None)
    contribution = Contribution(Store(tmp_path / "mine"), (), "cpu", 100.0)
    list(contribution.ended([Tranche("one", lambda: JOBS)]))
    assert asked == pytest.approx([2.2, 22.0, 22.0])


def test_who_lends_the_machine_stands_in_the_records_and_markup_is_refused(tmp_path, clock, monkeypatch):
    paced(monkeypatch, 1.0)
    store = Store(tmp_path / "mine")
    Contribution(store, (), "cpu", 100.0, "Ada L.", say=lambda _: None).make([Tranche("one", lambda: JOBS[:1])])
    assert [record.provenance["by"] for record in store] == ["Ada L."]
    for name in ("a|b", "<b>", "x" * 61, "two\nlines"):
        with pytest.raises(InputError, match="no name for a list"):
            Contribution(store, (), "cpu", 100.0, name)


def test_a_run_that_cannot_be_scored_starts_anew_next_time(tmp_path, clock, monkeypatch):
    paced(monkeypatch, 1.0)
    store, (one, *_) = Store(tmp_path / "mine"), JOBS
    contribution = Contribution(store, (), "cpu", 100.0, say=lambda _: None)
    [run] = contribution.ended([Tranche("one", lambda: [one])])
    assert is_unscored(store, one)
    [_] = contribution.checked([contribute.Outcome(run.identity, failure="a score is NaN")])
    assert not is_unscored(store, one)
