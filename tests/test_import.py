"""What an import costs, and which module may know of which."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(importlib.util.find_spec("mcdeconv").origin).parent
ROOT = PACKAGE.parent
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


def loaded_by(statement, heavy):
    """Which of some packages a fresh interpreter has loaded after a statement."""
    code = f"import sys; {statement}; print(*[name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.split()


def imports(path):
    """Full names of what a module imports anywhere in it, `from a import b` as both a and a.b."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(imported, package):
    return {name for name in imported if name == package or name.startswith(f"{package}.")}


def test_importing_the_package_loads_nothing_heavy():
    heavy = ("torch", "numpy", "scipy", "skimage", "pandas", "matplotlib", "pooch", "typer", "PIL", "tqdm")
    assert loaded_by("import mcdeconv", heavy) == []


def test_importing_the_solving_path_loads_no_extras():
    extras = ("pooch", "pandas", "matplotlib", "seaborn", "typer", "snakemake", "papermill", "ipywidgets")
    assert loaded_by("import mcdeconv; mcdeconv.deconvolve", ("mcdeconv.deblur", "torch", *extras)) == [
        "mcdeconv.deblur",
        "torch",
    ]


def test_reading_records_does_not_wait_for_torch():
    light = "from mcdeconv.paper import card, claims, figures, selection, tables"
    assert loaded_by(light, ("pandas", "torch", "scipy.signal", "seaborn")) == ["pandas"]


def test_help_does_not_wait_for_torch():
    assert loaded_by("import mcdeconv.cli.main", ("typer", "torch", "scipy", "skimage")) == ["typer"]


def test_an_unknown_name_is_an_attribute_error():
    import mcdeconv

    with pytest.raises(AttributeError, match="module 'mcdeconv' has no attribute 'nothing'"):
        mcdeconv.nothing  # noqa: B018
    assert set(mcdeconv.__all__) == {"Restoration", "deconvolve"}


def test_only_the_command_line_knows_typer():
    knowing = {name for name, path in MODULES.items() if within(imports(path), "typer")}
    assert knowing == {"mcdeconv.cli.main"}


def test_only_the_files_of_the_benchmarks_know_pooch():
    knowing = {name for name, path in MODULES.items() if within(imports(path), "pooch")}
    assert knowing == {"mcdeconv.data.datasets.fetch", "mcdeconv.data.datasets.registry"}


def test_a_room_imports_only_rooms_below_it():
    """The contract in pyproject.toml; `make lint` asks for it too."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-logo"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0 and "1 kept, 0 broken" in done.stdout, done.stdout + done.stderr
