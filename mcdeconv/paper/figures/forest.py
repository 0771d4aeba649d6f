"""What every change of a controlled experiment is worth, at a glance: paired differences with their intervals."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import Shown, is_narrow, show
from mcdeconv.paper.figures.style import NARROW, NEUTRAL, WIDE, applied, look
from mcdeconv.paper.figures.wording import listing, signed
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Summary, paired, summarise
from mcdeconv.studies import Study

ROW = 0.42  # inches
MEASURE = "psnr_sparse"


def forest(study: Study, records: Sequence[Record], group: str, width: float = WIDE) -> Figure:
    """A row a contrast that has runs: the mean paired difference in PSNR (sparse prior) and its 95% interval.

    Faint dots are single images, the mean over their seeds.

    Raises
    ------
    InputError
        If no contrast has a run in this group of images.
    """
    found = _contrasts(study, records, group)
    stacked = is_narrow(width)
    with applied():
        height = (1.7 if stacked else 1) * ROW * len(found) + 0.8
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots()
        for place, ((name, other), (summary, gains)) in enumerate(found.items()):
            randomised = study.variants[name].config.dropout_rate.before > 0
            colour = look("ours" if randomised else "without-both").colour
            axes.scatter(gains, np.full(len(gains), place), s=14, color=colour, alpha=0.3, linewidths=0)
            axes.plot([summary.low, summary.high], [place, place], color=colour, lw=2)
            axes.plot(summary.difference, place, "o", color=colour, ms=7, mec="white")
            if stacked:
                axes.text(0, place - 0.3, f"{name} − {other}", transform=axes.get_yaxis_transform(), va="bottom")
        axes.axvline(0, color=NEUTRAL, lw=0.8, zorder=0.5)
        labels = [] if stacked else [f"{name} − {other}" for name, other in found]
        axes.set_yticks([] if stacked else range(len(found)), labels)
        axes.set(ylim=(len(found) - 0.4, -0.8 if stacked else -0.6), xlabel="difference in PSNR,\nsparse prior (dB)")
    return figure


def forest_alt(study: Study, records: Sequence[Record], group: str) -> str:
    """The plot in words."""
    said = [
        f"{name} minus {other} {signed(summary.difference)} dB ({signed(summary.low)} to {signed(summary.high)})"
        for (name, other), (summary, _) in _contrasts(study, records, group).items()
    ]
    return f"Paired differences in PSNR with 95% intervals, images: {group}. {listing(said, '; ')}."


def forests(study: Study, records: Sequence[Record]) -> list[Shown]:
    """The plot of the first group of images, ready to be shown; none if no contrast has runs there."""
    group = next(iter(study.groups))
    if not study.has_runs(records, group):
        return []
    caption = f"{study.question} Images: {group}. Faint dots are single images."
    return [
        show(
            forest(study, records, group),
            forest_alt(study, records, group),
            caption,
            forest(study, records, group, NARROW),
        )
    ]


def _contrasts(study: Study, records: Sequence[Record], group: str) -> dict[tuple[str, str], tuple[Summary, NDArray]]:
    found = {}
    for name, other in study.contrasts_on(group):
        pairs = paired(records, MEASURE, name, other, set(study.groups[group]))
        if pairs.runs:
            found[name, other] = summarise(pairs), pairs.values - pairs.others
    if not found:
        raise InputError(f"no contrast of the study {study.name} has a run with images {group!r}")
    return found
