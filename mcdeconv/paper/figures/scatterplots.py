"""PSNR of every image against another PSNR of it: ours against no randomness, the estimated against the true kernel."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.figures.runs import protocol_scores, without_and_with
from mcdeconv.paper.figures.style import NEUTRAL, is_narrow, label, look_of, side_by_side
from mcdeconv.paper.words import by_how_much, in_letters, tally
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import estimate
from mcdeconv.runs.wording import count, extremes, in_order, listing, signed

ALWAYS = ("without-both", "ours")
MARKERS = "sD^vPXph*o"
SCATTER_SIDE = 3.6  # inches of a plot, at most
TRUE, ESTIMATED = "PSNR with the true kernel (dB)", "PSNR with the estimated kernel (dB)"


def scatter(records: Sequence[Record], caption: str = "") -> Drawing:
    """Per image: (a) ours against the version without dropout and noise, (b) the estimated against the true kernel.

    Each point is an image, the mean over its seeds, PSNR in dB of the kernel protocol; above the line the vertical axis
    is ahead. Panel (b) has the best of the other methods, too; it is left out where no true kernel is known.

    Raises
    ------
    InputError
        If ours and the version without dropout and noise share no image.
    """
    both = without_and_with(records)
    if both.empty:
        raise InputError("ours and the version without dropout and noise have no image and seed in common")
    across, up = f"PSNR {label('without-both')} (dB)", "PSNR of ours (dB)"
    gains = both.groupby("image").mean().set_axis([across, up], axis="columns").assign(method="ours")
    known = protocol_scores(records)[["known psnr", "psnr"]].dropna().groupby(["method", "image"]).mean()
    known = known.set_axis([TRUE, ESTIMATED], axis="columns").reset_index("method")
    shown = known[known.method.isin((*ALWAYS, _best_other(known)))]

    def draw(width: float) -> Figure:
        plots = [gains] if known.empty else [gains, shown]
        side = width if is_narrow(width) else min(SCATTER_SIDE, width / len(plots))
        figure, axes = side_by_side(len(plots), (side, side), is_narrow(width))
        _points(axes[0], gains, across, up, f"(a) {count(len(gains), 'image')}")
        for place in axes[1:]:
            _points(place, shown, TRUE, ESTIMATED, f"(b) {count(shown.groupby('method').size().max(), 'image')}")
            place.legend(loc="upper left", handletextpad=0.1)
        return figure

    gain = estimate((both["ours"] - both["without-both"]).to_dict())
    ends = extremes(gain, "+.2f")
    interval = f" ({'95% interval ' * gain.has_interval}{ends})" if ends else ""
    alt = (
        "Scatter plot of PSNR, a point an image. Ours is ahead of the version without dropout and noise on "
        f"{(gains[up] > gains[across]).sum()} of {count(gain.images, 'image')}, by {signed(gain.mean)} dB in the "
        f"mean{interval}."
    )
    losses = (known[ESTIMATED] - known[TRUE]).groupby(known.method).mean()
    said = listing([f"{label(method)} {signed(losses[method])} dB" for method in in_order(losses.index)])
    alt += f" A second plot, estimated against true kernel, in the mean: {said}." if said else ""
    ahead = int((gains[up] > gains[across]).sum())
    says = (
        f"With dropout and noise the restoration is {by_how_much(gain)} in the mean, and better on "
        f"{tally(ahead)} of {in_letters(gain.images, 'image')}."
    )
    few = "" if gain.has_interval else "; too few images for an interval"
    return Drawing(draw, alt, caption, says, f"What to doubt: {in_letters(gain.seeds, 'seed')}{few}.")


def _best_other(known: pd.DataFrame) -> str:
    """The method that comes nearest to the true kernel, besides those that are always shown; empty if there is none."""
    gaps = (known[ESTIMATED] - known[TRUE]).groupby(known.method).mean().drop(list(ALWAYS), errors="ignore")
    return "" if gaps.empty else str(gaps.idxmax())


def _points(axes: Axes, points: pd.DataFrame, across: str, up: str, title: str) -> None:
    """Columns of `points` on one scale for both axes, with the line where they are equal."""
    low, high = float(points[[across, up]].min(axis=None)), float(points[[across, up]].max(axis=None))
    margin = max(0.5, 0.08 * (high - low))
    limits = low - margin, high + margin
    axes.plot(limits, limits, color=NEUTRAL, lw=0.8, zorder=1.5)
    for place, method in enumerate(in_order(points.method)):  # one marker a method: an SVG draws its shape once
        own, mark = points[points.method == method], MARKERS[place % len(MARKERS)]
        colour, name = look_of(method).colour, label(method)
        axes.plot(own[across], own[up], mark, color=colour, label=name, ms=5.8, mec="white", mew=0.7)
    axes.set(xlim=limits, ylim=limits, aspect="equal", title=title, xlabel=across, ylabel=up)
