"""The pages of the book that show results: which notebook makes each, from which experiments, with which parameters.

Only data: the workflow and the command line read it, and nothing here knows a notebook's content.
"""

from dataclasses import dataclass

from mcdeconv.errors import InputError


@dataclass(frozen=True)
class Page:
    """One page; its name is the stem of its files in the book and in out/pages/."""

    name: str
    notebook: str  # in notebooks/
    experiments: tuple[str, ...] = ()  # of `plans.EXPERIMENTS`: whose runs it shows
    dataset: str | None = None  # its notebook's parameter
    tables: tuple[int, ...] = ()  # of the paper
    figures: tuple[int, ...] = ()
    reads: tuple[str, ...] = ()  # further files, as patterns below the project's folder
    needs_runs: bool = False  # without a record there is nothing to show


BENCHMARKS = ("levin", "lai", "kohler")
MEASURED = (*BENCHMARKS, "ablation", "architectures")

PAGES: dict[str, Page] = {
    page.name: page
    for page in (
        Page("claims", "claims.ipynb", (*MEASURED, "regularisation", "schedules", "randomisation")),
        Page(
            "table-1",
            "benchmark.ipynb",
            ("levin",),
            "levin",
            tables=(1,),
            reads=("results/studies/protocols/rows.csv",),
        ),
        Page("tables-2-3", "benchmark.ipynb", ("lai",), "lai", tables=(2, 3)),
        Page("table-4", "benchmark.ipynb", ("kohler",), "kohler", tables=(4,)),
        Page("table-5", "ablation.ipynb", ("ablation",), tables=(5,)),
        Page("table-6", "architectures.ipynb", ("architectures",), tables=(6,)),
        Page(
            "table-7",
            "running_time.ipynb",
            MEASURED,
            tables=(7,),
            reads=("results/studies/benchmark/rows.csv", "results/studies/equality/runs.csv"),
        ),
        Page("figure-1", "regularisation.ipynb", ("regularisation",), figures=(1,), needs_runs=True),
        Page("figure-2", "diagram.ipynb", figures=(2,)),
        Page("figure-3", "sampling.ipynb", ("regularisation",), figures=(3,), needs_runs=True),
        Page("figure-4", "comparison.ipynb", ("levin",), "levin", figures=(4,), needs_runs=True),
        Page("figure-5", "comparison.ipynb", ("lai",), "lai", figures=(5,), needs_runs=True),
        Page("figure-6", "comparison.ipynb", ("kohler",), "kohler", figures=(6,), needs_runs=True),
        Page("figure-7", "comparison.ipynb", ("lai_real",), "lai_real", figures=(7,)),
        Page("figure-8", "schedules.ipynb", ("schedules",), figures=(8,), needs_runs=True),
        Page("figures-9-10", "randomisation.ipynb", ("randomisation",), figures=(9, 10), needs_runs=True),
        Page("study-levin", "study.ipynb", dataset="levin", reads=("results/studies/levin/records/*/*.json",)),
        Page("study-lai", "study.ipynb", dataset="lai", reads=("results/studies/lai/records/*/*.json",)),
        Page("explorer", "explorer.ipynb", ("explorer",), reads=("results/explorer/*",)),
        Page("iterations", "iterations.ipynb", ("regularisation",), needs_runs=True),
    )
}


def page_of_table(number: int) -> Page:
    """The page with a table of the paper.

    Raises
    ------
    InputError
        If the paper has none of that number.

    Examples
    --------
    >>> page_of_table(3).name
    'tables-2-3'
    """
    return _numbered("table", {n: page for page in PAGES.values() for n in page.tables}, number)


def page_of_figure(number: int) -> Page:
    """The page with a figure of the paper; errors as `page_of_table`."""
    return _numbered("figure", {n: page for page in PAGES.values() for n in page.figures}, number)


def _numbered(kind: str, pages: dict[int, Page], number: int) -> Page:
    if number not in pages:
        raise InputError(f"the paper has no {kind} {number}; choose one of {', '.join(map(str, sorted(pages)))}")
    return pages[number]
