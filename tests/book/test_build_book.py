"""What goes into the book before Sphinx sees it."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "workflow"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import book_pages
import build_book
from pages import PAGES

ROOT = Path(__file__).resolve().parents[2]

REPOSITORY = ("https://github.com/someone/something", "main")


def notebook(*cells: dict) -> dict:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def markdown(text: str) -> dict:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(text: str, tags: tuple[str, ...] = (), outputs: tuple[dict, ...] = ()) -> dict:
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": text, "outputs": list(outputs)}


def test_every_page_is_in_the_table_of_contents_and_has_a_title():
    contents = (build_book.ROOT / "book/_toc.yml").read_text()
    for name in PAGES:
        assert f"results/{name}\n" in contents
    assert all(page.title for page in PAGES.values()) and len({page.title for page in PAGES.values()}) == len(PAGES)


def test_a_shared_notebook_gets_its_pages_title_and_launch_links():
    source = notebook(markdown("# Tables 1 to 4\n\nText."), code("x = 1", ("parameters",)), code("show()"))
    shown = json.loads(book_pages.prepared(source, PAGES["table-4"], *REPOSITORY))["cells"]
    assert shown[0]["source"] == f"# {PAGES['table-4'].title}\n\nText."
    assert "mybinder.org/v2/gh/someone/something/main" in shown[1]["source"]
    assert "github/someone/something/blob/main/notebooks/benchmark.ipynb" in shown[1]["source"]
    assert "remove-cell" in shown[2]["metadata"]["tags"] and "hide-input" in shown[3]["metadata"]["tags"]


def test_a_notebook_of_one_page_keeps_its_title():
    source = notebook(markdown("# Its own title"))
    shown = json.loads(book_pages.prepared(source, PAGES["table-5"], *REPOSITORY))["cells"]
    assert shown[0]["source"] == "# Its own title"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no executed notebook"),
        ("{", "not a notebook"),
        ("[1]", "not a notebook"),
        (
            json.dumps({"cells": [], "metadata": {"failed": "n.ipynb, cell 3: InputError: no"}}),
            "cell 3: InputError: no$",
        ),
    ],
)
def test_an_unusable_page_says_why(tmp_path, content, reason):
    path = tmp_path / "table-5.ipynb"
    if content is not None:
        path.write_text(content)
    with pytest.raises(book_pages.Unusable, match=reason):
        book_pages.read_executed(path)


def test_the_stub_of_a_failed_page_quotes_the_failure(tmp_path):
    failed = {"cells": [], "metadata": {"failed": "cell 3: InputError: lai is not here"}}
    (tmp_path / "table-5.ipynb").write_text(json.dumps(failed))
    with pytest.raises(book_pages.Unusable, match="cell 3: InputError: lai is not here") as found:
        book_pages.read_executed(tmp_path / "table-5.ipynb")
    text = book_pages.stub(PAGES["table-5"], f"{found.value}.", *REPOSITORY)
    assert text.startswith("# Table 5") and "make table N=5" in text and "lai is not here." in text


def test_mirror_touches_only_what_changed(tmp_path):
    wanted = {Path("a.md"): b"1", Path("sub/b.md"): b"2"}
    build_book.mirror(wanted, tmp_path)
    before = (tmp_path / "a.md").stat().st_mtime_ns
    build_book.mirror({Path("a.md"): b"1", Path("c.md"): b"3"}, tmp_path)
    assert (tmp_path / "a.md").stat().st_mtime_ns == before
    assert not (tmp_path / "sub/b.md").exists() and (tmp_path / "c.md").read_bytes() == b"3"


def test_the_first_problem_is_one_line_with_the_page(tmp_path):
    output = f"\x1b[91m{tmp_path}/results/table-5.ipynb:10002: WARNING: no such target\x1b[39;49;00m\n"
    line = build_book.first_problem(output + f"{tmp_path}/x: WARNING: y\n", tmp_path, tmp_path / "log")
    assert line.startswith("results/table-5.ipynb:10002: WARNING: no such target (and 1 more in ")
    assert "\n" not in line


def test_a_failed_build_is_one_line_and_exit_code_1(monkeypatch, capsys, tmp_path):
    def fail(*_):
        raise build_book.BuildFailed("results/table-5.ipynb: WARNING: something")

    monkeypatch.setattr(build_book, "assemble", fail)
    assert build_book.main(["--output", str(tmp_path / "site")]) == 1
    assert capsys.readouterr().err == "book: results/table-5.ipynb: WARNING: something\n"
