"""First of all: what one method adds to another on the same images and seeds, by data set and tier."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from mcdeconv.data import datasets
from mcdeconv.data.datasets.groups import FLAVOURS, benchmark_of
from mcdeconv.paper.tables.cells import DIGITS, METRIC_LABELS, TIER_ORDER, TITLES, extent
from mcdeconv.paper.tables.grid import NEXT, NOTHING, Cell, Row, Table
from mcdeconv.paper.words import SIMILARITY, UNCLEAR, Evidence, by_how_much, direction, in_letters, sentence, strongest
from mcdeconv.runs.frame import runs_of
from mcdeconv.runs.statistics import FEWEST, Estimate, Pairs, Runs, estimate
from mcdeconv.runs.wording import extremes, signed

KERNEL, OUTPUT, SHAPE = ("kernel",), ("direct", "region"), ("",)
SUBJECTS = {  # what a change of methods changes, in sentences
    ("ours", "without-both"): "dropout and noise",
    ("dropout-only", "without-both"): "dropout alone",
    ("noise-only", "without-both"): "noise alone",
    ("ours", "dropout-only"): "noise beside dropout",
    ("ours", "noise-only"): "dropout beside noise",
    ("ren+mc", "ren"): "MC sampling in Ren et al.'s networks",
    ("ours", "ren"): "the paper's method in the place of Ren et al.'s networks",
    ("ours", "ren+mc"): "the paper's networks in the place of Ren et al.'s, both with sampling,",
}
NOTE = (
    "Both methods on the same images with the same seeds: small print has their means there, from the second to the "
    f"first, and the 95% interval of the difference over images, of fewer than {FEWEST} images its range. "
)
CAUSES = {"kohler": "these photographs are dark, and the page on brightness shows what that does to both"}
LESSER = {
    "laptop": "at tier laptop, a smaller run than the paper's",
    "quick": "at tier quick, a much smaller run than the paper's",
}


@dataclass(frozen=True)
class ComparedScore:
    """What is compared."""

    measure: str  # of the frame
    protocols: tuple[str, ...]
    heading: str
    digits: int


def scores_of_table(metrics: Sequence[str]) -> list[ComparedScore]:
    """The table's metrics after a deconvolution, of the network's own output, and the kernels' similarity."""
    kinds = ((KERNEL, "with the kernel"), (OUTPUT, "of the own output"))
    scored = [
        ComparedScore(
            metric,
            protocols,
            f"{METRIC_LABELS[metric].removesuffix(', dB')} {words}{', dB' * (metric == 'psnr')}",
            DIGITS[metric],
        )
        for metric in metrics[:1]
        for protocols, words in kinds
    ]
    return [*scored, ComparedScore("similarity", SHAPE, METRIC_LABELS["similarity"], DIGITS["similarity"])]


def gains(
    frame: pd.DataFrame, dataset: str, score: ComparedScore, pair: tuple[str, str]
) -> Iterator[tuple[Pairs, Evidence]]:
    """Of a benchmark and then of the images that stand in for it, by tier: those of both methods."""
    measured = frame[(frame["measure"] == score.measure) & frame["protocol"].isin(score.protocols)]
    for data in (dataset, FLAVOURS[dataset]):
        for tier in TIER_ORDER:
            here = measured[(measured["dataset"] == data) & (measured["tier"] == tier)]
            pairs = Pairs.of(*(runs_of(here[here["method"] == method]) for method in pair))
            if pairs.runs:
                yield pairs, place_of(data, tier, pairs.differences)


def place_of(dataset: str, tier: str, values: Runs) -> Evidence:
    """What some values say of a data set."""
    found, of = estimate(values), len(datasets.names(dataset))
    return Evidence(found, dataset, tier, of, tier == "paper" and found.images == of, 2 * found.images >= of)


def paired_table(
    frame: pd.DataFrame, name: str, title: str, places: Sequence[str], pairs: Sequence[tuple[str, str]],
    metrics: Sequence[str],
) -> Table | None:  # fmt: skip
    """A row a pair of methods, data set and tier; None where no pair has run."""
    scores = scores_of_table(metrics)
    rows = [
        row for pair in pairs for dataset in places for row in _rows(frame, dataset, scores, pair, pair == pairs[0])
    ]
    if not rows:
        return None
    strong = [best for dataset in places if (best := _strongest(frame, dataset, scores, pairs[0]))]
    says, doubts = in_words(strong[0], scores, pairs[0]) if strong else ("", "")
    columns = ("On", "Rests on", *(score.heading for score in scores))
    return Table(name, title, "Difference", columns, tuple(rows), (NOTE + SIMILARITY,), says=says, doubts=doubts)


def _rows(
    frame: pd.DataFrame, dataset: str, scores: Sequence[ComparedScore], pair: tuple[str, str], first: bool
) -> list[Row]:
    """A row a place; seen at once are the benchmarks, and without any of them the first pair on embedded images."""
    from mcdeconv.paper.figures.style import label

    cells: dict[tuple[str, str], dict[str, Cell]] = {}
    head = " − ".join(map(label, pair))
    if strong := _strongest(frame, dataset, scores, pair):
        cells |= {(one.data, one.tier): {} for one in strong.values()}  # first
    for score in scores:
        for pairs, evidence in gains(frame, dataset, score, pair):
            cells.setdefault((evidence.data, evidence.tier), {})[score.heading] = _cell(pairs, evidence, score)
    own = frame[frame["method"] == pair[0]]
    rows, real = [], any(data in TITLES for data, _ in cells)
    for (data, tier), found in cells.items():
        both = frame[(frame["dataset"] == data) & (frame["tier"] == tier) & (frame["method"] == pair[1])]
        here = own[(own["dataset"] == data) & (own["tier"] == tier)]
        common = here[here["image"].isin(set(both["image"])) & here["seed"].isin(set(both["seed"]))]
        place = TITLES.get(data, f"embedded as {TITLES[benchmark_of(data)]}")
        where = Cell(f"{place}, tier {tier}"), Cell(extent(common))
        cells_of_row = (*where, *(found.get(score.heading, NOTHING) for score in scores))
        rows.append(Row(head, cells_of_row, main=data in TITLES or (first and not real)))
    return rows


def _cell(pairs: Pairs, evidence: Evidence, score: ComparedScore) -> Cell:
    found, form = evidence.estimate, f"+.{score.digits}f"
    first, second = (f"{values.mean():.{score.digits}f}" for values in (pairs.values, pairs.others))
    parts = (direction(found, score.digits), extremes(found, form), f"{second} → {first}")
    return Cell(signed(found.mean, score.digits), NEXT.join(part for part in parts if part), found.mean)


Strong = dict[str, Evidence]  # heading → its evidence, all of one data set and tier


def _strongest(
    frame: pd.DataFrame, dataset: str, scores: Sequence[ComparedScore], pair: tuple[str, str]
) -> Strong | None:
    """The strongest evidence of the first score that has any, and the others' of the same place."""
    found = {score.heading: [one for _, one in gains(frame, dataset, score, pair)] for score in scores}
    best = next((one for heading in found if (one := strongest(found[heading]))), None)
    if best is None:
        return None
    place = best.data, best.tier
    return {h: one for h, every in found.items() for one in every if (one.data, one.tier) == place}


def in_words(strong: Strong, scores: Sequence[ComparedScore], pair: tuple[str, str]) -> tuple[str, str]:
    """What the strongest evidence says, and what to doubt of it."""
    kernel, output, shape = (strong.get(score.heading) for score in scores)
    first = kernel or output
    if first is None:
        return "", ""
    unit = " dB" if scores[0].measure == "psnr" else ""
    metric, digits = METRIC_LABELS[scores[0].measure].removesuffix(", dB"), scores[0].digits
    where = f"{in_letters(first.estimate.images, 'image')} {_of(first)}"
    said = []
    if kernel:
        said.append(f"the {metric} with the kernel is {by_how_much(kernel.estimate, unit, digits)} on {where}")
    if output and not kernel:
        said.append(f"the network's own output is {by_how_much(output.estimate, unit, digits)} on {where}")
    elif output:
        way = direction(output.estimate, digits)
        said.append(f"that of the network's own output {'shows ' if way == UNCLEAR else 'is '}{way}")
    more = _shape(shape) if kernel and shape else CAUSES.get(first.data, "")
    return sentence(f"With {SUBJECTS[pair]} {', and '.join(said)}"), doubts_of(first, more)


def _of(evidence: Evidence) -> str:
    benchmark = TITLES[benchmark_of(evidence.data)]
    return f"of {benchmark}" if evidence.data in TITLES else f"embedded in the manner of {benchmark}"


def _shape(found: Evidence) -> str:
    return f"the kernels' similarity to the true ones {_is(found.estimate, 3)}"


def _is(found: Estimate, digits: int) -> str:
    way = direction(found, digits)
    return f"shows {way} ({signed(found.mean, digits)})" if way == UNCLEAR else f"is {by_how_much(found, '', digits)}"


def doubts_of(evidence: Evidence, more: str = "") -> str:
    """On what an estimate rests, in a sentence; `more` ends it."""
    found, real = evidence.estimate, evidence.data in TITLES
    reasons = {
        in_letters(found.seeds, "seed"): found.seeds < 3,
        "less than half of the benchmark's images": real and not evidence.enough,
        "small images made here in the place of the benchmark's": not real,
        LESSER.get(evidence.tier, ""): evidence.tier in LESSER,
        "too few images for an interval": not found.has_interval,
        more: bool(more),
    }
    return f"What to doubt: {'; '.join(reason for reason, holds in reasons.items() if holds) or 'other data sets'}."
