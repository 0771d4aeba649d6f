"""Numbers and lists in words, for titles and alt texts."""

import math
from collections.abc import Sequence

MINUS = "−"


def number(value: float, digits: int = 2) -> str:
    """A number with a real minus sign; "unknown" where it is not finite."""
    return f"{value:.{digits}f}".replace("-", MINUS) if math.isfinite(value) else "unknown"


def decibel(value: float) -> str:
    """A PSNR, to a hundredth."""
    return f"{number(value)} dB" if math.isfinite(value) else "no truth to compare with"


def signed(value: float, digits: int = 2) -> str:
    """A difference with its sign."""
    return ("+" if value > 0 else "") + number(value, digits)


def scientific(value: float) -> str:
    """A loss, e.g. "2.1e−04"."""
    return f"{value:.1e}".replace("-", MINUS) if math.isfinite(value) else "unknown"


def listing(parts: Sequence[str], separator: str = ", ") -> str:
    """ "a, b and c"; with "; " between longer parts."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{separator.join(parts[:-1])}{';' if separator == '; ' else ''} and {parts[-1]}"


def count(n: int, singular: str) -> str:
    """ "1 image", "8 images"."""
    return f"{n} {singular}" + ("" if n == 1 else "s")
