"""The three places that name versions agree: pyproject.toml, requirements.lock, environment.yml; so does what runs."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def lock_lines() -> list[str]:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def pins(lines: list[str]) -> dict[str, str]:
    return {canonicalize_name(name): value for name, value in (line.split("==") for line in lines)}


def environment() -> tuple[SpecifierSet, list[str]]:
    """Python versions that environment.yml allows, and the lines of its pip section."""
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    (python,) = (entry for entry in dependencies if isinstance(entry, str) and entry.startswith("python="))
    (pip,) = (entry["pip"] for entry in dependencies if isinstance(entry, dict))
    return SpecifierSet(f"=={python.removeprefix('python=')}.*"), pip


LOCK = pins(lock_lines())
CORE = [Requirement(line) for line in project()["dependencies"]]


def test_lock_has_only_names_and_public_versions():
    wrong = [line for line in lock_lines() if not re.fullmatch(r"[a-z0-9][a-z0-9-]*==[0-9][0-9a-z.]*", line)]
    assert not wrong
    assert "//" not in (ROOT / "requirements.lock").read_text()


def test_lock_is_sorted_without_repetitions():
    assert list(LOCK) == sorted(LOCK)
    assert len(LOCK) == len(lock_lines())


def test_environment_pins_are_those_of_the_lock():
    _, pip = environment()
    pinned = pins([line for line in pip if not line.startswith("-")])
    assert pinned.keys() >= {canonicalize_name(requirement.name) for requirement in CORE}
    assert pinned == {name: LOCK.get(name) for name in pinned}


def test_environment_constrains_the_rest_by_the_lock_and_installs_the_project():
    _, pip = environment()
    assert [line for line in pip if line.startswith("-")] == ["-c requirements.lock", "-e ."]


def test_environment_python_is_one_the_project_supports():
    python, _ = environment()
    supported = SpecifierSet(project()["requires-python"])
    allowed = [f"3.{minor}.0" for minor in range(20) if python.contains(f"3.{minor}.0")]
    assert allowed
    assert all(supported.contains(one) for one in allowed)


@pytest.mark.parametrize("extra", ["core", "book", "workflow", "dev"])
def test_lock_satisfies_pyproject(extra: str):
    lines = project()["dependencies"] if extra == "core" else project()["optional-dependencies"][extra]
    requirements = [Requirement(line) for line in lines]
    unmet = [str(one) for one in requirements if not one.specifier.contains(LOCK.get(canonicalize_name(one.name), "0"))]
    assert not unmet


def imported(folder: str) -> set[str]:
    """Packages that a folder's modules import anywhere in them, without Python's own and the checkout's."""
    paths = list((ROOT / folder).rglob("*.py"))
    names = set()
    for node in (node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    ours = {"mcdeconv"} | {path.stem for path in paths}
    return {name.partition(".")[0] for name in names} - ours - sys.stdlib_module_names


@pytest.mark.parametrize(
    ("folder", "extras"), [("mcdeconv", ["book"]), ("workflow", ["book", "workflow"]), ("scripts", ["book", "dev"])]
)
def test_what_is_imported_is_declared(folder: str, extras: list[str]):
    """What merely comes along with another package may be gone with its next version."""
    lines = project()["dependencies"] + [line for extra in extras for line in project()["optional-dependencies"][extra]]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    providers = packages_distributions()
    needed = {canonicalize_name(providers.get(name, [name])[0]): name for name in imported(folder)}
    assert {name for one, name in needed.items() if one not in declared} == set()


@pytest.mark.skipif(not Path(sys.prefix, ".installed").exists(), reason="not the environment that `make install` makes")
@pytest.mark.parametrize("requirement", CORE, ids=lambda requirement: requirement.name)
def test_installed_version_is_the_locked_one(requirement: Requirement):
    installed = version(requirement.name).split("+")[0]  # 2.13.0+cpu is a build of 2.13.0
    assert installed == LOCK[canonicalize_name(requirement.name)]


def test_first_make_target_is_help_and_lists_every_documented_one():
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    documented = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert re.findall(r"^  make ([a-z-]+)", shown, flags=re.MULTILINE) == documented
    assert {"reproduce", "test"} <= set(documented)


@pytest.mark.parametrize(
    ("old", "new"), [("bench", "benchmark"), ("readings", "protocols"), ("known-kernel", "known-kernel")]
)
def test_a_target_that_went_names_what_does_it_now(old: str, new: str):
    done = subprocess.run(["make", old], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr.startswith(f"`make {old}` is now `make study NAME={new}`\n")
