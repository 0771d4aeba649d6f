"""The few SVG shapes that the diagram is made of, each as text.

Lines and words take the colour of the text around them (currentColor), so that they are seen on light and dark pages.
"""

import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from math import hypot

import numpy as np

MATH_FONT = "'STIX Two Text','Cambria Math','Latin Modern Roman','Times New Roman',Times,serif"
HEAD = 9.0  # length of an arrow's head

Point = tuple[float, float]


def text(at: Point, words: str, size: float = 14, anchor: str = "middle", weight: str = "normal") -> str:
    """One line of words, its baseline at the point's y."""
    return (
        f'<text x="{at[0]:g}" y="{at[1]:g}" font-size="{size:g}" text-anchor="{anchor}" font-weight="{weight}" '
        f'fill="currentColor">{escape(words)}</text>'
    )


def formula(at: Point, source: str, size: float = 19, anchor: str = "middle") -> str:
    """A formula in a small subset of TeX: letters in italics, `_x`, `_{0}` and `^2` lower and raise.

    Examples
    --------
    >>> "italic" in formula((0, 0), "z_x")
    True
    """
    return (
        f'<text x="{at[0]:g}" y="{at[1]:g}" font-size="{size:g}" text-anchor="{anchor}" '
        f'font-family="{MATH_FONT}" fill="currentColor">{_spans(source, size)}</text>'
    )


def _spans(source: str, size: float) -> str:
    spans, back = [], 0.0
    for token in re.findall(r"[_^](?:\{[^}]*\}|.)|[A-Za-zα-ωΑ-Ω]+|[^_^A-Za-zα-ωΑ-Ω]+", source):
        script = token[0] in "_^" and len(token) > 1
        drop = 0.28 * size if token[0] == "_" else -0.38 * size if script else 0.0
        words = token.lstrip("_^").strip("{}") if script else token
        style = ' font-style="italic"' if words.isalpha() else ""
        small = f' font-size="{0.68 * size:g}"' if script else ""
        spans.append(f'<tspan dy="{drop + back:.4g}"{style}{small}>{escape(words)}</tspan>')
        back = -drop
    return "".join(spans)


def box(at: Point, size: Point, colour: str, radius: float = 10) -> str:
    """A rounded rectangle with a translucent fill, from its upper left corner."""
    return (
        f'<rect x="{at[0]:g}" y="{at[1]:g}" width="{size[0]:g}" height="{size[1]:g}" rx="{radius:g}" fill="{colour}" '
        f'fill-opacity="0.12" stroke="{colour}" stroke-width="1.6"/>'
    )


def bar(centre: Point, size: Point, colour: str) -> str:
    """A solid bar around its centre: a layer of a network."""
    left, top = centre[0] - size[0] / 2, centre[1] - size[1] / 2
    return f'<rect x="{left:g}" y="{top:g}" width="{size[0]:g}" height="{size[1]:g}" rx="3" fill="{colour}"/>'


def arrow(points: Sequence[Point], colour: str = "currentColor", dashed: bool = False, bend: float = 12) -> str:
    """A line through points with rounded corners and a head at its end."""
    (x0, y0), (x1, y1) = points[-2:]
    length = hypot(x1 - x0, y1 - y0)
    across, down = (x1 - x0) / length, (y1 - y0) / length
    neck = (x1 - across * HEAD, y1 - down * HEAD)
    sides = [(neck[0] - s * down * HEAD / 2, neck[1] + s * across * HEAD / 2) for s in (1, -1)]
    head = " ".join(f"{x:.1f},{y:.1f}" for x, y in [(x1, y1), *sides])
    dash = ' stroke-dasharray="7 5"' if dashed else ""
    return (
        f'<path d="{_rounded([*points[:-1], neck], bend)}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
        f'<polygon points="{head}" fill="{colour}"/>'
    )


def _rounded(points: Sequence[Point], bend: float) -> str:
    """Path data through points, every corner cut by a quadratic curve that starts `bend` before it."""
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (before, corner), (_, after) in pairwise(pairwise(points)):
        (ax, ay), (bx, by) = _towards(corner, before, bend), _towards(corner, after, bend)
        path.append(f"L{ax:.1f} {ay:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {bx:.1f} {by:.1f}")
    return "".join([*path, f"L{points[-1][0]:.1f} {points[-1][1]:.1f}"])


def _towards(start: Point, end: Point, distance: float) -> Point:
    length = hypot(end[0] - start[0], end[1] - start[1])
    share = min(1.0, distance / length)
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def operator(centre: Point, kind: str, radius: float = 14) -> str:
    """A circle with a plus ("+") or a cross ("×", as in ⊗)."""
    x, y = centre
    reach = 0.55 * radius if kind == "+" else 0.7 * radius
    turn = 0 if kind == "+" else 45
    strokes = f"M{x - reach:g} {y:g}H{x + reach:g}M{x:g} {y - reach:g}V{y + reach:g}"
    return (
        f'<g fill="none" stroke="currentColor" stroke-width="2"><circle cx="{x:g}" cy="{y:g}" r="{radius:g}"/>'
        f'<path d="{strokes}" transform="rotate({turn} {x:g} {y:g})"/></g>'
    )


def noise(at: Point, side: float, cells: int, seed: int, opacity: float = 1.0) -> str:
    """A square of grey cells, drawn by chance but the same on every call."""
    step = side / cells
    shades = np.random.default_rng(seed).integers(40, 235, (cells, cells))
    squares = "".join(
        f'<rect x="{at[0] + column * step:g}" y="{at[1] + row * step:g}" width="{step + 0.2:g}" '
        f'height="{step + 0.2:g}" fill="rgb({shade},{shade},{shade})"/>'
        for (row, column), shade in np.ndenumerate(shades)
    )
    return f'<g opacity="{opacity:g}">{squares}</g>'
