"""Six claims of the paper: what it says, what our records say, the ledger's verdict, and one sentence each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mcdeconv.paper import claims
from mcdeconv.paper.answer import gains
from mcdeconv.paper.answer.gains import AnswerRecords
from mcdeconv.paper.answer.sayings import SAYINGS
from mcdeconv.paper.answer.whiskers import READ, Whisker, whiskers
from mcdeconv.paper.claims.claim import Claim
from mcdeconv.paper.claims.rule import Entry, judge
from mcdeconv.paper.claims.show import with_unit
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.paper.tables.paper import look_up
from mcdeconv.paper.words import Evidence
from mcdeconv.runs.statistics import FEWEST, estimate
from mcdeconv.runs.wording import count, listing

LEDGER = "results/claims"


@dataclass(frozen=True)
class Question:
    """One of the six."""

    name: str  # of its sentence and its lines
    claim: str
    rows: tuple[str, ...]  # the ledger's claims about it, and those of `OWN`
    pages: Mapping[str, str]  # what a link says → where the evidence is


QUESTIONS = (
    Question("kernels", "Sampling finds better kernels",
             ("own-levin-kernel", "own-lai-kernel", "own-kohler-kernel", "own-levin-similarity",
              "figure1-without-both"),
             {"Table 1": "#table-1", "Table 5": "#table-5"}),
    Question("output", "It improves the network's own output",
             ("ablation-both", "own-levin-output", "own-kohler-output"),
             {"Table 5": "#table-5", "at the paper's settings": "results/settings"}),
    Question("deconvolution", "That output beats a deconvolution with the same kernel", ("same-run",),
             {"at the paper's settings": "results/settings"}),
    Question("rivals", "The method beats all others", ("levin-second-psnr", "lai-ren"),
             {"Table 1": "#table-1", "the rivals": "rivals"}),
    Question("no-blur", "Sampling prevents “no blur”", ("figure1-blurred", "lai-ren-delta"),
             {"its runs": "#table-5", "Figure 1, of one image": "#figure-1",
              "what it adds to the loss": "obstacles.md#sampling-makes-no-blur-expensive"}),
    Question("parts", "Dropout and noise are both needed, in the image network only",
             ("ablation-add-noise", "ablation-add-dropout", "figure9-gain"),
             {"Table 5": "#table-5", "Figures 9, 10": "#figure-9", "Figure 8": "#figure-8"}),
)  # fmt: skip


# What the ledger has no row for: both numbers come from one run.
SAME_RUN = Claim(
    id="same-run",
    text="Its output less a deconvolution with its kernel, Levin's images",
    kind="gain",
    dataset="levin",
    category="",
    measure="psnr",
    protocol="direct",
    method="ours",
    other="",
    cell="1/levin/all/Ours//direct/psnr",
    minus="1/levin/all/Ours//kernel/psnr",
    stated="",
    trials="",
    place="this book",
    note="",
)


@dataclass(frozen=True)
class Answer:
    """A question with what became of its claims, and the lines that are drawn of it."""

    question: Question
    entries: Sequence[Entry]
    lines: Sequence[Whisker] = field(default=())

    @property
    def sentence(self) -> str:
        """Its meaning in words that follow from the numbers, and the numbers."""
        return SAYINGS[self.question.name](self.lines, self.entries)


def answers(stored: AnswerRecords) -> list[Answer]:
    """All six, from the records of a checkout."""
    library, results = stored.library, stored.results
    records = claims.stored(library)
    judged = {entry.claim.id: entry for entry in claims.entries(records, library.trajectory, results)}
    evidence, claimed = _of_same_run(stored), SAME_RUN.claimed(results)
    judged[SAME_RUN.id] = Entry(SAME_RUN, claimed, evidence, judge(SAME_RUN, evidence, claimed))
    lines = {
        "kernels": gains.in_kernels(stored),
        "output": gains.in_own_output(stored),
        "deconvolution": gains.output_over_kernel(stored),
        "rivals": gains.over_rivals(stored),
        "parts": gains.of_parts(stored),
    }
    return [Answer(q, [judged[row] for row in q.rows], lines.get(q.name, ())) for q in QUESTIONS]


def _of_same_run(stored: AnswerRecords) -> Evidence | None:
    """Claim 3: both from one run at the paper's settings, with the deconvolution of Levin's protocol."""
    runs = gains.over_deconvolution(stored.full_size, "ours", "sparse")
    of = len(gains.LEVIN_IMAGES)
    return Evidence(estimate(runs), "levin", "paper", of, len(runs) == of, 2 * len(runs) >= of) if runs else None


def answer_plot(found: Sequence[Answer]) -> Drawing:
    """One plot of all differences in PSNR."""
    heads = {f"({n}) {answer.question.claim}": answer.lines for n, answer in enumerate(found, 1)}
    unlike = listing([str(n) for n, answer in enumerate(found, 1) if not answer.lines])
    note = f" Claim {unlike} is about shares of runs, not dB: the table has it." if unlike else ""
    return whiskers(heads, "difference in PSNR (dB)", READ + note)


def sentences(found: Sequence[Answer]) -> str:
    """Markdown: six numbered sentences."""
    return "\n".join(f"{n}. {answer.sentence}" for n, answer in enumerate(found, 1))


def answer_table(found: Sequence[Answer]) -> str:
    """Markdown: paper, here, verdict; a row a claim of the ledger, the pages with the evidence below the question."""
    lines = ["| The paper says | In print | Here | Verdict |", "|---|---|---|---|"]
    for n, answer in enumerate(found, 1):
        pages = " · ".join(f"[{words}]({page})" for words, page in answer.question.pages.items())
        lines.append(f"| **{n}. {answer.question.claim}** | | {pages} | |")
        for entry in answer.entries:
            place = "results/settings.html" if entry.claim is SAME_RUN else f"{LEDGER}.html#{entry.claim.anchor}"
            verdict = f'<a href="{place}">{entry.verdict.name}</a><br><small>{entry.verdict.reason}</small>'
            ours = " (our question)" if entry.claim is not SAME_RUN and entry.claim.group == "own" else ""
            text = entry.claim.text + ours
            lines.append(f"| {text} | {_claimed(entry)} | {_here(entry)} | {verdict} |")
    return "\n".join(lines)


def _claimed(entry: Entry) -> str:
    if entry.claimed is None:
        return "above 0"
    return with_unit(entry.claim.measure, entry.claimed, signed=entry.claim.kind != "value")


def _here(entry: Entry) -> str:
    """The mean, its interval and what it rests on; of few images no interval."""
    if entry.evidence is None:
        return "not run"
    found, signed = entry.evidence.estimate, entry.claim.kind != "value"
    mean = with_unit(entry.claim.measure, found.mean, signed)
    low, high = (with_unit(entry.claim.measure, end, signed).split()[0] for end in (found.low, found.high))
    interval = f" ({low} to {high})" if found.has_interval and low != high else ""
    of = "mean of " if 1 < found.images < FEWEST else ""
    basis = f"{of}{count(found.images, 'image')}, {entry.evidence.data}, {entry.evidence.tier}"
    if entry.claim.minus and not entry.claim.other and entry.claim is not SAME_RUN:
        basis += f"; ours less the printed {look_up(entry.claim.minus).printed}"
    return f"**{mean}**{interval}<br><small>{basis}</small>"
