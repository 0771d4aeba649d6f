"""The chapters: each runs from its first cell to its last, and `check` calls right what its solutions compute."""

import builtins
import json
import re
import symtable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from mcdeconv.teaching.exercises import EXERCISES

CHAPTERS = sorted((Path(__file__).parents[2] / "notebooks/learn").glob("*.ipynb"))
EXERCISE = re.compile(r"^[`:]{3}\{exercise\} (\d\.\d), (on paper|in code|on your photograph)$", re.MULTILINE)
SOLUTION = re.compile(r"^[`:]{3}\{solution(?:-start)?\} exercise-(\d-\d)$", re.MULTILINE)
QUIZ = re.compile(r"^:::\{quiz\} .+\?$", re.MULTILINE)
CHOICE = re.compile(r"^- \[(x| )\] .+\n\n  \S", re.MULTILINE)


def cells(path: Path, kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == kind]


def exercises(path: Path) -> list[tuple[str, str]]:
    return EXERCISE.findall("\n".join(cells(path, "markdown")))


ALL = [pair for path in CHAPTERS for pair in exercises(path)]


def test_there_are_enough_of_each_kind_and_all_checks_have_an_exercise():
    kinds = [kind for _, kind in ALL]
    assert len(CHAPTERS) == 8 and len(ALL) >= 30
    assert kinds.count("on paper") >= 10 and kinds.count("in code") >= 14 and kinds.count("on your photograph") >= 6
    checked = {number for number, kind in ALL if kind != "on your photograph"}
    assert checked == EXERCISES.keys() and len(checked) >= 20
    assert len({number for number, _ in ALL}) == len(ALL)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_exercises_stand_in_order_and_each_has_its_solution(path):
    numbers = [number for number, _ in exercises(path)]
    assert numbers == [f"{numbers[0][0]}.{place}" for place in range(1, len(numbers) + 1)]
    solutions = SOLUTION.findall("\n".join(cells(path, "markdown")))
    assert [number.replace("-", ".") for number in solutions] == numbers


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_questions_have_one_right_choice_and_say_why(path):
    text = "\n".join(cells(path, "markdown"))
    quizzes = re.split(r"^:::\{quiz\} ", text, flags=re.MULTILINE)[1:]
    assert len(quizzes) >= 3 and len(QUIZ.findall(text)) == len(quizzes)
    for quiz in quizzes:
        marks = CHOICE.findall(quiz.split("\n:::\n")[0])
        assert marks.count("x") == 1 and len(marks) >= 3


def in_the_open(path: Path) -> list[str]:
    """The code that a reader sees who opens no solution."""
    found, folded = [], False
    for cell in json.loads(path.read_text())["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            folded = ("{solution-start}" in source or folded) and "{solution-end}" not in source
        elif not folded:
            found.append(source)
    return found


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_name_comes_from_a_folded_solution(path):
    """Names that only a solution binds are used in no other cell; what NumPy's calls do is no matter here."""
    known = set(dir(builtins)) | {"display"}
    for code in in_the_open(path):
        table = symtable.symtable(code, path.name, "exec")
        bound = {one.get_name() for one in table.get_symbols() if one.is_assigned() or one.is_imported()}
        used = {name for one in tables_in(table) for name in globals_of(one)}
        assert used <= known | bound, used - known - bound
        known |= bound


def tables_in(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    return [table, *(inner for child in table.get_children() for inner in tables_in(child))]


def globals_of(table: symtable.SymbolTable) -> set[str]:
    """Names that are looked up in the notebook."""
    top = table.get_type() == "module"
    return {one.get_name() for one in table.get_symbols() if one.is_referenced() and (top or one.is_global())}


@pytest.mark.slow
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_its_solutions_are_right(path):
    names: dict = {}
    said = StringIO()
    with redirect_stdout(said):
        for code in cells(path, "code"):
            exec(compile(code, path.name, "exec"), names)
    told = re.findall(r"^(\d\.\d): (.*)$", said.getvalue(), re.MULTILINE)
    assert told == [(number, "right.") for number, kind in exercises(path) if kind != "on your photograph"]
