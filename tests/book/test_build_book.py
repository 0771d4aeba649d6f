"""What goes into the book before Sphinx sees it."""

import json
import re
import sys
from pathlib import Path

import jinja2
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "workflow"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import book_numbers
import book_pages
import build_book
import levin_numbers
import threshold_numbers
from pages import PAGES

from mcdeconv.runs.records import Identity, Record
from mcdeconv.studies.rescoring import Reading, write
from mcdeconv.studies.sampling_term import Terms
from mcdeconv.studies.sampling_term import write as write_terms

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


def test_study_numbers_come_from_the_file(tmp_path):
    columns = [
        f"{measure}_{part}"
        for measure in ("psnr_direct", "psnr_sparse", "psnr_hyper-laplacian", "kernel_similarity")
        for part in ("difference", "low", "high", "images", "runs")
    ]
    file = tmp_path / "factors.csv"
    several, one, none = (["-1.234,-2,0.5,4,12"] * 4, ["1.5,nan,nan,1,1"] * 4, ["nan,nan,nan,0,0"] * 4)
    lines = [f"v,ref,{group},{','.join(values)}" for group, values in (("real", several), ("a", one), ("b", none))]
    file.write_text("\n".join([f"variant,against,images,{','.join(columns)}", *lines]) + "\n")
    rows = book_numbers.read_csv(file)
    assert book_numbers.contrasts(rows)["v"]["ref"]["a"]["sparse"] == "+1.50"
    assert book_numbers.contrasts(rows)["v"]["ref"]["b"]["sparse"] == "not run"
    assert book_numbers.study(rows)["v"]["real"]["direct"] == "−1.23 (−2.00 to +0.50)"
    assert book_numbers.study(rows)["v"]["real"]["similarity"] == "−1.234 (−2.000 to +0.500)"
    assert book_numbers.study(rows)["v"]["real"]["images"] == "4"


def test_every_number_that_a_chapter_quotes_is_there():
    """Nothing is left to the build, which would stop at the first that is not."""
    known = json.loads(json.dumps(book_numbers.numbers(ROOT)))  # as they go into out/quotes.json
    quoted = [
        (path.name, expression)
        for path in sorted((ROOT / "book").glob("*.md"))
        for expression in re.findall(r"\{\{(.+?)\}\}", path.read_text())
    ]
    assert len(quoted) > 100
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    for name, expression in quoted:
        value = environment.from_string("{{" + expression + "}}").render(known)
        assert value and "nan" not in value, (name, expression)


def test_breadths_are_means_over_the_images_and_name_what_is_cut(tmp_path):
    file = tmp_path / "breadth.csv"
    lines = (
        *("a,true,1.0,0,30", "b,true,1.0,0,31"),
        *("a,ours,0.25,0.04,28.125", "b,ours,0.25,0.0005,28.125", "im05_flit01,ours,0.25,0,28.125"),
    )
    file.write_text("\n".join(["image,kernel,concentration,cut_off,psnr_sparse", *lines]) + "\n")
    assert book_numbers.breadth(file) == {
        "true": {"concentration": "1.00", "psnr": "30.50", "images": "2", "cut": "none", "scene": "not run"},
        "ours": {"concentration": "0.25", "psnr": "28.12", "images": "3", "cut": "`a`", "scene": "0.25"},
    }
    assert levin_numbers.listed(["a", "b", "c"]) == "`a`, `b` and `c`"


def test_thresholds_are_means_and_gains_on_the_scene(tmp_path):
    def reading(image, method, threshold, psnr):
        own = ("k", image, method, "laptop", 0, threshold, "sparse", "levin", psnr, 0.9, None)
        return Reading(*own)

    values = {"ren": (30.0, 31.0), "ren+mc": (31.0, 33.0)}
    readings = [
        reading(image, method, 0.02, psnr)
        for method, pair in values.items()
        for image, psnr in zip(("im05_flit01", "im05_flit02"), pair, strict=True)
    ]
    write(
        tmp_path / "t.csv",
        [*readings, reading("im06_flit01", "ren", 0.02, 20.0), reading("im06_flit01", "ren+mc", 0.02, 40.0)],
    )
    found = threshold_numbers.thresholds(tmp_path / "t.csv")
    assert found["gain"]["ren+mc"]["2%"]["sparse"].startswith("+1.50 (")  # of the scene alone
    assert found["mean"]["ren"]["2%"]["sparse"].startswith("27.00 (")
    assert found["mean"]["ren"]["5%"]["sparse"] == found["gain"]["ours"]["2%"]["kernel"] == "not run"


def test_what_sampling_adds_is_a_mean_with_its_range(tmp_path):
    write_terms(
        tmp_path / "t.csv",
        {"a": [Terms(250, 1.0, 3.0, 6.0, 0.5, 6.0)], "b": [Terms(250, 1.0, 1.0, 4.0, 0.25, 2.0)]},
        "c",
    )
    assert book_numbers.sampling(tmp_path / "t.csv") == {
        "250": {
            "share": "62% (50% to 75%)",
            "passed": "38% (25% to 50%)",
            "kernel": "38% (25% to 50%)",
            "mu": "4 (2 to 6)",
            "images": "2",
        }
    }
    assert book_numbers.sampling(tmp_path / "none.csv") == {}
    assert [book_numbers.two_digits(value) for value in (0.1912, 9.28, 132.3)] == ["0.19", "9.3", "130"]


def test_gaps_are_to_the_true_kernels_and_name_the_worst():
    def run(image, known, found, ratio, method="ours"):
        scores = {"known_psnr_sparse": known, "known_psnr_hyper-laplacian": known + 1, "psnr_sparse": found}
        scores |= {"error_ratio_sparse": ratio, "psnr_direct": found + 2, "psnr_hyper-laplacian": found + 1}
        key = Identity("levin", image, method, "laptop", 0, "c", "x")
        return Record(key, scores, [[1.0]], 1.0, 1, 0, {})

    records = [
        run("im05_flit01", 33.0, 32.0, 1.5),
        run("im05_flit02", 35.0, 33.0, 1.5),
        run("im06_flit01", 32.0, 23.0, 8.0),
        run("im05_flit01", 33.0, 20.0, 9.0, "without-both"),
    ]
    found = levin_numbers.gaps(records)
    assert found["all"].startswith("4.00 (") and found["rest"] == "1.50 (1.00 to 2.00)"
    assert (found["rest_images"], found["worst"]) == ("2", "`im06_flit01`")
    scene = levin_numbers.means_on(records, levin_numbers.SCENE)
    assert scene["ours"]["sparse"] == "32.50 (32.00 to 33.00)" and scene["ours"]["direct"].startswith("34.50 (")
    assert scene["known kernel"] == {"sparse": "34.00 (33.00 to 35.00)", "kernel": "35.00 (34.00 to 36.00)"}


def test_the_landing_page_shows_a_stored_run():
    cells = [
        {"p0": p0, "sigma0": 0.01, "seed": 0, "psnr": psnr, "seconds": 30.0, "image": "AA", "kernel": "BB"}
        for p0, psnr in ((0.0, 17.0), (0.3, 27.25))
    ]
    grid = {
        "default": {"p0": 0.3, "sigma0": 0.01},
        "seeds": [0, 1],
        "cells": cells,
        "psnr_blurred": 20.0,
        "blurred": "CC",
        "sharp": "DD",
        "kernel_true": "EE",
        "tier": "quick",
        "image": "coins",
        "dataset": "drawn",
        "provenance": {"device": ["a processor"]},
    }
    text = book_pages.strip(grid)
    assert text.count("<figure>") == 3
    assert text.count("data:image/webp;base64,") == 3 and text.count("data:image/png;base64,") == 2
    assert "27.2 dB" in text and "+7.2 dB" in text and "17.0" not in text
    assert "seed 0" in text and "coins" in text and "a processor" in text


def test_the_landing_page_without_a_run_says_so(tmp_path):
    assert "Not run yet" in book_pages.landing(tmp_path)
