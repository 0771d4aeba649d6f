"""Seconds by method, size and threads: cells are the sheet's rows, and Table 7 has the smallest image's."""

from mcdeconv.paper import tables
from mcdeconv.paper.tables.running_time import table_7
from mcdeconv.paper.tables.seconds import by_size, per_pixel, rival_rows
from mcdeconv.runs.frame import frame
from mcdeconv.studies.seconds import seconds_sheet


def row(timed, method, size, side, threads, seconds, repeats=3, device="a processor"):
    spread = {"fastest": seconds - 0.1, "slowest": seconds + 0.1, "repeats": repeats}
    place = {"timed": timed, "method": method, "size": size, "kernel_side": side, "threads": threads}
    return (
        place
        | {"image": f"drawn-{size}", "iterations": 0, "config": "c", "device": device, "seconds": seconds}
        | spread
    )


ROWS = [
    row("rival", "l0", 255, 19, 1, 2.0),
    row("rival", "l0", 255, 19, 2, 1.5),
    row("rival", "l0", 800, 51, 2, 12.0),
    row("rival", "cho-lee", 255, 19, 1, 40.0, repeats=1),
    row("final deconvolution", "sparse", 512, 31, 1, 3.0),
    row("size alone", "l0", 1024, 31, 1, 8.0),
    row("size alone", "l0", 512, 31, 1, 1.0),
]


def with_rows(folder):
    seconds_sheet(folder).put(ROWS)
    return folder


def test_a_column_a_size_and_number_of_threads(tmp_path):
    table = by_size(with_rows(tmp_path))
    assert [r.head for r in table.rows] == [
        "Cho & Lee 2009 (cho-lee)",
        "Xu et al. 2013 (l0)",
        "with a known kernel: sparse",
    ]
    values = table.values
    assert values.loc["Xu et al. 2013 (l0)"].dropna().to_dict() == {
        "255×255 px, 1 thread": 2.0,
        "255×255 px, 2 threads": 1.5,
        "800×800 px, 2 threads": 12.0,
    }
    assert values.loc["with a known kernel: sparse", "512×512 px, 1 thread"] == 3.0
    assert table.rows[1].cells[1].detail == "1.90 to 2.10" and table.rows[0].cells[1].detail == ""


def test_table_7_has_the_smallest_image_by_threads(tmp_path):
    found = [(r.head, r.cells[0].value, r.cells[1].detail) for r in rival_rows(with_rows(tmp_path))]
    assert found == [
        ("Cho & Lee 2009 (cho-lee), run here", 40.0, "1 thread"),
        ("Xu et al. 2013 (l0), run here", 2.0, "1 thread"),
        ("Xu et al. 2013 (l0), run here", 1.5, "2 threads"),
    ]
    results = tables.results_folder()
    (tmp_path / "paper").symlink_to(results / "paper")
    page = table_7(frame([]), tmp_path)
    assert [r.head for r in page.grids[0].rows[-3:]] == [head for head, *_ in found]
    assert {grid.name for grid in page.grids} >= {"table-7", "table-7-seconds"}


def test_the_cost_of_a_pixel(tmp_path):
    table = per_pixel(with_rows(tmp_path))
    assert [(r.cells[1].text, round(r.cells[3].value, 3)) for r in table.rows] == [
        ("512×512 px", 3.815),
        ("1024×1024 px", 7.629),
    ]
    assert {grid.name for grid in tables.seconds(tmp_path).grids} == {"table-7-seconds", "table-7-per-pixel"}


def test_nothing_measured_is_said(tmp_path):
    assert rival_rows(tmp_path) == [] and by_size(tmp_path).rows == ()
    assert "make study NAME=seconds" in tables.seconds(tmp_path).text()
