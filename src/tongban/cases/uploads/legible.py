"""Whether a picture of a paper can be read: not blank, not tiny, not blurred. Runs in the bounded child alone.

A first look that costs milliseconds, for whoever uploads to look again; it refuses nothing by itself. Measured on a
picture reduced to 1,024 pixels: a blank page has no contrast, a blurred one no edges (the variance of the Laplacian).
"""

from __future__ import annotations

from typing import Any

SIDE = 1024
SHORTEST = 480
"""Pixels of the shorter side below which print of a page cannot be read. House rule."""
LEAST_CONTRAST = 24
"""Between the darkest and the brightest of all but one pixel in five hundred, of 255."""
LEAST_EDGES = 12.0
PREFIX = "look:"


def notes(image: Any) -> list[str]:
    """`look:blank`, or `look:small` and `look:blurred` where they hold. Makes no copy of the size of the picture."""
    from PIL import ImageFilter, ImageStat

    gray = _reduced(image)
    if _contrast(gray.histogram()) < LEAST_CONTRAST:
        return [f"{PREFIX}blank"]
    found = [f"{PREFIX}small"] if min(image.width, image.height) < SHORTEST else []
    laplacian = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
    edges = gray.filter(laplacian).crop((1, 1, max(2, gray.width - 1), max(2, gray.height - 1)))
    return found + ([f"{PREFIX}blurred"] if ImageStat.Stat(edges).var[0] < LEAST_EDGES else [])


def _reduced(image: Any) -> Any:
    """In gray, its longer side between one and two times SIDE at most."""
    from PIL import Image

    factor = max(1, max(image.width, image.height) // SIDE)
    if factor == 1:
        return image.convert("L")
    if image.mode in ("1", "P"):
        size = (max(1, image.width // factor), max(1, image.height // factor))
        return image.resize(size, Image.Resampling.NEAREST).convert("L")
    return image.reduce(factor).convert("L")


def _contrast(histogram: list[int]) -> int:
    """Between the darkest and the brightest, but for one pixel in five hundred on each side."""
    left = sum(histogram) // 500
    ends = []
    for values in (range(256), range(255, -1, -1)):
        seen = 0
        for value in values:
            seen += histogram[value]
            if seen > left:
                ends.append(value)
                break
    return ends[1] - ends[0]
