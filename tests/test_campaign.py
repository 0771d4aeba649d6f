"""Campaigns: what has a record is not solved again, failures are named, and what is killed goes on where it stopped."""

from dataclasses import replace
from multiprocessing.pool import ThreadPool
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from mcdeconv import campaign
from mcdeconv.campaign import run_campaign
from mcdeconv.config import ImageNetConfig, KernelNetConfig, SolverConfig
from mcdeconv.datasets.item import Item
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.job import Job
from mcdeconv.problem import pose
from mcdeconv.records import Record, Store

TINY = SolverConfig(
    image_net=ImageNetConfig(levels=2, channels=4, skip_channels=2),
    kernel_net=KernelNetConfig(levels=2, channels=4),
    iterations=2,
)


def job(image, seed=0, method="ours"):
    blurred = np.random.default_rng(len(image) + ord(image[-1])).random((40, 40)).astype(np.float32)
    return Job(pose(Item(image, "drawn", "noise", blurred, 5), None), method, "tiny", TINY, seed)


JOBS = [job(image, seed) for seed in (0, 1) for image in ("a", "b", "c")]


class Solver:
    """Stands in for `experiment.run`, and for the user's ctrl-C."""

    def __init__(self, fails=(), stop_after=None):
        self.calls, self.fails, self.stop_after = [], fails, stop_after

    def __call__(self, problem, method, tier, config, seed, device, observers):
        if len(self.calls) == self.stop_after:
            raise KeyboardInterrupt
        self.calls.append((problem.item.id, seed))
        if self.calls[-1] in self.fails:
            raise RunFailed("the run diverged")
        identity = Job(problem, method, tier, config, seed).identity
        return Record(identity, {"loss": float(len(self.calls))}, [[1.0]], 1.0, 2, seed, {"device": device})


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "records")


@pytest.fixture
def solver(monkeypatch):
    def use(**options):
        solver = Solver(**options)
        monkeypatch.setattr(campaign, "run", solver)
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

    def pool(count, initialiser, arguments):
        made.append((count, initialiser, arguments))
        return ThreadPool(count)

    monkeypatch.setattr(campaign.multiprocessing, "get_context", lambda kind: SimpleNamespace(Pool=pool))
    solver(fails=[("c", 0)])
    records = run_campaign(store, JOBS, processes=4)
    assert keys(records) == [key for key in WANTED if key != ("c", 0)]
    assert made == [(4, torch.set_num_threads, (1,))]  # a thread each: the processes share the cores


def test_a_gpu_is_used_by_one_process(store, solver, monkeypatch):
    monkeypatch.setattr(campaign.multiprocessing, "get_context", lambda kind: pytest.fail("a pool on one GPU"))
    solver()
    records = run_campaign(store, JOBS, processes=4, device="cuda")
    assert {record.provenance["device"] for record in records} == {"cuda"}


def test_a_real_run_is_kept_and_read_back(store, monkeypatch):
    [record] = run_campaign(store, JOBS[:1], processes=1)
    assert record.iterations == 2 and record.scores.keys() == {"loss"}
    monkeypatch.setattr(campaign, "run", lambda *_: pytest.fail("solved again"))
    assert run_campaign(store, JOBS[:1], processes=1) == [record]
