"""The built book in a real Chromium, over http below a sub-path and from file://; outside requests are refused."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from book_site import ROOT, SITE, Silent, Visit


@pytest.fixture(scope="session")
def site() -> Path:
    if not (SITE / "index.html").exists():
        pytest.skip(f"{SITE.relative_to(ROOT)} is not built; run `make reproduce` or `make book` first")
    return SITE


@pytest.fixture(scope="session")
def base(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the book below a sub-path, as GitHub Pages serves a project."""
    folder = tmp_path_factory.mktemp("host")
    (folder / "some/where").mkdir(parents=True)
    (folder / "some/where/book").symlink_to(site, target_is_directory=True)
    handler = functools.partial(Silent, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/some/where/book"
        server.shutdown()


@pytest.fixture
def visit(browser: Any, base: str) -> Iterator[Visit]:
    """A fresh window of a desktop's size, over http."""
    yield from _visit(browser, base, 1280, 900)


@pytest.fixture
def phone(browser: Any, base: str) -> Iterator[Visit]:
    yield from _visit(browser, base, 375, 740)


@pytest.fixture
def from_file(browser: Any, site: Path) -> Iterator[Visit]:
    yield from _visit(browser, "file://", 1280, 900)


def _visit(browser: Any, allowed: str, width: int, height: int) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": width, "height": height})
    one = Visit(context.new_page(), allowed)
    one.watch()
    yield one
    context.close()
