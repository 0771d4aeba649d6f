"""PSNR against seconds: curves of the methods that go on as long as they are let, points of those that end."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mcdeconv.errors import InputError
from mcdeconv.methods import RIVALS
from mcdeconv.paper.figures.display import CARD, Drawing, Note
from mcdeconv.paper.figures.style import NEUTRAL, is_narrow, label, look_of
from mcdeconv.paper.words import by_how_much, in_letters
from mcdeconv.runs.statistics import estimate
from mcdeconv.runs.wording import count, decibel, in_order, listing
from mcdeconv.studies.rows import Measured, by
from mcdeconv.studies.seconds import BLURRED, CURVE, TRUE_KERNEL

HEIGHT, LEGEND_LINE = 3.6, 0.19  # inches
BELOW = 2.0  # dB below the blurred image that are shown: the first kernels of a run can be 15 dB worse than none
FAINT = 0.3  # opacity of single images
MARKERS = "osD^vPX*"  # of the rivals, in their order
BOUNDS = (TRUE_KERNEL, BLURRED)


def seconds_plots(rows: Sequence[Measured]) -> Iterator[Drawing | Note]:
    """A plot a device and number of threads that the study `seconds` has curves of, or what to do for the first."""
    curves = by((row for row in rows if row["timed"] == CURVE), "device", "threads")
    if not curves:
        command = "make study NAME=seconds"
        html = f'<div role="note" style="{CARD}">Not measured yet: <code>{command}</code></div>'
        yield Note(html, f"Not measured yet: {command}")
    for (device, threads), own in curves.items():
        yield quality_over_seconds(own, f"{device}, {count(threads, 'thread')}")


def quality_over_seconds(rows: Sequence[Measured], where: str = "") -> Drawing:
    """PSNR over seconds, on a log scale: means over the images, and faintly each image.

    Parameters
    ----------
    rows : of the study `seconds`, its curves, of one device and number of threads
    where : which, for the caption

    Raises
    ------
    InputError
        If no image has rows of all methods that there are.
    """
    every = pd.DataFrame(rows)
    methods = in_order(name for name in every["method"] if name not in BOUNDS)
    whole = every.groupby("image")["method"].nunique() == every["method"].nunique()
    images = sorted(whole.index[whole])
    if not methods or not images:
        raise InputError("no image has been measured by all methods yet; run `make study NAME=seconds`")
    shown = every[every["image"].isin(images)]
    means = shown.groupby(["method", "iterations"])[["seconds", "psnr"]].mean()

    def draw(width: float) -> Figure:
        columns = 1 if is_narrow(width) else 2
        legend = LEGEND_LINE * -(-len(methods) // columns) + 0.1
        figure = Figure(figsize=(width, HEIGHT + legend), layout="constrained")
        axes = figure.subplots()
        for method in methods:
            _draw_method(axes, method, shown[shown["method"] == method], means.loc[method])
        axes.set_xscale("log")
        for bound in (name for name in BOUNDS if name in means.index):
            _draw_bound(axes, bound, float(means.loc[bound, "psnr"].iloc[0]))
        if BLURRED in means.index:
            axes.set_ylim(bottom=float(means.loc[BLURRED, "psnr"].iloc[0]) - BELOW)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set(xlabel="seconds (log scale)", ylabel="PSNR of the kernel protocol (dB)")
        figure.legend(loc="outside lower center", ncols=columns, columnspacing=1.2)
        return figure

    alt, caption = _in_words(methods, means, len(images)), _caption(methods, images, where)
    return Drawing(
        draw, alt, caption, _best(methods, means), f"What to doubt: {in_letters(len(images), 'image')}, one device."
    )


def _best(methods: Sequence[str], means: pd.DataFrame) -> str:
    """Who ends highest, and whether ours is ahead of the best of the others at its end, and after how long."""
    ends = {method: means.loc[method].sort_index().iloc[-1] for method in methods}
    best = max(ends, key=lambda method: ends[method].psnr)
    if "ours" not in ends:
        return f"{label(best)} restores most, after {_spent(ends[best].seconds)}."
    others = {method: end for method, end in ends.items() if method != "ours"}
    if not others:
        return f"Ours ends after {_spent(ends['ours'].seconds)}."
    rival = max(others, key=lambda method: others[method].psnr)
    gain, times = ends["ours"].psnr - others[rival].psnr, ends["ours"].seconds / others[rival].seconds
    way = f"{times:.1f} times" if times < 10 else f"{times:.0f} times"
    return (
        f"At its end ours is {by_how_much(estimate({('', 0): float(gain)}))} beside the best of the others, "
        f"{label(rival)}, after {way} as long."
    )


def _draw_method(axes: Axes, method: str, runs: pd.DataFrame, mean: pd.DataFrame) -> None:
    look = look_of(method)
    if len(mean) > 1:
        for _, run in runs.sort_values("iterations").groupby("image"):
            axes.plot(run["seconds"], run["psnr"], color=look.colour, lw=0.7, alpha=FAINT)
        (line,) = axes.plot(mean["seconds"], mean["psnr"], color=look.colour, lw=look.width, label=look.label)
        if look.dash:
            line.set_dashes(look.dash)
        return
    marker = MARKERS[list(RIVALS).index(method) % len(MARKERS)] if method in RIVALS else "o"
    axes.scatter(runs["seconds"], runs["psnr"], s=9, color=look.colour, marker=marker, alpha=FAINT, linewidths=0)
    axes.plot(mean["seconds"], mean["psnr"], marker, color=look.colour, ms=7.5, mec="white", label=look.label)


def _draw_bound(axes: Axes, bound: str, psnr: float) -> None:
    axes.axhline(psnr, color=NEUTRAL, lw=0.8, zorder=1.5)
    axes.annotate(bound, (0.01, psnr), (0, 3), axes.get_yaxis_transform(), "offset points", fontsize=8, color=NEUTRAL)


def _in_words(methods: Sequence[str], means: pd.DataFrame, images: int) -> str:
    """What the plot says, with the numbers."""
    said = []
    for method in methods:
        mean = means.loc[method].sort_index()
        steps = mean.iloc[np.unique([0, len(mean) // 2, len(mean) - 1])]
        points = [f"{decibel(point.psnr)} after {_spent(point.seconds)}" for point in steps.itertuples()]
        said.append(f"{label(method)} {listing(points)}")
    bounds = [
        f"the {bound} {decibel(float(means.loc[bound, 'psnr'].iloc[0]))}" for bound in BOUNDS if bound in means.index
    ]
    text = f"Plot of PSNR over seconds, means of {count(images, 'image')}: {'; '.join(said)}."
    return text + (f" For comparison {listing(bounds)}." if bounds else "")


def _spent(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def _caption(methods: Sequence[str], images: Sequence[str], where: str) -> str:
    direct = [label(name) for name in methods if name in RIVALS and RIVALS[name].gives == "image"]
    own = f" {listing(direct)} gives no kernel: the point is its own image." if direct else ""
    return (
        f"PSNR on {listing(list(images))} of the photograph deconvolved with the kernel that there was after so many "
        "seconds; thick or large: the mean, faint: single images. The seconds are those of the kernel's estimation, "
        f"without that deconvolution{', on ' + where if where else ''}. Further left and higher is better; what lies "
        f"more than {BELOW:g} dB below the blurred image is cut off.{own}"
    )
