"""What names versions agrees: pyproject.toml, requirements.lock, the Makefile and .binder; so does what runs."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from scripts import lock

ROOT = Path(__file__).parents[1]
LINUX = {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"}
MAC = {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"}
SYSTEMS = {
    f"{python} on {system['platform_system']}": default_environment()
    | system
    | {"python_full_version": python, "python_version": python.rpartition(".")[0]}
    for python in ("3.11.2", "3.11.9", "3.12.9", "3.13.2")
    for system in (LINUX, MAC)
}


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def makefile(variable: str) -> str:
    return re.search(rf"^{variable} \?= (\S+)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)[1]


def locked(text: str) -> dict[Requirement, list[str]]:
    """The hashes of each package of a lock."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#")).replace("\\\n", " ")
    packages = [line.split("--hash=") for line in lines.splitlines()]
    return {Requirement(name.strip()): [one.strip() for one in hashes] for name, *hashes in packages}


LOCK = locked((ROOT / "requirements.lock").read_text())
CORE = [Requirement(line) for line in project()["dependencies"]]
EXTRAS = {"core": CORE} | {
    extra: [Requirement(line) for line in lines] for extra, lines in project()["optional-dependencies"].items()
}


def pins(system: dict[str, str]) -> dict[str, str]:
    """Versions that are installed on a system, PyTorch's too."""
    found = {"torch": makefile("TORCH")}
    for package in LOCK:
        if package.marker is None or package.marker.evaluate(system):
            assert package.name not in found, "two versions for one system"
            (specifier,) = package.specifier
            found[package.name] = specifier.version
    return found


def test_everything_in_the_lock_is_pinned_and_has_hashes():
    text = (ROOT / "requirements.lock").read_text()
    assert [str(one) for one in LOCK if not re.fullmatch(r"==[0-9][0-9a-z.]*", str(one.specifier))] == []
    assert all(LOCK.values())
    hashes = [one for each in LOCK.values() for one in each]
    assert [one for one in hashes if not re.fullmatch(r"sha256:[0-9a-f]{64}", one)] == []
    assert "//" not in text and "torch==" not in text
    names = [package.name for package in LOCK]
    assert names == sorted(names)


def test_what_depends_on_the_machine_is_kept_out_of_the_lock():
    plain = "a==1 \\\n    --hash=sha256:00\n"
    gpu = "cuda-toolkit==2\nnvidia-cublas==3 ; sys_platform == 'linux' \\\n    --hash=sha256:11\n"
    resolved = f"{plain}{gpu}torch==4 \\\n    --hash=sha256:22\ntriton==5\ntorchmetrics==6\n"
    assert lock.without_torch(resolved) == f"{lock.HEADER}{plain}torchmetrics==6\n"


def needed(system: dict[str, str]) -> Iterator[Requirement]:
    """What a system needs, directly and through others, as far as they are installed here and say it."""
    waiting, seen = [one for requirements in EXTRAS.values() for one in requirements], set()
    while waiting:
        requirement = waiting.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        yield requirement
        try:
            further = [Requirement(line) for line in requires(requirement.name) or ()]
        except PackageNotFoundError:  # of another system
            continue
        asked = [system | {"extra": extra} for extra in ("", *requirement.extras)]
        waiting += [one for one in further if one.marker is None or any(map(one.marker.evaluate, asked))]


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_the_lock_is_complete_on_every_system(system):
    """On macOS and under Python 3.12 packages are needed that no other system has."""
    there = pins(system)
    unmet = [
        str(one)
        for one in needed(system)
        if not lock.MACHINES_OWN.match(f"{one.name}==")
        and not one.specifier.contains(there.get(canonicalize_name(one.name), "0"), prereleases=True)
    ]
    assert unmet == []


def test_conda_gets_the_versions_of_the_lock():
    text = (ROOT / "environment.yml").read_text()
    *system, pip = yaml.safe_load(text)["dependencies"]
    assert system == ["python=3.11", "pip"]
    assert text == lock.with_pins(text, makefile("TORCH"), lock.pins((ROOT / "requirements.lock").read_text()))
    assert pip["pip"][0] == f"torch=={makefile('TORCH')}" and pip["pip"][-1] == "-e ."
    named = {canonicalize_name(Requirement(line).name) for line in pip["pip"][:-1]}
    assert named >= {canonicalize_name(one.name) for requirements in EXTRAS.values() for one in requirements}
    for name in ("3.11.9 on Linux", "3.11.9 on Darwin"):
        found = [Requirement(line) for line in pip["pip"][:-1]]
        own = {
            one.name: str(one.specifier)[2:]
            for one in found
            if one.marker is None or one.marker.evaluate(SYSTEMS[name])
        }
        assert own == pins(SYSTEMS[name])


def test_binder_takes_a_supported_python_and_installs_as_everybody_does():
    dependencies = yaml.safe_load((ROOT / ".binder/environment.yml").read_text())["dependencies"]
    (python,) = (entry for entry in dependencies if entry.startswith("python="))
    assert SpecifierSet(project()["requires-python"]).contains(python.removeprefix("python=") + ".0")
    assert set(dependencies) == {python, "pip", "make"}, "what is not in the lock has no hash"
    assert (ROOT / ".binder/postBuild").read_text().splitlines()[-1] == 'exec make install VENV="$CONDA_PREFIX"'
    assert (ROOT / ".binder/postBuild").stat().st_mode & 0o111


@pytest.mark.parametrize("extra", EXTRAS)
def test_lock_satisfies_pyproject(extra: str):
    there = pins(default_environment())
    assert [str(one) for one in EXTRAS[extra] if not one.specifier.contains(there.get(one.name.lower(), "0"))] == []


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
    declared = {canonicalize_name(one.name) for extra in ("core", *extras) for one in EXTRAS[extra]}
    providers = packages_distributions()
    needed = {canonicalize_name(providers.get(name, [name])[0]): name for name in imported(folder)}
    assert {name for one, name in needed.items() if one not in declared} == set()


@pytest.mark.skipif(not Path(sys.prefix, ".installed").exists(), reason="not the environment that `make install` makes")
@pytest.mark.parametrize("requirement", CORE, ids=lambda requirement: requirement.name)
def test_installed_version_is_the_locked_one(requirement: Requirement):
    installed = version(requirement.name).split("+")[0]  # 2.13.0+cpu is a build of 2.13.0
    assert installed == pins(default_environment())[canonicalize_name(requirement.name)]


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
