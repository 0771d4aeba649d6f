"""What can be plotted over all images of a benchmark, depending on what its records hold."""

from collections.abc import Sequence

from mcdeconv.paper.figures.display import Shown, show
from mcdeconv.paper.figures.error_ratio import error_ratio_curve, error_ratio_curve_alt
from mcdeconv.paper.figures.scatterplots import scatter, scatter_alt
from mcdeconv.paper.figures.style import NARROW
from mcdeconv.runs.records import Record

RATIO_CAPTION = (
    "Error ratio: squared error with the estimated kernel over that with the true one, on Levin et al.'s set the "
    "published one, else our own. Further left is better."
)
SCATTER_CAPTION = (
    "PSNR of the kernel protocol, a point an image (mean over its seeds). On the line both are equal; above it the "
    "vertical axis is ahead."
)


def benchmark_plots(records: Sequence[Record]) -> list[Shown]:
    """The error-ratio curve and the scatter plots, ready to be shown: those that these records allow, maybe none."""
    plots = []
    which = {(record.identity.dataset, record.identity.tier) for record in records}
    said = "".join(f"{dataset}, tier {tier}. " for dataset, tier in sorted(which))
    if any(name.startswith(("error_ratio", "known_psnr")) for record in records for name in record.scores):
        narrow = error_ratio_curve(records, NARROW)
        plots.append(show(error_ratio_curve(records), error_ratio_curve_alt(records), said + RATIO_CAPTION, narrow))
    scored = {
        method: {(r.identity.image, r.identity.seed) for r in records if r.identity.method == method and _scored(r)}
        for method in ("ours", "without-both")
    }
    if scored["ours"] & scored["without-both"]:
        plots.append(show(scatter(records), scatter_alt(records), said + SCATTER_CAPTION, scatter(records, NARROW)))
    return plots


def _scored(record: Record) -> bool:
    return any(name.startswith("psnr_") and name != "psnr_direct" for name in record.scores)
