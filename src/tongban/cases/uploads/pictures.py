"""A picture as it looks, turned upright, without EXIF, GPS, thumbnails, profiles or comments. Runs in the bounded child
alone.

Pillow reads the header first; only the format asked for is tried; what is too large or moves is refused before it is
decoded.
"""

from __future__ import annotations

import io
import warnings
from typing import Any

from . import legible
from .refused import Refused

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
SAVING: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88},
    "PNG": {"compress_level": 4},
    "WEBP": {"quality": 88, "method": 0},
}
KEPT = {"JPEG": ("L", "RGB"), "PNG": ("1", "L", "LA", "P", "RGB", "RGBA"), "WEBP": ("RGB", "RGBA")}
"""The modes that each format is written in; every other is turned into one of them."""


def clean(content: bytes, kind: str, most: int) -> tuple[bytes, list[str]]:
    """The clean picture in its own format, and how well it can be read (`legible.py`). Raises Refused: `too_large`
    above `most` pixels, `animated`, `damaged`."""
    from PIL import Image

    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = most // 2  # Pillow refuses beyond twice of it, before it makes room for a canvas
    wanted = FORMATS[kind]
    try:
        with Image.open(io.BytesIO(content), formats=[wanted]) as image:
            if image.width * image.height > most:
                raise Refused("too_large")
            if (
                wanted != "JPEG" and getattr(image, "n_frames", 1) > 1
            ):  # a second frame of a JPEG is a preview of the first
                raise Refused("animated")
            image.load()
            plain = _in_a_mode_of(_upright(image), KEPT[wanted])
            plain.info = {}
            out = io.BytesIO()
            plain.save(out, wanted, **SAVING[wanted])
            return out.getvalue(), legible.notes(plain)
    except Image.DecompressionBombError as error:
        raise Refused("too_large") from error
    except (Refused, MemoryError):
        raise
    except Exception as error:  # whatever a damaged picture raises
        raise Refused("damaged") from error


def _upright(image: Any) -> Any:
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except MemoryError:
        raise
    except Exception:  # EXIF that cannot be read turns nothing
        return image


def _in_a_mode_of(image: Any, kept: tuple[str, ...]) -> Any:
    if "transparency" in image.info and "RGBA" in kept:
        return image.convert("RGBA")
    if image.mode in kept:
        return image
    if image.mode in ("I", "I;16", "I;16B", "I;16L", "I;16N"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")  # 16 bits to 8
    if image.mode in ("PA", "La", "LA", "RGBa", "RGBA") and "RGBA" in kept:
        return image.convert("RGBA")
    return image.convert("RGB")
