"""Tables 1–6: the paper's scores and ours, by method, protocol, and category or benchmark."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pandas as pd

from mcdeconv.core.presets import configure
from mcdeconv.data.datasets.groups import CATEGORIES, FLAVOURS, benchmark_of
from mcdeconv.methods import FULL
from mcdeconv.paper.tables.cells import (
    DIGITS,
    LEGEND,
    METRIC_LABELS,
    PROTOCOL_NAMES,
    ROW_ORDER,
    TIER_ORDER,
    TITLES,
    cited,
    head_of,
    joined,
    measured,
    not_run,
    run_here,
    source,
)
from mcdeconv.paper.tables.grid import Cell, Row, Table, Tables, marked
from mcdeconv.paper.tables.paired import SUBJECTS, doubts_of, paired_table, place_of
from mcdeconv.paper.tables.paper import PaperCell, read_table
from mcdeconv.paper.tables.rivals import rivals_table
from mcdeconv.paper.words import by_how_much, in_letters, strongest
from mcdeconv.runs.frame import runs_by, runs_of
from mcdeconv.runs.records import EXTERNAL
from mcdeconv.runs.statistics import estimate
from mcdeconv.runs.wording import in_order

OF_DATASET = {"levin": (1,), "lai": (2, 3), "kohler": (4,)}  # the tables that each benchmark fills
STAGES = {"kernel": "with a final deconvolution", "direct": "of the network's own output"}
FOLDED = (3, 5)  # tables whose comparison image by image stands open alone, on a page with others
BEST_OTHERS = 2  # cited, and run here, that are seen at once
COUNTED_KERNEL = 31  # px; with it Ren et al.'s networks have the parameters that Table 6 prints
STANDIN_NOTE = (
    "These images are smaller and less blurred than the benchmark's: their numbers are not comparable with its rows, "
    "only with each other. They are scored with SSIM."
)
SKIP_NOTE = (
    "Second number: MSSIM on Köhler et al.'s images, SSIM elsewhere. The paper does not give the width of the skip "
    "connections; ours was chosen so that the number of parameters comes near the paper's."
)
PROTOCOL_NOTES = {
    "levin": "Kernel protocol: sparse prior, each file's own truth, shifts up to 5 px. What the paper took is not "
    "stated; the choice of the final deconvolution alone moves the same kernels by more than most rows differ. "
    "“Scored here” are kernels or pictures that others published; the chapter on the rivals says whose.",
    "lai": "Kernel protocol: hyper-Laplacian prior; for the saturated images a deconvolution that handles outliers. "
    "The average is over images.",
    "kohler": "Without the benchmark's own frames of the camera's path a score here compares with the one sharp frame "
    "that is published beside it: an approximation, never the official figure.",
}


@dataclass(frozen=True)
class Column:
    """A column of scores."""

    heading: str
    part: str  # the images: a category, "average" (all categories), a benchmark, or "all" (of the only one)
    metrics: tuple[str, ...]  # one, or two that share a place, as the paper prints PSNR/SSIM


@dataclass(frozen=True)
class ScoreLayout:
    """What sets Tables 1–6 apart."""

    number: int
    title: str
    benchmarks: tuple[str, ...]
    columns: tuple[Column, ...]
    methods: tuple[str, ...] = ("ours",)  # those run here that have a row beside the paper's
    pairs: tuple[tuple[str, str], ...] = (("ours", "without-both"),)  # of methods that are compared image by image
    protocols: tuple[str, ...] = ("kernel", "direct", "region")  # in the order of the rows
    groups: tuple[str, str] = ("the paper's method", "")  # the paper's own rows, and others; "": as it groups them
    notes: tuple[str, ...] = ()
    counts: bool = False  # the networks' parameters, too

    @property
    def name(self) -> str:
        return f"table-{self.number}"

    @property
    def headings(self) -> tuple[str, ...]:
        scores = (column.heading for column in self.columns)
        return ("Protocol", *scores, *["Parameters"] * self.counts, "Source")

    @property
    def metrics(self) -> list[str]:
        """Those of the frame, which calls MSSIM "ssim"."""
        return list(dict.fromkeys(metric.removeprefix("ms") for column in self.columns for metric in column.metrics))


def _categories(metrics: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(Column(part.capitalize(), part, metrics) for part in (*CATEGORIES, "average"))


def _of_benchmark(number: int, dataset: str, *metrics: str) -> ScoreLayout:
    title = f"{' and '.join(METRIC_LABELS[metric] for metric in metrics)}, on the benchmark of {TITLES[dataset]}"
    whole = tuple(Column(METRIC_LABELS[metric], "all", (metric,)) for metric in metrics)
    columns = _categories(metrics) if dataset == "lai" else whole
    return ScoreLayout(number, title, (dataset,), columns, notes=(LEGEND, PROTOCOL_NOTES[dataset]))


_FIVE = ScoreLayout(
    5,
    "PSNR (dB) / SSIM on the benchmark of Lai et al., without and with dropout and noise",
    ("lai",),
    _categories(("psnr", "ssim")),
    ("without-both", "dropout-only", "noise-only", "ours"),
    tuple(SUBJECTS)[:5],
    ("direct", "region", "kernel"),
    ("the paper’s runs", "as the paper cites it"),
    (LEGEND,),
)
_SIX = replace(
    _FIVE,
    number=6,
    title="PSNR (dB) / SSIM with Ren et al.'s networks, and with MC sampling added to them",
    benchmarks=tuple(TITLES),
    columns=tuple(Column(title, dataset, ("psnr", "ssim")) for dataset, title in TITLES.items()),
    methods=("ren", "ren+mc", "ours"),
    pairs=tuple(SUBJECTS)[5:],
    notes=(LEGEND, SKIP_NOTE),
    counts=True,
)
LAYOUTS = {
    1: _of_benchmark(1, "levin", "psnr", "ssim"),
    2: _of_benchmark(2, "lai", "psnr"),
    3: _of_benchmark(3, "lai", "ssim"),
    4: _of_benchmark(4, "kohler", "psnr", "msssim"),
    5: _FIVE,
    6: _SIX,
}


def score_table(number: int, frame: pd.DataFrame, results: Path | None = None) -> Tables:
    """One of Tables 1–6: what one method adds to another, image by image; the table; and what stands beside it."""
    layout = LAYOUTS[number]
    title = f"Table {number}, image by image: the difference of two methods that ran here"
    first = paired_table(frame, f"{layout.name}-paired", title, layout.benchmarks, layout.pairs, layout.metrics)
    here = frame[frame["dataset"].isin(layout.benchmarks)]
    methods = (*layout.methods, *_others(here)) if number < 5 else layout.methods
    rows = _seen(layout, [*_cited_rows(layout, results), *_own_rows(layout, here, methods, "paper")])
    says, doubts = beside_the_papers(layout, here, results)
    title = f"Table {number}: {layout.title}"
    folded = title if number in FOLDED and first else ""
    main = Table(layout.name, title, "Method", layout.headings, rows, layout.notes, folded, says, doubts)
    beside = _beside_a_benchmark if number < 5 else _beside_an_ablation
    return Tables(tuple(filter(None, (first, main, *beside(layout, frame)))))


def _seen(layout: ScoreLayout, rows: Sequence[Row]) -> tuple[Row, ...]:
    """The same rows; seen at once are the paper's, ours, and the best of the others, cited and run here."""
    small = layout.number > 4  # few methods
    place = 1 + next(n for n, column in enumerate(layout.columns) if small or column.part in ("all", "average"))

    def always(row: Row) -> bool:
        ours = row.head.startswith(tuple(f"{method}, " for method in layout.pairs[0]))
        return row.head.endswith(f", {layout.groups[0]}") or (row.kind == "run-here" and ours)

    others = [row for row in rows if not always(row) and row.kind != "not-run"]
    best: list[Row] = []
    for kind in ("cited", "run-here"):
        own = [row for row in others if row.kind == kind and (kind == "cited" or not small)]
        best += own if small else sorted(own, key=lambda row: -(row.cells[place].value or 0))[:BEST_OTHERS]
    return tuple(replace(row, main=always(row) or row in best) for row in rows)


def beside_the_papers(layout: ScoreLayout, frame: pd.DataFrame, results: Path | None) -> tuple[str, str]:
    """How far ours is from the printed number, and what to doubt."""
    for dataset, cell in _printed_of_ours(layout, results):
        measured = frame[(frame["method"] == "ours") & (frame["measure"] == cell.metric.removeprefix("ms"))]
        here = measured[(measured["dataset"] == dataset) & (measured["protocol"] == cell.protocol)]
        off = here.assign(value=here["value"] - (cell.value or float("nan")))
        found = [place_of(dataset, tier, runs_of(own)) for tier, own in _by_tier(off, dataset)]
        if best := strongest(found):
            unit = " dB" if cell.metric == "psnr" else ""
            way = by_how_much(best.estimate, unit, DIGITS[cell.metric])
            metric = METRIC_LABELS[cell.metric].removesuffix(", dB")
            says = (
                f"Beside the paper's {metric} {STAGES[cell.protocol]}, ours at tier {best.tier} is {way} on "
                f"{in_letters(best.estimate.images, 'image')}."
            )
            return says, doubts_of(best, "the paper does not state the whole of its protocol")
    return (
        "No run here can stand beside the printed numbers: none has the same score of whole images.",
        "What to doubt: the printed numbers are cited; what was run here is compared above, image by image.",
    )


def _printed_of_ours(layout: ScoreLayout, results: Path | None) -> list[tuple[str, PaperCell]]:
    """The paper's own numbers over whole benchmarks, those of a final deconvolution first."""
    cells = [
        cell for cell in read_table(layout.number, results)
        if cell.method.lower() == "ours" and cell.category in ("all", "average") and cell.metric in layout.metrics
    ]  # fmt: skip
    return [(cell.dataset, cell) for cell in sorted(cells, key=lambda cell: cell.protocol != "kernel")]


def _others(here: pd.DataFrame) -> list[str]:
    """Rivals, and systems whose files were scored."""
    return in_order(here[here["tier"].isin((FULL, EXTERNAL))]["method"])


def _cited_rows(layout: ScoreLayout, results: Path | None) -> list[Row]:
    """The paper's columns, a row each."""
    by_row: dict[tuple[str, str], list[PaperCell]] = {}
    counts = {}
    for cell in read_table(layout.number, results):
        if cell.metric == "parameters":
            counts[cell.name] = [cited(cell)]
        else:
            by_row.setdefault((cell.name, cell.protocol), []).append(cell)
    columns = [marked([_cited_score(cells, column) for cells in by_row.values()]) for column in layout.columns]
    rows = []
    for (name, protocol), cells, *scores in zip(by_row, by_row.values(), *columns, strict=True):
        papers, others = layout.groups
        head = f"{name}, {papers if cells[0].group == 'ours' else others or cells[0].group}"
        rows.append(Row(head, (Cell(PROTOCOL_NAMES[protocol]), *scores, *counts.get(name, []), source(cells)), "cited"))
    return rows


def _cited_score(cells: Sequence[PaperCell], column: Column) -> Cell:
    here = [cell for cell in cells if column.part in (cell.category, cell.dataset)]
    own = {cell.metric.removeprefix("ms"): cited(cell) for cell in here}
    return joined([own[metric.removeprefix("ms")] for metric in column.metrics])


def _own_rows(layout: ScoreLayout, rows: pd.DataFrame, methods: Collection[str], missing: str = "") -> list[Row]:
    """Every method by tier and protocol; "not run" where the tier `missing` has no record of it."""
    found = []
    for tier in ROW_ORDER:
        for method in methods:
            own = rows[(rows["tier"] == tier) & (rows["method"] == method)]
            wanted = tier == missing and method in layout.methods
            if own.empty and not wanted:
                continue
            head = head_of(method, tier)
            count = [counted(method, tier)] if layout.counts else []
            if own.empty:
                row = not_run(head, tier, len(layout.headings) - layout.counts)
                found.append(replace(row, cells=(*row.cells[:-1], *count, row.cells[-1])))
            for protocol, scores in _own_scores(layout, own):
                found.append(Row(head, (Cell(PROTOCOL_NAMES[protocol]), *scores, *count, run_here(own))))
    return found


def _own_scores(layout: ScoreLayout, own: pd.DataFrame) -> list[tuple[str, list[Cell]]]:
    """By protocol: the means of one method at one tier, a cell a column; of the protocols that have any."""
    parts = (own["category"], "average", own["dataset"].map(benchmark_of))
    runs = runs_by(pd.concat([own.assign(part=part) for part in parts]), ["protocol", "part", "measure"])

    def cell(protocol: str, column: Column) -> Cell:
        values = {m: runs.get((protocol, column.part, m.removeprefix("ms")), {}) for m in column.metrics}
        return joined([measured(estimate(v), DIGITS[m], count=column.part != "all") for m, v in values.items()])

    first = {(column.part, column.metrics[0]) for column in layout.columns}
    return [(protocol, [cell(protocol, column) for column in layout.columns]) for protocol in layout.protocols
            if any((protocol, *one) in runs for one in first)]  # fmt: skip


def _beside_a_benchmark(layout: ScoreLayout, frame: pd.DataFrame) -> list[Table]:
    """Every method that ran on the benchmark and on the embedded images, and these by category and tier."""
    (dataset,), name, beside = layout.benchmarks, layout.name, f"Beside Table {layout.number}"
    compared = [rivals_table(frame, own, f"{name}-rivals-{own}") for own in (dataset, FLAVOURS[dataset])]
    standin = FLAVOURS[dataset]
    title = f"{beside}: embedded images in the manner of {TITLES[dataset]} ({standin})"
    embedded = []
    for tier, rows in _by_tier(frame, standin) if dataset == "lai" else ():
        own = tuple(_own_rows(layout, rows, in_order(rows["method"])))
        caption = f"{title}, tier {tier}: {METRIC_LABELS[layout.metrics[0]]} by category"
        table = Table(f"{name}-standin-{tier}-categories", caption, "Method", layout.headings, own, (STANDIN_NOTE,))
        embedded.append(replace(table, folded=caption))
    return [*filter(None, compared), *embedded]


def _beside_an_ablation(layout: ScoreLayout, frame: pd.DataFrame) -> list[Table]:
    """The same methods on the embedded images."""
    standins = [FLAVOURS[dataset] for dataset in layout.benchmarks]
    title = f"Beside Table {layout.number}: embedded images in the manner of the benchmarks ({', '.join(standins)})"
    rows = tuple(_own_rows(layout, frame[frame["dataset"].isin(standins)], layout.methods, "quick"))
    return [Table(f"{layout.name}-standin", title, "Method", layout.headings, rows, (STANDIN_NOTE,), folded=title)]


def _by_tier(frame: pd.DataFrame, dataset: str) -> list[tuple[str, pd.DataFrame]]:
    rows = frame[frame["dataset"] == dataset]
    parts = [(tier, rows[rows["tier"] == tier]) for tier in TIER_ORDER]
    return [(tier, part) for tier, part in parts if len(part)]


@cache
def counted(method: str, tier: str) -> Cell:
    """The parameters of both networks, in millions, for a kernel of COUNTED_KERNEL px."""
    config = configure(method, tier)
    from mcdeconv.core.networks import ImageNet, build_kernel_net, parameter_count

    networks = ImageNet(config.image_net, config.input_depth), build_kernel_net(config.kernel_net, COUNTED_KERNEL)
    millions = parameter_count(*networks) / 1e6
    return Cell(f"{millions:.2f}M", f"counted, kernel of {COUNTED_KERNEL} px", millions)
