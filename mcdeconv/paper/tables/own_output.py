"""Study `settings` as a table: the network's own output against the deconvolution with the same kernel, run by run."""

from collections.abc import Sequence

from mcdeconv.paper.tables.grid import Cell, Row, Table, Tables
from mcdeconv.paper.words import by_how_much, in_letters
from mcdeconv.runs.records import Record
from mcdeconv.runs.statistics import Pairs, estimate, scores_of
from mcdeconv.runs.wording import MINUS

FINALS = {"psnr_sparse": "sparse prior", "psnr_hyper-laplacian": "hyper-Laplacian"}
COLUMNS = (
    "Image",
    "Own output, dB",
    *(f"Deconvolution, {name}, dB" for name in FINALS.values()),
    *(f"Own output less {name}" for name in FINALS.values()),
    "Kernel similarity",
)


def own_output(records: Sequence[Record]) -> Tables:
    """A row a run, by image; no mean is taken of two images."""
    rows = [_row(r) for r in sorted(records, key=lambda r: r.identity.image)]
    title = "The network's own output and the deconvolution with its kernel, tier paper"
    says, doubts = _in_words(records)
    table = Table("own-output", title, "Networks", COLUMNS, tuple(rows), says=says, doubts=doubts)
    return Tables((table,) if rows else ())


def _in_words(records: Sequence[Record]) -> tuple[str, str]:
    """Whether ours, blind, shows more itself than the deconvolution with its kernel."""
    names = ("psnr_direct", "psnr_sparse")
    found = estimate(Pairs.of(*(scores_of(records, "ours", name) for name in names)).differences)
    if not found.runs:
        return "", ""
    says = (
        f"The own output of ours is {by_how_much(found)} beside the deconvolution with its own kernel (sparse prior)."
    )
    few = "too few for an interval; " if not found.has_interval else ""
    return says, f"What to doubt: {in_letters(found.images, 'image')}, {few}{in_letters(found.seeds, 'seed')}."


def _row(record: Record) -> Row:
    scores, key = record.scores, record.identity
    own = scores["psnr_direct"]
    cells = [Cell(key.image), _cell(own), *(_cell(scores[name]) for name in FINALS)]
    cells += [_cell(own - scores[name], "+") for name in FINALS]
    return Row(key.method, (*cells, _cell(scores["kernel_similarity"], digits=3)))


def _cell(value: float, sign: str = "", digits: int = 2) -> Cell:
    return Cell(f"{value:{sign}.{digits}f}".replace("-", MINUS), "", value)
