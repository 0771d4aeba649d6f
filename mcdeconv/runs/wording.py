"""Numbers, lists and the order of methods, as tables, figures, claims and chapters write them."""

import math
from collections.abc import Iterable, Sequence

from mcdeconv.runs.statistics import Estimate

MINUS = "−"
NO_RUN = "not run"
METHOD_ORDER = (
    *("cho-lee", "xu-jia", "l0", "dark-channel", "extreme-channels", "jin", "ours+", "maxim"),
    *("without-both", "dropout-only", "noise-only", "early-stopping", "tv", "ren", "ren+mc"),
    *("selfdeblur", "selfdeblur-lai", "selfdeblur-colour", "selfdeblur-tv"),
    *("S1", "S2", "S3", "S4", "S5", "S6", "random-both-nets", "random-kernel-net"),
)


def number(value: float, digits: int = 2) -> str:
    """A number with a real minus sign; "unknown" where it is not finite."""
    return f"{value:.{digits}f}".replace("-", MINUS) if math.isfinite(value) else "unknown"


def decibel(value: float) -> str:
    """A PSNR, to a hundredth."""
    return f"{number(value)} dB" if math.isfinite(value) else "no truth to compare with"


def signed(value: float, digits: int = 2) -> str:
    """A difference with its sign.

    Examples
    --------
    >>> signed(-0.25), signed(1, 1)
    ('−0.25', '+1.0')
    """
    return ("+" if value > 0 else "") + number(value, digits)


def scientific(value: float) -> str:
    """A loss, e.g. "2.1e−04"."""
    return f"{value:.1e}".replace("-", MINUS) if math.isfinite(value) else "unknown"


def listing(parts: Sequence[str], separator: str = ", ") -> str:
    """ "a, b and c"; with "; " between longer parts."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{separator.join(parts[:-1])}{';' if separator == '; ' else ''} and {parts[-1]}"


def listed(images: Sequence[str]) -> str:
    """As "`im05_flit06` and `im06_flit06`"; "none" if there is none."""
    return listing([f"`{image}`" for image in images]) or "none"


def mean_in_words(found: Estimate, sign: str = "") -> str:
    """As `in_words`, with the range of a few images in the place of an interval; or that it was not run."""
    form, ends = f"{sign}.2f", extremes(found, f"{sign}.2f")
    return f"{found.mean:{form}}{f' ({ends})' if ends else ''}".replace("-", MINUS) if found.runs else NO_RUN


def extremes(found: Estimate, form: str) -> str:
    """The interval, or the range of a few images; empty for a single one."""
    low, high = (found.low, found.high) if found.has_interval else (found.least, found.most)
    if max(found.images, found.runs if found.images == 1 else 0) < 2 or low != low:
        return ""
    text = f"{low:{form}} to {high:{form}}".replace("-", MINUS)
    return text if found.has_interval else f"range {text}"


def in_words(mean: float, low: float, high: float, form: str) -> str:
    """As "31.08 (30.18 to 31.91)" or "+1.86 (−0.10 to +3.90)"; no interval for one image."""
    interval = "" if math.isnan(low) else f" ({low:{form}} to {high:{form}})"
    return f"{mean:{form}}{interval}".replace("-", MINUS)


def count(n: int, singular: str) -> str:
    """ "1 image", "8 images"."""
    return f"{n} {singular}" + ("" if n == 1 else "s")


def in_order(methods: Iterable[str]) -> list[str]:
    """Methods, each once, in the paper's order; ours last, so that it is drawn on top and stands beside the truth."""
    unknown = len(METHOD_ORDER)
    places = {name: place for place, name in enumerate(METHOD_ORDER)} | {"ours": unknown + 1}
    return sorted(set(methods), key=lambda name: (places.get(name, unknown), name))
