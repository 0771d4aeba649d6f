"""The tables of an executed page as text."""

import json
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from tabulate import tabulate


def tables(page: Path) -> list[str]:
    """Every HTML table of an executed notebook, as plain text with its caption above."""
    notebook = json.loads(page.read_text())
    return [
        as_text(table)
        for cell in notebook["cells"]
        for output in cell.get("outputs", ())
        for table in BeautifulSoup("".join(output.get("data", {}).get("text/html", "")), "html.parser").find_all(
            "table"
        )
    ]


def as_text(table: Tag) -> str:
    rows = [row for row in grid(table) if any(row)]
    head = len([row for row in table.find_all("tr") if not row.find_all("td")])
    heading = [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*rows[:head], strict=True)]
    text = tabulate(rows[head:], heading)
    return f"{table.caption.get_text(' ', strip=True)}\n\n{text}" if table.caption else text


def grid(table: Tag) -> list[list[str]]:
    """The texts of the cells by row and column, with what spans several repeated."""
    cells: dict[tuple[int, int], str] = {}
    rows = table.find_all("tr")
    for y, row in enumerate(rows):
        x = 0
        for cell in row.find_all(["th", "td"]):
            while (y, x) in cells:
                x += 1
            height, width = (int(str(cell.get(name) or 1)) for name in ("rowspan", "colspan"))
            text = cell.get_text(" ", strip=True)
            cells |= {(y + dy, x + dx): text for dy in range(height) for dx in range(width)}
            x += width
    columns = 1 + max((x for _, x in cells), default=-1)
    return [[cells.get((y, x), "") for x in range(columns)] for y in range(len(rows))]
