"""The parts of an executed notebook: headings that its cells have shown become cells, and each one gets its anchor."""

import re
from collections.abc import Iterator
from typing import Any

from mcdeconv.paper.sections import Heading

Cell = dict[str, Any]
Output = dict[str, Any]
NUMBERED = re.compile(r"^(#{1,2} (Table|Figure) (\d+): )", flags=re.MULTILINE)
TOP = re.compile(r"^#{1,2} ", flags=re.MULTILINE)


def parts(cells: list[Cell]) -> Iterator[Cell]:
    """The cells of a notebook, with every heading in a Markdown cell and an anchor before those of the paper's."""
    for cell in cells:
        if cell["cell_type"] == "markdown":
            yield cell | {"source": anchored("".join(cell["source"]))}
        elif cell["cell_type"] == "code":
            yield from _at_headings(cell)
        else:
            yield cell


def anchored(source: str) -> str:
    """Markdown with an anchor such as `table-1` before the heading "Table 1: ..."."""
    return NUMBERED.sub(lambda found: f"({found[2].lower()}-{found[3]})=\n{found[1]}", source)


def _at_headings(cell: Cell) -> Iterator[Cell]:
    """A code cell, parted where one of its outputs is a heading; the code is shown with the first part."""
    part, count = cell | {"outputs": []}, 0
    for output in cell.get("outputs", ()):
        heading = "".join(output.get("data", {}).get("text/markdown", ""))
        if not TOP.match(heading):
            part["outputs"].append(output)
            continue
        count += 1
        named = {"id": f"{cell['id']}-{count}"} if "id" in cell else {}
        if part["outputs"]:
            yield part
            tags = [*cell["metadata"].get("tags", ()), "remove-input"]
            rest = {"id": f"{cell['id']}-{count}-rest"} if "id" in cell else {}
            part = cell | {"metadata": {"tags": tags}, "outputs": []} | rest
        yield {"cell_type": "markdown", "metadata": {}, "source": anchored(heading)} | named
    yield part


def section(notebook: dict[str, Any], heading: Heading) -> list[Output]:
    """What an executed notebook shows below a heading, up to the next one."""
    shown: list[Output] = []
    inside = False
    for cell in parts(notebook["cells"]):
        if cell["cell_type"] == "markdown" and TOP.search(cell["source"]):
            inside = f"({heading.anchor})=" in cell["source"]
        elif inside:
            shown += cell.get("outputs", ())
    return shown


def html_of(outputs: list[Output]) -> str:
    """The HTML of some outputs, one after the other."""
    return "\n".join("".join(output.get("data", {}).get("text/html", "")) for output in outputs)
