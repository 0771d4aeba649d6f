"""What a release hands out: wheel and sdist, equal however often they are built, whole, and fit to be installed."""

import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from scripts import dist

ROOT = Path(__file__).parents[1]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="releases are made from commits, and there is no git here"),
]


def tracked(folder: str = ".") -> set[str]:
    command = ["git", "ls-tree", "-r", "--name-only", "HEAD", folder]
    return set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines())


def only(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What two builds had in common, and what was printed."""
    folder = tmp_path_factory.mktemp("made") / "dist"
    command = [sys.executable, ROOT / "scripts/dist.py", folder]
    return folder, subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_hashes_are_printed_as_sha256sum_has_them(made):
    folder, printed = made
    expected = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in sorted(folder.iterdir())]
    assert printed.splitlines() == expected and len(expected) == 2


def test_builds_that_differ_are_refused(tmp_path, monkeypatch, capsys):
    """As they would if something wrote the folder's name into them."""
    monkeypatch.setattr(dist, "wheel_and_sdist", lambda folder: {"same.whl": b"", "other.whl": str(folder).encode()})
    assert dist.main(str(tmp_path / "dist")) == 1
    assert capsys.readouterr() == ("", "dist: two builds of one commit differ: other.whl\n")
    assert not (tmp_path / "dist").exists()


def test_the_wheel_holds_the_package_whole_and_nothing_else(made):
    with zipfile.ZipFile(only(made[0], "*.whl")) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == tracked("mcdeconv")
    assert {Path(name).suffix for name in names} >= {".py", ".js", ".css", ".json"}


def test_the_sdist_is_the_checkout_and_builds_the_same_wheel(made, tmp_path):
    source, wheel = only(made[0], "*.tar.gz"), only(made[0], "*.whl")
    top = source.name.removesuffix(".tar.gz")
    with tarfile.open(source) as packed:
        names = {member.name.removeprefix(f"{top}/") for member in packed.getmembers()}
        packed.extractall(tmp_path, filter="data")
    assert names == tracked() | {"PKG-INFO"}
    assert dist.wheel_and_sdist(tmp_path / top)[wheel.name] == wheel.read_bytes()


def test_the_wheel_deblurs_without_the_checkout(made, tmp_path):
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", tmp_path]
    subprocess.run([*command, only(made[0], "*.whl")], check=True)
    script = ["sh", ROOT / "scripts/try_installed.sh", sys.executable]
    alone = os.environ | {"PYTHONPATH": str(tmp_path), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(script, env=alone, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"tried: {tmp_path}/mcdeconv/__init__.py"
