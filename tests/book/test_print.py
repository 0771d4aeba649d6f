"""The printed book: pages in their order, links that lead within it or stand as notes, what moves replaced."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "workflow"))

import pdf
import pytest
from bs4 import BeautifulSoup

PAGES = {
    "intro": '<h1>Start</h1><p><a href="learn.html#idea">The idea</a>, <a href="https://example.org/a">a page</a>, '
    '<a href="https://example.org/a">again</a>, <a href="gone.html">gone</a></p>',
    "figure": '<svg aria-labelledby="t"><title id="t">Drawing</title><g id="tile"/><use href="#tile"/></svg>'
    '<label for="one">One</label><input id="one">',
    "learn": '<h1 id="idea">Idea</h1><details><summary>More</summary>Folded</details>'
    '<figure class="mcd-fallback"><p>Still</p></figure><script>move()</script>',
    "learn/blur": '<h1>Blur</h1><p><a href="../intro.html">back</a></p><img loading="lazy" src="../_static/a.png">'
    '<fieldset class="quiz"><label><input type="radio">One</label></fieldset>',
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, body in PAGES.items():
        path = tmp_path / f"{name}.html"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"<html><head></head><body><article>{body}</article></body></html>")
    return tmp_path


def test_the_order_is_that_of_the_contents():
    found = list(pdf.in_order(pdf.ROOT / "book/_toc.yml"))
    assert found[:4] == ["intro", "answer", "learn", "learn/blur"] and found[-1] == "bibliography"
    assert len(set(found)) == len(found) > 50


def test_links_lead_within_the_print_or_become_notes(site):
    soup = BeautifulSoup(pdf.whole(site, list(PAGES)), "html.parser")
    idea, page, again, gone = soup.select("#intro a")
    assert idea["href"] == "#learn--idea" and soup.find(id="learn--idea")
    assert "href" not in gone.attrs
    assert [one.find_next_sibling().text for one in (page, again)] == ["1", "1"]
    assert [item.text for item in soup.select("#intro ol.notes li")] == ["https://example.org/a"]
    assert soup.select_one("#learn-blur a")["href"] == "#intro"


def test_a_drawing_keeps_its_parts_and_labels_their_fields(site):
    soup = BeautifulSoup(pdf.whole(site, list(PAGES)), "html.parser")
    drawing = soup.select_one("svg")
    assert drawing.select_one("use")["href"] == "#tile" and drawing.select_one("#tile")
    assert drawing["aria-labelledby"] == "t" and drawing.select_one("#t")
    assert soup.find(id=soup.select_one("label[for]")["for"]).name == "input"


def test_what_is_folded_is_open_and_nothing_moves(site):
    soup = BeautifulSoup(pdf.whole(site, list(PAGES)), "html.parser")
    assert "open" in soup.select_one("#learn details").attrs
    assert "Still" in soup.select_one("#learn").text and "move()" not in soup.text
    picture = soup.select_one("#learn-blur img")
    assert picture["src"] == "_static/a.png" and "loading" not in picture.attrs
    assert soup.select("#learn-blur input") == []


@pytest.mark.slow
def test_chromium_prints_a_page_for_each(browser, site, tmp_path, monkeypatch):
    context = browser.new_context()

    def printed(folder: Path, text: str) -> bytes:  # a second Playwright cannot be started beside the tests' own
        page = context.new_page()
        page.set_content(text)
        return page.pdf(format="A4")

    monkeypatch.setattr(pdf, "printed_by_chromium", printed)
    assert pdf.main(["--site", str(site), "--output", str(tmp_path / "book.pdf")]) == 0
    content = (tmp_path / "book.pdf").read_bytes()
    assert content.startswith(b"%PDF") and len(re.findall(rb"/Type ?/Page\b", content)) >= 3
    context.close()


def test_without_a_book_it_says_so(tmp_path, capsys):
    assert pdf.main(["--site", str(tmp_path), "--output", str(tmp_path / "x.pdf")]) == 1
    assert "run `make book` first" in capsys.readouterr().err and not (tmp_path / "x.pdf").exists()
