"""The pictures of an executed figure as files, with their alt texts."""

import base64
import html
import re
import textwrap
from html.parser import HTMLParser
from pathlib import Path

from parts import Output, html_of

from mcdeconv.files import make_folder, write_whole

ENDINGS = {"svg+xml": "svg", "png": "png", "webp": "webp", "jpeg": "jpg"}


class _Pictures(HTMLParser):
    """The pictures in some HTML that carries them inside it: (media subtype, base64, alt text)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        head, _, content = (known.get("src") or "").partition(";base64,")
        if tag == "img" and content and head.startswith("data:image/"):
            self.found.append((head.removeprefix("data:image/"), content, known.get("alt") or ""))


def save_pictures(outputs: list[Output], folder: Path, stem: str, width: int = 80) -> list[str]:
    """Write every picture of some outputs to a file; returns a line for each, with its path and what it shows."""
    found = [_drawing("".join(output["data"]["image/svg+xml"])) for output in outputs if _is_svg(output)]
    for kind, content, alt in _Pictures(html_of(outputs)).found:
        found.append((ENDINGS.get(kind, kind), base64.b64decode(content), alt))
    make_folder(folder)
    for old in folder.glob(f"{stem}-*"):
        old.unlink()
    lines = []
    for number, (ending, drawn, words) in enumerate(found, start=1):
        path = folder / f"{stem}-{number}.{ending}"
        write_whole(path, drawn)
        lines.append("\n".join((str(path), textwrap.fill(words, width, initial_indent="  ", subsequent_indent="  "))))
    return lines


def _is_svg(output: Output) -> bool:
    return "image/svg+xml" in output.get("data", {})


def _drawing(svg: str) -> tuple[str, bytes, str]:
    """An SVG with a description of its own."""
    described = re.search("<desc[^>]*>(.*?)</desc>", svg, flags=re.DOTALL)
    return "svg", svg.encode(), html.unescape(described[1]) if described else ""
