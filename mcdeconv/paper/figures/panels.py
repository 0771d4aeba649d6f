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
CORNERS = ("upper left", "upper right", "lower right", "lower left")


@dataclass(frozen=True)
class Panel:
    """One picture of a sheet."""

    title: str
    image: NDArray  # (H, W) grey or (H, W, 3) RGB, in [0, 1]
    kernel: NDArray | None = None  # (k, k), not negative; shown in a corner
    note: str = ""  # one line below the picture, e.g. "24.12 dB"
    crops: tuple[Region, ...] = ()  # framed, and enlarged below the picture


@dataclass(frozen=True)
class Place:
    """A rectangle on a figure, in inches from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    def axes(self, figure: Figure, name: str) -> Axes:
        """Axes without ticks that fill the place; `name` becomes their label, which is not shown."""
        across, down = figure.get_size_inches()
        lower = 1 - (self.top + self.height) / down
        axes = figure.add_axes((self.left / across, lower, self.width / across, self.height / down), label=name)
        axes.set(xticks=[], yticks=[])
        axes.grid(False)
        axes.spines[:].set_visible(False)
        return axes


def sheet(panels: Sequence[Panel], columns: int, width: float) -> Figure:
    """Panels from left to right and from top to bottom.

    Parameters
    ----------
    width : float
        Inches; the height follows from the pictures.
    """
    cell = (width - 2 * EDGE - (columns - 1) * GAP) / columns
    rows = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    titles = [max(len(wrapped(panel.title, cell)) for panel in row) for row in rows]  # lines
    heights = [max(_height(panel, cell, lines) for panel in row) for row, lines in zip(rows, titles, strict=True)]
    figure = Figure(figsize=(width, sum(heights) + GAP * (len(rows) - 1) + 2 * EDGE))
    top = EDGE
    for row, lines, height in zip(rows, titles, heights, strict=True):
        for index, panel in enumerate(row):
            _draw(figure, panel, EDGE + index * (cell + GAP), top, cell, lines)
        top += height + GAP
    return figure


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


def _height(panel: Panel, cell: float, title_lines: int) -> float:
    picture = cell * panel.image.shape[0] / panel.image.shape[1]
    return (title_lines + bool(panel.note)) * LINE + 0.07 + picture + _enlarged_height(panel, cell)


def _enlarged_height(panel: Panel, cell: float) -> float:
    return GAP / 2 + max(place.height for place in _enlargements(panel, 0, 0, cell)) if panel.crops else 0.0


def _enlargements(panel: Panel, left: float, top: float, cell: float) -> list[Place]:
    """Where the enlarged crops go: side by side, as wide together as the picture."""
    wide = (cell - (len(panel.crops) - 1) * GAP / 2) / max(1, len(panel.crops))
    return [
        Place(left + index * (wide + GAP / 2), top, wide, wide * crop.height / crop.width)
        for index, crop in enumerate(panel.crops)
    ]


def _draw(figure: Figure, panel: Panel, left: float, top: float, cell: float, lines: int) -> None:
    picture = Place(left, top + lines * LINE + 0.03, cell, cell * panel.image.shape[0] / panel.image.shape[1])
    axes = picture.axes(figure, f"picture: {panel.title}")
    draw_image(axes, panel.image)
    axes.set_title("\n".join(wrapped(panel.title, cell)), pad=3, linespacing=1.15)
    below = picture.top + picture.height
    if panel.crops:
        for crop, place, colour in zip(
            panel.crops, _enlargements(panel, left, below + GAP / 2, cell), FRAMES, strict=False
        ):
            draw_frame(axes, crop, colour)
            _enlarge(place.axes(figure, f"crop: {panel.title}"), panel.image, crop, colour)
        below += _enlarged_height(panel, cell)
    if panel.kernel is not None:
        corner = free_corner(panel.image.shape[:2], panel.crops)
        show_kernel(_corner_place(picture, corner).axes(figure, f"kernel: {panel.title}"), panel.kernel)
    if panel.note:
        across, down = figure.get_size_inches()
        figure.text(left / across, 1 - (below + 0.03) / down, panel.note, va="top", ha="left")


def draw_image(axes: Axes, image: NDArray) -> None:
    """A grey or colour picture, black at 0 and white at 1 whatever it holds."""
    axes.imshow(np.clip(image, 0, 1), cmap="gray", vmin=0, vmax=1, aspect="auto")


def show_kernel(axes: Axes, kernel: NDArray) -> None:
    """A kernel, pixel by pixel, in a thin white frame."""
    axes.imshow(kernel_as_shown(kernel), cmap=KERNEL_COLORMAP, vmin=0, vmax=1, interpolation="nearest", aspect="auto")
    axes.spines[:].set(visible=True, color="white", linewidth=1.2)


def draw_frame(axes: Axes, crop: Region, colour: str) -> None:
    """The outline of a crop on its picture; a dark line around it keeps it visible on bright ground."""
    for line, edge in ((3.2, "#000000"), (1.8, colour)):
        corner = (crop.left - 0.5, crop.top - 0.5)
        axes.add_patch(Rectangle(corner, crop.width, crop.height, fill=False, edgecolor=edge, linewidth=line))


def _enlarge(axes: Axes, image: NDArray, crop: Region, colour: str) -> None:
    axes.imshow(np.clip(image[crop.slices], 0, 1), cmap="gray", vmin=0, vmax=1, interpolation="nearest", aspect="auto")
    axes.spines[:].set(visible=True, color=colour, linewidth=2.4)


def free_corner(shape: tuple[int, ...], crops: Sequence[Region]) -> str:
    """The corner of a picture where an inset hides the least of its crops; of equal ones the first of `CORNERS`."""
    side = INSET * shape[1]

    def hidden(corner: str) -> float:
        top = 0 if corner.startswith("upper") else shape[0] - side
        left = 0 if corner.endswith("left") else shape[1] - side
        return sum(
            max(0.0, min(top + side, crop.top + crop.height) - max(top, crop.top))
            * max(0.0, min(left + side, crop.left + crop.width) - max(left, crop.left))
            for crop in crops
        )

    return min(CORNERS, key=hidden)


def _corner_place(picture: Place, corner: str) -> Place:
    side = INSET * picture.width
    top = picture.top if corner.startswith("upper") else picture.top + picture.height - side
    left = picture.left if corner.endswith("left") else picture.left + picture.width - side
    return Place(left, top, side, side)


def described(panels: Sequence[Panel]) -> str:
    """The panels in words, e.g. "(a) input, 20.30 dB; (b) ours, 24.12 dB"."""
    return "; ".join(", ".join(part for part in (panel.title, panel.note.strip()) if part) for panel in panels)
