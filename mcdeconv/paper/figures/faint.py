"""The kernels of a study side by side, on a scale that shows their small values."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from mpl_toolkits.axes_grid1 import ImageGrid
from numpy.typing import NDArray

from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.figures.panels import GAP, LINE, bare
from mcdeconv.paper.figures.style import KERNEL_COLORMAP, is_narrow
from mcdeconv.runs.records import Record
from mcdeconv.runs.wording import listing
from mcdeconv.studies import Study

FAINTEST = 1e-3  # of a kernel's largest value; what is smaller is shown as this
TRUE = "true kernel"
LABELS = 2.3  # inches left of a wide figure's rows
BELOW = 0.5  # inches for the colour bar


def faint_kernels(
    study: Study, records: Sequence[Record], group: str, truths: Mapping[str, NDArray] | None = None
) -> Drawing:
    """A column an image, a row a variant: kernels on a logarithmic scale, each over its own largest value.

    In words: how much of a kernel lies in values below 2% of its largest, in the mean over the images.

    Parameters
    ----------
    group : images of the study; variants without a run on them are left out
    truths : image → its true kernel, shown first, optional

    Raises
    ------
    InputError
        If no variant has a run in this group of images.
    """
    rows = _rows(study, records, group, truths)
    shares = {
        name: float(np.mean([kernel[kernel < 0.02 * kernel.max()].sum() / kernel.sum() for kernel in kernels.values()]))
        for name, kernels in rows.items()
    }
    said = listing([f"{name} {share:.0%}" for name, share in shares.items()])
    return Drawing(
        lambda width: _draw(rows, study.groups[group], width),
        f"Kernels on a logarithmic scale, images: {group}. Share of a kernel in values below 2% of its largest: "
        f"{said}.",
        f"The kernels, images: {group}. The scale is logarithmic, so that their small values are seen: what a final "
        "deconvolution makes rings and noise of.",
        _in_words(shares),
        "What to doubt: a share is a mean over these images; a seed of each.",
    )


def _in_words(shares: Mapping[str, float]) -> str:
    """Whether sampling or its absence leaves the fainter kernel, and the true ones beside them."""
    if not {"ours", "without-both"} <= shares.keys():
        least, most = (pick(shares, key=lambda name: shares[name]) for pick in (min, max))
        return f"The kernels of “{least}” have least in faint values, those of “{most}” most."
    first, second = shares["ours"], shares["without-both"]
    way = "more" if first > second else "less"
    others = f"of those without dropout and noise ({second:.0%})"
    return f"Of the kernels of ours {first:.0%} lies in faint values, {way} than {others}."


def _draw(rows: Mapping[str, Mapping[str, NDArray]], images: Sequence[str], width: float) -> Figure:
    narrow = is_narrow(width)
    left, between = (0.0, LINE + GAP) if narrow else (LABELS, GAP / 2)
    cell = (width - left + GAP / 2) / len(images) - GAP / 2
    height = len(rows) * (cell + between) + BELOW
    figure = Figure(figsize=(width, height))
    place = (left / width, (BELOW - GAP) / height, 1 - left / width, 1 - (BELOW - GAP + between) / height)
    grid = ImageGrid(figure, place, (len(rows), len(images)), axes_pad=(GAP / 2, between), 
                     cbar_mode="single", cbar_location="bottom", cbar_size=GAP, cbar_pad=GAP)  # fmt: skip
    for places, (name, kernels) in zip(grid.axes_row, rows.items(), strict=True):
        for axes, image in zip(places, images, strict=True):
            drawn = _show(axes, kernels.get(image))
        if narrow:
            places[0].text(0, 1.05, name, transform=places[0].transAxes, fontsize=7)
        else:
            places[0].text(-0.05, 0.5, name, transform=places[0].transAxes, fontsize=7, ha="right", va="center")
    bar = figure.colorbar(drawn, grid.cbar_axes[0], orientation="horizontal", ticks=[-3, -2, -1, 0])
    first, *_, last = bar.ax.set_xticklabels(["0.1% or less", "1%", "10%", "largest value"], fontsize=7)
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    return figure


def _rows(
    study: Study, records: Sequence[Record], group: str, truths: Mapping[str, NDArray] | None
) -> dict[str, dict[str, NDArray]]:
    """Variant → image → kernel, of the smallest seed."""
    images = set(study.groups[group])
    found: dict[str, dict[str, NDArray]] = {TRUE: {i: k for i, k in (truths or {}).items() if i in images}}
    found |= {name: {} for name in study.variants}
    for record in sorted(records, key=lambda r: r.identity.seed):
        key = record.identity
        if key.method in found and key.image in images:
            found[key.method].setdefault(key.image, np.asarray(record.kernel))
    if not any(found[name] for name in study.variants):
        raise InputError(f"no variant of the study {study.name} has a run with images {group!r}")
    return {name: kernels for name, kernels in found.items() if kernels}


def _show(axes: Axes, kernel: NDArray | None) -> AxesImage:
    """A kernel without axes; an empty place for one that there is not."""
    shown = np.full((1, 1), np.nan) if kernel is None else np.log10(np.maximum(kernel / kernel.max(), FAINTEST))
    bare(axes)  # the extent makes kernels of all sizes equally large
    return axes.imshow(
        shown, cmap=KERNEL_COLORMAP, vmin=np.log10(FAINTEST), vmax=0, interpolation="nearest", extent=(0, 1, 0, 1)
    )
