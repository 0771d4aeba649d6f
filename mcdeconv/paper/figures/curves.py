"""Figures 8 and 10: loss, PSNR and SSIM over the iterations, mean and band over the trials."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from mcdeconv.core.presets import configure
from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import is_narrow
from mcdeconv.paper.figures.runs import Run, by_method
from mcdeconv.paper.figures.style import IMAGE_NET, NEUTRAL, WIDE, applied, label, look
from mcdeconv.paper.figures.wording import count, listing, number, scientific

HEIGHT = 2.75  # inches of a plot
LEGEND_LINE = 0.19
MEASURES = {"losses": "loss (27)", "psnr": "PSNR of the image (dB)", "ssim": "SSIM of the image"}


@dataclass(frozen=True)
class Curve:
    """A measure of a method over the iterations, over its trials."""

    iterations: NDArray  # (n,)
    mean: NDArray  # (n,)
    std: NDArray  # (n,), of the sample (n - 1); 0 for a single trial
    trials: int


def curve(trials: Sequence[Run], measure: str) -> Curve:
    """Mean and standard deviation over trials of one method; `measure` is "losses", "psnr" or "ssim".

    Raises
    ------
    InputError
        If the trials were traced at different moments.
    """
    moments = [run.trajectory.iterations for run in trials]
    if any(not np.array_equal(moments[0], other) for other in moments):
        raise InputError(f"the trials of {trials[0].method} have different lengths; take runs of one tier only")
    values = np.array([getattr(run.trajectory, measure) for run in trials], dtype=np.float64)
    std = values.std(axis=0, ddof=1) if len(trials) > 1 else np.zeros(values.shape[1])
    return Curve(moments[0], values.mean(axis=0), std, len(trials))


def schedules(runs: Sequence[Run], width: float = WIDE) -> Figure:
    """Figure 8: (a) the loss, on a log scale, and (b) the PSNR of S1–S6 and ours, over the iterations.

    Parameters
    ----------
    runs : sequence of Run
        Traced, on one image; several seeds of a method become a mean with a band.
    width : float
        Inches; in a narrow figure the plots stand one below the other.
    """
    return _plots(runs, ("losses", "psnr"), width)


def schedules_alt(runs: Sequence[Run]) -> str:
    """Figure 8 in words."""
    return _plots_alt(runs, ("losses", "psnr"))


def randomisation_curves(runs: Sequence[Run], width: float = WIDE) -> Figure:
    """Figure 10: (a) PSNR and (b) SSIM of the three randomisations, over the iterations; parameters as `schedules`."""
    return _plots(runs, ("psnr", "ssim"), width, IMAGE_NET)


def randomisation_curves_alt(runs: Sequence[Run]) -> str:
    """Figure 10 in words."""
    return _plots_alt(runs, ("psnr", "ssim"), IMAGE_NET)


def _plots(
    runs: Sequence[Run], measures: Sequence[str], width: float, names: Mapping[str, str] = MappingProxyType({})
) -> Figure:
    methods = by_method(runs)
    stacked = is_narrow(width)
    columns = 1 if stacked else 4 if len(methods) > 4 else len(methods)
    legend = LEGEND_LINE * -(-len(methods) // columns) + 0.1
    with applied():
        size = (width, (len(measures) if stacked else 1) * HEIGHT + legend)
        figure = Figure(figsize=size, layout="constrained")
        grid = figure.subplots(*((len(measures), 1) if stacked else (1, len(measures))), squeeze=False)
        for index, (axes, measure) in enumerate(zip(grid.flat, measures, strict=True)):
            _plot(axes, methods, measure, f"({chr(ord('a') + index)})")
        texts = [names.get(method, label(method)) for method in methods]
        lines = grid.flat[0].get_lines()[: len(methods)]
        figure.legend(lines, texts, loc="outside lower center", ncols=columns, columnspacing=1.2)
    return figure


def _plot(axes: Axes, methods: dict[str, list[Run]], measure: str, letter: str) -> None:
    for method, trials in methods.items():
        found, style = curve(trials, measure), look(method)
        axes.plot(found.iterations, found.mean, color=style.colour, ls=style.dash, lw=style.width, label=label(method))
        if found.trials > 1:
            low, high = found.mean - found.std, found.mean + found.std
            axes.fill_between(found.iterations, low, high, color=style.colour, alpha=0.16, lw=0)
    if measure == "losses":
        axes.set_yscale("log")
    axes.set(xlabel="iteration", ylabel=MEASURES[measure], title=letter)
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


def _plots_alt(runs: Sequence[Run], measures: Sequence[str], names: Mapping[str, str] = MappingProxyType({})) -> str:
    methods = by_method(runs)
    trials = max(len(trials) for trials in methods.values())
    last = max(int(run.trajectory.iterations[-1]) for run in runs)
    words = {"losses": "loss", "psnr": "PSNR", "ssim": "SSIM"}
    band = f"mean and standard deviation over {trials} trials" if trials > 1 else "one run each"
    sentences = [
        f"Line plots of {listing([words[m] for m in measures])} over {last} iterations for "
        f"{count(len(methods), 'configuration')}, {band}."
    ]
    for measure in measures:
        start = words[measure][0].upper() + words[measure][1:]
        ends = [f"{names.get(m, label(m))} {_end(curve(methods[m], measure), measure)}" for m in methods]
        sentences.append(f"{start} at the end: {listing(ends)}.")
    return " ".join(sentences)


def _end(found: Curve, measure: str) -> str:
    """The last value in words, with its standard deviation if there are several trials."""
    write: Callable[[float], str] = {"losses": scientific, "psnr": number, "ssim": _three_digits}[measure]
    unit = " dB" if measure == "psnr" else ""
    spread = f" ± {write(float(found.std[-1]))}" if found.trials > 1 else ""
    return f"{write(float(found.mean[-1]))}{spread}{unit}"


def _three_digits(value: float) -> str:
    return number(value, 3)
