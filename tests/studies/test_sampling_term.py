"""The data term in parts, against a distribution whose parts are known, and a run that is not disturbed."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.signal import fftconvolve
from tiny import TINY

from mcdeconv.cli import sampling
from mcdeconv.core.schedules import constant
from mcdeconv.core.solve import solve
from mcdeconv.errors import InputError
from mcdeconv.studies.sampling_term import Terms, measure_terms, measuring, read, write

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
    assert found.iteration == 7 and found.kernel == pytest.approx((kernel**2).sum(), rel=1e-5)
    assert found.spread == pytest.approx(SIDE**2 * STD**2 * found.kernel, rel=0.03)
    assert found.unblurred == pytest.approx(SIDE**2 * STD**2, rel=0.03)
    assert found.passed == pytest.approx(found.kernel, rel=0.05)
    assert found.mu == pytest.approx(SIDE**2 * STD**2, rel=0.05)
    assert found.error == pytest.approx(SIDE**2 * 0.05**2, rel=0.05)
    assert found.share == pytest.approx(found.spread / (found.spread + found.error))


def test_samples_that_differ_by_their_brightness_say_nothing_of_the_kernel():
    rng = np.random.default_rng(2)
    kernel = rng.random((SIZE, SIZE)).astype(np.float32)
    state = white_state(np.zeros((SIDE + SIZE - 1,) * 2, np.float32), kernel / kernel.sum(), std=0)
    state.draw = lambda count, *_: torch.full((count, 1, SIDE + SIZE - 1, SIDE + SIZE - 1), rng.normal())
    found = measure_terms(state, torch.zeros(1, 1, SIDE, SIDE))
    assert found.spread > 0.1 * SIDE**2 and found.passed == pytest.approx(1, abs=1e-4)
    assert abs(found.mu) < 0.02 * found.spread


def test_samples_that_are_all_the_same_add_nothing():
    mean = np.full((SIDE, SIDE), 0.5, np.float32)
    delta = np.zeros((SIZE, SIZE), np.float32)
    delta[2, 2] = 1
    found = measure_terms(white_state(mean, delta, std=0), torch.zeros(1, 1, SIDE - SIZE + 1, SIDE - SIZE + 1))
    assert found.spread == pytest.approx(0, abs=1e-6) and found.error == pytest.approx(0.25 * 60**2, rel=1e-5)


def test_what_is_written_is_read_again(tmp_path):
    path = tmp_path / "sampling" / "levin-laptop.csv"
    assert read(path) == {}
    one, two, three = Terms(5, 0.25, 0.75, 3.0, 0.5, 1.5), Terms(5, 1.0, 0.0, 1.0, 0.5, 0.1), Terms(9, 2, 6, 7, 0.25, 8)
    found = {"b": [one], "a": [two, three]}
    write(path, found, "abc")
    assert read(path) == read(path, "abc") == found and read(path, "another") == {}
    before = path.read_text()
    write(path, {"a": [one]}, "older")
    write(path, {"a": [two, three]}, "abc")
    assert read(path, "abc") == found and read(path, "older") == {"a": [one]}
    path.write_text(before)
    assert path.read_text().splitlines()[-1] == "b,abc,5,0.25,0.75,3.0,0.5,1.5"
    assert (one.share, one.passed) == (0.75, 0.25)
    path.write_text(path.read_text()[:-15])
    with pytest.raises(InputError, match=r"levin-laptop.csv cannot be read.*make sampling"):
        read(path)


def test_the_command_goes_on_where_it_stopped(tmp_path, monkeypatch, capsys, benchmark_data):
    monkeypatch.setenv("MCDECONV_DATA", str(benchmark_data))
    monkeypatch.setattr(sampling, "in_processes", lambda work, tasks, count: (work(task) for task in tasks))
    asked = []

    def run(task):
        asked.append(task[0].item.id)
        return task[0].item.id, [Terms(250, 1.0, 3.0, 12.0, 0.5, 6.0)] * len(sampling.MOMENTS)

    monkeypatch.setattr(sampling, "run_measured", run)
    sampling.measure_sampling("laptop", ["im05_flit02"], None, tmp_path)
    sampling.measure_sampling("laptop", ["im05_flit01", "im05_flit02"], None, tmp_path)
    assert asked == ["im05_flit02", "im05_flit01"]
    assert list(read(tmp_path / "sampling" / "levin-laptop.csv")) == ["im05_flit01", "im05_flit02"]
    assert capsys.readouterr().out.splitlines()[-1].split() == ["250", "75.0%", "25.0%", "50.0%", "6", "2"]


def test_a_run_that_is_measured_goes_on_as_it_would():
    blurred = np.random.default_rng(1).random((36, 40)).astype(np.float32)
    config = replace(TINY, iterations=6)
    found = []
    observer = measuring((2, 6), torch.as_tensor(blurred)[None, None], found)
    measured, alone = solve(blurred, 5, config, observers=[observer]), solve(blurred, 5, config)
    assert [terms.iteration for terms in found] == [2, 6]
    np.testing.assert_array_equal(measured.kernel, alone.kernel)
    np.testing.assert_array_equal(measured.losses, alone.losses)
