"""Levin et al.'s error ratio over the images of a data set, as a cumulative curve."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter, PercentFormatter, StrMethodFormatter
from numpy.typing import NDArray

from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import is_narrow
from mcdeconv.paper.figures.runs import under_protocol
from mcdeconv.paper.figures.style import NEUTRAL, WIDE, applied, in_order, label, look
from mcdeconv.paper.figures.wording import count, listing
from mcdeconv.runs.records import Record

RATIO_TICKS = (0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 20, 50, 100)
PLOT = 3.3  # inches a side, at most
QUOTED_RATIOS = (1.5, 2.0, 3.0)  # in the alt text


class Ratios(NamedTuple):
    """Error ratios of a method's runs, ascending, and what share of the images each stands for: (runs,) both."""

    values: NDArray
    weights: NDArray  # sums to 1; an image with several seeds counts once, split among them
    images: int

    def share_under(self, limit: float) -> float:
        return float(self.weights[self.values < limit].sum())


def error_ratios(records: Sequence[Record], method: str) -> Ratios:
    """Error ratios of a method's runs: the SSD with the estimated kernel over that with the true one.

    Levin's set has published SSDs for the true kernel. A record without that score is compared with our own
    deconvolution with the true kernel, over the same pixels: the ratio is 10^((known PSNR - PSNR) / 10). Runs without
    either are left out.
    """
    found: list[tuple[float, str]] = []
    for record in under_protocol(records):
        scores, image = record.scores, record.identity.image
        if record.identity.method != method:
            continue
        if "error_ratio" in scores:
            found.append((scores["error_ratio"], image))
        elif "known_psnr" in scores:
            found.append((10 ** ((scores["known_psnr"] - scores["psnr"]) / 10), image))
    seeds = Counter(image for _, image in found)
    found.sort()
    weights = [1 / (seeds[image] * len(seeds)) for _, image in found]
    return Ratios(np.array([ratio for ratio, _ in found]), np.array(weights), len(seeds))


def error_ratio_curve(records: Sequence[Record], width: float = WIDE) -> Figure:
    """The share of images whose error ratio is at most x, for each method: steps that should rise early.

    Parameters
    ----------
    records : sequence of Record
        Scored by the kernel protocol of their data set.
    width : float
        Inches.

    Raises
    ------
    InputError
        If no run has an error ratio.
    """
    import seaborn as sns  # as slow to load as all the rest

    ratios = _ratios_by_method(records)
    with applied():
        figure = Figure(figsize=(min(width, 1.4 * PLOT), min(width, PLOT)), layout="constrained")
        axes = figure.subplots()
        axes.set(xscale="log", xlim=_ratio_limits(ratios))
        for method, found in ratios.items():
            style = look(method)
            name = f"{label(method)} ({count(found.images, 'image')})"
            line = sns.ecdfplot(x=found.values, weights=found.weights, ax=axes, label=name).lines[-1]
            line.set(color=style.colour, linestyle=style.dash, linewidth=style.width)
        axes.axvline(1, color=NEUTRAL, lw=0.8, zorder=1.5)
        axes.set(xlabel="error ratio (1: as good as with the true kernel)", ylim=(0, 1.02), ylabel="share of images")
        axes.xaxis.set_major_locator(FixedLocator(RATIO_TICKS))
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        figure.legend(loc="outside lower center", ncols=1 if is_narrow(width) else 2)
    return figure


def error_ratio_curve_alt(records: Sequence[Record]) -> str:
    """The error-ratio curve in words."""
    sentences = []
    for method, found in _ratios_by_method(records).items():
        shares = [f"{found.share_under(limit):.0%} under {limit:g}" for limit in QUOTED_RATIOS]
        sentences.append(f"{label(method).capitalize()}, {count(found.images, 'image')}: {listing(shares)}")
    return f"Step plot of the share of images by error ratio. {'. '.join(sentences)}."


def _ratios_by_method(records: Sequence[Record]) -> dict[str, Ratios]:
    methods = in_order({record.identity.method for record in records})
    ratios = {method: found for method in methods if (found := error_ratios(records, method)).images}
    if not ratios:
        raise InputError("no run has an error ratio: that needs a data set with true kernels")
    return ratios


def _ratio_limits(ratios: dict[str, Ratios]) -> tuple[float, float]:
    everything = np.concatenate([found.values for found in ratios.values()])
    return min(0.9, 0.95 * float(everything.min())), max(2.0, 1.1 * float(everything.max()))
