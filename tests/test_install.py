"""`make install` takes the files that the lock names, by their SHA-256, and no others."""

import hashlib
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OTHER = "0" * 64


def wheel(folder: Path, name: str) -> str:
    """Make a package with nothing in it; its SHA-256."""
    path, about = folder / f"{name}-1.0-py3-none-any.whl", f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        packed.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{about}/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """What `make install` reads of a checkout, and an index of two packages."""
    root = tmp_path_factory.mktemp("checkout")
    (root / "scripts").mkdir()
    for name in ("Makefile", "pyproject.toml", "scripts/make_venv.sh"):
        shutil.copy(ROOT / name, root / name)
    (root / "index").mkdir()
    return root


@pytest.fixture(scope="module")
def install(checkout):
    """Run it with a lock that has certain hashes of the packages; None: none."""
    right = {name: wheel(checkout / "index", name) for name in ("setuptools", "some_package")}

    def call(**changed):
        hashes = {name: changed.get(name, digest) for name, digest in right.items()}
        lines = (
            f"{name}==1.0" + (f" \\\n    --hash=sha256:{digest}" if digest else "") for name, digest in hashes.items()
        )
        (checkout / "requirements.lock").write_text("".join(f"{line}\n" for line in lines))
        alone = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(checkout / "index"), "PIP_CONFIG_FILE": os.devnull}
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | alone
        done = subprocess.run(["make", "install"], cwd=checkout, env=environment, capture_output=True, text=True)
        assert done.returncode == 2 and not (checkout / ".venv/.installed").exists()
        return done.stderr

    return call


@pytest.mark.parametrize("name", ["setuptools", "some_package"])
def test_another_file_than_the_lock_names_is_refused(install, name):
    refused = install(**{name: OTHER})
    assert "DO NOT MATCH THE HASHES" in refused and f"Expected sha256 {OTHER}" in refused


def test_a_package_without_a_hash_is_refused(install):
    assert "Hashes are required in --require-hashes mode" in install(some_package=None)


def test_the_right_files_are_taken_and_pytorch_comes_last(install):
    assert "No matching distribution found for torch==" in install()
