"""The pages of the book that show results: which notebook makes each, what it shows, and from which runs.

Only data: the workflow and the command line read it, and nothing here knows a notebook's content.
"""

from dataclasses import dataclass

from mcdeconv.paper.sections import Heading, Kind


@dataclass(frozen=True)
class Numbered:
    """A table or figure of the paper, and the experiments of `plans.EXPERIMENTS` whose runs it shows."""

    heading: Heading
    experiments: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """What makes it again."""
        return f"make {self.heading.kind} N={self.heading.number}"


def table(number: int, *experiments: str) -> Numbered:
    return Numbered(Heading("table", number), experiments)


def figure(number: int, *experiments: str) -> Numbered:
    return Numbered(Heading("figure", number), experiments)


@dataclass(frozen=True)
class ResultPage:
    """One page."""

    name: str  # the stem of its files in the book and in out/pages/
    title: str
    notebook: str  # in notebooks/
    shows: tuple[Numbered, ...] = ()
    others: tuple[str, ...] = ()  # experiments that it shows apart from those
    dataset: str | None = None  # its notebook's parameter
    needs_runs: bool = False  # without a record there is nothing to show
    reads: tuple[str, ...] = ()  # further files, as patterns below the project's folder
    study: str = ""  # the one whose runs or sheet it shows
    teaches: bool = False  # a chapter of the course: its code is there to be read

    @property
    def path(self) -> str:
        """In the book, without its ending."""
        return f"{'learn' if self.teaches else 'results'}/{self.name}"

    @property
    def experiments(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.others, *(name for one in self.shows for name in one.experiments))))

    @property
    def command(self) -> str:
        """What makes what it lacks."""
        if self.study:
            return f"make study NAME={self.study}"
        if self.teaches:
            return "make book"
        return self.shows[0].command if self.shows else "make reproduce"


MEASURED = ("levin", "lai", "kohler", "ablation", "architectures")
CLAIMED = (*MEASURED, "regularisation", "schedules", "randomisation")
PROTOCOLS = "results/studies/protocols/rows.csv"
SECONDS = "results/studies/seconds/rows.csv"


def study_page(name: str, title: str) -> ResultPage:
    reads = (f"results/studies/{name}/**/*.json",)
    return ResultPage(f"study-{name}", title, "study.ipynb", dataset=name, reads=reads, study=name)


def chapter(name: str, title: str, *reads: str) -> ResultPage:
    return ResultPage(name, title, f"learn/{name}.ipynb", teaches=True, reads=reads)


PAGES: dict[str, ResultPage] = {
    page.name: page
    for page in (
        ResultPage(
            "levin",
            "Levin et al.'s images",
            "benchmark.ipynb",
            (table(1, "levin"), figure(4, "levin")),
            dataset="levin",
            reads=(PROTOCOLS,),
        ),
        ResultPage(
            "lai",
            "Lai et al.'s images",
            "benchmark.ipynb",
            (table(2, "lai"), table(3, "lai"), figure(5, "lai")),
            dataset="lai",
        ),
        ResultPage(
            "kohler",
            "Köhler et al.'s images",
            "benchmark.ipynb",
            (table(4, "kohler"), figure(6, "kohler")),
            dataset="kohler",
        ),
        ResultPage(
            "photographs", "Real photographs", "photographs.ipynb", (figure(7, "lai_real"),), dataset="lai_real"
        ),
        ResultPage(
            "sampling",
            "What sampling does",
            "sampling.ipynb",
            (table(5, "ablation"), figure(1, "regularisation"), figure(3, "regularisation"), figure(8, "schedules")),
        ),
        ResultPage(
            "networks",
            "Which network to randomise",
            "networks.ipynb",
            (figure(9, "randomisation"), figure(10, "randomisation")),
            needs_runs=True,
        ),
        ResultPage("architecture", "Another architecture", "architecture.ipynb", (table(6, "architectures"),)),
        ResultPage(
            "time",
            "Running time",
            "time.ipynb",
            (table(7, *MEASURED),),
            reads=("results/studies/benchmark/rows.csv", SECONDS, "results/studies/equality/runs.csv"),
        ),
        ResultPage("diagram", "The method as a diagram", "diagram.ipynb", (figure(2),)),
        ResultPage("claims", "What the paper claims, and what we found", "claims.ipynb", others=CLAIMED),
        study_page("levin", "Controlled experiments on Levin's images"),
        study_page("lai", "A pilot on Lai's images"),
        study_page("ssim", "The switch to SSIM"),
        study_page("brightness", "How bright the photograph is"),
        ResultPage(
            "settings",
            "At the paper's settings",
            "settings.ipynb",
            reads=(
                "results/studies/settings/**/*.json",
                "results/records/levin/*__paper__*",
                "results/studies/outputs/rows.csv",
            ),
            study="settings",
        ),
        ResultPage(
            "explorer",
            "Explorer: dropout and noise by hand",
            "explorer.ipynb",
            others=("explorer",),
            reads=("results/explorer/*",),
        ),
        ResultPage(
            "ranking",
            "Table 1 read rightly",
            "ranking.ipynb",
            others=("levin", "lai"),
            reads=(PROTOCOLS, "results/paper/*.csv", "results/records/levin/*.json", "results/records/lai/*.json"),
            study="protocols",
        ),
        ResultPage(
            "iterations",
            "Scrubber: a run, iteration by iteration",
            "iterations.ipynb",
            others=("regularisation",),
            needs_runs=True,
        ),
        chapter("blur", "1. What blur does"),
        chapter("no-blur", "2. Why no blur is a solution"),
        chapter("pair", "3. Priors, and the best pair"),
        chapter("kernel-alone", "4. The best kernel alone"),
        chapter("bound", "5. A bound that can be sampled"),
        chapter("network", "6. A network as prior", "results/sampler/*.json"),
        chapter("certainty", "7. How sure is the picture?"),
        chapter("tables", "8. How to read a table of results"),
    )
}


def numbered(kind: Kind, number: int) -> Numbered:
    """A table or figure of the paper.

    Raises
    ------
    InputError
        If the paper has none of that number.

    Examples
    --------
    >>> numbered("figure", 8).experiments
    ('schedules',)
    """
    wanted = Heading(kind, number)
    return next(one for page in PAGES.values() for one in page.shows if one.heading == wanted)


def page_of(one: Numbered) -> ResultPage:
    """The page that shows it.

    Examples
    --------
    >>> page_of(numbered("table", 3)).name
    'lai'
    """
    return next(page for page in PAGES.values() if one in page.shows)
