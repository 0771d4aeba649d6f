"""Where the built book is, and how a test visits one of its pages."""

import http.server
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "out/site"
AXE = Path(__file__).parent / "vendor/axe-core/axe.min.js"
# not chapters: what Sphinx adds
EXTRA = ("genindex.html", "py-modindex.html", "search.html")


def pages() -> list[str]:
    """Every page of the built book as a path below its root, without slides; empty if it is not built."""
    found = (path.relative_to(SITE) for path in SITE.rglob("*.html"))
    return sorted(str(path) for path in found if not {"_static", "slides"} & set(path.parts))


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@dataclass
class Visit:
    """A page and all that went wrong on it."""

    page: Any
    allowed: str  # what an address must start with
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bodies: dict[str, int] = field(default_factory=dict)

    def watch(self) -> None:
        self.page.route("**/*", self._refuse_outside)
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("response", self._failed)

    def _refuse_outside(self, route: Any) -> None:
        address = route.request.url
        if address.startswith((self.allowed, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(address)
            route.abort()

    def _note(self, kind: str, text: str) -> None:
        if kind == "error":
            self.errors.append(text)

    def _failed(self, response: Any) -> None:
        if response.status >= 400:
            self.errors.append(f"{response.status} {response.url}")

    def open(self, address: str) -> Any:
        """Go there, and wait until mathematics and widgets have been drawn."""
        self.outside.clear()
        self.errors.clear()
        self.page.goto(address, wait_until="load")
        self.page.evaluate("async () => { if (window.MathJax?.startup) await MathJax.startup.promise; }")
        self.page.wait_for_function(
            """() => !document.querySelector('script[type="application/vnd.jupyter.widget-view+json"]')
               || document.querySelector('.cell_output input, .cell_output canvas, .cell_output button')""",
            timeout=20_000,
        )
        self.page.wait_for_timeout(150)
        return self.page
