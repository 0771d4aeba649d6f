"""Live mode without a browser: what Python does when the front end asks, in a thread of its own."""

import threading
from dataclasses import replace

import fake_runs
import numpy as np
import pytest

from mcdeconv.core.config import ImageNetConfig, KernelNetConfig, SolverConfig
from mcdeconv.core.schedules import Step
from mcdeconv.data.problem import pose
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.explorer import Explorer, Trainer
from mcdeconv.explorer.live import LiveRequest, Stopped
from mcdeconv.explorer.pictures import pixels

START = {"action": "start", "id": "one", "image": fake_runs.IMAGE, "p0": 0.25, "sigma0": 0.02, "seed": 3}
PLACES = [{"p0": p0, "sigma0": sigma0, "psnr": 20.0, "similarity": 0.5} for p0 in (0.0, 0.3) for sigma0 in (0.0, 0.01)]
GRID = {
    **{"image": fake_runs.IMAGE, "seeds": [0], "default": {"p0": 0.3, "sigma0": 0.01}, "cells": PLACES},
    **{"p0": [0.0, 0.3], "sigma0": [0.0, 0.01], "psnr_blurred": 19.0},
}
TINY = SolverConfig(
    image_net=ImageNetConfig(levels=2, channels=4, skip_channels=2),
    kernel_net=KernelNetConfig(architecture="fully-connected"),
    input_depth=2,
    dropout_rate=Step(0.3, 0.001, 6),
    input_noise_std=Step(0.05, 0.001, 8),
    kernel_learning_rate=1e-3,
    iterations=12,
)


def watched(train):
    """An explorer, and the states that its progress goes through."""
    explorer, seen = Explorer([GRID], train), []
    explorer.observe(lambda change: seen.append(change["new"]), "progress")
    return explorer, seen


def test_it_answers_when_asked_whether_it_is_there():
    explorer, _ = watched(lambda request, report, stop: {})
    explorer.request = {"action": "hello", "id": "abc"}
    assert explorer.progress == {"id": "abc", "state": "ready"}


def test_without_a_trainer_nothing_starts():
    explorer, seen = watched(None)
    explorer.request = {"action": "hello", "id": "abc"}
    assert seen == []
    explorer.request = START
    explorer.wait(10)
    assert seen[-1] == {"id": "one", "state": "failed", "message": "these sliders only show what is stored"}


def test_a_run_reports_and_leaves_its_result():
    def train(request, report, stop):
        assert request == LiveRequest(fake_runs.IMAGE, 0.25, 0.02, 3)
        assert threading.current_thread() is not threading.main_thread()
        report({"iteration": 1, "of": 2})
        return {"psnr": 21.0}

    explorer, seen = watched(train)
    explorer.request = START
    explorer.wait(10)
    assert explorer.progress == {"id": "one", "state": "done", "cell": {"psnr": 21.0}}
    assert [one["state"] for one in seen] == ["running", "done"] and seen[0]["iteration"] == 1


def test_a_run_can_be_stopped_and_another_started():
    going = threading.Event()

    def train(request, report, stop):
        going.set()
        assert stop.wait(10)
        raise Stopped("stopped after 7 of 12 iterations")

    explorer, seen = watched(train)
    for name in ("one", "two"):
        going.clear()
        explorer.request = START | {"id": name}
        assert going.wait(10)
        explorer.request = {"action": "stop", "id": name}
        explorer.wait(10)
        assert seen[-1] == {"id": name, "state": "stopped", "message": "stopped after 7 of 12 iterations"}
    assert all("cell" not in one for one in seen)


def test_a_second_run_at_the_same_time_is_refused():
    release = threading.Event()
    explorer, seen = watched(lambda request, report, stop: {"waited": release.wait(10)})
    explorer.request = START
    explorer.request = START | {"id": "two"}
    assert seen[-1]["id"] == "two" and "still going" in seen[-1]["message"]
    release.set()
    explorer.wait(10)
    assert (seen[-1]["id"], seen[-1]["state"]) == ("one", "done")


@pytest.mark.parametrize("error", [RunFailed("the run diverged"), InputError("the image is constant")])
def test_a_failed_run_says_why(error):
    def train(request, report, stop):
        raise error

    explorer, seen = watched(train)
    explorer.request = START
    explorer.wait(10)
    assert seen[-1] == {"id": "one", "state": "failed", "message": str(error)}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"p0": 1.0}, "p0 is 1; choose a share"),
        ({"p0": float("nan")}, "p0 is nan"),
        ({"sigma0": -0.1}, "sigma0 is -0.1"),
        ({"seed": -1}, "the seed is -1"),
        ({"p0": "much"}, "must be numbers"),
    ],
)
def test_values_out_of_range_are_refused_with_the_value(wrong, reason):
    explorer, seen = watched(lambda request, report, stop: pytest.fail("it started"))
    explorer.request = START | wrong
    explorer.wait(10)
    assert seen[-1]["state"] == "failed" and reason in seen[-1]["message"]


@pytest.fixture(scope="module")
def problem():
    """48 px of the image: small enough for a test."""
    item = fake_runs.item()
    inner = (slice(24, 72), slice(24, 72))
    return pose(replace(item, blurred=item.blurred[inner].copy(), sharp=item.sharp[inner].copy()), None)


def test_the_trainer_makes_a_cell_like_the_stored_ones(problem, monkeypatch):
    monkeypatch.setattr("mcdeconv.explorer.live.EVERY", 0.0)
    reports = []
    trainer = Trainer({fake_runs.IMAGE: problem}, TINY)
    cell = trainer(LiveRequest(fake_runs.IMAGE, 0.2, 0.02, 0), reports.append, threading.Event())
    assert (cell["p0"], cell["sigma0"], cell["seed"]) == (0.2, 0.02, 0)
    assert np.isfinite([cell["psnr"], cell["ssim"], cell["similarity"], cell["seconds"]]).all()
    assert cell["iterations"][-1] == 12 and len(cell["losses"]) == len(cell["psnr_curve"]) == len(cell["iterations"])
    assert pixels(cell["image"]).shape == pixels(cell["std"]).shape == (48, 48)
    assert pixels(cell["kernel"]).shape == (problem.kernel_size,) * 2
    assert [report["iteration"] for report in reports] == list(range(1, 13)) and reports[-1]["of"] == 12
    assert pixels(reports[0]["cell"]["image"]).shape == (48, 48) and reports[0]["cell"]["std"] is None


def test_watching_a_run_does_not_change_it(problem):
    from mcdeconv.core.solve import solve
    from mcdeconv.explorer.grid import with_p0_sigma0

    trainer = Trainer({fake_runs.IMAGE: problem}, TINY)
    kept = []
    trainer = replace(trainer, solver=lambda *a, **k: kept.append(solve(*a, **k)))
    trainer(LiveRequest(fake_runs.IMAGE, 0.2, 0.02, 0), lambda report: None, threading.Event())
    alone = solve(problem.blurred, problem.kernel_size, with_p0_sigma0(TINY, 0.2, 0.02), seed=0)
    np.testing.assert_array_equal(kept[0].image, alone.image)


def test_the_trainer_stops_within_an_iteration(problem):
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped, match="stopped after 1 of 12 iterations"):
        Trainer({fake_runs.IMAGE: problem}, TINY)(LiveRequest(fake_runs.IMAGE, 0.2, 0.02, 0), lambda report: None, stop)


def test_the_trainer_knows_its_images(problem):
    with pytest.raises(InputError, match="no image 'other' to train on; choose camera_kernel_02"):
        Trainer({fake_runs.IMAGE: problem}, TINY)(
            LiveRequest("other", 0.2, 0.02, 0), lambda report: None, threading.Event()
        )
