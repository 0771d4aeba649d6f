"""The pages of results as the book shows them: executed notebooks with launch links, and stubs for the others."""

import copy
import json
from pathlib import Path
from typing import Any

from pages import PAGES, Page

# A notebook that serves several data sets cannot bring the title of each page.
TITLES = {
    "claims": "What the paper claims, and what we found",
    "table-1": "Table 1: the images of Levin et al.",
    "tables-2-3": "Tables 2 and 3: the images of Lai et al.",
    "table-4": "Table 4: the images of Köhler et al.",
    "table-5": "Table 5: what dropout and noise contribute",
    "table-6": "Table 6: another architecture",
    "table-7": "Table 7: running time",
    "figure-1": "Figure 1: the same networks, trained differently",
    "figure-2": "Figure 2: the method as a diagram",
    "figure-3": "Figure 3: samples of the image network",
    "figure-4": "Figure 4: images of Levin et al.",
    "figure-5": "Figure 5: images of Lai et al.",
    "figure-6": "Figure 6: images of Köhler et al.",
    "figure-7": "Figure 7: real photographs",
    "figure-8": "Figure 8: schedules of dropout and noise",
    "figures-9-10": "Figures 9 and 10: which network to randomise",
    "study-levin": "Controlled experiments on Levin's images",
    "study-lai": "A pilot on Lai's images",
    "explorer": "Explorer: dropout and noise by hand",
    "iterations": "Scrubber: a run, iteration by iteration",
}


def command(page: Page) -> str:
    """What makes a page again."""
    if page.notebook == "study.ipynb":
        return f"make study NAME={page.dataset}"
    if page.tables:
        return f"make table N={page.tables[0]}"
    return f"make figure N={page.figures[0]}" if page.figures else "make reproduce"


class Unusable(ValueError):
    """A page's notebook cannot be shown; the message says why."""


def read_executed(path: Path) -> dict[str, Any]:
    """The notebook of a page.

    Raises
    ------
    Unusable
        If there is none, it is not a notebook, or its run ended with an error.
    """
    try:
        notebook: dict[str, Any] = json.loads(path.read_text())
        cells = notebook["cells"]
    except FileNotFoundError:
        failed = path.parent / "failed" / f"{path.stem}.txt"
        if failed.exists():
            raise Unusable(f"The last try failed: {_first_line(failed.read_text())}") from None
        raise Unusable("There is no executed notebook for this page in this copy of the book") from None
    except (ValueError, KeyError, TypeError):
        raise Unusable(f"{path.name} is not a notebook; delete it") from None
    for cell in cells:
        for output in cell.get("outputs", ()):
            if output.get("output_type") == "error":
                raise Unusable(f"The last try failed: {output['ename']}: {_first_line(output['evalue'])}")
    return notebook


def _first_line(text: str) -> str:
    return text.strip().split("\n", maxsplit=1)[0]


def prepared(notebook: dict[str, Any], page: Page, repository: str, branch: str) -> str:
    """The notebook as the book shows it: launch links under its title, code behind a toggle."""
    shown = copy.deepcopy(notebook)
    links = {"cell_type": "markdown", "id": "launch-links", "metadata": {}}
    links["source"] = launch_links(page, repository, branch)
    place = _after_title(shown["cells"])
    if place and serves_several(page):
        _, *rest = "".join(shown["cells"][place - 1]["source"]).lstrip().split("\n")
        shown["cells"][place - 1]["source"] = "\n".join([f"# {TITLES[page.name]}", *rest])
    shown["cells"].insert(place, links)
    for cell in shown["cells"]:
        if cell["cell_type"] == "code":
            tags = cell["metadata"].setdefault("tags", [])
            if {"parameters", "injected-parameters"} & set(tags):
                tags.append("remove-cell")
            elif not {"hide-input", "remove-input", "remove-cell", "hide-cell"} & set(tags):
                tags.append("hide-input")
    return json.dumps(shown, indent=1) + "\n"


def serves_several(page: Page) -> bool:
    """Whether a page's notebook makes other pages too, so that its title is not the page's."""
    return sum(other.notebook == page.notebook for other in PAGES.values()) > 1


def _after_title(cells: list[dict[str, Any]]) -> int:
    """The place after the first cell that has a title."""
    for place, cell in enumerate(cells):
        if cell["cell_type"] == "markdown" and "".join(cell["source"]).lstrip().startswith("# "):
            return place + 1
    return 0


def launch_links(page: Page, repository: str, branch: str) -> str:
    """Markdown: open the page's notebook elsewhere."""
    place = repository.removeprefix("https://github.com/")
    file = f"notebooks/{page.notebook}"
    links = (
        f"[Binder](https://mybinder.org/v2/gh/{place}/{branch}?urlpath=lab/tree/{file})",
        f"[Colab](https://colab.research.google.com/github/{place}/blob/{branch}/{file})",
        f"[notebook](https://github.com/{place}/blob/{branch}/{file})",
    )
    return "```{div} launch-links\nRun this page: " + " · ".join(links) + f" · `{command(page)}`\n```\n"


def stub(page: Page, why: str, repository: str, branch: str) -> str:
    """Markdown of a page whose notebook was not run."""
    return "\n".join(
        (
            f"# {TITLES.get(page.name, page.name)}\n",
            launch_links(page, repository, branch),
            ":::{admonition} Not run yet",
            ":class: not-run",
            f"{why}\n",
            "To make it, type this in a checkout:\n",
            *dict.fromkeys((f"    {command(page)}", "    make book")),
            ":::\n",
        )
    )
