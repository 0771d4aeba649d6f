"""Milliseconds and memory of an iteration, beside a textbook's loop."""

from collections.abc import Iterator

from mcdeconv.studies.study import Asked, Study


def _measure(study: Study, asked: Asked) -> Iterator[str]:
    """Every case is printed as it is timed; a file a machine."""
    from mcdeconv.core.device import choose_device  # torch, for which readers need not wait
    from mcdeconv.studies.benchmark.benchmark import run_benchmark

    run_benchmark(choose_device(asked.device or "auto"), asked.repeats or 5, study.folder(asked.results))
    yield from ()


STUDY = Study(
    "benchmark",
    "How long does an iteration take, and how much memory?",
    page="table-7",
    measure=_measure,
    takes=("device", "repeats"),
)
