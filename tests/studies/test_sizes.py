"""The study of sizes: a row is what `deblur` takes, beside the size that the data set gives."""

from mcdeconv.data import datasets
from mcdeconv.data.kernel_size import estimate_kernel_size
from mcdeconv.deblur.estimate import size_within
from mcdeconv.studies.sizes import STUDY, SizedImage


def test_a_row_has_the_size_that_deblur_takes() -> None:
    item = datasets.load_item("small-levin", "camera_kernel_04")
    (row,) = SizedImage(item).rows()
    assert row["found"] == size_within(item.blurred) and row["given"] == item.kernel_size
    assert row["from_spectrum"] == estimate_kernel_size(item.blurred)
    assert STUDY.survey is not None and {*STUDY.survey.key, *STUDY.survey.means} <= set(row)
