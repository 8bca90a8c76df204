"""The loops of `people`: sentences, words of the lexicon, hashed features, the best path, margins. Compiled, or plain.

Text comes as folded code points (`people_model.fold`). Each sentence is decided by itself, so cutting a long
text at the ends of sentences changes nothing. Only whole numbers are added: compiled and plain give the same
result. Labels: 0 is outside; 1 + 4t … 4 + 4t are the beginning, middle, end and single character of type t (0
person, 1 place, 2 organisation).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiled import FAST, compiled

LABELS = 13
LANES = 16
"""Labels of a row of weights, filled up to what one register holds."""
FEATURES = 21
PAD = 4
"""Empty places before and behind a sentence, so that no feature asks where it ends."""
LONGEST = 240
"""A sentence without an end is cut here, or behind its last comma in the second half."""
LONGEST_WORD = 12
NEVER = -(1 << 28)
M32 = 0xFFFFFFFF


@compiled
def sentence_end(codes: Any, begin: int, n: int) -> int:
    """Where the sentence that begins at `begin` ends: behind 。！？；!?; or a line break, at the latest
    after LONGEST characters."""
    comma = 0
    for i in range(begin, min(n, begin + LONGEST)):
        c = codes[i]
        if c == 10 or c == 13 or c == 0x3002 or c == 33 or c == 63 or c == 59:
            return i + 1
        if (c == 44 or c == 0x3001) and i - begin > LONGEST // 2:
            comma = i + 1
    if begin + LONGEST >= n:
        return n
    return comma if comma else begin + LONGEST


@compiled
def step(h: int, c: int) -> int:
    """The hash of a word with one more character."""
    return ((h ^ c) * 0x01000193 + (h >> 15)) & M32


@compiled
def word_class(h: int, keys: Any, values: Any) -> int:
    """The class of the word with this hash: 0 where words only begin so, −1 where none does. Open
    addressing, key 0 is free."""
    mask = len(keys) - 1
    slot = (h ^ (h >> 13)) & mask
    while True:
        key = keys[slot]
        if key == 0:
            return -1
        if key == h:
            return int(values[slot])
        slot = (slot + 1) & mask


@compiled
def words(c: Any, m: int, keys: Any, values: Any, lex: Any, opens: Any, first: Any, last: Any, hashes: Any) -> None:
    """Cuts m characters from c[PAD] on into the longest words of the lexicon, left to right.

    lex: class · 4 + place in the word (0 begin, 1 middle, 2 end, 3 single); opens: class · 16 + length of
    the longest word that begins here; first, last: borders of the word of each character; hashes: hash of
    the word that begins here.
    """
    reach = PAD
    for i in range(PAD, PAD + m):
        h, size, kind, best = 0x811C9DC5, 1, 0, 0
        single = step(h, c[i])
        for k in range(min(LONGEST_WORD, PAD + m - i)):
            h = step(h, c[i + k])
            if k == 0:
                continue
            found = word_class(h, keys, values)
            if found < 0:
                break
            if found > 0:
                size, kind, best = k + 1, found, h
        opens[i] = kind * 16 + size
        if i < reach:
            continue
        reach = i + size
        hashes[i] = best if size > 1 else single
        for k in range(size):
            place = 3 if size == 1 else 0 if k == 0 else 2 if k == size - 1 else 1
            lex[i + k] = kind * 4 + place
            first[i + k] = i
            last[i + k] = i + size


@compiled
def mix(kind: int, a: int, b: int, mask: int) -> int:
    """The row of the feature of this kind with these two values."""
    h = (a * 0x9E3779B1 + b * 0x85EBCA6B + kind * 0xC2B2AE35) & M32
    h ^= h >> 15
    h = (h * 0x2C1B3C6D) & M32
    h ^= h >> 13
    return h & mask


@compiled
def rows_at(
    c: Any, k: Any, lex: Any, opens: Any, first: Any, last: Any, hashes: Any, i: int, mask: int, rows: Any
) -> None:
    """The rows of weights of the FEATURES of character i, into `rows`."""
    c0, c1, c2, a1, a2 = int(c[i]), int(c[i + 1]), int(c[i + 2]), int(c[i - 1]), int(c[i - 2])
    k0, k1, k2, b1, b2 = int(k[i]), int(k[i + 1]), int(k[i + 2]), int(k[i - 1]), int(k[i - 2])
    x0, x1, y1 = int(lex[i]), int(lex[i + 1]), int(lex[i - 1])
    rows[0] = mix(1, c0, 0, mask)
    rows[1] = mix(2, a1, 0, mask)
    rows[2] = mix(3, c1, 0, mask)
    rows[3] = mix(4, a2, 0, mask)
    rows[4] = mix(5, c2, 0, mask)
    rows[5] = mix(6, a1, c0, mask)
    rows[6] = mix(7, c0, c1, mask)
    rows[7] = mix(8, a2, a1, mask)
    rows[8] = mix(9, c1, c2, mask)
    rows[9] = mix(10, a1, c1, mask)
    rows[10] = mix(11, a2 << 16 | a1, c0, mask)
    rows[11] = mix(12, a1 << 16 | c0, c1, mask)
    rows[12] = mix(13, c0 << 16 | c1, c2, mask)
    rows[13] = mix(14, b1 << 8 | k0, k1, mask)
    rows[14] = mix(15, b2 << 8 | b1, k0, mask)
    rows[15] = mix(16, k0 << 8 | k1, k2, mask)
    rows[16] = mix(17, y1 << 8 | x0, x1, mask)
    rows[17] = mix(18, x0, c0, mask)
    rows[18] = mix(19, int(opens[i]) << 8 | int(opens[i - 1]), int(k0), mask)
    before, behind = int(first[i]) - 1, int(last[i])
    rows[19] = mix(20, int(hashes[int(first[before])]), x0, mask)
    rows[20] = mix(21, int(hashes[behind]), x0, mask)


@compiled
def empty_borders(c: Any, k: Any, lex: Any, opens: Any, first: Any, last: Any, hashes: Any, m: int) -> None:
    """Fills the places before and behind a sentence of m characters."""
    for side in range(2):
        for j in range(PAD):
            i = j if side == 0 else PAD + m + j
            c[i], k[i], lex[i], opens[i], hashes[i] = 1 + side, 1 + side, 252, 0, 1 + side
            first[i], last[i] = i, i + 1


@compiled
def gate_at(c: Any, k: Any, i: int, gate: Any) -> int:
    """How far character i looks like part of a name, by a few cheap features; the tenth that does
    goes on to the full ones."""
    mask = len(gate) - 1
    c0, c1, c2, a1, a2 = int(c[i]), int(c[i + 1]), int(c[i + 2]), int(c[i - 1]), int(c[i - 2])
    k0, k1, k2, b1, b2 = int(k[i]), int(k[i + 1]), int(k[i + 2]), int(k[i - 1]), int(k[i - 2])
    total = int(gate[mix(31, c0, 0, mask)]) + int(gate[mix(32, a1, c0, mask)]) + int(gate[mix(33, c0, c1, mask)])
    total += int(gate[mix(34, a2, a1, mask)]) + int(gate[mix(35, c1, c2, mask)])
    total += (
        int(gate[mix(36, b1 << 8 | k0, k1, mask)])
        + int(gate[mix(37, b2 << 8 | b1, k0, mask)])
        + int(gate[mix(38, k0 << 8 | k1, k2, mask)])
    )
    return total


LOW = np.uint64(0x00FF00FF00FF00FF)
HALF = np.uint64(0xFFFF)
EIGHT, SIXTEEN = np.uint64(8), np.uint64(16)
BIAS = 128

if FAST:

    @compiled
    def add_rows(weights: Any, rows: Any, scores: Any) -> None:
        """scores[label] = sum of the rows' weights: sixteen bytes at once, as four words of four sums."""
        a = b = c = d = np.uint64(0)
        for j in range(FEATURES):
            x, y = weights[rows[j], 0], weights[rows[j], 1]
            a += x & LOW
            b += (x >> EIGHT) & LOW
            c += y & LOW
            d += (y >> EIGHT) & LOW
        for j in range(4):
            scores[2 * j] = np.int64(a & HALF) - BIAS * FEATURES
            scores[2 * j + 1] = np.int64(b & HALF) - BIAS * FEATURES
            scores[2 * j + 8] = np.int64(c & HALF) - BIAS * FEATURES
            scores[2 * j + 9] = np.int64(d & HALF) - BIAS * FEATURES
            a, b, c, d = a >> SIXTEEN, b >> SIXTEEN, c >> SIXTEEN, d >> SIXTEEN

else:

    def add_rows(weights: Any, rows: Any, scores: Any) -> None:
        """scores[label] = sum of the rows' weights."""
        scores[:] = (weights[rows].view(np.uint8).sum(axis=0, dtype=np.int32) - BIAS * FEATURES).tolist()


@compiled
def best_path(scores: Any, steps: Any, m: int, forward: Any, back: Any, path: Any) -> None:
    """Viterbi over m characters between two that are outside; `forward` keeps the best score of each
    label, `path` the labels."""
    for y in range(LABELS):
        forward[0][y] = scores[0][y] + steps[0][y] if y == 0 or y % 4 == 1 or y % 4 == 0 else NEVER
    for i in range(1, m):
        now, old, said, came = forward[i], forward[i - 1], scores[i], back[i]
        for y in range(LABELS):
            best, source = NEVER, 0
            if y == 0 or y % 4 == 1 or y % 4 == 0:  # outside, begin, single: after outside, an end or a single
                best = old[0] + steps[0][y]
                for t in range(3):
                    value = old[3 + 4 * t] + steps[3 + 4 * t][y]
                    if value > best:
                        best, source = value, 3 + 4 * t
                    value = old[4 + 4 * t] + steps[4 + 4 * t][y]
                    if value > best:
                        best, source = value, 4 + 4 * t
            else:  # middle, end: after the begin or a middle of the same type
                begin = (y - 1) // 4 * 4 + 1
                best, source = old[begin] + steps[begin][y], begin
                value = old[begin + 1] + steps[begin + 1][y]
                if value > best:
                    best, source = value, begin + 1
            now[y] = best + said[y]
            came[y] = source
    best, label = NEVER * 2, 0
    for y in range(LABELS):
        if (y == 0 or y % 4 == 3 or y % 4 == 0) and forward[m - 1][y] + steps[y][0] > best:
            best, label = forward[m - 1][y] + steps[y][0], y
    for i in range(m - 1, -1, -1):
        path[i] = label
        label = back[i][label]


@compiled
def look_back(scores: Any, steps: Any, m: int, behind: Any) -> None:
    """The best score of what follows each character under each label."""
    for y in range(LABELS):
        behind[m - 1][y] = steps[y][0] if y == 0 or y % 4 == 3 or y % 4 == 0 else NEVER
    for i in range(m - 2, -1, -1):
        now, after, said = behind[i], behind[i + 1], scores[i + 1]
        for y in range(LABELS):
            best = NEVER * 2
            if y == 0 or y % 4 == 3 or y % 4 == 0:
                best = after[0] + said[0] + steps[y][0]
                for t in range(3):
                    best = max(
                        best,
                        after[1 + 4 * t] + said[1 + 4 * t] + steps[y][1 + 4 * t],
                        after[4 + 4 * t] + said[4 + 4 * t] + steps[y][4 + 4 * t],
                    )
            else:
                middle = (y - 1) // 4 * 4 + 2
                best = max(
                    after[middle] + said[middle] + steps[y][middle],
                    after[middle + 1] + said[middle + 1] + steps[y][middle + 1],
                )
            now[y] = best


@compiled
def margin_at(forward: Any, behind: Any, i: int, label: int) -> int:
    """How much worse the best path is that gives character i another label."""
    other = NEVER * 2
    for y in range(LABELS):
        if y != label:
            other = max(other, forward[i][y] + behind[i][y])
    return int(forward[i][label] + behind[i][label] - other)


if FAST:

    @compiled
    def row(length: int) -> Any:
        """So many whole numbers, all 0."""
        return np.zeros(length, np.int32)

    @compiled
    def wide_row(length: int) -> Any:
        """So many whole numbers of 64 bits, all 0."""
        return np.zeros(length, np.int64)

    @compiled
    def sheet(length: int, width: int) -> Any:
        """So many rows of so many whole numbers, all 0."""
        return np.zeros((length, width), np.int32)

else:

    def wide_row(length: int) -> Any:
        """So many whole numbers, all 0."""
        return [0] * length

    def row(length: int) -> Any:
        """So many whole numbers, all 0."""
        return [0] * length

    def sheet(length: int, width: int) -> Any:
        """So many rows of so many whole numbers, all 0."""
        return [[0] * width for _ in range(length)]


@compiled
def find_spans(
    codes: Any, begin: int, n: int, kinds: Any, keys: Any, values: Any, gate: Any, weights: Any, steps: Any, spans: Any
) -> tuple[int, int]:
    """Finds the names in codes[begin:n]. `spans` gets rows of start, end, type (0–2), margin.

    Gives how many rows were filled, and where the next sentence begins: less than n where `spans` was full.
    """
    mask = len(weights) - 1
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
    rows, path = row(FEATURES), row(LONGEST)
    scores, forward, behind, back = (
        sheet(LONGEST, LANES),
        sheet(LONGEST, LANES),
        sheet(LONGEST, LANES),
        sheet(LONGEST, LANES),
    )
    kept = row(room)
    count, most = 0, len(spans)
    while begin < n:
        end = sentence_end(codes, begin, n)
        m = end - begin
        if count + m > most:
            break
        for i in range(m):
            c[PAD + i] = codes[begin + i]
            k[PAD + i] = kinds[codes[begin + i]]
            kept[i] = 0
        empty_borders(c, k, lex, opens, first, last, hashes, m)
        kept[m] = 0
        some = False
        for i in range(m):
            if gate_at(c, k, PAD + i, gate) > 0:
                kept[i] = kept[i + 1] = 1
                if i:
                    kept[i - 1] = 1
                some = True
        if some:
            kept[m] = 0
            words(c, m, keys, values, lex, opens, first, last, hashes)
            at = 0
            while at < m:
                if not kept[at]:
                    at += 1
                    continue
                stop = at
                while kept[stop]:
                    rows_at(c, k, lex, opens, first, last, hashes, PAD + stop, mask, rows)
                    add_rows(weights, rows, scores[stop - at])
                    stop += 1
                best_path(scores, steps, stop - at, forward, back, path)
                count = take_spans(scores, steps, stop - at, forward, behind, path, begin + at, spans, count)
                at = stop
        begin = end
    return count, begin


@compiled
def take_spans(
    scores: Any, steps: Any, m: int, forward: Any, behind: Any, path: Any, begin: int, spans: Any, count: int
) -> int:
    """Adds the names on the path of m characters to `spans`; gives how many there are now."""
    looked = False
    i = 0
    while i < m:
        label = path[i]
        if label == 0:
            i += 1
            continue
        if not looked:
            look_back(scores, steps, m, behind)
            looked = True
        stop = i + 1
        if label % 4 == 1:
            while path[stop] % 4 != 3:
                stop += 1
            stop += 1
        spans[count][0], spans[count][1], spans[count][2] = begin + i, begin + stop, (label - 1) // 4
        spans[count][3] = min(
            margin_at(forward, behind, i, label), margin_at(forward, behind, stop - 1, path[stop - 1])
        )
        count += 1
        i = stop
    return count
