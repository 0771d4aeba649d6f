"""Where the paper's numbers contradict each other, found in its own tables."""

from pathlib import Path

import numpy as np

from mcdeconv.data.datasets.groups import CATEGORIES
from mcdeconv.paper.claims.claim import read_claims
from mcdeconv.paper.tables.cells import DIGITS, METRIC_LABELS
from mcdeconv.paper.tables.grid import Cell, Row, Table
from mcdeconv.paper.tables.paper import NUMBERS, PaperCell, read_table

ROUNDING = {"psnr": 0.0105, "ssim": 0.00105, "msssim": 0.00105}  # two roundings to the last printed digit
WORDS = {"psnr": 0.1, "ssim": 0.001}  # what "around" and "about" allow


def contradictions(results: Path | None = None) -> Table:
    """Differences stated in the text, averages, and misprints, each beside what the tables give."""
    rows = (*_stated(results), *_averages(results), *_misprints(results))
    columns = ("Place", "Printed", "From the paper's other numbers")
    return Table("contradictions", "Where the paper's numbers contradict each other", "What", columns, rows)


def _stated(results: Path | None) -> list[Row]:
    """Differences that the text gives otherwise than the table that it speaks of."""
    rows = []
    for claim in read_claims(results):
        given = claim.in_tables(results)
        if claim.stated and given is not None and abs(float(claim.stated) - given) > WORDS[claim.measure]:
            tables = Cell(f"{given:.{DIGITS[claim.measure]}f}", claim.note, given)
            cells = (Cell(claim.place), Cell(claim.stated), tables)
            rows.append(Row(claim.text, cells, "cited"))
    return rows


def _averages(results: Path | None) -> list[Row]:
    """Averages of Tables 2, 3 and 5 that are not those of their categories, which have 20 images each."""
    rows = []
    for number in (2, 3, 5):
        columns: dict[tuple[str, str, str], dict[str, PaperCell]] = {}
        for cell in read_table(number, results):
            columns.setdefault((cell.name, cell.protocol, cell.metric), {})[cell.category] = cell
        for (name, _, metric), cells in columns.items():
            average, mean = cells["average"], float(np.mean([cells[category].value for category in CATEGORIES]))
            if average.value is not None and abs(mean - average.value) > ROUNDING[metric]:
                given = Cell(f"{mean:.{DIGITS[metric]}f}")
                head = f"Average {METRIC_LABELS[metric]} of {name}"
                rows.append(Row(head, (Cell(average.place), Cell(average.printed), given), "cited"))
    return rows


def _misprints(results: Path | None) -> list[Row]:
    """Cells whose print is no number."""
    return [
        Row(
            f"{METRIC_LABELS.get(cell.metric, cell.metric)} of {cell.name}",
            (Cell(cell.place), Cell(cell.printed), Cell(f"{cell.value:g}")),
            "cited",
        )
        for number in NUMBERS
        for cell in read_table(number, results)
        if cell.value is not None and not cell.printed.removesuffix("M").replace(".", "", 1).isdigit()
    ]
