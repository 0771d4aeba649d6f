"""What each choice of a reading moves, and which reading comes nearest to a printed number."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mcdeconv.paper.ranking.scores import DIRECT, Line, Reading, Scores, printed_cells
from mcdeconv.paper.tables.cells import TITLES, measured
from mcdeconv.paper.tables.grid import NOTHING, Cell, Row, Table
from mcdeconv.paper.words import in_letters, tally
from mcdeconv.runs.statistics import Estimate, Pairs, estimate
from mcdeconv.runs.wording import count, number, signed
from mcdeconv.studies.kernels import KNOWN

SEEN, MOST = ("ours",), 8  # rows that are seen at once: ours, and so many others
BOUND = Line(KNOWN, "", "kernel")


def choices(scores: Scores) -> Table:
    """A row for each reading that differs from the data set's own in one choice: what it adds, image by image."""
    own, lines = scores.own, [line for line in scores.runs if line.stage == "kernel" and line != BOUND]
    others = [reading for reading in scores.readings(BOUND) if _changes(reading, own) == 1]
    rows = [_moves(scores, lines, reading) for reading in others]
    columns = ("True kernel, dB", "ours, dB", "All methods, dB", "Places that change")
    caption = f"{TITLES[scores.dataset]}: what another choice adds to the reading “{scores.words(own)}”"
    note = (
        "Differences are of the same kernels on the same images. Places are among the methods scored under "
        f"both on {scores.most} images."
    )
    moves = {row.head: abs(row.cells[0].value) for row in rows if row.cells[0].value is not None}
    says = ""
    if moves:
        most = max(moves, key=lambda head: moves[head])
        says = f"The choice that moves the true kernels' score most is “{most}”, by {number(moves[most])} dB."
    doubts = "What to doubt: which choices the paper made is not known."
    name = f"choices-{scores.dataset}"
    return Table(name, caption, "Choice", columns, tuple(rows), (note,), says=says, doubts=doubts if rows else "")


def _changes(reading: Reading, own: Reading) -> int:
    fields = ("truth", "maxshift", "luma_range")
    changed = [getattr(reading.protocol, name) != getattr(own.protocol, name) for name in fields]
    return sum(changed) + (reading.final != own.final)


def _moves(scores: Scores, lines: Sequence[Line], reading: Reading) -> Row:
    found = {line: added(scores, line, reading) for line in (BOUND, *lines) if line in scores.runs}
    means = [found[line].mean for line in lines if found[line].runs]
    extent = Cell(f"{signed(min(means))} to {signed(max(means))}", count(len(means), "method")) if means else NOTHING
    cells = [measured(found[line], 2, "+") if line in found else NOTHING for line in (BOUND, scores.ours)]
    return Row(scores.words(reading), (*cells, extent, _places(scores, lines, reading)))


def added(scores: Scores, line: Line, reading: Reading) -> Estimate:
    """What a reading adds to the data set's own for a line, image by image."""
    return estimate(Pairs.of(scores.of(line, reading), scores.of(line, scores.own)).differences)


def _places(scores: Scores, lines: Sequence[Line], reading: Reading) -> Cell:
    """How many lines stand elsewhere than under the data set's own reading, of those that have a place."""
    both = [line for line in lines if scores.of(line, reading) and scores.of(line, scores.own)]
    compared = [line for line in both if scores.images(line) == scores.most]
    before, after = (sorted(compared, key=lambda line: -mean_of(scores, line, one)) for one in (scores.own, reading))
    moved = sum(before.index(line) != after.index(line) for line in compared)
    return Cell(f"{moved} of {len(compared)}", value=moved)


def mean_of(scores: Scores, line: Line, reading: Reading) -> float:
    return estimate(scores.of(line, reading)).mean


def printed(scores: Scores, results: Path | None = None) -> Table:
    """Every printed number that a line stands beside, and the reading under which that comes nearest to it."""
    rows = []
    for cell in printed_cells(scores.dataset, results):
        for line in (line for line in scores.runs if line.is_of(cell)):
            found = {r: estimate(scores.of(line, r)) for r in scores.readings(line) if scores.of(line, r)}
            if cell.value is not None and found:
                rows.append(_beside(scores, line, cell.printed, cell.value, found))
    columns = ("Printed, dB", "Data set's own reading, dB", "Nearest, dB", "Under", "Printed minus nearest, dB")
    caption = f"{TITLES[scores.dataset]}: the printed numbers, and the reading that comes nearest"
    note = "Another reading can only explain a difference between the same results; ours and others' runs are others."
    name, own = f"printed-{scores.dataset}", [row for row in rows if row.cells[-1].value is not None]
    above = sum((row.cells[-1].value or 0) > 0 for row in own)
    says = (
        f"Of {in_letters(len(own), 'number')} in print, {tally(above)} lie above what any reading gives here."
        if own
        else ""
    )
    doubts = (
        "What to doubt: the runs are others than the printed ones', so that a reading explains a difference at best."
    )
    seen = [replace(row, main=row.head.startswith(SEEN) or n < MOST) for n, row in enumerate(rows)]
    return Table(name, caption, "Method", columns, tuple(seen), (note,), says=says, doubts=doubts if own else "")


def _beside(scores: Scores, line: Line, text: str, value: float, found: dict[Reading, Estimate]) -> Row:
    own = replace(scores.own, final=DIRECT) if line.stage == DIRECT else scores.own
    reading, nearest = min(found.items(), key=lambda pair: abs(pair[1].mean - value))
    of_own = measured(found[own], 2, count=True) if own in found else NOTHING
    under = f"{scores.words(reading)}" + (
        f" (the only one of {len(scores.readings(line))} scored)" if len(found) == 1 else ""
    )
    cells = (Cell(text, "", value), of_own, Cell(number(nearest.mean), value=nearest.mean), Cell(under))
    difference = value - nearest.mean
    return Row(f"{line.name}, {line.detail}", (*cells, Cell(signed(difference), value=difference)))
