"""Tables 5 and 6: what dropout and noise contribute, with the paper's networks and with Ren et al.'s."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mcdeconv.core.presets import configure
from mcdeconv.data.datasets.groups import CATEGORIES, FLAVOURS
from mcdeconv.paper.tables.benchmarks import AVERAGE, STANDIN_NOTE
from mcdeconv.paper.tables.cells import (
    DIGITS,
    LEGEND,
    cited,
    comparison,
    measured,
    not_run,
    paired_cells,
    run_here,
    source,
)
from mcdeconv.paper.tables.grid import NOTHING, Cell, Grid, Page, Row, marked
from mcdeconv.paper.tables.measures import PROTOCOLS, TIERS, TITLES, has, mean, select
from mcdeconv.paper.tables.paper import PaperCell, read_table
from mcdeconv.runs.records import Record

COUNTED_KERNEL = 31  # px; with it Ren et al.'s networks have the parameters that Table 6 prints
BENCHMARKS = ("levin", "lai", "kohler")


@dataclass(frozen=True)
class Layout:
    """What sets Tables 5 and 6 apart."""

    number: int
    title: str
    methods: dict[str, str]  # the paper's name → ours
    parts: tuple[str, ...]  # what the columns of scores are: categories or benchmarks
    headings: tuple[str, ...]
    datasets: tuple[str, ...]
    notes: tuple[str, ...] = ()


FIVE = Layout(
    5,
    "PSNR (dB) / SSIM on the benchmark of Lai et al., without and with dropout and noise",
    {"without both": "without-both", "dropout only": "dropout-only", "noise only": "noise-only", "ours": "ours"},
    AVERAGE,
    ("Protocol", *(part.capitalize() for part in AVERAGE), "Source"),
    ("lai",),
)
SIX = Layout(
    6,
    "PSNR (dB) / SSIM with Ren et al.'s networks, and with MC sampling added to them",
    {"Ren et al.": "ren", "Ren et al. + MC": "ren+mc", "ours": "ours"},
    BENCHMARKS,
    ("Protocol", *(TITLES[dataset] for dataset in BENCHMARKS), "Parameters", "Source"),
    BENCHMARKS,
    (
        "Second number: MSSIM on Köhler et al.'s images, SSIM elsewhere. The paper does not give the width of the skip "
        "connections; ours was chosen so that the number of parameters comes near the paper's.",
    ),
)


def table_5(records: Sequence[Record], results: Path | None = None) -> Page:
    """Four variants × five categories."""
    return _page(FIVE, records, results)


def table_6(records: Sequence[Record], results: Path | None = None) -> Page:
    """Ren et al.'s networks without and with MC sampling, and ours, on three benchmarks; Köhler's with MSSIM."""
    return _page(SIX, records, results)


def _page(layout: Layout, records: Sequence[Record], results: Path | None) -> Page:
    name = f"table-{layout.number}"
    rows = (*_cited_rows(layout, results), *_own_rows(layout, records, layout.datasets, ("paper", "laptop", "quick")))
    main = Grid(
        name, f"Table {layout.number}: {layout.title}", "Method", layout.headings, rows, (LEGEND, *layout.notes)
    )
    flavours = tuple(FLAVOURS[dataset] for dataset in layout.datasets)
    title = f"Beside Table {layout.number}: embedded images in the manner of the benchmarks ({', '.join(flavours)})"
    standin = Grid(
        f"{name}-standin",
        title,
        "Method",
        layout.headings,
        tuple(_own_rows(layout, records, flavours, TIERS, missing="quick")),
        (STANDIN_NOTE,),
    )
    return Page((main, *_differences(layout, records), standin, *_differences(layout, records, standin=True)))


def _cited_rows(layout: Layout, results: Path | None) -> list[Row]:
    cells = [cell for cell in read_table(layout.number, results) if cell.metric != "parameters"]
    names = list(dict.fromkeys(cell.method for cell in cells))
    columns = [_ranked(layout, part, names, cells) for part in layout.parts]
    rows = []
    for place, method in enumerate(names):
        own = [cell for cell in cells if cell.method == method]
        scores = [column[place] for column in columns]
        count = [_printed_count(method, results)] if layout.number == 6 else []
        head = f"{own[0].name}, {'the paper’s runs' if own[0].group == 'ours' else 'as the paper cites it'}"
        rows.append(Row(head, (Cell(PROTOCOLS["direct"]), *scores, *count, source(own)), "cited"))
    return rows


def _ranked(layout: Layout, part: str, names: Sequence[str], cells: Sequence[PaperCell]) -> list[Cell]:
    """A column of the paper's PSNR/SSIM, ranked by PSNR."""
    found = []
    for method in names:
        psnr, ssim = (cited(cell) for cell in cells if cell.method == method and part in (cell.category, cell.dataset))
        found.append(paired_cells(psnr, ssim))
    return marked(found)


def _printed_count(method: str, results: Path | None) -> Cell:
    return next(cited(c) for c in read_table(6, results) if (c.method, c.metric) == (method, "parameters"))


def _own_rows(
    layout: Layout, records: Sequence[Record], datasets: Sequence[str], tiers: Sequence[str], missing: str = "paper"
) -> list[Row]:
    """Every method by tier and protocol; "not run" where the tier `missing` has no record of it."""
    rows = []
    for tier in tiers:
        for method in layout.methods.values():
            chosen = [r for r in select(records, tier=tier, methods=(method,)) if r.identity.dataset in datasets]
            if chosen:
                rows += [
                    _own_row(layout, chosen, datasets, p)
                    for p in ("direct", "region", "kernel")
                    if has(chosen, ("psnr",), p)
                ]
            elif tier == missing:
                row = not_run(f"{method}, run here", tier, len(layout.headings))
                rows.append(_with_count(layout, row, method, tier))
    return rows


def _own_row(layout: Layout, chosen: Sequence[Record], datasets: Sequence[str], protocol: str) -> Row:
    cells = []
    for part in layout.parts:
        if part in BENCHMARKS:
            own = select(chosen, datasets[BENCHMARKS.index(part)])
        else:
            own = select(chosen, categories=(part,) if part in CATEGORIES else None)
        scores = [measured(mean(own, metric, protocol), DIGITS[metric], count=True) for metric in ("psnr", "ssim")]
        cells.append(paired_cells(*scores))
    key = chosen[0].identity
    count = (NOTHING,) if layout.number == 6 else ()
    row = Row(f"{key.method}, run here", (Cell(PROTOCOLS[protocol]), *cells, *count, run_here(chosen)))
    return _with_count(layout, row, key.method, key.tier)


def _with_count(layout: Layout, row: Row, method: str, tier: str) -> Row:
    """Table 6 has the number of parameters before the source, run or not."""
    if layout.number == 5:
        return row
    return Row(row.head, (*row.cells[:-2], counted(method, tier), row.cells[-1]), row.kind)


@cache
def counted(method: str, tier: str) -> Cell:
    """The parameters of both networks, in millions, for a kernel of COUNTED_KERNEL px."""
    config = configure(method, tier)
    from mcdeconv.core.networks import ImageNet, build_kernel_net, parameter_count

    networks = ImageNet(config.image_net, config.input_depth), build_kernel_net(config.kernel_net, COUNTED_KERNEL)
    millions = parameter_count(*networks) / 1e6
    return Cell(f"{millions:.2f}M", f"counted, kernel of {COUNTED_KERNEL} px", millions)


def _differences(layout: Layout, records: Sequence[Record], standin: bool = False) -> list[Grid]:
    """Ours minus each other method, paired, a table for each data set and tier with two methods."""
    grids = []
    for dataset in (FLAVOURS[name] if standin else name for name in layout.datasets):
        for tier in TIERS:
            chosen = select(records, dataset, tier, layout.methods.values())
            name = f"table-{layout.number}-{dataset}-{tier}"
            title = f"Beside Table {layout.number}: differences on {TITLES.get(dataset, dataset)}, tier {tier}"
            grids.append(comparison(chosen, ("psnr", "ssim"), name, title))
    return [grid for grid in grids if grid]
