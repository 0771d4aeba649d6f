"""A folder of one's own photographs."""

import numpy as np
import pytest

from mcdeconv.data.datasets import load, load_item, names
from mcdeconv.data.photo import write_image
from mcdeconv.errors import InputError


@pytest.fixture
def photographs(tmp_path):
    pixels = np.random.default_rng(0).random((20, 30))
    for name in ("cat.png", "cat_sharp.png", "dog.tif"):
        write_image(tmp_path / name, pixels)
    kernel = np.zeros((5, 5))
    kernel[1, 2], kernel[4, 4] = 1.0, 1.0
    write_image(tmp_path / "cat_kernel.png", kernel)
    (tmp_path / "notes.txt").write_text("not a photograph")
    return tmp_path


def test_truth_and_kernel_are_found_beside_the_photograph(photographs):
    assert names("folder", photographs) == ["cat", "dog"]
    cat, dog = load("folder", folder=photographs)
    assert cat.kernel_size == 5 and cat.kernel[4, 4] == cat.kernel[1, 2] == 0.5
    assert np.array_equal(cat.sharp, cat.blurred)
    assert dog.kernel is None and dog.sharp is None and dog.kernel_size is None


def test_what_cannot_be_used_is_said(photographs, tmp_path_factory):
    with pytest.raises(InputError, match="needs the folder"):
        names("folder")
    with pytest.raises(InputError, match="is not a folder"):
        names("folder", photographs / "none")
    with pytest.raises(InputError, match="no photographs in"):
        names("folder", tmp_path_factory.mktemp("empty"))
    write_image(photographs / "cat_kernel.png", np.eye(4))
    with pytest.raises(InputError, match="4×4 pixels; a kernel is a square with an odd side"):
        load_item("folder", "cat", photographs)
    (photographs / "cat_kernel.png").unlink()
    write_image(photographs / "cat_sharp.png", np.eye(7))
    with pytest.raises(InputError, match=r"shape \(7, 7\)"):
        load_item("folder", "cat", photographs)
    write_image(photographs / "cat.tif", np.eye(7))
    with pytest.raises(InputError, match="same stem"):
        names("folder", photographs)
