"""Levin et al.'s error ratio over the images of a data set, as a cumulative curve."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter, PercentFormatter, StrMethodFormatter

from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.figures.runs import protocol_scores
from mcdeconv.paper.figures.style import NEUTRAL, label, look_of
from mcdeconv.paper.words import in_letters, sentence
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Pairs
from mcdeconv.runs.wording import count, in_order, listing
from mcdeconv.scoring.protocols import SUCCESS

RATIO_TICKS = (0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 20, 50, 100)
RATIO_SIDE = 3.3  # inches of the plot, at most
LEGEND_LINE = 0.18  # inches a method, below the plot
DOUBTS = "What to doubt: curves of different numbers of images do not compare; the legend has the numbers."
QUOTED_RATIOS = (1.5, 2.0, 3.0)  # in the alt text


def ratios_of(records: Sequence[Record]) -> pd.DataFrame:
    """Error ratios: the SSD with the estimated kernel over that with the true one.

    Levin's set has published SSDs for the true kernel. A record without that score is compared with our own
    deconvolution with the true kernel, over the same pixels: the ratio is 10^((known PSNR - PSNR) / 10). Runs without
    either are left out.

    Returns
    -------
    DataFrame with method, image, seed, ratio and weight; an image of a method has the weight 1, split among its seeds.
    """
    scores = protocol_scores(records)
    own = 10 ** ((scores["known psnr"] - scores["psnr"]) / 10)
    ratios = scores["error_ratio"].fillna(own).dropna().rename("ratio").reset_index()
    return ratios.assign(weight=1 / ratios.groupby(["method", "image"])["ratio"].transform("size"))


def error_ratio_curve(records: Sequence[Record], caption: str = "") -> Drawing:
    """The share of images whose error ratio is at most x, for each method: steps that should rise early.

    Raises
    ------
    InputError
        If no run is scored by the kernel protocol of a data set with true kernels.
    """
    ratios = ratios_of(records)
    if ratios.empty:
        raise InputError("no run has an error ratio: that needs a data set with true kernels")
    methods = {method: ratios[ratios.method == method] for method in in_order(ratios.method)}
    images = {method: count(group.image.nunique(), "image") for method, group in methods.items()}

    def draw(width: float) -> Figure:
        import seaborn as sns

        legend = LEGEND_LINE * len(methods)
        size = min(width, 1.4 * RATIO_SIDE), min(width, RATIO_SIDE) + legend
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots()
        for method, group in methods.items():
            look, name = look_of(method), f"{label(method)} ({images[method]})"
            sns.ecdfplot(
                group,
                x="ratio",
                weights="weight",
                color=look.colour,
                dashes=look.dash,
                lw=look.width,
                label=name,
                ax=axes,
            )
        axes.axvline(1, color=NEUTRAL, lw=0.8, zorder=1.5)
        limits = min(0.9, 0.95 * ratios.ratio.min()), max(2.0, 1.1 * ratios.ratio.max())
        axes.set(xscale="log", xlim=limits, ylim=(0, 1.02), ylabel="share of images")
        axes.set_xlabel("error ratio (1: as good as with the true kernel)")
        axes.xaxis.set_major_locator(FixedLocator(RATIO_TICKS))
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        figure.legend(loc="outside lower center", ncols=1)  # labels are long
        return figure

    sentences = []
    for method, group in methods.items():
        shares = [np.average(group.ratio < limit, weights=group.weight) for limit in QUOTED_RATIOS]
        said = [f"{share:.0%} under {limit:g}" for share, limit in zip(shares, QUOTED_RATIOS, strict=True)]
        sentences.append(f"{label(method).capitalize()}, {images[method]}: {listing(said)}")
    alt = f"Step plot of the share of images by error ratio. {'. '.join(sentences)}."
    return Drawing(draw, alt, caption, _in_words(ratios), DOUBTS)


def _in_words(ratios: pd.DataFrame) -> str:
    """Whether ours succeeds more often than the networks without randomness, or than the best of the others."""
    shares = ratios.assign(value=1.0 * (ratios.ratio < SUCCESS)).set_index(["image", "seed"]).groupby("method")["value"]
    runs = {method: dict(own) for method, own in shares}
    rivals = ["without-both"] if "without-both" in runs else in_order(method for method in runs if method != "ours")
    pairs = {name: pair for name in rivals if (pair := Pairs.of(runs.get("ours", {}), runs[name])).images}
    if not pairs:
        return "Ours has no image in common with another method here."
    name = max(pairs, key=lambda one: pairs[one].others.mean())
    first, second = pairs[name].values.sum(), pairs[name].others.sum()
    way = "as often as" if abs(first - second) < 1e-9 else "more often than" if first > second else "less often than"
    images = in_letters(len(pairs[name].images), "common image")
    return sentence(f"on {images} ours has an error ratio under {SUCCESS:g} {way} {label(name)}")
