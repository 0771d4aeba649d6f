"""What a controlled experiment found: a grid a group of images, a row a contrast."""

from collections.abc import Collection, Sequence

from mcdeconv.paper.tables.cells import measured
from mcdeconv.paper.tables.grid import Cell, Row, Table, Tables
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Estimate, estimate
from mcdeconv.studies import Study

COLUMNS = {
    "psnr_sparse": ("PSNR, sparse prior, dB", 2),
    "psnr_hyper-laplacian": ("PSNR, hyper-Laplacian, dB", 2),
    "psnr_direct": ("PSNR, G_x's own output, dB", 2),
    "kernel_similarity": ("Kernel similarity", 3),
}
NOTE = (
    "Each cell: the mean of the variant, and below it the paired difference, with its 95% interval over images. "
    "G_x's own output is that of the variant's region; between a region and the whole image no difference is taken. "
    "Where the two sides were computed in different arithmetic, the last column says so."
)


def study(what: Study, records: Sequence[Record]) -> Tables:
    """The contrasts that have runs, for every group of images that has some."""
    grids = [grid for group in what.groups if (grid := _of_group(what, records, group))]
    return Tables(tuple(grids))


def _of_group(what: Study, records: Sequence[Record], group: str) -> Table | None:
    images = set(what.groups[group])
    rows = [row for name, other in what.contrasts_on(group) if (row := _row(what, records, name, other, images))]
    if not rows:
        return None
    columns = ("Compared with", *(label for label, _ in COLUMNS.values()), "Rests on")
    title = f"{what.question} Images: {group}"
    name, one = f"study-{what.name}-{group.replace(' ', '-')}", len(images) == 1
    notes, folded = (() if one else (NOTE,)), f"One image alone: {group}" if one else ""
    return Table(name, title, "Variant", columns, tuple(rows), notes, folded)


def _row(what: Study, records: Sequence[Record], name: str, other: str, images: Collection[str]) -> Row | None:
    cells = []
    gain = estimate({})
    for measure, (_, digits) in COLUMNS.items():
        pairs = what.pairs(records, measure, name, other, images).runs
        mean = estimate({run: first for run, (first, _) in pairs.items()})
        gain = estimate({run: first - second for run, (first, second) in pairs.items()})
        cells.append(_cell(mean, gain, digits))
    if not gain.runs:
        return None
    own, rival = (arithmetic(records, method, images) for method in (name, other))
    return Row(name, (Cell(other), *cells, Cell(rests_on(gain), "" if own == rival else f"{own} against {rival}")))


def arithmetic(records: Sequence[Record], method: str, images: Collection[str]) -> str:
    """In which precisions a method's runs on some images were computed; a machine may lack the one asked for."""
    own = (r for r in records if r.identity.method == method and r.identity.image in images)
    return " and ".join(sorted({str(record.provenance.get("precision", "unknown")) for record in own}))


def rests_on(found: Estimate) -> str:
    if found.images == 1:
        return "one image"
    return f"{found.images} images" + (f", {found.runs} pairs" if found.runs > found.images else "")


def _cell(mean: Estimate, gain: Estimate, digits: int) -> Cell:
    """The mean, and the difference in small print."""
    difference = measured(gain, digits, "+")
    interval = f" ({difference.detail})" if gain.has_interval else ""
    return Cell(measured(mean, digits).text, f"{difference.text}{interval}" if gain.runs else "", mean.mean)
