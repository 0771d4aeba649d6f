"""The look of every figure: one style file, one colour and dash for each method, one way to show a kernel."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

WIDE, NARROW = 7.5, 3.55  # inches: 720 px of a page, and what a telephone 375 px wide has room for
SPREAD_COLORMAP = "magma"  # perceptual, for standard deviations
KERNEL_COLORMAP = "inferno"
KERNEL_GAMMA = 0.6  # of every kernel shown: what is faint is seen, what is strong is still the strongest
FRAMES = ("#F0E442", "#56B4E9")  # Okabe and Ito's yellow and sky blue: marks of crops, on pictures
NEUTRAL = "#767676"  # reference lines; 4.5:1 on white


@dataclass(frozen=True)
class Look:
    """How a method is drawn wherever it is drawn."""

    label: str
    colour: str
    dash: tuple[float, ...] = ()  # points on, off, on, …; none: a solid line
    width: float = 1.5  # points


DASHED, DOTTED, DASH_DOT = (5, 1.6), (1.2, 1.4), (5, 1.4, 1.2, 1.4)

# After Okabe and Ito, all of at least 3:1 on white. Methods that differ only in a schedule share a hue: dropout is
# blue, noise is green; a dash tells a large constant value, dots a small one, a line one that falls.
LOOKS = {
    "ours": Look("ours", "#D55E00", width=2.2),
    "without-both": Look("without dropout and noise", "#595959"),
    "cho-lee": Look("Cho & Lee 2009", "#AA4499", DASHED),
    "xu-jia": Look("Xu & Jia 2010", "#0F6E84", DASH_DOT),
    "l0": Look("L0 gradient (Xu et al. 2013)", "#882255"),
    "dark-channel": Look("dark channel (Pan et al. 2016)", "#332288"),
    "extreme-channels": Look("extreme channels (Yan et al. 2017)", "#117733", DASHED),
    "jin": Look("Jin et al. 2018", "#7A5C00", DASH_DOT),
    "ours+": Look("ours+ (not in the paper)", "#B3005E", width=2.2),
    "maxim": Look("MAXIM (supervised, not in the paper)", "#000000", DOTTED),
    "early-stopping": Look("early stopping", "#B87A00"),
    "tv": Look("TV regularisation (8)", "#B85C90"),
    "dropout-only": Look("only dropout", "#0072B2"),
    "noise-only": Look("only noise", "#009E73"),
    "S1": Look("S1 (dropout 0.5)", "#003F63", DASHED),
    "S2": Look("S2 (dropout 0.001)", "#3D8EC4", DOTTED),
    "S3": Look("S3 (dropout falls)", "#0072B2"),
    "S4": Look("S4 (noise 0.05)", "#00543D", DASHED),
    "S5": Look("S5 (noise 0.001)", "#2AA37F", DOTTED),
    "S6": Look("S6 (noise falls)", "#009E73"),
    "random-both-nets": Look("both networks randomised", "#332288", DASHED),
    "random-kernel-net": Look("kernel network randomised", "#AA3377", DASH_DOT),
    "ren": Look("Ren et al.'s networks", "#8A8A20"),
    "ren+mc": Look("Ren et al.'s networks + MC", "#661100"),
    "selfdeblur": Look("SelfDeblur as released", "#4F5B00"),
    "selfdeblur-lai": Look("SelfDeblur as released for Lai", "#4F5B00", DASHED),
    "selfdeblur-colour": Look("SelfDeblur as released for colour", "#4F5B00", DOTTED),
    "selfdeblur-tv": Look("SelfDeblur as printed (TV)", "#4F5B00", DASH_DOT),
}

IMAGE_NET = {"ours": "image network randomised (ours)"}  # what ours is called in Figures 9 and 10


NARROWER = {"32 channels": DOTTED, "64 channels": DASHED}  # than the paper's networks; study `settings`


def look_of(method: str) -> Look:
    """The look of a method; one without its own (a cell of the explorer, say) is neutral and named as it is."""
    base, _, change = method.partition(", ")
    if change in NARROWER and base in LOOKS:
        return replace(LOOKS[base], label=f"{LOOKS[base].label}, {change}", dash=NARROWER[change])
    return LOOKS.get(method, Look(method, NEUTRAL))


def label(method: str) -> str:
    """What a method is called in legends, titles and alt texts."""
    return look_of(method).label


def is_narrow(width: float) -> bool:
    """Whether a figure of this width (inches) is laid out for a telephone."""
    return width <= NARROW


def side_by_side(
    number: int, plot: tuple[float, float], stacked: bool, legend: float = 0.0
) -> tuple[Figure, list[Axes]]:
    """So many plots of a size (inches) in a row, or one below the other, and room for a legend below them."""
    rows, columns = (number, 1) if stacked else (1, number)
    figure = Figure(figsize=(columns * plot[0], rows * plot[1] + legend), layout="constrained")
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


@contextmanager
def applied() -> Iterator[None]:
    """What is drawn and saved inside has the look of the book; what is drawn elsewhere keeps its own."""
    with matplotlib.style.context("mcdeconv.paper.figures.book"):
        yield


def use() -> None:
    """Give the look of the book to all that is drawn from now on, for figures of your own in a notebook."""
    matplotlib.style.use("mcdeconv.paper.figures.book")


def kernel_as_shown(kernel: NDArray) -> NDArray:
    """A kernel (k, k) as brightness in [0, 1]: its largest value is 1, the rest follows `KERNEL_GAMMA`."""
    kernel = np.clip(np.asarray(kernel, np.float64), 0, None)
    peak = kernel.max()
    return (kernel / peak) ** KERNEL_GAMMA if peak > 0 else kernel
