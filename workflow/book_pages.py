"""The pages that are made at every build: executed notebooks, and stubs for the others."""

import copy
import json
import re
from pathlib import Path
from typing import Any

from pages import PAGES, ResultPage
from parts import anchored, parts
from pictures import apart

PICTURES = Path("assets/pictures")  # in the book's sources; `_static/pictures` in the site


class Unusable(ValueError):
    """A page's notebook cannot be shown; the message says why."""


def read_executed(path: Path) -> dict[str, Any]:
    """The notebook of a page.

    Raises
    ------
    Unusable
        If there is none, it is not a notebook, or its run failed (see run_notebook.py).
    """
    try:
        notebook: dict[str, Any] = json.loads(path.read_text())
        failed = notebook["metadata"].get("failed")
    except FileNotFoundError:
        raise Unusable("There is no executed notebook for this page in this copy of the book") from None
    except (ValueError, KeyError, TypeError):
        raise Unusable(f"{path.name} is not a notebook; delete it") from None
    if failed:
        raise Unusable(f"The last try failed: {failed}")
    return notebook


def prepared(notebook: dict[str, Any], page: ResultPage) -> tuple[str, dict[str, bytes]]:
    """The notebook as the book shows it: headings with their anchors, code behind a toggle; and its pictures' files."""
    shown = copy.deepcopy(notebook)
    shown["cells"] = list(parts(shown["cells"]))
    if serves_several(page):
        first = next(cell for cell in shown["cells"] if cell["cell_type"] == "markdown")
        first["source"] = re.sub("^# .*", f"# {page.title}", first["source"])
    for cell in shown["cells"]:
        if cell["cell_type"] == "code":
            tags = cell["metadata"].setdefault("tags", [])
            if {"parameters", "injected-parameters"} & set(tags):
                tags.append("remove-cell")
            elif not page.teaches and not {"hide-input", "remove-input", "remove-cell", "hide-cell"} & set(tags):
                tags.append("hide-input")
    files = apart(shown["cells"], f"../_static/{PICTURES.name}")
    return json.dumps(shown, indent=1) + "\n", files


def serves_several(page: ResultPage) -> bool:
    """Whether a page's notebook makes other pages too, so that its title is not the page's."""
    return sum(other.notebook == page.notebook for other in PAGES.values()) > 1


def stub(page: ResultPage, why: str) -> str:
    """Markdown of a page whose notebook was not run; what it would show can be linked to all the same."""
    lines = [
        f"# {page.title}\n",
        ":::{admonition} Not run yet",
        ":class: not-run",
        f"{why}\n",
        "To make it, type this in a checkout:\n",
        *dict.fromkeys((f"    {page.command}", "    make book")),
        ":::\n",
    ]
    for one in page.shows:
        lines.append(anchored(f"## {one.heading}\n\n`{one.command}`\n"))
    return "\n".join(lines)
