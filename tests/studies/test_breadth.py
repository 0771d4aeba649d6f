"""Breadth of kernels, by hand and on an embedded image."""

import numpy as np
import pytest

from mcdeconv.data.datasets import load_item
from mcdeconv.runs.records import Identity, Record
from mcdeconv.studies.breadth import breadths, concentration, cut_off


def test_concentration_by_hand() -> None:
    truth = np.array([[0.5, 0.5], [0.0, 0.0]])
    assert concentration(truth, truth) == pytest.approx(1)
    assert concentration(3 * np.ones((2, 2)), truth) == pytest.approx(0.5)  # of sum 1: 4 / 16 against 2 / 4


def test_what_the_square_cuts_off_by_hand() -> None:
    truth = np.zeros((5, 5))
    truth[1, 1:4] = (0.5, 0.3, 0.2)
    assert cut_off(truth, truth) == 0
    assert cut_off(np.roll(truth, (1, 1), (0, 1)), truth) == 0
    beyond = np.zeros((5, 5))
    beyond[2, 3:] = (0.5, 0.3)  # two to the right: what had 0.2 has no place
    assert cut_off(beyond, truth) == pytest.approx(0.2)
    larger = np.zeros((9, 9))
    larger[0, 6:] = truth[1, 1:4]
    assert cut_off(larger, truth) == 0


def test_the_true_kernel_gets_worse_as_it_gets_broader_and_records_stand_beside_it() -> None:
    item = load_item("synthetic-levin", "coins_kernel_04")
    assert item.kernel is not None
    identity = Identity(item.dataset, item.id, "ours", "laptop", 2, "c", "x")
    record = Record(identity, {"psnr_sparse": 21.5}, (item.kernel * 2).tolist(), 1.0, 1, 2, {})
    rows = list(breadths(item, [record]))
    assert [row["kernel"] for row in rows] == [
        "true", "true, blurred by 0.4 px", "true, blurred by 0.6 px", "true, blurred by 0.8 px", "ours"
    ]  # fmt: skip
    shares = [float(row["concentration"]) for row in rows]  # type: ignore[arg-type]
    assert shares[0] == pytest.approx(1) == shares[-1]
    assert {row["cut_off"] for row in rows} == {0.0}
    assert 1 > shares[1] > shares[2] > shares[3] > 0
    assert rows[3]["psnr_sparse"] < rows[0]["psnr_sparse"]  # type: ignore[operator]
    assert rows[-1]["psnr_sparse"] == 21.5
