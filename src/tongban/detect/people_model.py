"""The trained model of `people`: its arrays, read once from data/people.npz, and text as the model reads it.

Where the numbers come from and under which licences: data/people.md, made by training/detect. Not for deciding
anything: the loops do that.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).parent / "data" / "people.npz"
BEYOND = 3
"""What characters outside the basic plane, surrogates and private ones are read as."""


@dataclass(frozen=True, slots=True)
class Model:
    """The arrays that the loops take; lists in their place where the loops run as plain Python.

    fold: uint16[65536], the character that stands for each code point; kinds: uint8[65536], its kind; keys, values: the
    hashes of the lexicon's words and their classes, open addressing; gate: int8[2^k], what lets characters through to
    the full features; weights: uint64[2^k, 2], a row of 16 bytes (weight + 128) for each hashed feature; steps:
    int32[13, 16], from label to label; unit: what a margin is divided by to be in nats.
    """

    fold: Any
    kinds: Any
    keys: Any
    values: Any
    gate: Any
    weights: Any
    steps: Any
    unit: float


def _quick(array: Any, compiled: bool) -> Any:
    """The array; a list where the loops run as plain Python, which reads lists several times faster."""
    return array if compiled else array.tolist()


def read(file: Path, compiled: bool = False) -> Model:
    """The model in this file, for compiled loops or for plain ones."""
    with np.load(file, allow_pickle=False) as arrays:
        rows, kept = int(arrays["rows"]), arrays["kept"]
        weights = np.full((rows, 16), 128, np.uint8)
        weights[np.flatnonzero(np.unpackbits(kept, count=rows)), :13] = arrays["weights"].view(np.uint8) + np.uint8(128)
        steps = np.zeros((13, 16), np.int32)
        steps[:, :13] = arrays["steps"]
        kinds, keys, values, gate = (_quick(arrays[name], compiled) for name in ("kinds", "keys", "values", "gate"))
        return Model(
            arrays["fold"],
            kinds,
            keys,
            values,
            gate,
            weights.view(np.uint64),
            _quick(steps, compiled),
            float(arrays["unit"]),
        )


_models: dict[bool, Model] = {}
_lock = threading.Lock()


def load(compiled: bool = False) -> Model:
    """The model of the package, read at the first call."""
    if compiled not in _models:
        with _lock:
            if compiled not in _models:
                _models[compiled] = read(FILE, compiled)
    return _models[compiled]


def folded(text: str, fold: Any) -> Any:
    """int32[len(text)]: Traditional as Simplified, full width as half width, every digit as 0,
    every Latin letter as a."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return fold[np.where(codes < 0x10000, codes, BEYOND)].astype(np.int32)
