"""Notebooks become pages whole or not at all; what fails says where, and can be read."""

import json
import subprocess
import sys

import nbformat
import pytest
import run_notebook
from book_pages import Unusable, read_executed
from nbformat.v4 import new_code_cell, new_notebook
from workflow_cases import ROOT

from mcdeconv import SHORT_WAITS


def notebook(path, *sources, parameters="tier = 'quick'\nimages = None"):
    cells = [new_code_cell(parameters, metadata={"tags": ["parameters"]}), *map(new_code_cell, sources)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(metadata=kernel, cells=cells), path)
    return path


def run(source, page, parameters=None):
    command = [sys.executable, ROOT / "workflow/run_notebook.py", source, page]
    options = ["--parameters", json.dumps(parameters or {})]
    return subprocess.run([*command, *options], capture_output=True, text=True, timeout=120, check=False)


def texts(page):
    cells = json.loads(page.read_text())["cells"]
    return ["".join(output.get("text", "")) for cell in cells for output in cell.get("outputs", ())]


def test_a_page_is_made_with_its_parameters_and_without_those_it_has_not(tmp_path):
    source = notebook(tmp_path / "n.ipynb", "import os\nprint(tier, images, os.getcwd())")
    page = tmp_path / "pages/a-page.ipynb"
    done = run(source, page, {"tier": "laptop", "images": ["a"], "dataset": "levin"})
    assert done.returncode == 0, done.stderr
    assert "page a-page: made in" in done.stderr and "Traceback" not in done.stderr
    assert texts(page) == [f"laptop ['a'] {ROOT}\n"]
    assert "dataset" not in page.read_text()
    assert list(page.parent.glob(".*")) == []


def test_a_kernel_takes_no_port_that_another_may_want(tmp_path):
    asked = "import ipykernel, json\nprint(json.loads(ipykernel.get_connection_info())['transport'])"
    page = tmp_path / "x.ipynb"
    assert run(notebook(tmp_path / "n.ipynb", asked), page).returncode == 0
    assert texts(page) == ["ipc\n"]


@pytest.mark.parametrize("chosen", [None, "ACTIVE"])
def test_a_kernels_threads_wait_passively_unless_told_otherwise(tmp_path, monkeypatch, chosen):
    for name in (*SHORT_WAITS, "KMP_BLOCKTIME"):
        monkeypatch.delenv(name, raising=False)
    if chosen:
        monkeypatch.setenv("OMP_WAIT_POLICY", chosen)
    page = tmp_path / "x.ipynb"
    asked = "import os\nprint(os.environ.get('OMP_WAIT_POLICY'))"
    assert run(notebook(tmp_path / "n.ipynb", asked), page).returncode == 0
    assert texts(page) == [f"{chosen or 'PASSIVE'}\n"]


def test_the_same_again_is_the_same_page(tmp_path):
    """With its widgets, whose names are drawn by chance."""
    widgets = "from mcdeconv.explorer.lessons import lesson\nlesson('blur')", "lesson('shift')"
    source = notebook(tmp_path / "n.ipynb", "print(tier)", *widgets)
    pages = [tmp_path / "a/x.ipynb", tmp_path / "b/x.ipynb"]
    for page in pages:
        assert run(source, page, {"tier": "paper"}).returncode == 0
    assert pages[0].read_bytes() == pages[1].read_bytes()
    page = json.loads(pages[0].read_text())
    state = page["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    views = [
        output["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]
        for cell in page["cells"]
        for output in cell.get("outputs", ())
        if "widget-view" in str(output)
    ]
    assert len(set(views)) == 2 and set(views) <= state.keys()
    assert "shape" in state[views[0]]["state"] and "luma" in state[views[1]]["state"]


def test_the_state_of_widgets_is_saved(tmp_path):
    source = notebook(tmp_path / "n.ipynb", "import ipywidgets\nipywidgets.IntSlider(7)")
    page = tmp_path / "x.ipynb"
    assert run(source, page).returncode == 0
    state = json.loads(page.read_text())["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert 7 in [model["state"].get("value") for model in state.values()]


def test_a_failing_notebook_names_itself_and_keeps_what_it_had(tmp_path):
    source = notebook(tmp_path / "n.ipynb", "print('so far')", "raise ValueError('no such\\nthing')", "print('never')")
    page = tmp_path / "pages/a-page.ipynb"
    done = run(source, page)
    assert done.returncode == 0  # the book goes on, and shows why
    (line,) = (line for line in done.stderr.splitlines() if "a-page" in line)
    assert "failed: " in line and "n.ipynb, cell " in line and "ValueError: no such" in line
    assert "so far\n" in texts(page) and "never\n" not in texts(page)
    assert "ValueError: no such" in json.loads(page.read_text())["metadata"]["failed"]
    notebook(source, "print('mended')")
    assert run(source, page).returncode == 0
    assert "failed" not in json.loads(page.read_text())["metadata"] and texts(page) == ["mended\n"]
    assert list(page.parent.iterdir()) == [page]


def test_a_kernel_that_dies_is_said(tmp_path):
    page = tmp_path / "x.ipynb"
    done = run(notebook(tmp_path / "n.ipynb", "import os\nos._exit(1)"), page)
    assert done.returncode == 0 and "its kernel died, perhaps for want of memory" in done.stderr
    assert "its kernel died" in json.loads(page.read_text())["metadata"]["failed"]


@pytest.mark.parametrize("content", [None, "", "{}", "a shopping list"])
def test_what_is_no_notebook_is_said_in_a_line(tmp_path, content, capsys):
    source, page = tmp_path / "n.ipynb", tmp_path / "x.ipynb"
    if content is not None:
        source.write_text(content)
    assert run_notebook.main([str(source), str(page)]) == 0
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("page x: failed: ") and str(source) in last
    with pytest.raises(Unusable, match="is not a notebook that can be run"):
        read_executed(page)


@pytest.mark.parametrize("text", ["[1]", "null", '"text"', "{", "3"])
def test_parameters_that_are_none_are_refused_before_anything_runs(text, tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        run_notebook.main([str(tmp_path / "a.ipynb"), str(tmp_path / "b.ipynb"), "--parameters", text])
    assert "invalid parameters_in value" in capsys.readouterr().err and not (tmp_path / "b.ipynb").exists()
