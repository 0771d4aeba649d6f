"""Records → Tables 1–7: the paper's rows (cited), ours by tier (run here), and "not run" where there is no record."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mcdeconv.errors import choose
from mcdeconv.paper.tables.error_ratio import error_ratio_table
from mcdeconv.paper.tables.gathering import gather, stored
from mcdeconv.paper.tables.grid import Table, Tables
from mcdeconv.paper.tables.own_output import own_output
from mcdeconv.paper.tables.paper import read_table, results_folder
from mcdeconv.paper.tables.readings import breadth_note, readings_table
from mcdeconv.paper.tables.running_time import table_7
from mcdeconv.paper.tables.scores import OF_DATASET, score_table
from mcdeconv.paper.tables.seconds import seconds, seconds_rows
from mcdeconv.paper.tables.studies import study
from mcdeconv.runs.frame import frame
from mcdeconv.runs.records import Record

__all__ = [
    "OF_DATASET",
    "Table",
    "Tables",
    "benchmark",
    "gather",
    "own_output",
    "results_folder",
    "seconds",
    "seconds_rows",
    "stored",
    "study",
    "table",
]


def table(number: int, records: Sequence[Record], results: Path | None = None) -> Tables:
    """A table of the paper with ours beside it; shows itself in a notebook, `.text()` is for a terminal.

    Parameters
    ----------
    number : int
        1 to 7.
    records : sequence of Record
        Of any data set, tier and method; each table takes what is its own. See `stored` and `gather`.
    results : Path, optional
        The folder with `paper/` and `studies/`; default: that of the checkout.

    Raises
    ------
    InputError
        If the paper has no such table.
    """
    read_table(number, results)  # refuses an unknown number
    rows = frame(records)
    if number == 7:
        return table_7(rows, results)
    page = score_table(number, rows, results)
    if number != 1:
        return page
    first, *others = page.grids
    first = replace(first, notes=(*first.notes, *breadth_note(results)))
    return Tables((first, *others, error_ratio_table(rows), *readings_table("levin", results)))


def benchmark(dataset: str, records: Sequence[Record], results: Path | None = None) -> Tables:
    """The tables of a benchmark: Table 1 of "levin", 2 and 3 of "lai", 4 of "kohler"."""
    numbers = choose(OF_DATASET, dataset, "benchmark")
    return Tables(tuple(grid for number in numbers for grid in table(number, records, results).grids))
