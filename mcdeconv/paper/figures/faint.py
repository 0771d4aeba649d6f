"""The kernels of a study side by side, on a scale that shows their small values."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.layout_engine import ConstrainedLayoutEngine
from numpy.typing import NDArray

from mcdeconv.errors import InputError
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.figures.panels import LINE, bare
from mcdeconv.paper.figures.style import KERNEL_COLORMAP, is_narrow
from mcdeconv.runs.records import Record
from mcdeconv.runs.wording import listing
from mcdeconv.studies import Study

FAINTEST = 1e-3  # of a kernel's largest value; what is smaller is shown as this
TRUE = "true kernel"
LABELS_WIDTH = 1.9  # of a picture's width, left of them


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
    )


def _draw(rows: Mapping[str, Mapping[str, NDArray]], images: Sequence[str], width: float) -> Figure:
    narrow = is_narrow(width)
    cell = width / (len(images) + (0 if narrow else LABELS_WIDTH))
    height = cell * len(rows) * (1.5 if narrow else 1.02) + 0.6
    layout = ConstrainedLayoutEngine(rect=(0, 0, 1, 1 - LINE / height if narrow else 1))
    figure = Figure(figsize=(width, height), layout=layout)
    places = figure.subplots(len(rows), len(images), squeeze=False, gridspec_kw={"hspace": 0.4 if narrow else 0})
    for axes, (name, kernels) in zip(places, rows.items(), strict=True):
        for place, image in zip(axes, images, strict=True):
            drawn = _show(place, kernels.get(image))
        if narrow:
            axes[0].text(0, 1.1, name, transform=axes[0].transAxes, fontsize=7, in_layout=False)
        else:
            axes[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=7)
    bar = figure.colorbar(drawn, ax=figure.axes, location="bottom", aspect=60, shrink=0.6, ticks=[-3, -2, -1, 0])
    bar.ax.set_xticklabels(["0.1% or less", "1%", "10%", "largest value"], fontsize=7)
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
    return bare(axes).imshow(shown, cmap=KERNEL_COLORMAP, vmin=np.log10(FAINTEST), vmax=0, interpolation="nearest")
