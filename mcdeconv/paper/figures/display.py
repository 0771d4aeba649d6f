"""From a drawn figure to accessible HTML that the static book, JupyterLab and Colab show alike."""

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from matplotlib.figure import Figure

from mcdeconv.data.datasets.registry import benchmark, benchmark_folder, benchmarks
from mcdeconv.errors import InputError
from mcdeconv.paper.figures.style import NARROW, WIDE, applied, is_narrow
from mcdeconv.paper.words import above_and_below

PIXELS_PER_INCH = 96  # of a page
LARGEST_PNG = 60_000  # bytes; a larger picture becomes WebP, for a page may weigh 3 MB
WEBP_QUALITY = 80
PICTURE_DPI, NARROW_DPI = 160, 128  # of figures with pictures: about the pixels of Levin et al.'s images
NARROW_SCREEN = "(max-width: 575px)"

CARD = "margin:1rem 0;padding:12px;background:#fff;color:#222;border-radius:8px;text-align:center"
LINK = "#0b5394"  # on the white card, whatever the page's theme
IMAGE = "max-width:100%;height:auto;padding:0;background:#fff;border-radius:0"  # themes frame pictures in the dark
CAPTION = "margin-top:8px;font:inherit;font-size:.9em;text-align:left;color:#222"


@dataclass(frozen=True)
class Drawing:
    """A figure of the paper, the last value of a notebook's cell: drawn when it is shown, wide and for a telephone."""

    draw: Callable[[float], Figure] = field(repr=False)  # for a width in inches
    alt: str  # what someone who does not see the figure needs to know, numbers included
    caption: str = ""  # plain text below the figure
    says: str = field(default="", repr=False)  # what it shows, in one sentence, for eyes
    doubts: str = field(default="", repr=False)  # what to doubt of it

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise InputError("a figure needs an alt text")

    def at(self, width: float = WIDE) -> Figure:
        """The figure in the look of the book, `width` inches wide at most."""
        with applied():
            return self.draw(width)

    def _repr_html_(self) -> str:
        """Everything inside it: a plot as SVG, a figure with pictures in it as PNG at twice the page's resolution."""
        wide, narrow = self.at(WIDE), self.at(NARROW)
        source = f'<source media="{NARROW_SCREEN}" srcset="{figure_uri(narrow)}" {_size(narrow)}>'
        # "dark-light": the book's theme would otherwise dim the figure in its dark form, and change its colours.
        kept = f'class="dark-light" alt="{escape(self.alt)}"'
        image = f'<img {kept} src="{figure_uri(wide)}" {_size(wide)} style="{IMAGE}">'
        below = f'<figcaption style="{CAPTION}">{escape(self.caption)}</figcaption>' if self.caption else ""
        card = f'<figure class="mcdeconv-figure" style="{CARD}"><picture>{source}{image}</picture>{below}</figure>'
        return above_and_below(self.says, self.doubts, card)

    def text(self) -> str:
        """What it says, shows and leaves to doubt."""
        return "\n".join(filter(None, (self.says, self.alt, self.doubts)))


@dataclass(frozen=True)
class Note:
    """What stands where a figure cannot."""

    html: str = field(repr=False)
    text: str

    def _repr_html_(self) -> str:
        return self.html


def absent(dataset: str, what: str = "Not run: the data set is not here.") -> Note | None:
    """What a page shows where a benchmark's files are not on this machine; None if they are, or are embedded."""
    if dataset not in benchmarks() or benchmark_folder(dataset).is_dir():
        return None
    page = escape(benchmark(dataset).page)
    fetch = f"Get it with {_code(f'mcdeconv data fetch {dataset}')}, or set" if benchmark(dataset).archives else "Set"
    html = (
        f'<div role="note" style="{CARD};text-align:left"><strong>{escape(what)}</strong><br>'
        f"{fetch} {_code('MCDECONV_DATA')} to the folder that has {_code(f'{dataset}/')}; its authors publish it at "
        f'<a style="color:{LINK}" href="{page}">{page}</a>. Then run this page again.</div>'
    )
    return Note(html, f"{dataset}: {what}")


def _code(words: str) -> str:
    """Code on the white card, in its colours whatever the page's theme."""
    return f'<code style="color:#222;background:#eee">{escape(words)}</code>'


def figure_uri(figure: Figure) -> str:
    """The figure as a data: URI."""
    kind, content = encoded(figure)
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def encoded(figure: Figure) -> tuple[str, bytes]:
    """Media subtype and bytes: SVG for a plot; PNG, or WebP if that is too large, where there are pictures."""
    stream = io.BytesIO()
    with applied():
        if not any(axes.images for axes in figure.axes):
            figure.savefig(stream, format="svg", metadata={"Date": None})
            return "svg+xml", rounded(stream.getvalue())
        dpi = NARROW_DPI if is_narrow(figure.get_figwidth()) else PICTURE_DPI
        figure.savefig(stream, format="png", dpi=dpi)
        if len(stream.getvalue()) <= LARGEST_PNG:
            return "png", stream.getvalue()
        smaller = io.BytesIO()
        figure.savefig(smaller, format="webp", dpi=dpi, pil_kwargs={"quality": WEBP_QUALITY, "method": 6})
        return "webp", smaller.getvalue()


def rounded(svg: bytes) -> bytes:
    """The same drawing with coordinates to a hundredth of a point (not scales, below 1), and without line breaks."""
    return re.sub(rb"\s*\n\s*", b" ", re.sub(rb"([1-9]\d*\.\d\d)\d+", rb"\1", svg))


def _size(figure: Figure) -> str:
    """Width and height in pixels of a page, so that nothing jumps while it loads."""
    width, height = (round(side * PIXELS_PER_INCH) for side in figure.get_size_inches())
    return f'width="{width}" height="{height}"'
