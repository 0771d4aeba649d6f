"""The explorer and the scrubber as they stand in the built book, with no kernel behind them."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from book_site import SITE, Visit

pytestmark = pytest.mark.slow

STATE = 'script[type="application/vnd.jupyter.widget-state+json"]'
EXPLORER = {"slider": ".mcd-slider input", "picture": ".mcd-wipe img:not(.mcd-over)", "number": ".mcd-number b"}
SCRUBBER = {"slider": ".mcd-scrubber input", "picture": ".mcd-run-a img", "number": ".mcd-run-a .mcd-number b"}
PAGES = {"explorer": EXPLORER, "iterations": SCRUBBER}


@pytest.fixture(params=["http", "file"])
def open_page(request: pytest.FixtureRequest, base: str) -> Callable[[str], Visit]:
    """Opens a page with a widget, from a sub-path or as a file; skips if this copy of the book has no runs for it."""

    def show(name: str) -> Visit:
        one: Visit = request.getfixturevalue("visit" if request.param == "http" else "from_file")
        path = f"results/{name}.html"
        started = time.monotonic()
        page = one.open(f"{base}/{path}" if request.param == "http" else (SITE / path).as_uri())
        if page.locator(STATE).count() == 0:
            pytest.skip(f"{path} has no widget: its notebook was not run")
        page.wait_for_selector(PAGES[name]["slider"])
        print(f"{name} over {request.param}: ready after {time.monotonic() - started:.1f} s")
        return one

    return show


def shown(page: Any, parts: dict[str, str]) -> tuple[str, str]:
    return page.locator(parts["picture"]).first.get_attribute("src"), page.locator(parts["number"]).first.inner_text()


@pytest.mark.parametrize("name", PAGES)
def test_keys_change_picture_and_number(open_page: Callable[[str], Visit], name: str) -> None:
    visit, parts = open_page(name), PAGES[name]
    seen = set()
    for slider in visit.page.locator(parts["slider"]).all():
        slider.focus()
        for key in ("Home", "End"):
            visit.page.keyboard.press(key)
            seen.add(shown(visit.page, parts))
    assert len({picture for picture, _ in seen}) >= 2
    assert len({number for _, number in seen}) >= 2
    assert visit.errors == [] and visit.outside == []


@pytest.mark.parametrize("name", PAGES)
def test_the_mouse_changes_picture_and_number(open_page: Callable[[str], Visit], name: str) -> None:
    visit, parts = open_page(name), PAGES[name]
    page = visit.page
    slider = page.locator(parts["slider"]).first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.click(box["x"] + 6, middle)
    first = shown(page, parts)
    page.mouse.click(box["x"] + box["width"] / 2, middle)
    assert shown(page, parts)[0] != first[0]
    assert visit.errors == [] and visit.outside == []


@pytest.mark.parametrize("name", PAGES)
def test_the_address_keeps_the_place(open_page: Callable[[str], Visit], name: str) -> None:
    visit, parts = open_page(name), PAGES[name]
    page, first = visit.page, shown(visit.page, parts)
    page.locator(parts["slider"]).first.focus()
    page.keyboard.press("Home")
    left = shown(page, parts)
    assert left[0] != first[0]
    page.wait_for_url("**#*=*")
    page.reload()
    page.wait_for_selector(parts["slider"])
    assert shown(page, parts) == left
    assert visit.errors == [] and visit.outside == []


@pytest.mark.parametrize("name", PAGES)
def test_without_javascript_a_figure_stands_there(browser: Any, site: Any, name: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / f"results/{name}.html").as_uri())
    if "widget-state" not in page.content():
        pytest.skip("this copy of the book has no runs for it")
    figure = page.locator(".mcd-fallback")
    assert figure.is_visible()
    assert all(image.get_attribute("alt") for image in figure.locator("img").all())
    context.close()
