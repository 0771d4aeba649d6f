"""What a page of the built book loads before it can be read; bytes and order, for times depend on the machine."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag

import pytest
from book_site import pages

BLOCKING_SCRIPTS = 2_000  # bytes of files that the first paint waits for
STYLES = 700_000  # bytes of style sheets; three quarters are the theme's
WIDGET_PAGE = 3_500_000  # bytes of a page with widgets, its scripts and styles: 3.1 s at 9 Mbit/s
STATES = 'type="application/vnd.jupyter.widget-state+json"'
NAMES = pages() or ["index.html"]


class Loaded(HTMLParser):
    """The files that a page's tags name, with whether the first paint waits for them."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.folder, self.in_head = path.parent, True
        self.scripts: dict[Path, bool] = {}
        self.styles: list[Path] = []
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.in_head = self.in_head and tag != "body"
        if tag == "script" and (source := known.get("src")):
            self.scripts[self._file(source)] = self.in_head and not {"defer", "async"} & known.keys()
        if tag == "link" and known.get("rel") == "stylesheet":
            self.styles.append(self._file(known["href"] or ""))

    def _file(self, address: str) -> Path:
        return self.folder / urldefrag(address)[0].split("?")[0]


def size(paths: list[Path]) -> int:
    return sum(path.stat().st_size for path in paths)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "search.html"])
def test_the_first_paint_waits_for_no_large_script(site: Path, name: str) -> None:
    loaded = Loaded(site / name)
    assert size([path for path, blocks in loaded.scripts.items() if blocks]) <= BLOCKING_SCRIPTS
    assert size(loaded.styles) <= STYLES
    assert name == "index.html" or loaded.styles


@pytest.mark.parametrize("name", NAMES)
def test_mathjax_is_loaded_where_there_are_formulas(site: Path, name: str) -> None:
    text = (site / name).read_text()
    assert any("mathjax" in path.parts for path in Loaded(site / name).scripts) == ('class="math' in text)


@pytest.mark.parametrize("name", NAMES)
def test_widgets_come_last_and_bring_little(site: Path, name: str) -> None:
    text, loaded = (site / name).read_text(), Loaded(site / name)
    assert any(path.name == "widgets.js" for path in loaded.scripts) == (STATES in text)
    if STATES in text:
        assert text.index(STATES) > text.index("</main>")
        assert len(text.encode()) + size([*loaded.scripts, *loaded.styles]) <= WIDGET_PAGE
    else:
        assert "widget-view+json" not in text


def test_there_are_pages_of_every_kind(site: Path) -> None:
    """Otherwise the tests above would look at one kind only."""
    texts = [(site / name).read_text() for name in NAMES]
    assert any('class="math' in text for text in texts) and any('class="math' not in text for text in texts)
    if not any(STATES in text for text in texts):
        pytest.skip("this copy of the book has no widget: no notebook with one was run")
