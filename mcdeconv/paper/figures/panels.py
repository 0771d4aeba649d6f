"""A sheet of pictures, each with its kernel, its crops and a line of numbers: what Figures 1, 4–7 and 9 are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

from mcdeconv.data.region import Region
from mcdeconv.paper.figures.style import FRAMES, KERNEL_COLORMAP, kernel_as_shown

GAP = 0.1  # inches between pictures
EDGE = 0.03  # inches around a sheet: room for frames
LINE = 0.165  # inches a line of text
TITLE_SIZE = 9  # points, as in the style file
INSET = 0.3  # of the picture's width that a kernel takes
BOLD = FontProperties(family="DejaVu Sans", weight="bold")


@dataclass(frozen=True)
class Panel:
    """One picture of a sheet."""

    title: str
    image: NDArray  # (H, W) grey or (H, W, 3) RGB, in [0, 1]
    kernel: NDArray | None = None  # (k, k), not negative; shown in a corner
    note: str = ""  # one line below the picture, e.g. "24.12 dB"
    crops: tuple[Region, ...] = ()  # framed, and enlarged below the picture


def sheet(panels: Sequence[Panel], columns: int, width: float) -> Figure:
    """Panels from left to right and from top to bottom.

    Parameters
    ----------
    width : float
        Inches; the height follows from the pictures.
    """
    cell = (width - 2 * EDGE - (columns - 1) * GAP) / columns
    rows = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    titles = [LINE * max(len(wrapped(panel.title, cell)) for panel in row) + 0.03 for row in rows]
    below = [max(_bottom(p, cell) * _inch(p, cell) + bool(p.note) * LINE for p in row) + 0.04 + GAP for row in rows]
    height = sum(titles) + sum(below) - GAP + 2 * EDGE
    figure = Figure(figsize=(width, height))
    top = EDGE
    for row, title, rest in zip(rows, titles, below, strict=True):
        for index, panel in enumerate(row):
            high = panel.image.shape[0] * _inch(panel, cell)
            place = (
                (EDGE + index * (cell + GAP)) / width,
                1 - (top + title + high) / height,
                cell / width,
                high / height,
            )
            _draw(bare(figure.add_axes(place, label=f"picture: {panel.title}")), panel, cell)
        top += title + rest
    return figure


def bare(axes: Axes) -> Axes:
    """The same axes, without ticks, grid and outline."""
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    axes.spines[:].set_visible(False)
    return axes


def wrapped(title: str, width: float) -> list[str]:
    """A bold title in lines that are not wider than `width` inches, unless a single word is."""
    lines: list[str] = []
    for word in title.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and TextPath((0, 0), longer, TITLE_SIZE, prop=BOLD).get_extents().width <= 72 * width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _inch(panel: Panel, cell: float) -> float:
    """Inches a pixel of a picture that is `cell` inches wide."""
    return cell / panel.image.shape[1]


def _bottom(panel: Panel, cell: float) -> float:
    """Where the picture ends with its enlarged crops, in its pixels."""
    return max([panel.image.shape[0], *(top + height for _, top, _, height in _enlargements(panel, cell))])


def _enlargements(panel: Panel, cell: float) -> list[tuple[float, float, float, float]]:
    """Left, top, width, height of the enlarged crops in pixels of the picture: side by side below it, as wide as it."""
    gap = GAP / 2 / _inch(panel, cell)
    wide = (panel.image.shape[1] - (len(panel.crops) - 1) * gap) / max(1, len(panel.crops))
    return [
        (index * (wide + gap), panel.image.shape[0] + gap, wide, wide * crop.height / crop.width)
        for index, crop in enumerate(panel.crops)
    ]


def _draw(axes: Axes, panel: Panel, cell: float) -> None:
    """A panel on the axes of its picture; kernel and enlarged crops are axes inside these."""
    height, width = panel.image.shape[:2]

    def inset(left: float, top: float, across: float, down: float) -> Axes:
        return bare(axes.inset_axes((left / width, 1 - (top + down) / height, across / width, down / height)))

    draw_image(axes, panel.image)
    axes.set_title("\n".join(wrapped(panel.title, cell)), pad=3, linespacing=1.15)
    for crop, place, colour in zip(panel.crops, _enlargements(panel, cell), FRAMES, strict=False):
        draw_frame(axes, crop, colour)
        enlarged = inset(*place)
        draw_image(enlarged, panel.image[crop.slices], "nearest")
        enlarged.spines[:].set(visible=True, color=colour, linewidth=2.4)
    if panel.kernel is not None:
        side = INSET * width
        show_kernel(inset(*free_corner((height, width), panel.crops), side, side), panel.kernel)
    note = 1 - (_bottom(panel, cell) + 0.03 / _inch(panel, cell)) / height
    axes.text(0, note, panel.note, transform=axes.transAxes, va="top", ha="left")


def draw_image(axes: Axes, image: NDArray, interpolation: str | None = None) -> None:
    """A grey or colour picture, black at 0 and white at 1 whatever it holds."""
    axes.imshow(np.clip(image, 0, 1), cmap="gray", vmin=0, vmax=1, interpolation=interpolation, aspect="auto")


def show_kernel(axes: Axes, kernel: NDArray) -> None:
    """A kernel, pixel by pixel, in a thin white frame."""
    axes.imshow(kernel_as_shown(kernel), cmap=KERNEL_COLORMAP, vmin=0, vmax=1, interpolation="nearest", aspect="auto")
    axes.spines[:].set(visible=True, color="white", linewidth=1.2)


def draw_frame(axes: Axes, crop: Region, colour: str) -> None:
    """The outline of a crop on its picture; a dark line around it keeps it visible on bright ground."""
    for line, edge in ((3.2, "#000000"), (1.8, colour)):
        corner = (crop.left - 0.5, crop.top - 0.5)
        axes.add_patch(Rectangle(corner, crop.width, crop.height, fill=False, edgecolor=edge, linewidth=line))


def free_corner(shape: tuple[int, int], crops: Sequence[Region]) -> tuple[float, float]:
    """Left and top (px) of the inset in the corner where it hides the least of the crops; clockwise from upper left."""
    side = INSET * shape[1]
    right, low = shape[1] - side, shape[0] - side

    def hidden(corner: tuple[float, float]) -> float:
        left, top = corner
        return sum(
            max(0.0, min(top + side, crop.top + crop.height) - max(top, crop.top))
            * max(0.0, min(left + side, crop.left + crop.width) - max(left, crop.left))
            for crop in crops
        )

    return min([(0.0, 0.0), (right, 0.0), (right, low), (0.0, low)], key=hidden)


def described(panels: Sequence[Panel]) -> str:
    """The panels in words, e.g. "(a) input, 20.30 dB; (b) ours, 24.12 dB"."""
    return "; ".join(", ".join(part for part in (panel.title, panel.note.strip()) if part) for panel in panels)
