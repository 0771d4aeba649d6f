"""Beside Table 7: whether the fast arithmetic gives the results of the plain one."""

from pathlib import Path

from mcdeconv.studies.equality import TOLERANCE, Comparison, compare, read
from mcdeconv.tables.cells import MINUS
from mcdeconv.tables.grid import Cell, Grid, Row
from mcdeconv.tables.measures import TIERS
from mcdeconv.tables.paper import results_folder

LABELS = {
    "psnr_direct": "G_x's own output",
    "psnr_hyper-laplacian": "kernel, hyper-Laplacian",
    "psnr_sparse": "kernel, sparse prior",
}
NOTE = (
    "Single runs differ, because rounding sends two runs of one seed apart as another seed would. Equal: the mean "
    f"difference is at most {TOLERANCE} dB, and the image that loses most loses less than its own seeds differ."
)


def equality(results: Path | None = None) -> Grid | None:
    """What `mcdeconv equality` found at each tier; None if it was not run."""
    folder = results_folder(results) / "equality"
    rows = [
        _row(tier, one) for tier in TIERS if (path := folder / f"{tier}.csv").exists() for one in compare(read(path))
    ]
    columns = ("Measure", "bfloat16 − float32, dB", "Seeds differ by, dB", "Worst image", "Verdict")
    title = "Beside Table 7: results in bfloat16 against float32, measured here"
    return Grid("table-7-equality", title, "Tier", columns, tuple(rows), (NOTE,)) if rows else None


def _row(tier: str, one: Comparison) -> Row:
    s = one.summary
    interval = f"{s.low:+.2f} to {s.high:+.2f}; {s.images} images, {s.runs} pairs".replace("-", MINUS)
    worst = f"{one.worst_difference:+.2f} dB; its seeds differ by {one.worst_spread:.2f} dB".replace("-", MINUS)
    cells = (
        Cell(LABELS[one.measure]),
        Cell(f"{s.difference:+.2f}".replace("-", MINUS), interval, s.difference),
        Cell(f"{one.spread:.2f}", "standard deviation", one.spread),
        Cell(one.worst, worst),
        Cell("equal" if one.equal else "not shown to be equal"),
    )
    return Row(tier, cells)
