"""Kernels of every kind of file against the array that was written."""

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from mcdeconv.errors import InputError
from mcdeconv.scoring.external.files import files_of, read_kernel, sorted_out

KERNEL = np.zeros((5, 5))
KERNEL[1:4, 1:3] = [[2, 0], [3, 1], [0, 4]]
INNER = KERNEL[1:4, 1:4] / 10


def written(path, values):
    match path.suffix:
        case ".npy":
            np.save(path, values)
        case ".mat":
            savemat(path, {"kernel": values, "blurred": np.ones((9, 9))})
        case ".txt":
            np.savetxt(path, values, delimiter="\t")
        case ".csv":
            np.savetxt(path, values, delimiter=",")
        case _:
            Image.fromarray(np.uint8(values * 60)).save(path)
    return path


@pytest.mark.parametrize("suffix", [".npy", ".mat", ".txt", ".csv", ".png", ".tif"])
def test_a_kernel_is_read_from_any_kind_of_file_and_loses_its_margin(tmp_path, suffix):
    assert np.allclose(read_kernel(written(tmp_path / f"one{suffix}", KERNEL)), INNER)


def test_an_even_or_oblong_kernel_keeps_matlabs_centre(tmp_path):
    """floor(n / 2) + 1, counted from 1: index n / 2 of an even side."""
    values = np.full((4, 3), 0.0)
    values[0, 0], values[2, 1] = 1, 3  # the second is the centre
    kernel = read_kernel(written(tmp_path / "one.npy", values))
    assert kernel.shape == (5, 5) and kernel[2, 2] == 0.75 and kernel[0, 1] == 0.25


def test_a_margin_goes_only_where_it_is_all_around(tmp_path):
    values = np.zeros((7, 7))
    values[1, 3], values[3, 3] = 1, 1
    assert read_kernel(written(tmp_path / "one.npy", values)).shape == (5, 5)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.full((5, 5), 0.2), "constant: every value is 0.2"),
        (np.zeros((5, 5)), "constant: every value is 0"),
        (np.where(KERNEL == 4, np.nan, KERNEL), "NaN"),
        (np.where(KERNEL == 3, -3, KERNEL), "not negative"),
        (np.arange(5.0), r"shape \(5,\)"),
    ],
)
def test_what_is_no_kernel_is_refused(tmp_path, values, message):
    with pytest.raises(InputError, match=rf"one\.npy .*{message}"):
        read_kernel(written(tmp_path / "one.npy", values))


@pytest.mark.parametrize("suffix", [".npy", ".mat", ".txt", ".png"])
def test_a_damaged_file_is_one_line(tmp_path, suffix):
    path = tmp_path / f"one{suffix}"
    path.write_bytes(b"no numbers here")
    with pytest.raises(InputError, match=r"one\.\w+ ") as caught:
        read_kernel(path)
    assert "\n" not in str(caught.value)


def test_of_several_arrays_the_one_called_kernel_is_taken_and_without_it_none(tmp_path):
    savemat(tmp_path / "one.mat", {"a": KERNEL, "b": KERNEL})
    with pytest.raises(InputError, match=r"it has a, b; call the kernel's 'kernel'"):
        read_kernel(tmp_path / "one.mat")
    savemat(tmp_path / "one.mat", {"whatever": KERNEL})
    assert np.allclose(read_kernel(tmp_path / "one.mat"), INNER)


def test_files_go_to_their_images(tmp_path):
    for name in ("b.png", "b_kernel.txt", "a.png", "notes.md", ".a.png"):
        (tmp_path / name).touch()
    found = files_of(tmp_path, ["a", "b", "c"])
    assert {image: [path.name for path in paths] for image, paths in found.items()} == {
        "a": ["a.png"],
        "b": ["b.png", "b_kernel.txt"],
    }
    (tmp_path / "d.png").touch()
    with pytest.raises(InputError, match=r"d\.png is of no image"):
        files_of(tmp_path, ["a", "b", "c"])


@pytest.mark.parametrize(("side", "kernel"), [(48, True), (49, False), (96, False)])
def test_a_small_square_picture_is_a_kernel(tmp_path, side, kernel):
    path = tmp_path / "a.png"
    Image.fromarray(np.uint8(np.random.default_rng(0).integers(0, 255, (side, side)))).save(path)
    assert sorted_out([path], (96, 96)) == ((None, path) if kernel else (path, None))


def test_a_few_bytes_that_promise_many_values_are_refused(tmp_path):
    savemat(tmp_path / "a_kernel.mat", {"kernel": np.zeros((4000, 4000))}, do_compression=True)
    with pytest.raises(InputError, match="it has more than 10000000 values"):
        read_kernel(tmp_path / "a_kernel.mat")
    np.save(tmp_path / "a_kernel.npy", KERNEL)
    content = (
        (tmp_path / "a_kernel.npy").read_bytes().replace(b"(5, 5), }" + b" " * 13, b"(1000000, 1000000), }" + b" ")
    )
    (tmp_path / "a_kernel.npy").write_bytes(content)
    assert b"1000000" in content
    with pytest.raises(InputError, match="has no kernel that can be read"):
        read_kernel(tmp_path / "a_kernel.npy")


def test_an_array_whose_header_is_cut_is_refused(tmp_path):
    np.save(tmp_path / "a_kernel.npy", KERNEL)
    content = (tmp_path / "a_kernel.npy").read_bytes()
    (tmp_path / "a_kernel.npy").write_bytes(content.replace(b")", b"(", 1).replace(b"}", b" ", 1))
    with pytest.raises(InputError, match="has no kernel that can be read"):
        read_kernel(tmp_path / "a_kernel.npy")
