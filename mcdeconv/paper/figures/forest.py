"""What every change of a controlled experiment is worth, at a glance: paired differences with their intervals."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.figures.style import NEUTRAL, is_narrow, look_of
from mcdeconv.paper.words import direction, in_letters, tally
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Estimate, estimate, paired
from mcdeconv.runs.wording import extremes, listing, signed
from mcdeconv.studies import Study

ROW = 0.28  # inches
MEASURE = "psnr_sparse"


def forest(study: Study, records: Sequence[Record], group: str) -> Drawing:
    """A row a contrast that has runs: the mean paired difference in PSNR (sparse prior) and its 95% interval.

    Faint dots are single images, the mean over their seeds.

    Raises
    ------
    InputError
        If no contrast has a run in this group of images.
    """
    contrasts = _contrasts(study, records, group)

    def draw(width: float) -> Figure:
        stacked = is_narrow(width)
        height = (1.7 if stacked else 1) * ROW * len(contrasts) + 0.8
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots()
        for place, ((name, other), (summary, gains)) in enumerate(contrasts.items()):
            randomised = study.variants[name].config.dropout_rate.before > 0
            colour = look_of("ours" if randomised else "without-both").colour
            axes.scatter(gains, np.full(len(gains), place), s=14, color=colour, alpha=0.3, linewidths=0)
            axes.plot([summary.low, summary.high], [place, place], color=colour, lw=2)
            axes.plot(summary.mean, place, "o", color=colour, ms=7, mec="white")
            if stacked:
                words, across = f"{name}\n− {other}", axes.get_yaxis_transform()
                axes.text(0, place - 0.15, words, fontsize=7, transform=across, va="bottom", in_layout=False)
        axes.axvline(0, color=NEUTRAL, lw=0.8, zorder=0.5)
        labels = [] if stacked else [f"{name} − {other}" for name, other in contrasts]
        axes.set_yticks([] if stacked else range(len(contrasts)), labels)
        axes.set(
            ylim=(len(contrasts) - 0.4, -0.8 if stacked else -0.6), xlabel="difference in PSNR,\nsparse prior (dB)"
        )
        return figure

    said = [
        f"{name} minus {other} {signed(summary.mean)} dB"
        + (f" ({ends})" if (ends := extremes(summary, "+.2f")) else "")
        for (name, other), (summary, _) in contrasts.items()
    ]
    alt = f"Paired differences in PSNR with 95% intervals, images: {group}. {listing(said, '; ')}."
    caption = f"{study.question} Images: {group}. Faint dots are single images."
    return Drawing(draw, alt, caption, *_verdicts([found for found, _ in contrasts.values()]))


def _verdicts(found: Sequence[Estimate]) -> tuple[str, str]:
    """How many contrasts are clear, and on how few images they rest."""
    ways = [direction(one, 2) for one in found if one.has_interval]
    better, worse = ways.count("better"), ways.count("worse")
    says = (
        f"Of {in_letters(len(found), 'change')} {tally(better)} made the restoration clearly better, "
        f"{tally(worse)} worse; the others leave it open."
    )
    few = min(one.images for one in found)
    return (
        says,
        f"What to doubt: {in_letters(few, 'image')} at the least, and many contrasts: some look clear by chance.",
    )


def _contrasts(study: Study, records: Sequence[Record], group: str) -> dict[tuple[str, str], tuple[Estimate, NDArray]]:
    found = {}
    for name, other in study.contrasts_on(group):
        pairs = paired(records, MEASURE, name, other, set(study.groups[group]))
        if pairs.runs:
            found[name, other] = estimate(pairs.differences), pairs.values - pairs.others
    if not found:
        raise InputError(f"no contrast of the study {study.name} has a run with images {group!r}")
    return found
