"""Read a photograph of any common kind as floats, and write an image without ever leaving half a file."""

import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.encode import WRITABLE, check_output, encode
from mcdeconv.data.metadata import FORMATS, TIFF_STARTS, profile_fault, read_metadata
from mcdeconv.errors import InputError
from mcdeconv.files import read_regular, write_whole

__all__ = ["READABLE", "WRITABLE", "Photo", "read_photo", "write_image"]

READABLE = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp"})
# EXIF orientation: (quarter turns anticlockwise, mirrored left to right afterwards)
TURNS = {2: (0, True), 3: (2, False), 4: (2, True), 5: (3, True), 6: (3, False), 7: (1, True), 8: (1, False)}
FITS_START = b"SIMPLE  ="
LARGEST_FILE = 1 << 31  # bytes
LARGEST_VALUE = 1e38  # float32 holds three times as much
MOST_PIXELS = 10**8  # of one picture; a file of a few bytes can promise any number
# What decoders raise on a damaged file; those of imagecodecs a RuntimeError.
DAMAGED = (
    *(OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, RuntimeError),
    *(ArithmeticError, AttributeError, AssertionError, struct.error, zlib.error),
)


@dataclass(frozen=True)
class Photo:
    """A photograph, upright."""

    pixels: NDArray  # float32 in [0, 1], (H, W) grey or (H, W, 3) RGB; not multiplied by alpha
    alpha: NDArray | None  # float32 in [0, 1], (H, W)
    bit_depth: int  # of the file: 8 or 16 (a float TIFF counts as 16)
    mode: str  # of the file: "grey" or "RGB", "+alpha" where it has one
    exif: bytes | None = None  # of the upright picture: orientation 1, no thumbnail
    icc_profile: bytes | None = None
    notes: tuple[str, ...] = ()  # one for each thing that the file holds and this does not: "the first of 3 pages"
    scale: tuple[float, float] | None = None  # the file's values that are 0 and 1 here, where it has others: counts


class _TooLarge(Exception):
    """A picture has more pixels than are read; said before any is."""


def _require_few(width: int, height: int, channels: int = 1) -> None:
    if width * height * max(1, channels / 4) > MOST_PIXELS:
        raise _TooLarge(f"{width}×{height} px, and at most {MOST_PIXELS // 10**6} million are read")


@dataclass(frozen=True)
class _Decoded:
    pixels: NDArray  # in [0, 1], (H, W[, channels])
    bit_depth: int
    upright: bool = False  # whether the decoder has turned it already
    notes: tuple[str, ...] = ()


def read_photo(path: Path | str, constant_ok: bool = False, any_range: bool = False) -> Photo:
    """Read a grey, RGB, RGBA or palette image, 8 or 16 bit, turned as its EXIF tag says; of a GIF the first frame.

    Parameters
    ----------
    constant_ok : bool
        Whether an image of a single value is let through.
    any_range : bool
        Whether a float image that is not in [0, 1] is brought into it; then `scale` says how.

    Raises
    ------
    InputError
        One line: not found, no file, empty, not an image, damaged, too large, not finite, out of range, constant.
    """
    path = Path(path)
    content = _content(path)
    decoded = _decode(path, content)
    pixels = decoded.pixels
    if not pixels.size:
        raise InputError(f"{path} has no pixels: its sides are {'×'.join(map(str, pixels.shape[1::-1]))}")
    if not np.isfinite(pixels).all():
        raise InputError(f"{path} has pixels that are NaN or infinite; replace them first")
    pixels, scale = _scaled(path, pixels, any_range)
    height, width = pixels.shape[:2]
    metadata = read_metadata(content, height, width, decoded.upright)
    turns, mirrored = TURNS.get(1 if decoded.upright else metadata.orientation, (0, False))
    upright = np.rot90(pixels.astype(np.float32, copy=False), turns)[:, :: -1 if mirrored else 1]
    colour, alpha = _split_alpha(np.ascontiguousarray(upright))
    if not constant_ok and colour.min() == colour.max():
        value = colour.min() if scale is None else scale[0] + colour.min() * (scale[1] - scale[0])
        raise InputError(f"{path} is constant: every pixel is {value:g}; there is nothing to restore in it")
    mode = "grey" if colour.ndim == 2 else "RGB"
    profile, notes = metadata.icc_profile, (*decoded.notes, *metadata.notes)
    if scale is not None:
        notes = (*notes, f"its values from {scale[0]:g} to {scale[1]:g} stand for 0 to 1 here")
    if profile is not None and (fault := profile_fault(profile, mode)):
        profile, notes = None, (*notes, fault)
    mode += "" if alpha is None else "+alpha"
    return Photo(colour, alpha, decoded.bit_depth, mode, metadata.exif, profile, notes, scale)


def _scaled(path: Path, pixels: NDArray, any_range: bool) -> tuple[NDArray, tuple[float, float] | None]:
    """Values in [0, 1], and which of the file's are 0 and 1 if it has others, as microscopes and telescopes do."""
    low, high = float(pixels.min()), float(pixels.max())
    if low >= 0 and high <= 1:
        return pixels, None
    if not any_range or pixels.shape[2:] in ((2,), (4,)):  # transparency has a range of its own
        raise InputError(f"{path} has values from {low:g} to {high:g}; scale a float image to [0, 1]")
    low, high = min(low, 0.0), max(high, 0.0)
    if max(high, -low) > LARGEST_VALUE:  # as which they are written again
        raise InputError(f"{path} has values from {low:g} to {high:g}, too large to work with; scale it to [0, 1]")
    return ((pixels - low) / (high - low)).astype(np.float32), (low, high)


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder; give an image file")
        content = read_regular(path, LARGEST_FILE)
    except FileNotFoundError:
        raise InputError(f"{path} was not found") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
    if not content:
        raise InputError(f"{path} is empty (0 bytes)")
    return content


def _decode(path: Path, content: bytes) -> _Decoded:
    from PIL import Image, UnidentifiedImageError

    if content.startswith(FITS_START):  # Pillow would take it for a picture, and often a constant one
        raise InputError(f"{path} is a FITS file, which is not read; save it as a TIFF with values in [0, 1]")
    try:
        deep = _decode_deep_tiff(content) if content[:2] in TIFF_STARTS else None
        return deep or _decode_with_pillow(content)
    except UnidentifiedImageError:
        raise InputError(f"{path} is not an image that can be read; these are: {', '.join(sorted(READABLE))}") from None
    except (_TooLarge, Image.DecompressionBombError) as error:
        raise InputError(f"{path} is too large ({error}); cut a part out of it, or make it smaller") from None
    except MemoryError:
        raise InputError(f"{path} needs more memory than there is; cut a part out of it") from None
    except DAMAGED as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{path} is damaged or truncated ({reason})") from None


def _decode_deep_tiff(content: bytes) -> _Decoded | None:
    """A TIFF of 16 bits, signed or not, or floats, which Pillow would cut or refuse; None for any other."""
    import tifffile

    with tifffile.TiffFile(BytesIO(content)) as tiff:
        page = tiff.pages.first
        if page.dtype is None or page.dtype.kind not in "fui" or page.dtype.itemsize == 1 or page.photometric == 3:
            return None  # photometric 3: a palette
        _require_few(page.imagewidth, page.imagelength * page.imagedepth, page.samplesperpixel)
        pixels = page.asarray()
        if page.axes.startswith("S") and pixels.ndim == 3:  # one plane for each colour
            pixels = np.moveaxis(pixels, 0, -1)
        if page.dtype.kind in "ui":
            pixels = _fraction(pixels)
        if page.photometric == 0:  # white is zero
            pixels = 1 - pixels
        notes = _first_of(len(tiff.pages), "pages")
        if pixels.ndim == 3 and pixels.shape[2] == 2 and 0 in page.extrasamples:  # 0: not said to be alpha
            return _Decoded(pixels[..., 0], 16, notes=(*notes, "the first of 2 channels"))
        return _Decoded(pixels, 16, notes=notes)


def _decode_with_pillow(content: bytes) -> _Decoded:
    from PIL import Image

    # odd metadata is noted where it is read; pixels that are missing raise
    quiet = warnings.catch_warnings(action="ignore", category=UserWarning)
    with quiet, Image.open(BytesIO(content), formats=FORMATS) as image:
        _require_few(*image.size)
        if image.format == "PNG" and content[24] == 16:  # in colour, Pillow would cut it to 8 bits
            import imagecodecs  # no machine that only runs the benchmarks need have it

            return _Decoded(_fraction(imagecodecs.png_decode(content)), 16)
        turned = image.format == "TIFF"
        frames = getattr(image, "n_frames", 1) if image.format != "MPO" else 1  # a JPEG with previews of itself
        notes = _first_of(frames, "pages" if turned else "frames")
        if image.mode.startswith("I;16"):
            return _Decoded(_fraction(np.asarray(image)), 16, turned, notes)
        transparent = image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info
        grey = image.mode in ("1", "L", "LA", "La")
        wanted = ("LA" if transparent else "L") if grey else ("RGBA" if transparent else "RGB")
        return _Decoded(_fraction(np.asarray(image.convert(wanted))), 8, turned, notes)


def _first_of(count: int, what: str) -> tuple[str, ...]:
    return (f"the first of {count} {what}",) if count > 1 else ()


def _fraction(levels: NDArray) -> NDArray:
    """Integers as float32 fractions of the largest one; a photograph in float64 would fill the memory."""
    return np.divide(levels, np.iinfo(levels.dtype).max, dtype=np.float32)


def _split_alpha(pixels: NDArray) -> tuple[NDArray, NDArray | None]:
    """(H, W[, 1 to 4 channels]) to grey or RGB, and alpha."""
    if pixels.ndim == 2:
        return pixels, None
    channels = pixels.shape[2]
    colour = pixels[..., 0] if channels < 3 else pixels[..., :3]
    return np.ascontiguousarray(colour), np.ascontiguousarray(pixels[..., -1]) if channels in (2, 4) else None


def write_image(
    path: Path | str,
    array: NDArray,
    bit_depth: int = 8,
    exif: bytes | None = None,
    icc_profile: bytes | None = None,
    scale: tuple[float, float] | None = None,
) -> tuple[str, ...]:
    """Write an image as PNG, TIFF, JPEG or lossless WebP, by its suffix; the file is whole or as it was before.

    Parameters
    ----------
    array : float array in [0, 1], clipped to it; (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGB and alpha
    bit_depth : 8 or 16; JPEG and WebP have 8 only
    exif, icc_profile, scale : as `Photo` has them; with a scale a TIFF gets float32 values of the photograph's own

    Returns
    -------
    tuple of str
        A note on each piece of metadata that does not fit the file and was left out; the image is written anyway.

    Raises
    ------
    InputError
        If the suffix, shape or a value cannot be written, or the folder is missing, full or read-only.
    """
    path = Path(path)
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise InputError(f"cannot write {path}: the shape is {array.shape}, not (H, W), (H, W, 3) or (H, W, 4)")
    check_output(path, *array.shape[:2])
    if not np.isfinite(array).all():
        raise InputError(f"cannot write {path}: the image has NaN or infinite pixels")
    content, notes = encode(path, array, bit_depth, exif, icc_profile, scale)
    write_whole(path, content)
    return notes
