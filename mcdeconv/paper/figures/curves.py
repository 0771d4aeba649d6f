"""Figures 8 and 10: loss, PSNR and SSIM over the iterations, mean and band over the trials."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mcdeconv.core.presets import configure
from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.figures.runs import Run, by_method, image_and_tier
from mcdeconv.paper.figures.says import doubts_of_runs, leader_in_words
from mcdeconv.paper.figures.style import IMAGE_NET, NEUTRAL, is_narrow, label, look_of, side_by_side
from mcdeconv.runs.wording import count, listing, number, scientific

HEIGHT = 2.75  # inches of a plot
LEGEND_LINE = 0.19


class CurveStyle(NamedTuple):
    """How a curve of a trajectory is called and written."""

    name: str
    axis: str
    write: Callable[[float], str]


CURVES = {
    "losses": CurveStyle("loss", "loss (27)", scientific),
    "psnr": CurveStyle("PSNR", "PSNR of the image (dB)", number),
    "ssim": CurveStyle("SSIM", "SSIM of the image", lambda value: number(value, 3)),
}


def schedules(runs: Sequence[Run]) -> Drawing:
    """Figure 8: (a) the loss, on a log scale, and (b) the PSNR of S1–S6 and ours, over the iterations.

    The runs are traced, on one image; several seeds of a method become a mean with a band of one standard deviation.

    Raises
    ------
    InputError
        If there is no run, or the trials of a method were traced at different moments.
    """
    return _curves(runs, ("losses", "psnr"), "{}: (a) loss, on a log scale, and (b) PSNR of the noise-free output.")


def randomisation_curves(runs: Sequence[Run]) -> Drawing:
    """Figure 10: (a) PSNR and (b) SSIM of the three randomisations, over the iterations; runs as for `schedules`."""
    return _curves(runs, ("psnr", "ssim"), "Figure 10. {}: (a) PSNR and (b) SSIM of the noise-free output.", IMAGE_NET)


def _curves(
    runs: Sequence[Run], measures: Sequence[str], caption: str, names: Mapping[str, str] = MappingProxyType({})
) -> Drawing:
    methods = by_method(runs)
    for method, trials in methods.items():
        if any(not np.array_equal(trials[0].trajectory.iterations, run.trajectory.iterations) for run in trials):
            raise InputError(f"the trials of {method} have different lengths; take runs of one tier only")
    texts = {method: names.get(method, label(method)) for method in methods}

    def draw(width: float) -> Figure:
        stacked = is_narrow(width)
        columns = 1 if stacked else 4 if len(methods) > 4 else len(methods)
        legend = LEGEND_LINE * -(-len(methods) // columns) + 0.1
        plot = (width if stacked else width / len(measures), HEIGHT)
        figure, plots = side_by_side(len(measures), plot, stacked, legend)
        for letter, axes, measure in zip("ab", plots, measures, strict=True):
            _plot(axes, methods, measure)
            axes.set_title(f"({letter})")
        lines = plots[0].get_lines()[: len(methods)]
        figure.legend(lines, texts.values(), loc="outside lower center", ncols=columns, columnspacing=1.2)
        return figure

    ends = {method: [float(run.trajectory.psnr[-1]) for run in trials] for method, trials in methods.items()}
    says = leader_in_words(ends, "PSNR at the end", names)
    alt, below = _in_words(methods, measures, texts), caption.format(image_and_tier(runs[0].record))
    return Drawing(draw, alt, below, says, doubts_of_runs(runs))


def _plot(axes: Axes, methods: dict[str, list[Run]], measure: str) -> None:
    import seaborn as sns

    curves = {
        (method, run.seed): pd.Series(getattr(run.trajectory, measure), run.trajectory.iterations, np.float64)
        for method, trials in methods.items()
        for run in trials
    }
    sns.lineplot(
        pd.concat(curves, names=["method", "seed", "iteration"]).rename(measure).reset_index(),
        x="iteration",
        y=measure,
        hue="method",
        style="method",
        size="method",
        hue_order=list(methods),
        palette={method: look_of(method).colour for method in methods},
        dashes={method: look_of(method).dash for method in methods},
        sizes={method: look_of(method).width for method in methods},
        errorbar="sd" if len(curves) > len(methods) else None,
        err_kws={"alpha": 0.16, "lw": 0},
        legend=False,
        ax=axes,
    )
    axes.set(xlabel="iteration", ylabel=CURVES[measure].axis, yscale="log" if measure == "losses" else "linear")
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.margins(x=0.02)
    _mark_drops(axes, next(iter(methods.values()))[0])


def _mark_drops(axes: Axes, run: Run) -> None:
    """Where p0 and sigma0 fall in our schedule (3.1): at every tier after the same share of a run."""
    config = configure("ours")
    for name, step in (("$p_0$ falls", config.dropout_rate), ("$\\sigma_0$ falls", config.input_noise_std)):
        moment = run.record.iterations * step.at / config.iterations
        axes.axvline(moment, color=NEUTRAL, lw=0.8, ls=(0, (1, 2)), zorder=0.5)
        axes.text(moment, 1.01, name, transform=axes.get_xaxis_transform(), ha="center", va="bottom", size=7.5)


def _in_words(methods: dict[str, list[Run]], measures: Sequence[str], texts: Mapping[str, str]) -> str:
    trials = max(map(len, methods.values()))
    last = max(int(run.trajectory.iterations[-1]) for runs in methods.values() for run in runs)
    band = f"mean and standard deviation over {trials} trials" if trials > 1 else "one run each"
    words = [CURVES[measure].name for measure in measures]
    sentences = [
        f"Line plots of {listing(words)} over {last} iterations for {count(len(methods), 'configuration')}, {band}."
    ]
    for measure, word in zip(measures, words, strict=True):
        ends = [f"{texts[method]} {_end(runs, measure)}" for method, runs in methods.items()]
        sentences.append(f"{word[0].upper()}{word[1:]} at the end: {listing(ends)}.")
    return " ".join(sentences)


def _end(trials: Sequence[Run], measure: str) -> str:
    """The last value in words, with its standard deviation (n - 1) if there are several trials."""
    values = np.array([getattr(run.trajectory, measure)[-1] for run in trials], np.float64)
    write = CURVES[measure].write
    spread = f" ± {write(float(values.std(ddof=1)))}" if len(trials) > 1 else ""
    return f"{write(float(values.mean()))}{spread}{' dB' if measure == 'psnr' else ''}"
