"""Every link inside the book leads somewhere; no browser needed."""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from book_site import ROOT, pages

sys.path.insert(0, str(ROOT / "workflow"))

from pages import PAGES


class Links(HTMLParser):
    """Addresses that a page points to, and places in it that can be pointed to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        for name in ("id", "name"):
            if value := known.get(name):
                self.places.add(value)
        for name in ("href", "src"):
            if (value := known.get(name)) and not value.startswith(
                ("http:", "https:", "mailto:", "data:", "javascript:")
            ):
                self.addresses.append(value)


@pytest.mark.parametrize("name", pages() or ["index.html"])
def test_every_internal_link_resolves(site: Path, name: str) -> None:
    here = site / name
    broken = []
    for address in set(Links(here.read_text()).addresses):
        path, place = urldefrag(address)
        target = (here.parent / unquote(path.split("?")[0])).resolve() if path else here
        if target.is_dir():
            target /= "index.html"
        if (
            not target.is_relative_to(site.resolve())
            or not target.exists()
            or (place and target.suffix == ".html" and unquote(place) not in Links(target.read_text()).places)
        ):
            broken.append(address)
    assert broken == []


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.shows])
def test_every_table_and_figure_has_an_address_of_its_own(site: Path, name: str) -> None:
    """As results/levin.html#table-1, whether its page was run or not, with the paper's number in its heading."""
    text = (site / f"results/{name}.html").read_text()
    for one in PAGES[name].shows:
        assert one.heading.anchor in Links(text).places
        below = text.partition(f'id="{one.heading.anchor}"')[2]
        assert re.search(rf"<h[12]>{re.escape(one.heading.name)}: ", below[:200])


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    """Scripts, styles and pictures; links that a reader follows may lead anywhere."""

    class Loaded(HTMLParser):
        found: list[str]

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            known = dict(attrs)
            address = known.get("src") if tag in ("script", "img", "iframe") else None
            if tag == "link" and known.get("rel") in ("stylesheet", "preload", "icon"):
                address = known.get("href")
            if address and address.startswith(("http:", "https:", "//")):
                self.found.append(address)

    for name in pages():
        parser = Loaded()
        parser.found = []
        parser.feed((site / name).read_text())
        assert parser.found == [], name
