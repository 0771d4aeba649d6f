"""What a photograph's file says beside its pixels: EXIF (date, camera, place) and the colour profile.

Nothing here may cost a result: what is damaged or does not fit is left out, and a note says so.
"""

import struct
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Exif

ORIENTATION, DATE_IFD, GPS_IFD, PROFILE = 0x0112, 0x8769, 0x8825, 0x8773  # EXIF tags; 0x8773 in TIFF only
PIXEL_SIDES = (0xA002, 0xA003)  # width, height, in the directory of the date
# Tags of how a TIFF file stores its pixels, and of other blocks that describe the old ones: not of the photograph.
STORAGE = frozenset(
    {
        *(254, 255, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 301, 317, 318, 319, 320, 321, 322, 323, 324),
        *(325, 330, 332, 338, 339, 340, 341, 347, 512, 513, 514, 519, 520, 521, 529, 530, 531, 532, 700, PROFILE),
        *(33723, 34377, 42112, 42113, 50838, 50839),
    }
)
TIFF_STARTS = (b"II", b"MM")
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")  # others may start programs, as EPS does
EXIF_START = b"Exif\x00\x00"
JPEG_BLOCK = 65533  # bytes at most
SPACES = {"grey": b"GRAY", "RGB": b"RGB "}
DAMAGE_WORDS = ("orrupt", "Truncated", "larger than file")  # of Pillow's warnings about EXIF
PROFILE_HEADER = 128  # bytes (ICC.1:2022, 7.2)


@dataclass(frozen=True)
class Metadata:
    """What a file says of its photograph, for the upright picture; damaged parts are left out."""

    exif: bytes | None  # begins with `EXIF_START`
    icc_profile: bytes | None
    orientation: int  # as stored, 1 to 8; 1 if it is not said
    notes: tuple[str, ...]


def read_metadata(content: bytes, height: int, width: int, upright: bool = False) -> Metadata:
    """EXIF, colour profile and orientation of an image file whose pixels are height × width, as stored or upright."""
    exif: bytes | None = None
    profile: bytes | None = None
    orientation = 1
    notes: tuple[str, ...] = ()
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        try:
            profile, stored_exif = _blocks(content)
            stored = stored_exif()
            orientation = int(stored.get(ORIENTATION, 1))
            sides = (width, height) if upright or orientation < 5 else (height, width)
            exif = upright_exif(stored, *sides)
        except Exception:  # a damaged block fails in any way, wherever it is read
            notes = ("its EXIF is damaged and was left out",)
    if not notes and any(word in str(complaint.message) for complaint in complaints for word in DAMAGE_WORDS):
        notes = ("parts of its EXIF are damaged and were left out",)
    return Metadata(exif, profile, orientation, notes)


def _blocks(content: bytes) -> tuple[bytes | None, Callable[[], "Exif"]]:
    """The colour profile, and a function that reads EXIF: one may be damaged without the other."""
    from PIL import Image

    if content[:2] in TIFF_STARTS:
        return _blocks_of_tiff(content)
    image = Image.open(BytesIO(content), formats=FORMATS)

    def exif_of_image() -> "Exif":
        exif = image.getexif()
        if not exif and image.info.get("exif"):
            exif.load(image.info["exif"] + b"\0")  # fails again; Pillow swallowed it when it opened the file
        return exif

    return image.info.get("icc_profile"), exif_of_image


def _blocks_of_tiff(content: bytes) -> tuple[bytes | None, Callable[[], "Exif"]]:
    """The same of a TIFF, which is laid out as EXIF is; Pillow does not open one of 16 bits in colour."""
    from PIL.Image import Exif

    exif = Exif()
    if 43 in content[2:4]:  # BigTIFF, whose addresses EXIF cannot hold
        import tifffile

        with tifffile.TiffFile(BytesIO(content)) as tiff:
            values = {tag.code: tag.value for tag in tiff.pages.first.tags if tag.code in (ORIENTATION, PROFILE)}
        exif[ORIENTATION], profile = int(values.get(ORIENTATION, 1)), values.get(PROFILE)
    else:
        exif.load(content)
        profile = exif.get(PROFILE)
    return profile if isinstance(profile, bytes) else None, lambda: exif


def upright_exif(stored: "Exif", width: int, height: int) -> bytes | None:
    """EXIF for the upright picture, with every directory but the thumbnail's; None if nothing is in it."""
    from PIL.Image import Exif

    upright = Exif()
    upright.endian = stored.endian or "<"
    for tag in set(stored) - STORAGE - {DATE_IFD, GPS_IFD}:
        upright[tag] = stored[tag]
    for directory in (DATE_IFD, GPS_IFD):
        if directory in stored and (entries := dict(stored.get_ifd(directory))):
            if directory == DATE_IFD:
                sides = zip(PIXEL_SIDES, (width, height), strict=True)
                entries |= {tag: side for tag, side in sides if tag in entries}
                entries.pop(0xA005, None)  # the directory of interoperability: where it lies in the old file
            upright[directory] = entries
    if ORIENTATION in upright:
        upright[ORIENTATION] = 1
    return upright.tobytes() if len(upright) else None


def profile_fault(profile: bytes, mode: str) -> str | None:
    """Why a colour profile cannot stand beside pixels of a mode, "grey" or "RGB"; None if it can."""
    size = struct.unpack(">I", profile[:4])[0] if len(profile) >= PROFILE_HEADER else 0
    if size < PROFILE_HEADER or size > len(profile) or profile[36:40] != b"acsp":
        return "its colour profile is damaged and was left out"
    if profile[16:20] != SPACES[mode]:
        space = profile[16:20].decode("ascii", "replace").strip()
        return f"its colour profile is for {space}, not for {mode}, and was left out"
    return None


def with_png_chunks(content: bytes, exif: bytes | None, icc_profile: bytes | None) -> bytes:
    """A PNG with the chunks iCCP and eXIf behind its header (PNG, third edition, 11.3.2.3 and 11.3.3.6)."""
    header = 8 + 4 + 4 + 13 + 4  # signature; length, name, data and checksum of IHDR
    chunks = b""
    if icc_profile:
        chunks += _chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc_profile))
    if exif:
        chunks += _chunk(b"eXIf", exif.removeprefix(EXIF_START))
    return content[:header] + chunks + content[header:]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def with_tiff_exif(content: bytes, exif: bytes) -> bytes:
    """A little-endian TIFF whose first directory has EXIF's entries as well; it and they come last in the file."""
    from PIL.Image import Exif

    added = Exif()
    added.load(exif)
    described = Exif()
    described.endian = "<"
    for tag in added:
        described[tag] = dict(added.get_ifd(tag)) if tag in (DATE_IFD, GPS_IFD) else added[tag]
    content += b"\0" * (len(content) % 2)
    start = len(content)
    content += described.tobytes(start)[len(EXIF_START) + 8 :]
    content += b"\0" * (len(content) % 2)
    entries = _entries(content, struct.unpack("<I", content[4:8])[0]) | _entries(content, start)
    directory = b"".join(entries[tag] for tag in sorted(entries))
    whole = content + struct.pack("<H", len(entries)) + directory + bytes(4)
    return whole[:4] + struct.pack("<I", len(content)) + whole[8:]


def _entries(content: bytes, start: int) -> dict[int, bytes]:
    """Of a TIFF directory: each tag's 12 bytes."""
    count = struct.unpack_from("<H", content, start)[0]
    places = range(start + 2, start + 2 + 12 * count, 12)
    return {struct.unpack_from("<H", content, place)[0]: content[place : place + 12] for place in places}
