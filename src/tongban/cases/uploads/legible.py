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
    """`look:blank`, or `look:small` and `look:blurred` where they hold."""
    import numpy as np

    gray = image.convert("L")
    gray.thumbnail((SIDE, SIDE))
    pixels = np.asarray(gray, dtype=np.float32)
    low, high = np.percentile(pixels, (0.2, 99.8))
    if high - low < LEAST_CONTRAST:
        return [f"{PREFIX}blank"]
    found = [f"{PREFIX}small"] if min(image.width, image.height) < SHORTEST else []
    if min(pixels.shape) > 2:
        middle = pixels[1:-1, 1:-1]
        edges = pixels[:-2, 1:-1] + pixels[2:, 1:-1] + pixels[1:-1, :-2] + pixels[1:-1, 2:] - 4 * middle
        found += [f"{PREFIX}blurred"] if float(edges.var()) < LEAST_EDGES else []
    return found
