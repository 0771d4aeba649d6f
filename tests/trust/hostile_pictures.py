"""Pictures of every kind that is read, whole and damaged, and files that only call themselves pictures."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import tifffile
from hostile_runner import CANARY, Case, command_line
from numpy.random import Generator
from PIL import Image

from mcdeconv.data.photo import read_photo, write_image

SIDE = 40  # px: small, so that what is whole after all is restored in a moment


def base_pictures(rng: Generator) -> dict[str, bytes]:
    """One whole picture of each kind, by name with its suffix."""
    smooth = np.add.outer(np.arange(SIDE), np.arange(SIDE)) / (2 * SIDE) + 0.1 * rng.random((SIDE, SIDE))
    grey = (255 * smooth.clip(0, 1)).astype(np.uint8)
    colour = np.dstack([grey, grey[::-1], grey[:, ::-1]])
    alpha = np.dstack([colour, grey])
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "<script>touch</script>"
    found: dict[str, bytes] = {}

    def add(name: str, array: np.ndarray, mode: str = "", **options: object) -> None:
        stream, image = BytesIO(), Image.fromarray(array)
        (image.convert(mode) if mode else image).save(stream, format=FORMATS[name.rsplit(".")[-1]], **options)
        found[name] = stream.getvalue()

    add("grey.png", grey)
    add("colour.png", colour, exif=exif)
    add("alpha.png", alpha)
    add("palette.png", colour, "P")
    add("bits.png", grey, "1")
    add("deep.png", (grey.astype(np.uint16) * 257))
    add("grey.jpg", grey)
    add("colour.jpg", colour, exif=exif, icc_profile=b"\0" * 40)
    add("progressive.jpg", colour, progressive=True)
    add("cmyk.jpg", colour, "CMYK")
    add("colour.bmp", colour)
    add("palette.bmp", grey)
    add("colour.gif", colour)
    add("animated.gif", grey, save_all=True, append_images=[Image.fromarray(grey[::-1])])
    add("lossy.webp", colour)
    add("alpha.webp", alpha, lossless=True)
    for name, array, options in (
        ("grey.tif", grey, {}),
        ("deep.tif", grey.astype(np.uint16) * 257, {"compression": "lzw"}),
        ("signed.tif", grey.astype(np.int16), {}),
        ("float.tif", smooth.astype(np.float32), {"compression": "zlib"}),
        ("double.tif", smooth, {}),
        ("counts.tif", (4000 * smooth).astype(np.float32), {}),
        ("tiled.tif", colour.astype(np.uint16) * 257, {"tile": (16, 16), "compression": "zlib"}),
        ("planes.tif", np.moveaxis(colour, 2, 0).astype(np.uint16), {"planarconfig": "separate", "photometric": "rgb"}),
        ("big.tif", grey.astype(np.uint16), {"bigtiff": True}),
        ("pages.tif", np.stack([grey, grey]).astype(np.uint16), {}),
        ("packed.tif", grey, {"compression": "packbits"}),
        ("two.tif", np.dstack([grey, grey]).astype(np.uint16), {"planarconfig": "contig"}),
    ):
        stream = BytesIO()
        with warnings.catch_warnings(action="ignore"):
            tifffile.imwrite(stream, array, **{"photometric": "minisblack"} | options)
        found[name] = stream.getvalue()
    return found


FORMATS = {"png": "PNG", "jpg": "JPEG", "bmp": "BMP", "gif": "GIF", "webp": "WEBP"}


def png_of(width: int, height: int, depth: int, kind: int, data: bytes) -> bytes:
    """A PNG that promises a size, whatever its data are."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def tiff_of(width: int, height: int, bits: int, kind: int, samples: int = 1, offset: int = 8) -> bytes:
    """A TIFF of one strip that promises a size; its directory may be anywhere, even before itself."""
    tags = [(256, 4, width), (257, 4, height), (258, 3, bits), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, samples)]
    tags += [(278, 4, height), (279, 4, 16), (339, 3, kind)]
    entries = b"".join(struct.pack("<HHII", tag, form, 1, value) for tag, form, value in tags)
    return b"II*\0" + struct.pack("<I", offset) + struct.pack("<H", len(tags)) + entries + struct.pack("<I", offset)


def bombs() -> Iterator[tuple[str, bytes]]:
    """Few bytes that promise many pixels."""
    black = zlib.compress(bytes(1 << 26), 9)
    for width, height in ((30000, 30000), (2**31 - 1, 2**31 - 1), (1, 10**9), (10**9, 1), (0, 5), (65535, 65535)):
        for depth, kind in ((8, 0), (8, 2), (8, 6), (16, 0), (16, 2), (1, 0), (8, 3)):
            yield f"{width}x{height}-{depth}-{kind}.png", png_of(width, height, depth, kind, black)
        for bits, kind in ((8, 1), (16, 1), (16, 2), (32, 3), (64, 3), (32, 1), (7, 1)):
            for samples in (1, 3, 60000):
                tiff = tiff_of(min(width, 2**32 - 1), min(height, 2**32 - 1), bits, kind, samples)
                yield f"{width}x{height}-{bits}-{kind}-{samples}.tif", tiff
        side = struct.pack("<HH", min(width, 65535), min(height, 65535))
        yield f"{width}x{height}.gif", b"GIF89a" + side + b"\xf7\0\0" + bytes(768) + b",\0\0\0\0" + side + b"\0\x08\0;"
        head = struct.pack("<IiiHHIIiiII", 40, min(width, 2**31 - 1), min(height, 2**31 - 1), 1, 24, 0, 0, 0, 0, 0, 0)
        yield f"{width}x{height}.bmp", b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + head
        sof = struct.pack(">HBHHB", 11, 8, min(height, 65535), min(width, 65535), 1) + b"\1\x11\0"
        yield (
            f"{width}x{height}.jpg",
            b"\xff\xd8\xff\xc0" + sof + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + bytes(50) + b"\xff\xd9",
        )
        vp8x = (
            struct.pack("<I", (min(width, 1 << 24) - 1) & 0xFFFFFF)[:3]
            + struct.pack("<I", (min(height, 1 << 24) - 1) & 0xFFFFFF)[:3]
        )
        body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + vp8x
        yield f"{width}x{height}.webp", b"RIFF" + struct.pack("<I", len(body)) + body


FOREIGN = {
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 40 40\n("
    + CANARY.encode()
    + b") (w) file closefile\nshowpage\n",
    "drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script><image href="file:///etc/passwd"/></svg>',
    "page": b"<html><script>alert(1)</script></html>",
    "pdf": b"%PDF-1.4\n1 0 obj<</OpenAction<</S/Launch/F(touch " + CANARY.encode() + b")>>>>endobj\n%%EOF",
    "program": b"#!/bin/sh\ntouch " + CANARY.encode() + b"\n",
    "elf": b"\x7fELF" + bytes(60),
    "python": b"import os; os.system('touch " + CANARY.encode() + b"')",
    "pickle": b"cposix\nsystem\n(S'touch " + CANARY.encode() + b"'\ntR.",
    "archive": b"PK\x03\x04" + bytes(40),
    "fits": b"SIMPLE  =                    T" + bytes(2850),
    "empty": b"",
    "zeros": bytes(1000),
    "ppm": b"P6 4 4 255\n" + bytes(48),
    "icon": b"\0\0\1\0\1\0\4\4\0\0\1\0\x20\0" + bytes(30),
    "dcx": b"\xb1\x68\xde\x3a" + bytes(20),
}


def damaged(content: bytes, rng: Generator) -> bytes:
    """Some damage to a file: cut, flipped, zeroed, doubled, moved, or with other numbers in it."""
    data, way = bytearray(content), int(rng.integers(8))
    at, length = int(rng.integers(len(data))), int(rng.integers(1, 64))
    if way == 0:
        del data[at:]
    elif way == 1:
        for place in rng.integers(len(data), size=int(rng.choice([1, 4, 32]))):
            data[place] ^= 1 << int(rng.integers(8))
    elif way == 2:
        data[at : at + length] = bytes(min(length, len(data) - at))
    elif way == 3:
        data[at:at] = rng.bytes(length)
    elif way == 4:
        del data[at : at + length]
    elif way == 5:
        data = data[at:] + data[:at]
    elif way == 6:  # a number of the header, which promises a size or an address
        place = int(rng.integers(min(len(data) - 4, 400)))
        data[place : place + 4] = struct.pack(
            rng.choice(["<I", ">I"]), int(rng.choice([0, 1, 2**16, 2**31 - 1, 2**32 - 1]))
        )
    else:
        data += rng.bytes(length) + content[:at]
    return bytes(data)


def numbers(rng: Generator) -> Iterator[tuple[str, bytes]]:
    """Float pictures with values that no picture has."""
    for name, value in (
        ("nan", np.nan),
        ("inf", np.inf),
        ("-inf", -np.inf),
        ("huge", 1e300),
        ("tiny", 1e-300),
        ("-1", -1),
    ):
        for dtype in (np.float32, np.float64, np.float16):
            array = rng.random((SIDE, SIDE))
            array[3, 4] = value
            with np.errstate(over="ignore"):
                for what, content in (("one", array), ("all", np.full_like(array, value))):
                    stream = BytesIO()
                    tifffile.imwrite(stream, content.astype(dtype), photometric="minisblack")
                    yield f"{name}-{what}-{np.dtype(dtype)}.tif", stream.getvalue()


def read(name: str, content: bytes, folder: Path) -> None:
    """A picture through the loader, and written again if it was taken."""
    path = folder / name
    path.write_bytes(content)
    photo = read_photo(path, any_range=True)
    write_image(folder / "out/again.tif", photo.pixels, photo.bit_depth, photo.exif, photo.icc_profile, photo.scale)
    read_photo(folder / "out/again.tif", any_range=True)


def deblurred(name: str, content: bytes, folder: Path) -> None:
    """A picture through the command line."""
    (folder / name).write_bytes(content)
    command_line("deblur", name, "-o", "out/sharp.png", "--method", "l0", "--kernel-size", "3")
    read_photo(folder / "out/sharp.png", constant_ok=True) if (folder / "out/sharp.png").exists() else None


def scored(name: str, content: bytes, folder: Path) -> None:
    """A picture as another system's result."""
    (folder / "theirs").mkdir()
    (folder / "theirs" / f"camera_kernel_02{Path(name).suffix}").write_bytes(content)
    command_line(
        *("score", "theirs", "--dataset", "small-levin", "--method", "<b>them</b>", "--source", "'; touch " + CANARY),
        *("--out", "out"),
    )


def cases(rng: Generator, count: int) -> Iterator[Case]:
    """About so many pictures: every whole, foreign and enormous one, and damage for the rest."""
    bases = base_pictures(rng)
    fixed = [*bases.items(), *bombs(), *numbers(rng)]
    fixed += [(f"{what}{suffix}", content) for what, content in FOREIGN.items() for suffix in (".png", ".tif", ".jpg")]
    names = list(bases)
    for number in range(count):
        if number < len(fixed):
            name, content = fixed[number]
            kind = "pictures, whole, foreign or enormous"
        else:
            name = names[int(rng.integers(len(names)))]
            content, kind = damaged(bases[name], rng), "pictures, damaged"
            if rng.random() < 0.1:
                name = Path(name).stem + str(rng.choice([".png", ".tif", ".jpg", ".webp", ".gif", ".bmp"]))
        way = (deblurred, read, read, read, read, read, read, read, scored, read)[number % 10]
        yield Case(
            f"{kind}: {'read' if way is read else 'command line'}", f"{number} {name}", partial(way, name, content)
        )
