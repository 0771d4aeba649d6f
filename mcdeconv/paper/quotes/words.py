"""Numbers as the prose has them: with a real minus sign, and with what they are uncertain by."""

import math
from collections.abc import Sequence

from mcdeconv.runs.statistics import Estimate
from mcdeconv.runs.wording import MINUS, listing

NO_RUN = "not run"


def mean_in_words(found: Estimate, sign: str = "") -> str:
    return in_words(found.mean, found.low, found.high, f"{sign}.2f") if found.runs else NO_RUN


def in_words(mean: float, low: float, high: float, form: str) -> str:
    """As "31.08 (30.18 to 31.91)" or "+1.86 (−0.10 to +3.90)"; no interval for one image."""
    interval = "" if math.isnan(low) else f" ({low:{form}} to {high:{form}})"
    return f"{mean:{form}}{interval}".replace("-", MINUS)


def percent(value: float) -> str:
    return f"{value:.0%}"


def two_digits(value: float) -> str:
    """To two significant digits, without an exponent: "0.19", "130"."""
    return f"{float(f'{value:.2g}'):g}"


def listed(images: Sequence[str]) -> str:
    """As "`im05_flit06` and `im06_flit06`"; "none" if there is none."""
    return listing([f"`{image}`" for image in images]) or "none"
