"""What a controlled experiment found: a grid a group of images, a row a contrast."""

from collections.abc import Collection, Sequence

from mcdeconv.estimate import Estimate, estimate
from mcdeconv.records import Record
from mcdeconv.studies import Study
from mcdeconv.summary import paired
from mcdeconv.tables.cells import measured
from mcdeconv.tables.grid import Cell, Grid, Page, Row

COLUMNS = {
    "psnr_sparse": ("PSNR, sparse prior, dB", 2),
    "psnr_hyper-laplacian": ("PSNR, hyper-Laplacian, dB", 2),
    "psnr_direct": ("PSNR, G_x on its region, dB", 2),
    "kernel_similarity": ("Kernel similarity", 3),
}
NOTE = "Each cell: the mean of the variant, and below it the paired difference, with its 95% interval over images."


def study(what: Study, records: Sequence[Record]) -> Page:
    """The contrasts that have runs, for every group of images that has some."""
    grids = [grid for group in what.groups if (grid := _of_group(what, records, group))]
    return Page(tuple(grids))


def _of_group(what: Study, records: Sequence[Record], group: str) -> Grid | None:
    images = set(what.groups[group])
    rows = [row for name, other in what.contrasts_on(group) if (row := _row(records, name, other, images))]
    if not rows:
        return None
    columns = ("Compared with", *(label for label, _ in COLUMNS.values()), "Rests on")
    title = f"{what.question} Images: {group}"
    return Grid(f"study-{what.name}-{group.replace(' ', '-')}", title, "Variant", columns, tuple(rows), (NOTE,))


def _row(records: Sequence[Record], name: str, other: str, images: Collection[str]) -> Row | None:
    cells = []
    gain = estimate({})
    for measure, (_, digits) in COLUMNS.items():
        pairs = paired(records, measure, name, other, images).runs
        mean = estimate({run: first for run, (first, _) in pairs.items()})
        gain = estimate({run: first - second for run, (first, second) in pairs.items()})
        cells.append(_cell(mean, gain, digits))
    if not gain.runs:
        return None
    return Row(name, (Cell(other), *cells, Cell(rests_on(gain))))


def rests_on(found: Estimate) -> str:
    if found.images == 1:
        return "one image"
    return f"{found.images} images" + (f", {found.runs} pairs" if found.runs > found.images else "")


def _cell(mean: Estimate, gain: Estimate, digits: int) -> Cell:
    """The mean, and the difference in small print."""
    difference = measured(gain, digits, "+")
    interval = f" ({difference.detail})" if gain.has_interval else ""
    return Cell(measured(mean, digits).text, f"{difference.text}{interval}" if gain.runs else "", mean.mean)
