"""Table 1 under a reading that you choose: the widget, and the table that stands in its place without JavaScript."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import traitlets

from mcdeconv.explorer.widget import Widget, joined_module


class Ranking(Widget):
    """All methods by their mean PSNR under a truth, a shift window, a luma range and a final deconvolution.

    Parameters
    ----------
    data : one to a data set, from `mcdeconv.paper.ranking.rankings`
    """

    _esm = joined_module("common.js", "charts.js", "ranking.js")

    data = traitlets.List(traitlets.Dict()).tag(sync=True)
    dataset = traitlets.Unicode().tag(sync=True)
    truth = traitlets.Unicode().tag(sync=True)
    shift = traitlets.Int().tag(sync=True)
    luma = traitlets.Unicode().tag(sync=True)
    final = traitlets.Unicode().tag(sync=True)

    def __init__(self, data: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(data=list(data), dataset=data[0]["dataset"], **data[0]["own"])


def static_ranking_html(data: Mapping[str, Any]) -> str:
    """The ranking under the data set's own reading, as a table."""
    own = data["own"]
    [protocol] = [
        r["name"] for r in data["readings"] if all(r[axis] == own[axis] for axis in ("truth", "shift", "luma"))
    ]
    scored = []
    for line in data["lines"]:
        final = "direct" if line["stage"] == "direct" else own["final"]
        if cell := line["cells"].get(f"{final}/{protocol}"):
            scored.append((line, cell))
    scored.sort(key=lambda pair: (pair[1]["images"] < data["most"], -pair[1]["mean"]))
    rows = "".join(_row(line, cell, data["images"]) for line, cell in scored)
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Method", "PSNR, dB", "Images", "Printed, dB"))
    caption = (
        f"{data['title']}, {data['table']} under the data set's own reading: protocol {protocol}, final deconvolution "
        f"{own['final']}. JavaScript lets you choose another here."
    )
    return (
        '<figure class="mcd-fallback" data-widget="ranking" style="margin:0;overflow-x:auto">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></figure>"
    )


def _row(line: Mapping[str, Any], cell: Mapping[str, Any], images: int) -> str:
    interval = "" if cell["low"] is None else f" ({cell['low']:.2f} to {cell['high']:.2f})"
    printed = line["printed"]["text"] if line["printed"] else "–"
    cells = (f"{cell['mean']:.2f}{interval}", f"{cell['images']} of {images}", printed)
    head = f'<th scope="row">{escape(line["name"])}, {escape(line["detail"])}</th>'
    return f"<tr>{head}{''.join(f'<td>{escape(text)}</td>' for text in cells)}</tr>"
