"""What pictures and curves of single images show, in a sentence made of their numbers."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from mcdeconv.paper.claims.evidence import is_delta
from mcdeconv.paper.figures.runs import Run, by_method
from mcdeconv.paper.figures.style import label
from mcdeconv.paper.words import by_how_much, in_letters, sentence, spelled
from mcdeconv.runs.statistics import Pairs, estimate
from mcdeconv.runs.wording import listing, number

NAMES: Mapping[str, str] = MappingProxyType({})


def against_the_input(psnrs: Mapping[str, float], blurred: float) -> str:
    """Which results are better and which are worse than the blurred image itself, and which is the best."""
    known = {name: value for name, value in psnrs.items() if np.isfinite(value)}
    if not known or not np.isfinite(blurred):
        return "There is no truth here: which result is better is for you to see."
    best = max(known, key=lambda name: known[name])
    above = [name for name, value in known.items() if round(value - blurred, 2) > 0]
    every = "the result is" if len(known) == 1 else f"all {spelled(len(known))} results are"
    off = f"{number(abs(known[best] - blurred))} dB"
    if not above:
        return sentence(f"{every} worse than the blurred image: the best, {best}, by {off}")
    if len(above) == len(known):
        return sentence(f"{every} better than the blurred image: the best, {best}, by {off}")
    rest = listing([name for name in known if name not in above])
    are = "is" if len(known) - len(above) == 1 else "are"
    least = min(blurred - value for name, value in known.items() if name not in above)
    worse = f"worse, by {number(least)} dB or more" if round(least, 2) > 0 else "no better"
    return sentence(f"the best, {best}, is better than the blurred image by {off}; {rest} {are} {worse}")


def leader_in_words(ends: Mapping[str, Sequence[float]], what: str, names: Mapping[str, str] = NAMES) -> str:
    """Which method ends highest, and how far ours is ahead of the best of the others, or behind it.

    `ends`: method → a PSNR a trial, the trials of all methods in one order of seeds.
    """
    means = {method: float(np.mean(values)) for method, values in ends.items()}
    others = {method: mean for method, mean in means.items() if method != "ours" and np.isfinite(mean)}
    if not others or not np.isfinite(means.get("ours", np.nan)):
        return ""
    rival = max(others, key=lambda method: others[method])
    runs = ({("", seed): value for seed, value in enumerate(ends[method])} for method in ("ours", rival))
    gain = estimate(Pairs.of(*runs).differences, over_runs=True)
    ours, other = (names.get(method, label(method)) for method in ("ours", rival))
    told = f"ours ({ours.removesuffix(' (ours)')})" if ours != "ours" else "ours"
    return sentence(f"the {what} of {told} is {by_how_much(gain)} beside that of the best of the others, {other}")


def points_in_words(runs: Sequence[Run]) -> str:
    """Whose kernel is a single point, the no-blur pair."""
    points = [
        label(method) for method, trials in by_method(runs).items() if all(is_delta(run.record) for run in trials)
    ]
    if not points:
        return "no kernel is a single point"
    return f"the kernel of {listing(points)} is a single point"


def doubts_of_runs(runs: Sequence[Run], more: str = "") -> str:
    """How few runs of one image a figure rests on."""
    seeds = max(len(trials) for trials in by_method(runs).values())
    reasons = ["one image", in_letters(seeds, "seed"), f"tier {runs[0].record.identity.tier}", more]
    return f"What to doubt: {'; '.join(reason for reason in reasons if reason)}."
