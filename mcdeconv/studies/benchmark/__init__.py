"""Milliseconds and memory of an iteration, beside a textbook's loop."""

from collections.abc import Iterator
from pathlib import Path

from mcdeconv.studies.rows import Measured, Sheet
from mcdeconv.studies.study import Asked, Study

ALONE, TOGETHER = "one image", "several images"  # what a row of the table has the time of
KEY = ("device", "threads", "bfloat16", "timed", "tier", "precision", "size", "at_a_time")


def timings(results: Path) -> Sheet:
    """Milliseconds an iteration, a row a case and machine; each the median of `repeats`.

    Sizes are px a side, of the blurred image and of the kernel, the peak is of the process or the GPU, and the floor
    the iteration's arithmetic at the rate of the device's own matrix product. Several images at a time share the
    device's threads (or streams).
    """
    return Sheet(STUDY.folder(results) / "rows.csv", KEY, "commit")


def per_image(row: Measured) -> float:
    """Milliseconds an iteration and image."""
    return row["milliseconds"] / row["at_a_time"]


def _measure(study: Study, asked: Asked) -> Iterator[str]:
    """A line a case as it is timed."""
    from mcdeconv.core.device import choose_device  # torch, for which readers need not wait
    from mcdeconv.studies.benchmark.benchmark import run_benchmark

    return run_benchmark(choose_device(asked.device or "auto"), asked.repeats or 5, timings(asked.results))


STUDY = Study(
    "benchmark",
    "How long does an iteration take, and how much memory?",
    page="table-7",
    measure=_measure,
    takes=("device", "repeats"),
)
