"""Cells and rows that several tables share: what is cited, and what was run here."""

from collections.abc import Sequence

from mcdeconv.paper.tables.grid import NOT_RUN, NOTHING, Cell, Grid, Row
from mcdeconv.paper.tables.measures import PROTOCOLS, difference, extent, has, mean, methods_in, runs, select
from mcdeconv.paper.tables.paper import PaperCell, common_place
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Estimate, estimate

MINUS = "−"
DIGITS = {"psnr": 2, "ssim": 3, "msssim": 3, "seconds": 2, "kernel_similarity": 3}
LABELS = {"psnr": "PSNR, dB", "ssim": "SSIM", "msssim": "MSSIM"}
LEGEND = (
    "Of the cited numbers of a column, the best is bold (in plain text: *) and the second best underlined (+). "
    "Small print below our own: 95% bootstrap interval over images and seeds; a single image has none."
)


def cited(cell: PaperCell) -> Cell:
    """A number as it is printed, or, where that is no number, both."""
    if cell.value is None:
        return Cell(cell.printed)
    try:
        float(cell.printed.removesuffix("M"))
    except ValueError:
        return Cell(f"{cell.value:.{DIGITS.get(cell.metric, 2)}f}", f"printed “{cell.printed}”", cell.value)
    return Cell(cell.printed, "", cell.value)


def measured(found: Estimate, digits: int, sign: str = "", count: bool = False) -> Cell:
    """A mean with its interval; with `count` also the number of images."""
    if not found.runs:
        return NOTHING
    form = f"{sign}.{digits}f"
    parts = [f"{found.low:{form}} to {found.high:{form}}"] if found.has_interval else []
    if count or not parts:
        parts.append("one image" if found.images == 1 else f"{found.images} images")
    text, detail = f"{found.mean:{form}}", "; ".join(parts)
    return Cell(text.replace("-", MINUS), detail.replace("-", MINUS), found.mean)


def paired_cells(first: Cell, second: Cell) -> Cell:
    """Two numbers in one place, as the paper prints PSNR/SSIM; the value is the first one's."""
    if first.text == second.text == NOTHING.text:
        return NOTHING
    details = [cell.detail for cell in (first, second) if cell.detail]
    return Cell(f"{first.text} / {second.text}", " / ".join(details), first.value)


def source(cells: Sequence[PaperCell]) -> Cell:
    """Where a cited row stands in the paper."""
    return Cell(f"cited: {common_place(cells)}")


def run_here(records: Sequence[Record]) -> Cell:
    """What a row of ours rests on; its records are of one tier."""
    return Cell(f"run here: tier {records[0].identity.tier}", extent(records))


def not_run(head: str, tier: str, columns: int) -> Row:
    """A row that says so; its first column is the protocol, its last the source."""
    return Row(head, (NOTHING, NOT_RUN, *[NOTHING] * (columns - 3), Cell(f"no record at tier {tier}")), "not-run")


def comparison(records: Sequence[Record], metrics: Sequence[str], name: str, title: str, least: int = 2) -> Grid | None:
    """Every method that was run, and ours minus it, paired by image and seed; None with fewer than `least` methods.

    The records are of one data set and tier. The differences are those of the first metric.
    """
    methods = methods_in(records)
    if len(methods) < least:
        return None
    scores = [
        (metric, protocol)
        for protocol in ("direct", "region", "kernel")
        for metric in dict.fromkeys("ssim" if metric == "msssim" else metric for metric in metrics)
        if has(records, (metric,), protocol)
    ]
    columns = [f"{LABELS[metric]}, {PROTOCOLS[protocol]}" for metric, protocol in scores]
    gains = [
        f"ours minus it: {label}" for label, (metric, _) in zip(columns, scores, strict=True) if metric == metrics[0]
    ]
    rows = [_compared(records, method, scores, metrics[0]) for method in methods]
    return Grid(name, title, "Method", (*columns, "Kernel similarity", *gains, "Source"), tuple(rows))


def _compared(records: Sequence[Record], method: str, scores: Sequence[tuple[str, str]], gained: str) -> Row:
    own = select(records, methods=(method,))
    cells = [measured(mean(own, metric, protocol), DIGITS[metric]) for metric, protocol in scores]
    cells.append(measured(similarity(own), DIGITS["kernel_similarity"]))
    for metric, protocol in scores:
        if metric == gained:
            gain = difference(records, metric, protocol, "ours", method)
            cells.append(NOTHING if method == "ours" else measured(gain, DIGITS[metric], "+", count=True))
    return Row(method, (*cells, run_here(own)))


def similarity(records: Sequence[Record]) -> Estimate:
    """Of the estimated kernels with the true ones."""
    return estimate(runs(records, lambda record: record.scores.get("kernel_similarity")))
