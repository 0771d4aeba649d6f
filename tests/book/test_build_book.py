"""What goes into the book before Sphinx sees it."""

import base64
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


def notebook(*cells: dict) -> dict:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def markdown(text: str) -> dict:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(text: str, tags: tuple[str, ...] = (), outputs: tuple[dict, ...] = ()) -> dict:
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": text, "outputs": list(outputs)}


def test_every_page_is_in_the_table_of_contents_and_has_a_title():
    contents = (build_book.ROOT / "book/_toc.yml").read_text()
    for page in PAGES.values():
        assert f"{page.path}\n" in contents
    assert all(page.title for page in PAGES.values()) and len({page.title for page in PAGES.values()}) == len(PAGES)


def prepared(source: dict, name: str) -> list[dict]:
    text, _ = book_pages.prepared(source, PAGES[name])
    return json.loads(text)["cells"]


def test_a_shared_notebook_gets_its_pages_title():
    source = notebook(markdown("# The benchmarks\n\nText."), code("x = 1", ("parameters",)), code("show()"))
    title, parameters, shown = prepared(source, "kohler")
    assert title["source"] == f"# {PAGES['kohler'].title}\n\nText."
    assert "remove-cell" in parameters["metadata"]["tags"] and "hide-input" in shown["metadata"]["tags"]


def test_a_notebook_of_one_page_keeps_its_title_and_its_headings_get_anchors():
    title, heading = prepared(notebook(markdown("# Its own title"), markdown("## Table 5: a table")), "sampling")
    assert title["source"] == "# Its own title" and heading["source"] == "(table-5)=\n## Table 5: a table"


def test_pictures_are_files_beside_the_page_that_load_when_they_are_seen():
    large, small = (base64.b64encode(bytes(size)).decode() for size in (9000, 90))
    html = f'<img alt="A" src="data:image/webp;base64,{large}"><img alt="B" src="data:image/png;base64,{small}">'
    source = notebook(code("show()", outputs=({"output_type": "display_data", "data": {"text/html": [html]}},)))
    text, files = book_pages.prepared(source, PAGES["sampling"])
    ((name, content),) = files.items()
    assert content == bytes(9000) and name.endswith(".webp")
    shown = "".join(json.loads(text)["cells"][0]["outputs"][0]["data"]["text/html"])
    assert f'<img alt="A" loading="lazy" src="../_static/pictures/{name}">' in shown
    assert f'<img alt="B" src="data:image/png;base64,{small}">' in shown


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
    path = tmp_path / "sampling.ipynb"
    if content is not None:
        path.write_text(content)
    with pytest.raises(book_pages.Unusable, match=reason):
        book_pages.read_executed(path)


def test_the_stub_of_a_failed_page_quotes_the_failure(tmp_path):
    failed = {"cells": [], "metadata": {"failed": "cell 3: InputError: lai is not here"}}
    (tmp_path / "sampling.ipynb").write_text(json.dumps(failed))
    with pytest.raises(book_pages.Unusable, match="cell 3: InputError: lai is not here") as found:
        book_pages.read_executed(tmp_path / "sampling.ipynb")
    text = book_pages.stub(PAGES["sampling"], f"{found.value}.")
    assert text.startswith("# What sampling does") and "    make table N=5" in text and "lai is not here." in text
    assert "(figure-8)=\n## Figure 8: " in text and "`make figure N=8`" in text  # links to it do not break


def test_mirror_touches_only_what_changed(tmp_path):
    wanted = {Path("a.md"): b"1", Path("sub/b.md"): b"2"}
    build_book.mirror(wanted, tmp_path)
    before = (tmp_path / "a.md").stat().st_mtime_ns
    build_book.mirror({Path("a.md"): b"1", Path("c.md"): b"3"}, tmp_path)
    assert (tmp_path / "a.md").stat().st_mtime_ns == before
    assert not (tmp_path / "sub/b.md").exists() and (tmp_path / "c.md").read_bytes() == b"3"


def test_the_first_problem_is_one_line_with_the_page(tmp_path):
    output = f"\x1b[91m{tmp_path}/results/sampling.ipynb:10002: WARNING: no such target\x1b[39;49;00m\n"
    line = build_book.first_problem(output + f"{tmp_path}/x: WARNING: y\n", tmp_path, tmp_path / "log")
    assert line.startswith("results/sampling.ipynb:10002: WARNING: no such target (and 1 more in ")
    assert "\n" not in line


def test_a_failed_build_is_one_line_and_exit_code_1(monkeypatch, capsys, tmp_path):
    def fail(*_):
        raise build_book.BuildFailed("results/sampling.ipynb: WARNING: something")

    monkeypatch.setattr(build_book, "assemble", fail)
    assert build_book.main(["--output", str(tmp_path / "site")]) == 1
    assert capsys.readouterr().err == "book: results/sampling.ipynb: WARNING: something\n"


def test_pages_whose_sources_are_gone_go_too(tmp_path):
    source, site = tmp_path / "source", tmp_path / "site"
    for path in (source / "intro.md", source / "results/levin.ipynb"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    kept = ("index.html", "search.html", "intro.html", "results/levin.html", "_modules/mcdeconv/core.html")
    for name in (*kept, "results/table-1.html"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).touch()
    build_book.drop_stale(source, site)
    assert {str(page.relative_to(site)) for page in site.rglob("*.html")} == set(kept)
