"""The iteration scrubber: what two runs look like on their way, side by side."""

from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from mcdeconv.explorer.assets import CSS, module


class Iterations(anywidget.AnyWidget):
    """Image, kernel, deviation and curves of some runs at the iteration that you choose.

    Parameters
    ----------
    images : one to an image, from `mcdeconv.explorer.packing.scrubber`
    """

    _esm = module("common.js", "charts.js", "iterations.js")
    _css = CSS

    images = traitlets.List(traitlets.Dict()).tag(sync=True)
    image = traitlets.Unicode().tag(sync=True)
    iteration = traitlets.Int().tag(sync=True)

    def __init__(self, images: Sequence[dict[str, Any]]) -> None:
        first = images[0]
        last = first["runs"][0]["picture_iterations"][-1]
        super().__init__(images=list(images), image=first["image"], iteration=last)
