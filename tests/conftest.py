"""What several test modules share."""

import os
import shutil
from pathlib import Path

import pytest

# --doctest-modules would import every folder's conftest under the one name
collect_ignore_glob = ["conftest.py", "*/conftest.py"]

# Processes that test beside one another have a core each; two threads each would wait for one another most of the time.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def benchmark_data() -> Path:
    """Folder with the benchmarks (levin/, lai/, kohler/): MCDECONV_DATA, else shared/data beside the checkout."""
    beside = Path(__file__).parents[1].parent / "shared" / "data"
    folder = Path(os.environ.get("MCDECONV_DATA", beside))
    if not (folder / "levin").is_dir():
        pytest.skip("no benchmark data: set MCDECONV_DATA to a folder with levin/, lai/ and kohler/")
    return folder


@pytest.fixture(scope="session")
def browser():
    """Debian's chromium, driven by Playwright, which one process can start only once."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed; run `make install`")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium is not installed; scripts/install_chromium.sh or `apt-get install chromium`")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()
