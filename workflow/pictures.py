"""The pictures that executed notebooks carry inside them, as files: those of one figure, or of a page of the book."""

import base64
import hashlib
import html
import re
import textwrap
from html.parser import HTMLParser
from pathlib import Path

from parts import Cell, Output, html_of

from mcdeconv.files import make_folder, write_whole

ENDINGS = {"svg+xml": "svg", "jpeg": "jpg"}
WORTH_A_FILE = 4000  # characters of base64
EMBEDDED = re.compile(rf'(src|srcset)="data:image/([a-z+]+);base64,([A-Za-z0-9+/=]{{{WORTH_A_FILE},}})"')


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


def apart(cells: list[Cell], address: str) -> dict[str, bytes]:
    """Take the pictures out of a notebook's HTML, which then loads each when it comes into sight; returns the files.

    Parameters
    ----------
    cells : of the notebook, changed in place
    address : where the files will be, as seen from the page
    """
    files = {}

    def named(found: re.Match[str]) -> str:
        content = base64.b64decode(found[3])
        name = f"{hashlib.sha256(content).hexdigest()[:16]}.{ENDINGS.get(found[2], found[2])}"
        files[name] = content
        lazy = 'loading="lazy" ' if found[1] == "src" else ""
        return f'{lazy}{found[1]}="{address}/{name}"'

    for output in (output for cell in cells for output in cell.get("outputs", ())):
        if "text/html" in output.get("data", {}):
            output["data"]["text/html"] = EMBEDDED.sub(named, "".join(output["data"]["text/html"]))
    return files
