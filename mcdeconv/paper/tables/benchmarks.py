"""Tables 1–4: PSNR and SSIM on the three benchmarks, the paper's rows and ours."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mcdeconv.data.datasets.groups import CATEGORIES, FLAVOURS
from mcdeconv.paper.tables.cells import DIGITS, LABELS, LEGEND, cited, comparison, measured, not_run, run_here, source
from mcdeconv.paper.tables.grid import Cell, Grid, Page, Row, marked
from mcdeconv.paper.tables.measures import PROTOCOLS, TIERS, TITLES, has, mean, methods_in, select
from mcdeconv.paper.tables.paper import PaperCell, read_table
from mcdeconv.runs.records import Record

OF_DATASET = {"levin": (1,), "lai": (2, 3), "kohler": (4,)}  # the tables that each benchmark fills
METRICS = {1: ("psnr", "ssim"), 2: ("psnr",), 3: ("ssim",), 4: ("psnr", "msssim")}
DATASET = {number: dataset for dataset, numbers in OF_DATASET.items() for number in numbers}
AVERAGE = (*CATEGORIES, "average")

STANDIN_NOTE = (
    "These images are smaller and less blurred than the benchmark's: their numbers are not comparable with its rows, "
    "only with each other. They are scored with SSIM."
)
PROTOCOL_NOTES = {
    "levin": "Kernel protocol: sparse prior, each file's own truth, shifts up to 5 px. What the paper took is not "
    "stated; the choice of the final deconvolution alone moves the same kernels by more than most rows differ.",
    "lai": "Kernel protocol: hyper-Laplacian prior; for the saturated images a deconvolution that handles outliers. "
    "The average is over images.",
    "kohler": "Without the benchmark's own frames of the camera's path a score here compares with the one sharp frame "
    "that is published beside it: an approximation, never the official figure.",
}


def columns_of(number: int) -> tuple[tuple[str, str], ...]:
    """(metric, category) of each column of numbers."""
    if DATASET[number] == "lai":
        return tuple((METRICS[number][0], category) for category in AVERAGE)
    return tuple((metric, "all") for metric in METRICS[number])


def headings(number: int, standin: bool = False) -> tuple[str, ...]:
    """Headers of the columns; the embedded images are scored with SSIM, also where the benchmark has MSSIM."""
    if DATASET[number] == "lai":
        scores = [category.capitalize() for category in AVERAGE]
    else:
        scores = [LABELS["ssim" if standin and metric == "msssim" else metric] for metric in METRICS[number]]
    return ("Protocol", *scores, "Source")


def benchmark_table(number: int, records: Sequence[Record], results: Path | None = None) -> Page:
    """One of Tables 1–4, and below it what was run on the embedded images that stand in for its benchmark."""
    dataset = DATASET[number]
    what = " and ".join(LABELS[metric] for metric in METRICS[number])
    main = Grid(
        f"table-{number}",
        f"Table {number}: {what}, on the benchmark of {TITLES[dataset]}",
        "Method",
        headings(number),
        (*cited_rows(number, results), *own_rows(number, records)),
        (LEGEND, PROTOCOL_NOTES[dataset]),
    )
    return Page((main, *compared(number, records), *standins(number, records)))


def cited_rows(number: int, results: Path | None) -> list[Row]:
    """The paper's columns, a row each."""
    by_column: dict[tuple[str, str], list[PaperCell]] = {}
    for cell in read_table(number, results):
        by_column.setdefault((cell.name, cell.protocol), []).append(cell)
    wanted = columns_of(number)
    found = [{(cell.metric, cell.category): cited(cell) for cell in cells} for cells in by_column.values()]
    ranked = [marked([column[key] for column in found]) for key in wanted]
    rows = []
    for place, ((name, protocol), cells) in enumerate(by_column.items()):
        group = "the paper's method" if cells[0].group == "ours" else cells[0].group
        head = f"{name}, {group}"
        scores = [column[place] for column in ranked]
        rows.append(Row(head, (Cell(PROTOCOLS[protocol]), *scores, source(cells)), "cited"))
    return rows


def own_rows(number: int, records: Sequence[Record]) -> list[Row]:
    """Ours on the benchmark, by tier and protocol; at tier paper "not run" where there is no record."""
    ours = select(records, DATASET[number], methods=("ours",))
    rows = [row for tier in TIERS for row in _protocol_rows(number, select(ours, tier=tier), "ours")]
    if not select(ours, tier="paper"):
        rows.insert(0, not_run("ours, run here", "paper", len(headings(number))))
    return rows


def _protocol_rows(number: int, chosen: Sequence[Record], method: str) -> list[Row]:
    """The rows of one method at one tier."""
    found = [_own_row(number, chosen, method, protocol) for protocol in ("kernel", "direct", "region")]
    return [row for row in found if row]


def _own_row(number: int, chosen: Sequence[Record], method: str, protocol: str) -> Row | None:
    if not has(chosen, METRICS[number], protocol):
        return None
    cells = []
    for metric, category in columns_of(number):
        part = select(chosen, categories=None if category in ("all", "average") else (category,))
        count = category in AVERAGE
        cells.append(measured(mean(part, metric, protocol), DIGITS[metric], count=count))
    return Row(f"{method}, run here", (Cell(PROTOCOLS[protocol]), *cells, run_here(chosen)))


def compared(number: int, records: Sequence[Record]) -> list[Grid]:
    """Ours against the other methods that were run on the benchmark itself, by tier."""
    dataset = DATASET[number]
    title = f"Beside Table {number}: methods run here on {TITLES[dataset]}"
    grids = [
        comparison(select(records, dataset, tier), METRICS[number], f"table-{number}-{tier}", f"{title}, tier {tier}")
        for tier in TIERS
    ]
    return [grid for grid in grids if grid]


def standins(number: int, records: Sequence[Record]) -> list[Grid]:
    """What was run on the embedded images, in tables of their own."""
    dataset, name = FLAVOURS[DATASET[number]], f"table-{number}-standin"
    title = f"Beside Table {number}: embedded images in the manner of {TITLES[DATASET[number]]} ({dataset})"
    found: list[Grid | None] = []
    for tier in TIERS:
        chosen, caption = select(records, dataset, tier), f"{title}, tier {tier}"
        if chosen and DATASET[number] == "lai":
            found.append(by_category(number, chosen, f"{name}-{tier}-categories", caption))
        found.append(comparison(chosen, METRICS[number], f"{name}-{tier}", caption, least=1))
    grids = [grid for grid in found if grid]
    if not grids:
        rows = (not_run("ours, run here", "quick", len(headings(number, True))),)
        grids = [Grid(name, title, "Method", headings(number, True), rows)]
    return [*grids[:-1], replace(grids[-1], notes=(STANDIN_NOTE,))]


def by_category(number: int, chosen: Sequence[Record], name: str, title: str) -> Grid:
    """Every method by category and protocol."""
    rows = [
        row
        for method in methods_in(chosen)
        for row in _protocol_rows(number, select(chosen, methods=(method,)), method)
    ]
    return Grid(
        name, f"{title}: {LABELS[METRICS[number][0]]} by category", "Method", headings(number, True), tuple(rows)
    )
