"""The course's archive: its notebooks run on a machine with NumPy and nothing else of ours, and are plain Markdown."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import course
import pytest
from pages import PAGES

ROOT = Path(__file__).parents[2]
CHAPTER = next(page for page in PAGES.values() if page.name == "blur")
ALONE = """
import json, sys
class Refused:
    def find_spec(self, name, *rest):
        if name.split(".")[0] not in {"numpy", "mcdeconv", *sys.stdlib_module_names}:
            raise ImportError(f"{name} is not on this machine")
sys.meta_path.insert(0, Refused())
names = {}
for cell in json.load(open(sys.argv[1]))["cells"]:
    if cell["cell_type"] == "code":
        exec(cell["source"], names)
assert "site-packages/mcdeconv" not in sys.modules["mcdeconv"].__file__
print("from", sys.modules["mcdeconv"].__file__)
"""


def words(source: str) -> str:
    return course.in_plain_words(source, CHAPTER)


def test_directives_become_plain_markdown():
    hint = ":::{dropdown} Hint\nLook.\n:::"
    exercise = f"```{{exercise}} 1.1, on paper\n:label: exercise-1-1\n:nonumber:\n\nHow much?\n\n{hint}\n```"
    assert (
        words(exercise)
        == "### Exercise 1.1, on paper\n\nHow much?\n\n<details><summary>Hint</summary>\n\nLook.\n\n</details>"
    )
    quiz = ":::{quiz} Why?\n- [x] So.\n\n  Because.\n- [ ] Not so.\n\n  For no\n  reason.\n:::"
    assert "- So.\n\n  <details><summary>This one?</summary>Yes. Because.</details>" in words(quiz)
    assert "No. For no reason.</details>" in words(quiz)
    assert (
        words("See {doc}`chapter 2 <no-blur>`, [(1)](#eq-1), {cite}`levin2009`.") == "See chapter 2, (1), [levin2009]."
    )
    assert words("[there](../method.md#a-b) and [here](../results/time)") == (
        "[there](../book/method.html#a-b) and [here](../book/results/time.html)"
    )


@pytest.fixture
def site(tmp_path):
    """A book of one page, and chapters as they are before they are executed."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/learn.html").write_text("<title>The course</title>")
    (tmp_path / "pages").mkdir()
    for page in PAGES.values():
        if page.teaches:
            (tmp_path / f"pages/{page.name}.ipynb").write_text((ROOT / "notebooks" / page.notebook).read_text())
    return tmp_path


def packed(site: Path) -> Path:
    arguments = ["--pages", f"{site}/pages", "--site", f"{site}/site", "--output", f"{site}/course.zip"]
    assert course.main(arguments) == 0
    return site / "course.zip"


def test_equal_content_makes_an_equal_archive(site):
    first = packed(site).read_bytes()
    assert packed(site).read_bytes() == first
    assert {path.name for path in site.iterdir()} == {"site", "pages", "course.zip"}


def test_no_directive_is_left_and_every_exercise_is_there(site):
    with zipfile.ZipFile(packed(site)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".ipynb")]
        cells = [cell for name in names for cell in json.loads(archive.read(name))["cells"]]
    text = "\n\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
    assert len(names) == 8
    assert re.findall(r"^(?::::|```|:\w+:).*|\{(?:doc|cite|ref)\}.*", text, re.MULTILINE) == []
    assert len(re.findall(r"^### Exercise \d\.\d, ", text, re.MULTILINE)) >= 30
    code = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")
    assert set(re.findall(r"^\s*(?:from|import) (mcdeconv[\w.]*)", code, re.MULTILINE)) == {"mcdeconv.teaching"}
    near = {name.rpartition("/")[2] for name in names}
    assert {target for target in re.findall(r"\]\(([\w.-]+)\)", text)} <= near


def test_the_words_of_a_solution_are_folded_and_the_machines_notes_are_gone():
    cells = [
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": "```{solution-start} exercise-1-1\n:class: dropdown\n```\nFive.",
        },
        {"cell_type": "code", "metadata": {}, "source": "5", "outputs": []},
        {"cell_type": "markdown", "metadata": {}, "source": "Because.\n```{solution-end}\n```"},
        {"cell_type": "code", "metadata": {}, "source": "6", "outputs": []},
    ]
    about = {"kernelspec": {}, "language_info": {}, "widgets": {"state": {}}}
    notebook = course.plain({"cells": cells, "metadata": about}, CHAPTER)
    _, first, answer, second, free = notebook["cells"]
    assert all(cell["source"].startswith("<details><summary>Solution</summary>") for cell in (first, second))
    assert answer["metadata"] == {"jupyter": {"source_hidden": True}} and free["metadata"] == {}
    assert notebook["metadata"].keys() == {"kernelspec", "language_info"}


@pytest.mark.slow
def test_a_notebook_runs_with_numpy_alone(site, tmp_path):
    with zipfile.ZipFile(packed(site)) as archive:
        archive.extractall(tmp_path / "there")
    folder = tmp_path / "there/course/notebooks"
    for name in (page.name for page in PAGES.values() if page.teaches):
        command = [sys.executable, "-c", ALONE, f"{name}.ipynb"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "not yet" not in done.stdout and str(tmp_path) in done.stdout
        assert done.stdout.count(": right.") >= 4


def test_without_a_book_it_says_so(tmp_path, capsys):
    assert course.main(["--site", str(tmp_path), "--output", str(tmp_path / "x.zip")]) == 1
    assert "run `make book` first" in capsys.readouterr().err and not (tmp_path / "x.zip").exists()
