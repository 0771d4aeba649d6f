"""Beside Tables 1–4: every method that ran here or whose files were scored here, under one protocol."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from mcdeconv.data.datasets.groups import benchmark_of
from mcdeconv.methods import FULL, title_of
from mcdeconv.paper.tables.cells import DIGITS, PROTOCOL_NAMES, ROW_ORDER, TIER_ORDER, TITLES, measured, run_here
from mcdeconv.paper.tables.grid import NOTHING, Cell, Row, Table
from mcdeconv.paper.tables.paired import place_of
from mcdeconv.paper.words import strongest, tally
from mcdeconv.runs.frame import runs_of
from mcdeconv.runs.records import EXTERNAL
from mcdeconv.runs.statistics import Estimate, Pairs, Runs, estimate
from mcdeconv.runs.wording import in_order
from mcdeconv.scoring.protocols import SUCCESS

KNOWN = "with the true kernel"
DOUBTS = (
    "What to doubt: the other methods run with their authors' settings or published kernels, ours at the tier that its "
    "row names; means of rows with fewer images are not comparable, the differences are."
)
NOTE = (
    "The gap is what the true kernel would add, image by image and with the same deconvolution: it compares across "
    "rows, images and protocols where a PSNR does not. Rows of fewer images are of these images only."
)


def rivals_table(frame: pd.DataFrame, dataset: str, name: str) -> Table | None:
    """Every method at every tier, the best first; None where nothing but ours was run.

    Parameters
    ----------
    frame : `runs.frame.frame` of records
    name : of the table
    """
    rows = frame[frame["dataset"] == dataset]
    kinds = [
        (method, tier, protocol)
        for tier in ROW_ORDER
        for method in in_order(rows[rows["tier"] == tier]["method"])
        for protocol in ("kernel", "direct")
    ]
    found = [row for kind in kinds if (row := _row(rows, *kind))]
    if not any(tier in (FULL, EXTERNAL) for tier in rows["tier"]):
        return None
    found.sort(key=lambda row: -(row.cells[1].value or -math.inf))
    ratio = ("Error ratio, mean", f"share up to {SUCCESS:g}") if dataset == "levin" else ()
    metric = "MSSIM" if dataset == "kohler" else "SSIM"
    columns = ("Protocol", "PSNR, dB", metric, "Gap to the true kernel, dB", *ratio, "ours minus it, dB", "Seconds",
               "Source")  # fmt: skip
    where = TITLES.get(dataset, f"embedded images in the manner of {TITLES.get(benchmark_of(dataset), dataset)}")
    title = f"Every method that ran here, or whose files were scored here: {where}"
    table = Table(name, title, "Method", columns, (*_bound(rows, len(columns)), *found), (NOTE,), folded=title)
    return replace(table, says=_in_words(found, columns.index("ours minus it, dB") - len(columns)), doubts=DOUBTS)


def _in_words(found: Sequence[Row], lead: int) -> str:
    """How many of the others ours is ahead of and behind, on common images."""
    leads = [value for row in found if (value := row.cells[lead].value) is not None]
    ahead, behind = sum(value > 0 for value in leads), sum(value < 0 for value in leads)
    if not leads:
        return ""
    return (
        f"On the images that both have, ours restores more than {tally(ahead)} of the "
        f"rows here and less than {tally(behind)} (difference of the means, whatever its interval)."
    )


def _row(rows: pd.DataFrame, method: str, tier: str, protocol: str) -> Row | None:
    own = rows[(rows["method"] == method) & (rows["tier"] == tier)]
    psnr = _runs(own, protocol, "psnr")
    if not psnr:
        return None
    gap = Pairs.of(_runs(own, "known kernel", "psnr"), psnr).differences if protocol == "kernel" else {}
    ours = rows[(rows["method"] == "ours") & (rows["tier"] == (tier if tier in TIER_ORDER else _tier_of_ours(rows)))]
    lead = {} if method == "ours" else Pairs.of(_runs(ours, protocol, "psnr"), psnr).differences
    cells = [
        Cell(PROTOCOL_NAMES[protocol]),
        measured(estimate(psnr), DIGITS["psnr"]),
        measured(estimate(_runs(own, protocol, "ssim")), DIGITS["ssim"]),
        measured(estimate(gap), DIGITS["psnr"]),
        *(_ratio(own, protocol) if rows["dataset"].iloc[0] == "levin" else ()),
        measured(estimate(lead), DIGITS["psnr"], "+", count=True),
        _seconds(_runs(own, "", "seconds")),
        run_here(own),
    ]
    label = "scored here" if tier == EXTERNAL else "run here" if tier == FULL else f"run here, {tier}"
    return Row(f"{title_of(method)}, {label}", tuple(cells))


def _tier_of_ours(rows: pd.DataFrame) -> str:
    """The highest at which ours was run on half of the images, or else at all."""
    own, dataset = rows[rows["method"] == "ours"], rows["dataset"].iloc[0]
    psnr = {tier: _runs(own[own["tier"] == tier], "kernel", "psnr") for tier in TIER_ORDER}
    best = strongest(place_of(dataset, tier, runs) for tier, runs in psnr.items() if runs)
    return best.tier if best else ""


def _runs(rows: pd.DataFrame, protocol: str, measure: str) -> Runs:
    return runs_of(rows[(rows["protocol"] == protocol) & (rows["measure"] == measure)])


def _ratio(own: pd.DataFrame, protocol: str) -> tuple[Cell, Cell]:
    ratios = _runs(own, protocol, "error_ratio")
    under = {run: float(value <= SUCCESS) for run, value in ratios.items()}
    return measured(estimate(ratios), 2), measured(estimate(under), 2)


def _seconds(seconds: Runs) -> Cell:
    found: Estimate = estimate(seconds)
    return Cell(f"{found.mean:.1f}", value=found.mean) if found.runs else NOTHING


def _bound(rows: pd.DataFrame, columns: int) -> Sequence[Row]:
    """The true kernel, on all images that any method has it of; it is the same for all methods."""
    psnr = {run: v for run, v in _runs(rows, "known kernel", "psnr").items() if run[1] == 0}
    ssim = {run: v for run, v in _runs(rows, "known kernel", "ssim").items() if run[1] == 0}
    if not psnr:
        return ()
    scores = measured(estimate(psnr), DIGITS["psnr"]), measured(estimate(ssim), DIGITS["ssim"])
    images = Cell("run here", f"{len(psnr)} images")
    return (Row(KNOWN, (Cell(PROTOCOL_NAMES["kernel"]), *scores, *[NOTHING] * (columns - 4), images)),)
