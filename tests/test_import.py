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
SOLVING = ("forward", "networks", "schedules", "config", "solver")
ABOVE = (
    "datasets",
    "experiment",
    "records",
    "cli",
    "commands",
    "campaign",
    "studies",
    "summary",
    "benchmark",
    "deblur",
)


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
    light = "import mcdeconv.tables, mcdeconv.figures, mcdeconv.claims, mcdeconv.card, mcdeconv.manifest"
    assert loaded_by(light, ("pandas", "torch", "scipy.signal", "seaborn")) == ["pandas"]


def test_help_does_not_wait_for_torch():
    assert loaded_by("import mcdeconv.cli", ("typer", "torch", "scipy", "skimage")) == ["typer"]


def test_an_unknown_name_is_an_attribute_error():
    import mcdeconv

    with pytest.raises(AttributeError, match="module 'mcdeconv' has no attribute 'nothing'"):
        mcdeconv.nothing  # noqa: B018
    assert set(mcdeconv.__all__) == {"Restoration", "deconvolve"}


def test_only_the_command_line_knows_typer():
    knowing = {name for name, path in MODULES.items() if within(imports(path), "typer")}
    assert knowing - {"mcdeconv.commands"} == {"mcdeconv.cli"}


def test_only_the_download_knows_pooch():
    assert {name for name, path in MODULES.items() if within(imports(path), "pooch")} == {"mcdeconv.datasets.download"}


def test_the_modules_named_here_exist():
    assert {f"mcdeconv.{name}" for name in (*SOLVING, *ABOVE)} - MODULES.keys() == set()


@pytest.mark.parametrize("name", SOLVING)
@pytest.mark.parametrize("above", ABOVE)
def test_the_solving_path_knows_nothing_above_it(name, above):
    assert within(imports(MODULES[f"mcdeconv.{name}"]), f"mcdeconv.{above}") == set()


@pytest.mark.parametrize("name", sorted(MODULES))
def test_nothing_reaches_back_to_the_command_line(name):
    if name in ("mcdeconv.cli", "mcdeconv.__main__") or name.startswith("mcdeconv.commands."):
        return
    imported = imports(MODULES[name])
    assert within(imported, "mcdeconv.cli") == within(imported, "mcdeconv.commands") == set()


def test_modules_import_one_another_in_one_direction_only():
    """No circle, apart from what a package's own __init__ gathers."""
    graph = {
        name: imports(path) & MODULES.keys() - {name} for name, path in MODULES.items() if path.name != "__init__.py"
    }
    done, open_now = set(), []

    def visit(name):
        assert name not in open_now, f"circle: {' → '.join([*open_now, name])}"
        if name not in done:
            open_now.append(name)
            for other in sorted(graph.get(name, ())):
                visit(other)
            open_now.pop()
            done.add(name)

    for name in graph:
        visit(name)
    assert len(done) >= 30  # the graph is not empty
