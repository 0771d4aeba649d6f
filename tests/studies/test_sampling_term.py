"""The data term in parts, against a distribution whose parts are known, and a run that is not disturbed."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.signal import fftconvolve
from tiny import TINY

from mcdeconv.core.schedules import constant
from mcdeconv.core.solve import solve
from mcdeconv.data.datasets import load_item
from mcdeconv.data.problem import pose
from mcdeconv.studies import STUDIES, Asked, sampling
from mcdeconv.studies.sampling_term import measure_terms

SIDE, SIZE, STD = 64, 5, 0.1


def white_state(mean, kernel, std=STD):
    """Samples are a fixed image plus white noise."""

    def draw(count, noise_std, dropout_rate, generator):
        assert (noise_std, dropout_rate) == (0.01, 0.3)  # of the iteration
        return torch.as_tensor(mean)[None, None] + std * torch.randn((count, 1, *mean.shape), generator=generator)

    return SimpleNamespace(
        draw=draw,
        kernel_net=lambda z, rate, generator: torch.as_tensor(kernel),
        z_k=None,
        iteration=7,
        noise_std=constant(0.01),
        config=SimpleNamespace(dropout_rate=constant(0.3)),
    )


def test_white_samples_are_worth_a_penalty_of_pixels_times_variance():
    rng = np.random.default_rng(0)
    mean = rng.random((SIDE + SIZE - 1,) * 2).astype(np.float32)
    kernel = rng.random((SIZE, SIZE)).astype(np.float32)
    kernel /= kernel.sum()
    blurred = fftconvolve(mean, kernel, "valid") + 0.05  # the mean sample is 0.05 off everywhere
    found = measure_terms(white_state(mean, kernel), torch.as_tensor(blurred, dtype=torch.float32)[None, None], 200)
    assert found["kernel"] == pytest.approx((kernel**2).sum(), rel=1e-5)
    assert found["spread"] == pytest.approx(SIDE**2 * STD**2 * found["kernel"], rel=0.03)
    assert found["unblurred"] == pytest.approx(SIDE**2 * STD**2, rel=0.03)
    assert found["passed"] == pytest.approx(found["kernel"], rel=0.05)
    assert found["mu"] == pytest.approx(SIDE**2 * STD**2, rel=0.05)
    assert found["error"] == pytest.approx(SIDE**2 * 0.05**2, rel=0.05)
    assert found["share"] == pytest.approx(found["spread"] / (found["spread"] + found["error"]))


def test_samples_that_differ_by_their_brightness_say_nothing_of_the_kernel():
    rng = np.random.default_rng(2)
    kernel = rng.random((SIZE, SIZE)).astype(np.float32)
    state = white_state(np.zeros((SIDE + SIZE - 1,) * 2, np.float32), kernel / kernel.sum(), std=0)
    state.draw = lambda count, *_: torch.full((count, 1, SIDE + SIZE - 1, SIDE + SIZE - 1), rng.normal())
    found = measure_terms(state, torch.zeros(1, 1, SIDE, SIDE))
    assert found["spread"] > 0.1 * SIDE**2 and found["passed"] == pytest.approx(1, abs=1e-4)
    assert abs(found["mu"]) < 0.02 * found["spread"]


def test_samples_that_are_all_the_same_add_nothing():
    mean = np.full((SIDE, SIDE), 0.5, np.float32)
    delta = np.zeros((SIZE, SIZE), np.float32)
    delta[2, 2] = 1
    found = measure_terms(white_state(mean, delta, std=0), torch.zeros(1, 1, SIDE - SIZE + 1, SIDE - SIZE + 1))
    assert found["spread"] == pytest.approx(0, abs=1e-6) and found["error"] == pytest.approx(0.25 * 60**2, rel=1e-5)


def test_the_study_goes_on_where_it_stopped(tmp_path, monkeypatch, inline, benchmark_data):
    monkeypatch.setenv("MCDECONV_DATA", str(benchmark_data))
    asked = []

    def run(task):
        asked.append(task.problem.item.id)
        return [head | {"share": 0.75, "passed": 0.25, "kernel": 0.5, "mu": 6.0} for head in task.heads]

    monkeypatch.setattr(sampling.LookedAt, "rows", run)
    list(STUDIES["sampling"].answer(Asked(tmp_path, images=["im05_flit02"])))
    first, *_ = STUDIES["sampling"].answer(Asked(tmp_path, images=["im05_flit01", "im05_flit02"]))
    assert asked == ["im05_flit02", "im05_flit01"]
    assert first.startswith("laptop, 250 ") and "mu 6 (6 to 6)" in first and first.endswith("n 2")
    rows = STUDIES["sampling"].sheet(tmp_path).read()
    assert [row["iteration"] for row in rows] == [250, 750, 1250, 1750, 2250, 2500] * 2


def test_a_run_is_looked_at_a_few_times(monkeypatch):
    monkeypatch.setattr(sampling, "configure", lambda *_: replace(TINY, iterations=20))
    task = sampling.LookedAt(pose(load_item("small-levin", "camera_kernel_01"), 40), "laptop")
    rows = task.rows()
    assert [row["iteration"] for row in rows] == [2, 6, 10, 14, 18, 20]
    for head, row in zip(task.heads, rows, strict=True):
        assert head.items() <= row.items() and 0 < row["share"] < 1
        assert row["passed"] == pytest.approx(row["spread"] / row["unblurred"])


def test_a_run_that_is_measured_goes_on_as_it_would():
    blurred = np.random.default_rng(1).random((36, 40)).astype(np.float32)
    config = replace(TINY, iterations=6)
    found = []

    def look(state):
        if state.iteration in (2, 6):
            found.append(measure_terms(state, torch.as_tensor(blurred)[None, None]))

    measured, alone = solve(blurred, 5, config, observers=[look]), solve(blurred, 5, config)
    assert len(found) == 2 and found[0] != found[1]
    np.testing.assert_array_equal(measured.kernel, alone.kernel)
    np.testing.assert_array_equal(measured.losses, alone.losses)
