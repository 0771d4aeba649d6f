"""What rows and cells of several tables share: their names and order, what is cited, and what was run here."""

from collections.abc import Sequence

import pandas as pd

from mcdeconv.data import datasets
from mcdeconv.methods import FULL, title_of
from mcdeconv.paper.tables.grid import NEXT, NOT_RUN, NOTHING, Cell, Row
from mcdeconv.paper.tables.paper import PaperCell, common_place
from mcdeconv.runs.records import EXTERNAL
from mcdeconv.runs.statistics import FEWEST, Estimate
from mcdeconv.runs.wording import MINUS, extremes

TIER_ORDER = ("paper", "laptop", "quick")  # of the rows of presets
ROW_ORDER = (*TIER_ORDER, FULL, EXTERNAL)  # of all rows
TITLES = {"levin": "Levin et al.", "lai": "Lai et al.", "kohler": "Köhler et al."}
PROTOCOL_NAMES = {
    "direct": "direct",
    "region": "direct, on the region solved",
    "kernel": "kernel (two stages)",
    "unknown": "not stated",
}
METRIC_LABELS = {"psnr": "PSNR, dB", "ssim": "SSIM", "msssim": "MSSIM", "similarity": "Kernel similarity"}
DIGITS = {"psnr": 2, "ssim": 3, "msssim": 3, "similarity": 3}
LEGEND = (
    "Of the cited numbers of a column, the best is bold (in plain text: *) and the second best underlined (+). "
    f"Small print below our own: 95% bootstrap interval over images and seeds, of fewer than {FEWEST} images the range."
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
    """A mean with its interval, or the range of a few images; with `count` also the number of images."""
    if not found.runs:
        return NOTHING
    form = f"{sign}.{digits}f"
    ends, images = (
        extremes(found, form).removeprefix("range "),
        "one image" if found.images == 1 else f"{found.images} images",
    )
    rests = images if found.has_interval or found.images == 1 else f"range of {images}"
    parts = [ends] * bool(ends) + [rests] * (count or not found.has_interval)
    return Cell(f"{found.mean:{form}}".replace("-", MINUS), NEXT.join(parts), found.mean)


def joined(cells: Sequence[Cell]) -> Cell:
    """Several numbers in one place, as the paper prints PSNR/SSIM; the value is the first one's."""
    if all(cell.text == NOTHING.text for cell in cells):
        return NOTHING
    lines = dict.fromkeys(line for cell in cells for line in cell.detail.split(NEXT) if line)
    counted = sorted(lines, key=lambda line: line.endswith(("image", "images")))  # the same of all, and last
    return Cell(" / ".join(cell.text for cell in cells), NEXT.join(counted), cells[0].value)


def source(cells: Sequence[PaperCell]) -> Cell:
    """Where a cited row stands in the paper."""
    return Cell(f"cited: {common_place(cells)}")


def head_of(method: str, tier: str) -> str:
    """A row's header: the method, and whether it ran here or only its files were scored."""
    return f"{title_of(method)}, {'scored' if tier == EXTERNAL else 'run'} here"


def run_here(rows: pd.DataFrame) -> Cell:
    """What a row of ours rests on, given the part of the frame that it shows, of one tier."""
    tier = rows["tier"].iloc[0]
    return Cell("scored here" if tier == EXTERNAL else f"run here: tier {tier}", extent(rows))


def extent(rows: pd.DataFrame) -> str:
    """How many images of how many, and how many seeds: "4 of 32 images, 1 seed"."""
    if rows.empty:
        return "0 runs"
    seeds = rows.groupby(["dataset", "image"])["seed"].nunique()
    names = set(rows["dataset"]) & (datasets.DATASETS.keys() - {"folder"})
    total = sum(len(datasets.names(name)) for name in names)
    fewest, most = seeds.min(), seeds.max()
    counted = "1 seed" if most == 1 else f"{fewest} seeds" if fewest == most else f"{fewest} to {most} seeds"
    return f"{'only ' * (len(seeds) < total)}{len(seeds)} of {total} images, {counted}"


def not_run(head: str, tier: str, columns: int) -> Row:
    """A row that says so; its first column is the protocol, its last the source."""
    return Row(head, (NOTHING, NOT_RUN, *[NOTHING] * (columns - 3), Cell(f"no record at tier {tier}")), "not-run")
