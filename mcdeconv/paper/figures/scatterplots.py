"""PSNR of every image against another PSNR of it: ours against no randomness, the estimated against the true kernel."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.figures.runs import under_protocol
from mcdeconv.paper.figures.style import NEUTRAL, is_narrow, label, look_of, side_by_side
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import paired, summarise
from mcdeconv.runs.wording import count, in_order, listing, signed

SCATTER_SIDE = 3.6  # inches of a plot, at most
TRUE, ESTIMATED = "PSNR with the true kernel (dB)", "PSNR with the estimated kernel (dB)"


def scatter(records: Sequence[Record], caption: str = "") -> Drawing:
    """Per image: (a) ours against the version without dropout and noise, (b) the estimated against the true kernel.

    Each point is an image, the mean over its seeds, PSNR in dB of the kernel protocol; above the line the vertical axis
    is ahead. Panel (b) is left out where no true kernel is known.

    Raises
    ------
    InputError
        If ours and the version without dropout and noise share no image.
    """
    pairs = paired(under_protocol(records), "psnr", "ours", "without-both")
    if not pairs.runs:
        raise InputError("ours and the version without dropout and noise have no image and seed in common")
    across, up = f"PSNR {label('without-both')} (dB)", "PSNR of ours (dB)"
    gains = pd.DataFrame({across: pairs.others, up: pairs.values, "method": "ours"})
    known = _against_known(records)

    def draw(width: float) -> Figure:
        plots = [gains] if known.empty else [gains, known]
        side = width if is_narrow(width) else min(SCATTER_SIDE, width / len(plots))
        figure, axes = side_by_side(len(plots), (side, side), is_narrow(width))
        _points(axes[0], gains, f"(a) {count(len(gains), 'image')}")
        for place in axes[1:]:
            _points(place, known, f"(b) {count(known.groupby('method').size().max(), 'image')}")
            place.legend(loc="upper left", handletextpad=0.1)
        return figure

    summary = summarise(pairs)
    ahead = int(np.sum(pairs.values > pairs.others))
    interval = f" (95% interval {signed(summary.low)} to {signed(summary.high)})" if summary.images > 1 else ""
    alt = (
        "Scatter plot of PSNR, a point an image. Ours is ahead of the version without dropout and noise on "
        f"{ahead} of {count(summary.images, 'image')}, by {signed(summary.difference)} dB in the mean{interval}."
    )
    losses = (known[ESTIMATED] - known[TRUE]).groupby(known.method).mean()
    said = listing([f"{label(method)} {signed(losses[method])} dB" for method in in_order(losses.index)])
    return Drawing(
        draw, alt + (f" A second plot, estimated against true kernel, in the mean: {said}." if said else ""), caption
    )


def _against_known(records: Sequence[Record]) -> pd.DataFrame:
    """PSNR with the true and with the estimated kernel, the method: a row an image and method, mean over its seeds."""
    rows = [
        (record.identity.image, record.scores["known_psnr"], record.scores["psnr"], record.identity.method)
        for record in under_protocol(records)
        if "known_psnr" in record.scores
    ]
    runs = pd.DataFrame(rows, columns=["image", TRUE, ESTIMATED, "method"])
    return (
        runs.groupby(["method", "image"])[[TRUE, ESTIMATED]].mean().reset_index("method")[[TRUE, ESTIMATED, "method"]]
    )


def _points(axes: Axes, points: pd.DataFrame, title: str) -> None:
    """Columns `points` (across, up, method) on one scale for both axes, with the line where they are equal."""
    import seaborn as sns

    across, up, _ = points.columns
    low, high = float(points[[across, up]].min(axis=None)), float(points[[across, up]].max(axis=None))
    margin = max(0.5, 0.08 * (high - low))
    limits = low - margin, high + margin
    methods = in_order(points.method)
    axes.plot(limits, limits, color=NEUTRAL, lw=0.8, zorder=1.5)
    names = [label(method) for method in methods]
    sns.scatterplot(
        points.sort_values("method", key=lambda column: column.map(methods.index), kind="stable").assign(
            method=lambda found: found.method.map(label)
        ),
        x=across,
        y=up,
        hue="method",
        style="method",
        hue_order=names,
        style_order=names,
        palette=[look_of(method).colour for method in methods],
        s=34,
        linewidth=0.7,
        legend="brief" if len(methods) > 1 else False,
        ax=axes,
    )
    axes.set(xlim=limits, ylim=limits, aspect="equal", title=title)
