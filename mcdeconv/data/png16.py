"""PNG with 16 bits a channel, which Pillow cuts to 8 bits when it has colour.

PNG's filters work on each byte and the byte at the same place in the pixel to its left, so the high and the low bytes
of a 16-bit PNG are two 8-bit PNGs with the same filters. They are taken apart here and decoded by Pillow (W3C PNG,
chapter 9).
"""

import struct
import zlib
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # by colour type: grey, RGB, grey + alpha, RGBA
MAX_PIXELS = 178_956_970  # as Pillow has for other images
# Adam7, the interlaced order: (first row, first column, row step, column step) of each pass
PASSES = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))


def is_16_bit(content: bytes) -> bool:
    """Whether a file is a PNG with 16 bits a channel."""
    return len(content) > 25 and content.startswith(SIGNATURE) and content[24] == 16


def decode(content: bytes) -> NDArray:
    """Pixels of a 16-bit PNG.

    Returns
    -------
    uint16 array, shape (H, W) or (H, W, 2, 3 or 4)

    Raises
    ------
    ValueError, OSError, zlib.error
        If the file is damaged or truncated.
    """
    from PIL import Image

    chunks = _chunks(content)
    width, height, _, colour, _, _, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
    if width * height > MAX_PIXELS:
        raise ValueError(f"{width}×{height} pixels are too many")
    stream = zlib.decompressobj()
    wanted = sum(rows * (1 + columns) for rows, columns in _blocks(width, height, 2 * CHANNELS[colour], interlace))
    raw = stream.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"), wanted)
    if len(raw) < wanted:
        raise ValueError(f"{len(raw)} of {wanted} bytes of pixels")
    halves = []
    for half in (0, 1):
        header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, interlace)
        pixels = _half(raw, _blocks(width, height, 2 * CHANNELS[colour], interlace), half)
        with Image.open(BytesIO(_file(header, pixels, level=0))) as image:
            halves.append(np.asarray(image).astype(np.uint16))
    return halves[0] << 8 | halves[1]


def encode(pixels: NDArray) -> bytes:
    """A 16-bit PNG of a uint16 array, shape (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA."""
    height, width = pixels.shape[:2]
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    colour = {count: kind for kind, count in CHANNELS.items()}[channels]
    rows = pixels.astype(">u2").reshape(height, -1).view(np.uint8)
    filtered = np.empty((height, 1 + rows.shape[1]), np.uint8)
    filtered[:, 0] = 2  # the filter "up": each byte less the one above it
    filtered[:, 1:] = np.diff(rows, axis=0, prepend=np.zeros_like(rows[:1]))
    return _file(struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0), filtered.tobytes(), level=6)


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    """(type, data) of each chunk up to IEND."""
    chunks: list[tuple[bytes, bytes]] = []
    position = len(SIGNATURE)
    while not chunks or chunks[-1][0] != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, position)
        data = content[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack_from(">I", content, position + 8 + length)
        if zlib.crc32(kind + data) != checksum:
            raise ValueError(f"the checksum of a chunk {kind.decode('latin-1')} is wrong")
        chunks.append((kind, data))
        position += 12 + length
    return chunks


def _blocks(width: int, height: int, pixel_bytes: int, interlace: int) -> list[tuple[int, int]]:
    """(rows, bytes a row without the filter's) of each pass; one pass if not interlaced."""
    passes = PASSES if interlace else ((0, 0, 1, 1),)
    sizes = [(-(-(height - row) // row_step), -(-(width - column) // step)) for row, column, row_step, step in passes]
    return [(rows, columns * pixel_bytes) for rows, columns in sizes if rows > 0 and columns > 0]


def _half(raw: bytes, blocks: list[tuple[int, int]], half: int) -> bytes:
    """The filter bytes with the high (0) or the low (1) bytes of every sample."""
    parts, position = [], 0
    for rows, columns in blocks:
        block = np.frombuffer(raw, np.uint8, rows * (1 + columns), position).reshape(rows, 1 + columns)
        parts.append(np.concatenate([block[:, :1], block[:, 1 + half :: 2]], axis=1).tobytes())
        position += block.size
    return b"".join(parts)


def _file(header: bytes, pixels: bytes, level: int) -> bytes:
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels, level)), (b"IEND", b""))
    return SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
