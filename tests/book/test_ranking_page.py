"""The ranking as it stands in the built book, with no kernel behind it."""

from collections.abc import Callable
from typing import Any

import pytest
from book_site import SITE, Visit

pytestmark = pytest.mark.slow

PATH = "results/ranking.html"
STATE = 'script[type="application/vnd.jupyter.widget-state+json"]'
LINES = "ol.mcd-ranking li"


@pytest.fixture(params=["http", "file"])
def open_page(request: pytest.FixtureRequest, base: str) -> Callable[[], Visit]:
    """Opens the page from a sub-path or as a file; skips if this copy of the book has none."""

    def show() -> Visit:
        if not (SITE / PATH).exists():
            pytest.skip(f"{PATH} is not in this copy of the book")
        one: Visit = request.getfixturevalue("visit" if request.param == "http" else "from_file")
        page = one.open(f"{base}/{PATH}" if request.param == "http" else (SITE / PATH).as_uri())
        if page.locator(STATE).count() == 0:
            pytest.skip(f"{PATH} has no widget: its notebook was not run")
        page.wait_for_selector(LINES)
        return one

    return show


def numbers(page: Any) -> list[str]:
    return page.locator(f"{LINES} .mcd-score").all_inner_texts()


def test_a_choice_gives_other_numbers(open_page: Callable[[], Visit]) -> None:
    visit = open_page()
    page = visit.page
    before = numbers(page)
    page.locator("input[type=radio][value=hyper-laplacian]").check()
    after = numbers(page)
    assert len(before) == len(after) >= 2 and before != after
    assert "final deconvolution hyper-laplacian" in page.inner_text(".mcd-status")
    assert visit.errors == [] and visit.outside == []


def test_the_tables_below_have_their_rows(open_page: Callable[[], Visit]) -> None:
    page = open_page().page
    assert page.locator("#T_doubts tbody tr, #T_doubts-more tbody tr").count() == 5
    assert page.locator("#T_choices-levin tbody tr").count() == 3
    assert not page.is_visible(".mcd-fallback")


def test_without_javascript_a_table_stands_there(browser: Any, site: Any) -> None:
    if not (site / PATH).exists():
        pytest.skip(f"{PATH} is not in this copy of the book")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / PATH).as_uri())
    if "widget-state" not in page.content():
        pytest.skip("this copy of the book has no runs for it")
    tables = page.locator(".mcd-fallback table").all()  # one a benchmark of which there are results
    assert tables
    for table in tables:
        assert table.is_visible()
        assert table.locator("tbody tr").count() >= 2
    context.close()
