"""Makes a segment of acts and what is found in them, and stores it sealed.

Codes: two neighbouring characters of a run of letters and digits, folded (`text.folding`); a run's last character with
nothing behind it; or a hash of a contact, which stands for it only inside the sealed page. Not for finding
(`finding.py`) nor for merging (`merging.py`).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from tongban.text.phrases import runs
from tongban.vault import postings, sealed_pages
from tongban.vault.keyring import ring

from .tables import PAGES, PartUnit, Rebuild, Segment, SegmentPage

TABLE = "cases_segmentpage"
CHARACTER = 21
"""Bits of a character."""
_END, _SPACE = 10, 32
_LATEST = 0xFFFF
UNITS = "units"
"""Not a column of the acts but the table that their column `unit` numbers, apart from the head because it is long."""


class TooLarge(ValueError):
    """More acts than a segment takes."""


@dataclass(frozen=True, slots=True)
class Doc:
    """An act that can be found. `version`: the higher one counts where an act was indexed twice;
    `units`: who leads and assists."""

    act: int
    case: int
    version: int
    part: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class Docs:
    """Acts as columns. `part` and `unit` number the rows of `parts` and `units`."""

    act: NDArray[np.int64]
    case: NDArray[np.int64]
    version: NDArray[np.int64]
    part: NDArray[np.int64]
    unit: NDArray[np.int64]
    parts: tuple[str, ...]
    units: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, docs: Sequence[Doc]) -> Docs:
        """The columns of some acts, in their order."""
        parts = {name: number for number, name in enumerate(dict.fromkeys(doc.part for doc in docs))}
        units = {name: number for number, name in enumerate(dict.fromkeys(doc.units for doc in docs))}
        rows = [(doc.act, doc.case, min(doc.version, _LATEST), parts[doc.part], units[doc.units]) for doc in docs]
        act, case, version, part, unit = np.array(rows, np.int64).reshape(len(rows), 5).T
        return cls(act, case, version, part, unit, tuple(parts), tuple(units))

    def __len__(self) -> int:
        return len(self.act)

    def taken(self, rows: NDArray[Any]) -> Docs:
        """Only some of them."""
        return Docs(
            self.act[rows],
            self.case[rows],
            self.version[rows],
            self.part[rows],
            self.unit[rows],
            self.parts,
            self.units,
        )


@dataclass(frozen=True)
class Draft:
    """A segment that is not stored yet."""

    kind: str
    part: str
    docs: Docs
    keys: postings.Numbers

    def without(self, acts: Iterable[int]) -> Draft:
        """The same without some acts."""
        gone = np.isin(self.docs.act, np.fromiter(acts, np.int64))
        return self.kept(~gone) if gone.any() else self

    def kept(self, which: NDArray[np.bool_]) -> Draft:
        """Only the acts that `which` marks."""
        numbers = np.cumsum(which) - 1
        codes, docs = postings.pairs_of(self.keys)
        mine = which[docs]
        return Draft(self.kind, self.part, self.docs.taken(which), postings.keys_of(codes[mine], numbers[docs[mine]]))


def codes_of(texts: Sequence[str]) -> tuple[postings.Numbers, NDArray[np.int64]]:
    """Every code of some texts, and the number of the text that it stands in."""
    joined = "\n".join(" ".join(runs(text)) for text in texts) + "\n"
    characters = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    between = (characters == _END) | (characters == _SPACE)
    second = np.where(between, 0, characters)[1:].astype(np.uint64)
    begins = ~between[:-1]
    numbers = np.cumsum(characters == _END)[:-1]
    return characters[:-1][begins].astype(np.uint64) << np.uint64(CHARACTER) | second[begins], numbers[begins]


def span_of(word: str) -> list[tuple[int, int]]:
    """The codes that a word of a query needs, as first and last of a range each."""
    if len(word) == 1:
        first = ord(word) << CHARACTER
        return [(first, first | (1 << CHARACTER) - 1)]
    pairs = dict.fromkeys(ord(one) << CHARACTER | ord(other) for one, other in pairwise(word))
    return [(code, code) for code in pairs]


def contact_code(kind: str, value: str) -> int:
    """The code of a contact, already normalised. Two contacts may share one: who finds by it
    compares the contact itself."""
    return int.from_bytes(hashlib.blake2b(f"{kind}\x00{value}".encode(), digest_size=8).digest(), "big") >> (
        64 - postings.CODE_BITS
    )


def draft_of_words(kind: str, docs: Sequence[Doc], texts: Sequence[str]) -> Draft:
    """A segment of texts, one for each act."""
    codes, numbers = codes_of(texts)
    return Draft(kind, "", Docs.of(docs), postings.keys_of(codes, numbers))


def draft_of_codes(kind: str, docs: Sequence[Doc], codes: Sequence[Sequence[int]]) -> Draft:
    """A segment of acts with given codes."""
    pairs = [(code, number) for number, some in enumerate(codes) for code in some]
    return Draft(
        kind,
        "",
        Docs.of(docs),
        postings.keys_of(
            np.array([code for code, _ in pairs], np.uint64), np.array([number for _, number in pairs], np.int64)
        ),
    )


def packed(draft: Draft) -> tuple[bytes, int]:
    """The bytes of a segment before sealing, and how many of them are its head."""
    docs = draft.docs
    if len(docs) >= 1 << postings.DOC_BITS:
        raise TooLarge(len(docs))
    act, case = (
        int(docs.act.min(initial=0 if not len(docs) else int(docs.act[0]))),
        int(docs.case.min(initial=0 if not len(docs) else int(docs.case[0]))),
    )
    columns: dict[str, NDArray[Any]] = {
        "act": (docs.act - act).astype("<u4"),
        "case": (docs.case - case).astype("<u4"),
        "version": docs.version.astype("<u2"),
        "unit": docs.unit.astype("<u2"),
    }
    if len(docs.parts) > 1:
        columns["part"] = docs.part.astype("<u2")
    columns[UNITS] = np.frombuffer(orjson.dumps(docs.units), np.uint8)
    return postings.pack(draft.keys, len(docs), columns, {"act": act, "case": case, "parts": docs.parts})


@dataclass(frozen=True)
class Ready:
    """A segment sealed and ready to be stored."""

    draft: Draft
    name: str
    head: int
    pages: list[bytes]


def ready(draft: Draft) -> Ready:
    """Seal a segment. Touches no database."""
    content, head = packed(draft)
    name = secrets.token_hex(16)
    pages = sealed_pages.seal_pages(ring(), TABLE, name, content)
    if len(pages) >= PAGES:
        raise TooLarge(len(pages))
    return Ready(draft, name, len(sealed_pages.pages_of(0, head)), pages)


def generation() -> int:
    """What new segments are marked with."""
    return Rebuild.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def store(segment: Ready, generation: int) -> None:
    """Write a sealed segment, in the caller's transaction. One without acts leaves nothing."""
    docs = segment.draft.docs
    if not len(docs):
        return
    row = Segment.objects.create(
        kind=segment.draft.kind, generation=generation, part=segment.draft.part, docs=len(docs),
        first_case=int(docs.case.min()), last_case=int(docs.case.max()),
        head=segment.head, pages=len(segment.pages), name=segment.name,
    )  # fmt: skip
    SegmentPage.objects.bulk_create(
        [SegmentPage(row.pk * PAGES + number, page) for number, page in enumerate(segment.pages)], batch_size=64
    )
    if segment.draft.part:
        units = sorted({unit for number in np.unique(docs.unit).tolist() for unit in docs.units[number]})
        PartUnit.objects.bulk_create(
            [PartUnit(part=segment.draft.part, unit=unit) for unit in units], ignore_conflicts=True
        )


def discard(rows: Sequence[int]) -> int:
    """Delete segments with their pages, in the caller's transaction; returns how many were still there."""
    gone = Segment.objects.filter(pk__in=rows).delete()[0]
    for row in rows:
        SegmentPage.objects.filter(pk__gte=row * PAGES, pk__lt=(row + 1) * PAGES).delete()
    return gone
