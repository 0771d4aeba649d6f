"""Table 7: seconds for a 256×256 image as the paper has them, and as measured here, by device."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from mcdeconv.core.presets import configure
from mcdeconv.errors import InputError
from mcdeconv.paper.tables.cells import TIER_ORDER, TITLES, cited, extent, source
from mcdeconv.paper.tables.equality import equality
from mcdeconv.paper.tables.grid import NOT_RUN, NOTHING, Cell, Row, Table, Tables
from mcdeconv.paper.tables.paper import read_table, results_folder
from mcdeconv.runs.frame import runs_of
from mcdeconv.runs.statistics import estimate
from mcdeconv.studies.benchmark.timing import Layout, Timing

COLUMNS = ("Seconds", "Device", "What is timed", "Source")
NOTE = (
    "Seconds compare only on the same device. A supervised method's seconds leave out its training. Whole runs were "
    "timed as they were solved, several at a time where there are several cores; single iterations were timed alone."
)

AGAIN = "make study NAME=benchmark"
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
    rows = (*_cited_rows(results), *_run_rows(real))
    main = Table("table-7", "Table 7: seconds to process one image of 256×256 px", "Method", COLUMNS, rows, (NOTE,))
    others = [_seconds("benchmarks", "on the benchmarks", real), _seconds("standin", "on embedded images", embedded)]
    beside = (layouts(results), equality(results), *others)
    return Tables((main, iterations(results), *(grid for grid in beside if grid and grid.rows)))


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
    by_tier = seconds.assign(tier=pd.Categorical(seconds["tier"], TIER_ORDER))
    for (dataset, *_), own in by_tier.groupby(["dataset", "tier", "method"], observed=True):
        rows += _by_device(own, TITLES.get(dataset, dataset))
    title = f"Beside Table 7: seconds of whole runs {where}, mean and range"
    return Table(f"table-7-{name}", title, "Method", COLUMNS, tuple(rows), folded=f"Seconds of whole runs {where}")


def iterations(results: Path | None = None) -> Table:
    """What `make study NAME=benchmark` measured: time and memory of one iteration, and what a whole run comes to."""
    rows = [_iteration_row(where, timing) for where, timings, _ in benchmarks(results) for timing in timings]
    if not any("NVIDIA" in str(where.get("device")) for where, _, _ in benchmarks(results)):
        cells = (Cell("an NVIDIA GPU"), NOTHING, Cell("not measured yet"), *[NOTHING] * 5, Cell(AGAIN))
        rows.append(Row("every tier", cells, "not-run"))
    title = "Beside Table 7: one iteration of ours, measured here"
    return Table("table-7-iterations", title, "Tier", ITERATION_COLUMNS, tuple(rows), (ITERATION_NOTE,))


def _iteration_row(where: dict[str, Any], timing: Timing) -> Row:
    total = timing.milliseconds * configure("ours", timing.tier).iterations / 1000
    speed_up, share = timing.speed_up, timing.floor_milliseconds / timing.milliseconds
    cells = (
        _where(where),
        Cell(f"{timing.size}×{timing.size} px", f"kernel of {timing.kernel_size} px"),
        Cell(f"{timing.milliseconds:.1f}", f"{timing.fastest:.1f} to {timing.slowest:.1f}", timing.milliseconds),
        NOTHING
        if speed_up is None
        else Cell(f"{speed_up:.2f}", f"plain: {timing.plain_milliseconds:.1f} ms", speed_up),
        Cell(f"{share:.0%}", f"{timing.floor_milliseconds:.2f} ms", share),
        Cell(f"{timing.nanoseconds_per_pixel:.0f}", "", timing.nanoseconds_per_pixel),
        Cell(f"{total:.0f}", "iteration × their number", total),
        Cell(f"{timing.peak_megabytes:.0f}", "", timing.peak_megabytes),
        Cell("run here", f"median of {timing.repeats}"),
    )
    return Row(f"{timing.tier}: {timing.channels} channels, {timing.precision}", cells)


def layouts(results: Path | None = None) -> Table:
    """What `make study NAME=benchmark` measured of several images at a time."""
    rows = [
        Row(
            f"{layout.tier}, {layout.precision}",
            (
                _where(where),
                Cell(f"{layout.size}×{layout.size} px"),
                Cell(str(layout.images)),
                Cell(f"{layout.per_image:.1f}", f"{layout.milliseconds:.1f} each", layout.per_image),
                Cell("run here", f"median of {layout.repeats} of each"),
            ),
        )
        for where, _, found in benchmarks(results)
        for layout in found
    ]
    columns = ("Device", "Image", "Images at a time", "Milliseconds an iteration and image", "Source")
    title = "Beside Table 7: several images at a time, measured here"
    return Table("table-7-layouts", title, "Tier", columns, tuple(rows))


def _where(where: dict[str, Any]) -> Cell:
    threads = where.get("threads")
    facts = [f"{threads} threads"] if threads else []
    facts += [] if where.get("bfloat16", True) else ["no bfloat16"]
    return Cell(str(where.get("device", "unknown")), ", ".join(facts))


def benchmarks(results: Path | None = None) -> list[tuple[dict[str, Any], list[Timing], list[Layout]]]:
    """Hardware, timings and layouts of every file results/studies/benchmark/*.json.

    Raises
    ------
    InputError
        If a file is damaged.
    """
    found = []
    for path in sorted((results_folder(results) / "studies/benchmark").glob("*.json")):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            timings = [Timing(**timing) for timing in content["timings"]]
            found.append((dict(content["hardware"]), timings, [Layout(**layout) for layout in content["layouts"]]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path} is no benchmark of ours ({error}); delete it and run `{AGAIN}`") from error
    return found
