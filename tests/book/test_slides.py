"""The course's slides in the built book: they are drawn, keys move among them, answers come when asked for."""

import sys
from pathlib import Path
from typing import Any

import pytest
from book_site import ROOT, Visit

sys.path.insert(0, str(ROOT / "workflow"))

import slides
from pages import PAGES

pytestmark = pytest.mark.slow

DECKS = [f"{page.name}.html" for page in PAGES.values() if page.teaches]


@pytest.fixture
def show(visit: Visit, base: str) -> Any:
    def opened(name: str) -> Any:
        visit.page.set_viewport_size({"width": 1100, "height": 720})
        page = visit.open(f"{base}/slides/{name}")
        page.wait_for_function("document.querySelector('.reveal.ready')")
        return page

    return opened


@pytest.mark.parametrize("name", DECKS)
def test_every_slide_is_drawn_and_fits(visit: Visit, show: Any, name: str) -> None:
    page = show(name)
    count = page.evaluate("reveal.getTotalSlides()")
    assert count >= 10
    assert page.locator("mjx-container").count() >= 1
    for _ in range(count):
        box = page.evaluate("(({top, bottom}) => [top, bottom])(reveal.getCurrentSlide().getBoundingClientRect())")
        assert box[0] >= -1 and box[1] <= 721
        assert page.evaluate(
            "[...reveal.getCurrentSlide().querySelectorAll('img')].every((one) => one.naturalWidth > 0)"
        )
        page.evaluate("reveal.next(); while (reveal.availableFragments().next) reveal.nextFragment()")
    assert visit.errors == [] and visit.outside == []


def test_answers_come_when_asked_for(show: Any) -> None:
    page = show("blur.html")
    while not page.evaluate("reveal.getCurrentSlide().querySelector('.question') !== null"):
        page.keyboard.press("Space")
    says = "[...reveal.getCurrentSlide().querySelectorAll('.says')]"
    hidden = f"{says}.filter((one) => !one.classList.contains('visible')).length"
    assert page.evaluate(hidden) == 3
    page.keyboard.press("Space")
    assert page.evaluate(hidden) == 2


def test_a_deck_from_a_file_asks_for_nothing(from_file: Visit, site: Any) -> None:
    page = from_file.open((site / "slides/pair.html").as_uri())
    page.wait_for_function("document.querySelector('.reveal.ready')")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("reveal.getIndices().h") == 1
    assert from_file.errors == [] and from_file.outside == []


def test_the_rest_of_a_chapter_stands_in_the_speakers_notes(show: Any) -> None:
    page = show("pair.html")
    notes = page.locator("aside.notes").all_text_contents()
    assert sum(map(len, notes)) > 2_000
    assert page.locator("aside.notes .solution").count() >= 4
    assert page.locator(".slides .solution").count() == page.locator("aside.notes .solution").count()
    assert any("log_joint_maximum(" in note for note in notes)  # the code of a solution, too


def test_a_chapter_that_was_not_run_has_no_slides(tmp_path: Path) -> None:
    for name, body in (("blur", "<h2>A</h2><p>Text.</p>"), ("bound", '<div class="not-run admonition">Not yet</div>')):
        path = tmp_path / f"learn/{name}.html"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"<article><section><h1>T</h1><section>{body}</section></section></article>")
    assert [path.name for path in slides.write_slides(tmp_path)] == ["blur.html"]
