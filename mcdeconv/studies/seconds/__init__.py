"""How long the methods take, and what they restore by then."""

from collections.abc import Iterator
from pathlib import Path

from mcdeconv.runs.wording import count
from mcdeconv.studies.rows import Measured, Sheet, by
from mcdeconv.studies.study import Asked, Study

METHOD, FINAL, PER_PIXEL, CURVE = "rival", "final deconvolution", "size alone", "quality"  # what a row has in `timed`
BLURRED, TRUE_KERNEL = "blurred image", "true kernel"  # in the place of a method: what bounds a curve
KERNEL_SIDES = {255: 19, 512: 31, 800: 51}  # px a side of the kernel, by px a side of the image
THREADS = (1, 2)
KEY = ("timed", "device", "threads", "method", "image", "size", "kernel_side", "iterations")


def seconds_sheet(results: Path) -> Sheet:
    """All that was measured.

    A row whose `timed` is METHOD or FINAL has the median seconds of a whole estimation of the kernel, or of a
    deconvolution with a known one; PER_PIXEL the same for images of several sizes and one size of kernel. CURVE has the
    PSNR of the kernel protocol after so many seconds of estimation; `iterations` is 0 where there is nothing between
    start and end. To have a row measured anew, delete it.
    """
    return Sheet(STUDY.folder(results) / "rows.csv", KEY, "config")


def a_megapixel(row: Measured) -> float:
    """Seconds a million pixels."""
    return 1e6 * float(row["seconds"]) / int(row["size"]) ** 2


def _measure(study: Study, asked: Asked) -> Iterator[str]:
    """A line a row as it is measured, then how level the cost of a pixel is."""
    from mcdeconv.studies.seconds.curves import check, measure_curves  # torch, for which readers need not wait
    from mcdeconv.studies.seconds.timing import measure_seconds

    check(asked)
    sheet = seconds_sheet(asked.results)
    yield from measure_seconds(asked, sheet)
    yield from measure_curves(asked, sheet)
    level = [row for row in sheet.read() if row["timed"] == PER_PIXEL]
    for (device, threads, method), rows in by(level, "device", "threads", "method").items():
        costs = {row["size"]: a_megapixel(row) for row in rows}
        said = ", ".join(f"{cost:.2f} at {size} px" for size, cost in costs.items())
        yield (
            f"{method}, seconds a megapixel: {said}; the largest is {max(costs.values()) / min(costs.values()):.2f} "
            f"times the smallest ({device}, {count(threads, 'thread')})"
        )


STUDY = Study(
    "seconds",
    "How many seconds does each method take, and what does it restore by then?",
    page="seconds",
    measure=_measure,
    takes=("variants", "images", "repeats"),
)
