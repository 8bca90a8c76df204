"""One file for a model: arrays in NumPy's npz form, no pickle, a version, and a hash that is checked when it is read.

The hash finds damage and mix-ups; it is not a signature. The same model gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .confidence import Curve
from .errors import ModelFileError
from .features import Space
from .margins import Tree, Weights
from .matters_model import MatterModel, levels
from .meaning import Meaning
from .words import Lexicon

PLAIN, VERSION = 1, 2
"""Of the file: 1 has no second look (meaning.py); both are read, and a model without one is still written as 1."""
HEADER = "header"
_MEANING = ("features", "places", "scales", "codes", "squares", "signs", "slopes", "base", "share")
Arrays = dict[str, NDArray[Any]]


Coat = Callable[[bytes, str], bytes]
"""Seals or opens the content of a file, given its name. A model holds words of the letters that it learned from."""


def save(model: MatterModel, file: Path, seal: Coat | None = None) -> str:
    """Write the model; the file is there whole or not at all, and never unsealed where `seal` is
    given. Returns its hash."""
    arrays = _arrays(model)
    digest = _digest(arrays, model)
    header = {
        "format": "tongban matters",
        "version": _version(model),
        "sha256": digest,
        "codes": list(model.tree.codes),
        "about": model.about,
    }
    packed = {HEADER: np.frombuffer(_text(header), np.uint8), **arrays}
    half = file.with_name(f".{file.name}.{os.getpid()}")
    content = io.BytesIO()
    np.savez_compressed(content, **packed)  # type: ignore[arg-type]
    try:
        with half.open("wb") as stream:
            stream.write(seal(content.getvalue(), file.name) if seal else content.getvalue())
            stream.flush()
            os.fsync(stream.fileno())
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
    return digest


def load(file: Path, unseal: Coat | None = None) -> MatterModel:
    """Read a model. Raises ModelFileError; `unseal` may raise it too."""
    try:
        content = file.read_bytes()
        with np.load(io.BytesIO(unseal(content, file.name) if unseal else content), allow_pickle=False) as opened:
            arrays = {name: opened[name] for name in opened.files}
        header = json.loads(arrays.pop(HEADER).tobytes())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ModelFileError(f"{file}: not a model of matters, or damaged ({error})") from None
    if header.get("format") != "tongban matters" or header.get("version") not in (PLAIN, VERSION):
        raise ModelFileError(
            f"{file}: version {header.get('version')} of the model file, not {PLAIN} or {VERSION}. Train again: "
            "tongban text train"
        )
    try:
        model = _model(arrays, header)
    except (KeyError, IndexError, ValueError) as error:
        raise ModelFileError(f"{file}: damaged ({error})") from None
    if _digest(arrays, model) != header["sha256"]:
        raise ModelFileError(f"{file}: damaged, its hash is not the one it was written with")
    return model


def fingerprint(model: MatterModel) -> str:
    """The hash that `save` writes: the same for models that answer the same."""
    return _digest(_arrays(model), model)


def _version(model: MatterModel) -> int:
    return PLAIN if model.meaning is None else VERSION


def _text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


def _digest(arrays: Arrays, model: MatterModel) -> str:
    seal = hashlib.sha256(
        _text(
            [
                _version(model),
                list(model.tree.codes),
                {name: value for name, value in model.about.items() if name != "seconds"},
            ]
        )
    )
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        seal.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        seal.update(array.tobytes())
    return seal.hexdigest()


def _arrays(model: MatterModel) -> Arrays:
    lexicon, weights = model.space.lexicon, model.weights
    arrays: Arrays = {
        "words": lexicon.keys.astype("<i4"),
        "likely": lexicon.likely.astype("<f4"),
        "unknown": np.array([lexicon.unknown], "<f8"),
        "features": model.space.keys.astype("<i8"),
        "rarity": model.space.rarity.astype("<f4"),
        "parents": model.tree.parents.astype("<i4"),
        "counts": np.diff(weights.stops).astype("<i4"),
        "spoken": weights.codes.astype("<i4" if len(model.tree.codes) > 65_535 else "<u2"),
        "weights": weights.weights.astype("<f2"),
        "bias": weights.bias.astype("<f4"),
        "sharpness": model.sharpness.astype("<f8"),
    }
    for number, curve in enumerate(model.curves):
        arrays[f"curve{number}.leads"] = curve.leads.astype("<f8")
        arrays[f"curve{number}.probabilities"] = curve.probabilities.astype("<f8")
        arrays[f"curve{number}.seen"] = curve.seen.astype("<f8")
        arrays[f"curve{number}.right"] = curve.right.astype("?")
    if model.meaning is not None:
        looked = model.meaning
        order = np.flatnonzero(looked.rows >= 0)
        arrays["meaning.features"] = order[np.argsort(looked.rows[order])].astype("<i4")
        arrays["meaning.places"] = looked.places.astype("<i1")
        arrays["meaning.scales"] = looked.scales.astype("<f4")
        arrays["meaning.codes"] = looked.codes.astype("<i4")
        arrays["meaning.squares"] = looked.squares.astype("<f2")
        arrays["meaning.signs"] = looked.signs.astype("<i1")
        arrays["meaning.slopes"] = looked.slopes.astype("<f4")
        arrays["meaning.base"] = looked.base.astype("<f4")
        arrays["meaning.share"] = looked.share.astype("<f4")
    return arrays


def _model(arrays: Arrays, header: dict[str, Any]) -> MatterModel:
    parents = arrays["parents"].astype(np.int64)
    codes = [str(code) for code in header["codes"]]
    tree = Tree.of({code: codes[parents[n]] if parents[n] >= 0 else None for n, code in enumerate(codes)})
    if tree.codes != tuple(codes):
        raise ValueError("the tree of matters is out of order")
    lexicon = Lexicon(
        arrays["words"].astype(np.int64), arrays["likely"].astype(np.float64), float(arrays["unknown"][0])
    )
    stops = np.concatenate([[0], np.cumsum(arrays["counts"], dtype=np.int64)])
    weights = Weights(
        stops,
        arrays["spoken"].astype(np.int64),
        arrays["weights"].astype(np.float32),
        arrays["bias"].astype(np.float32),
    )
    count = levels(tree)
    curves = tuple(
        Curve(*(arrays[f"curve{n}.{name}"] for name in ("leads", "probabilities", "seen", "right")))
        for n in range(count)
    )
    features = arrays["features"].astype(np.int64)
    if (
        len(stops) != len(features) + 1
        or stops[-1] != len(weights.codes)
        or len(weights.weights) != len(weights.codes)
        or len(weights.bias) != len(codes)
    ):
        raise ValueError("its parts do not fit together")
    if len(weights.codes) and int(weights.codes.max()) >= len(codes):
        raise ValueError("a weight names a matter that is not there")
    space = Space(lexicon, features, arrays["rarity"].astype(np.float32))
    meaning = _meaning(arrays, len(features), len(codes)) if header["version"] == VERSION else None
    return MatterModel(space, tree, weights, arrays["sharpness"], curves, header["about"], meaning)


def _meaning(arrays: Arrays, features: int, codes: int) -> Meaning:
    known, places, scales, spoken, squares, signs, slopes, base, share = (
        arrays[f"meaning.{name}"] for name in _MEANING
    )
    count, width = len(spoken), places.shape[1]
    if (
        len(places) != len(known)
        or len(scales) != len(known)
        or squares.shape != (*signs.shape, width)
        or len(signs) != count
        or slopes.shape != (count, width)
        or {base.shape, share.shape} != {(count,)}
    ):
        raise ValueError("the parts of its second look do not fit together")
    if count and int(spoken.max()) >= codes:
        raise ValueError("its second look speaks of a matter that is not there")
    rows = np.full(features, -1, np.int64)
    rows[known] = np.arange(len(known))
    numbers = (each.astype(np.float32) for each in (squares, signs, slopes, base, share))
    return Meaning(rows, places, scales, spoken.astype(np.int64), *numbers)
