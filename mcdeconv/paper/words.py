"""What a difference shows, by one rule: the ledger's verdicts and the sentences above tables and figures follow it."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Literal, Protocol, TypeVar

from mcdeconv.runs.statistics import Estimate
from mcdeconv.runs.wording import count, number, signed

Direction = Literal["better", "worse", "no clear difference"]
UNCLEAR: Direction = "no clear difference"
SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
SIMILARITY = (
    "Kernel similarity compares the shape of the kernel with that of the true one, wherever the two lie. PSNR compares "
    "what a deconvolution makes of the kernel: a faint tail or a second stroke makes rings there and hardly lowers the "
    "similarity, and a kernel that is a little too soft lowers the similarity and hardly the PSNR."
)


def direction(found: Estimate, digits: int | None = None) -> Direction:
    """Whether a difference is above zero, below it, or neither.

    With an interval, that has to lie on one side of zero. Of fewer images (or runs), all have to. `digits`: what rounds
    to zero is no difference.
    """
    low, high = (found.low, found.high) if found.has_interval else (found.least, found.most)
    if digits is not None and round(found.mean, digits) == 0:
        return UNCLEAR
    return "better" if low > 0 else "worse" if high < 0 else UNCLEAR


def by_how_much(found: Estimate, unit: str = " dB", digits: int = 2) -> str:
    """As "better by 0.78 dB", "worse by 0.45 dB" or "not clearly different (+0.10 dB)"."""
    way = direction(found, digits)
    if way == UNCLEAR:
        return f"not clearly different ({signed(found.mean, digits)}{unit})"
    return f"{way} by {number(abs(found.mean), digits)}{unit}"


def in_letters(n: int, singular: str) -> str:
    """ "one image", "eight images", "16 images"."""
    return f"{spelled(n)} {count(n, singular).split(maxsplit=1)[1]}"


def spelled(n: int) -> str:
    """ "two", "16"."""
    return SMALL[n] if n < len(SMALL) else str(n)


def tally(n: int) -> str:
    """ "none", "two", "16"."""
    return spelled(n) if n else "none"


def sentence(text: str) -> str:
    """The same with a capital letter and a full stop."""
    return f"{text[0].upper()}{text[1:].removesuffix('.')}." if text else ""


def above_and_below(says: str, doubts: str, shown: str) -> str:
    """HTML of a table or figure, with what it shows above it and what to doubt below it."""
    above = f'<p class="result-says">{escape(says)}</p>' if says else ""
    below = f'<p class="result-doubts">{escape(doubts)}</p>' if doubts else ""
    return f"{above}{shown}{below}"


@dataclass(frozen=True)
class Evidence:
    """An estimate of what a claim is about, and whether it was made as the paper made it."""

    estimate: Estimate
    data: str  # e.g. "levin", "synthetic-levin"
    tier: str
    of: int  # images that the data set (or its category) has
    full: bool  # at the paper's tier, on every image of the benchmark (for a figure: with as many runs)
    enough: bool  # can be held against a mean over the benchmark: at least half of its images


class Placed(Protocol):
    """What was found on a data set."""

    @property
    def data(self) -> str: ...

    @property
    def enough(self) -> bool: ...


One = TypeVar("One", bound=Placed)


def strongest(found: Iterable[One]) -> One | None:
    """Of what was found in the order in which it counts, the first on half of the images, or else the first at all.

    Two images at the paper's size do not stand in the place of all of them at a laptop's. An embedded data set counts
    only where there is nothing on the benchmark.
    """
    best: One | None = None
    for one in found:
        if best and best.data != one.data:
            return best
        if one.enough:
            return one
        best = best or one
    return best
