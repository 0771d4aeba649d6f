"""The benchmark on a tiny tier: timings that are in order, peak memory, and a JSON with the hardware."""

import json
import os
import platform
from dataclasses import asdict, replace
from multiprocessing.pool import ThreadPool
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from mcdeconv import benchmark, solver
from mcdeconv.benchmark import Case, measure, run_benchmark
from mcdeconv.config import ImageNetConfig, KernelNetConfig
from mcdeconv.errors import InputError
from mcdeconv.presets import PRESETS, TIERS

CASE = Case("tiny", size=40, device="cpu", threads=1, repeats=4)


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    nets = {
        "image_net": ImageNetConfig(levels=2, channels=4, skip_channels=2),
        "kernel_net": KernelNetConfig(levels=2, channels=4),
    }
    monkeypatch.setitem(PRESETS, "ours", replace(PRESETS["ours"], **nets))
    monkeypatch.setitem(TIERS, "tiny", replace(TIERS["paper"], name="tiny"))
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def test_a_timing_is_sane():
    timing = measure(CASE)
    assert 0 < timing.fastest <= timing.milliseconds <= timing.slowest < 10_000
    assert (timing.tier, timing.size, timing.channels, timing.precision) == ("tiny", 40, 4, "float32")
    assert timing.repeats == 4
    assert timing.peak_megabytes > 50  # torch alone
    status = Path("/proc/self/status")
    if status.exists():  # the kernel's own account of the peak, in kB of 1,024 bytes
        peak = next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        assert timing.peak_megabytes == pytest.approx(1.024e-3 * int(peak), rel=0.02)


def test_the_times_are_those_of_the_clock_after_the_warm_up(monkeypatch):
    """An iteration's duration by a clock of ours: 50 ms each to warm up, then 1, 5, 2 and 4 ms."""
    durations = iter([0.05, 0.05, 0.001, 0.005, 0.002, 0.004])
    now = [0.0]

    def iterations(state, blurred):
        assert blurred.shape == (1, 1, 40, 40)
        while True:
            now[0] += next(durations)
            yield state

    monkeypatch.setattr(benchmark, "algorithm_1", iterations)
    monkeypatch.setattr(benchmark.time, "perf_counter", lambda: now[0])
    timing = measure(CASE)
    assert (timing.fastest, timing.milliseconds, timing.slowest) == (1.0, 3.0, 5.0)


def test_it_is_algorithm_1_that_is_timed(monkeypatch):
    descents = []
    real = solver.descend
    monkeypatch.setattr(solver, "descend", lambda *given: descents.append(1) or real(*given))
    measure(CASE)
    assert len(descents) == 2 * (benchmark.WARM_UP + CASE.repeats)  # theta_k and theta_x


@pytest.fixture
def threads_for_processes(monkeypatch):
    """A fresh process would not see the tiny tier: threads stand in."""
    pools = []

    def pool(count):
        pools.append(count)
        return ThreadPool(count)

    monkeypatch.setattr(benchmark.multiprocessing, "get_context", lambda kind: SimpleNamespace(Pool=pool))
    monkeypatch.setattr(benchmark, "TIERS", {"tiny": TIERS["tiny"]})
    monkeypatch.setattr(benchmark, "SIZES", (32, 40))
    return pools


def test_every_case_is_written_with_the_hardware(tmp_path, capsys, threads_for_processes):
    folder = tmp_path / "results" / "benchmarks"
    timings = run_benchmark("cpu", 2, folder)
    assert threads_for_processes == [1, 1]  # a pool of its own for each, so that peak memory is its own
    [name] = os.listdir(folder)
    assert name.startswith("iteration-") and name.endswith(".json") and " " not in name
    content = json.loads((folder / name).read_text())
    assert content["timings"] == [asdict(timing) for timing in timings]
    assert [timing.size for timing in timings] == [32, 40]
    assert content["hardware"]["torch"] == torch.__version__
    assert content["hardware"]["python"] == platform.python_version()
    assert content["hardware"]["threads"] == torch.get_num_threads()
    printed = capsys.readouterr().out
    assert "tiny" in printed and "32 px" in printed and "40 px" in printed and str(folder / name) in printed


def test_a_folder_below_a_file_is_refused(tmp_path, threads_for_processes):
    (tmp_path / "results").write_text("a file")
    with pytest.raises(InputError, match="results"):
        run_benchmark("cpu", 1, tmp_path / "results" / "benchmarks")


def test_a_larger_image_takes_longer():
    small, large = (measure(replace(CASE, size=size, repeats=5)) for size in (32, 192))
    assert np.log2(large.fastest / small.fastest) > 1  # 36 times the pixels
