"""The pages of the book that show results: which notebook makes each, from which experiments, with which parameters.

Only data: the workflow and the command line read it, and nothing here knows a notebook's content.
"""

from dataclasses import dataclass

from mcdeconv.errors import InputError


@dataclass(frozen=True)
class ResultPage:
    """One page."""

    notebook: str  # in notebooks/
    subject: str  # its title, without the number in the paper
    experiments: tuple[str, ...] = ()  # of `plans.EXPERIMENTS`: whose runs it shows
    dataset: str | None = None  # its notebook's parameter
    tables: tuple[int, ...] = ()  # of the paper
    figures: tuple[int, ...] = ()
    needs_runs: bool = False  # without a record there is nothing to show
    reads: tuple[str, ...] = ()  # further files, as patterns below the project's folder
    measures: str = ""  # the study whose sheet it shows

    @property
    def number(self) -> str:
        """As "Figures 9 and 10"; empty if it shows none of the paper."""
        kind, numbers = ("Table", self.tables) if self.tables else ("Figure", self.figures)
        return f"{kind}{'s' if len(numbers) > 1 else ''} {' and '.join(map(str, numbers))}" if numbers else ""

    @property
    def name(self) -> str:
        """The stem of its files in the book and in out/pages/, as "figures-9-10"."""
        stem = self.notebook.removesuffix(".ipynb") + (f"-{self.dataset}" if self.dataset else "")
        return self.number.lower().replace(" and ", "-").replace(" ", "-") or stem

    @property
    def title(self) -> str:
        return f"{self.number}: {self.subject}" if self.number else self.subject

    @property
    def command(self) -> str:
        """What makes it again."""
        if self.notebook == "study.ipynb":
            return f"make study NAME={self.dataset}"
        if self.measures:
            return f"make study NAME={self.measures}"
        if self.tables:
            return f"make table N={self.tables[0]}"
        return f"make figure N={self.figures[0]}" if self.figures else "make reproduce"


MEASURED = ("levin", "lai", "kohler", "ablation", "architectures")
CLAIMED = (*MEASURED, "regularisation", "schedules", "randomisation")


def study(name: str, title: str) -> ResultPage:
    return ResultPage("study.ipynb", title, dataset=name, reads=(f"results/studies/{name}/**/*.json",))


PAGES: dict[str, ResultPage] = {
    page.name: page
    for page in (
        ResultPage("claims.ipynb", "What the paper claims, and what we found", CLAIMED),
        ResultPage(
            "benchmark.ipynb",
            "the images of Levin et al.",
            ("levin",),
            "levin",
            tables=(1,),
            reads=("results/studies/protocols/rows.csv",),
        ),
        ResultPage("benchmark.ipynb", "the images of Lai et al.", ("lai",), "lai", tables=(2, 3)),
        ResultPage("benchmark.ipynb", "the images of Köhler et al.", ("kohler",), "kohler", tables=(4,)),
        ResultPage("ablation.ipynb", "what dropout and noise contribute", ("ablation",), tables=(5,)),
        ResultPage("architectures.ipynb", "another architecture", ("architectures",), tables=(6,)),
        ResultPage(
            "running_time.ipynb",
            "running time",
            MEASURED,
            tables=(7,),
            reads=(
                "results/studies/benchmark/rows.csv",
                "results/studies/seconds/rows.csv",
                "results/studies/equality/runs.csv",
            ),
        ),
        ResultPage(
            "seconds.ipynb", "dB against seconds", reads=("results/studies/seconds/rows.csv",), measures="seconds"
        ),
        ResultPage(
            "regularisation.ipynb",
            "the same networks, trained differently",
            ("regularisation",),
            figures=(1,),
            needs_runs=True,
        ),
        ResultPage("diagram.ipynb", "the method as a diagram", figures=(2,)),
        ResultPage(
            "sampling.ipynb", "samples of the image network", ("regularisation",), figures=(3,), needs_runs=True
        ),
        ResultPage("comparison.ipynb", "images of Levin et al.", ("levin",), "levin", figures=(4,), needs_runs=True),
        ResultPage("comparison.ipynb", "images of Lai et al.", ("lai",), "lai", figures=(5,), needs_runs=True),
        ResultPage("comparison.ipynb", "images of Köhler et al.", ("kohler",), "kohler", figures=(6,), needs_runs=True),
        ResultPage("comparison.ipynb", "real photographs", ("lai_real",), "lai_real", figures=(7,)),
        ResultPage("schedules.ipynb", "schedules of dropout and noise", ("schedules",), figures=(8,), needs_runs=True),
        ResultPage(
            "randomisation.ipynb", "which network to randomise", ("randomisation",), figures=(9, 10), needs_runs=True
        ),
        study("levin", "Controlled experiments on Levin's images"),
        study("lai", "A pilot on Lai's images"),
        study("ssim", "The switch to SSIM"),
        ResultPage(
            "settings.ipynb",
            "At the paper's settings",
            reads=("results/studies/settings/**/*.json", "results/records/levin/*__paper__*"),
            measures="settings",
        ),
        ResultPage(
            "explorer.ipynb", "Explorer: dropout and noise by hand", ("explorer",), reads=("results/explorer/*",)
        ),
        ResultPage(
            "ranking.ipynb",
            "Table 1 read rightly",
            ("levin", "lai"),
            reads=(
                *("results/studies/protocols/rows.csv", "results/paper/*.csv"),
                *("results/records/levin/*.json", "results/records/lai/*.json"),
            ),
        ),
        ResultPage("iterations.ipynb", "Scrubber: a run, iteration by iteration", ("regularisation",), needs_runs=True),
    )
}


def page_of_table(number: int) -> ResultPage:
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


def page_of_figure(number: int) -> ResultPage:
    """The page with a figure of the paper; errors as `page_of_table`."""
    return _numbered("figure", {n: page for page in PAGES.values() for n in page.figures}, number)


def _numbered(kind: str, pages: dict[int, ResultPage], number: int) -> ResultPage:
    if number not in pages:
        raise InputError(f"the paper has no {kind} {number}; choose one of {', '.join(map(str, sorted(pages)))}")
    return pages[number]
