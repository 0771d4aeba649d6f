"""What the widget gets: a ranking under every reading of a protocol, as JSON."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mcdeconv.data import datasets
from mcdeconv.errors import InputError
from mcdeconv.paper.ranking.scores import DIRECT, Line, Reading, Scores, printed_cells, scored
from mcdeconv.paper.tables.cells import TITLES
from mcdeconv.paper.tables.paper import PaperCell
from mcdeconv.runs.library import Library
from mcdeconv.runs.statistics import estimate
from mcdeconv.studies.kernels import FINALS
from mcdeconv.studies.protocols import SEVERAL_READINGS

DIGITS = 6  # two roundings to fewer could show another hundredth than the tables


def rankings(library: Library | None = None, results: Path | None = None) -> list[dict[str, Any]]:
    """What the widget gets: a ranking for each data set of whose images there is a score.

    Raises
    ------
    InputError
        If there is none.
    """
    found = [scores for dataset in SEVERAL_READINGS if (scores := scored(dataset, library, results)).runs]
    if not found:
        raise InputError(
            f"there is no score of an image of {' or '.join(SEVERAL_READINGS)}; "
            "run a method on them, then `make study NAME=protocols`"
        )
    return [ranking(scores, results) for scores in found]


def ranking(scores: Scores, results: Path | None = None) -> dict[str, Any]:
    """One data set's, as JSON: readings, lines with a cell for each of theirs, and what the paper prints."""
    cells = printed_cells(scores.dataset, results)
    lines = [_line(scores, line, cells) for line in scores.runs]
    alone = [cell for cell in cells if not any(line.is_of(cell) for line in scores.runs)]
    own = scores.own
    return {
        "dataset": scores.dataset,
        "title": TITLES[scores.dataset],
        "table": f"Table {cells[0].table}",
        "images": len(datasets.names(scores.dataset)),
        "most": scores.most,
        "readings": [
            {"name": p.name, "truth": p.truth, "shift": p.maxshift, "luma": p.luma_range} for p in scores.protocols
        ],
        "finals": list(FINALS),
        "own": {
            "truth": own.protocol.truth,
            "shift": own.protocol.maxshift,
            "luma": own.protocol.luma_range,
            "final": own.final,
        },
        "lines": lines,
        "printed": [{"name": cell.name, "detail": _printed_stage(cell), **_printed(cell)} for cell in alone],
    }


def _line(scores: Scores, line: Line, cells: Iterable[PaperCell]) -> dict[str, Any]:
    printed = next((_printed(cell) for cell in cells if line.is_of(cell)), None)
    found = {r.key: _cell(scores, line, r) for r in scores.readings(line) if scores.of(line, r)}
    own = {"id": f"{line.method}/{line.tier}/{line.stage}", "name": line.name, "detail": line.detail, "kind": line.kind}
    return own | {"stage": line.stage, "printed": printed, "cells": found}


def _cell(scores: Scores, line: Line, reading: Reading) -> dict[str, Any]:
    """Mean and interval, and what the true kernel gives on the same images."""
    runs = scores.of(line, reading)
    found = estimate(runs)
    bound = estimate(scores.bound(reading, {image for image, _ in runs}))
    ends = (round(found.low, DIGITS), round(found.high, DIGITS)) if found.has_interval else (None, None)
    comparable = bound.images == found.images and line.kind != "bound"
    return {
        "mean": round(found.mean, DIGITS),
        "low": ends[0],
        "high": ends[1],
        "images": found.images,
        "bound": round(bound.mean, DIGITS) if comparable else None,
    }


def _printed(cell: PaperCell) -> dict[str, Any]:
    return {"value": cell.value, "text": cell.printed}


def _printed_stage(cell: PaperCell) -> str:
    return "printed, own picture" if cell.protocol == DIRECT else "printed, final deconvolution"
