"""The plots of the course: curves, in one panel or several side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.figures.style import DASH_DOT, DASHED, DOTTED, NEUTRAL, is_narrow, side_by_side

COLOURS = ("#0072B2", "#D55E00", "#00765A", "#595959")
DASHES: tuple[tuple[float, ...], ...] = ((), DASHED, DOTTED, DASH_DOT)
MARKERS = "osD^"
HEIGHT, NARROW_HEIGHT = 2.7, 2.5  # inches


@dataclass(frozen=True)
class Curves:
    """Curves over one axis; a list (y) stands over 0, 1, 2, … and a pair (x, y) over its own."""

    curves: Mapping[str, Any]
    x: str
    y: str = ""
    title: str = ""
    at: float | None = None  # where an upright line stands, e.g. at the truth
    points: bool = False  # marks in the place of lines
    log: bool = False  # the upright axis


def lines(panels: Curves | Sequence[Curves], alt: str, caption: str = "") -> Drawing:
    """Some panels side by side, or below one another on a telephone."""
    shown = [panels] if isinstance(panels, Curves) else list(panels)

    if (most := max(len(panel.curves) for panel in shown)) > len(COLOURS):
        raise InputError(f"a panel has {most} curves; draw {len(COLOURS)} at most")

    def draw(width: float) -> Figure:
        narrow = is_narrow(width)
        size = (width, NARROW_HEIGHT) if narrow else (width / len(shown), HEIGHT)
        figure, axes = side_by_side(len(shown), size, narrow)
        for panel, one in zip(shown, axes, strict=True):
            for (name, values), colour, dash, marker in zip(
                panel.curves.items(), COLOURS, DASHES, MARKERS, strict=False
            ):
                x, y = both(values)
                if panel.points:
                    one.plot(x, y, marker, color=colour, label=name, markersize=4)
                else:
                    one.plot(x, y, color=colour, label=name, dashes=dash or (None, None))
            if panel.at is not None:
                one.axvline(panel.at, color=NEUTRAL, linewidth=1)
            one.set(xlabel=panel.x, ylabel=panel.y, title=panel.title)
            if panel.log:
                one.set_yscale("log")
            if len(panel.curves) > 1:
                one.legend(fontsize="small")
        return figure

    return Drawing(draw, alt, caption)


def both(values: Any) -> tuple[ArrayLike, ArrayLike]:
    """x and y of a curve."""
    return values if isinstance(values, tuple) else (range(len(values)), values)
