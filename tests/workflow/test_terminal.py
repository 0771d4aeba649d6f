"""A table fits its terminal: nothing is cut, no word is broken, no line is too long."""

import pytest
from terminal import table_in

from mcdeconv.paper.tables.grid import Cell, Row, Table

HEADS = ("Protocol", "PSNR, dB", "SSIM", "Kernel similarity", "Source of the numbers")
CELLS = (
    Cell("kernel (two stages)"), Cell("34.42", "28.71 to 32.13; 4 images", 34.42, "best"), Cell("0.948"), Cell("–"),
    Cell("cited: Table 1", "column 13, printed “0,931”"),
)  # fmt: skip
ROWS = tuple(Row(name, CELLS) for name in ("Ours, the paper's method", "Cho & Lee 2009 (cho-lee), run here"))
MAIN = Table(
    "table-1", "Table 1: PSNR and SSIM on the benchmark of those who made it", "Method", HEADS, ROWS, ("A doubt.",)
)
SMALL = Table("small", "Beside it", "Method", ("PSNR",), (Row("ours", (Cell("1.0"),)), Row("tv", (Cell("22"),))))


def outputs(*tables):
    return [{"data": {"text/html": table._repr_html_()}} for table in tables]


def words(text):
    return {word for word in text.split() if set(word) != {"-"}}


def test_a_small_table_is_as_it_is():
    assert table_in(outputs(SMALL), "small", 80) == "Beside it\n\nMethod  PSNR\n------------\nours    1.0\ntv      22"


@pytest.mark.parametrize("width", [50, 80, 120, 200])
def test_no_line_is_wider_and_no_word_is_lost(width):
    text = table_in(outputs(MAIN), "table-1", width)
    assert max(map(len, text.splitlines())) <= width
    cells = [f"{cell.text}{'*' * (cell.mark == 'best')} {cell.detail}" for cell in CELLS]
    written = " ".join([MAIN.caption, "Method", *HEADS, *(row.head for row in ROWS), *cells, "A doubt."])
    assert words(text) == words(written)
    rules = [line for line in text.splitlines() if set(line) == {"-"}]
    assert (len(rules) == 1) == (width > 60)


def test_every_block_of_columns_has_the_rows_names():
    blocks = table_in(outputs(MAIN), "table-1", 50).split("Method")
    assert len(blocks) > 2 and all("Ours, the" in block and "(cho-lee)" in block for block in blocks[1:])


def test_only_the_table_that_was_asked_for_with_its_own_sentences():
    found = table_in([*outputs(SMALL), *outputs(MAIN), *outputs(SMALL)], "table-1", 80)
    assert "A doubt." in found and "Beside it" not in found and "2 more tables" in found
    assert "A doubt." not in table_in(outputs(SMALL, MAIN), "small", 80)


def test_what_it_says_stands_above_and_its_further_rows_and_doubts_below():
    """As the book has them: the further rows are a table that is folded in."""
    row = "<tr><th>{}</th><td>1</td></tr>"
    html = (
        '<p class="result-says">Of another.</p><table id="T_a"><tr><th>x</th></tr></table><p>A doubt of a.</p>'
        '<p class="result-says">It gains.</p>'
        f'<table id="T_table-1"><caption>T</caption>{row.format("ours")}</table>'
        f'<details><summary>Two more</summary><table id="T_table-1-more">{row.format("tv")}</table></details>'
        '<p class="result-doubts">One seed.</p><p class="table-note">A note.</p><p class="result-says">Next.</p>'
        '<table id="T_b"><tr><th>y</th></tr></table>'
    )
    shown = table_in([{"data": {"text/html": html}}], "table-1", 80).split("\n\n")
    assert [part.split()[0] for part in shown] == ["It", "T", "ours", "tv", "One", "A", "2"]


def test_without_a_table_it_says_so():
    assert table_in([{"data": {"text/html": "<p>Not run.</p>"}}], "table-1", 80).startswith("no table")
