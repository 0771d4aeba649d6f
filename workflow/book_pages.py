"""The pages that are made at every build: executed notebooks with launch links, stubs for the others."""

import copy
import json
from pathlib import Path
from typing import Any

from pages import PAGES, ResultPage


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


def prepared(notebook: dict[str, Any], page: ResultPage, repository: str, branch: str) -> str:
    """The notebook as the book shows it: launch links under its title, code behind a toggle."""
    shown = copy.deepcopy(notebook)
    links = {"cell_type": "markdown", "id": "launch-links", "metadata": {}}
    links["source"] = launch_links(page, repository, branch)
    place = _after_title(shown["cells"])
    if place and serves_several(page):
        _, *rest = "".join(shown["cells"][place - 1]["source"]).lstrip().split("\n")
        shown["cells"][place - 1]["source"] = "\n".join([f"# {page.title}", *rest])
    shown["cells"].insert(place, links)
    for cell in shown["cells"]:
        if cell["cell_type"] == "code":
            tags = cell["metadata"].setdefault("tags", [])
            if {"parameters", "injected-parameters"} & set(tags):
                tags.append("remove-cell")
            elif not {"hide-input", "remove-input", "remove-cell", "hide-cell"} & set(tags):
                tags.append("hide-input")
    return json.dumps(shown, indent=1) + "\n"


def serves_several(page: ResultPage) -> bool:
    """Whether a page's notebook makes other pages too, so that its title is not the page's."""
    return sum(other.notebook == page.notebook for other in PAGES.values()) > 1


def _after_title(cells: list[dict[str, Any]]) -> int:
    """The place after the first cell that has a title."""
    for place, cell in enumerate(cells):
        if cell["cell_type"] == "markdown" and "".join(cell["source"]).lstrip().startswith("# "):
            return place + 1
    return 0


def launch_links(page: ResultPage, repository: str, branch: str) -> str:
    """Markdown: open the page's notebook elsewhere."""
    place = repository.removeprefix("https://github.com/")
    file = f"notebooks/{page.notebook}"
    links = (
        f"[Binder](https://mybinder.org/v2/gh/{place}/{branch}?urlpath=lab/tree/{file})",
        f"[Colab](https://colab.research.google.com/github/{place}/blob/{branch}/{file})",
        f"[notebook](https://github.com/{place}/blob/{branch}/{file})",
    )
    return "```{div} launch-links\nRun this page: " + " · ".join(links) + f" · `{page.command}`\n```\n"


def stub(page: ResultPage, why: str, repository: str, branch: str) -> str:
    """Markdown of a page whose notebook was not run."""
    return "\n".join(
        (
            f"# {page.title}\n",
            launch_links(page, repository, branch),
            ":::{admonition} Not run yet",
            ":class: not-run",
            f"{why}\n",
            "To make it, type this in a checkout:\n",
            *dict.fromkeys((f"    {page.command}", "    make book")),
            ":::\n",
        )
    )
