"""The ledger's rows: numbers with their units, and what they rest on."""

from collections.abc import Sequence
from pathlib import Path

from mcdeconv.paper.claims.claim import Claim
from mcdeconv.paper.claims.evidence import Evidence
from mcdeconv.paper.claims.rule import Entry
from mcdeconv.paper.tables.cells import PROTOCOL_NAMES
from mcdeconv.paper.tables.grid import NOTHING, Cell, Row, Table
from mcdeconv.paper.tables.paper import look_up
from mcdeconv.runs.wording import MINUS, count

FORMS = {  # measure → what it is called, form of a number, unit
    "psnr": ("PSNR", ".2f", " dB"),
    "psnr-half": ("PSNR after half the run", ".2f", " dB"),
    "ssim": ("SSIM", ".3f", ""),
    "msssim": ("MSSIM", ".3f", ""),
    "similarity": ("kernel similarity", ".3f", ""),
    "delta": ("share of runs whose kernel is a delta", ".0%", ""),
    "seconds": ("seconds a run", ".0f", " s"),
    "parameters": ("parameters", ".2f", " M"),
    "loss": ("loss at the end", ".1e", ""),
    "loss-half": ("loss after half the run", ".1e", ""),
    "spread-early": ("standard deviation of samples, 2% minus 20% of the run", ".4f", ""),
    "spread-late": ("standard deviation of samples, 20% minus 100% of the run", ".4f", ""),
}


def claim_table(place: str, judged: Sequence[Entry], results: Path | None = None) -> Table:
    """The claims of one place of the paper."""
    name = "claims-" + "".join(c if c.isascii() and c.isalnum() else "-" for c in place.lower()).strip("-")
    columns = ("Measure", "Paper", "Ours", "Ours rests on", "Verdict")
    return Table(name, f"Claims: {place}", "Claim", columns, tuple(_row(entry, results) for entry in judged))


def _row(entry: Entry, results: Path | None) -> Row:
    claim, evidence, verdict = entry.claim, entry.evidence, entry.verdict
    cells = (
        _measure(claim),
        _paper(claim, entry.claimed, results),
        _ours(claim, evidence),
        _basis(evidence),
        Cell(verdict.name, verdict.reason),
    )
    note = "" if claim.kind == "untested" else claim.note
    head = " ".join(f"{sentence.rstrip('.')}." for sentence in (claim.text, note) if sentence)
    return Row(head, cells, "not-run" if verdict.name == "not run" else "run-here")


def _measure(claim: Claim) -> Cell:
    if claim.kind == "untested":
        return NOTHING
    compared = f"{claim.method} minus {claim.other}" if claim.other else claim.method
    if claim.minus and not claim.other:
        compared += " minus the cited number"
    protocol = f", {PROTOCOL_NAMES[claim.protocol]}" if claim.protocol else ""
    return Cell(f"{FORMS[claim.measure][0]}{protocol}", compared)


def _paper(claim: Claim, claimed: float | None, results: Path | None) -> Cell:
    if claim.kind == "untested":
        return NOTHING
    if claim.kind == "same":
        return Cell("about equal", look_up(claim.minus, results).place if claim.minus else "")
    if claimed is None:
        return Cell("above 0")
    text = with_unit(claim.measure, claimed, signed=claim.kind != "value")
    if claim.kind == "value":
        return Cell(text, look_up(claim.cell, results).place if claim.cell else "", claimed)
    given = claim.in_tables(results)
    if claim.stated and given is not None:
        return Cell(text, f"text; its table gives {with_unit(claim.measure, given, True)}", claimed)
    return Cell(text, f"{look_up(claim.cell, results).printed} − {look_up(claim.minus, results).printed}", claimed)


def _ours(claim: Claim, evidence: Evidence | None) -> Cell:
    if evidence is None:
        return NOTHING
    found, signed = evidence.estimate, claim.kind != "value"
    text = with_unit(claim.measure, found.mean, signed)
    if evidence.of == 0:
        return Cell(text, "", found.mean)
    if not found.has_interval:
        return Cell(text, "no interval", found.mean)
    low, high = (with_unit(claim.measure, end, signed) for end in (found.low, found.high))
    return Cell(text, f"95%: {low} to {high}", found.mean)


def _basis(evidence: Evidence | None) -> Cell:
    if evidence is None:
        return NOTHING
    if evidence.of == 0:
        return Cell(evidence.data)
    found = evidence.estimate
    runs = f"{found.images} of {evidence.of} images, {count(found.seeds, 'seed')}, {count(found.runs, 'run')}"
    return Cell(f"{evidence.data}, tier {evidence.tier}", runs)


def with_unit(measure: str, value: float, signed: bool = False) -> str:
    """A number with its unit; differences with their sign."""
    _, form, unit = FORMS[measure]
    return f"{value:{'+' if signed else ''}{form}}{unit}".replace("-", MINUS)
