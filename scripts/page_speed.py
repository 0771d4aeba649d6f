"""Print how fast pages of the built book are on a slow line and a slow processor: bytes, first paint, readiness.

`python scripts/page_speed.py [results/explorer.html ...]`; without names, every page. The line has 9 Mbit/s and 40 ms,
the processor is made four times slower than this machine's, and each page is opened in a browser without a cache. A
page is ready when its widget is drawn and its last formula typeset. Other work on the machine makes it slower: measure
on a quiet one.
"""

import argparse
import functools
import http.server
import shutil
import statistics
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LINE = {"offline": False, "latency": 40, "downloadThroughput": 9e6 / 8, "uploadThroughput": 9e6 / 8}  # ms, bytes/s
SLOWER = 4  # times, the processor
VISITS = 3  # of which the median counts
PATIENCE = 60_000  # ms
TIMES = """() => {
    const typeset = [...document.querySelectorAll(".math")].every((formula) => formula.querySelector("mjx-container"));
    const widget = document.querySelector('script[type="application/vnd.jupyter.widget-view+json"]');
    const drawn = !widget || document.querySelector(".mcd");
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    const ready = document.readyState === "complete" && typeset && drawn && paint;
    return ready ? [paint.startTime, performance.now()] : null;
}"""  # ms; null as long as the page is not ready


class Silent(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open, as on any host

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of a folder, over http."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def visit(browser: Any, address: str) -> tuple[float, float, float]:
    """Seconds to the first paint and until ready, and the bytes that came."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    protocol = context.new_cdp_session(page)
    sizes: list[float] = []
    protocol.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    protocol.send("Network.enable")
    protocol.send("Network.emulateNetworkConditions", LINE)
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="commit", timeout=PATIENCE)
    painted, ready = page.wait_for_function(TIMES, timeout=PATIENCE).json_value()
    context.close()
    return painted / 1000, ready / 1000, sum(sizes)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("pages", nargs="*", help="below the book's folder; by default all")
    parser.add_argument("--site", type=Path, default=ROOT / "out/site", help="the built book")
    options = parser.parse_args(arguments)
    pages = options.pages or sorted(
        str(path.relative_to(options.site))
        for path in options.site.rglob("*.html")
        if "_static" not in path.parts and path != options.site / "index.html"  # it only leads to another
    )
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None or not pages or any(not (options.site / page).is_file() for page in pages):
        print("page_speed: it needs chromium, and these pages in a built book: make book", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    print(f"{'page':<32} {'bytes':>10} {'first paint, s':>15} {'ready, s':>9}")
    with served(options.site) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for page in pages:
            visits = [visit(browser, f"{base}/{page}") for _ in range(VISITS)]
            painted, ready, size = map(statistics.median, zip(*visits, strict=True))
            print(f"{page:<32} {size:>10,.0f} {painted:>15.1f} {ready:>9.1f}", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
