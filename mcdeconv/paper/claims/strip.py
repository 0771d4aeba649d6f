"""A claim drawn on one line: zero, what the paper says, and what is found here with its interval."""

from dataclasses import dataclass

from mcdeconv.paper.claims.rule import Entry, Name
from mcdeconv.paper.tables.grid import Cell

WIDTH, HEIGHT = 124, 22  # px
MARGIN = 0.1  # of what is shown, left and right
STATES: dict[Name, str] = {
    "reproduced": "holds",
    "partly": "holds",
    "open": "open",
    "not reproduced": "fails",
    "not run": "open",
}


@dataclass(frozen=True)
class Strip(Cell):
    """A picture in a table; what it shows stands in numbers beside it."""

    svg: str = ""

    def html(self) -> str:
        return self.svg


def strip(entry: Entry) -> Strip:
    """A dot with its interval (or, of few runs, their range), a diamond for the paper's number, a line at zero.

    Every strip has its own scale. A value is drawn as its difference from the paper's; of a mere order the side that
    the paper claims is shaded.
    """
    claim, found = entry.claim, entry.evidence.estimate if entry.evidence else None
    if found is None:
        return Strip("")
    value = claim.kind == "value"
    less = entry.claimed or 0.0 if value else 0.0
    low, high = (found.low, found.high) if found.has_interval else (found.least, found.most)
    low, mean, high = (number - less for number in (low, found.mean, high))
    papers = 0.0 if value or claim.kind == "same" else entry.claimed
    shown = [0.0, low, mean, high, *([] if papers is None else [papers])]
    span = (max(shown) - min(shown)) or 1.0
    start, width = min(shown) - MARGIN * span, (1 + 2 * MARGIN) * span

    def x(number: float) -> str:
        return f"{WIDTH * (number - start) / width:.1f}"

    middle = HEIGHT / 2
    drawn = [f'<line class="zero" x1="{x(0)}" x2="{x(0)}" y1="1" y2="{HEIGHT - 1}"/>']
    if papers is None:
        drawn.insert(
            0, f'<rect class="side" x="{x(0)}" y="1" width="{WIDTH - float(x(0)):.1f}" height="{HEIGHT - 2}"/>'
        )
    else:
        at = float(x(papers))
        corners = f"{at},{middle - 6} {at + 5},{middle} {at},{middle + 6} {at - 5},{middle}"
        drawn.append(f'<polygon class="paper" points="{corners}"/>')
    drawn.append(f'<line class="interval" x1="{x(low)}" x2="{x(high)}" y1="{middle}" y2="{middle}"/>')
    drawn.append(f'<circle cx="{x(mean)}" cy="{middle}" r="3.5"/>')
    name = STATES[entry.verdict.name]
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return Strip("", svg=f'<svg class="strip {name}" {size} aria-hidden="true">{"".join(drawn)}</svg>')
