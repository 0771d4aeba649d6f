"""`mcdeconv deblur` of a folder, and of a region that is given."""

import numpy as np
import pytest
from PIL import Image
from test_cli import command, folder, refused  # noqa: F401  # fixtures, and what a refusal is
from test_photos import QUICK, SIZE, saved, shaken  # noqa: F401

from mcdeconv.data.photo import read_photo
from mcdeconv.data.region import Region
from mcdeconv.deblur import deconvolve
from mcdeconv.scoring.harm import Judgement


@pytest.fixture
def photos(tmp_path, shaken):  # noqa: F811
    """Three photographs, one of them damaged, and a file that is none."""
    place = tmp_path / "photos"
    place.mkdir()
    saved(place / "a.png", shaken[1][:100, :120])
    saved(place / "b.gif", shaken[1][100:220, :120])
    (place / "c.jpg").write_bytes((place / "a.png").read_bytes()[:500])
    (place / "notes.txt").write_text("none")
    (place / "._a.png").write_bytes(b"what macOS leaves")
    return place


def names(place):
    return sorted(path.name for path in place.iterdir())


def test_each_photograph_of_a_folder_is_deblurred_and_a_damaged_one_stops_none(command, folder, photos):  # noqa: F811
    code, out, err = command("deblur", photos, "-o", folder, "--kernel-size", SIZE, *QUICK)
    results = [name for name in names(folder) if "_kernel" not in name]
    assert [name.replace("_attempt", "") for name in results] == ["a.png", "b.png"]
    assert "3/3  c.jpg" in out and "damaged or truncated" in out
    assert code == 2 and err.splitlines()[-1] == "error: 1 of 3 refused: c.jpg; see above"


def test_what_is_there_is_left_and_the_rest_is_done(command, folder, photos):  # noqa: F811
    (photos / "c.jpg").unlink()
    (folder / "a.png").write_bytes(b"from before")
    (folder / "b_attempt.png").write_bytes(b"from before")
    code, out, err = command("deblur", photos, "-o", folder, *QUICK)
    assert code == 3 and "1 of 2 may be better as they are: b.gif" in err
    assert (
        "a.png: there already" in out and "b.gif: attempted already; delete" in out and "0 of 2 photographs done" in out
    )
    assert names(folder) == ["a.png", "b_attempt.png"]


def test_results_that_look_worse_are_counted(command, folder, photos, monkeypatch):  # noqa: F811
    (photos / "c.jpg").unlink()
    monkeypatch.setattr("mcdeconv.deblur.photograph.judge", lambda *_: Judgement(("it rings",), 0.1, 0, 1, 9, None))
    code, out, err = command("deblur", photos, "-o", folder, "--kernel-size", SIZE, *QUICK)
    assert code == 3 and err.splitlines()[-1].startswith("not sharp: 2 of 2 may be better as they are: a.png, b.gif")
    assert names(folder) == ["a_attempt.png", "a_kernel.png", "b_attempt.png", "b_kernel.png"]
    assert out.count("it rings") == 2


@pytest.mark.parametrize(
    ("change", "where", "options", "message"),
    [
        ("empty", "out", (), "has no photographs"),
        ("kernel", "out", (), "a_kernel.png would be taken for a result of a.png"),
        ("twins", "out", (), "the results of a.jpg, a.png would have the same name"),
        ("", "photos", (), "is where the photographs are; give another folder"),
        ("", "photos/notes.txt", (), "is no folder; for a folder of photographs, give a folder"),
        ("", "sharp.png", (), "is no folder; for a folder of photographs, give a folder"),
        ("", "out", ("--method", "lo"), "unknown method 'lo'"),
    ],
)
def test_a_folder_that_cannot_be_done_is_refused(
    tmp_path,
    command,  # noqa: F811
    folder,  # noqa: F811
    photos,
    change,
    where,
    options,
    message,
):
    if change == "empty":
        for path in photos.glob("[abc].*"):
            path.unlink()
    if change == "kernel":
        saved(photos / "a_kernel.png", np.full((40, 40, 3), 0.5))
    if change == "twins":
        saved(photos / "a.jpg", np.full((40, 40, 3), 0.5))
    refused(command("deblur", photos, "-o", tmp_path / where, *options), folder, message)


def test_the_kernel_is_found_in_the_region_that_is_given(tmp_path, command, folder, shaken):  # noqa: F811
    _, blurred = shaken
    framed = np.pad(blurred, ((40, 30), (25, 60), (0, 0)))
    photo = saved(tmp_path / "photo.png", framed)
    region = ("--region", "60,70,200,150")
    code, out, err = command("deblur", photo, "-o", folder / "sharp.png", "--kernel-size", SIZE, *QUICK, *region)
    assert code in (0, 3), err
    assert "from 200×150 px at (60, 70)" in out
    found = deconvolve(read_photo(photo).pixels, SIZE, method="l0", region=Region(70, 60, 150, 200))
    part = np.asarray(Image.open(photo))[70:220, 60:260] / np.float32(255)
    assert np.array_equal(found.kernel, deconvolve(part, SIZE, method="l0").kernel)


@pytest.mark.parametrize(
    ("region", "message"),
    [
        ("1,2,3", "give four numbers of pixels, LEFT,TOP,WIDTH,HEIGHT"),
        ("0,0,-5,9", "give four numbers of pixels"),
        ("300,0,200,100", "200×100 px at (300, 0), is not within the photograph: 400×300 px at (0, 0)"),
        ("0,0,10,10", "in the region given, the image is 10×10 px"),
    ],
)
def test_a_region_that_cannot_be_is_refused(tmp_path, command, folder, shaken, region, message):  # noqa: F811
    photo = saved(tmp_path / "photo.png", shaken[1])
    result = command("deblur", photo, "-o", folder / "sharp.png", "--kernel-size", SIZE, *QUICK, "--region", region)
    refused(result, folder, message)
