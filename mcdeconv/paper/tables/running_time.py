"""Table 7: seconds for a 256×256 image as the paper has them, and as measured here, by device."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mcdeconv.core.presets import configure
from mcdeconv.errors import InputError
from mcdeconv.paper.tables.cells import cited, source
from mcdeconv.paper.tables.equality import equality
from mcdeconv.paper.tables.grid import NOT_RUN, NOTHING, Cell, Grid, Page, Row
from mcdeconv.paper.tables.measures import TIERS, TITLES, extent, runs, select
from mcdeconv.paper.tables.paper import read_table, results_folder
from mcdeconv.runs.records import Record
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


def table_7(records: Sequence[Record], results: Path | None = None) -> Page:
    """The paper's seconds and ours; below them, milliseconds an iteration by device and size."""
    real = [record for record in records if record.identity.dataset in TITLES]
    embedded = [record for record in records if record.identity.dataset.startswith("synthetic-")]
    rows = (*_cited_rows(results), *_run_rows(select(real, "levin"), "levin"))
    main = Grid("table-7", "Table 7: seconds to process one image of 256×256 px", "Method", COLUMNS, rows, (NOTE,))
    others = [_seconds("benchmarks", "on the benchmarks", real), _seconds("standin", "on embedded images", embedded)]
    beside = (layouts(results), equality(results), *others)
    return Page((main, iterations(results), *(grid for grid in beside if grid and grid.rows)))


def _cited_rows(results: Path | None) -> list[Row]:
    rows = []
    for cell in read_table(7, results):
        device = Cell("NVIDIA Titan RTX", "3.1") if cell.group == "ours" else Cell("not stated")
        group = "the paper's method" if cell.group == "ours" else cell.group
        cells = (cited(cell), device, Cell("256×256 px"), source([cell]))
        rows.append(Row(f"{cell.name}, {group}", cells, "cited"))
    return rows


def _run_rows(records: Sequence[Record], dataset: str) -> list[Row]:
    """Ours at the paper's settings on Levin's images, which have 255×255 px."""
    chosen = select(records, dataset, "paper", ("ours",))
    if not chosen:
        cells = (NOT_RUN, NOTHING, Cell("255×255 px, tier paper"), Cell("no record at tier paper"))
        return [Row("ours, run here", cells, "not-run")]
    return _by_device(chosen, "255×255 px")


def _by_device(records: Sequence[Record], what: str) -> list[Row]:
    rows = []
    for device in sorted({str(record.provenance.get("device", "unknown")) for record in records}):
        own = [record for record in records if record.provenance.get("device", "unknown") == device]
        key = own[0].identity
        cells = (_spent(own), Cell(device), Cell(f"{what}, whole run, tier {key.tier}"), Cell("run here", extent(own)))
        rows.append(Row(f"{key.method}, run here", cells))
    return rows


def _spent(records: Sequence[Record]) -> Cell:
    seconds = [record.own_seconds for record in records]
    mean = estimate(runs(records, lambda record: record.own_seconds)).mean
    spread = f"{min(seconds):.1f} to {max(seconds):.1f}" if len(seconds) > 1 else "one run"
    return Cell(f"{mean:.1f}", spread, mean)


def _seconds(name: str, where: str, records: Sequence[Record]) -> Grid:
    """Seconds of whole runs by data set, tier, method and device."""
    rows = []
    groups = sorted({(r.identity.dataset, TIERS.index(r.identity.tier), r.identity.method) for r in records})
    for dataset, tier, method in groups:
        rows += _by_device(select(records, dataset, TIERS[tier], (method,)), TITLES.get(dataset, dataset))
    title = f"Beside Table 7: seconds of whole runs {where}, mean and range"
    return Grid(f"table-7-{name}", title, "Method", COLUMNS, tuple(rows), folded=f"Seconds of whole runs {where}")


def iterations(results: Path | None = None) -> Grid:
    """What `make study NAME=benchmark` measured: time and memory of one iteration, and what a whole run comes to."""
    rows = [_iteration_row(where, timing) for where, timings, _ in benchmarks(results) for timing in timings]
    if not any("NVIDIA" in str(where.get("device")) for where, _, _ in benchmarks(results)):
        cells = (Cell("an NVIDIA GPU"), NOTHING, Cell("not measured yet"), *[NOTHING] * 5, Cell(AGAIN))
        rows.append(Row("every tier", cells, "not-run"))
    title = "Beside Table 7: one iteration of ours, measured here"
    return Grid("table-7-iterations", title, "Tier", ITERATION_COLUMNS, tuple(rows), (ITERATION_NOTE,))


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


def layouts(results: Path | None = None) -> Grid:
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
    return Grid("table-7-layouts", title, "Tier", columns, tuple(rows))


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
