"""The ledger's rows: numbers with their units, and what they rest on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mcdeconv.paper.claims.claim import GROUPS, Claim
from mcdeconv.paper.claims.rule import NAMES, Entry
from mcdeconv.paper.claims.strip import strip
from mcdeconv.paper.sections import Heading
from mcdeconv.paper.tables.cells import PROTOCOL_NAMES
from mcdeconv.paper.tables.grid import NEXT, NOTHING, Cell, Row, Table
from mcdeconv.paper.tables.paper import look_up
from mcdeconv.paper.words import Evidence, in_letters, tally
from mcdeconv.runs.wording import MINUS, count, listing

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


@dataclass(frozen=True, repr=False)
class Title:
    """The heading of a group of claims, and where the paper's tables and figures stand that they are about."""

    group: str

    def _repr_markdown_(self) -> str:
        places = [Heading(kind, number) for kind, number in GROUPS[self.group].shown]
        links = listing([f"[{place.name}](#{place.anchor})" for place in places])
        return f"## {self}\n" + (f"\nThe runs: {links}.\n" if links else "")

    def __repr__(self) -> str:
        return GROUPS[self.group].title


def claim_tables(name: str, judged: Sequence[Entry], results: Path | None = None) -> tuple[Table, ...]:
    """The claims of one group: those that were tried on a screen; and all of them in detail, folded."""
    says, doubts = _in_words(judged)
    tried = [entry for entry in judged if entry.verdict.name != "not run"]
    brief = Table(
        f"claims-{name}",
        f"Claims: {GROUPS[name].title}",
        "Claim",
        ("Drawn", "Here, and in the paper", "Verdict"),
        tuple(_brief(entry, results) for entry in tried),
        says=says,
        doubts=doubts,
    )
    waiting = len(judged) - len(tried)
    columns = ("Verdict", "Measure", "Paper", "Ours", "Ours rests on")
    whole = Table(
        f"claims-{name}-whole",
        f"Claims in full: {GROUPS[name].title}",
        "Claim",
        columns,
        tuple(_row(entry, results) for entry in judged),
        folded="What each rests on" + (f", and {count(waiting, 'claim')} not run" if waiting else ""),
        says="" if tried else says,
    )
    return (brief, whole) if tried else (whole,)


def _brief(entry: Entry, results: Path | None) -> Row:
    claim, evidence = entry.claim, entry.evidence
    assert evidence is not None  # it was tried
    ours, papers = _ours(claim, evidence), _paper(claim, entry.claimed, results)
    lines = (_ends(claim, evidence), f"paper: {papers.text}")
    found = Cell(ours.text, NEXT.join(filter(None, lines)), ours.value)
    runs = f"{evidence.tier}, {count(evidence.estimate.images, 'image')}" if evidence.of else evidence.data
    cells = (strip(entry), found, Cell(entry.verdict.name, runs))
    return Row(claim.text.rstrip(".") + ".", cells, anchor=claim.anchor)


def _in_words(judged: Sequence[Entry]) -> tuple[str, str]:
    """How many of the claims that were run hold, and on how little that rests."""
    run = [entry for entry in judged if entry.verdict.name != "not run"]
    if not run:
        return "No claim of this group could be tried with the runs that there are.", ""
    names = [entry.verdict.name for entry in run]
    counts = [f"{tally(n)} {name}" for name in NAMES[:-1] if (n := names.count(name)) or name == NAMES[0]]
    less = sum(not entry.evidence.full for entry in run if entry.evidence)
    few = sum(not entry.evidence.estimate.has_interval for entry in run if entry.evidence and entry.evidence.of)
    return (
        f"Of {in_letters(len(run), 'claim')} that were tried, {listing(counts)}.",
        f"What to doubt: {tally(less)} of them under lesser conditions than the paper's, "
        f"{tally(few)} on too few images or runs for an interval.",
    )


def _row(entry: Entry, results: Path | None) -> Row:
    claim, evidence, verdict = entry.claim, entry.evidence, entry.verdict
    cells = (
        Cell(verdict.name, verdict.reason),
        _measure(claim),
        _paper(claim, entry.claimed, results),
        _ours(claim, evidence),
        _basis(evidence),
    )
    note = "" if claim.kind == "untested" else claim.note
    head = " ".join(f"{sentence.rstrip('.')}." for sentence in (claim.text, note) if sentence)
    ran = verdict.name != "not run"
    return Row(head, cells, "run-here" if ran else "not-run", anchor="" if ran else claim.anchor)


def _ends(claim: Claim, evidence: Evidence) -> str:
    """The interval, or the range of few runs, without unit; nothing of what is counted or of a single run."""
    found, unit = evidence.estimate, FORMS[claim.measure][2]
    ends = (found.low, found.high) if found.has_interval else (found.least, found.most)
    low, high = (with_unit(claim.measure, end, claim.kind != "value").removesuffix(unit) for end in ends)
    if evidence.of == 0 or (low == high and not found.has_interval):
        return ""
    return f"{low} to {high}" if found.has_interval else f"range {low} to {high}"


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
    ends = (found.low, found.high) if found.has_interval else (found.least, found.most)
    low, high = (with_unit(claim.measure, end, signed) for end in ends)
    if found.has_interval:
        return Cell(text, f"95%: {low} to {high}", found.mean)
    several = found.runs if claim.on_figure and found.images == 1 else found.images
    return Cell(text, f"no interval; range {low} to {high}" if several > 1 else "no interval", found.mean)


def _basis(evidence: Evidence | None) -> Cell:
    if evidence is None:
        return NOTHING
    if evidence.of == 0:
        return Cell(evidence.data)
    found = evidence.estimate
    several = found.images < found.runs < found.images * found.seeds  # some images have fewer
    seeds = f"{'1 to ' if several else ''}{count(found.seeds, 'seed')}"
    runs = f"{found.images} of {evidence.of} images, {seeds}, {count(found.runs, 'run')}"
    return Cell(f"{evidence.data}, tier {evidence.tier}", runs)


def with_unit(measure: str, value: float, signed: bool = False) -> str:
    """A number with its unit; differences with their sign."""
    _, form, unit = FORMS[measure]
    text = f"{value:{'+' if signed else ''}{form}}{unit}".replace("-", MINUS)
    return text if value else text.lstrip("+")  # nothing has no sign
