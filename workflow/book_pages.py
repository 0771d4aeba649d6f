"""The pages that are made at every build: executed notebooks, stubs for the others, landing page."""

import copy
import html
import json
import re
from pathlib import Path
from typing import Any

from pages import PAGES, ResultPage
from parts import anchored, parts
from pictures import apart

from mcdeconv.errors import InputError
from mcdeconv.explorer.grid import FOLDER, ExplorerGrid, default_cell, load_grid
from mcdeconv.explorer.pictures import data_uri
from mcdeconv.paper import plans
from mcdeconv.runs.wording import signed

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
            elif not {"hide-input", "remove-input", "remove-cell", "hide-cell"} & set(tags):
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


NOT_RUN = """:::{admonition} Not run yet
:class: not-run
Here stand a blurred image, what the method made of it, and both kernels, once there is a run. Type `make explorer`.
:::
"""


def landing(root: Path) -> str:
    """Markdown for the landing page: the paper's setting in the first grid of the explorer, whatever it shows."""
    try:
        grid = load_grid(root / FOLDER / f"{plans.EXPLORED[0]}.json")
    except InputError:
        return NOT_RUN
    return strip(grid)


def strip(grid: ExplorerGrid) -> str:
    """Three pictures and a number, as HTML in Markdown."""
    cell = default_cell(grid)
    figures = (
        figure("What the method is given", f"{grid['psnr_blurred']:.1f} dB", grid["blurred"], None, "A blurred image"),
        figure(
            "What it makes of it",
            f"{cell['psnr']:.1f} dB",
            cell["image"],
            cell["kernel"],
            "The same image, restored; inset: the kernel that was found",
        ),
        figure("The truth", "", grid["sharp"], grid["kernel_true"], "The sharp image; inset: its blur kernel"),
    )
    device = html.escape(", ".join(grid["provenance"]["device"]))
    return "\n".join(
        (
            "```{raw} html",
            '<div class="landing-strip">',
            *figures,
            "</div>",
            f'<p class="landing-number"><strong>{signed(cell["psnr"] - grid["psnr_blurred"], 1)} dB</strong> from one '
            f"blurred image, in {cell['seconds']:.0f} seconds on {device}: no training data, no truth, no knowledge of "
            "the blur. Lower right: the blur kernel.</p>",
            "```",
            "",
            f"One run at tier `{grid['tier']}` on the embedded image `{grid['image']}` (data set `{grid['dataset']}`, "
            f"seed {cell['seed']}): PSNR of the network's own output against the truth. It is one image of many, and "
            "on others the method fails: the [main comparison](#table-1) and the "
            "[ledger of claims](results/claims) say what holds on average.",
            "",
        )
    )


def figure(title: str, number: str, image: str, kernel: str | None, alt: str) -> str:
    """One picture with its kernel in the corner; both as base64 of WebP and PNG."""
    inset = "" if kernel is None else f'<img class="inset" src="{data_uri(kernel)}" alt="">'
    return (
        f'<figure><span class="frame"><img src="{data_uri(image)}" alt="{html.escape(alt)}">{inset}</span>'
        f"<figcaption>{html.escape(title)} <b>{number}</b></figcaption></figure>"
    )
