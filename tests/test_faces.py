"""The faces of rooms: what notebooks import, from nowhere else, so that a move of a module breaks none of them."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
ROOMS = sorted(f"mcdeconv.{path.parent.name}" for path in (ROOT / "mcdeconv").glob("*/__init__.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_face_costs_nothing_and_has_what_it_names(room):
    code = f"import sys, {room}; print([name for name in ('torch', 'pandas', 'matplotlib') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"
    face = importlib.import_module(room)
    assert all(getattr(face, name) is not None for name in getattr(face, "__all__", ()))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_imports_from_faces_only(path):
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    code = "\n".join("".join(cell["source"]) for cell in cells)
    used = re.findall(r"^\s*(?:from|import) (mcdeconv[\w.]*)", code, re.MULTILINE)
    assert set(used) <= {"mcdeconv", *ROOMS}
