"""Beside Table 7: what the study `seconds` measured, by method, size of the image and number of threads."""

from collections.abc import Sequence
from pathlib import Path

from mcdeconv.methods import title_of
from mcdeconv.paper.tables.grid import NOTHING, Cell, Row, Table, Tables
from mcdeconv.paper.tables.paper import results_folder
from mcdeconv.paper.words import sentence
from mcdeconv.runs.wording import count, in_order
from mcdeconv.studies.rows import Measured, by
from mcdeconv.studies.seconds import FINAL, KERNEL_SIDES, METHOD, PER_PIXEL, THREADS, a_megapixel, seconds_sheet

SMALLEST = min(KERNEL_SIDES)
WHAT = {METHOD: "", FINAL: "with a known kernel: "}
ONE_KERNEL = "What to doubt: one size of kernel; larger ones cost more."
DOUBTS = "What to doubt: all of one device; others have other caches and more cores."
NOTE = (
    "One computation alone on the machine, from the blurred image to the kernel; a method without a kernel, to its "
    "image. The deconvolution that follows has rows of its own. Kernels are of "
    + ", ".join(f"{side} px at {size}×{size} px" for size, side in KERNEL_SIDES.items())
    + "."
)


def seconds_rows(results: Path | None = None) -> list[Measured]:
    """All that the study `seconds` has measured."""
    return seconds_sheet(results_folder(results)).read()


def seconds(results: Path | None = None) -> Tables:
    """The tables of the page "dB against seconds"; without measurements one that says so."""
    found = tuple(table for table in (by_size(results), per_pixel(results)) if table.rows)
    if found:
        return Tables(found)
    empty = Row("every method", (NOTHING, Cell("not measured yet"), Cell("make study NAME=seconds")), "not-run")
    return Tables(
        (Table("seconds", "Seconds by method and size", "Method", ("Device", "Seconds", "Source"), (empty,)),)
    )


def rival_rows(results: Path | None) -> list[Row]:
    """Rows of Table 7: every rival on an image of 255×255 px, by number of threads."""
    rows = [row for row in _measured(METHOD, results) if row["size"] == SMALLEST]
    return [
        Row(
            f"{title_of(row['method'])}, run here",
            (
                _seconds(row),
                Cell(row["device"], count(row["threads"], "thread")),
                Cell(
                    f"{SMALLEST}×{SMALLEST} px, without the final deconvolution", f"kernel of {row['kernel_side']} px"
                ),
                _source(row),
            ),
        )
        for row in rows
    ]


def by_size(results: Path | None = None) -> Table:
    """A row a method and device, a column a size and number of threads."""
    places = [(size, threads) for size in KERNEL_SIDES for threads in THREADS]
    columns = ("Device", *(f"{size}×{size} px, {count(threads, 'thread')}" for size, threads in places), "Source")
    rows = []
    for kind in (METHOD, FINAL):
        for (_, _, method), own in _by_method(_measured(kind, results)):
            cells = {(row["size"], row["threads"]): _seconds(row) for row in own}
            found = (cells.get(place, NOTHING) for place in places)
            name = WHAT[kind] + (title_of(method) if kind == METHOD else method)
            rows.append(Row(name, (Cell(own[0]["device"]), *found, Cell("run here"))))
    title = "Beside Table 7: seconds of the other methods and of the final deconvolution, by size, measured here"
    says = _threads_in_words(_measured(METHOD, results))
    return Table("table-7-seconds", title, "Method", columns, tuple(rows), (NOTE,), title, says, DOUBTS)


def _threads_in_words(rows: Sequence[Measured]) -> str:
    """Which method takes longest on the smallest image, and whether a second thread helps."""
    first, *_, last = THREADS
    found = {(row["device"], row["method"], row["size"], row["threads"]): row["seconds"] for row in rows}
    if not found:
        return ""
    slower = [found[*key, last] > found[*key, first] for *key, n in found if n == first and (*key, last) in found]
    small = {method: seconds for (_, method, size, n), seconds in found.items() if (size, n) == (SMALLEST, first)}
    threads = f", and a second thread makes {sum(slower)} of {len(slower)} runs slower" if slower else ""
    if not small:
        return sentence(threads.removeprefix(", and "))
    slowest, fastest = (pick(small, key=lambda name: small[name]) for pick in (max, min))
    return f"On the smallest image {title_of(slowest)} takes longest and {title_of(fastest)} is done first{threads}."


def per_pixel(results: Path | None = None) -> Table:
    """How level the cost of a pixel is: seconds a megapixel, with one size of kernel."""
    rows = [
        Row(
            title_of(row["method"]),
            (
                Cell(row["device"], count(row["threads"], "thread")),
                Cell(f"{row['size']}×{row['size']} px", f"kernel of {row['kernel_side']} px"),
                _seconds(row),
                Cell(f"{a_megapixel(row):.1f}", "", a_megapixel(row)),
                _source(row),
            ),
        )
        for row in _measured(PER_PIXEL, results)
    ]
    columns = ("Device", "Image", "Seconds", "Seconds a megapixel", "Source")
    found = {row["size"]: a_megapixel(row) for row in _measured(PER_PIXEL, results)}
    title = "Seconds a megapixel, measured here"
    return Table("table-7-per-pixel", title, "Method", columns, tuple(rows), says=_level(found), doubts=ONE_KERNEL)


def _level(found: dict[int, float]) -> str:
    if len(found) < 2:
        return ""
    low, high = found[min(found)], found[max(found)]
    way = "more" if high > low else "less"
    times = max(high, low) / min(high, low)
    return f"A megapixel of the largest image costs {times:.1f} times {way} than one of the smallest."


def _measured(kind: str, results: Path | None) -> list[Measured]:
    """Rows of one kind, methods in the order of all tables."""
    rows = [row for row in seconds_rows(results) if row["timed"] == kind]
    order = in_order(row["method"] for row in rows)
    return sorted(rows, key=lambda row: (row["device"], order.index(row["method"]), row["threads"], row["size"]))


def _by_method(rows: Sequence[Measured]) -> list[tuple[tuple[str, int, str], list[Measured]]]:
    """By device and method, in the order of the rows."""
    order = in_order(row["method"] for row in rows)
    placed = [row | {"place": order.index(row["method"])} for row in rows]
    return list(by(placed, "device", "place", "method").items())


def _seconds(row: Measured) -> Cell:
    value = row["seconds"]
    spread = f"{_said(row['fastest'])} to {_said(row['slowest'])}" if row["repeats"] > 1 else ""
    return Cell(_said(value), spread, value)


def _said(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _source(row: Measured) -> Cell:
    return Cell("run here", f"median of {row['repeats']}, alone" if row["repeats"] > 1 else "once, alone")
