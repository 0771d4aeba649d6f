"""What stands in a widget's place without JavaScript; a widget hides it once it has drawn itself."""

from html import escape
from typing import Any

from mcdeconv.explorer.grid import ExplorerGrid, default_cell
from mcdeconv.explorer.pictures import data_uri
from mcdeconv.explorer.verdict import grid_verdict, scrubber_verdict

STYLE = (
    "display:flex;flex-wrap:wrap;gap:.75rem;margin:0;padding:0;list-style:none",
    "flex:1 1 9rem;max-width:16rem;margin:0;padding:0",
    "display:block;width:100%;border-radius:6px",
)


def static_figure_html(grid: ExplorerGrid) -> str:
    """The default cell of an explorer's grid: blurred, restored and true image, with the PSNR of the first two."""
    cell = default_cell(grid)
    runs = [c["psnr"] for c in grid["cells"] if (c["p0"], c["sigma0"]) == (cell["p0"], cell["sigma0"])]
    pictures = [
        (grid["blurred"], f"Blurred, {grid['psnr_blurred']:.1f} dB"),
        (cell["image"], f"Restored, {cell['psnr']:.1f} dB"),
        (grid["sharp"], "Truth"),
    ]
    of_seeds = f"; mean of {len(runs)} seeds: {sum(runs) / len(runs):.1f} dB" if len(runs) > 1 else ", the only one"
    caption = (
        f"{grid['image']} with p0 = {cell['p0']:g} and σ0 = {cell['sigma0']:g}, seed {cell['seed']}{of_seeds}. "
        f"{grid_verdict(grid)} JavaScript lets you set p0 and σ0 here."
    )
    return _figure("explorer", grid["image"], pictures, caption)


def static_frames_html(data: dict[str, Any]) -> str:
    """The last moment of every run of the scrubber, beside the blurred image."""
    pictures = [(data["blurred"], "Blurred")]
    for run in data["runs"]:
        score = "" if run["psnr"][-1] is None else f", {run['psnr'][-1]:.1f} dB"
        pictures.append((run["images"][-1], f"{run['label'].capitalize()}{score}"))
    last = data["runs"][0]["picture_iterations"][-1]
    caption = (
        f"{data['image']} after {last} iterations. {scrubber_verdict(data)} "
        "With JavaScript you can move through the iterations here."
    )
    return _figure("iterations", data["image"], pictures, caption)


def _figure(widget: str, image: str, pictures: list[tuple[str, str]], caption: str) -> str:
    outer, item, picture = STYLE
    entries = "".join(
        f'<li style="{item}"><img style="{picture}" src="{data_uri(text)}" alt="{escape(f"{image}: {label}")}">'
        f"<span>{escape(label)}</span></li>"
        for text, label in pictures
    )
    return (
        f'<figure class="mcd-fallback" data-widget="{widget}" style="margin:0">'
        f'<ul style="{outer}">{entries}</ul><figcaption>{escape(caption)}</figcaption></figure>'
    )
