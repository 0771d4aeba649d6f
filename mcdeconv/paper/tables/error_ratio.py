"""Levin et al.'s error ratio: how often the estimated kernel does nearly as well as the true one."""

from dataclasses import replace

import pandas as pd

from mcdeconv.paper.tables.cells import ROW_ORDER, head_of, measured, run_here
from mcdeconv.paper.tables.grid import NOT_RUN, NOTHING, Cell, Row, Table
from mcdeconv.paper.words import spelled
from mcdeconv.runs.frame import runs_of
from mcdeconv.runs.statistics import Pairs, estimate
from mcdeconv.runs.wording import in_order
from mcdeconv.scoring.protocols import SUCCESS

_DOUBTS = (
    "What to doubt: rows rest on different numbers of images, as the last column says; shares of few move in steps."
)
RATIO_THRESHOLDS = (1.5, 2.0, 2.5, 3.0)
_NOTE = (
    "The error ratio is the squared error after deconvolution with the estimated kernel over that with the true one "
    "(published by the benchmark's authors). Below 2 a result is usually called a success."
)


def error_ratio_table(frame: pd.DataFrame) -> Table:
    """Of every method and tier that was run on Levin's images, the share of images below each threshold.

    After Levin et al.'s own sparse deconvolution, of which the reference is published. An image with several seeds
    counts by their share.
    """
    chosen = frame.query("dataset == 'levin' and measure == 'error_ratio' and protocol == 'sparse'")
    rows = []
    for tier in ROW_ORDER:
        for method in in_order(chosen[chosen["tier"] == tier]["method"]):
            own = chosen[(chosen["tier"] == tier) & (chosen["method"] == method)]
            under = (own.assign(value=1.0 * (own["value"] < limit)) for limit in RATIO_THRESHOLDS)
            shares = [measured(estimate(runs_of(share)), 2) for share in under]
            rows.append(Row(head_of(method, tier), (*shares, run_here(own))))
    if not rows:
        rows = [
            Row("ours, run here", (NOT_RUN, *[NOTHING] * (len(RATIO_THRESHOLDS) - 1), Cell("no record")), "not-run")
        ]
    columns = (*(f"under {limit:g}" for limit in RATIO_THRESHOLDS), "Source")
    title = "Beside Table 1: share of Levin et al.'s images with an error ratio under a threshold"
    table = Table("table-1-error-ratio", title, "Method", columns, tuple(rows), (_NOTE,), folded=title)
    return replace(table, says=_in_words(chosen), doubts=_DOUBTS)


def _in_words(chosen: pd.DataFrame) -> str:
    """Of the images of ours and of the networks without randomness, at the tier with most, how many succeed."""
    by_tier = chosen.assign(value=1.0 * (chosen["value"] < SUCCESS)).groupby("tier")
    pairs = [
        Pairs.of(*(runs_of(own[own["method"] == name]) for name in ("ours", "without-both"))) for _, own in by_tier
    ]
    best = max(pairs, key=lambda one: len(one.images), default=Pairs({}))
    if not best.images:
        return ""
    first, second = best.values.sum(), best.others.sum()
    same = round(abs(first - second), 2) == 0
    words = "as often as" if same else "more often than" if first > second else "less often than"
    return (
        f"On their {spelled(len(best.images))} common images, ours has an error ratio under {SUCCESS:g} {words} the "
        "networks without dropout and noise."
    )
