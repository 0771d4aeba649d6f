"""The landing page's picture: what went in, what came out, the kernels and one number, from a stored run."""

import html
from pathlib import Path

from mcdeconv.errors import InputError
from mcdeconv.explorer.grid import FOLDER, ExplorerGrid, default_cell, load_grid
from mcdeconv.explorer.pictures import data_uri
from mcdeconv.paper import plans
from mcdeconv.runs.wording import signed

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
            "on others the method fails: the [main comparison](results/table-1) and the "
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
