"""The claim ledger: what the paper claims, what our records say, and the verdict by one rule."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mcdeconv.paper import plans
from mcdeconv.paper.claims.claim import GROUPS, Claim, read_claims
from mcdeconv.paper.claims.contradictions import contradictions
from mcdeconv.paper.claims.evidence import Trajectories, beyond_scores, evidence_for
from mcdeconv.paper.claims.rule import NAMES, RULE, Entry, judge
from mcdeconv.paper.claims.show import Title, claim_tables
from mcdeconv.paper.tables.gathering import records_of
from mcdeconv.paper.tables.grid import Cell, Row, Table, Tables
from mcdeconv.paper.words import tally
from mcdeconv.runs.frame import frame
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Record

__all__ = [
    "GROUPS",
    "RULE",
    "Claim",
    "Entry",
    "contradictions",
    "entries",
    "ledger",
    "page",
    "read_claims",
    "stored",
    "summary",
]


def entries(
    records: Sequence[Record], trajectories: Trajectories | None = None, results: Path | None = None
) -> list[Entry]:
    """Every claim, judged.

    Parameters
    ----------
    records : sequence of Record
        Each of a single configuration for its method and tier; see `stored`.
    trajectories : callable, optional
        The trajectory of a record, e.g. `Library.trajectory`; without it claims about curves are not run.
    results : Path, optional
        The folder with claims.csv and paper/; default: that of the checkout.
    """
    rows = frame(records, lambda record: beyond_scores(record, trajectories))
    tabled = frame([r for r in records if plans.is_tabled(r.identity)], beyond_scores)
    found = []
    for claim in read_claims(results):
        claimed, evidence = claim.claimed(results), evidence_for(claim, rows if claim.on_figure else tabled, results)
        found.append(Entry(claim, claimed, evidence, judge(claim, evidence, claimed)))
    return found


def ledger(records: Sequence[Record], trajectories: Trajectories | None = None, results: Path | None = None) -> Tables:
    """The ledger: the counts by group of claims, then for each group the claims that were tried, and all in detail."""
    judged = entries(records, trajectories, results)
    tables = [table for name, own in grouped(judged).items() for table in claim_tables(name, own, results)]
    return Tables((summary(judged), *tables))


def page(
    records: Sequence[Record], trajectories: Trajectories | None = None, results: Path | None = None
) -> list[Title | Table]:
    """The ledger as a page shows it, with a heading for each group."""
    judged, shown = entries(records, trajectories, results), list[Title | Table]()
    for name, own in grouped(judged).items():
        shown += [Title(name), *claim_tables(name, own, results)]
    return [summary(judged), *shown]


def grouped(judged: Sequence[Entry]) -> dict[str, list[Entry]]:
    """The claims by group, in the order of the ledger."""
    return {name: [entry for entry in judged if entry.claim.group == name] for name in GROUPS}


def summary(judged: Sequence[Entry]) -> Table:
    """How many claims of which group got which verdict, and the rule."""
    rows = [_counted(group.title, [e for e in judged if e.claim.group == name]) for name, group in GROUPS.items()]
    papers = [entry for entry in judged if entry.claim.group != "own"]
    rows.append(_counted("all of the paper's", papers))
    run = [entry for entry in papers if entry.verdict.name != "not run"]
    whole = [entry.claim.measure for entry in run if entry.verdict.name == "reproduced"]
    counts = ", and they count parameters: no result of the method" if set(whole) == {"parameters"} else ""
    says = (
        f"Of the paper's {len(papers)} claims {len(run)} could be tried with the runs that there are; "
        f"{tally(len(whole))} of them {'is' if len(whole) < 2 else 'are'} reproduced under its conditions{counts}."
    )
    doubts = "What to doubt: most verdicts rest on lesser conditions than the paper's; every row says on which."
    return Table(
        "claims-summary", "Verdicts by group of claims", "Group", NAMES, tuple(rows), RULE, says=says, doubts=doubts
    )


def _counted(title: str, judged: Sequence[Entry]) -> Row:
    counts = Counter(entry.verdict.name for entry in judged)
    return Row(title, tuple(Cell(str(counts[name]), "", float(counts[name])) for name in NAMES))


def stored(library: Library | None = None) -> list[Record]:
    """The records of every experiment and tier in today's configuration, without the explorer's grid."""
    return records_of([name for name in plans.EXPERIMENTS if name != "explorer"], library)
