"""Every page of the book in a real browser: nothing from outside, no errors, readable, accessible."""

import json
from typing import Any

import pytest
from book_site import AXE, EXTRA, Visit, pages

pytestmark = pytest.mark.slow

CHAPTERS = [page for page in pages() if page not in ("index.html", *EXTRA)] or ["index.html"]
TALLEST = 4_500  # px of a page 1,280 px wide
CHAPTER = 8_000  # of the course, with its exercises: half an hour, not a sitting
LONG = ("api", "results/claims.html")  # what is looked up in, not read
CUT = """all => all.filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
                  .map((one) => one.textContent)"""
FADED = """async (theme) => {
  document.documentElement.dataset.theme = theme;  // colours fade from one to the other
  const fading = () => document.getAnimations().filter((one) => one instanceof CSSTransition);
  while (fading().length) await Promise.allSettled(fading().map((one) => one.finished));
}"""
HEAVIEST = 3_000_000  # bytes of a page with its pictures, before JavaScript that pages share


@pytest.mark.parametrize("name", [name for name in CHAPTERS if not name.startswith(LONG)])
def test_a_page_is_read_in_one_sitting(visit: Visit, base: str, name: str) -> None:
    visit.page.set_viewport_size({"width": 1280, "height": 900})
    page = visit.open(f"{base}/{name}")
    tallest = CHAPTER if name.startswith("learn/") else TALLEST
    assert page.evaluate("document.documentElement.scrollHeight") <= tallest
    assert page.eval_on_selector_all("article div.highlight pre", CUT) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_over_http_nothing_from_outside_no_errors_light(visit: Visit, base: str, name: str) -> None:
    sizes: list[int] = []

    def weigh(request: Any) -> None:
        if request.url.startswith(base) and ("/_static/" not in request.url or "/_static/pictures/" in request.url):
            sizes.append(len(request.response().body()))

    visit.page.on("requestfinished", weigh)
    page = visit.open(f"{base}/{name}")
    assert visit.outside == []
    assert visit.errors == []
    assert undrawn_formulas(page) == 0
    assert 0 < sum(sizes) <= HEAVIEST


@pytest.mark.parametrize("name", CHAPTERS)
def test_from_a_file_nothing_from_outside_no_errors(from_file: Visit, site: Any, name: str) -> None:
    page = from_file.open((site / name).as_uri())
    assert from_file.outside == []
    assert from_file.errors == []
    assert undrawn_formulas(page) == 0


def test_equations_carry_the_papers_numbers(visit: Visit, base: str) -> None:
    page = visit.open(f"{base}/method.html")
    assert page.eval_on_selector_all("div.math mjx-container", "found => found.length") >= 27
    for number in range(1, 28):
        if number != 9:  # the conjugate prior of earlier methods, which the book leaves out
            assert page.locator(f"#eq-{number}").count() == 1, number


def undrawn_formulas(page: Any) -> int:
    """Places with TeX that MathJax did not turn into pictures, or could not read."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.math')].filter((one) => !one.querySelector('mjx-container svg')).length
           + document.querySelectorAll('mjx-container [data-mjx-error]').length"""
    )


@pytest.mark.parametrize("name", CHAPTERS)
def test_fits_a_telephone(phone: Visit, base: str, name: str) -> None:
    page = phone.open(f"{base}/{name}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


@pytest.mark.parametrize("name", CHAPTERS)
def test_axe_finds_nothing_serious(visit: Visit, base: str, name: str) -> None:
    page = visit.open(f"{base}/{name}")
    page.evaluate(AXE.read_text())
    found = []
    for theme in ("light", "dark"):
        page.evaluate(FADED, theme)
        found += [f"{theme}: {problem}" for problem in serious(page)]
    assert found == []


def serious(page: Any) -> list[str]:
    """axe-core's serious and critical violations, a line for each element."""
    violations = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{violation['id']}: {node['html'][:160]} {json.dumps([check.get('data') for check in node['any']])[:200]}"
        for violation in violations
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def test_light_and_dark_differ(visit: Visit, base: str) -> None:
    page = visit.open(f"{base}/intro.html")
    ground = "getComputedStyle(document.body).backgroundColor"
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    light = page.evaluate(ground)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert page.evaluate(ground) != light


@pytest.mark.parametrize("kind", ["http", "file"])
def test_search_finds_dropout(request: pytest.FixtureRequest, base: str, site: Any, kind: str) -> None:
    one: Visit = request.getfixturevalue("visit" if kind == "http" else "from_file")
    address = f"{base}/search.html" if kind == "http" else (site / "search.html").as_uri()
    page = one.open(f"{address}?q=dropout")
    page.wait_for_selector("#search-results li a", timeout=10_000)
    titles = page.eval_on_selector_all("#search-results li a", "found => found.map((one) => one.textContent)")
    assert any("method" in title.lower() for title in titles)
    if kind == "http":
        page.wait_for_function("document.querySelectorAll('#search-results p.context').length > 5", timeout=10_000)
        excerpts = " ".join(page.locator("#search-results p.context").all_inner_texts())
        assert not any(words in excerpts for words in ("Show the code", "Provenance", "made again by", "On this page"))
    assert one.outside == []
    assert one.errors == []
