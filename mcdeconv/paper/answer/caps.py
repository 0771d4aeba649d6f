"""What caps the image network's own output: other ways to read it out, and the same run on a picture without noise."""

from pathlib import Path

from mcdeconv.paper.answer.whiskers import READ, Whisker, whiskers
from mcdeconv.paper.figures.display import Drawing
from mcdeconv.runs.statistics import Pairs, Runs
from mcdeconv.studies import STUDIES
from mcdeconv.studies.levin import TRUE_KERNEL
from mcdeconv.studies.outputs import BEST_MOMENT, BY_CODE, EXPONENTIAL, LAST, SAMPLES, TAIL, WEIGHTS
from mcdeconv.studies.rows import by, runs_of

OTHERS = {
    EXPONENTIAL: "exponential average of outputs",
    TAIL: "mean of the last fifth's outputs",
    WEIGHTS: "weights averaged over the last fifth",
    SAMPLES: "mean of 50 samples",
    BEST_MOMENT: "the best of 40 moments, by the truth",
}
DETERMINISTIC, KNOWN = "without-both", f"ours, {TRUE_KERNEL}"
BLURRED = f"{KNOWN}, {BY_CODE}"
PLACES = {  # heading → tier, variant
    "Ours, less its last output": ("laptop", "ours"),
    "Without dropout and noise": ("laptop", DETERMINISTIC),
    "Ours at the paper's settings": ("paper", "ours"),
    "Without dropout and noise, at the paper's settings": ("paper", DETERMINISTIC),
    "Ours with the true kernel, at the paper's settings": ("paper", KNOWN),
    "The same, blurred by code and without noise": ("paper", BLURRED),
}
KERNEL = "The true kernel less the one that is found, last output"
NOISE = "Blurred by code and without noise, less the photograph"


def caps(results: Path) -> Drawing:
    """Every way to read out a run less its last output, and what kernel and photograph cost; study `outputs`.

    Raises
    ------
    InputError
        If nothing of it has been run.
    """
    found = by(STUDIES["outputs"].sheet(results).read(), "tier", "variant", "final")

    def runs(tier: str, variant: str, final: str) -> Runs:
        return runs_of(found.get((tier, variant, final), ()), "psnr")

    groups = {
        heading: [
            Whisker(words, Pairs.of(runs(*place, final), runs(*place, LAST)).differences, _where(place[0]))
            for final, words in OTHERS.items()
            if (place[1], final) != (DETERMINISTIC, SAMPLES)  # which are all the same
        ]
        for heading, place in PLACES.items()
    }
    for heading, better, than in ((KERNEL, KNOWN, "ours"), (NOISE, BLURRED, KNOWN)):
        gained = Pairs.of(runs("paper", better, LAST), runs("paper", than, LAST)).differences
        groups[heading] = [Whisker("ours, at the paper's settings", gained, _where("paper"))]
    return whiskers(groups, "difference in PSNR of the network's own output (dB)", READ)


def _where(tier: str) -> str:
    return f"Levin, {tier}"
