"""Pack the course into out/course.zip: for a lecture hall without network, and for computers that have only NumPy.

python workflow/course.py [--pages out/pages --site out/site --output out/course.zip]

The chapters become plain notebooks. What draws a figure or a widget is replaced by what it had put out, so that the
code that is left needs NumPy and the laboratory, which comes along.
"""

import argparse
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from book_pages import Unusable, read_executed
from pages import PAGES, ResultPage

from mcdeconv.files import make_folder, write_whole

ROOT = Path(__file__).resolve().parents[1]
DATED = (2022, 1, 1, 0, 0, 0)  # of every file: equal content makes an equal archive
READABLE = 0o100644  # by everybody
README = """The course of mcdeconv: Bayesian deconvolution in eight chapters.

book/       the whole book: open book/learn.html. Slides are in book/slides/, notes for lecturers in book/teach/.
notebooks/  the chapters as notebooks; they need Python 3.11, NumPy and Jupyter, no network and no installation.
mcdeconv/   the laboratory that they import. The whole of mcdeconv deblurs photographs, which the last exercise of each
            chapter asks for: book/index.html says where to get it.

The signals of the exercises are drawn from seeds, so there are no data files. Text and pictures: CC BY 4.0
(LICENSE-book). Code: MIT (LICENSE).
"""
LEFT_OUT = (".buildinfo", "objects.inv", "whole-book.html")  # of the site; the last is there while it is printed
LABORATORY = ("mcdeconv/__init__.py", "mcdeconv/errors.py", "mcdeconv/teaching/**/*.py")
FIND = "import sys\n\nsys.path.insert(0, '..')  # the laboratory beside this folder"

Cell = dict[str, Any]
FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?P<kind>[\w-]+)\}[ ]*(?P<title>[^\n]*)\n(?P<body>.*?)^(?P=fence)[ ]*$", re.M | re.S
)
OPTION = re.compile(r"^:[\w-]+:.*\n", re.M)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--pages", type=Path, default=ROOT / "out/pages")
    parser.add_argument("--site", type=Path, default=ROOT / "out/site")
    parser.add_argument("--output", type=Path, default=ROOT / "out/course.zip")
    options = parser.parse_args(arguments)
    try:
        files = dict(contents(options.pages, options.site))
    except Unusable as why:
        print(f"course: {why}; run `make book` first", file=sys.stderr)
        return 1
    packed = zipped({f"course/{name}": content for name, content in files.items()})
    make_folder(options.output.parent)
    write_whole(options.output, packed)
    print(f"{options.output}: {len(files)} files, {len(packed) / 1e6:.1f} MB")
    return 0


def zipped(files: dict[str, bytes]) -> bytes:
    """The archive; equal files make an equal one, and everybody may read what is in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            about = zipfile.ZipInfo(name, DATED)
            about.external_attr = READABLE << 16
            archive.writestr(about, files[name], zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def contents(pages: Path, site: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of the archive by its name.

    Raises
    ------
    Unusable
        If the book is not built.
    """
    if not (site / "learn.html").exists():
        raise Unusable(f"there is no book in {site}")
    yield "README.txt", README.encode()
    for name in ("LICENSE", "LICENSE-book"):
        yield name, (ROOT / name).read_bytes()
    for pattern in LABORATORY:
        for path in sorted(ROOT.glob(pattern)):
            yield str(path.relative_to(ROOT)), path.read_bytes()
    for path in sorted(site.rglob("*")):
        if path.is_file() and path.name not in LEFT_OUT:
            yield f"book/{path.relative_to(site)}", path.read_bytes()
    for page in PAGES.values():
        if page.teaches:
            try:
                executed = read_executed(pages / f"{page.name}.ipynb")
            except Unusable as why:
                print(f"course: {page.title} is packed without its figures: {why}", file=sys.stderr)
                executed = json.loads((ROOT / "notebooks" / page.notebook).read_text())
            notebook = plain(executed, page)
            yield f"notebooks/{page.name}.ipynb", (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def plain(executed: dict[str, Any], page: ResultPage) -> dict[str, Any]:
    """A chapter without what only the book can show."""
    cells: list[Cell] = [code(FIND)]
    solution = False
    for cell in executed["cells"]:
        source, tags = "".join(cell["source"]), cell["metadata"].get("tags", ())
        if cell["cell_type"] == "markdown":
            begins, ends = "{solution-start}" in source, "{solution-end}" in source
            text = in_plain_words(source, page)
            if begins or (solution and ends):  # the words of a solution are folded too
                text = details("Solution", text or "In the next cell, which is folded.") if text or begins else ""
            solution = begins or (solution and not ends)
            cells += [markdown(text)] if text else []
        elif {"remove-input", "hide-input"} & set(tags):
            cells += [markdown(shown(output, page)) for output in cell["outputs"] if shown(output, page)]
        else:
            cells.append(code(source, folded=solution))
    numbered = [cell | {"id": f"cell-{place:03d}"} for place, cell in enumerate(cells)]
    about = {name: executed["metadata"][name] for name in ("kernelspec", "language_info")}
    return {"cells": numbered, "metadata": about, "nbformat": 4, "nbformat_minor": 5}


def code(source: str, folded: bool = False) -> Cell:
    hidden = {"jupyter": {"source_hidden": True}} if folded else {}
    return {"cell_type": "code", "metadata": hidden, "execution_count": None, "outputs": [], "source": source}


def markdown(source: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def shown(output: dict[str, Any], page: ResultPage) -> str:
    """What a cell put out, as Markdown: words, a figure, or where the widget is."""
    data = output.get("data", {})
    if "application/vnd.jupyter.widget-view+json" in data:
        return f"*Move it in [the book](../book/{page.path}.html).*"
    if "text/markdown" in data:
        return in_plain_words("".join(data["text/markdown"]), page)
    text = "".join(data.get("text/html", ""))
    return "" if "mcd-fallback" in text else text


def in_plain_words(source: str, page: ResultPage) -> str:
    """MyST as the Markdown that every notebook shows."""
    source = re.sub(r"^\([\w-]+\)=\n", "", source, flags=re.M)
    while FENCE.search(source):
        source = FENCE.sub(block, source)
    source = re.sub(r"\{(?:doc|ref)\}`([^`<]+?)\s*<[^`>]*>`", r"\1", source)
    source = re.sub(r"\{cite\}`([^`]*)`", r"[\1]", source)
    source = re.sub(r"\[([^\]]+)\]\(#[\w-]+\)", r"\1", source)
    for other in (one.name for one in PAGES.values() if one.teaches):
        source = source.replace(f"]({other})", f"]({other}.ipynb)")
    return re.sub(r"\]\(\.\./([\w/-]+?)(?:\.md)?(#[\w-]+)?\)", r"](../book/\1.html\2)", source).strip()


def block(found: re.Match[str]) -> str:
    """A directive in plain Markdown."""
    kind, title, body = found["kind"], found["title"], OPTION.sub("", found["body"]).strip()
    match kind:
        case "exercise":
            return f"### Exercise {title}\n\n{body}"
        case "solution" | "solution-start":
            return details("Solution", body) if kind == "solution" else body
        case "solution-end":
            return ""
        case "quiz":
            return f"**Question.** {title}\n\n{re.sub(CHOICE, choice, body)}"
        case "dropdown":
            return details(title, body)
        case _:
            return "\n".join(f"> {line}" for line in (f"**{title}**", "", *body.splitlines()))


CHOICE = re.compile(r"^- \[(x| )\] (.+)\n\n((?:  .+\n?|\n)+)", re.M)


def choice(found: re.Match[str]) -> str:
    """One choice of a question, and behind a click what is said of it."""
    verdict = "Yes" if found[1] == "x" else "No"
    return (
        f"- {found[2]}\n\n  <details><summary>This one?</summary>{verdict}. {' '.join(found[3].split())}</details>\n\n"
    )


def details(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


if __name__ == "__main__":
    sys.exit(main())
