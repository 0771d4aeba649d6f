"""`mcdeconv score` from start to end: what it finds and says, and that what is wrong writes nothing."""

import os
import signal
import sys

import numpy as np
import pytest
from PIL import Image

from mcdeconv.cli import main as cli
from mcdeconv.data.datasets import load_item, names
from mcdeconv.data.photo import write_image
from mcdeconv.runs.records import Store

DATASET = "small-levin"
FEW = ("camera_kernel_01", "coins_kernel_03")


@pytest.fixture
def score(monkeypatch, capsys, tmp_path):
    """Score a folder into tmp_path / "out": (exit code, standard output, standard error without progress)."""

    def call(folder, *options, method="Somebody (2013)", source="a page"):
        words = ("score", folder, "--dataset", DATASET, "--method", method, "--source", source, "--processes", 1)
        monkeypatch.setattr(sys, "argv", ["mcdeconv", *map(str, (*words, "--out", tmp_path / "out", *options))])
        before, code = signal.getsignal(signal.SIGTERM), 0
        try:
            cli.main()
        except SystemExit as stopped:
            code = stopped.code or 0
        finally:
            signal.signal(signal.SIGTERM, before)
        captured = capsys.readouterr()
        said = [line for line in captured.err.splitlines() if line and "image/s]" not in line]
        return code, captured.out, "".join(f"{line}\n" for line in said)

    return call


@pytest.fixture
def theirs(tmp_path):
    """Pictures of the kernels, rotated by 180° and with a margin, under the images' own names, of all but one image."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    for image in names(DATASET)[:-1]:
        kernel = np.pad(load_item(DATASET, image).kernel[::-1, ::-1], 2)
        Image.fromarray(np.uint8(np.rint(255 * kernel / kernel.max()))).save(folder / f"{image}.png")
    return folder


def refused(result, tmp_path, *fragments):
    code, out, err = result
    assert code == 2 and out == "" and err.startswith("error: "), err
    assert err.count("\n") == 1 and len(err) < 500
    assert all(fragment in err for fragment in fragments), err
    assert not list((tmp_path / "out").rglob("*.json"))


def test_it_says_what_it_found_and_how_many_of_how_many(score, theirs, tmp_path):
    few = f"{','.join(FEW)},{names(DATASET)[-1]}"
    code, out, _ = score(theirs, "--images", few)
    assert code == 0
    assert "15 kernels: correlation (mean similarity with the true kernels: as convolution 0." in out
    assert "15 of them are pictures <id>, kernels by their size" in out
    assert f"scored 2 of 3; missing {names(DATASET)[-1]}" in out
    records = list(Store(tmp_path / "out/records"))
    assert [record.identity.image for record in records] == list(FEW)
    mean = np.mean([record.scores["psnr_sparse"] for record in records])
    [line] = [line for line in out.splitlines() if line.startswith("sparse ")]
    assert line.split()[1:3] == ["2", f"{mean:.2f}"]
    assert (tmp_path / "out/records.zip").exists()


def test_restored_images_of_another_size_are_placed_and_told(score, tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir()
    for image in FEW:
        truth = load_item(DATASET, image).sharp
        colour = np.stack([np.pad(truth, ((2, 4), (4, 2)), mode="edge") * 0.95] * 3, axis=2)
        write_image(folder / f"{image}.jpg", colour)
    code, out, _ = score(folder)
    assert code == 0 and "2 restored images: 102×102 px with the image at row 2, column 4" in out
    assert "scored 2 of 16; missing" in out and "kernel" not in out.splitlines()[1]
    assert all(set(r.scores) == {"psnr_direct", "ssim_direct"} for r in Store(tmp_path / "out/records"))


def damage(folder, kind):
    name = FEW[0]
    match kind:
        case "unknown":
            (folder / f"{name}.png").rename(folder / "im99.png")
        case "two":
            (folder / f"{name}_kernel.txt").write_text("1 2\n3 4")
        case "constant":
            Image.new("L", (15, 15), 100).save(folder / f"{name}.png")
        case "black":
            Image.new("L", (96, 96)).save(folder / f"{name}.png")
        case "not finite":
            (folder / f"{name}.png").unlink()
            np.save(folder / f"{name}_kernel.npy", np.full((3, 3), np.nan))
        case "size":
            Image.effect_noise((60, 96), 50).save(folder / f"{name}.png")
        case "truncated":
            (folder / f"{name}.png").write_bytes((folder / f"{name}.png").read_bytes()[:60])
        case "mirrored":
            for path in folder.iterdir():
                with Image.open(path) as image:
                    pixels = np.asarray(image)
                Image.fromarray(pixels[:, ::-1].copy()).save(path)
        case "symmetric":
            for path in folder.iterdir():
                path.unlink()
            line = np.outer(np.hanning(9), np.hanning(9))
            np.save(folder / f"{name}.npy", line)


@pytest.mark.parametrize(
    ("kind", "fragments"),
    [
        ("unknown", ("im99.png is of no image", "camera_kernel_01")),
        ("two", (f"{FEW[0]}.png", f"{FEW[0]}_kernel.txt", "move one of them away")),
        ("constant", ("constant", f"{FEW[0]}.png", "--constant-ok")),
        ("black", ("constant", "every pixel is 0", "--constant-ok")),
        ("not finite", ("NaN", f"{FEW[0]}_kernel.npy")),
        ("size", ("60×96 px", "96×96")),
        ("truncated", ("damaged", f"{FEW[0]}.png")),
        ("mirrored", ("mirrored", "--orientation convolution")),
        ("symmetric", ("cannot be told", "--orientation convolution")),
    ],
)
def test_one_bad_file_and_nothing_is_written(score, theirs, tmp_path, kind, fragments):
    damage(theirs, kind)
    refused(score(theirs), tmp_path, *fragments)


def test_a_symmetric_kernel_is_scored_if_told_how_it_lies(score, theirs, tmp_path):
    damage(theirs, "symmetric")
    assert score(theirs, "--orientation", "correlation")[0] == 0
    assert len(list(Store(tmp_path / "out/records"))) == 1


def test_a_system_that_ended_black_is_scored_if_that_is_said(score, theirs, tmp_path):
    damage(theirs, "black")
    assert score(theirs, "--constant-ok", "--images", FEW[0])[0] == 0
    [record] = Store(tmp_path / "out/records")
    truth = load_item(DATASET, FEW[0]).sharp[15:-15, 15:-15].astype(float)
    assert record.scores["psnr_direct"] == pytest.approx(-10 * np.log10(np.mean(truth**2)))


@pytest.mark.parametrize(
    ("options", "names_given", "fragment"),
    [
        ((), {"source": " "}, "--source"),
        ((), {"method": ""}, "--method"),
        ((), {"method": "ours"}, "another name"),
        (("--orientation", "upside-down"), {}, "'upside-down'; choose auto, convolution or correlation"),
        (("--images", "im99"), {}, "no image 'im99'"),
        (("--images", "leaves_kernel_04"), {}, "nothing of the images asked for"),
        (("--dataset", "levine"), {}, "unknown data set 'levine'"),
    ],
)
def test_wrong_options_are_told_in_a_line(score, theirs, tmp_path, options, names_given, fragment):
    refused(score(theirs, *options, **names_given), tmp_path, fragment)


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_an_empty_or_missing_folder_is_told(score, tmp_path, folder):
    os.mkdir(tmp_path / "empty")
    refused(score(tmp_path / folder), tmp_path, folder, "<id>.png")
