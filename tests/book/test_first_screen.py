"""The first screen and the answer, as a reader meets them: pictures to drag, and two clicks to the evidence."""

from typing import Any

import pytest
from book_site import Visit

EDGES = "e => ['--left', '--right'].map((name) => parseFloat(e.style.getPropertyValue(name)))"
HEIGHT = 4500  # px of a chapter, at most, in a window 1,280 px wide
CHAPTERS = (
    *("intro", "answer", "method", "data", "readings", "obstacles", "measurements", "rivals", "plus", "limits"),
    *("rerun", "your_results", "plan"),
)


def edges(page: Any) -> list[float]:
    return page.eval_on_selector(".compare", EDGES)


def start(visit: Visit, base: str) -> Any:
    page = visit.open(f"{base}/intro.html")
    if not page.locator(".compare").count():
        pytest.skip("the book was built without runs")
    return page


def test_a_mouse_drags_where_a_picture_ends(visit: Visit, base: str) -> None:
    page = start(visit, base)
    page.locator(".handles").scroll_into_view_if_needed()
    box = page.locator(".handles").bounding_box()
    left, right = edges(page)
    assert 0 < left < right < 100

    def x(share: float) -> float:
        return box["x"] + share * box["width"]

    middle = box["y"] + box["height"] / 2
    page.mouse.move(x(right / 100), middle)
    page.mouse.down()
    page.mouse.move(x(0.9), middle, steps=5)
    page.mouse.up()
    assert edges(page)[0] == left and edges(page)[1] == pytest.approx(90, abs=1)
    page.mouse.move(x(0.9), middle)
    page.mouse.down()
    page.mouse.move(x(0.1), middle, steps=5)  # past the other one, which goes along
    page.mouse.up()
    assert edges(page) == pytest.approx([10, 10], abs=1)


def test_the_keyboard_moves_both_handles_and_each_has_a_name(visit: Visit, base: str) -> None:
    page = start(visit, base)
    before = edges(page)
    for place in (0, 1):
        handle = page.locator(".handles input").nth(place)
        assert "ends" in handle.get_attribute("aria-label")
        handle.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
    assert edges(page) == [before[0] + 2, before[1] + 2]


def test_from_a_file_without_scripts_three_pictures_stand_side_by_side(browser: Any, site: Any) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "intro.html").as_uri())
    boxes = [picture.bounding_box() for picture in page.locator(".compare .picture").all()]
    context.close()
    if not boxes:
        pytest.skip("the book was built without runs")
    assert len(boxes) == 3 and len({box["y"] for box in boxes}) == 1
    assert boxes[0]["x"] < boxes[1]["x"] < boxes[2]["x"]


def test_two_clicks_lead_to_the_verdict_and_the_evidence_of_each_claim(visit: Visit, base: str) -> None:
    page = visit.open(f"{base}/intro.html")
    page.locator("article a[href='answer.html']").first.click()
    page.wait_for_load_state()
    heads = page.locator("article table tr:has(td:first-child > p > strong, td:first-child > strong)")
    claims = [row for row in heads.all() if row.inner_text().lstrip()[:2] in {f"{n}." for n in range(1, 7)}]
    assert len(claims) == 6 and all(row.locator("a").count() for row in claims)  # to tables and figures
    assert page.locator("article table a[href^='results/claims.html']").count() >= 6


def test_two_clicks_lead_from_the_first_page_by_the_ledger_to_a_claims_runs(visit: Visit, base: str) -> None:
    page = visit.open(f"{base}/intro.html")
    page.locator("article a[href='results/claims.html']").first.click()
    page.wait_for_load_state()
    tried = page.locator("article tr[id^='claim-']:has(svg.strip)")
    if not tried.count():
        pytest.skip("the book was built without runs")
    verdicts = {row.locator("td").last.inner_text().split("\n")[0] for row in tried.all()}
    assert verdicts <= {"reproduced", "partly", "open", "not reproduced"}
    page.locator("article section:has(> h2) > p a", has_text="Table 5").first.click()
    page.wait_for_url("**/results/sampling.html#table-5")
    assert page.locator("#table-5").bounding_box()["y"] < 900


def test_a_group_of_claims_fits_a_screen(visit: Visit, base: str) -> None:
    page = visit.open(f"{base}/results/claims.html")
    groups = page.locator("article table:has(svg.strip)").all()
    if not groups:
        pytest.skip("the book was built without runs")
    assert max(group.bounding_box()["height"] for group in groups) <= 900


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_chapter_is_too_high(visit: Visit, base: str, name: str) -> None:
    page = visit.open(f"{base}/{name}.html")
    assert page.evaluate("document.documentElement.scrollHeight") <= HEIGHT
