"""Levin et al.'s error ratio: how often the estimated kernel does nearly as well as the true one."""

from collections.abc import Sequence

from mcdeconv.paper.tables.cells import measured, run_here
from mcdeconv.paper.tables.grid import NOT_RUN, NOTHING, Cell, Grid, Row
from mcdeconv.paper.tables.measures import TIERS, methods_in, runs, select
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Estimate, estimate

THRESHOLDS = (1.5, 2.0, 2.5, 3.0)
SCORE = "error_ratio_sparse"  # the published reference is Levin et al.'s own sparse deconvolution
NOTE = (
    "The error ratio is the squared error after deconvolution with the estimated kernel over that with the true one "
    "(published by the benchmark's authors). Below 2 a result is usually called a success."
)


def error_ratios(records: Sequence[Record]) -> Grid:
    """Shares of every method and tier that was run on Levin's images."""
    rows = []
    levin = [record for record in select(records, "levin") if SCORE in record.scores]
    for tier in TIERS:
        for method in methods_in(select(levin, tier=tier)):
            own = select(levin, tier=tier, methods=(method,))
            shares = [measured(share_under(own, limit), 2) for limit in THRESHOLDS]
            rows.append(Row(f"{method}, run here", (*shares, run_here(own))))
    if not rows:
        rows = [Row("ours, run here", (NOT_RUN, *[NOTHING] * (len(THRESHOLDS) - 1), Cell("no record")), "not-run")]
    columns = (*(f"under {limit:g}" for limit in THRESHOLDS), "Source")
    title = "Beside Table 1: share of Levin et al.'s images with an error ratio under a threshold"
    return Grid("table-1-error-ratio", title, "Method", columns, tuple(rows), (NOTE,))


def share_under(records: Sequence[Record], limit: float) -> Estimate:
    """Share of the images whose error ratio is smaller; an image with several seeds counts by their share."""
    return estimate(runs(records, lambda record: float(record.scores[SCORE] < limit)))
