"""A grid's HTML is what a browser and a screen reader need; its text is what a terminal shows."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from mcdeconv.paper.tables.grid import Cell, Row, Table, marked

GRID = Table(
    "table-9",
    'Table 9: "a < b" & more',
    "Method",
    ("PSNR, dB", "Source"),
    (
        Row("Cho & Lee [8]", (Cell("30.79", "", 30.79, "best"), Cell("cited")), "cited"),
        Row("ours", (Cell("29.10", "28.0 to 30.2", 29.1), Cell("run here"))),
        Row("ours", (Cell("not run"), Cell("tier <paper>")), "not-run"),
    ),
    ("A note with <b>.",),
)


class Seen(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.words, self.open = [], [], []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data.strip())


def test_every_header_has_a_scope_and_the_frame_takes_the_keyboard():
    seen = Seen(GRID._repr_html_())
    assert seen.open == []
    headers = [attrs["scope"] for tag, attrs in seen.tags if tag == "th"]
    assert headers == ["col"] * 3 + ["row"] * 3
    frame = next(attrs for tag, attrs in seen.tags if tag == "div")
    assert (frame["class"], frame["tabindex"], frame["role"]) == ("table-scroll", "0", "region")
    assert frame["aria-label"] == GRID.caption
    assert "style" not in [tag for tag, _ in seen.tags]


def test_a_folded_grid_is_behind_its_summary():
    seen = Seen(replace(GRID, folded="One image & more")._repr_html_())
    assert seen.open == [] and [tag for tag, _ in seen.tags][:3] == ["details", "summary", "div"]
    assert next(word for word in seen.words if word) == "One image & more"
    assert replace(GRID, folded="One image").text() == GRID.text()


def test_text_is_escaped_and_complete():
    words = [word for word in Seen(GRID._repr_html_()).words if word]
    assert words == [
        GRID.caption, "Method", "PSNR, dB", "Source", "Cho & Lee [8]", "30.79", "cited", "ours", "29.10",
        "28.0 to 30.2", "run here", "ours", "not run", "tier <paper>", "How to read this table", "A note with <b>.",
    ]  # fmt: skip


def test_rows_and_marks_have_classes_and_elements():
    html = GRID._repr_html_()
    assert html.count("cited") >= 2 and 'not-run"' in html and 'run-here"' in html
    assert "<strong>30.79</strong>" in html
    assert html == GRID._repr_html_()  # no random ids: the same records give the same page


def test_plain_text_is_aligned():
    assert GRID.text().splitlines() == [
        'Table 9: "a < b" & more',
        "Method         PSNR, dB              Source",
        "Cho & Lee [8]  30.79*                cited",
        "ours           29.10 (28.0 to 30.2)  run here",
        "ours           not run               tier <paper>",
        "A note with <b>.",
    ]
    assert str(GRID) == GRID.text()


def test_values_are_the_numbers():
    column = GRID.values["PSNR, dB"]
    assert column.to_list()[:2] == [30.79, 29.1] and column.isna().to_list() == [False, False, True]


def test_a_grid_without_rows_shows():
    empty = Table("none", "Nothing", "Method", ("PSNR",), ())
    assert "Nothing" in empty._repr_html_() and empty.text().splitlines() == ["Nothing", "Method  PSNR"]


@pytest.mark.parametrize(
    ("lowest", "marks"), [(False, ["", "best", "second", "best", ""]), (True, ["best", "", "second", "", ""])]
)
def test_marks_of_equal_values_are_equal(lowest, marks):
    cells = [Cell("1", "", 1.0), Cell("3", "", 3.0), Cell("2", "", 2.0), Cell("3.0", "", 3.0), Cell("N/A")]
    assert [cell.mark for cell in marked(cells, lowest)] == marks


def test_rows_that_are_not_main_are_behind_a_line_that_counts_them():
    grid = replace(GRID, rows=(GRID.rows[0], replace(GRID.rows[1], main=False), replace(GRID.rows[2], main=False)))
    seen = Seen(grid._repr_html_())
    assert seen.open == [] and [tag for tag, _ in seen.tags].count("details") == 2  # and the notes
    assert "Two further rows: one run here and one not run" in seen.words
    names = [attrs["id"] for tag, attrs in seen.tags if tag == "table"]
    assert names == ["T_table-9", "T_table-9-more"]
    assert seen.words.index("Cho & Lee [8]") < seen.words.index("Two further rows: one run here and one not run")
    assert grid.text() == GRID.text()  # a terminal shows them all
    hidden = replace(GRID, rows=tuple(replace(row, main=False) for row in GRID.rows))
    assert "Three rows: one cited, one run here and one not run" in Seen(hidden._repr_html_()).words


def test_what_it_says_stands_first_and_what_to_doubt_after_the_table():
    grid = replace(GRID, says="It is better.", doubts="One image.")
    html = grid._repr_html_()
    assert html.startswith('<p class="result-says">It is better.</p><div')
    assert '</div><p class="result-doubts">One image.</p>' in html
    assert grid.text().splitlines()[0] == "It is better." and grid.text().splitlines()[-1] == "One image."


def test_small_print_is_in_lines():
    cell = Cell("1.0", "0.5 to 1.5\na longer line of small print")
    assert cell.html() == (
        '1.0<br><small><span class="kept">0.5 to 1.5</span></small><br><small>a longer line of small print</small>'
    )
    assert str(cell) == "1.0 (0.5 to 1.5; a longer line of small print)"
