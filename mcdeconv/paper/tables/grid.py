"""A table as the book and the terminal show it: a pandas frame of cells, as accessible HTML and as plain text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal

import pandas as pd

from mcdeconv.paper.words import above_and_below, in_letters, spelled
from mcdeconv.runs.wording import listing

NEXT = "\n"  # between the lines of a cell's small print
WORDY = 20  # characters of a cell without a number that may go into a second line
KEPT = re.compile(r"[+−\d][\d.]*%? (?:to|→) [+−\d][\d.]*%?")  # an interval is not broken in two
Mark = Literal["", "best", "second"]
MARKS = {"": ("", "", ""), "best": ("*", "<strong>", "</strong>"), "second": ("+", "<u>", "</u>")}  # in text; in HTML
RowKind = Literal["cited", "run-here", "not-run"]


@dataclass(frozen=True)
class Cell:
    """What stands in one place of a table."""

    text: str
    detail: str = ""  # small, below, in lines: an interval, what is printed in the paper
    value: float | None = None  # the number, if it is one
    mark: Mark = ""

    def __str__(self) -> str:
        return self.text + MARKS[self.mark][0] + (f" ({self.detail.replace(NEXT, '; ')})" if self.detail else "")

    def html(self) -> str:
        _, before, after = MARKS[self.mark]
        lines = self.detail.split(NEXT) if self.detail else []
        kept = (KEPT.sub(r'<span class="kept">\g<0></span>', escape(line)) for line in lines)
        small = "".join(f"<br><small>{line}</small>" for line in kept)
        return f"{before}{escape(self.text)}{after}{small}"


NOT_RUN = Cell("not run")
NOTHING = Cell("–")


@dataclass(frozen=True)
class Row:
    """A method's row: its name is the header of the row."""

    head: str
    cells: tuple[Cell, ...]
    kind: RowKind = "run-here"
    main: bool = True  # seen at once; the others are behind a line to click on
    anchor: str = ""  # that links lead to

    def html(self) -> str:
        wraps = (f"{self.kind}{' wraps' * (cell.value is None and len(cell.text) > WORDY)}" for cell in self.cells)
        cells = "".join(
            f'<td class="{names}">{cell.html()}</td>' for names, cell in zip(wraps, self.cells, strict=True)
        )
        name = f' id="{self.anchor}"' if self.anchor else ""
        return f'<tr{name}><th scope="row">{escape(self.head)}</th>{cells}</tr>'


@dataclass(frozen=True, repr=False)
class Table:
    """One table with its caption; shows itself in a notebook."""

    name: str  # unique on a page, e.g. "table-1"
    caption: str
    corner: str  # header of the column of row headers
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    folded: str = ""  # what to click on to see it; empty: it is open
    says: str = ""  # what it shows, in one sentence
    doubts: str = ""  # what to doubt of it

    @property
    def frame(self) -> pd.DataFrame:
        """The cells; the index counts the rows, because two rows may have the same header."""
        return pd.DataFrame([row.cells for row in self.rows], columns=list(self.columns), dtype=object)

    @property
    def values(self) -> pd.DataFrame:
        """The numbers, NaN where a cell is none; indexed by the rows' headers."""
        numbers = self.frame.map(lambda cell: float("nan") if cell.value is None else cell.value)
        return numbers.set_axis([row.head for row in self.rows])

    def _repr_html_(self) -> str:
        """A caption, a scope on every header, and a frame that scrolls by keyboard where the table is too wide.

        Rows that are not `main` are a second table behind a line that counts them.
        """
        first, rest = ([row for row in self.rows if row.main == main] for main in (True, False))
        notes = "".join(f'<p class="table-note">{escape(note)}</p>' for note in self.notes)
        notes = fold("How to read this table", notes) if notes else ""
        more = self._html(rest, "-more", "further rows") if rest else ""
        hidden = (
            fold(f"{in_letters(len(rest), 'further row' if first else 'row').capitalize()}: {kinds_of(rest)}", more)
            if rest
            else ""
        )
        seen = self._html(first) if first or not rest else ""
        shown = above_and_below(self.says, self.doubts, seen + hidden) + notes
        return fold(self.folded, shown) if self.folded else shown

    def _html(self, rows: Sequence[Row], suffix: str = "", what: str = "") -> str:
        heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in (self.corner, *self.columns))
        caption = escape(", ".join(filter(None, (self.caption, what))))
        return (
            f'<div class="table-scroll" tabindex="0" role="region" aria-label="{caption}" style="overflow-x: auto">'
            f'<table id="T_{self.name}{suffix}" class="table records"><caption>{caption}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{''.join(row.html() for row in rows)}</tbody></table></div>"
        )

    def text(self) -> str:
        """The table for a terminal; * is the best and + the second best of the cited."""
        plain = self.frame.map(str)
        plain.insert(0, self.corner, [row.head for row in self.rows])
        return "\n".join(filter(None, (self.says, self.caption, align(plain), *self.notes, self.doubts)))

    def __repr__(self) -> str:
        return self.text()


@dataclass(frozen=True, repr=False)
class Tables:
    """The tables of a page, one below the other."""

    grids: tuple[Table, ...] = field(default=())

    def _repr_html_(self) -> str:
        return "\n".join(grid._repr_html_() for grid in self.grids)

    def text(self) -> str:
        return "\n\n".join(grid.text() for grid in self.grids)

    def __repr__(self) -> str:
        return self.text()

    def __getitem__(self, name: str) -> Table:
        return next(grid for grid in self.grids if grid.name == name)


def fold(summary: str, shown: str) -> str:
    """HTML behind a line to click on."""
    return f'<details class="folded"><summary>{escape(summary)}</summary>{shown}</details>'


def kinds_of(rows: Sequence[Row]) -> str:
    """How many of some rows are cited, run here and not run."""
    names = {"cited": "cited", "run-here": "run here", "not-run": "not run"}
    kinds = [row.kind for row in rows]
    return listing([f"{spelled(kinds.count(kind))} {name}" for kind, name in names.items() if kind in kinds])


def align(plain: pd.DataFrame) -> str:
    """Columns of text, two spaces between them, left aligned."""
    rows = [list(plain.columns), *plain.to_numpy().tolist()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(plain.columns))]
    return "\n".join("  ".join(text.ljust(n) for text, n in zip(row, widths, strict=True)).rstrip() for row in rows)


def marked(cells: Sequence[Cell], lowest: bool = False) -> list[Cell]:
    """The same cells with the best and the second best value marked; equal values share a mark."""
    ranked = sorted({cell.value for cell in cells if cell.value is not None}, reverse=not lowest)
    marks: dict[float | None, Mark] = dict(zip(ranked, ("best", "second"), strict=False))
    return [Cell(cell.text, cell.detail, cell.value, marks.get(cell.value, "")) for cell in cells]
