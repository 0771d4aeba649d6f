"""Small grey pictures as text: what the sliders keep of an image, a standard deviation map or a kernel."""

import base64
import binascii
import io

import numpy as np
from numpy.typing import NDArray

BEST = 88  # quality of a lossy picture that does not have to be small
STARTS = {"UklGR": "webp", "iVBOR": "png"}  # first characters of base64, by format


def webp(image: NDArray, quality: int = BEST) -> str:
    """A grey image (H, W), uint8 or in [0, 1], as base64 of a lossy WebP; `quality` from 0 to 100."""
    return _encode(image, "WEBP", quality)


def png(kernel: NDArray) -> str:
    """A kernel (k, k) as base64 of a grey PNG of 8 bits; its largest value becomes white."""
    return _encode(kernel / (kernel.max() or 1), "PNG", 100)


def pixels(text: str) -> NDArray:
    """The uint8 pixels (H, W) of a picture that `webp` or `png` made.

    Raises
    ------
    ValueError
        If the text is no such picture, or damaged.
    """
    from PIL import Image

    _kind(text)
    try:
        with Image.open(io.BytesIO(base64.b64decode(text, validate=True))) as picture:
            return np.asarray(picture.convert("L"))
    except (binascii.Error, OSError, SyntaxError) as error:
        raise ValueError(f"a picture is damaged ({error})") from error


def data_uri(text: str) -> str:
    """The picture as the address of an <img>."""
    return f"data:image/{_kind(text)};base64,{text}"


def _kind(text: str) -> str:
    if text[:5] not in STARTS:
        raise ValueError(f"a picture starts with {text[:5]!r}; it is neither WebP nor PNG")
    return STARTS[text[:5]]


def _encode(image: NDArray, form: str, quality: int) -> str:
    from PIL import Image

    grey = image if image.dtype == np.uint8 else np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, form, quality=quality, method=6, optimize=True)
    return base64.b64encode(stream.getvalue()).decode("ascii")
