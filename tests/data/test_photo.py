"""Photographs of every kind against Pillow, tifffile and a PNG made by hand; files that cannot be read or written."""

import errno
import os
import struct
import zlib

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from mcdeconv.data.encode import keeps_alpha, output_depth
from mcdeconv.data.photo import read_photo, write_image
from mcdeconv.errors import InputError

RNG = np.random.default_rng(7)
GREY = RNG.integers(0, 256, (13, 17), dtype=np.uint8)
RGB = RNG.integers(0, 256, (13, 17, 3), dtype=np.uint8)
DEEP = RNG.integers(0, 65536, (13, 17, 4), dtype=np.uint16)


def png(path, pixels, filters, interlaced=False, further=()):
    """A 16-bit PNG by the standard's text, one filter a row in turn: slow and independent of the package.

    `further` chunks, (type, data), stand before the pixels.
    """
    height, width = pixels.shape[:2]
    samples = pixels.reshape(height, width, -1)
    passes = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
    raw, distance = b"", 2 * samples.shape[2]
    for row0, column0, row_step, step in passes if interlaced else ((0, 0, 1, 1),):
        block = samples[row0::row_step, column0::step]
        if not block.size:
            continue
        above = [0] * (block.shape[1] * distance)
        for number, row in enumerate(block):
            current, kind, line = list(row.astype(">u2").tobytes()), filters[number % len(filters)], []
            for index, value in enumerate(current):
                a = current[index - distance] if index >= distance else 0
                b = above[index]
                c = above[index - distance] if index >= distance else 0
                guess = a + b - c
                paeth = min((abs(guess - a), 0, a), (abs(guess - b), 1, b), (abs(guess - c), 2, c))[2]
                line.append((value - (0, a, b, (a + b) // 2, paeth)[kind]) % 256)
            raw, above = raw + bytes([kind, *line]), current
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[samples.shape[2]]
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, int(interlaced))),
        *further,
        (b"IDAT", zlib.compress(raw)),
        (b"IEND", b""),
    )
    body = b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp"])
@pytest.mark.parametrize("pixels", [GREY, RGB], ids=["grey", "rgb"])
def test_8_bit_files_are_exact(tmp_path, suffix, pixels):
    Image.fromarray(pixels).save(tmp_path / f"a.{suffix}")
    read = read_photo(tmp_path / f"a.{suffix}")
    assert read.pixels.dtype == np.float32
    assert np.array_equal(read.pixels, (pixels / 255).astype(np.float32))
    assert (read.alpha, read.bit_depth, read.mode) == (None, 8, "grey" if pixels.ndim == 2 else "RGB")


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("interlaced", [False, True], ids=["plain", "adam7"])
def test_16_bit_png_keeps_all_bits_with_every_filter(tmp_path, channels, interlaced):
    pixels = DEEP[..., 0] if channels == 1 else DEEP[..., :channels]
    png(tmp_path / "a.png", pixels, filters=(4, 3, 2, 1, 0), interlaced=interlaced)
    read = read_photo(tmp_path / "a.png")
    colour = pixels if channels == 1 else pixels[..., 0] if channels == 2 else pixels[..., :3]
    assert np.array_equal(read.pixels, (colour / 65535).astype(np.float32))
    assert read.bit_depth == 16
    assert (read.alpha is not None) == (channels in (2, 4))
    if read.alpha is not None:
        assert np.array_equal(read.alpha, (pixels[..., -1] / 65535).astype(np.float32))


@pytest.mark.parametrize(
    ("kind", "data"),
    [(b"gAMA", struct.pack(">I", 100_000)), (b"sBIT", bytes([12, 12, 12])), (b"bKGD", struct.pack(">3H", 1, 2, 3))],
)
def test_hints_for_a_display_do_not_change_a_16_bit_png(tmp_path, kind, data):
    png(tmp_path / "a.png", DEEP[..., :3], filters=(1,), further=[(kind, data)])
    read = read_photo(tmp_path / "a.png")
    assert np.array_equal(read.pixels, (DEEP[..., :3] / 65535).astype(np.float32)) and read.alpha is None


def test_a_transparent_colour_of_a_16_bit_png_is_its_alpha(tmp_path):
    clear = struct.pack(">3H", *DEEP[4, 5, :3])
    png(tmp_path / "a.png", DEEP[..., :3], filters=(0,), further=[(b"tRNS", clear)])
    read = read_photo(tmp_path / "a.png")
    assert np.array_equal(read.pixels, (DEEP[..., :3] / 65535).astype(np.float32))
    assert np.argwhere(read.alpha == 0).tolist() == [[4, 5]] and read.alpha.max() == 1


def test_what_cameras_and_gimp_compress_a_16_bit_tiff_with_is_read(tmp_path):
    Image.fromarray(DEEP[..., 0]).save(tmp_path / "grey.tif", compression="tiff_lzw")
    assert np.array_equal(read_photo(tmp_path / "grey.tif").pixels, (DEEP[..., 0] / 65535).astype(np.float32))
    for compression in ("lzw", "zlib"):
        tifffile.imwrite(tmp_path / "a.tif", DEEP[..., :3], photometric="rgb", compression=compression, predictor=True)
        assert np.array_equal(read_photo(tmp_path / "a.tif").pixels, (DEEP[..., :3] / 65535).astype(np.float32))


@pytest.mark.parametrize("planes", ["contig", "separate"])
def test_16_bit_and_float_tiff(tmp_path, planes):
    stored = DEEP[..., :3] if planes == "contig" else np.moveaxis(DEEP[..., :3], -1, 0)
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", planarconfig=planes)
    assert np.array_equal(read_photo(tmp_path / "a.tif").pixels, (DEEP[..., :3] / 65535).astype(np.float32))
    tifffile.imwrite(tmp_path / "b.tif", (GREY / 255).astype(np.float32))
    assert np.array_equal(read_photo(tmp_path / "b.tif").pixels, (GREY / 255).astype(np.float32))
    tifffile.imwrite(tmp_path / "c.tif", DEEP[..., 0], photometric="miniswhite")
    assert read_photo(tmp_path / "c.tif").pixels == pytest.approx(1 - DEEP[..., 0] / 65535, abs=1e-7)


def test_signed_integers_are_read_as_far_as_they_are_not_negative(tmp_path):
    signed = (DEEP[..., 0] // 2).astype(np.int16)
    tifffile.imwrite(tmp_path / "a.tif", signed)
    assert np.array_equal(read_photo(tmp_path / "a.tif").pixels, (signed / 32767).astype(np.float32))
    tifffile.imwrite(tmp_path / "a.tif", -signed)
    with pytest.raises(InputError, match="has values from -"):
        read_photo(tmp_path / "a.tif")


def test_alpha_and_palettes(tmp_path):
    alpha = RNG.integers(0, 256, (13, 17), dtype=np.uint8)
    Image.fromarray(np.dstack([RGB, alpha])).save(tmp_path / "rgba.png")
    read = read_photo(tmp_path / "rgba.png")
    assert np.array_equal(read.pixels, (RGB / 255).astype(np.float32)) and read.mode == "RGB+alpha"
    assert np.array_equal(read.alpha, (alpha / 255).astype(np.float32))
    indexed = Image.fromarray(GREY).convert("P")
    indexed.putpalette(RNG.integers(0, 256, 768, dtype=np.uint8).tobytes())
    for name in ("p.png", "p.gif", "p.tif"):
        indexed.save(tmp_path / name)
        expected = (np.asarray(indexed.convert("RGB")) / 255).astype(np.float32)
        assert np.array_equal(read_photo(tmp_path / name).pixels, expected), name


def test_an_animated_gif_gives_its_first_frame(tmp_path):
    first, second = Image.fromarray(GREY), Image.fromarray(255 - GREY)
    first.save(tmp_path / "a.gif", save_all=True, append_images=[second])
    read = read_photo(tmp_path / "a.gif")
    grey = read.pixels if read.pixels.ndim == 2 else read.pixels[..., 0]
    assert np.array_equal(grey, (GREY / 255).astype(np.float32))
    assert read.notes == ("the first of 2 frames",)


@pytest.mark.parametrize("bits", [8, 16])
def test_of_several_pages_the_first_is_read_and_that_is_said(tmp_path, bits):
    first = GREY if bits == 8 else DEEP[..., 0]
    tifffile.imwrite(tmp_path / "a.tif", np.stack([first, first // 2, first // 3]), photometric="minisblack")
    read = read_photo(tmp_path / "a.tif")
    assert np.array_equal(read.pixels, (first / (2**bits - 1)).astype(np.float32))
    assert read.notes == ("the first of 3 pages",)


def test_a_second_channel_that_is_not_said_to_be_alpha_is_none(tmp_path):
    for kind, notes in (("unspecified", ("the first of 2 channels",)), ("unassalpha", ())):
        tifffile.imwrite(
            tmp_path / "a.tif", DEEP[..., :2], photometric="minisblack", planarconfig="contig", extrasamples=[kind]
        )
        read = read_photo(tmp_path / "a.tif")
        assert np.array_equal(read.pixels, (DEEP[..., 0] / 65535).astype(np.float32))
        assert read.notes == notes and (read.alpha is None) == bool(notes)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_as_pillow_does(tmp_path, orientation):
    image = Image.fromarray(RGB)
    exif = image.getexif()
    exif[0x0112] = orientation
    image.save(tmp_path / "a.jpg", exif=exif, quality=95)
    with Image.open(tmp_path / "a.jpg") as saved:
        expected = np.asarray(ImageOps.exif_transpose(saved)) / 255
    assert np.array_equal(read_photo(tmp_path / "a.jpg").pixels, expected.astype(np.float32))


def damaged(path):
    """Files that cannot be used: (name, what the message says)."""
    Image.fromarray(RGB).resize((200, 200)).save(path / "whole.png")
    Image.fromarray(RGB).resize((200, 200)).save(path / "whole.jpg")
    png(path / "whole16.png", DEEP[..., :3], filters=(2,))
    png16_file = (path / "whole16.png").read_bytes()
    for name in ("whole.png", "whole.jpg"):
        content = (path / name).read_bytes()
        (path / f"half_{name}").write_bytes(content[: len(content) // 2])
    (path / "half16.png").write_bytes(png16_file[: len(png16_file) // 2])
    (path / "flipped16.png").write_bytes(png16_file[:200] + b"\0\1" + png16_file[202:])
    (path / "header.png").write_bytes(png16_file[:30])
    sides = struct.pack(">IIBBBBB", 100_000, 100_000, 16, 2, 0, 0, 0)
    header = struct.pack(">I", 13) + b"IHDR" + sides + struct.pack(">I", zlib.crc32(b"IHDR" + sides))
    (path / "huge16.png").write_bytes(png16_file[:8] + header + png16_file[33:])
    tifffile.imwrite(path / "whole.tif", DEEP)
    (path / "half.tif").write_bytes((path / "whole.tif").read_bytes()[:500])
    tifffile.imwrite(path / "tiled.tif", np.zeros((32, 32), np.uint16), tile=(16, 16))
    with tifffile.TiffFile(path / "tiled.tif", mode="r+b") as tiff:
        tiff.pages.first.tags["TileWidth"].overwrite(0)
    (path / "empty.png").write_bytes(b"")
    (path / "text.png").write_text("no image")
    (path / "sky.fits").write_bytes(b"SIMPLE  =                    T".ljust(2880) + bytes(2880))
    for name, value in (("nan", np.nan), ("inf", np.inf), ("bright", 300.0)):
        pixels = np.full((8, 8), 0.5, np.float32)
        pixels[2, 3] = value
        tifffile.imwrite(path / f"{name}.tif", pixels)
    Image.fromarray(np.full((8, 8), 51, np.uint8)).save(path / "constant.png")
    return {
        "half_whole.png": "is damaged or truncated",
        "half_whole.jpg": "is damaged or truncated",
        "half16.png": "is damaged or truncated",
        "flipped16.png": "is damaged or truncated",
        "header.png": "is damaged or truncated|is not an image",
        "huge16.png": "is too large",
        "half.tif": "is damaged or truncated",
        "tiled.tif": "is damaged or truncated",
        "empty.png": r"is empty \(0 bytes\)",
        "text.png": "is not an image that can be read",
        "sky.fits": "is a FITS file, which is not read",
        "nan.tif": "NaN or infinite",
        "inf.tif": "NaN or infinite",
        "bright.tif": r"values from 0.5 to 300; scale a float image to \[0, 1\]",
        "constant.png": "is constant: every pixel is 0.2",
        "none.png": "was not found",
        ".": "is a folder",
    }


def test_what_cannot_be_read_is_said_in_one_line(tmp_path):
    for name, message in damaged(tmp_path).items():
        with pytest.raises(InputError, match=message) as caught:
            read_photo(tmp_path / name)
        assert str(tmp_path / name) in str(caught.value) and "\n" not in str(caught.value)
    assert read_photo(tmp_path / "constant.png", constant_ok=True).pixels.max() == pytest.approx(0.2)


@settings(max_examples=25, deadline=None)
@given(
    shape=st.sampled_from([(5, 7), (5, 7, 3), (5, 7, 4)]),
    format=st.sampled_from([("png", 8), ("png", 16), ("tif", 8), ("tif", 16), ("webp", 8)]),
    seed=st.integers(0, 1000),
)
def test_written_images_read_back_to_the_last_level(tmp_path_factory, shape, format, seed):
    suffix, bits = format
    path = tmp_path_factory.mktemp("written") / f"a.{suffix}"
    pixels = np.random.default_rng(seed).uniform(-0.1, 1.1, shape)
    write_image(path, pixels, bits)
    read = read_photo(path)
    restored = read.pixels if read.alpha is None else np.dstack([read.pixels, read.alpha])
    if suffix == "webp" and len(shape) == 2:  # WebP has no grey
        restored = restored[..., 0]
    assert read.bit_depth == bits
    assert np.abs(restored - pixels.clip(0, 1)).max() <= 0.5 / (2**bits - 1) + 1e-6


@pytest.mark.parametrize("order", ["C", "F"])
def test_16_bit_rgb_png_is_read_by_pillow_as_well(tmp_path, order):
    write_image(tmp_path / "a.png", np.asarray(DEEP[..., :3] / 65535, order=order), 16)
    with Image.open(tmp_path / "a.png") as image:
        assert np.array_equal(np.asarray(image.convert("RGB")), DEEP[..., :3] >> 8)


def test_a_full_or_missing_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    write_image(tmp_path / "a.png", GREY / 255)
    before = (tmp_path / "a.png").read_bytes()

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("mcdeconv.files.os.replace", full)
    with pytest.raises(InputError, match=r"cannot write .*a\.png: No space left on device"):
        write_image(tmp_path / "a.png", RGB / 255)
    assert os.listdir(tmp_path) == ["a.png"] and (tmp_path / "a.png").read_bytes() == before
    with pytest.raises(InputError, match="No such file or directory"):
        write_image(tmp_path / "none" / "a.png", RGB / 255)


@pytest.mark.parametrize(
    ("name", "depth", "alpha"), [("a.png", 16, True), ("a.TIFF", 16, True), ("a.webp", 8, True), ("a.JPG", 8, False)]
)
def test_what_a_format_holds_is_known_before_it_is_written(tmp_path, name, depth, alpha):
    assert (output_depth(tmp_path / name, 16), keeps_alpha(tmp_path / name)) == (depth, alpha)
    assert output_depth(tmp_path / name, 8) == 8
    pixels = DEEP / 65535 if alpha else DEEP[..., :3] / 65535
    write_image(tmp_path / name, pixels, depth)
    read = read_photo(tmp_path / name)
    assert (read.bit_depth, read.alpha is not None) == (depth, alpha)


@pytest.mark.parametrize(("name", "side"), [("a.webp", 16_383), ("a.jpg", 65_500)])
def test_the_longest_side_of_a_format_is_written(tmp_path, name, side):
    write_image(tmp_path / name, np.tile([0.0, 1.0], side // 2 + 1)[None, :side])
    assert read_photo(tmp_path / name).pixels.shape[:2] == (1, side)


def test_what_cannot_be_written_is_said(tmp_path):
    for name, pixels, bits, message in (
        ("a.xyz", GREY / 255, 8, "must end in one of .png"),
        ("a.jpg", GREY / 255, 16, "with 16 bits"),
        ("a.webp", RGB / 255, 16, "with 16 bits"),
        ("a.webp", np.zeros((2, 16_384)), 8, r"16384×2 px is too large for .webp \(a side of 16383 px at most\)"),
        ("a.jpg", np.zeros((65_501, 1)), 8, "is too large for .jpg"),
        ("a.png", np.zeros((2, 2, 2)), 8, r"the shape is \(2, 2, 2\)"),
        ("a.png", np.full((2, 2), np.nan), 8, "NaN or infinite"),
    ):
        with pytest.raises(InputError, match=message):
            write_image(tmp_path / name, pixels, bits)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (1, 10**9), (2**31 - 1, 2**31 - 1)])
def test_a_few_bytes_that_promise_too_many_pixels_are_refused_before_any_is_decoded(tmp_path, width, height):
    for depth, kind in ((8, 2), (16, 0), (16, 2)):
        header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
        body = b""
        for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(10**6))), (b"IEND", b"")):
            body += struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + body)
        with pytest.raises(InputError, match=r"a\.png is too large \("):
            read_photo(tmp_path / "a.png")
    tags = ((256, 4, width), (257, 4, height), (258, 3, 16), (262, 3, 1), (273, 4, 8), (277, 3, 1), (279, 4, 8))
    entries = b"".join(struct.pack("<HHII", tag, form, 1, value) for tag, form, value in tags)
    (tmp_path / "a.tif").write_bytes(b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4))
    with pytest.raises(InputError, match=r"a\.tif is too large \("):
        read_photo(tmp_path / "a.tif")


def test_a_picture_without_pixels_is_refused(tmp_path):
    tags = ((256, 4, 0), (257, 4, 5), (258, 3, 16), (262, 3, 1), (273, 4, 8), (277, 3, 1), (279, 4, 8))
    entries = b"".join(struct.pack("<HHII", tag, form, 1, value) for tag, form, value in tags)
    (tmp_path / "a.tif").write_bytes(b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4))
    with pytest.raises(InputError, match=r"a\.tif (has no pixels|is damaged)"):
        read_photo(tmp_path / "a.tif")


def test_postscript_is_not_started_whatever_it_calls_itself(tmp_path):
    (tmp_path / "a.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 40 40\nshowpage\n")
    with pytest.raises(InputError, match=r"a\.png is not an image that can be read"):
        read_photo(tmp_path / "a.png")


@pytest.mark.parametrize(("low", "high"), [(0, 3652.0), (-3.0, 7.5), (0.25, 1.5), (-1e-3, 0.9)])
def test_counts_of_a_microscope_are_scaled_and_scaled_back(tmp_path, low, high):
    counts = (low + (high - low) * RNG.random((13, 17))).astype(np.float32)
    counts[2, 3], counts[4, 5] = low, high
    tifffile.imwrite(tmp_path / "a.tif", counts)
    with pytest.raises(InputError, match="scale a float image"):  # where a score would change with it
        read_photo(tmp_path / "a.tif")
    photo = read_photo(tmp_path / "a.tif", any_range=True)
    assert photo.scale == (pytest.approx(min(low, 0)), pytest.approx(high))
    assert photo.pixels.min() >= 0 and photo.pixels.max() == 1
    assert photo.notes == (f"its values from {photo.scale[0]:g} to {photo.scale[1]:g} stand for 0 to 1 here",)
    assert write_image(tmp_path / "b.tif", photo.pixels, photo.bit_depth, scale=photo.scale) == ()
    assert np.allclose(tifffile.imread(tmp_path / "b.tif"), counts, rtol=1e-6, atol=1e-6 * high)
    (note,) = write_image(tmp_path / "b.png", photo.pixels, photo.bit_depth, scale=photo.scale)
    assert note == ".png cannot hold its values, which only .tif does: 0 to 1 is written"


def test_values_that_float32_cannot_hold_are_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.linspace(0, 1e300, 13 * 17).reshape(13, 17))
    with pytest.raises(InputError, match="too large to work with"):
        read_photo(tmp_path / "a.tif", any_range=True)
