"""An image as the bytes of a PNG, TIFF, JPEG or WebP file, with its EXIF and colour profile."""

from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mcdeconv.data.metadata import JPEG_BLOCK, profile_fault, with_png_chunks, with_tiff_exif
from mcdeconv.errors import InputError

WRITABLE = (".png", ".tif", ".tiff", ".jpg", ".jpeg", ".webp")
JPEG, TIFF = (".jpg", ".jpeg"), (".tif", ".tiff")
LONGEST_SIDE = {".jpg": 65_500, ".jpeg": 65_500, ".webp": 16_383}  # px, of libjpeg and of the format
Encoded = tuple[bytes, tuple[str, ...]]


def output_depth(path: Path, bit_depth: int) -> int:
    """The bit depth a photograph of `bit_depth` is written with under that name: JPEG and WebP have 8 only."""
    return 8 if path.suffix.lower() in LONGEST_SIDE else bit_depth


def keeps_alpha(path: Path) -> bool:
    """Whether the format of that name has a transparency channel."""
    return path.suffix.lower() not in JPEG


def check_output(path: Path, height: int, width: int) -> None:
    """Find out before minutes of work, not after, that an image cannot be written under a name.

    Raises
    ------
    InputError
        If the suffix is none of `WRITABLE`, or the image is too large for the format.
    """
    suffix = path.suffix.lower()
    if suffix not in WRITABLE:
        raise InputError(f"cannot write {path}: the name must end in one of {', '.join(WRITABLE)}")
    if max(height, width) > (longest := LONGEST_SIDE.get(suffix, 2**31)):
        raise InputError(
            f"cannot write {path}: {width}×{height} px is too large for {suffix} (a side of {longest} px at most); "
            "PNG and TIFF take it"
        )


def encode(
    path: Path,
    array: NDArray,
    bit_depth: int,
    exif: bytes | None,
    icc_profile: bytes | None,
    scale: tuple[float, float] | None = None,
) -> Encoded:
    """The file's bytes, and a note on each piece of metadata that was left out; see `photo.write_image`.

    Raises
    ------
    InputError
        If the format has no such bit depth or no alpha.
    """
    suffix = path.suffix.lower()
    if bit_depth not in (8, output_depth(path, 16)) or (array.shape[2:] == (4,) and not keeps_alpha(path)):
        raise InputError(
            f"cannot write {path} with {bit_depth} bits and shape {array.shape}; PNG and TIFF take 8 and 16"
        )
    levels = 255 if bit_depth == 8 else 65535
    notes: tuple[str, ...] = ()
    if scale is not None and suffix in TIFF:
        pixels = np.ascontiguousarray(scale[0] + array.clip(0, 1) * (scale[1] - scale[0]), np.float32)
    else:
        pixels = np.ascontiguousarray(np.rint(array.clip(0, 1) * levels), np.uint8 if bit_depth == 8 else np.uint16)
        notes = () if scale is None else (f"{suffix} cannot hold its values, which only .tif does: 0 to 1 is written",)
    mode = "grey" if pixels.ndim == 2 and suffix != ".webp" else "RGB"  # WebP has no grey
    if icc_profile and (fault := profile_fault(icc_profile, mode)):
        icc_profile, notes = None, (*notes, fault)
    if exif is not None and suffix in JPEG and len(exif) > JPEG_BLOCK:
        notes = (*notes, f"its EXIF is too large for a JPEG ({len(exif)} bytes) and was left out")
        exif = None
    if not exif and not icc_profile:
        return _content(suffix, pixels, None, None), notes
    try:
        return _content(suffix, pixels, exif, icc_profile), notes
    except Exception as error:  # whatever a format has against metadata, the pixels come first
        reason = " ".join(str(error).split()) or type(error).__name__
        note = f"its EXIF and colour profile cannot be written ({reason}) and were left out"
        return _content(suffix, pixels, None, None), (*notes, note)


def _content(suffix: str, pixels: NDArray, exif: bytes | None, icc_profile: bytes | None) -> bytes:
    from PIL import Image

    if suffix in TIFF:
        return _tiff(pixels, exif, icc_profile)
    if pixels.dtype == np.uint16:
        import imagecodecs

        return with_png_chunks(bytes(imagecodecs.png_encode(pixels)), exif, icc_profile)
    stream, image = BytesIO(), Image.fromarray(pixels)
    if suffix == ".png":
        image.save(stream, format="PNG")
        return with_png_chunks(stream.getvalue(), exif, icc_profile)
    format, options = ("JPEG", {"quality": 95}) if suffix in JPEG else ("WEBP", {"lossless": True, "exact": True})
    image.save(stream, format=format, exif=exif or b"", icc_profile=icc_profile, **options)
    return stream.getvalue()


def _tiff(pixels: NDArray, exif: bytes | None, icc_profile: bytes | None) -> bytes:
    import tifffile

    stream = BytesIO()
    tifffile.imwrite(
        stream,
        pixels,
        photometric="minisblack" if pixels.ndim == 2 else "rgb",
        extrasamples=["unassalpha"] if pixels.shape[2:] == (4,) else None,
        compression="zlib",
        metadata=None,
        byteorder="<",
        iccprofile=icc_profile,
    )
    return with_tiff_exif(stream.getvalue(), exif) if exif else stream.getvalue()
