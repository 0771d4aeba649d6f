"""PSNR of every image against another PSNR of it: ours against no randomness, the estimated against the true kernel."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import is_narrow
from mcdeconv.paper.figures.runs import under_protocol
from mcdeconv.paper.figures.style import NEUTRAL, WIDE, applied, in_order, label, look
from mcdeconv.paper.figures.wording import count, listing, signed
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Pairs, paired, summarise

PLOT = 3.6  # inches a side, at most
MARKERS = "oDs^vPX*<>dphH"


def scatter(records: Sequence[Record], width: float = WIDE) -> Figure:
    """Per image: (a) ours against the version without dropout and noise, (b) the estimated against the true kernel.

    Each point is an image, the mean over its seeds, PSNR in dB of the kernel protocol; above the line the vertical axis
    is ahead. Panel (b) is left out where no true kernel is known. Parameters as `error_ratio_curve`.

    Raises
    ------
    InputError
        If ours and the version without dropout and noise share no image.
    """
    gains = _gains(records)
    known = _against_known(records)
    plots = 1 + bool(known)
    stacked = is_narrow(width)
    with applied():
        side = width if stacked else min(PLOT, width / plots)
        size = (side, plots * side) if stacked else (plots * side, side)
        figure = Figure(figsize=size, layout="constrained")
        grid = figure.subplots(*((plots, 1) if stacked else (1, plots)), squeeze=False)
        first, *second = grid.flat
        _points(first, {"ours": gains}, f"(a) {count(len(gains.values), 'image')}")
        first.set(xlabel=f"PSNR {label('without-both')} (dB)", ylabel="PSNR of ours (dB)")
        for axes in second:
            _points(axes, known, f"(b) {count(max(len(pairs.values) for pairs in known.values()), 'image')}")
            axes.set(xlabel="PSNR with the true kernel (dB)", ylabel="PSNR with the estimated kernel (dB)")
            axes.legend(loc="upper left", handletextpad=0.1)
    return figure


def scatter_alt(records: Sequence[Record]) -> str:
    """The scatter plots in words, with the paired difference and its interval."""
    gains = _gains(records)
    summary = summarise(gains)
    ahead = int(np.sum(gains.values > gains.others))
    interval = f" (95% interval {signed(summary.low)} to {signed(summary.high)})" if summary.images > 1 else ""
    text = (
        "Scatter plot of PSNR, a point an image. Ours is ahead of the version without dropout and noise on "
        f"{ahead} of {count(summary.images, 'image')}, by {signed(summary.difference)} dB in the mean{interval}."
    )
    losses = [
        f"{label(method)} {signed(float(np.mean(pairs.values - pairs.others)))} dB"
        for method, pairs in _against_known(records).items()
    ]
    return text + (f" A second plot, estimated against true kernel, in the mean: {listing(losses)}." if losses else "")


def _gains(records: Sequence[Record]) -> Pairs:
    pairs = paired(under_protocol(records), "psnr", "ours", "without-both")
    if not pairs.runs:
        raise InputError("ours and the version without dropout and noise have no image and seed in common")
    return pairs


def _against_known(records: Sequence[Record]) -> dict[str, Pairs]:
    """Method → (mean PSNR with the estimated, with the true kernel) of each image; without methods that have none."""
    found = {}
    scored = [record for record in under_protocol(records) if "known_psnr" in record.scores]
    for method in in_order({record.identity.method for record in scored}):
        found[method] = Pairs(
            {
                (run.identity.image, run.identity.seed): (run.scores["psnr"], run.scores["known_psnr"])
                for run in scored
                if run.identity.method == method
            }
        )
    return found


def _points(axes: Axes, groups: dict[str, Pairs], title: str) -> None:
    """Values against others, on one scale for both axes, with the line where they are equal."""
    everything = np.concatenate([np.concatenate([pairs.values, pairs.others]) for pairs in groups.values()])
    margin = max(0.5, 0.08 * float(np.ptp(everything)))
    limits = float(everything.min()) - margin, float(everything.max()) + margin
    axes.plot(limits, limits, color=NEUTRAL, lw=0.8, zorder=1.5)
    for marker, (method, pairs) in zip(MARKERS, groups.items(), strict=False):
        axes.scatter(
            pairs.others, pairs.values, s=26, marker=marker, color=look(method).colour,
            edgecolors="white", linewidths=0.7, label=label(method),
        )  # fmt: skip
    axes.set(xlim=limits, ylim=limits, aspect="equal", title=title)
