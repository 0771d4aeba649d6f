"""Print the built book as out/book.pdf, by Chromium: all pages in their order, each link as a note at its page's end.

python workflow/pdf.py [--site out/site --output out/book.pdf]
"""

import argparse
import base64
import io
import os
import posixpath
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from bs4 import BeautifulSoup, Tag

from mcdeconv.files import write_whole

if TYPE_CHECKING:
    from playwright.sync_api import PdfMargins

ROOT = Path(__file__).resolve().parents[1]
WHOLE = "whole-book.html"  # in the site's folder, while it is printed
LEFT_OUT = (
    "a.headerlink, script, details.hide, button, .told, .quiz input, .mcd-live, .toctree-wrapper, .prev-next-footer"
)
STYLE = """
.whole { max-width: none; padding: 0; }
.whole > section { break-before: page; }
.whole > section:first-child { break-before: auto; }
.whole .quiz .says { display: block; }
.whole .notes { font-size: .75em; margin-top: 2em; overflow-wrap: anywhere; }
.whole figure, .whole .quiz, .whole .exercise { break-inside: avoid; }
.whole a { color: inherit; }
.whole .compare { display: flex; gap: 4mm; height: auto !important; }
.whole .compare figure { flex: 1; position: static !important; }
"""
JPEG_QUALITY = 88
NAMING = ("aria-labelledby", "aria-describedby", "for")  # attributes that name other elements
FLAGS = ("--no-sandbox", "--allow-file-access-from-files")
MARGIN: "PdfMargins" = {"top": "18mm", "bottom": "18mm", "left": "16mm", "right": "16mm"}
FOOT = '<div style="font-size:8px;width:100%;text-align:center"><span class="pageNumber"></span></div>'


class CannotPrint(RuntimeError):
    """The book cannot be printed here; the message is one line with the way out."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--site", type=Path, default=ROOT / "out/site")
    parser.add_argument("--output", type=Path, default=ROOT / "out/book.pdf")
    options = parser.parse_args(arguments)
    try:
        pages = [page for page in in_order(ROOT / "book/_toc.yml") if (options.site / f"{page}.html").exists()]
        if not pages:
            raise CannotPrint(f"there is no book in {options.site}; run `make book` first")
        printed = printed_by_chromium(options.site, whole(options.site, pages))
    except CannotPrint as why:
        print(f"pdf: {why}", file=sys.stderr)
        return 1
    write_whole(options.output, printed)
    print(f"{options.output}: {len(pages)} pages of the book, {len(printed) / 1e6:.1f} MB")
    return 0


def in_order(contents: Path) -> Iterator[str]:
    """The pages as the table of contents has them."""

    def below(entry: dict[str, Any]) -> Iterator[str]:
        yield from [entry["file"]] if "file" in entry else []
        for part in ("parts", "chapters", "sections"):
            for one in entry.get(part, ()):
                yield from below(one)

    toc = yaml.safe_load(contents.read_text())
    yield toc["root"]
    yield from below({name: value for name, value in toc.items() if name != "root"})


def whole(site: Path, pages: list[str]) -> str:
    """One page with the articles of all."""
    first = BeautifulSoup((site / f"{pages[0]}.html").read_text(encoding="utf-8"), "html.parser")
    styles = "".join(str(link) for link in first.select("link[rel=stylesheet]"))
    scripts = chapter_soup(site, "method", pages).select("script")
    formulas = [script for script in scripts if "mathjax" in str(script).lower()]
    for script in formulas:
        if script.get("src"):
            script["src"] = posixpath.normpath(str(script["src"]))
    articles = "\n".join(article(site, page, pages) for page in pages)
    return (
        f'<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>mcdeconv</title>{styles}'
        f"<style>{STYLE}</style>{''.join(map(str, formulas))}</head>"
        f'<body><main class="bd-article whole">{articles}</main></body></html>'
    )


def chapter_soup(site: Path, page: str, pages: list[str]) -> BeautifulSoup:
    """A page that has formulas, or the first."""
    name = page if page in pages else pages[0]
    return BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def article(site: Path, page: str, pages: list[str]) -> str:
    """A page's article: its own ids, pictures found from the site's folder, its links as notes."""
    soup = BeautifulSoup((site / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
    found = soup.select_one("article")
    assert found is not None
    for part in found.select(LEFT_OUT):
        part.decompose()
    for part in found.select("details"):
        part["open"] = ""
    for part in found.select("[id]"):
        if part.find_parent("svg") is None:  # a drawing's own ids are named for its figure
            part["id"] = named(page, str(part["id"]))
    for name in NAMING:
        for part in found.select(f"[{name}]"):
            if part.name != "svg":
                part[name] = " ".join(named(page, one) for one in str(part[name]).split())
    for picture in found.select("img, source"):
        picture.attrs.pop("loading", None)
        for name in ("src", "srcset"):
            if name in picture.attrs and not str(picture[name]).startswith("data:"):
                picture[name] = from_root(page, str(picture[name]))
            if str(picture.get(name)).endswith(".webp"):
                picture[name] = as_jpeg(site / str(picture[name]))
    notes = list(linked(soup, found, page, pages))
    listed = "".join(f"<li>{note}</li>" for note in notes)
    rest = f'<ol class="notes">{listed}</ol>' if notes else ""
    return f'<section id="{named(page)}">{found.decode_contents()}{rest}</section>'


def as_jpeg(path: Path) -> str:
    """A picture as the data: URI of a JPEG, the one lossy form that a PDF keeps as it is."""
    from PIL import Image

    stream = io.BytesIO()
    with Image.open(path) as picture:
        picture.convert("RGB").save(stream, "JPEG", quality=JPEG_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(stream.getvalue()).decode()}"


def linked(soup: BeautifulSoup, found: Tag, page: str, pages: list[str]) -> Iterator[str]:
    """Make links within the book links within the print, and give the addresses of the others, each with its number."""
    known: dict[str, int] = {}
    for link in found.select("a[href]"):
        href = str(link["href"])
        if "://" not in href and not href.startswith("mailto:"):
            target, _, part = href.partition("#")
            name = page if not target else from_root(page, target).removesuffix(".html")
            if name in pages:
                link["href"] = f"#{named(name, part)}"
            else:
                del link["href"]
            continue
        if href not in known:
            known[href] = len(known) + 1
            yield href
        mark = soup.new_tag("sup")
        mark.string = str(known[href])
        link.insert_after(mark)


def from_root(page: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path))


def named(page: str, part: str = "") -> str:
    """An id that no other page has."""
    return f"{page.replace('/', '-')}{f'--{part}' if part else ''}"


def printed_by_chromium(site: Path, text: str) -> bytes:
    """The PDF.

    Raises
    ------
    CannotPrint
        If there is no browser.
    """
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise CannotPrint("chromium is not installed; scripts/install_chromium.sh installs it")
    path = site / WHOLE
    write_whole(path, text.encode())
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS), env=dict(os.environ))
            page = browser.new_page()
            page.goto(path.resolve().as_uri(), wait_until="load", timeout=120_000)
            page.evaluate("async () => { if (window.MathJax?.startup) await MathJax.startup.promise; }")
            page.evaluate("() => Promise.all([...document.images].map((one) => one.decode().catch(() => null)))")
            found: bytes = page.pdf(
                format="A4", margin=MARGIN, print_background=True, display_header_footer=True,
                header_template="<span></span>", footer_template=FOOT, outline=True, tagged=True,
            )  # fmt: skip
            browser.close()
    finally:
        path.unlink(missing_ok=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
