"""Figure 3: samples of the image at three moments of a run, and how much they differ."""

from collections.abc import Sequence
from string import ascii_lowercase

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from mpl_toolkits.axes_grid1 import ImageGrid
from numpy.typing import NDArray

from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.figures.panels import GAP, LINE, bare, draw_image
from mcdeconv.paper.figures.runs import Run, image_and_tier
from mcdeconv.paper.figures.says import doubts_of_runs
from mcdeconv.paper.figures.style import SPREAD_COLORMAP, is_narrow
from mcdeconv.runs.trajectory import STD_WHITE, Trajectory
from mcdeconv.runs.wording import listing, number

BAR = 0.82  # inches that the colour bar takes with its numbers and its name
BAR_WIDTH = 0.12
ABOVE = LINE + 0.1  # inches between rows, for a line of text
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
    caption = f"{image_and_tier(run.record)}, seed {run.seed}."
    doubts = doubts_of_runs([run], "part of the change is the schedule's, which lowers dropout and noise")
    return Drawing(lambda width: _draw(trajectory, width), alt, caption, _together(trajectory), doubts)


def _together(trajectory: Trajectory) -> str:
    """Whether the samples come together from the first moment shown to the last."""
    first, last = (_mean_std(trajectory, row) for row in (0, len(trajectory.sample_iterations) - 1))
    if last < first:
        return f"The samples come together: their standard deviation falls to {last / first:.0%} of what it was."
    return f"The samples do not come together: their standard deviation ends at {last / first:.0%} of what it was."


def _draw(trajectory: Trajectory, width: float) -> Figure:
    narrow, (rows, _, *shape) = is_narrow(width), trajectory.samples.shape
    columns = 3 if narrow else 5
    cell = (width - BAR - columns * GAP) / columns  # a gap before the bar, too
    height = LINE + rows * (cell * shape[0] / shape[1] + ABOVE)
    figure = Figure(figsize=(width, height))
    across = 1 - (BAR - BAR_WIDTH) / width
    below, above = 0.06 / height, 1 - (LINE + ABOVE - 0.06) / height
    grid = ImageGrid(figure, (0, below, across, above - below), (rows, columns), axes_pad=(GAP, ABOVE),
                     cbar_mode="single", cbar_size=BAR_WIDTH, cbar_pad=GAP)  # fmt: skip
    limit = _upper_limit(trajectory)
    norm = PowerNorm(GAMMA, 0, limit)
    for row, places in enumerate(grid.axes_row):
        _row(trajectory, row, places, norm, narrow)
    for column, axes in enumerate(grid.axes_row[0]):
        title = "std of 10" if column == columns - 1 else f"sample {column + 1}"
        axes.set_title(title if narrow else f"({ascii_lowercase[column]}) {title}", pad=72 * LINE + 4)
    bar = grid.cbar_axes[0]
    figure.colorbar(ScalarMappable(norm, SPREAD_COLORMAP), bar, label="standard deviation (image range: 1)")
    bar.set_yticks([limit * share for share in (0, 0.05, 0.2, 0.5, 1)])
    bar.set_yticks([], minor=True)
    return figure


def _row(trajectory: Trajectory, row: int, places: Sequence[Axes], norm: PowerNorm, narrow: bool) -> None:
    iteration = int(trajectory.sample_iterations[row])
    share = f"{iteration / int(trajectory.picture_iterations[-1]):.0%}"
    *samples, last = map(bare, places)
    for axes, sample in zip(samples, trajectory.samples[row], strict=False):
        draw_image(axes, sample / 255)
    last.imshow(standard_deviation(trajectory, iteration), SPREAD_COLORMAP, norm, interpolation="nearest")
    moment = f"iteration {iteration} ({share})" if narrow else f"after {iteration} iterations ({share} of the run)"
    for axes, words in (samples[0], moment), (last, f"mean {number(_mean_std(trajectory, row), 4)}"):
        axes.annotate(words, (0, 1), xycoords="axes fraction", xytext=(0, 4), textcoords="offset points")


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
