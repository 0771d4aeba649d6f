"""Every method under every reading of a benchmark's protocol: what the widget beside Table 1 sorts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mcdeconv.data import datasets
from mcdeconv.methods import FULL, RIVALS, title_of
from mcdeconv.paper.tables.cells import TIER_ORDER, TITLES
from mcdeconv.paper.tables.paper import PaperCell, read_table, results_folder
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import EXTERNAL, Record
from mcdeconv.runs.statistics import Runs, estimate
from mcdeconv.runs.wording import in_order
from mcdeconv.scoring.protocols import PROTOCOLS, UNDER, Protocol, final_method, other_readings, protocol_of
from mcdeconv.studies import STUDIES
from mcdeconv.studies.kernels import FINALS, KNOWN
from mcdeconv.studies.protocols import DATASETS, of_today
from mcdeconv.studies.rows import Measured

SHOWN = ("paper", "laptop", FULL, EXTERNAL)
PRINTED = {"levin": (1, "all"), "lai": (2, "average")}  # table of the PSNRs, and its rows
DIRECT = "direct"
# presets and others' files whose names do not say which reference they are; "" is the paper itself
REFERENCES = {
    "ours": "",
    "ren": "43",
    "selfdeblur": "43",
    "selfdeblur-lai": "43",
    "SelfDeblur": "43",
    "Pan et al.": "40",
}


@dataclass(frozen=True)
class Line:
    """What has one place in the ranking."""

    method: str
    tier: str
    stage: str  # "kernel": its kernel, then a final deconvolution; "direct": its own picture

    @property
    def kind(self) -> str:
        if self.method == KNOWN:
            return "bound"
        if self.tier == EXTERNAL:
            return "external"
        if self.method == "ours":
            return "ours"
        return "rival" if self.method in RIVALS or self.method in REFERENCES else "variant"

    @property
    def name(self) -> str:
        from mcdeconv.paper.figures.style import label

        return (
            "true kernel"
            if self.method == KNOWN
            else title_of(self.method)
            if self.method in RIVALS
            else label(self.method)
        )

    @property
    def detail(self) -> str:
        """Where its numbers come from."""
        if self.method == KNOWN:
            return "the bound"
        where = {EXTERNAL: "its files, scored here", FULL: "run here"}.get(self.tier, f"run here, tier {self.tier}")
        return f"{where}, own picture" if self.stage == DIRECT else where

    @property
    def reference(self) -> str | None:
        """Its number in the paper's list; None if it has none, or if that cannot be told."""
        if self.method in RIVALS:
            number = RIVALS[self.method].reference
            return None if number is None else f"{number}"
        known = (number for name, number in REFERENCES.items() if self.method == name or self._starts(name))
        return next(known, None)

    def _starts(self, name: str) -> bool:
        return self.tier == EXTERNAL and self.method.startswith(f"{name} ")

    def is_of(self, cell: PaperCell) -> bool:
        """Whether a printed number is this method's, of this stage."""
        if cell.protocol != self.stage or self.method == KNOWN:
            return False
        return cell.reference == self.reference if self.reference is not None else self._starts(cell.method)


@dataclass(frozen=True)
class Reading:
    """One way to come from a kernel or a picture to a score."""

    final: str  # a final deconvolution, or "direct"
    protocol: Protocol

    @property
    def key(self) -> str:
        return f"{self.final}{UNDER}{self.protocol.name}"


@dataclass(frozen=True)
class Scores:
    """PSNR (dB) of a data set's images, by line and `Reading.key`."""

    dataset: str
    runs: Mapping[Line, Mapping[str, Runs]]

    @cached_property
    def protocols(self) -> tuple[Protocol, ...]:
        """The data set's own first."""
        return protocol_of(self.dataset), *other_readings(self.dataset)

    @cached_property
    def own(self) -> Reading:
        return Reading(final_method(self.dataset), self.protocols[0])

    def readings(self, line: Line) -> list[Reading]:
        """All there are for a line, whether it was scored under them or not."""
        finals = (DIRECT,) if line.stage == DIRECT else FINALS
        return [Reading(final, protocol) for final in finals for protocol in self.protocols]

    def bound(self, reading: Reading, images: Iterable[str] | None = None) -> Runs:
        """The true kernels' scores, on some images only."""
        known = self.runs.get(Line(KNOWN, "", "kernel"), {}).get(reading.key, {})
        chosen = None if images is None else set(images)
        return {run: value for run, value in known.items() if chosen is None or run[0] in chosen}


def scored(dataset: str, library: Library | None = None, results: Path | None = None) -> Scores:
    """What the records and the study of the protocols have of a data set.

    A record has its scores under the data set's own protocol and, of others' files, under all; the study has all of
    every kernel.
    """
    records = list(records_of(dataset, library or Library.here()))
    files = {record.identity.file_name for record in records} | {KNOWN}
    rows = [row for record in records for row in _of_record(record)]
    sheet = STUDIES["protocols"].sheet(results_folder(results)).read()
    rows += [row for row in sheet if row["dataset"] == dataset and row["record"] in files]
    shown = {protocol.name for protocol in (protocol_of(dataset), *other_readings(dataset))}
    runs: dict[Line, dict[str, dict[tuple[str, int], float]]] = {}
    for row in rows:
        if row["protocol"] in shown:
            line = Line(row["method"], row["tier"], DIRECT if row["final"] == DIRECT else "kernel")
            key = Reading(row["final"], PROTOCOLS[row["protocol"]]).key
            runs.setdefault(line, {}).setdefault(key, {})[row["image"], row["seed"]] = row["psnr"]
    order = in_order(line.method for line in runs)
    places = ("", *TIER_ORDER)
    return Scores(
        dataset,
        {
            line: runs[line]
            for line in sorted(runs, key=lambda one: (places.index(one.tier), order.index(one.method), one.stage))
        },
    )


def records_of(dataset: str, library: Library) -> Iterator[Record]:
    """Those that the ranking shows: of today's configurations, and others' files."""
    for tier in SHOWN:
        yield from (record for record in library.records(dataset, tier=tier) if tier == EXTERNAL or of_today(record))


def _of_record(record: Record) -> Iterator[Measured]:
    """Its PSNRs; of its own picture only where that is of the whole image."""
    key = record.identity
    own = {"image": key.image, "method": key.method, "tier": key.tier, "seed": key.seed}
    for name, psnr in record.scores.items():
        measure, _, rest = name.partition("_")
        final, _, protocol = rest.partition(UNDER)
        whole = final == DIRECT and "ssim_direct" in record.scores
        if measure == "psnr" and (final in FINALS or whole):
            yield own | {"final": final, "protocol": protocol or protocol_of(key.dataset).name, "psnr": psnr}


def rankings(library: Library | None = None, results: Path | None = None) -> list[dict[str, Any]]:
    """What the widget gets: a ranking for each data set of whose images there is a score."""
    found = [scored(dataset, library, results) for dataset in DATASETS]
    return [ranking(scores, results) for scores in found if scores.runs]


def ranking(scores: Scores, results: Path | None = None) -> dict[str, Any]:
    """One data set's, as JSON: readings, lines with a cell for each of theirs, and what the paper prints."""
    number, category = PRINTED[scores.dataset]
    cells = [c for c in read_table(number, results) if (c.category, c.metric) == (category, "psnr")]
    lines = [_line(scores, line, cells) for line in scores.runs]
    alone = [cell for cell in cells if not any(line.is_of(cell) for line in scores.runs)]
    own = scores.own
    return {
        "dataset": scores.dataset,
        "title": TITLES[scores.dataset],
        "table": f"Table {number}",
        "images": len(datasets.names(scores.dataset)),
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
    found = {r.key: _cell(scores, line, r) for r in scores.readings(line) if scores.runs[line].get(r.key)}
    own = {"id": f"{line.method}/{line.tier}/{line.stage}", "name": line.name, "detail": line.detail, "kind": line.kind}
    return own | {"stage": line.stage, "printed": printed, "cells": found}


def _cell(scores: Scores, line: Line, reading: Reading) -> dict[str, Any]:
    """Mean and interval, and what the true kernel gives on the same images."""
    runs = scores.runs[line][reading.key]
    found = estimate(runs)
    bound = estimate(scores.bound(reading, {image for image, _ in runs}))
    ends = (round(found.low, 3), round(found.high, 3)) if found.has_interval else (None, None)
    comparable = bound.images == found.images and line.kind != "bound"
    return {
        "mean": round(found.mean, 3),
        "low": ends[0],
        "high": ends[1],
        "images": found.images,
        "bound": round(bound.mean, 3) if comparable else None,
    }


def _printed(cell: PaperCell) -> dict[str, Any]:
    return {"value": cell.value, "text": cell.printed}


def _printed_stage(cell: PaperCell) -> str:
    return "printed, own picture" if cell.protocol == DIRECT else "printed, final deconvolution"
