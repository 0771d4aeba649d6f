"""The benchmark on a tiny tier: timings that are in order, peak memory, and a table with the hardware."""

import platform
from dataclasses import replace
from multiprocessing.pool import ThreadPool
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from tiny import NETS

from mcdeconv.core import algorithm_1 as solver
from mcdeconv.core.presets import PRESETS, TIERS
from mcdeconv.errors import InputError
from mcdeconv.studies.benchmark import ALONE, TOGETHER, benchmark, per_image, timings
from mcdeconv.studies.benchmark.benchmark import Case, measure, run_benchmark

CASE = Case("tiny", "float32", size=40, device="cpu", threads=1, repeats=4)


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    nets = NETS
    monkeypatch.setitem(PRESETS, "ours", replace(PRESETS["ours"], **nets))
    monkeypatch.setitem(TIERS, "tiny", replace(TIERS["paper"], name="tiny"))
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def threads_for_processes(monkeypatch):
    """A fresh process would not see the tiny tier: threads stand in."""
    pools = []

    def pool(count, *beginning):
        pools.append(count)
        return ThreadPool(count, *beginning)

    monkeypatch.setattr(benchmark.multiprocessing, "get_context", lambda kind: SimpleNamespace(Pool=pool))
    return pools


def test_a_timing_is_sane():
    timing = measure(CASE)
    assert 0 < timing["fastest"] <= timing["milliseconds"] <= timing["slowest"] < 10_000
    assert (timing["tier"], timing["size"], timing["channels"], timing["precision"]) == ("tiny", 40, 4, "float32")
    assert timing["repeats"] == 4
    assert 50 < timing["peak_megabytes"] <= benchmark.peak_memory() / 1e6  # torch alone takes that much


def test_real_processes_time_a_tier(monkeypatch):
    monkeypatch.undo()
    timing = measure(Case("quick", "float32", size=40, device="cpu", threads=1, repeats=2))
    assert timing["milliseconds"] > 0 and timing["plain_milliseconds"] > 0


def test_peak_memory_is_the_kernels_own_account():
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("Linux only")
    lines = status.read_text().splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))  # kB of 1,024 bytes
    assert benchmark.peak_memory() == pytest.approx(1024 * peak, rel=0.02)


def test_the_times_are_those_of_the_clock_after_the_warm_up(monkeypatch):
    """Durations by a clock of ours: ours and the plain loop in turns, 50 ms each to warm up."""
    now = [0.0]

    def steps(*durations):
        for duration in durations:
            now[0] += duration / 1e3
            yield

    def algorithm_1(*_, accelerator=None, resume=None):
        if resume:
            return steps(50, 50, 10, 40, 20, 30)
        return steps(50, 50, 1, 5, 2, 4) if accelerator else steps(0)  # which counts the arithmetic

    monkeypatch.setattr(benchmark, "algorithm_1", algorithm_1)
    monkeypatch.setattr(benchmark.time, "perf_counter", lambda: now[0])
    timing = measure(CASE)
    assert (timing["fastest"], timing["milliseconds"], timing["slowest"]) == pytest.approx((1.0, 3.0, 5.0))
    assert (timing["plain_milliseconds"], timing["speed_up"]) == pytest.approx((25.0, 25 / 3))


def test_it_is_algorithm_1_that_is_timed(monkeypatch):
    descents = []
    real = solver.descend
    monkeypatch.setattr(solver, "descend", lambda *given: descents.append(1) or real(*given))
    measure(CASE)
    steps = benchmark.WARM_UP + CASE.repeats
    assert len(descents) == 2 * (steps + 1) + steps  # theta_k and theta_x, one to count the arithmetic; both at once


def test_the_floor_counts_the_arithmetic_of_the_convolutions(monkeypatch):
    """Of a network that is one convolution, by hand: forward, and backward for the weights."""
    monkeypatch.setattr(benchmark, "RATE_SIDE", 64)
    now = [0.0]

    def tick():
        now[0] += 1e-3  # every product takes 1 ms: 2 × 64³ operations
        return now[0]

    monkeypatch.setattr(benchmark.time, "perf_counter", tick)
    layer, x = torch.nn.Conv2d(3, 5, 3), torch.rand(1, 3, 10, 10)

    def steps(*_):
        while True:
            layer(x).sum().backward()
            yield

    monkeypatch.setattr(benchmark, "algorithm_1", steps)
    forward = 2 * 5 * 3 * 3 * 3 * 8 * 8
    found = benchmark.floor_milliseconds(CASE)
    assert found == pytest.approx(2 * forward / (2 * 64**3))


def test_a_gpu_is_waited_for_before_and_after_a_block_of_iterations(monkeypatch):
    happened, now = [], iter([1.0, 3.0])
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: happened.append("waited"))
    monkeypatch.setattr(benchmark.time, "perf_counter", lambda: next(now))
    steps = iter(lambda: happened.append("step"), 1)
    assert benchmark.milliseconds(steps, "cuda") == 2000 / benchmark.BLOCK
    assert happened == ["waited", *["step"] * benchmark.BLOCK, "waited"]


def test_on_a_gpu_what_campaigns_do_is_timed(monkeypatch):
    monkeypatch.setattr(benchmark, "graphs", lambda: "graphs")
    monkeypatch.setattr(benchmark, "algorithm_1", lambda *_, accelerator: iter([accelerator]))
    monkeypatch.setattr(Case, "blurred", None)
    assert list(benchmark.iterations(replace(CASE, device="cuda"))) == ["graphs"]


def test_images_in_turns_have_an_iteration_each_a_round(monkeypatch):
    seen = []
    monkeypatch.setattr(benchmark, "iterations", lambda case: iter(lambda: seen.append(len(seen)), 1))
    assert len(benchmark.iterate_in_turns(CASE, 3)) == CASE.repeats
    assert len(seen) == 3 * (benchmark.WARM_UP + CASE.repeats)


def test_where_memory_ends_so_do_the_images_at_a_time(tmp_path, monkeypatch):
    def layout(case, images):
        if images > 4:
            raise torch.OutOfMemoryError("no memory left")
        return case.row(TOGETHER, images, 8.0)

    monkeypatch.setattr(benchmark, "measure_layout", layout)
    monkeypatch.setattr(benchmark, "images_at_a_time", lambda device, threads: benchmark.COUNTS)
    monkeypatch.setattr(benchmark, "TIERS", {"tiny": TIERS["tiny"]})
    monkeypatch.setattr(benchmark, "SIZES", ())
    printed = "\n".join(run_benchmark("cpu", 2, timings(tmp_path)))
    assert "4 at a time: 2.0 ms" in printed and "8 at a time: the memory does not suffice" in printed
    assert "16 at a time" not in printed


def test_beyond_the_largest_plain_size_there_is_no_plain_loop(monkeypatch):
    monkeypatch.setattr(benchmark, "LARGEST_PLAIN", 32)
    timing = measure(CASE)
    assert timing["plain_milliseconds"] is None and timing["speed_up"] is None and timing["repeats"] == 4


@pytest.mark.parametrize("bfloat16", [True, False])
def test_every_case_is_kept_with_the_hardware(tmp_path, monkeypatch, threads_for_processes, bfloat16):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": bfloat16}, raising=False)
    precisions = ("bfloat16", "float32") if bfloat16 else ("float32",)
    monkeypatch.setattr(benchmark, "TIERS", {"tiny": TIERS["tiny"]})
    monkeypatch.setattr(benchmark, "SIZES", (32, 40))
    printed = "\n".join(run_benchmark("cpu", 2, timings(tmp_path)))
    rows, threads = timings(tmp_path).read(), torch.get_num_threads()
    alone, together = ([row for row in rows if row["timed"] == kind] for kind in (ALONE, TOGETHER))
    assert [(row["precision"], row["size"]) for row in alone] == [(p, size) for p in precisions for size in (32, 40)]
    assert all(row["fastest"] <= row["milliseconds"] <= row["slowest"] and row["repeats"] == 2 for row in alone)
    assert [row["at_a_time"] for row in together] == sorted({1, threads}) * len(precisions)
    # a pool of its own for each loop, so that peak memory is its own
    assert threads_for_processes == [*[1, 1] * 2, *sorted({1, threads})] * len(precisions)
    for row in rows:
        assert (row["torch"], row["python"]) == (torch.__version__, platform.python_version())
        assert (row["threads"], row["bfloat16"]) == (threads, "yes" if bfloat16 else "no")
    assert "tiny" in printed and "32 px" in printed and "40 px" in printed and str(timings(tmp_path).path) in printed


def test_another_machine_or_a_second_try_leaves_the_rest(tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "TIERS", {"tiny": TIERS["tiny"]})
    monkeypatch.setattr(benchmark, "SIZES", ())
    monkeypatch.setattr(benchmark, "measure_layout", lambda case, images: case.row(TOGETHER, images, 8.0))
    monkeypatch.setattr(benchmark, "images_at_a_time", lambda device, threads: [4])
    monkeypatch.setattr(benchmark, "precisions", lambda tier, device: ["float32"])
    for device in ("A", "B", "A"):
        monkeypatch.setattr(
            benchmark, "provenance", lambda *_, d=device: {"device": d, "threads": 2, "torch": "2", "commit": "c"}
        )
        list(run_benchmark("cpu", 2, timings(tmp_path)))
    assert [(row["device"], per_image(row)) for row in timings(tmp_path).read()] == [("A", 2.0), ("B", 2.0)]


def test_a_folder_below_a_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "TIERS", {"tiny": TIERS["tiny"]})
    monkeypatch.setattr(benchmark, "SIZES", (32,))
    (tmp_path / "results").write_text("a file")
    with pytest.raises(InputError, match="results"):
        list(run_benchmark("cpu", 1, timings(tmp_path / "results")))


def test_a_larger_image_takes_longer():
    small, large = (measure(replace(CASE, size=size, repeats=5)) for size in (32, 192))
    assert np.log2(large["fastest"] / small["fastest"]) > 1  # 36 times the pixels


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_a_gpu_a_timing_is_sane():
    timing = measure(replace(CASE, device="cuda"))
    assert 0 < timing["floor_milliseconds"] < timing["milliseconds"] < timing["plain_milliseconds"]
    assert per_image(benchmark.measure_layout(replace(CASE, device="cuda"), 3)) > 0
