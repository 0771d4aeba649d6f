"""Study `settings`: G_x's own output over the iterations, and deconvolutions with the kernel that the run ends with."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.figures.runs import Run, image_and_tier
from mcdeconv.paper.figures.says import doubts_of_runs
from mcdeconv.paper.figures.style import is_narrow, label, look_of, side_by_side
from mcdeconv.paper.words import by_how_much
from mcdeconv.runs.statistics import estimate
from mcdeconv.runs.wording import listing, number
from mcdeconv.studies.levin import TRUE_KERNEL

FINALS = {"psnr_sparse": ("sparse prior", "^"), "psnr_hyper-laplacian": ("hyper-Laplacian", "s")}
HEIGHT, LEGEND = 2.9, 0.55  # inches
BEYOND = 1.06  # where a deconvolution stands, in iterations of the run


def own_output(runs: Sequence[Run]) -> Drawing:
    """The runs of one image with (a) the kernel that they find and (b) the true one; curves end at the read-out.

    Parameters
    ----------
    runs : traced, of one image; methods as the study names them
    """
    given = [run for run in runs if TRUE_KERNEL in run.method]
    parts = {"kernel found": [run for run in runs if run not in given], "true kernel": given}
    parts = {name: part for name, part in parts.items() if part}

    def draw(width: float) -> Figure:
        stacked = is_narrow(width)
        plot = (width if stacked else width / len(parts), HEIGHT)
        figure, plots = side_by_side(len(parts), plot, stacked, LEGEND)
        for letter, axes, (name, part) in zip("ab", plots, parts.items(), strict=False):
            _plot(axes, part)
            axes.set_title(f"({letter}) {name}")
        lines = [_line(base) for base in dict.fromkeys(_base(run) for run in runs)]
        marks = [
            Line2D([], [], color="black", marker=mark, ls="", label=f"deconvolution, {name}")
            for name, mark in FINALS.values()
        ]
        figure.legend(handles=[*lines, *marks], loc="outside lower center", ncols=1 if stacked else 2)
        return figure

    caption = f"{image_and_tier(runs[0].record)}: PSNR of the network's own output."
    return Drawing(draw, _in_words(parts), caption, _difference(runs), doubts_of_runs(runs, "curves of one run each"))


def _difference(runs: Sequence[Run]) -> str:
    """With the kernel that is found: ours beside the networks without randomness, in its own output and deconvolved."""
    scores = {run.method: run.record.scores for run in runs}
    if not {"ours", "without-both"} <= scores.keys():
        return ""
    own, sparse = (
        by_how_much(estimate({("", 0): scores["ours"][name] - scores["without-both"][name]}))
        for name in ("psnr_direct", "psnr_sparse")
    )
    return f"With dropout and noise the network's own output is {own}, and the deconvolution with its kernel {sparse}."


def _base(run: Run) -> str:
    return run.method.removesuffix(f", {TRUE_KERNEL}")


def _line(method: str) -> Line2D:
    look = look_of(method)
    line = Line2D([], [], color=look.colour, lw=look.width, label=f"own output, {label(method)}")
    if look.dash:
        line.set_dashes(look.dash)
    return line


def _plot(axes: Axes, runs: Sequence[Run]) -> None:
    for run in runs:
        look, curve = look_of(_base(run)), run.trajectory
        (line,) = axes.plot(curve.iterations, curve.psnr, color=look.colour, lw=look.width)
        if look.dash:
            line.set_dashes(look.dash)
        for measure, (_, mark) in FINALS.items():
            place = BEYOND * curve.iterations[-1]
            axes.plot([place], [run.record.scores[measure]], mark, color=look.colour, ms=5, clip_on=False)
    axes.set(xlabel="iteration", ylabel="PSNR (dB)")
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))


def _in_words(parts: dict[str, list[Run]]) -> str:
    said = []
    for name, runs in parts.items():
        ends = [
            f"{label(_base(run))} {number(run.record.scores['psnr_direct'])} dB, deconvolved with that kernel "
            + listing([f"{number(run.record.scores[measure])} ({word})" for measure, (word, _) in FINALS.items()])
            for run in runs
        ]
        said.append(f"With the {name}, at the end: {'; '.join(ends)}.")
    return " ".join(["Line plots of the PSNR of the network's own output over the iterations.", *said])
