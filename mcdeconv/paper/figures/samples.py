"""Figure 3: samples of the image at three moments of a run, and how much they differ."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.figures.panels import GAP, LINE, Place, draw_image
from mcdeconv.paper.figures.runs import Run, image_and_tier
from mcdeconv.paper.figures.style import SPREAD_COLORMAP, is_narrow
from mcdeconv.runs.trajectory import STD_WHITE, Trajectory
from mcdeconv.runs.wording import listing, number

BAR = 0.82  # inches that the colour bar takes with its numbers and its name
BAR_WIDTH = 0.12
GAMMA = 0.5  # of the colour scale: late in a run deviations are tiny, and still not zero


def sampling(run: Run) -> Drawing:
    """Figure 3: a row a moment, with four samples of equation (20) and the standard deviation of ten.

    A narrow figure has room for two samples a row. The words give the mean standard deviation and the PSNR of each row.

    Raises
    ------
    InputError
        If the run was traced without samples.
    """
    trajectory = run.trajectory
    if len(trajectory.sample_iterations) == 0:
        raise InputError("this run was traced without samples; Figure 3 needs one of the experiment 'regularisation'")
    moments = []
    for row, iteration in enumerate(trajectory.sample_iterations):
        psnr = float(trajectory.psnr[_nearest(trajectory.iterations, iteration)])
        quality = f" (noise-free output {number(psnr)} dB)" if np.isfinite(psnr) else ""
        moments.append(f"after {iteration} iterations {number(_mean_std(trajectory, row), 4)}{quality}")
    alt = (
        "Samples of the image network and their pixelwise standard deviation, a row a moment of the run. Mean "
        f"standard deviation of ten samples, in units of the image's range: {listing(moments)}."
    )
    return Drawing(lambda width: _draw(trajectory, width), alt, f"{image_and_tier(run.record)}, seed {run.seed}.")


def _draw(trajectory: Trajectory, width: float) -> Figure:
    columns = 3 if is_narrow(width) else 5
    cell = (width - BAR - columns * GAP) / columns  # a gap before the bar, too
    height = cell * trajectory.samples.shape[2] / trajectory.samples.shape[3]
    step = height + LINE + 0.14
    rows = len(trajectory.sample_iterations)
    limit = _upper_limit(trajectory)
    figure = Figure(figsize=(width, LINE + step * rows))
    _head(figure, columns, cell)
    for row in range(rows):
        _row(figure, trajectory, row, columns, Place(0, LINE + row * step, cell, height), limit)
    _colour_bar(figure, Place(width - BAR, 2 * LINE + 0.05, BAR_WIDTH, step * rows - LINE - 0.12), limit)
    return figure


def _head(figure: Figure, columns: int, cell: float) -> None:
    across = figure.get_figwidth()
    for index in range(columns):
        last = index == columns - 1
        letter = "" if is_narrow(across) else f"({chr(ord('a') + index)}) "
        title = letter + ("std of 10" if last else f"sample {index + 1}")
        left = index * (cell + GAP)
        figure.text(left / across, 1, title, weight="bold", va="top", ha="left")


def _row(figure: Figure, trajectory: Trajectory, row: int, columns: int, first: Place, limit: float) -> None:
    across, down = figure.get_size_inches()
    iteration = int(trajectory.sample_iterations[row])
    share = iteration / int(trajectory.picture_iterations[-1])
    narrow = is_narrow(across)
    text = (
        f"iteration {iteration} ({share:.0%})" if narrow else f"after {iteration} iterations ({share:.0%} of the run)"
    )
    figure.text(0, 1 - (first.top + 0.04) / down, text, va="top", ha="left")
    left = (columns - 1) * (first.width + GAP)
    mean = f"mean {number(_mean_std(trajectory, row), 4)}"
    figure.text(left / across, 1 - (first.top + 0.04) / down, mean, va="top", ha="left")
    for index in range(columns):
        place = Place(index * (first.width + GAP), first.top + LINE + 0.05, first.width, first.height)
        axes = place.axes(figure, f"row {row} column {index}")
        if index == columns - 1:
            std = standard_deviation(trajectory, iteration)
            norm = PowerNorm(GAMMA, 0, limit)
            axes.imshow(std, cmap=SPREAD_COLORMAP, norm=norm, interpolation="nearest", aspect="auto")
        else:
            draw_image(axes, trajectory.samples[row, index] / 255)


def _colour_bar(figure: Figure, place: Place, limit: float) -> None:
    axes = place.axes(figure, "colour bar")
    bar = figure.colorbar(ScalarMappable(PowerNorm(GAMMA, 0, limit), SPREAD_COLORMAP), cax=axes)
    bar.set_ticks([limit * share for share in (0, 0.05, 0.2, 0.5, 1)])
    bar.set_ticks([], minor=True)
    bar.set_label("standard deviation (image range: 1)")


def standard_deviation(trajectory: Trajectory, iteration: int) -> NDArray:
    """Pixelwise standard deviation of ten samples at a moment, (H, W), in units of the image's range, at most 0.1."""
    moment = _nearest(trajectory.picture_iterations, iteration)
    return trajectory.stds[moment] / 255 * STD_WHITE


def _mean_std(trajectory: Trajectory, row: int) -> float:
    """Over the pixels, before anything was clipped."""
    return float(trajectory.spread[_nearest(trajectory.picture_iterations, trajectory.sample_iterations[row])])


def _nearest(moments: NDArray, iteration: int) -> int:
    return int(np.abs(moments - iteration).argmin())


def _upper_limit(trajectory: Trajectory) -> float:
    """One scale for all rows: what 99.5% of the pixels of the most uncertain row stay below, rounded up."""
    highest = max(
        float(np.quantile(standard_deviation(trajectory, int(iteration)), 0.995))
        for iteration in trajectory.sample_iterations
    )
    return float(np.clip(np.ceil(highest * 100) / 100, 0.01, STD_WHITE))
