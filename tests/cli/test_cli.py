"""The command line from start to end on tiny pictures: what it writes, and one line for everything that is wrong."""

import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import tifffile
import torch
from PIL import Image
from scipy.ndimage import gaussian_filter
from tiny import NETS

import mcdeconv
from mcdeconv.cli import main as cli
from mcdeconv.cli import photos
from mcdeconv.cli.main import REPLACED
from mcdeconv.core import algorithm_1 as solver
from mcdeconv.core import presets
from mcdeconv.core import solve as runner
from mcdeconv.core.presets import PRESETS, TIERS, configure
from mcdeconv.data.datasets import load_item
from mcdeconv.data.grey import luma
from mcdeconv.data.photo import read_photo
from mcdeconv.errors import InputError, RunFailed
from mcdeconv.explorer import packing, sampler
from mcdeconv.paper import plans
from mcdeconv.paper.plans import Part
from mcdeconv.paper.selection import Selection, stored
from mcdeconv.runs import campaign
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Store
from mcdeconv.scoring.harm import Judgement
from mcdeconv.studies import STUDIES

OURS = ("deblur", "--method=ours")  # the default is a rival
ITERATIONS = 20
ROOT = Path(mcdeconv.__file__).parents[1]


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Two levels of four channels; "quick" sees a region of 40 px, "paper" the whole image."""
    nets = NETS
    for name in ("ours", "without-both"):
        monkeypatch.setitem(PRESETS, name, replace(PRESETS[name], **nets).with_iterations(ITERATIONS))
    for backend in (torch.cuda, torch.backends.mps):
        monkeypatch.setattr(backend, "is_available", lambda: False)
    monkeypatch.setitem(TIERS, "quick", replace(TIERS["paper"], name="quick", region=40))


@pytest.fixture
def command(monkeypatch, capsys):
    """Run `mcdeconv` with some arguments: (exit code, standard output, standard error)."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["mcdeconv", *map(str, arguments)])
        capsys.readouterr()
        before = signal.getsignal(signal.SIGTERM), signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            cli.main()
            code = 0
        except SystemExit as stopped:
            code = stopped.code or 0
        finally:
            for number, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
                signal.signal(number, handler)  # ctrl-C is ignored where the tests run in a script's background
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture(autouse=True)
def trusted(monkeypatch):
    """What a few iterations of tiny networks make is handed over here, as bad as it is."""
    monkeypatch.setattr("mcdeconv.deblur.photograph.judge", lambda *_: Judgement((), 0.1, 0.0, 1.0, 1.0, None))


@pytest.fixture
def folder(tmp_path):
    """Where results go; it starts empty."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def levels(height=40, width=44, channels=None, top=255):
    """A picture of blocks that differs from its mirror images, as integers up to `top`."""
    rng = np.random.default_rng(0)
    blocks = np.kron(rng.random((height // 8 + 1, width // 8 + 1)), np.ones((8, 8)))[:height, :width]
    image = 0.2 + 0.6 * gaussian_filter(blocks, 1)
    if channels:
        image = image[..., None] * np.linspace(1, 0.6, channels)
    return np.rint(top * image).astype(np.uint8 if top == 255 else np.uint16)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(levels()).save(path)
    return path


def refused(result, folder, *fragments):
    """Exit code 2, one line that says it, nothing on standard output and nothing written."""
    code, out, err = result
    assert code == 2, err
    assert err.startswith("error: ") and err.endswith("\n") and err.count("\n") == 1
    assert len(err) < 500
    for fragment in fragments:
        assert fragment in err
    assert out == ""
    assert list(folder.rglob("*")) == []


# --- deblur: what it writes


def written_files(folder):
    assert sorted(os.listdir(folder)) == ["sharp.png", "sharp_kernel.png", "sharp_std.png"]
    return [read_photo(folder / name, constant_ok=True) for name in sorted(os.listdir(folder))]


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("channels", [None, 3, 4], ids=["grey", "RGB", "RGBA"])
def test_deblur_writes_the_sharp_image_its_kernel_and_its_spread(tmp_path, command, folder, channels, bits):
    pixels = levels(channels=channels, top=2**bits - 1)
    photo = tmp_path / ("photo.tif" if bits == 16 else "photo.png")
    if bits == 16:
        tifffile.imwrite(photo, pixels, photometric="rgb" if channels else "minisblack")
    else:
        Image.fromarray(pixels).save(photo)
    code, out, _ = command(*OURS, photo, "-o", folder / "sharp.png", "--kernel-size", 5, "--device", "cpu")
    assert code == 0
    sharp, kernel, std = written_files(folder)
    assert sharp.pixels.shape == ((40, 44) if channels is None else (40, 44, 3))
    assert sharp.bit_depth == bits
    assert (sharp.alpha is None) == (channels != 4)
    if channels == 4:
        assert np.array_equal(np.rint(sharp.alpha * (2**bits - 1)), pixels[..., 3])  # as it was, to the bit
    assert kernel.pixels.shape == (5, 5) and kernel.pixels.max() == 1
    assert std.pixels.shape == (40, 44)
    assert (kernel.bit_depth, std.bit_depth) == (16, 16)
    assert "5 px (as given)" in out and f"{ITERATIONS} iterations" in out and "sharp_std.png" in out
    # the same as one call from Python
    found = mcdeconv.deconvolve(read_photo(photo).pixels, 5, method="ours", device="cpu")
    assert np.allclose(sharp.pixels, found.sharp, atol=0.51 / (2**bits - 1) + 1e-6)
    assert np.allclose(kernel.pixels, found.kernel / found.kernel.max(), atol=1e-4)
    assert np.allclose(std.pixels, (found.std / 0.1).clip(0, 1), atol=1e-4)


def test_a_rotated_photograph_comes_out_upright(tmp_path, command, folder):
    upright = levels(40, 60)
    exif = Image.Exif()
    exif[0x0112] = 6  # held on its side: turn it by 90° clockwise to see it upright
    Image.fromarray(np.rot90(upright)).save(tmp_path / "photo.jpg", exif=exif, quality=100)
    assert command(*OURS, tmp_path / "photo.jpg", "-o", folder / "sharp.png", "--kernel-size", 3)[0] == 0
    sharp = written_files(folder)[0].pixels
    assert sharp.shape == upright.shape

    def likeness(image):
        return np.corrcoef(sharp.ravel(), image.astype(float).ravel())[0, 1]

    assert likeness(upright) > 0.8
    assert max(likeness(other) for other in (upright[::-1], upright[:, ::-1], upright[::-1, ::-1])) < 0.5
    with Image.open(folder / "sharp.png") as image:
        assert image.getexif().get(0x0112, 1) == 1  # no viewer turns it once more


@pytest.mark.parametrize(("suffix", "channels"), [(".jpg", 4), (".tif", 4), (".tif", None), (".jpeg", None)])
def test_other_formats_of_output(tmp_path, command, folder, suffix, channels):
    Image.fromarray(levels(channels=channels)).save(tmp_path / "photo.png")
    output = folder / f"sharp{suffix}"
    assert command(*OURS, tmp_path / "photo.png", "-o", output, "--kernel-size", 5)[0] == 0
    read = read_photo(output)
    assert read.pixels.shape[:2] == (40, 44)
    assert (read.alpha is not None) == (channels == 4 and suffix == ".tif")
    assert (folder / "sharp_kernel.png").exists() and (folder / "sharp_std.png").exists()


def test_an_estimated_kernel_size_is_reported(photo, command, folder, monkeypatch):
    monkeypatch.setattr("mcdeconv.deblur.photograph.size_within", lambda *given: 7)
    code, out, _ = command(*OURS, photo, "-o", folder / "sharp.png")
    assert code == 0 and "7 px (an estimate; set it with --kernel-size" in out
    assert written_files(folder)[1].pixels.shape == (7, 7)


def test_progress_shows_speed_and_time_left(photo, command, folder):
    _, _, err = command(*OURS, photo, "-o", folder / "sharp.png", "--kernel-size", 5)
    assert f"{ITERATIONS}/{ITERATIONS}" in err and "it/s" in err and "<" in err  # elapsed<left


def test_a_seed_is_reproduced_and_told(photo, command, folder):
    content = []
    for _ in range(2):
        _, out, _ = command(*OURS, photo, "-o", folder / "sharp.png", "--kernel-size", 5, "--seed", 7)
        content.append([(folder / name).read_bytes() for name in sorted(os.listdir(folder))])
        assert "seed 7" in out
    assert content[0] == content[1]
    command(*OURS, photo, "-o", folder / "sharp.png", "--kernel-size", 5, "--seed", 8)
    assert (folder / "sharp_kernel.png").read_bytes() != content[0][1]


def test_an_old_result_is_replaced_and_a_failed_run_leaves_it(photo, command, folder):
    (folder / "sharp.png").write_bytes(b"old")
    assert command(*OURS, photo, "-o", folder / "sharp.png", "--kernel-size", 4)[0] == 2
    assert (folder / "sharp.png").read_bytes() == b"old" and len(os.listdir(folder)) == 1
    assert command(*OURS, photo, "-o", folder / "sharp.png", "--kernel-size", 5)[0] == 0
    written_files(folder)


def test_a_run_goes_on_from_its_checkpoint(tmp_path, photo, command, folder):
    saved = tmp_path / "saved" / "deep"
    options = ("--kernel-size", 5, "--checkpoint", saved)
    _, out, _ = command(*OURS, photo, "-o", folder / "first.png", *options, "--time-budget", 1e-6)
    assert "run        ours: 1 iterations" in out
    assert f"deviation  not estimated: the run stopped after 1 of {ITERATIONS} iterations" in out
    assert "_std.png" not in out and sorted(os.listdir(folder)) == ["first.png", "first_kernel.png"]
    assert os.listdir(saved) == ["photo.pt"]
    _, out, err = command(*OURS, photo, "-o", folder / "resumed.png", *options)
    assert f"run        ours: {ITERATIONS} iterations" in out
    assert re.search(r"\b1/20", err) and not re.search(r"\b0/20", err)
    command(*OURS, photo, "-o", folder / "whole.png", "--kernel-size", 5)
    for what in ("", "_kernel", "_std"):
        resumed, whole = (folder / f"{name}{what}.png" for name in ("resumed", "whole"))
        assert resumed.read_bytes() == whole.read_bytes()


# --- deblur: what it refuses


def damaged(kind, path):
    """A file that is no usable photograph; what the message must say of it."""
    Image.fromarray(levels()).save(path, format="PNG")
    if kind == "not an image":
        path.write_text("a shopping list")
    elif kind == "truncated":
        path.write_bytes(path.read_bytes()[:-200])
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "missing":
        path.unlink()
    elif kind == "folder":
        path.unlink()
        path.mkdir()
    elif kind == "constant":
        Image.fromarray(np.full((40, 40), 7, np.uint8)).save(path)
    elif kind == "constant colour":
        Image.fromarray(np.full((40, 40, 3), (10, 60, 200), np.uint8)).save(path)
    elif kind == "small":
        Image.fromarray(levels(20, 20)).save(path)
    elif kind in ("NaN", "inf"):
        values = levels().astype(np.float32)
        values /= 255
        values[3, 4] = float(kind)
        tifffile.imwrite(path, values)
    return {
        "not an image": "is not an image that can be read",
        "truncated": "is damaged or truncated",
        "empty": "is empty (0 bytes)",
        "missing": "was not found",
        "folder": "has no photographs",
        "constant": "constant",
        "constant colour": "constant",
        "small": "it must be at least 32 px a side",
        "NaN": "NaN or infinite",
        "inf": "NaN or infinite",
    }[kind]


BAD_PHOTOS = (
    "not an image",
    "truncated",
    "empty",
    "missing",
    "folder",
    "constant",
    "constant colour",
    "small",
    "NaN",
    "inf",
)


@pytest.mark.parametrize("kind", BAD_PHOTOS)
def test_a_file_that_is_no_photograph_is_refused(tmp_path, command, folder, kind):
    path = tmp_path / "photo.png"
    message = damaged(kind, path)
    refused(command(*OURS, path, "-o", folder / "sharp.png", "--kernel-size", 5), folder, message)


@pytest.mark.parametrize("kind", ["constant", "constant colour", "small", "NaN"])
def test_it_is_refused_before_a_kernel_size_is_estimated_too(tmp_path, command, folder, kind):
    damaged(kind, tmp_path / "photo.png")
    refused(command(*OURS, tmp_path / "photo.png", "-o", folder / "sharp.png"), folder)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ("4", "kernel size 4 is not an odd number from 3 on; try 5"),
        ("0", "kernel size 0 is not an odd number"),
        ("1", "kernel size 1 is not an odd number from 3 on; try 3"),
        ("-3", "--kernel-size is '-3'; give an odd number"),
        ("41", "no smaller than the kernel (41 px)"),
        ("999999999", "no smaller than the kernel"),
        ("large", "--kernel-size is 'large'; give an odd number"),
        ("5.0", "--kernel-size is '5.0'; give an odd number"),
        ("", "--kernel-size is ''; give an odd number"),
        ("²", "--kernel-size is '²'; give an odd number"),
    ],
)
def test_a_wrong_kernel_size_is_refused(photo, command, folder, size, message):
    refused(command(*OURS, photo, "-o", folder / "sharp.png", "--kernel-size", size), folder, message)


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--tier", "huge", "unknown tier 'huge'; choose one of quick, laptop, paper"),
        ("--method", "theirs", "unknown method 'theirs'; choose one of ours"),
        ("--final", "magic", "unknown final deconvolution 'magic'; choose one of auto"),
        ("--device", "tpu", "unknown device 'tpu'; choose one of cpu, cuda, mps"),
        ("--final", "direct", "--final direct needs the network to see the whole image"),
    ],
)
def test_a_wrong_option_is_refused(photo, command, folder, option, value, message):
    refused(command(*OURS, photo, "-o", folder / "sharp.png", "--kernel-size", 5, option, value), folder, message)


def test_a_wrong_suffix_is_refused(photo, command, folder):
    for name in ("sharp.gif", "sharp"):
        result = command(*OURS, photo, "-o", folder / name, "--kernel-size", 5)
        refused(result, folder, "the name must end in one of .png, .tif")


@pytest.mark.parametrize("place", ["missing/sharp.png", "photo.png/sharp.png"])
def test_a_folder_that_cannot_be_written_is_refused_before_the_run(photo, command, folder, monkeypatch, place):
    monkeypatch.setattr("mcdeconv.core.solve.initialise", lambda *_: pytest.fail("it ran"))
    output = photo.parent / place
    result = command(*OURS, photo, "-o", output, "--kernel-size", 5)
    refused(result, folder, f"cannot write into {output.parent}: ")


def test_a_disk_that_fills_up_leaves_no_half_file(photo, command, folder, monkeypatch):
    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", no_space)
    code, out, err = command(*OURS, photo, "-o", folder / "sharp.png", "--kernel-size", 5)
    assert code == 2 and out == ""
    assert err.splitlines()[-1] == f"error: cannot write {folder / 'sharp_kernel.png'}: No space left on device"
    assert os.listdir(folder) == []


@pytest.mark.parametrize(
    ("difference", "message"),
    [
        ("image", "its image is"),
        ("--method=without-both", "its config is"),
        ("--kernel-size=7", "its kernel_size is 5, this run's is 7"),
        ("--seed=1", "its seed is 0, this run's is 1"),
        ("damaged", "is not a readable checkpoint"),
        ("empty", "is not a readable checkpoint"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(tmp_path, photo, command, folder, difference, message):
    saved = tmp_path / "saved"
    options = ["--checkpoint", saved, "--kernel-size", 5]
    assert command(*OURS, photo, "-o", tmp_path / "a.png", *options)[0] == 0
    checkpoint = saved / "photo.pt"
    if difference == "image":
        Image.fromarray(levels()[::-1]).save(photo)
    elif difference == "damaged":
        checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    elif difference == "empty":
        checkpoint.write_bytes(b"")
    else:
        options.append(difference)
    content = checkpoint.read_bytes()
    refused(command(*OURS, photo, "-o", folder / "sharp.png", *options), folder, str(checkpoint), message)
    assert checkpoint.read_bytes() == content


def test_a_checkpoint_folder_below_a_file_is_refused(photo, command, folder):
    options = ("--kernel-size", 5, "--checkpoint", photo / "saved")
    refused(command(*OURS, photo, "-o", folder / "sharp.png", *options), folder, "cannot make the folder")


def nan_loss(*_):
    return torch.tensor(float("nan"), requires_grad=True)


def test_divergence_is_reported_with_exit_code_1(photo, command, folder, monkeypatch, caplog):
    monkeypatch.setattr(solver, "loss", nan_loss)
    code, out, err = command(*OURS, photo, "-o", folder / "sharp.png", "--kernel-size", 5)
    assert code == 1 and out == ""
    assert err.startswith("failed: the run diverged with seed 0 and again with another") and err.count("\n") == 1
    assert len(caplog.messages) == 2 and "seed 0 diverged at iteration 1" in caplog.messages[0]
    assert os.listdir(folder) == []


# --- run, known-kernel


def test_run_solves_prints_and_keeps(checkout, command, monkeypatch):
    """From wherever in the checkout it is started, into out/records; the repository's records count as done."""
    folder = checkout.root / "results/paper"
    monkeypatch.chdir(folder)
    arguments = ("run", "--images", "camera_kernel_01", "--method", "ours,without-both")
    code, out, _ = command(*arguments, "--processes", 1, "--device", "cpu")
    assert code == 0
    records = list(checkout.local)
    assert sorted(record.identity.method for record in records) == ["ours", "without-both"]
    assert list(folder.iterdir()) == []
    for record in records:
        [line] = [
            line
            for line in out.splitlines()
            if line.startswith(f"camera_kernel_01            {record.identity.method} ")
        ]
        assert f"{record.scores['psnr_direct']:.3f}" in line
    assert "ours minus without-both" in out and "(1 images, 1 pairs of runs)" in out
    checkout.local.folder.rename(checkout.committed.folder)
    code, again, _ = command(*arguments, "--processes", 1, "--device", "cpu")
    assert again == out and list(checkout.local) == []  # read from the records, nothing solved


def test_another_kernel_size_does_not_disturb_the_tables(checkout, command):
    arguments = ("run", "--images", "camera_kernel_01", "--processes", 1, "--device", "cpu")
    own = load_item("small-levin", "camera_kernel_01").kernel_size
    assert command(*arguments, "--kernel-size", own - 2)[0] == 0
    assert stored(Selection("levin")) == []
    assert command(*arguments)[0] == 0
    assert command(*arguments, "--kernel-size", own + 2)[0] == 0
    assert len(list(checkout.local)) == 3
    [record] = stored(Selection("levin"))
    assert len(record.kernel) == own


def test_selfdeblurs_kernel_sizes_are_marked_where_they_are_not_the_files(
    checkout, command, benchmark_data, monkeypatch
):
    monkeypatch.setenv("MCDECONV_DATA", str(benchmark_data))
    arguments = (
        "run",
        "--dataset",
        "levin",
        "--images",
        "im05_flit03,im05_flit04",
        "--processes",
        1,
        "--device",
        "cpu",
    )
    assert command(*arguments, "--kernel-size", "selfdeblur")[0] == 0
    found = {record.identity.image: (len(record.kernel), record.identity.kernel_size) for record in checkout.local}
    assert found == {"im05_flit03": (13, "13 px"), "im05_flit04": (27, "")}


def test_run_works_outside_a_checkout(tmp_path, command, photo, monkeypatch):
    place = tmp_path / "elsewhere"
    place.mkdir()
    monkeypatch.chdir(place)
    arguments = ("--dataset", "folder", "--folder", tmp_path, "--kernel-size", 5, "--processes", 1, "--device", "cpu")
    assert command("run", *arguments)[0] == 0
    assert len(list(Store(place / "out/records"))) == 1 and os.listdir(place) == ["out"]


def test_tables_are_the_checkouts_wherever_a_command_is_started(checkout, command, monkeypatch):
    monkeypatch.chdir(checkout.root / "mcdeconv")
    arguments = ("--dataset", "small-levin", "--images", "camera_kernel_01")
    assert command("study", "known-kernel", *arguments)[0] == 0
    assert (checkout.root / "results/studies/known-kernel/rows.csv").exists()
    assert os.listdir() == []


BOTH = ("run", "--method", "ours,without-both", "--processes", 1, "--device", "cpu", "--images", "camera_kernel_01")


@pytest.fixture
def minute(monkeypatch):
    """Every clock there is: an iteration takes a minute, and nothing else takes any."""
    now, keep_late_kernel = SimpleNamespace(minutes=0), runner.keep_late_kernel

    def tick(state, last):
        now.minutes += 1
        keep_late_kernel(state, last)

    monkeypatch.setattr(runner, "keep_late_kernel", tick)
    monkeypatch.setattr(runner, "time", SimpleNamespace(monotonic=lambda: 60 * now.minutes))
    monkeypatch.setattr(campaign, "time", SimpleNamespace(monotonic=lambda: 60 * now.minutes))
    return now


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_run_on_a_budget_goes_on_packs_and_is_merged(checkout, command, minute):
    """Another machine's folder: two runs of 20 minutes, half an hour at a time."""
    budget = (*BOTH, "--out", "far", "--time-budget", 30 * 60)
    code, out, _ = command(*budget)
    assert code == 0 and minute.minutes == 31
    assert "the time was up; runs not done: 1, 1 with a checkpoint; the same command goes on" in out
    [half, packed, done] = names(checkout.root / "far")
    assert half.startswith("checkpoints/camera_kernel_01____quick__seed0__") and half.endswith(".pt")
    assert done.startswith("records/synthetic-levin/camera_kernel_01__ours__") and packed == "records.zip"
    code, out, err = command(*budget)
    assert code == 0 and minute.minutes == 40 and "the time was up" not in out + err
    assert "ours minus without-both" in out and "(1 images, 1 pairs of runs)" in out
    far = Store(checkout.root / "far/records")
    assert [record.seconds for record in far] == [20 * 60, 20 * 60]
    assert not names(checkout.root / "far/checkpoints") and list(checkout.committed) == []
    for place in far.folder.rglob("*.json"):  # what is carried home is the one file
        place.unlink()
    far.folder.joinpath("synthetic-levin").rmdir()
    far.folder.rmdir()
    code, out, _ = command("merge", "far")
    assert code == 0 and out.startswith("2 added")
    assert sorted(record.identity.method for record in checkout.committed) == ["ours", "without-both"]
    command(*BOTH, "--out", "another")
    assert minute.minutes == 40 and names(checkout.root / "another") == []  # results/ has them


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_packs_what_it_has(checkout, command, minute, monkeypatch, number):
    real, calls = campaign.running, []

    def interrupted(*arguments, **options):
        if calls:
            signal.raise_signal(number)
        calls.append(arguments)
        return real(*arguments, **options)

    monkeypatch.setattr(campaign, "running", interrupted)
    code, _, err = command(*BOTH, "--out", "far")
    assert code == 128 + number and "Traceback" not in err
    command("merge", "far")
    assert [record.identity.method for record in checkout.committed] == ["ours"]
    [record] = (checkout.root / "far/records").rglob("*.json")
    with zipfile.ZipFile(checkout.root / "far/records.zip") as packed:
        assert packed.read(f"synthetic-levin/{record.name}") == record.read_bytes()


def test_a_budget_without_a_folder_of_its_own_has_its_checkpoints_in_out(checkout, command, minute):
    code, _, _ = command(*BOTH, "--time-budget", 10 * 60)
    assert code == 0 and minute.minutes == 11
    [checkpoint] = names(checkout.root / "out")
    assert checkpoint.startswith("checkpoints/camera_kernel_01____quick__seed0__")
    assert command(*BOTH)[0] == 0 and minute.minutes == 40  # it goes on, with a budget or without
    assert names(checkout.root / "out/checkpoints") == []
    assert len(list(checkout.local)) == 2 and list(checkout.committed) == []


def test_what_failed_is_told_from_what_the_time_was_up_for(checkout, command, minute, monkeypatch):
    def fail(*_, **__):
        minute.minutes += 20
        raise RunFailed("the run diverged")

    monkeypatch.setattr(campaign, "running", fail)
    code, out, err = command(*BOTH, "--out", "far", "--time-budget", 600)
    assert code == 1 and "runs not done: 1, 0 with a checkpoint" in out
    assert err.splitlines()[-1] == "failed: 1 of 2 runs failed; they are tried again next time"
    assert names(checkout.root / "far") == []


def test_a_damaged_pack_is_refused(checkout, command, folder):
    command(*BOTH[:1], *ONE, "--out", "far")
    path = checkout.root / "far/records.zip"
    path.write_bytes(path.read_bytes()[:-50])
    refused(command("merge", "far"), folder, "far/records.zip is no usable pack of records")
    assert list(checkout.committed) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dataset", "nope"], "unknown data set 'nope'; choose one of synthetic"),
        (["--tier", "nope"], "unknown tier 'nope'"),
        (["--method", "ours,nope"], "unknown method 'nope'"),
        (["--images", "nope"], "synthetic-levin has no image 'nope'"),
        (["--images", "camera_kernel_01", "--device", "nope"], "unknown device 'nope'"),
        (["--images", "camera_kernel_01", "--seeds", "0"], "--seeds is 0"),
        (["--dataset", "levin", "--images", "im05_flit99"], "levin has no image 'im05_flit99'"),
        (["--images", "camera_kernel_01", "--kernel-size", "selfdeblur"], "with --dataset synthetic-levin"),
        (["--images", "camera_kernel_01", "--kernel-size", "auto"], "'auto'; give an odd number of pixels or"),
    ],
)
def test_run_refuses_what_there_is_not(command, folder, arguments, message):
    refused(command("run", "--out", folder, "--processes", 1, *arguments), folder, message)


@pytest.mark.parametrize("dataset", ["levin", "lai", "lai_real", "kohler"])
@pytest.mark.parametrize("name", ["run", "study"])
def test_a_benchmark_that_is_not_there_is_named_with_the_way_to_it(
    tmp_path, command, folder, monkeypatch, dataset, name
):
    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path / "no data"))
    places = ("run", "--out") if name == "run" else ("study", "known-kernel", "--results")
    result = command(*places, folder, "--dataset", dataset)
    refused(result, folder, f"benchmark '{dataset}' is not in", f"mcdeconv data fetch {dataset}")


@pytest.mark.parametrize("name", ["readings", "levin", "lai"])
def test_study_needs_the_benchmarks(tmp_path, command, folder, monkeypatch, name):
    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    refused(command("study", name, "--results", folder), folder, "is not in")


def test_an_unknown_study_is_refused_with_the_choices(command, folder):
    refused(command("study", "nope", "--results", folder), folder, "unknown study 'nope'; choose one of readings")


@pytest.mark.parametrize("old", ["equality", "sampling", "known-kernel", "breadth", "rescore", "thresholds", "bench"])
def test_a_command_of_before_names_what_is_in_its_place(command, folder, old):
    result = command(old, "--results", folder)
    refused(result, folder, f"`mcdeconv {old}` is now `mcdeconv study ")
    assert result[2].rstrip().removesuffix("`").rpartition(" ")[2] in STUDIES


def test_an_unknown_variant_of_the_study(tmp_path, command, folder, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused(command("study", "readings", "--variant", "nope", "--results", folder), folder, "unknown variant 'nope'")


def test_results_below_a_file_are_refused_before_the_run(photo, command, folder, monkeypatch):
    monkeypatch.setattr("mcdeconv.runs.campaign.running", lambda *_: pytest.fail("it ran"))
    arguments = ("run", "--images", "camera_kernel_01", "--processes", 1, "--device", "cpu")
    refused(command(*arguments, "--out", photo / "out"), folder, "photo.png")


def test_a_damaged_record_is_named_set_aside_and_computed_again(command, folder, caplog):
    arguments = ("run", "--images", "camera_kernel_01", "--out", folder, "--processes", 1, "--device", "cpu")
    assert command(*arguments)[0] == 0
    [path] = folder.rglob("*.json")
    path.write_text(path.read_text()[:100])
    assert command(*arguments)[0] == 0
    assert str(path) in caplog.text and f"{path.name}.rejected" in caplog.text
    assert json.loads(path.read_text())["seed_used"] == 0


def test_a_run_that_diverges_is_named_and_ends_with_exit_code_1(command, folder, monkeypatch):
    monkeypatch.setattr(solver, "loss", nan_loss)
    arguments = ("--images", "camera_kernel_01", "--method", "ours,without-both", "--out", folder)
    code, out, err = command("run", *arguments, "--processes", 1, "--device", "cpu")
    assert code == 1
    assert "camera_kernel_01, ours, seed 0: the run diverged" in out + err
    assert err.splitlines()[-1].startswith("failed: 2 of 2 runs failed")
    assert list(Store(folder / "records")) == []


def test_known_kernel_needs_a_kernel_and_a_truth(command, folder, monkeypatch):
    item = load_item("small-levin", "camera_kernel_01")
    for missing, message in (("kernel", "has no known kernel"), ("sharp", "no sharp image to score against")):
        lacking = replace(item, **{missing: None})
        monkeypatch.setattr("mcdeconv.data.datasets.load", lambda *_, lacking=lacking: iter([lacking]))
        code, out, err = command("study", "known-kernel", "--results", folder)
        assert code == 2 and out == ""
        assert err.splitlines()[-1].startswith("error: ") and message in err.splitlines()[-1]
        assert os.listdir(folder) == []


def test_known_kernel_scores_and_keeps_a_table(command, folder):
    arguments = ("--dataset", "small-levin", "--images", "camera_kernel_01,coins_kernel_01")
    code, out, _ = command("study", "known-kernel", *arguments, "--results", folder)
    assert code == 0 and "small-levin, synthetic, sparse" in out and out.endswith("n 2\n")
    table = folder / "studies/known-kernel/rows.csv"
    rows = table.read_text().splitlines()
    assert len(rows) == 1 + 2 * 2 and rows[2].startswith("small-levin,camera_kernel_01,known kernel,,0,")
    arguments = ("--dataset", "small-levin", "--images", "coins_kernel_01,camera_kernel_02")
    assert command("study", "known-kernel", *arguments, "--results", folder)[0] == 0
    both = table.read_text().splitlines()
    assert [row.split(",")[1] for row in both[1::2]] == ["camera_kernel_01", "camera_kernel_02", "coins_kernel_01"]
    assert both[1:3] == rows[1:3] and both[5:] == rows[3:]
    blurred = load_item("small-levin", "camera_kernel_01")
    inner = slice(15, -15), slice(15, -15)
    unrestored = -10 * np.log10(np.mean((luma(blurred.blurred) - luma(blurred.sharp))[inner] ** 2))
    assert float(rows[2].split(",")[10]) > unrestored + 2


# --- solve, status, merge, explorer


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """An empty checkout with two small experiments, of which the second is also a part of the first."""
    for place in ("results/paper", "mcdeconv"):
        (tmp_path / place).mkdir(parents=True)
    image, other = "camera_kernel_01", "coins_kernel_01"
    experiments = {
        "levin": {
            "quick": (Part("synthetic-levin", (image, other), ("ours", "without-both")),),
            "laptop": (Part("levin", None, ("ours",)),),
        },
        "regularisation": {"quick": (Part("synthetic-levin", (image,), ("ours",), pictures=1),)},
    }
    monkeypatch.setattr(plans, "EXPERIMENTS", experiments)
    monkeypatch.setattr(plans, "GRID", Part("synthetic-levin", (image,), tuple(plans.CELLS)[:2], (0,), 1))
    monkeypatch.setattr(plans, "EXPLORED", (image,))
    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path / "no data"))
    monkeypatch.chdir(tmp_path)
    return Library(tmp_path)


ONE = ("--images", "camera_kernel_01", "--processes", 1, "--device", "cpu")


def test_solve_computes_prints_and_keeps(checkout, command):
    code, out, _ = command("solve", "levin", *ONE)
    assert code == 0
    assert sorted(record.identity.method for record in checkout.local) == ["ours", "without-both"]
    assert "camera_kernel_01            ours" in out and "coins_kernel_01" not in out
    before = {path: path.stat().st_mtime_ns for path in checkout.root.rglob("*.json")}
    assert command("solve", "levin", "regularisation", *ONE)[0] == 0  # with pictures from the start: nothing to do
    assert {path: path.stat().st_mtime_ns for path in checkout.root.rglob("*.json")} == before


def test_solve_takes_committed_records_unless_told_not_to(checkout, command):
    assert command("solve", "levin", *ONE)[0] == 0
    checkout.local.folder.rename(checkout.committed.folder)
    assert command("solve", "levin", *ONE)[0] == 0
    assert list(checkout.local) == []
    assert command("solve", "levin", *ONE, "--local-only")[0] == 0
    assert len(list(checkout.local)) == 2


def test_solve_says_what_failed(checkout, command, monkeypatch):
    monkeypatch.setattr(solver, "loss", nan_loss)
    code, _, err = command("solve", "levin", *ONE)
    assert code == 1 and err.splitlines()[-1].startswith("failed: 2 of 2 runs failed")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nope"], "unknown experiment 'nope'; choose one of levin, regularisation"),
        (["levin", "--tier", "nope"], "unknown tier 'nope'; choose one of quick"),
        (["levin", "--dataset", "nope"], "unknown data set 'nope'; choose one of synthetic-levin"),
        (["levin", "--images", "nope"], "levin has no runs at tier quick with images nope"),
        (["levin", "--seeds", "0"], "seeds is 0"),
        (["levin", "--shard", "3/2"], "shard '3/2' does not exist"),
        (["levin", "--device", "nope"], "unknown device 'nope'"),
        (["levin", "--tier", "laptop"], "benchmark 'levin' is not in"),
        (["regularisation", "--tier", "laptop"], "regularisation has no runs at tier laptop; it has quick on"),
    ],
)
def test_solve_refuses_what_there_is_not(checkout, command, folder, arguments, message):
    refused(command("solve", *arguments), folder, message)
    assert list(checkout.root.rglob("*.json")) == []


@pytest.mark.parametrize("name", [["solve", "levin"], ["status"], ["merge", "out"], ["explorer"]])
def test_outside_a_checkout_there_is_nothing_to_work_on(tmp_path, command, folder, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out" / "records" / "levin").mkdir(parents=True)
    (tmp_path / "out" / "records" / "levin" / "a.json").touch()
    code, out, err = command(*name)
    assert code == 2 and out == "" and "is not in a checkout of mcdeconv" in err and err.count("\n") == 1


def test_status_says_what_is_done_and_what_is_missing(checkout, command):
    code, out, _ = command("status")
    assert code == 0
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert "4 runs, 0 done, 4 missing: no run to go by" in lines["levin"]
    command("solve", "levin", *ONE)
    lines = {line.split()[0]: line for line in command("status")[1].splitlines()}
    assert "4 runs, 2 done, 2 missing: about" in lines["levin"] and "(2 computed here)" in lines["levin"]
    assert "1 runs, all done" in lines["regularisation"]
    assert "4 runs, 2 done" in lines["together"]


def test_status_of_a_tier_whose_data_are_not_here(checkout, command):
    code, out, _ = command("status", "--tier", "laptop")
    assert code == 0
    assert "0 runs done; benchmark 'levin' is not in" in out and "mcdeconv data fetch levin" in out
    assert "has no runs at this tier" in out


def test_status_of_no_tier(checkout, command, folder):
    refused(command("status", "--tier", "nope"), folder, "unknown tier 'nope'")


def test_merge_adds_records_and_says_what_it_left(checkout, command):
    command("solve", "levin", *ONE)
    code, out, _ = command("merge", "out")
    assert code == 0 and out.startswith("2 added")
    assert list(checkout.committed) == list(checkout.local)
    damaged = next(checkout.local.folder.rglob("*.json"))
    damaged.write_text("{")
    code, out, err = command("merge", "out")
    assert code == 1 and "1 known" in out and "1 rejected" in out
    assert err.splitlines()[-1].startswith("failed: not everything was merged")
    assert not damaged.exists() and len(list(checkout.committed)) == 2


def test_merge_of_a_folder_without_records(checkout, command, folder):
    refused(command("merge", folder), folder, "has no records")


@pytest.mark.parametrize(("old", "new"), REPLACED.items())
def test_a_command_that_went_names_what_does_it_now(tmp_path, folder, old, new):
    done = subprocess.run(
        [sys.executable, "-m", "mcdeconv", *old.split(), "5", "--tier", "quick"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == f"error: `mcdeconv {old}` is now `{new}`\n"
    program, target, *rest = new.split()
    if program == "make":
        assert f"\n{target}:" in (ROOT / "Makefile").read_text()
    else:
        assert program == "mcdeconv"
        assert target in ("run", "status", "deblur") or (target == "study" and rest[0] in STUDIES)


def test_the_explorer_is_computed_packed_and_taken_up_again(checkout, command, monkeypatch):
    monkeypatch.setattr(packing, "pack_grid", lambda item, found, _: {"image": item.id, "runs": len(found)})
    trained = []
    stored = {"config": configure("ours", sampler.TIER).digest()}
    monkeypatch.setattr(sampler, "train_sampler", lambda: trained.append(1) or stored)
    code, out, _ = command("explorer", "--processes", 1, "--device", "cpu")
    assert code == 0 and "2 runs, 0 done" in out
    written = checkout.root / "results/explorer/camera_kernel_01.json"
    assert json.loads(written.read_text()) == {"image": "camera_kernel_01", "runs": 2}
    monkeypatch.setattr("mcdeconv.runs.campaign.running", lambda *_: pytest.fail("solved again"))
    code, out, _ = command("explorer", "--processes", 1, "--device", "cpu")
    assert code == 0 and "2 runs, all done" in out
    assert (
        trained == [1] and json.loads((checkout.root / f"results/sampler/{sampler.IMAGE}.json").read_text()) == stored
    )


# --- data


def test_data_list_says_what_is_here(tmp_path, command, monkeypatch):
    (tmp_path / "levin").mkdir()
    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path))
    code, out, _ = command("data", "list")
    assert code == 0
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert lines.keys() >= {"synthetic-levin", "synthetic-lai", "synthetic-kohler", "levin", "lai", "kohler", "folder"}
    assert "embedded, 16 images" in lines["synthetic-levin"]
    assert f"in {tmp_path / 'levin'}" in lines["levin"]
    assert "not here; mcdeconv data fetch lai" in lines["lai"]


def test_data_check_names_a_truncated_file(tmp_path, command, benchmark_data):
    for name in ("im05_flit01.mat", "im05_flit02.mat"):
        (tmp_path / name).write_bytes((benchmark_data / "levin" / name).read_bytes())
    (tmp_path / "im05_flit01.mat").write_bytes((tmp_path / "im05_flit01.mat").read_bytes()[:-1])
    code, out, err = command("data", "check", "levin", "--folder", tmp_path)
    assert code == 1 and err == ""
    assert "im05_flit01.mat: truncated" in out.splitlines()
    assert "im05_flit03.mat: missing" in out.splitlines()
    assert not any(line.startswith("im05_flit02") for line in out.splitlines())
    assert out.splitlines()[-1] == "levin: 31 problems"


def test_data_check_of_the_published_files(command, benchmark_data):
    code, out, _ = command("data", "check", "levin", "--folder", benchmark_data / "levin")
    assert (code, out) == (0, "levin: every file is as published\n")


@pytest.mark.parametrize("name", ["synthetic-levin", "nope"])
def test_data_check_of_what_is_no_benchmark(command, folder, name):
    refused(command("data", "check", name), folder, f"'{name}' is not a benchmark", "levin")


def test_data_check_where_there_is_none(tmp_path, command, folder, monkeypatch):
    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path))
    refused(command("data", "check", "lai"), folder, "benchmark 'lai' is not in")


# --- the command itself


COMMANDS = (*("deblur", "run", "solve", "status", "merge", "explorer", "study", "data"),)


def test_help_names_every_command(command):
    code, out, err = command("--help")
    assert code == 0 and err == ""
    assert all(name in out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(command, name):
    code, out, err = command(name, "--help")
    assert code == 0 and err == "" and "Usage: mcdeconv" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["nope"],
        ["deblur", "--nope"],
        ["deblur", "photo.png"],
        ["deblur", "photo.png", "-o", "sharp.png", "--seed", "one"],
        ["deblur", "photo.png", "-o", "sharp.png", "--seed", "-1"],
        ["deblur", "photo.png", "-o", "sharp.png", "--seed", str(2**70)],
        ["deblur", "photo.png", "-o", "sharp.png", "--time-budget", "-5"],
        ["run", "--processes", "0"],
        ["run", "--time-budget", "0"],
        ["run", "--time-budget", "soon"],
        ["study", "benchmark", "--repeats", "0"],
        ["solve"],
        ["merge"],
        ["data", "nope"],
    ],
)
def test_wrong_usage_ends_with_exit_code_2(command, arguments):
    code, _, err = command(*arguments)
    assert code == 2 and "Traceback" not in err


def test_ctrl_c_is_no_traceback(photo, command, folder, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("mcdeconv.core.solve.algorithm_1", stop)
    code, _, err = command(*OURS, photo, "-o", folder / "sharp.png", "--kernel-size", 5)
    assert code == 128 + signal.SIGINT and "Traceback" not in err
    assert os.listdir(folder) == []


def python_m_mcdeconv(*arguments):
    command = [sys.executable, "-m", "mcdeconv", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)


def test_a_real_process_tells_the_shell(tmp_path, folder):
    (tmp_path / "photo.png").write_text("a shopping list")
    done = python_m_mcdeconv("deblur", tmp_path / "photo.png", "-o", folder / "sharp.png")
    refused((done.returncode, done.stdout, done.stderr), folder, "photo.png is not an image that can be read")


def test_a_real_process_prints_help():
    done = python_m_mcdeconv("--help")
    assert done.returncode == 0 and "deblur" in done.stdout and done.stderr == ""


def test_the_tiny_tier_is_what_these_tests_run():
    """Otherwise they would take hours, or pass for another reason."""
    assert presets.configure("ours", "quick").iterations == ITERATIONS


def test_a_wrong_input_is_told_before_torch_is_loaded(tmp_path):
    program = "import sys; from mcdeconv.cli.main import main\ntry: main()\nfinally: print('torch' in sys.modules)"
    (tmp_path / "text.png").write_text("no picture")
    for wrong in (
        *(("no.png", "-o", "a.png"), ("text.png", "-o", "a.png"), ("text.png", "-o", "a.xyz")),
        *(("text.png", "-o", "a.png", "--method", "none"), ("text.png", "-o", "a.png", "--final", "none")),
        *(("text.png", "-o", "a.png", "--kernel-size", "x"), ("text.png", "-o", "no/a.png")),
    ):
        command = [sys.executable, "-c", program, "deblur", *wrong]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
        )
        assert (done.returncode, done.stdout) == (2, "False\n"), done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("size", ["9" * 5000, "９" * 20, "-3", "1e3", ""])
def test_a_number_that_is_none_is_one_line_of_a_bearable_length(command, tmp_path, size):
    for option in (f"--kernel-size={size}", f"--region={size},1,2,3"):
        code, _, said = command("deblur", tmp_path / "a.png", "-o", tmp_path / "b.png", option)
        assert code == 2 and len(said.splitlines()) == 1 and len(said) < 250


def test_a_result_does_not_take_the_photographs_place_unasked(command, tmp_path):
    def again(*more):
        return command(*OURS, tmp_path / "a.png", "--kernel-size=5", "--tier=paper", "-o", *more)

    Image.fromarray((255 * load_item("small-levin", "camera_kernel_02").blurred[:48, :48]).astype(np.uint8)).save(
        tmp_path / "a.png"
    )
    before = (tmp_path / "a.png").read_bytes()
    (tmp_path / "link.png").symlink_to("a.png")
    for output in ("a.png", "link.png"):
        code, _, said = again(tmp_path / output)
        assert code == 2 and "is the photograph itself; give another --output, or add --overwrite" in said
    (tmp_path / "a.png").rename(tmp_path / "b_kernel.png")
    (tmp_path / "a.png").symlink_to("b_kernel.png")
    code, _, said = again(tmp_path / "b.png")
    assert code == 2 and "b_kernel.png is the photograph itself" in said
    assert (tmp_path / "b_kernel.png").read_bytes() == before
    code, _, _ = again(tmp_path / "b.png", "--overwrite")
    assert code in (0, 3) and (tmp_path / "b_kernel.png").read_bytes() != before


def test_no_result_is_lost_to_a_terminal_that_cannot_show_it(tmp_path):
    Image.fromarray((255 * load_item("small-levin", "camera_kernel_02").blurred[:48, :48]).astype(np.uint8)).save(
        tmp_path / "a.png"
    )
    arguments = ("deblur", "a.png", "-o", "b.png", "--method", "l0", "--kernel-size", "3")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "mcdeconv", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, env=environment)
    assert done.returncode in (0, 3) and b"48?48 px" in done.stdout
    assert b"Traceback" not in done.stderr and list(tmp_path.glob("b*.png"))


def test_a_message_stays_on_one_line_whatever_a_file_is_called(command, tmp_path):
    code, _, said = command("deblur", tmp_path / "two\nlines\x1b[31m.png", "-o", tmp_path / "b.png")
    assert code == 2 and said.endswith("two\\nlines\\x1b[31m.png was not found\n") and len(said.splitlines()) == 1


def test_a_full_disk_leaves_no_kernel_without_its_picture(command, tmp_path, monkeypatch):
    Image.fromarray((255 * load_item("small-levin", "camera_kernel_02").blurred[:48, :48]).astype(np.uint8)).save(
        tmp_path / "a.png"
    )
    write = photos.write_image

    def fail(path, *arguments):
        if path.stem in ("b", "b_attempt"):
            raise InputError(f"cannot write {path}: No space left on device")
        return write(path, *arguments)

    monkeypatch.setattr(photos, "write_image", fail)
    code, _, said = command(*OURS, tmp_path / "a.png", "--kernel-size=5", "--tier=paper", "-o", tmp_path / "b.png")
    assert code == 2 and "No space left" in said
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_a_microscopes_counts_come_back_as_counts(command, tmp_path):
    counts = (4000 * load_item("small-levin", "camera_kernel_02").blurred[:48, :48]).astype(np.float32)
    tifffile.imwrite(tmp_path / "a.tif", counts)
    code, out, _ = command("deblur", tmp_path / "a.tif", "-o", tmp_path / "b.tif", "--method=l0", "--kernel-size=3")
    assert code in (0, 3) and f"its values from 0 to {counts.max():g} stand for 0 to 1 here" in out
    (result,) = (path for path in tmp_path.glob("b*.tif"))
    restored = tifffile.imread(result)
    assert restored.dtype == np.float32 and 0.5 < restored.mean() / counts.mean() < 2


def test_a_name_that_no_disk_takes_is_refused_in_one_line(command, checkout):
    for long in ("a" * 300, "9" * 5000):
        code, out, said = command("merge", long)
        assert (code, out) == (2, "") and len(said.splitlines()) == 1 and "File name too long" in said
