"""A study's tables against its records, by hand."""

from dataclasses import replace

from mcdeconv.core.config import SolverConfig
from mcdeconv.paper import tables
from mcdeconv.runs.records import Identity, Record
from mcdeconv.studies import Study
from mcdeconv.studies.study import Variant

PLAIN = Variant(SolverConfig(), None)
STUDY = Study(
    "example",
    "What does it change?",
    "trial",
    lambda: iter(()),
    {"joint": PLAIN, "as it is": PLAIN},
    [("joint", "as it is")],
    {"two": ("a", "b"), "one": ("a",), "none": ("c",)},
)


def run(method: str, image: str, psnr: float, similarity: float) -> Record:
    identity = Identity("drawn", image, method, "trial", 0, "c", "x")
    scores = {"psnr_sparse": psnr, "psnr_direct": psnr - 1, "kernel_similarity": similarity}
    return Record(identity, scores, [[1.0]], 1.0, 1, 0, {"precision": "bfloat16"})


RECORDS = [
    run("as it is", "a", 25.0, 0.5),
    run("as it is", "b", 27.0, 0.5),
    run("joint", "a", 26.0, 0.75),
    run("joint", "b", 31.0, 0.75),
]


def test_a_grid_a_group_with_runs_and_a_row_a_contrast() -> None:
    page = tables.study(STUDY, RECORDS)
    assert [grid.name for grid in page.grids] == ["study-example-two", "study-example-one"]
    (row,) = page["study-example-two"].rows
    against, sparse, laplacian, direct, similarity, rests_on = row.cells
    assert (row.head, against.text) == ("joint", "as it is")
    assert (sparse.text, sparse.detail) == ("28.50", "+2.50\nrange +1.00 to +4.00")
    assert laplacian.text == "–" and laplacian.detail == ""
    assert (direct.text, direct.detail) == ("27.50", "+2.50\nrange +1.00 to +4.00")
    assert (similarity.text, similarity.detail) == ("0.750", "+0.250\nrange +0.250 to +0.250")
    assert (rests_on.text, rests_on.detail) == ("2 images", "")
    assert (page["study-example-two"].folded, page["study-example-one"].folded) == ("", "One image alone: one")


def test_what_two_regions_show_of_g_x_is_not_compared() -> None:
    other = replace(STUDY, variants={"joint": replace(PLAIN, region=128), "as it is": PLAIN})
    _, sparse, _, direct, *_ = tables.study(other, RECORDS)["study-example-two"].rows[0].cells
    assert sparse.text == "28.50" and (direct.text, direct.detail) == ("–", "")
    assert [row["psnr_direct_runs"] for row in other.factors(RECORDS)] == [0, 0, 0]


def test_other_arithmetic_on_one_side_is_named() -> None:
    mixed = [*RECORDS[:2], *(replace(record, provenance={"precision": "float32"}) for record in RECORDS[2:])]
    (row,) = tables.study(STUDY, mixed)["study-example-two"].rows
    assert row.cells[-1].detail == "float32 against bfloat16"


def test_a_single_image_has_no_interval() -> None:
    (row,) = tables.study(STUDY, RECORDS)["study-example-one"].rows
    assert (row.cells[1].text, row.cells[1].detail) == ("26.00", "+1.00")


def test_without_records_there_is_no_grid() -> None:
    assert tables.study(STUDY, []).grids == ()
