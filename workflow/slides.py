"""The course's slides, made from the pages of the built chapters: the same words, formulas and figures.

A section gets a slide with its first paragraph, its formulas and lists; a figure, a question and an exercise get one of
their own, below it. All else that the chapter says stands in the speaker's notes (press S), answers and solutions too.
"""

import copy
import html
from dataclasses import dataclass, field
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from pages import PAGES, ResultPage

from mcdeconv.files import make_folder, write_whole

FOLDER = "slides"
SIZE = (1100, 720)  # px of a slide, which is scaled to the screen
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}, slides</title>
<link rel="icon" href="../_static/favicon.svg">
<link rel="stylesheet" href="../_static/vendor/reveal.js/reveal.css">
<link rel="stylesheet" href="../_static/slides.css">
</head>
<body>
<main class="reveal"><div class="slides">
{slides}
</div></main>
{formulas}
<script src="../_static/vendor/reveal.js/reveal.js"></script>
<script src="../_static/vendor/reveal.js/notes.js"></script>
<script>
const size = {{ width: {width}, height: {height} }};
const reveal = new Reveal({{ ...size, hash: true, transition: "none", plugins: [RevealNotes] }});
Promise.resolve(window.MathJax?.startup?.promise).then(() => reveal.initialize());
</script>
</body>
</html>
"""


@dataclass
class Slide:
    """What is shown, and what the speaker may say."""

    shown: list[str]
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        notes = f'<aside class="notes">{"".join(self.notes)}</aside>' if self.notes else ""
        return f"<section>{''.join(self.shown)}{notes}</section>"


def write_slides(site: Path) -> list[Path]:
    """One deck a chapter that is in the site and was run; returns their files."""
    found = []
    for page in PAGES.values():
        source = site / f"{page.path}.html"
        if not page.teaches or not source.exists():
            continue
        chapter = BeautifulSoup(source.read_text(encoding="utf-8"), "html.parser")
        path = site / FOLDER / f"{page.name}.html"
        if chapter.select_one(".not-run"):
            path.unlink(missing_ok=True)
            continue
        make_folder(path.parent)
        write_whole(path, deck(chapter, page).encode())
        found.append(path)
    return found


def deck(chapter: BeautifulSoup, page: ResultPage) -> str:
    """The slides of a chapter, as a page."""
    top = chapter.select_one("article section")
    assert top is not None
    for extra in top.select("a.headerlink, script, style, details.hide, button, .cell_input"):
        if extra.decomposed:  # within one that is gone
            continue
        if "cell_input" not in (extra.get("class") or ()) or not extra.find_parent(class_="solution"):
            extra.decompose()
    relink(top, page)
    sections = top.find_all("section", recursive=False)
    for inner in [inner for section in sections for inner in section.find_all("section")]:
        inner.name = "div"  # for reveal.js a section is a slide
    stacks = [[Slide([f"<h1>{html.escape(page.title)}</h1>", credit(page)], prose(top))]]
    stacks += [stack(section) for section in sections]
    slides = "\n".join(f"<section>{''.join(map(str, one))}</section>" for one in stacks)
    formulas = "".join(str(script) for script in chapter.select("script") if "mathjax" in str(script).lower())
    return PAGE.format(
        title=html.escape(page.title),
        slides=slides,
        formulas=formulas.replace(' defer="defer"', ""),
        width=SIZE[0],
        height=SIZE[1],
    )


def credit(page: ResultPage) -> str:
    chapter = f'<a href="../{page.path}.html">The chapter</a>'
    return f'<p class="small">{chapter}, with exercises and what moves. Text and pictures: CC BY 4.0.</p>'


def stack(section: Tag) -> list[Slide]:
    """A section's slides."""
    heading = str(section.find("h2"))
    first = Slide([heading])
    found = [first]
    for part in section.find_all(recursive=False):
        kind = part.get("class") or ()
        if part.name == "h2":
            continue
        if "exercise" in kind:
            found.append(Slide([str(part)]))
        elif "quiz" in kind:
            found.append(question(part))
        elif pictures := part.select("figure.mcdeconv-figure"):
            found.append(Slide([heading, *map(str, pictures)]))
        elif len(found) == 1 and (opens(first, part) or "math" in kind or part.name in ("ul", "ol")):
            first.shown.append(str(part))
        else:
            found[-1].notes.append(str(part))
    return found


def opens(slide: Slide, part: Tag) -> bool:
    """Whether it is the section's first paragraph."""
    return part.name == "p" and len(slide.shown) == 1 and not slide.notes


def prose(top: Tag) -> list[str]:
    """What stands before the first section."""
    return [str(part) for part in top.find_all(recursive=False) if part.name != "section" and part.name != "h1"]


def question(quiz: Tag) -> Slide:
    """A question and its choices; what is said of each comes at the next press of a key."""
    legend = quiz.find("legend")
    assert legend is not None
    shown = [f'<p class="question">{legend.decode_contents()}</p>']
    for choice in quiz.select(".choice"):
        label, says = copy.copy(choice.find("label")), choice.select_one(".says")
        assert isinstance(label, Tag) and says is not None
        for button in label.select("input"):
            button.decompose()
        kind = "right" if "right" in (choice.get("class") or ()) else "wrong"
        verdict = "Yes. " if kind == "right" else "No. "
        answer = f'<div class="says fragment">{verdict}{says.decode_contents()}</div>'
        shown.append(f'<div class="choice {kind}">◦ {label.decode_contents()}{answer}</div>')
    return Slide(shown)


def relink(top: Tag, page: ResultPage) -> None:
    """Links of a chapter as its slides, in the folder beside it, need them; ids would be there twice."""
    for link in top.select("a[href]"):
        href = str(link["href"])
        if href.startswith("#"):
            link["href"] = f"../{page.path}.html{href}"
        elif not href.startswith(("../", "http", "mailto:")):
            link["href"] = f"../learn/{href}"
    for part in top.select("[id]"):
        del part["id"]
    for picture in top.select("img[loading]"):
        del picture["loading"]
