"""Campaigns: what has a record is not solved again, failures are named, and what is killed goes on where it stopped."""

from dataclasses import dataclass, replace
from multiprocessing.pool import ThreadPool
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from fake_runs import in_one_step
from tiny import TINY

from mcdeconv.core import solve as runner
from mcdeconv.data.datasets.item import Item
from mcdeconv.data.problem import pose
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.runs import campaign
from mcdeconv.runs import run as experiment
from mcdeconv.runs.campaign import Undone, complete, run_campaign
from mcdeconv.runs.job import Job, nameless
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record, Store


def job(image, seed=0, method="ours"):
    blurred = np.random.default_rng(len(image) + ord(image[-1])).random((40, 40)).astype(np.float32)
    return Job(pose(Item(image, "drawn", "noise", blurred, 5), None), method, "tiny", TINY, seed)


JOBS = [job(image, seed) for seed in (0, 1) for image in ("a", "b", "c")]


@dataclass
class Scored:
    """Stands in for what `experiment.running` returns."""

    made: Record

    def record(self):
        return self.made


class Solver:
    """Stands in for `experiment.run`, and for the user's ctrl-C."""

    def __init__(self, fails=(), stop_after=None):
        self.calls, self.fails, self.stop_after = [], fails, stop_after

    def __call__(self, problem, method, tier, config, seed, device, observers, checkpoint, time_budget):
        if len(self.calls) == self.stop_after:
            raise KeyboardInterrupt
        self.calls.append((problem.item.id, seed))
        if self.calls[-1] in self.fails:
            raise RunFailed("the run diverged")
        identity = Job(problem, method, tier, config, seed).identity
        made = Record(identity, {"loss": float(len(self.calls))}, [[1.0]], 1.0, 2, seed, {"device": device})
        return Scored(made)


@pytest.fixture(autouse=True)
def one_thread():
    """What a worker has; two threads on pictures this small wait for one another, on a busy machine for minutes."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "records")


@pytest.fixture
def solver(monkeypatch):
    def use(**options):
        solver = Solver(**options)
        monkeypatch.setattr(campaign, "running", in_one_step(solver))
        return solver

    return use


def keys(records):
    return [(record.identity.image, record.identity.seed) for record in records]


WANTED = [("a", 0), ("b", 0), ("c", 0), ("a", 1), ("b", 1), ("c", 1)]


def test_every_job_is_solved_once_in_order_and_recorded(store, solver):
    calls = solver().calls
    records = run_campaign(store, JOBS, processes=1)
    assert calls == WANTED
    assert keys(records) == WANTED
    assert [record.scores["loss"] for record in records] == [1, 2, 3, 4, 5, 6]
    assert sorted(keys(store)) == sorted(WANTED)


def test_what_has_a_record_is_not_solved_again(store, solver):
    solver()
    first = run_campaign(store, JOBS[:3], processes=1)
    again = solver()
    records = run_campaign(store, [JOBS[4], *JOBS[:3]], processes=1)
    assert again.calls == [("b", 1)]
    assert keys(records) == [("b", 1), ("a", 0), ("b", 0), ("c", 0)]  # in the order of the jobs
    assert records[1:] == first


def test_another_configuration_is_solved_anew(store, solver):
    solver()
    run_campaign(store, JOBS[:1], processes=1)
    again = solver()
    run_campaign(store, [replace(JOBS[0], config=replace(TINY, iterations=3)), replace(JOBS[0], tier="small")], 1)
    assert len(again.calls) == 2


def test_two_names_of_one_configuration_share_a_run(store, solver):
    calls = solver().calls
    twins = [JOBS[0], replace(JOBS[0], method="S3"), JOBS[1]]
    records = run_campaign(store, twins, processes=1)
    assert calls == [("a", 0), ("b", 0)]
    assert [record.identity.method for record in records] == ["ours", "S3", "ours"]
    assert records[0].scores == records[1].scores
    again = solver()
    (later,) = run_campaign(store, [replace(JOBS[1], method="dropout-only")], processes=1)
    assert again.calls == [] and later.identity.method == "dropout-only" and later.scores == records[2].scores


def test_a_twin_without_the_pictures_wanted_is_not_enough(store):
    run_campaign(store, JOBS[:1], processes=1)
    run_campaign(store, [replace(JOBS[0], method="S3", pictures=1)], processes=1)
    assert store.trajectory(replace(JOBS[0], method="S3").identity) is not None


def test_a_deleted_record_is_solved_again(store, solver):
    solver()
    run_campaign(store, JOBS[:3], processes=1)
    store.path(JOBS[1].identity).unlink()
    again = solver()
    run_campaign(store, JOBS[:3], processes=1)
    assert again.calls == [("b", 0)]


def test_a_failed_run_is_named_leaves_no_record_and_stops_no_other(store, solver, capsys):
    solver(fails=[("b", 0)])
    records = run_campaign(store, JOBS, processes=1)
    assert keys(records) == [key for key in WANTED if key != ("b", 0)]
    assert store.get(JOBS[1].identity) is None
    assert "b, ours, seed 0: the run diverged" in capsys.readouterr().out
    again = solver()
    assert keys(run_campaign(store, JOBS, processes=1)) == WANTED  # it is tried again
    assert again.calls == [("b", 0)]


def test_a_stopped_campaign_goes_on_with_what_is_missing(store, solver):
    solver(stop_after=4)
    with pytest.raises(KeyboardInterrupt):
        run_campaign(store, JOBS, processes=1)
    assert sorted(keys(store)) == sorted(WANTED[:4])
    again = solver()
    assert keys(run_campaign(store, JOBS, processes=1)) == WANTED
    assert again.calls == WANTED[4:]


def test_a_damaged_record_is_named_set_aside_and_solved_again(store, solver, caplog):
    solver()
    run_campaign(store, JOBS[:2], processes=1)
    store.path(JOBS[1].identity).write_text("{")
    again = solver()
    assert keys(run_campaign(store, JOBS[:2], processes=1)) == WANTED[:2]
    assert again.calls == [("b", 0)]
    assert "b__ours__tiny__seed0" in caplog.text
    assert len(list(store.folder.glob("*/*.rejected"))) == 1


def test_a_traced_job_keeps_its_trajectory_and_asks_for_a_missing_one(store):
    traced = replace(JOBS[0], pictures=1)
    run_campaign(store, JOBS[:1], processes=1)
    assert JOBS[0].done(store) and not traced.done(store)
    (record,) = run_campaign(store, [traced], processes=1)
    assert traced.done(store) and not replace(traced, pictures=5).done(store)
    assert store.trajectory(record.identity).iterations[-1] == TINY.iterations


def test_a_folder_that_cannot_be_written_stops_it_too(tmp_path, solver):
    (tmp_path / "records").write_text("a file")
    calls = solver().calls
    with pytest.raises(InputError, match="records"):
        run_campaign(Store(tmp_path / "records"), JOBS, processes=1)
    assert calls == []


def test_nothing_to_do(store, solver):
    assert run_campaign(store, []) == []


def test_several_processes_give_the_same_records_in_the_same_order(store, solver, monkeypatch):
    """A pool of threads in the place of one of processes, which start for seconds: the same interface."""
    made = []

    def in_threads(work, tasks, count):
        made.append(count)
        with ThreadPool(count) as pool:
            yield from pool.imap_unordered(work, tasks)

    monkeypatch.setattr(campaign, "in_processes", in_threads)
    solver(fails=[("c", 0)])
    records = run_campaign(store, JOBS, processes=4)
    assert keys(records) == [key for key in WANTED if key != ("c", 0)]
    assert made == [4]
    assert {record.provenance["at_a_time"] for record in records} == {4}


def test_a_gpu_is_used_by_one_process(store, solver, monkeypatch):
    others = []

    def here(work, ended, processes):
        others.append(work)
        return (work(one) for one in ended)

    monkeypatch.setattr(campaign, "in_processes", here)
    solver()
    records = run_campaign(store, JOBS, processes=4, device="cuda")
    assert {record.provenance["device"] for record in records} == {"cuda"}
    assert {record.provenance["at_a_time"] for record in records} == {4}
    [alone] = run_campaign(store, [job("d")], processes=4, device="cuda")
    assert alone.provenance["at_a_time"] == 1
    assert set(others) == {campaign.scored}  # a pool only for the processor's part


def test_processes_are_ended_when_a_record_cannot_be_kept(store, solver, monkeypatch):
    ended = []

    def here(work, tasks, count):
        try:
            yield from map(work, tasks)
        finally:
            ended.append(count)

    monkeypatch.setattr(campaign, "in_processes", here)
    monkeypatch.setattr(Store, "put", lambda *_: (_ for _ in ()).throw(InputError("the disk is full")))
    solver()
    with pytest.raises(InputError, match="the disk is full") as caught:
        run_campaign(store, JOBS, processes=2)
    assert ended == [2] and caught.value  # while the error, and with it the frames, is still there


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_a_gpu_runs_in_turns_come_out_as_alone(tmp_path, store):
    together = run_campaign(store, JOBS[:3], device="cuda")
    alone = run_campaign(Store(tmp_path / "alone"), JOBS[:3], processes=1, device="cuda")
    assert keys(together) == keys(alone) == WANTED[:3]
    for one, other in zip(together, alone, strict=True):
        assert np.allclose(one.kernel, other.kernel, atol=1e-3)
        assert (one.provenance["in_turns"], one.provenance["at_a_time"], other.provenance["at_a_time"]) == (True, 3, 1)


def test_a_real_run_is_kept_and_read_back(store, monkeypatch):
    [record] = run_campaign(store, JOBS[:1], processes=1)
    assert record.iterations == 2 and record.scores.keys() == {"loss"}
    monkeypatch.setattr(campaign, "running", lambda *_, **__: pytest.fail("solved again"))
    assert run_campaign(store, JOBS[:1], processes=1) == [record]


def test_a_record_in_another_precision_counts_and_keeps_its_own(store, solver):
    solver()
    [record] = run_campaign(store, JOBS[:1], processes=1)
    plain = replace(record, identity=replace(record.identity, precision="float32"))
    store.put(plain)
    again = solver()
    assert run_campaign(store, JOBS[:1], processes=1) == [plain]
    [twin] = run_campaign(store, [replace(JOBS[0], method="S3")], processes=1)
    assert again.calls == [] and twin.identity.precision == "float32"


def test_what_a_device_without_bfloat16_computes_says_so(store, monkeypatch):
    monkeypatch.setattr("mcdeconv.core.device.has_bfloat16", lambda device: False)
    wanted = replace(JOBS[0], config=replace(TINY, precision="bfloat16"))
    [record] = run_campaign(store, [wanted], processes=1)
    assert record.identity == replace(wanted.identity, precision="float32") and wanted.done(store)


# --- what is known elsewhere


def test_what_another_store_has_is_done_and_stays_there_alone(tmp_path, store, solver):
    solver()
    known = Store(tmp_path / "known")
    first = run_campaign(known, JOBS[:2], processes=1)
    before = files(known.folder)
    again = solver()
    records = run_campaign(store, JOBS[:3], processes=1, known=[known])
    assert again.calls == [("c", 0)]
    assert records[:2] == first and keys(records) == WANTED[:3]
    assert keys(store) == [("c", 0)] and files(known.folder) == before


def test_another_stores_run_of_the_same_configuration_is_adopted(tmp_path, store, solver):
    solver()
    known = Store(tmp_path / "known")
    [ours] = run_campaign(known, JOBS[:1], processes=1)
    again = solver()
    [twin] = run_campaign(store, [replace(JOBS[0], method="S3")], processes=1, known=[known])
    assert again.calls == [] and twin == replace(ours, identity=twin.identity)
    assert store.get(twin.identity) == twin and known.get(twin.identity) is None


# --- when the time is up


LONG = replace(TINY, iterations=80)


@pytest.fixture
def clock(monkeypatch):
    """Every clock there is: an iteration takes a second, and nothing else takes any; `seen` has the iterations."""
    now, keep_late_kernel = SimpleNamespace(seconds=1000.0, seen=[], stop_at=None), runner.keep_late_kernel

    def tick(state, last):
        now.seconds += 1
        now.seen.append(state.iteration)
        if state.iteration == now.stop_at:
            raise KeyboardInterrupt
        keep_late_kernel(state, last)

    monkeypatch.setattr(runner, "keep_late_kernel", tick)
    monkeypatch.setattr(runner, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    monkeypatch.setattr(campaign, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    return now


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_no_time_solves_nothing_and_loses_nothing(tmp_path, store, solver, capsys):
    solver()
    run_campaign(store, JOBS[:2], processes=1)
    before, again, undone = files(store.folder), solver(), Undone()
    records = run_campaign(store, JOBS, 1, time_budget=0, checkpoints=tmp_path / "checkpoints", undone=undone)
    assert again.calls == [] and keys(records) == WANTED[:2]
    assert files(store.folder) == before and files(tmp_path / "checkpoints") == {}
    assert undone == Undone(runs=4, saved=0)
    line = "the time was up; runs not done: 4, 0 with a checkpoint; the same command goes on\n"
    assert line in capsys.readouterr().out
    assert keys(run_campaign(store, JOBS, processes=1)) == WANTED  # the same command, with time
    assert again.calls == WANTED[2:]


def test_time_enough_says_nothing_of_time(store, solver, capsys):
    solver(fails=[("b", 0)])
    undone = Undone()
    run_campaign(store, JOBS, 1, time_budget=1e6, undone=undone)
    assert undone == Undone() and "time" not in capsys.readouterr().out  # a failure is none of these


def test_a_run_cut_short_and_resumed_is_as_if_uncut_and_its_seconds_add_up(tmp_path, store, clock, capsys):
    long = replace(JOBS[0], config=LONG)
    [whole] = run_campaign(Store(tmp_path / "uncut"), [long], processes=1)
    assert whole.seconds == whole.iterations == 80
    clock.seen.clear()
    options = {"checkpoints": tmp_path / "checkpoints", "time_budget": 32.5}
    file = tmp_path / "checkpoints" / store.path(nameless(long.identity)).with_suffix(".pt").name
    for seen in (range(1, 34), range(34, 67)):
        undone = Undone()
        assert run_campaign(store, [long], 1, undone=undone, **options) == []
        assert undone == Undone(runs=1, saved=1) and clock.seen == list(seen)
        assert list(files(tmp_path / "checkpoints")) == [file.relative_to(tmp_path / "checkpoints")]
        clock.seen.clear()
    capsys.readouterr()
    assert run_campaign(store, [long], 1, **options) == [whole]  # kernel, scores, 80 s: all of it
    assert clock.seen == list(range(67, 81)) and "time" not in capsys.readouterr().out
    assert files(tmp_path / "checkpoints") == {}  # what has a record needs none


def test_the_deadline_is_the_campaigns_not_each_runs(tmp_path, store, clock):
    jobs, undone = [replace(job, config=LONG) for job in JOBS[:3]], Undone()
    records = run_campaign(store, jobs, 1, time_budget=99.5, checkpoints=tmp_path / "checkpoints", undone=undone)
    assert keys(records) == WANTED[:1]
    assert clock.seen == [*range(1, 81), *range(1, 21)]  # the second is cut short, the third not started
    assert undone == Undone(runs=2, saved=1)


def test_two_names_of_a_run_that_is_cut_short_are_two_runs_not_done(tmp_path, store, clock):
    twins, undone = [replace(JOBS[0], config=LONG, method=method) for method in ("ours", "S3")], Undone()
    options = {"checkpoints": tmp_path / "checkpoints", "undone": undone}
    assert run_campaign(store, twins, 1, time_budget=10, **options) == []
    assert undone == Undone(runs=2, saved=2)
    assert len(run_campaign(store, twins, 1, **options)) == 2 and clock.seen == list(range(1, 81))


def test_a_run_with_pictures_is_dropped_when_the_time_is_up(tmp_path, store, clock):
    traced, undone = replace(JOBS[0], config=LONG, pictures=2), Undone()
    options = {"checkpoints": tmp_path / "checkpoints"}
    assert run_campaign(store, [traced], 1, time_budget=50, undone=undone, **options) == []
    assert undone == Undone(runs=1, saved=0) and files(tmp_path / "checkpoints") == files(store.folder) == {}
    clock.seen.clear()
    [record] = run_campaign(store, [traced], 1, time_budget=100, **options)
    assert clock.seen == list(range(1, 81)) and store.trajectory(record.identity).iterations[0] == 2


def test_a_campaign_that_is_interrupted_goes_on_from_its_checkpoints(tmp_path, store, clock):
    long, options = replace(JOBS[0], config=LONG), {"checkpoints": tmp_path / "checkpoints"}
    clock.stop_at = 40
    with pytest.raises(KeyboardInterrupt):
        run_campaign(store, [long], 1, **options)
    clock.stop_at = None
    clock.seen.clear()
    [record] = run_campaign(store, [long], 1, **options)
    assert clock.seen == list(range(31, 81))  # every 30 s it is saved
    assert record.seconds == 80  # of the record's own iterations; those done twice count once


def test_a_checkpoint_folder_that_cannot_be_made_stops_it_before_the_first_run(tmp_path, store, solver):
    (tmp_path / "checkpoints").write_text("a file")
    calls = solver().calls
    with pytest.raises(InputError, match="checkpoints"):
        run_campaign(store, JOBS, processes=1, checkpoints=tmp_path / "checkpoints")
    assert calls == []


def test_another_name_of_a_run_goes_on_from_its_checkpoint(tmp_path, store, clock):
    ours, twin = (replace(JOBS[0], config=LONG, method=method) for method in ("ours", "S3"))
    options = {"checkpoints": tmp_path / "checkpoints"}
    assert run_campaign(store, [ours], 1, time_budget=9.5, **options) == []
    assert len(run_campaign(store, [twin, ours], 1, **options)) == 2 and clock.seen == list(range(1, 81))


def test_a_checkpoint_stays_until_the_record_is_kept(tmp_path, store, clock, monkeypatch):
    options = {"checkpoints": tmp_path / "checkpoints"}
    with monkeypatch.context() as full:
        full.setattr(Store, "put", lambda *_: pytest.fail("the disk is full"))
        with pytest.raises(pytest.fail.Exception, match="the disk is full"):
            run_campaign(store, [replace(JOBS[0], config=LONG)], 1, **options)
    assert clock.seen == list(range(1, 81))
    assert len(run_campaign(store, [replace(JOBS[0], config=LONG)], 1, **options)) == 1
    assert clock.seen == list(range(1, 81)) and files(tmp_path / "checkpoints") == {}


def test_the_checkpoints_of_both_tries_go_with_the_record(tmp_path, store, monkeypatch):
    iterate = runner._iterate

    def diverge(state, blurred, keep, deadline, observers, seed):
        solution = yield from iterate(state, blurred, keep, deadline, observers, seed)
        if seed == 0:
            raise runner.Diverged("the loss became nan")
        assert len(files(tmp_path / "checkpoints")) == 2
        return solution

    monkeypatch.setattr(runner, "_iterate", diverge)
    [record] = run_campaign(store, JOBS[:1], 1, checkpoints=tmp_path / "checkpoints")
    assert record.seed_used != 0 and files(tmp_path / "checkpoints") == {}


def test_a_failed_run_starts_anew(tmp_path, store, clock, monkeypatch):
    options, long = {"checkpoints": tmp_path / "checkpoints"}, replace(JOBS[0], config=LONG)
    with monkeypatch.context() as broken:
        broken.setattr(experiment, "scores", lambda *_: {"loss": float("nan")})
        assert run_campaign(store, [long], 1, **options) == [] and files(tmp_path / "checkpoints") == {}
    assert len(run_campaign(store, [long], 1, **options)) == 1 and clock.seen == [*range(1, 81)] * 2


def test_an_image_that_cannot_be_solved_is_named_and_stops_no_other(store, solver, capsys):
    solver()
    small = replace(JOBS[0], problem=replace(JOBS[0].problem, kernel_size=41))
    assert keys(run_campaign(store, [small, JOBS[1]], processes=1)) == [("b", 0)]
    assert "a, ours, seed 0: the image is 40×40 px; it must be" in capsys.readouterr().out


# --- what a checkout has


def test_a_library_is_completed_into_its_local_store(tmp_path, solver):
    library = Library(tmp_path)
    solver()
    [committed] = run_campaign(library.committed, JOBS[:1], processes=1)
    again = solver()
    records = complete(library, [replace(JOBS[0], method="S3"), *JOBS[:2]], "cpu", 1)
    assert again.calls == [("b", 0)]
    assert records[0].scores == records[1].scores == committed.scores
    assert sorted(record.identity.method for record in library.local) == ["S3", "ours"]


def test_what_came_with_a_checkout_is_computed_again_if_only_local_records_count(tmp_path, solver):
    library = Library(tmp_path)
    solver()
    run_campaign(library.committed, JOBS[:1], processes=1)
    again = solver()
    [record] = complete(library, JOBS[:1], "cpu", 1, local_only=True)
    assert again.calls == [("a", 0)] and library.local.get(record.identity) == record
