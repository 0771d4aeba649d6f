"""A table of an executed notebook for a terminal: as wide as that, cells folded, columns in blocks where need be."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise, takewhile

from parts import Output, html_of

# Characters that a row's name takes at most, and a cell, before they are folded: the first pair with the fewest blocks.
LIMITS = ((1000, 1000), (28, 20), (24, 15), (20, 12))
GAP = "  "
MARKS = {"strong": "*", "u": "+"}  # the best and the second best of the cited
Lines = list[str]


@dataclass
class Grid:
    """A table: rows of cells, each of one or more lines; the first row is the head."""

    name: str
    caption: str = ""
    rows: list[list[Lines]] = field(default_factory=list)


@dataclass
class Words:
    """A paragraph; what a table shows stands above it, all else below."""

    text: str
    above: bool


class _Page(HTMLParser):
    """The paragraphs and tables of some HTML, in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Words | Grid] = []
        self.grid: Grid | None = None
        self.words, self.above = "", False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.grid = Grid((dict(attrs).get("id") or "").removeprefix("T_"))
            self.found.append(self.grid)
        elif tag == "tr" and self.grid:
            self.grid.rows.append([])
        elif tag == "br":
            self.words += "\n"
        elif tag in ("td", "th", "caption", "p", "summary"):
            self.words, self.above = "", dict(attrs).get("class") == "result-says"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.grid:
            self.grid.rows[-1].append([" ".join(line.split()) for line in self.words.split("\n")])
        elif tag == "caption" and self.grid:
            self.grid.caption = " ".join(self.words.split())
        elif tag == "p":
            self.found.append(Words(" ".join(self.words.split()), self.above))
        elif tag == "table":
            self.grid = None
        else:
            self.words += MARKS.get(tag, "")

    def handle_data(self, data: str) -> None:
        self.words += data


def table_in(outputs: list[Output], name: str, width: int) -> str:
    """One table of a section, with its further rows and the sentences around it; the first table if none has the name.

    In the book further rows are a table of their own, called so with "-more".
    """
    found = _Page(html_of(outputs)).found
    grids = {place: one for place, one in enumerate(found) if isinstance(one, Grid)}
    if not grids:
        return "no table: there are no runs for it"
    places = [place for place, one in grids.items() if one.name in (name, f"{name}-more")] or [min(grids)]
    shown = _words(found[: places[0]][::-1], above=True)
    shown += [laid_out(grids[place], width) for place in places]
    shown += _words(found[places[-1] + 1 :], above=False)
    if others := len(grids) - len(places):
        shown.append(f"{others} more table{'s' * (others > 1)} beside it in the book.")
    return "\n\n".join(text if "\n" in text else textwrap.fill(text, width) for text in shown)


def _words(nearest_first: Sequence[Words | Grid], above: bool) -> list[str]:
    """The paragraphs that belong to a table, up to the first that belongs to another."""
    near = takewhile(lambda one: isinstance(one, Words) and one.above == above, nearest_first)
    return [one.text for one in near if isinstance(one, Words)]


def laid_out(grid: Grid, width: int) -> str:
    """Its caption, and its columns in as few blocks as the width allows, each with the rows' names."""
    columns = [list(column) for column in zip(*grid.rows, strict=True)]
    tried = [_blocks(columns, limits, width) for limits in LIMITS]
    return "\n\n".join(filter(None, (textwrap.fill(grid.caption, width), *min(tried, key=len))))


def _blocks(columns: list[list[Lines]], limits: tuple[int, int], width: int) -> list[str]:
    folded = [[_folded(cell, limits[place > 0]) for cell in column] for place, column in enumerate(columns)]
    cuts = _cuts([_width(column) for column in folded], width)
    return [_block([folded[0], *folded[first:last]]) for first, last in pairwise(cuts)]


def _width(column: list[Lines]) -> int:
    return max(len(line) for cell in column for line in cell)


def _folded(cell: Lines, limit: int) -> Lines:
    wrapper = textwrap.TextWrapper(limit, break_long_words=False, break_on_hyphens=False)
    return [part for line in cell for part in wrapper.wrap(line) or [""]]


def _cuts(widths: list[int], width: int) -> list[int]:
    """Where blocks of columns begin and end; each has the first column, which is not counted, and at least one more."""
    cuts, used = [1], widths[0]
    for place, own in enumerate(widths[1:], start=1):
        if used + len(GAP) + own > width and place > cuts[-1]:
            cuts.append(place)
            used = widths[0]
        used += len(GAP) + own
    return [*cuts, len(widths)]


def _block(columns: list[list[Lines]]) -> str:
    """Columns beside each other, a rule below their heads; rows of several lines stand apart."""
    widths = [_width(column) for column in columns]
    head, *body = [_row(cells, widths) for cells in zip(*columns, strict=True)]
    lines = [*head, "-" * (sum(widths) + len(GAP) * (len(widths) - 1))]
    for before, row in pairwise(([], *body)):
        lines += [""] * (before != [] and max(len(before), len(row)) > 1) + row
    return "\n".join(lines)


def _row(cells: tuple[Lines, ...], widths: list[int]) -> Lines:
    height = max(map(len, cells))
    lines = zip(*(cell + [""] * (height - len(cell)) for cell in cells), strict=True)
    return [GAP.join(f"{text:<{n}}" for text, n in zip(line, widths, strict=True)).rstrip() for line in lines]
