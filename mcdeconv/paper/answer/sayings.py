"""One sentence for each of the six claims: which words it takes follows from where the numbers lie."""

from collections.abc import Callable, Mapping, Sequence

from mcdeconv.paper.answer.whiskers import Whisker
from mcdeconv.paper.claims.rule import Entry
from mcdeconv.runs.wording import count, signed

NOTHING = "Nothing of this has been run here."
WHERE = {"above": "ahead of", "below": "behind", "open": "level with"}
BETTER = {"above": "improves", "below": "worsens", "open": "does not clearly change"}


def kernels(lines: Sequence[Whisker], _: Sequence[Entry]) -> str:
    levin, *others, papers, _ren = lines
    if not levin.runs:
        return NOTHING
    verb = {"above": "finds", "below": "does not find", "open": "does not clearly find"}[levin.state]
    said = [
        f"Sampling {verb} kernels that restore more on {levin.estimate.images} of Levin's images: {mean(levin)} dB."
    ]
    for whose, line in zip(("Lai's", "Köhler's"), others, strict=True):
        if line.runs:
            too = " too" if levin.state == line.state == "above" else ""
            dark = ", [which are dark](results/study-brightness)," if whose == "Köhler's" else ""
            said.append(f"On {whose}{dark} it {BETTER[line.state]} what they restore{too}: {mean(line)} dB.")
    if papers.runs:
        of = f"{_images(papers)} of Levin"
        said.append(f"At the paper's own settings it {BETTER[papers.state]} that on {of}: {mean(papers)} dB.")
    return " ".join(said)


def output(lines: Sequence[Whisker], _: Sequence[Entry]) -> str:
    levin, lai, kohler, papers = lines
    if not (levin.runs and lai.runs):
        return NOTHING
    said = (
        f"Sampling {BETTER[lai.state]} the network's own output on Lai's images ({mean(lai)} dB), and "
        f"{BETTER[levin.state]} it on a region of Levin's ({mean(levin)} dB)."
    )
    if kohler.runs:
        said += f" On a region of Köhler's it {BETTER[kohler.state]} it ({mean(kohler)} dB)."
    if papers.runs:
        said += f" At the paper's own settings it improves it on {_share(papers)} of Levin ({mean(papers)} dB)."
    return said


def deconvolution(lines: Sequence[Whisker], _: Sequence[Entry]) -> str:
    sparse, hyper, *_true = lines
    if not sparse.runs:
        return NOTHING
    return (
        f"At the paper's own settings the output is {WHERE[sparse.state]} the sparse prior with its own kernel "
        f"({mean(sparse)} dB), and {WHERE[hyper.state]} the hyper-Laplacian ({mean(hyper)} dB), on {_images(sparse)}."
    )


def rivals(lines: Sequence[Whisker], _: Sequence[Entry]) -> str:
    if not lines:
        return NOTHING
    best = lines[0]
    name = best.label.removeprefix("ours − ")
    said = (
        f"At a laptop's size the method is {WHERE[best.state]} the best classical method that runs here, `{name}`: "
        f"{mean(best)} dB on {best.estimate.images} images of Levin."
    )
    for line in lines[1:]:
        if line.where != best.where:
            said += (
                f" On {line.where.split(',')[0]}'s it is {WHERE[line.state]} `{line.label.removeprefix('ours − ')}`: "
                f"{mean(line)} dB on {line.estimate.images}."
            )
    return said


def no_blur(_: Sequence[Whisker], entries: Sequence[Entry]) -> str:
    evidence = entries[0].evidence
    if evidence is None:
        return NOTHING
    found = evidence.estimate
    without = round(found.mean * found.runs)
    if without == 0:
        return (
            f"None of {found.runs} runs without sampling ended in “no blur”, so these runs cannot show that sampling "
            "prevents it. It does make “no blur” expensive: [the spread]"
            "(obstacles.md#sampling-makes-no-blur-expensive) between samples counts in the loss."
        )
    return f"Without sampling {without} of {found.runs} runs ended in “no blur”."


def parts(lines: Sequence[Whisker], _: Sequence[Entry]) -> str:
    dropout, noise = lines[2:4]
    if not (dropout.runs and noise.runs):
        return NOTHING
    than = {"above": "better than", "below": "worse than", "open": "not clearly better than"}
    return (
        f"On Lai's images both together are {than[dropout.state]} dropout alone ({mean(dropout)} dB), and "
        f"{than[noise.state]} noise alone ({mean(noise)} dB)."
    )


SAYINGS: Mapping[str, Callable[[Sequence[Whisker], Sequence[Entry]], str]] = {
    "kernels": kernels,
    "output": output,
    "deconvolution": deconvolution,
    "rivals": rivals,
    "no-blur": no_blur,
    "parts": parts,
}


def mean(line: Whisker) -> str:
    """Intervals stand in the plot; a sentence has the mean."""
    return signed(line.estimate.mean)


def _images(line: Whisker) -> str:
    return count(line.estimate.images, "image")


def _share(line: Whisker) -> str:
    """On how many images the difference is above zero, e.g. "1 of 2 images"."""
    singles = line.singles
    return f"{int((singles > 0).sum())} of {len(singles)} images"
