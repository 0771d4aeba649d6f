"""What a page shows of a data set at a tier (Figures 4–7: telling images, plots over all of them) or of a study."""

from collections.abc import Iterator, Mapping, Sequence

from numpy.typing import NDArray

from mcdeconv.data import datasets
from mcdeconv.paper.figures.display import Drawing, Note, absent
from mcdeconv.paper.figures.error_ratio import error_ratio_curve, ratios_of
from mcdeconv.paper.figures.faint import faint_kernels
from mcdeconv.paper.figures.forest import forest
from mcdeconv.paper.figures.restorations import comparison, telling_images
from mcdeconv.paper.figures.runs import without_and_with
from mcdeconv.paper.figures.scatterplots import ALWAYS, scatter
from mcdeconv.paper.sections import Fold
from mcdeconv.runs.records import EXTERNAL, Record
from mcdeconv.runs.wording import count, listing
from mcdeconv.studies import Study

RATIO_CAPTION = (
    "Error ratio: squared error with the estimated kernel over that with the true one, on Levin et al.'s set the "
    "published one, else our own. Further left is better."
)
SCATTER_CAPTION = (
    "PSNR of the kernel protocol, a point an image (mean over its seeds). On the line both are equal; above it the "
    "vertical axis is ahead."
)


def gallery(records: Sequence[Record], images: Sequence[str] | None = None) -> Iterator[Drawing | Fold | Note]:
    """A picture of one image (without the data set a plot over all of them), and, folded, further ones.

    The pictures need the data set, the plots only the records.

    Parameters
    ----------
    records : sequence of Record
        Of one data set and tier.
    images : sequence of str, optional
        Default: see `telling_images`.
    """
    records = [record for record in records if record.identity.tier != EXTERNAL]
    if not records:
        return
    dataset, reasons, pictures = records[0].identity.dataset, {}, []
    are = "is" if len(records) == 1 else "are"
    if missing := absent(dataset, f"{count(len(records), 'run')} {are} stored; their pictures need the data set."):
        yield missing
    else:
        reasons = dict.fromkeys(images, "") if images else telling_images(records)
        pictures = [
            comparison(datasets.load_item(dataset, name), _briefly(records, name) if place else records, why)
            for place, (name, why) in enumerate(reasons.items())
        ]
    plots = benchmark_plots(records)
    drawings = [*pictures, *plots.values()]
    words = [why.split(", ")[-1].removesuffix(".") or name for name, why in reasons.items()]
    yield from drawings[:1]
    if drawings[1:]:
        yield Fold(f"Further: {listing([*words, *plots][1:], '; ')}", drawings[1:])


def _briefly(records: Sequence[Record], image: str) -> Sequence[Record]:
    """Of a folded image the runs without and with sampling; all where it has neither."""
    return [r for r in records if r.identity.image == image and r.identity.method in ALWAYS] or records


def benchmark_plots(records: Sequence[Record]) -> dict[str, Drawing]:
    """What a plot is of → the scatter plots and the error-ratio curve: those that these records allow, maybe none."""
    plots = {}
    which = {(record.identity.dataset, record.identity.tier) for record in records}
    said = "".join(f"{dataset}, tier {tier}. " for dataset, tier in sorted(which))
    if not without_and_with(records).empty:
        plots["the gain on all images"] = scatter(records, said + SCATTER_CAPTION)
    if not ratios_of(records).empty:
        plots["the error ratio of all images"] = error_ratio_curve(records, said + RATIO_CAPTION)
    return plots


def study_plots(
    study: Study, records: Sequence[Record], truths: Mapping[str, NDArray] | None = None
) -> Iterator[Drawing]:
    """Differences and, folded, kernels of a study's first group of images: what its runs allow, maybe nothing."""
    group = next(iter(study.groups))
    if study.has_runs(records, group):
        yield forest(study, records, group)
    if any(record.identity.image in study.groups[group] for record in records):
        yield faint_kernels(study, records, group, truths)
