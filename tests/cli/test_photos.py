"""`mcdeconv deblur` by a rival, as most people call it: sharp, in its frame, with its metadata, or said not to be."""

import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from scipy.signal import fftconvolve
from skimage import data
from test_cli import command, folder, refused  # noqa: F401  # fixtures, and what a refusal is

from mcdeconv.cli.photos import GAP
from mcdeconv.data.datasets.shake import camera_shake_kernel
from mcdeconv.data.grey import luma
from mcdeconv.data.photo import read_photo
from mcdeconv.methods import RIVALS, Found
from mcdeconv.scoring.harm import Judgement
from mcdeconv.scoring.metrics import best_shift, psnr

SIZE = 13
QUICK = ("--method", "l0")  # where it does not matter how the kernel is found


@pytest.fixture(scope="module")
def shaken():
    """A cup of coffee, and the same shaken, both (300, 400, 3) in [0, 1]."""
    sharp = data.coffee()[40:352, 120:532] / 255
    kernel = camera_shake_kernel(SIZE, np.random.default_rng(4))
    blurred = np.stack([fftconvolve(channel, kernel, mode="valid") for channel in np.moveaxis(sharp, 2, 0)], axis=2)
    noisy = blurred + 0.005 * np.random.default_rng(0).standard_normal(blurred.shape)
    return sharp[6:-6, 6:-6], noisy.clip(0, 1)


def saved(path, pixels, **options):
    Image.fromarray(np.rint(255 * pixels).astype(np.uint8)).save(path, **options)
    return path


def gain(sharp, blurred, restored):
    """In dB of luma, aligned within 10 px, 20 px off each side."""
    before, after = (best_shift(luma(image), luma(sharp), 20, 10) for image in (blurred, restored))
    return psnr(after.restored, after.sharp) - psnr(before.restored, before.sharp)


@pytest.mark.parametrize(("method", "least"), [("ours+", 4), ("l0", 3), ("dark-channel", 3)])
@pytest.mark.parametrize("size", [SIZE, 21])
def test_a_photograph_becomes_sharp(tmp_path, command, folder, shaken, method, least, size):  # noqa: F811
    sharp, blurred = shaken
    photo = saved(tmp_path / "photo.png", blurred)
    options = ["--method", method] if method != "ours+" else []
    code, out, err = command("deblur", photo, "-o", folder / "sharp.png", "--kernel-size", size, *options)
    assert code == 0, err
    maps = ["sharp_std.png"] if method == "ours+" else []
    assert sorted(os.listdir(folder)) == ["sharp.png", "sharp_kernel.png", *maps]
    assert ("deviation  median" in out) == bool(maps)
    assert f"run        {method}: " in out and "100%" in err
    restored = read_photo(folder / "sharp.png").pixels
    assert restored.shape == blurred.shape and gain(sharp, blurred, restored) > least
    kernel = read_photo(folder / "sharp_kernel.png").pixels
    assert kernel.shape == (size, size) and kernel.max() == 1


def test_the_size_is_estimated(tmp_path, command, folder, shaken):  # noqa: F811
    sharp, blurred = shaken
    code, out, err = command("deblur", saved(tmp_path / "photo.png", blurred), "-o", folder / "sharp.png")
    assert code == 0 and "an estimate" in out, err
    assert gain(sharp, blurred, read_photo(folder / "sharp.png").pixels) > 2


def test_a_frame_stays_and_what_is_in_it_comes_out_as_without_it(tmp_path, command, folder, shaken):  # noqa: F811
    _, blurred = shaken
    framed = np.pad(blurred, ((40, 30), (25, 60), (0, 0)))
    for name, pixels in (("bare", blurred), ("framed", framed)):
        photo = saved(tmp_path / f"{name}.png", pixels)
        code, out, err = command("deblur", photo, "-o", folder / f"{name}.png", "--kernel-size", SIZE, *QUICK)
        assert code == 0, err
        assert ("frame      left as it is" in out) == (name == "framed")
    bare, whole = (read_photo(folder / f"{name}.png").pixels for name in ("bare", "framed"))
    assert np.array_equal(whole[40:-30, 25:-60], bare)
    whole[40:-30, 25:-60] = 0
    assert not whole.any()


def test_what_the_camera_wrote_is_kept_and_the_picture_is_upright(tmp_path, command, folder, shaken):  # noqa: F811
    exif = Image.Exif()
    exif[0x0112], exif[0x0132] = 6, "2026:05:01 12:00:00"
    photo = saved(tmp_path / "photo.jpg", np.rot90(shaken[1]), exif=exif, quality=98)
    assert command("deblur", photo, "-o", folder / "sharp.jpg", "--kernel-size", SIZE, *QUICK)[0] == 0
    with Image.open(folder / "sharp.jpg") as written:
        assert written.size == (400, 300)
        assert written.getexif().get(0x0132) == "2026:05:01 12:00:00" and written.getexif().get(0x0112, 1) == 1


def test_what_is_worse_than_the_photograph_is_not_handed_over(tmp_path, command, folder, shaken, monkeypatch):  # noqa: F811
    monkeypatch.setattr("mcdeconv.deblur.photograph.judge", lambda *_: Judgement(("it rings",), 0.1, 0, 1, 9, None))
    photo = saved(tmp_path / "photo.png", shaken[1])
    code, out, err = command("deblur", photo, "-o", folder / "sharp.png", "--kernel-size", SIZE, *QUICK)
    assert code == 3
    assert sorted(os.listdir(folder)) == ["sharp_attempt.png", "sharp_kernel.png"]
    assert "sharp_attempt.png" in out
    said = err.splitlines()[-1]
    assert said.startswith("not sharp: it rings") and "sharp.png was not written" in said and "--method" in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--method", "lo"), "unknown method 'lo'; choose one of ours"),
        (("--method", "l0", "--kernel-size", 4), "kernel size 4 is not an odd number"),
        (("--method", "l0", "--kernel-size", 301), "no smaller than the kernel (301 px)"),
        (("--method", "l0", "--final", "best"), "unknown final deconvolution 'best'"),
    ],
)
def test_wrong_input_is_refused(tmp_path, command, folder, shaken, options, message):  # noqa: F811
    photo = saved(tmp_path / "photo.png", shaken[1])
    refused(command("deblur", photo, "-o", folder / "sharp.png", *options), folder, message)


def without_a_picture(kind):
    """What no camera sees: nothing in it can be restored."""
    rng = np.random.default_rng(0)
    if kind == "noise":
        return rng.integers(0, 256, (150, 160)) / 255
    grey = luma(data.astronaut()[::3, ::3] / 255)
    return np.round(grey) if kind == "one bit" else np.clip(8 * grey, 0, 1)


@pytest.mark.parametrize("kind", ["noise", "one bit", "all clipped"])
def test_what_is_no_photograph_is_never_handed_over_without_a_doubt(tmp_path, command, folder, kind):  # noqa: F811
    photo = saved(tmp_path / "photo.png", without_a_picture(kind))
    code, _, err = command("deblur", photo, "-o", folder / "sharp.png", "--kernel-size", 15, "--method", "l0")
    assert code == 3 and "not sharp: " in err and "does not explain" in err and "sharp.png" not in os.listdir(folder)


def test_a_time_budget_that_is_up_writes_nothing(tmp_path, command, folder, shaken):  # noqa: F811
    photo = saved(tmp_path / "photo.png", shaken[1])
    code, _, err = command("deblur", photo, "-o", folder / "sharp.png", "--kernel-size", SIZE, "--time-budget", 1e-6)
    assert code == 1 and "nothing was found in 1e-06 s" in err and not os.listdir(folder)


@pytest.mark.parametrize("channels", [None, 3], ids=["grey", "RGB"])
def test_a_sheet_has_before_after_and_kernel_side_by_side(tmp_path, command, folder, shaken, channels):  # noqa: F811
    blurred = shaken[1][:120, :150] if channels else luma(shaken[1][:120, :150])
    photo = saved(tmp_path / "photo.png", blurred)
    out = folder / "sharp.png"
    code, said, err = command("deblur", photo, "-o", out, "--kernel-size", 9, "--method", "l0", "--sheet")
    attempt = folder / ("sharp.png" if code == 0 else "sharp_attempt.png")
    assert "sharp_sheet.png" in said, err
    sheet, sharp = read_photo(folder / "sharp_sheet.png").pixels, read_photo(attempt).pixels
    assert sheet.shape[:2] == (120, 2 * 150 + 27 + 2 * GAP)
    before, after = sheet[:, :150], sheet[:, 150 + GAP : 300 + GAP]
    if not channels:
        before, after = before[..., 0], after[..., 0]
    assert np.allclose(before, read_photo(photo).pixels, atol=0.003) and np.allclose(after, sharp, atol=0.003)
    assert sheet[:27, -27:].max() == 1 and sheet[30:, -27:].min() == 1


def test_where_no_blur_is_found_the_photograph_comes_back_and_that_is_said(
    tmp_path,
    command,  # noqa: F811
    folder,  # noqa: F811
    shaken,
    monkeypatch,
):
    def finds_a_point(blurred, size, config):
        yield 1.0
        kernel = np.zeros((size, size))
        kernel[size // 2, size // 2] = 1
        return Found(kernel, blurred)

    monkeypatch.setitem(RIVALS, "ours+", replace(RIVALS["ours+"], solve=finds_a_point))
    photo = saved(tmp_path / "photo.png", shaken[1])
    code, out, err = command("deblur", photo, "-o", folder / "sharp.png", "--kernel-size", SIZE)
    assert code == 0 and "unchanged  no blur was found" in out, err
    assert np.array_equal(read_photo(folder / "sharp.png").pixels, read_photo(photo).pixels)
