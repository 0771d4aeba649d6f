"""Table 7: seconds for a 256×256 image as the paper has them, and as measured here, by device."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from mcdeconv.core.presets import TIERS, configure
from mcdeconv.paper.tables.cells import ROW_ORDER, TITLES, cited, extent, source
from mcdeconv.paper.tables.equality import equality
from mcdeconv.paper.tables.grid import NOT_RUN, NOTHING, Cell, Row, Table, Tables
from mcdeconv.paper.tables.paper import read_table, results_folder
from mcdeconv.paper.tables.seconds import by_size, rival_rows
from mcdeconv.runs.frame import runs_of
from mcdeconv.runs.statistics import estimate
from mcdeconv.studies.benchmark import ALONE, TOGETHER, per_image, timings
from mcdeconv.studies.rows import Measured

COLUMNS = ("Seconds", "Device", "What is timed", "Source")
LEVEL = 1.5  # times the cheapest pixel that still counts as the same cost
NOTE = (
    "Seconds compare only on the same device. A supervised method's seconds leave out its training. Whole runs were "
    "timed as they were solved, several at a time where there are several cores; single iterations were timed alone."
)

ITERATION_COLUMNS = (
    *("Device", "Image", "Milliseconds an iteration", "Speed-up over the plain loop", "Floor's share of it"),
    *("ns a pixel", "Seconds for all iterations", "Peak memory, MB", "Source"),
)
ITERATION_NOTE = (
    "The plain loop is a textbook's, with PyTorch's defaults in float32, timed in turns with ours. The floor is the "
    "iteration's arithmetic at the rate that the device reaches in a large matrix product; what is above it is memory "
    "traffic and overhead. Pixels are those of the latent image."
)


def table_7(frame: pd.DataFrame, results: Path | None = None) -> Tables:
    """The paper's seconds and ours; below them, milliseconds an iteration by device and size."""
    seconds = frame[frame["measure"] == "seconds"]
    real = seconds[seconds["dataset"].isin(TITLES)]
    embedded = seconds[seconds["dataset"].str.startswith("synthetic-")]
    rows = (*_cited_rows(results), *_run_rows(real), *rival_rows(results))
    says, doubts = _in_words(rows)
    title = "Table 7: seconds to process one image of 256×256 px"
    main = Table("table-7", title, "Method", COLUMNS, _seen(rows), (NOTE,), says=says, doubts=doubts)
    others = [_seconds("benchmarks", "on the benchmarks", real), _seconds("standin", "on embedded images", embedded)]
    beside = (layouts(results), by_size(results), equality(results), *others)
    return Tables((main, iterations(results), *(grid for grid in beside if grid and grid.rows)))


def _seen(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The same rows; seen at once are the paper's, ours, Ren et al.'s, and of every other method the faster run."""
    fastest: dict[str, Row] = {}
    for row in rows:
        if row.kind == "run-here" and (row.cells[0].value or 0) < (_value(fastest.get(row.head)) or float("inf")):
            fastest[row.head] = row
    return tuple(
        replace(row, main=row.head.startswith(("Ours", "ours", "Ren")) or fastest.get(row.head) is row) for row in rows
    )


def _value(row: Row | None) -> float | None:
    return row.cells[0].value if row else None


def _in_words(rows: Sequence[Row]) -> tuple[str, str]:
    """The paper's seconds beside ours, each with its device."""
    papers = next((row for row in rows if row.kind == "cited" and row.head.startswith("Ours")), None)
    ours = next((row for row in rows if row.kind == "run-here" and row.head.startswith("ours")), None)
    if papers is None or ours is None:
        return (
            "No run at the paper's settings was timed on Levin et al.'s images.",
            "What to doubt: the seconds below are of other devices than the paper's.",
        )
    return (
        f"A run at the paper's settings takes {ours.cells[0].text} s here ({ours.cells[1].text.split(' 80GB')[0]}) and "
        f"{papers.cells[0].text} s in the paper (Titan RTX).",
        "What to doubt: the two devices differ, so that this says nothing of whose program is faster.",
    )


def _cited_rows(results: Path | None) -> list[Row]:
    rows = []
    for cell in read_table(7, results):
        device = Cell("NVIDIA Titan RTX", "3.1") if cell.group == "ours" else Cell("not stated")
        group = "the paper's method" if cell.group == "ours" else cell.group
        cells = (cited(cell), device, Cell("256×256 px"), source([cell]))
        rows.append(Row(f"{cell.name}, {group}", cells, "cited"))
    return rows


def _run_rows(seconds: pd.DataFrame) -> list[Row]:
    """Ours at the paper's settings on Levin's images, which have 255×255 px."""
    chosen = seconds.query("dataset == 'levin' and tier == 'paper' and method == 'ours'")
    if chosen.empty:
        cells = (NOT_RUN, NOTHING, Cell("255×255 px, tier paper"), Cell("no record at tier paper"))
        return [Row("ours, run here", cells, "not-run")]
    return _by_device(chosen, "255×255 px")


def _by_device(seconds: pd.DataFrame, what: str) -> list[Row]:
    """A row a device, of one method at one tier."""
    method, tier = seconds[["method", "tier"]].iloc[0]
    return [
        Row(
            f"{method}, run here",
            (_spent(own), Cell(device), Cell(f"{what}, whole run, tier {tier}"), Cell("run here", extent(own))),
        )
        for device, own in seconds.groupby("device")
    ]


def _spent(seconds: pd.DataFrame) -> Cell:
    mean = estimate(runs_of(seconds)).mean
    low, high = seconds["value"].min(), seconds["value"].max()
    return Cell(f"{mean:.1f}", f"{low:.1f} to {high:.1f}" if len(seconds) > 1 else "one run", mean)


def _seconds(name: str, where: str, seconds: pd.DataFrame) -> Table:
    """Seconds of whole runs by data set, tier, method and device."""
    rows = []
    by_tier = seconds.assign(tier=pd.Categorical(seconds["tier"], ROW_ORDER))
    for (dataset, *_), own in by_tier.groupby(["dataset", "tier", "method"], observed=True):
        rows += _by_device(own, TITLES.get(dataset, dataset))
    title = f"Beside Table 7: seconds of whole runs {where}, mean and range"
    return Table(f"table-7-{name}", title, "Method", COLUMNS, tuple(rows), folded=title)


def iterations(results: Path | None = None) -> Table:
    """What `make study NAME=benchmark` measured: time and memory of one iteration, and what a whole run comes to."""
    timed = _timings(ALONE, results)
    rows = [_iteration_row(timing) for timing in timed]
    if not any("NVIDIA" in timing["device"] for timing in timed):
        gpu, command = Cell("an NVIDIA GPU"), Cell("make study NAME=benchmark")
        rows.append(Row("every tier", (gpu, NOTHING, Cell("not measured yet"), *[NOTHING] * 5, command), "not-run"))
    title = "Beside Table 7: one iteration of ours, measured here"
    seen = {timing["tier"] for timing in timed if timing["size"] == 255}
    rows = [replace(row, main=not seen or row.cells[1].text.startswith("255") or row.kind == "not-run") for row in rows]
    says = _pixels_in_words(timed)
    table = Table("table-7-iterations", title, "Tier", ITERATION_COLUMNS, tuple(rows), (ITERATION_NOTE,), says=says)
    return replace(table, doubts="What to doubt: every row is of the device that it names." if timed else "")


def _pixels_in_words(timed: Sequence[Measured]) -> str:
    """How level the cost of a pixel is, from the smallest to the largest image of one tier."""
    by_tier: dict[tuple[str, str, str], list[float]] = {}
    for timing in timed:
        key = timing["device"], timing["tier"], timing["precision"]
        by_tier.setdefault(key, []).append(timing["nanoseconds_per_pixel"])
    ratios = [max(costs) / min(costs) for costs in by_tier.values() if len(costs) > 1]
    if not ratios:
        return ""
    return (
        f"A pixel costs about the same whatever the image's size: the dearest at most {max(ratios):.1f} times the "
        "cheapest of its tier."
        if max(ratios) < LEVEL
        else f"A pixel's cost depends on the image's size: the dearest is up to {max(ratios):.1f} times the cheapest."
    )


def _timings(timed: str, results: Path | None) -> list[Measured]:
    """Rows of one kind of the study `benchmark`; a tier's plain arithmetic before its fast one."""
    rows = [row for row in timings(results_folder(results)).read() if row["timed"] == timed]
    order = {precision: place for place, precision in enumerate(("float32", "bfloat16"))}
    return sorted(rows, key=lambda row: (row["device"], list(TIERS).index(row["tier"]), order[row["precision"]]))


def _iteration_row(timing: Measured) -> Row:
    milliseconds, floor, speed_up = (timing[name] for name in ("milliseconds", "floor_milliseconds", "speed_up"))
    total = milliseconds * configure("ours", timing["tier"]).iterations / 1000
    plain = f"plain: {timing['plain_milliseconds']:.1f} ms" if speed_up else ""
    cells = (
        _where(timing),
        Cell(f"{timing['size']}×{timing['size']} px", f"kernel of {timing['kernel_side']} px"),
        Cell(f"{milliseconds:.1f}", f"{timing['fastest']:.1f} to {timing['slowest']:.1f}", milliseconds),
        Cell(f"{speed_up:.2f}", plain, speed_up) if speed_up else NOTHING,
        Cell(f"{floor / milliseconds:.0%}", f"{floor:.2f} ms", floor / milliseconds),
        Cell(f"{timing['nanoseconds_per_pixel']:.0f}", "", timing["nanoseconds_per_pixel"]),
        Cell(f"{total:.0f}", "iteration × their number", total),
        Cell(f"{timing['peak_megabytes']:.0f}", "", timing["peak_megabytes"]),
        Cell("run here", f"median of {timing['repeats']}"),
    )
    return Row(f"{timing['tier']}: {timing['channels']} channels, {timing['precision']}", cells)


def layouts(results: Path | None = None) -> Table:
    """What `make study NAME=benchmark` measured of several images at a time."""
    rows = [
        Row(
            f"{timing['tier']}, {timing['precision']}",
            (
                _where(timing),
                Cell(f"{timing['size']}×{timing['size']} px"),
                Cell(str(timing["at_a_time"])),
                Cell(f"{per_image(timing):.1f}", f"{timing['milliseconds']:.1f} each", per_image(timing)),
                Cell("run here", f"median of {timing['repeats']} of each"),
            ),
        )
        for timing in _timings(TOGETHER, results)
    ]
    columns = ("Device", "Image", "Images at a time", "Milliseconds an iteration and image", "Source")
    title = "Beside Table 7: several images at a time, measured here"
    return Table("table-7-layouts", title, "Tier", columns, tuple(rows), folded=title)


def _where(timing: Measured) -> Cell:
    return Cell(timing["device"], f"{timing['threads']} threads" + ", no bfloat16" * (timing["bfloat16"] == "no"))
