"""What several test modules share."""

import os
from pathlib import Path

import pytest

# --doctest-modules would import every folder's conftest under the one name
collect_ignore_glob = ["conftest.py", "*/conftest.py"]


@pytest.fixture(scope="session")
def benchmark_data() -> Path:
    """Folder with the benchmarks (levin/, lai/, kohler/): MCDECONV_DATA, else shared/data beside the checkout."""
    beside = Path(__file__).parents[1].parent / "shared" / "data"
    folder = Path(os.environ.get("MCDECONV_DATA", beside))
    if not (folder / "levin").is_dir():
        pytest.skip("no benchmark data: set MCDECONV_DATA to a folder with levin/, lai/ and kohler/")
    return folder
