"""Beside Table 7: whether the fast arithmetic gives the results of the plain one."""

from math import isnan
from pathlib import Path

from mcdeconv.core.presets import TIERS
from mcdeconv.paper.tables.cells import TIER_ORDER
from mcdeconv.paper.tables.grid import Cell, Row, Table
from mcdeconv.paper.tables.paper import results_folder
from mcdeconv.paper.words import spelled, tally
from mcdeconv.runs.wording import signed
from mcdeconv.studies.equality import (
    COMPARED,
    FAST,
    PLAIN,
    TOLERANCE,
    Comparison,
    compare_precisions,
    read_runs,
    took_the_mean,
)

LABELS = {
    "psnr_direct": "G_x's own output",
    "psnr_hyper-laplacian": "kernel, hyper-Laplacian",
    "psnr_sparse": "kernel, sparse prior",
}
DOUBTS = "What to doubt: not shown to be equal is not shown to differ; look at the intervals."
NOTE = (
    "Blind, unless it says true kernel: there G_x alone is trained. Emulated: the processor computed in float32 what "
    "it had rounded to bfloat16. Single runs differ, because rounding sends two runs of one seed apart as another seed "
    f"would. Equal: the mean difference is at most {TOLERANCE} dB, and the image that loses most loses less than its "
    "own seeds differ."
)


def equality(results: Path | None = None) -> Table | None:
    """What the study of equality found at each tier; None if it was not run."""
    records, rows = read_runs(results_folder(results)), []
    for changes in COMPARED:
        for tier in (tier for tier in TIER_ORDER if tier in TIERS):
            names = {", ".join((method, *changes)) for method in (FAST, PLAIN)}
            own = [r for r in records if r.identity.tier == tier and r.identity.method in names]
            emulated = any("emulated" in str(record.provenance.get("precision")) for record in own)
            mean = ["with a mean over pixels in the loss"] * took_the_mean(own, tier)
            head = ", ".join((tier, *changes, *["emulated"] * emulated, *mean))
            rows += [_row(head, one) for one in compare_precisions(own, changes)]
    columns = ("Measure", "bfloat16 − float32, dB", "Seeds differ by, dB", "Worst image", "Verdict")
    title = "Beside Table 7: results in bfloat16 against float32, measured here"
    equal = [row.cells[-1].text for row in rows].count("equal")
    says = (
        f"Bfloat16 gives the results of float32 in {tally(equal)} of {spelled(len(rows))} "
        "comparisons; in the others that is not shown."
    )
    if not rows:
        return None
    return Table("table-7-equality", title, "Tier", columns, tuple(rows), (NOTE,), title, says, DOUBTS)


def _row(head: str, one: Comparison) -> Row:
    s = one.summary
    ends = "too few images for an interval" if isnan(s.low) else f"{signed(s.low)} to {signed(s.high)}"
    interval = f"{ends}; {s.images} images, {s.runs} pairs"
    worst = f"{signed(one.worst_difference)} dB; its seeds differ by {one.worst_spread:.2f} dB"
    cells = (
        Cell(LABELS[one.measure]),
        Cell(signed(s.difference), interval, s.difference),
        Cell(f"{one.spread:.2f}", "standard deviation", one.spread),
        Cell(one.worst, worst),
        Cell(one.verdict),
    )
    return Row(head, cells)
