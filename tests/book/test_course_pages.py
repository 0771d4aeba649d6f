"""The chapters of the course in the built book: questions by keyboard, solutions that fold, widgets that move."""

import sys
from collections.abc import Callable

import pytest
from book_site import ROOT, SITE, Visit

sys.path.insert(0, str(ROOT / "workflow"))

from pages import PAGES

pytestmark = pytest.mark.slow

CHAPTERS = [page.name for page in PAGES.values() if page.teaches]


@pytest.fixture(params=["http", "file"])
def open_chapter(request: pytest.FixtureRequest, base: str) -> Callable[[str], Visit]:
    """Opens a chapter from a sub-path or as a file."""

    def show(name: str) -> Visit:
        one: Visit = request.getfixturevalue("visit" if request.param == "http" else "from_file")
        path = f"learn/{name}.html"
        one.open(f"{base}/{path}" if request.param == "http" else (SITE / path).as_uri())
        return one

    return show


@pytest.mark.parametrize("name", CHAPTERS)
def test_questions_are_answered_by_keyboard(open_chapter: Callable[[str], Visit], name: str) -> None:
    visit = open_chapter(name)
    page = visit.page
    quizzes = page.locator("fieldset.quiz")
    assert quizzes.count() >= 3
    for quiz in quizzes.all():
        assert quiz.locator(".says:visible").count() == 0
        quiz.locator("input").first.focus()
        page.keyboard.press("Space")
        first = quiz.locator(".says:visible")
        assert first.count() == 1
        page.keyboard.press("ArrowDown")
        assert quiz.locator(".says:visible").count() == 1
        verdict = "Yes." if quiz.locator(".choice.right .says:visible").count() else "No."
        assert (
            quiz.locator(".told").text_content() == f"{verdict} {quiz.locator('.says:visible').text_content().strip()}"
        )
    assert visit.errors == [] and visit.outside == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_widgets_are_there_and_move(open_chapter: Callable[[str], Visit], name: str) -> None:
    visit = open_chapter(name)
    page = visit.page
    page.wait_for_selector(".mcd-lesson")
    for widget in page.locator(".mcd-lesson").all():
        slider = widget.locator("input[type=range]").first
        slider.focus()
        shown = set()
        for key in ("Home", "End"):
            page.keyboard.press(key)
            shown.add(widget.inner_text())
        assert len(shown) == 2
    assert page.locator(".mcd-fallback:visible").count() == 0
    assert visit.errors == [] and visit.outside == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_solutions_are_folded_and_were_right(visit: Visit, base: str, name: str) -> None:
    page = visit.open(f"{base}/learn/{name}.html")
    solutions = page.locator("div.admonition.solution")
    assert solutions.count() >= 4
    assert page.locator("div.admonition.exercise").count() == solutions.count()
    assert "not yet" not in page.locator("article").text_content()
    first = solutions.first
    assert not first.locator("section, .cell").first.is_visible()
    first.locator("button.toggle-button, .admonition-title").first.click()
    assert first.locator("section, .cell").first.is_visible()
