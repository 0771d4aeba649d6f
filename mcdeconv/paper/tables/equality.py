"""Beside Table 7: whether the fast arithmetic gives the results of the plain one."""

from pathlib import Path

from mcdeconv.paper.tables.cells import MINUS, TIER_ORDER
from mcdeconv.paper.tables.grid import Cell, Row, Table
from mcdeconv.paper.tables.paper import results_folder
from mcdeconv.studies.equality import TOLERANCE, Comparison, compare, file_name, read

LABELS = {
    "psnr_direct": "G_x's own output",
    "psnr_hyper-laplacian": "kernel, hyper-Laplacian",
    "psnr_sparse": "kernel, sparse prior",
}
NOTE = (
    "Blind, unless it says true kernel: there G_x alone is trained. Emulated: the processor computed in float32 what "
    "it had rounded to bfloat16. Single runs differ, because rounding sends two runs of one seed apart as another seed "
    f"would. Equal: the mean difference is at most {TOLERANCE} dB, and the image that loses most loses less than its "
    "own seeds differ."
)


def equality(results: Path | None = None) -> Table | None:
    """What `mcdeconv equality` found at each tier; None if it was not run."""
    folder = results_folder(results) / "equality"
    rows = []
    for true_kernel in (False, True):
        for tier in TIER_ORDER:
            if (path := folder / file_name(tier, true_kernel)).exists():
                records = read(path)
                emulated = any("emulated" in record.provenance.get("precision", "") for record in records)
                head = tier + ", true kernel" * true_kernel + ", emulated" * emulated
                rows += [_row(head, one) for one in compare(records, true_kernel)]
    columns = ("Measure", "bfloat16 − float32, dB", "Seeds differ by, dB", "Worst image", "Verdict")
    title = "Beside Table 7: results in bfloat16 against float32, measured here"
    return Table("table-7-equality", title, "Tier", columns, tuple(rows), (NOTE,)) if rows else None


def _row(head: str, one: Comparison) -> Row:
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
    return Row(head, cells)
