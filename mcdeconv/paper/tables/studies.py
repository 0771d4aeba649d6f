"""What a controlled experiment found: a grid a group of images, a row a contrast."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from mcdeconv.paper.tables.cells import measured
from mcdeconv.paper.tables.grid import NEXT, Cell, Row, Table, Tables
from mcdeconv.paper.words import SIMILARITY, UNCLEAR, by_how_much, direction, in_letters, spelled
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import FEWEST, Estimate, estimate
from mcdeconv.runs.wording import extremes
from mcdeconv.studies import Study

COLUMNS = {
    "psnr_sparse": ("PSNR, sparse prior, dB", 2),
    "psnr_hyper-laplacian": ("PSNR, hyper-Laplacian, dB", 2),
    "psnr_direct": ("PSNR, G_x's own output, dB", 2),
    "kernel_similarity": ("Kernel similarity", 3),
}
GAIN = ("ours", "without-both")  # the contrast that comes first
MEASURE = "psnr_sparse"  # that sentences are about
SEEN = 8  # rows seen at once: the largest differences, whatever their sign
NOTE = (
    "Each cell: the mean of the variant, and below it the paired difference, with its 95% interval over images, of "
    f"fewer than {FEWEST} its range. Seen at once are the {SEEN} largest differences. "
    "G_x's own output is that of the variant's region; between a region and the whole image no difference is taken. "
    "Where the two sides were computed in different arithmetic, the last column says so. "
)


def study(what: Study, records: Sequence[Record]) -> Tables:
    """The contrasts that have runs, for every group of images that has some."""
    grids = [grid for group in what.groups if (grid := _of_group(what, records, group))]
    others = [grid if grid.folded else replace(grid, folded=grid.caption) for grid in grids[1:]]
    return Tables((*grids[:1], *others))


def _of_group(what: Study, records: Sequence[Record], group: str) -> Table | None:
    images = set(what.groups[group])
    rows = [row for name, other in what.contrasts_on(group) if (row := _row(what, records, name, other, images))]
    if not rows:
        return None
    largest = sorted(rows, key=lambda one: ((one[0].head, one[0].cells[0].text) != GAIN, -abs(one[1].mean)))[:SEEN]
    shown = tuple(replace(row, main=any(row is other for other, _ in largest)) for row, _ in rows)
    columns = ("Compared with", *(label for label, _ in COLUMNS.values()), "Rests on")
    title = f"{what.question} Images: {group}"
    name, one = f"study-{what.name}-{group.replace(' ', '-')}", len(images) == 1
    notes, folded = (() if one else (NOTE + SIMILARITY,)), f"One image alone: {group}" if one else ""
    says, doubts = _in_words(rows)
    return Table(name, title, "Variant", columns, shown, notes, folded, says, doubts)


def _in_words(rows: Sequence[tuple[Row, Estimate]]) -> tuple[str, str]:
    """What dropout and noise gain, or else the largest difference that is clear; and how much is left open."""
    measured = [(row, gain) for row, gain in rows if gain.runs]
    if not measured:
        return "", ""
    clear = [one for one in measured if direction(one[1], 2) != UNCLEAR]
    own = [one for one in measured if (one[0].head, one[0].cells[0].text) == GAIN]
    row, gain = (own or [max(clear or measured, key=lambda one: abs(one[1].mean))])[0]
    compared = f"“{row.head}” is {by_how_much(gain)} beside “{row.cells[0].text}”"
    says = f"With the sparse prior {compared}, on {in_letters(gain.images, 'image')}."
    if gain.images == 1:
        return says, "What to doubt: one image says nothing about others."
    opened, each = len(measured) - len(clear), len(measured)
    return says, f"What to doubt: of {in_letters(each, 'contrast')} {spelled(opened)} left open which side is better."


def _row(
    what: Study, records: Sequence[Record], name: str, other: str, images: Collection[str]
) -> tuple[Row, Estimate] | None:
    """A contrast, and its difference in PSNR with the sparse prior."""
    cells = []
    sparse = estimate({})
    for measure, (_, digits) in COLUMNS.items():
        pairs = what.pairs(records, measure, name, other, images).runs
        mean = estimate({run: first for run, (first, _) in pairs.items()})
        gain = estimate({run: first - second for run, (first, second) in pairs.items()})
        sparse = gain if measure == MEASURE else sparse
        cells.append(_cell(mean, gain, digits))
    if not sparse.runs:
        return None
    own, rival = (arithmetic(records, method, images) for method in (name, other))
    basis = Cell(rests_on(sparse), "" if own == rival else f"{own} against {rival}")
    return Row(name, (Cell(other), *cells, basis)), sparse


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
    interval = extremes(gain, f"+.{digits}f")
    difference = NEXT.join(filter(None, (measured(gain, digits, "+").text, interval)))
    return Cell(measured(mean, digits).text, difference if gain.runs else "", mean.mean)
