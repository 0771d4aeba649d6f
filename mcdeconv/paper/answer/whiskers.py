"""Dot-and-whisker plots: paired differences, a line each, the mean with its interval over faint single images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory
from numpy.typing import NDArray

from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.figures.style import NEUTRAL, is_narrow
from mcdeconv.runs.statistics import FEWEST, Estimate, Runs, estimate
from mcdeconv.runs.wording import count, in_words, listing, signed

ROW, HEAD, FOOT = 0.215, 0.27, 0.5  # inches of a line, of a heading, and below
TALLER = 2.1  # a line on a telephone, with its words above it
COLOURS = {"above": "#0F6E84", "below": "#B04A00", "open": "#595959"}  # by where the interval lies
READ = (
    "A dot is a mean, its line the 95% interval, faint dots single images (triangles: beyond the axis). Fewer than "
    f"{FEWEST} images are shown one by one. Blue lies above zero, orange below it, grey is open."
)


@dataclass(frozen=True)
class Whisker:
    """One line: what is compared, and the difference of each image and seed."""

    label: str
    runs: Runs
    where: str  # data set and tier

    @property
    def estimate(self) -> Estimate:
        return estimate(self.runs)

    @property
    def singles(self) -> NDArray:
        """(images,), each the mean over its seeds."""
        by_image: dict[str, list[float]] = {}
        for (image, _), value in sorted(self.runs.items()):
            by_image.setdefault(image, []).append(value)
        return np.array([np.mean(values) for values in by_image.values()])

    @property
    def state(self) -> str:
        """Where the interval lies: "above" zero, "below" it, or "open"; few images leave every question open."""
        found = self.estimate
        if found.images < FEWEST or found.low <= 0 <= found.high:
            return "open"
        return "above" if found.low > 0 else "below"

    def in_words(self, digits: int = 2) -> str:
        """The mean with its interval; of few images all of them."""
        found = self.estimate
        if found.images >= FEWEST:
            return in_words(found.mean, found.low, found.high, f"+.{digits}f")
        return listing([signed(value, digits) for value in self.singles])

    @property
    def basis(self) -> str:
        """As "16 images, Levin, laptop"."""
        return f"{count(self.estimate.images, 'image')}, {self.where}"


def whiskers(groups: Mapping[str, Sequence[Whisker]], unit: str, caption: str = "", digits: int = 2) -> Drawing:
    """Groups of lines below their headings; a heading may be empty. Lines without a run are left out.

    Parameters
    ----------
    unit : what the axis says, e.g. "gain in PSNR (dB)"

    Raises
    ------
    InputError
        If no line has a run.
    """
    kept = {head: [line for line in lines if line.runs] for head, lines in groups.items()}
    kept = {head: lines for head, lines in kept.items() if lines}
    if not kept:
        raise InputError(f"nothing of this has been run: {listing([*groups])}")

    def draw(width: float) -> Figure:
        narrow = is_narrow(width)
        step = ROW * (TALLER if narrow else 1)
        heads = {head: fill(head, 46) if narrow else head for head in kept}
        tall = {head: (HEAD + 0.13 * words.count("\n")) * bool(head) for head, words in heads.items()}
        height = sum(tall.values()) + sum(step * len(lines) for lines in kept.values()) + FOOT
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots()
        y, ticks, limits = 0.0, {}, _limits([line for lines in kept.values() for line in lines])
        across = blended_transform_factory(figure.transFigure, axes.transData)
        for head, lines in kept.items():
            if head:
                y += tall[head]
                axes.text(
                    0.012,
                    y - 0.06,
                    heads[head],
                    transform=across,
                    weight="bold",
                    fontsize=8.5,
                    in_layout=False,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
                )  # over the axis at zero
            for line in lines:
                y += step
                _draw(axes, line, y - ROW / 2, limits)
                ticks[y - ROW / 2] = line
        _label(axes, ticks, narrow)
        axes.axvline(0, color=NEUTRAL, lw=0.8, zorder=0.5)
        axes.set(ylim=(y + 0.05, 0), xlim=limits, xlabel=fill(unit, 42) if narrow else unit)
        axes.grid(axis="y", visible=False)
        return figure

    said = [
        f"{f'{head}, ' if head else ''}{line.label}: {line.in_words(digits)} ({line.basis})"
        for head, lines in kept.items()
        for line in lines
    ]
    return Drawing(draw, f"Dot-and-whisker plot, {unit}. {listing(said, '; ')}.", caption)


def _label(axes: Axes, ticks: Mapping[float, Whisker], narrow: bool) -> None:
    """What a line compares and what it rests on: left of a wide plot, above the line of a narrow one."""
    if narrow:
        for y, line in ticks.items():
            words = f"{line.label}\n{line.basis}"
            axes.text(0, y - ROW / 2, words, fontsize=6.5, transform=axes.get_yaxis_transform(), in_layout=False)
        axes.set_yticks([])
        return
    axes.set_yticks(list(ticks), [f"{line.label}  ({line.basis})" for line in ticks.values()], fontsize=7.5)
    axes.tick_params(axis="y", length=0)


def _limits(lines: Sequence[Whisker]) -> tuple[float, float]:
    """Of the axis: all intervals, all that is shown one by one, and zero, but not every faint dot."""
    ends = [0.0]
    for line in lines:
        found = line.estimate
        ends += [found.low, found.high] if found.images >= FEWEST else [line.singles.min(), line.singles.max()]
    margin = 0.12 * ((max(ends) - min(ends)) or 1.0)
    return min(ends) - margin, max(ends) + margin


def _draw(axes: Axes, line: Whisker, y: float, limits: tuple[float, float]) -> None:
    colour, singles, found = COLOURS[line.state], line.singles, line.estimate
    few = len(singles) < FEWEST
    (low, high), (size, alpha) = limits, (24, 0.9) if few else (11, 0.25)
    inside = singles[(singles >= low) & (singles <= high)]
    axes.scatter(inside, np.full(len(inside), y), s=size, color=colour, alpha=alpha, linewidths=0)
    for mark, edge, beyond in (("<", low, singles < low), (">", high, singles > high)):
        if beyond.any():
            axes.scatter([edge], [y], s=14, marker=mark, color=colour, alpha=0.5, linewidths=0, clip_on=False)
    if not few:
        axes.plot([found.low, found.high], [y, y], color=colour, lw=2.2)
        axes.plot(found.mean, y, "o", color=colour, ms=6.5, mec="white")
