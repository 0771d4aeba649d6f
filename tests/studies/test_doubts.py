"""The study of refusals and doubts: what `deblur` would say, beside what the truth says."""

from dataclasses import replace

import numpy as np
import pytest

import mcdeconv
from mcdeconv.data import datasets
from mcdeconv.deblur import photograph
from mcdeconv.methods import RIVALS, Found
from mcdeconv.studies.doubts import METHODS, JudgedImage


@pytest.fixture(scope="module")
def item():
    return datasets.load_item("small-levin", "camera_kernel_04")


class Stored:
    """A record as far as the study reads it."""

    def __init__(self, item, method, kernel):
        self.kernel = kernel
        names = {"dataset": item.dataset, "image": item.id, "method": method, "file_name": f"{method}.json"}
        self.identity = type("Identity", (), names)


def test_a_right_kernel_passes_and_a_point_is_refused(item):
    point = np.zeros_like(item.kernel)
    point[tuple(side // 2 for side in point.shape)] = 1
    records = (Stored(item, "l0", item.kernel), Stored(item, "cho-lee", point))
    right, wrong = JudgedImage(item, records).rows()
    assert right["psnr"] > right["psnr_blurred"] == wrong["psnr_blurred"]
    assert wrong["refused"] == 1 and wrong["record"] == "cho-lee.json"


def test_a_row_says_what_deblur_says(item, monkeypatch):
    def finds_a_broad_square(blurred, size, settings):
        yield 1.0
        return Found(np.full((size, size), 1 / size**2), blurred)

    kernel = np.full(item.kernel.shape, 1 / item.kernel.size)
    (row,) = JudgedImage(item, (Stored(item, "l0", kernel),)).rows()
    second = photograph.second_look(item.blurred, item.kernel_size)
    monkeypatch.setattr(photograph, "second_look", lambda *_: second)
    monkeypatch.setitem(RIVALS, "l0", replace(RIVALS["l0"], solve=finds_a_broad_square))
    judgement = mcdeconv.deconvolve(item.blurred, item.kernel_size, method="l0").judgement
    assert (row["refused"], row["doubted"]) == (int(judgement.harmful), int(bool(judgement.doubts)))
    assert "l0" in METHODS and "ours+" in METHODS and "maxim" not in METHODS
