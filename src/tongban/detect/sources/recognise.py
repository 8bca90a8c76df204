"""Says from its content what a file is: a container format by its first bytes, a text by its encoding.

The name is asked for nothing but to tell CSV and TSV apart from prose when the content leaves it open. The encoding is
judged on samples over the whole file, so that a long ASCII beginning does not hide GB18030 behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .blobs import Blob

SAMPLE = 64 << 10
_SAMPLES = 24
_PRINTABLE = frozenset(range(0x20, 0x7F)) | {9, 10, 12, 13}
_ODD_CONTROLS = bytes(set(range(0x20)) - {9, 10, 12, 13, 27} | {0x7F})
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"PAR1", "parquet"),
    (b"%PDF-", "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_office"),
    (b"Rar!\x1a\x07", "unsupported"),
    (b"7z\xbc\xaf\x27\x1c", "unsupported"),
    (b"\x1f\x8b\x08", "unsupported"),
    (b"BZh", "unsupported"),
    (b"\xfd7zXZ\x00", "unsupported"),
    (b"\x28\xb5\x2f\xfd", "unsupported"),
    (b"\x89PNG\r\n", "unsupported"),
    (b"\xff\xd8\xff", "unsupported"),
    (b"GIF8", "unsupported"),
    (b"\x7fELF", "binary"),
)
_BOMS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """`form`: zip, sqlite, parquet, pdf, old_office, unsupported, binary or text; of a text also its encoding and
    where it begins after a BOM."""

    form: str
    encoding: str = ""
    begin: int = 0


def recognise(blob: Blob) -> Kind:
    """What the file is; costs a few small reads, whatever its size."""
    head = blob.read(min(SAMPLE, blob.size), 0)
    for magic, form in _MAGIC:
        if head.startswith(magic) and not (form == "unsupported" and magic == b"BZh" and head[3:4] not in b"123456789"):
            return Kind(form)
    if b"%PDF-" in head[:1024] and b"\x00" not in head[:1024]:
        return Kind("pdf")
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return Kind("text", encoding, len(bom))
    samples = [head]
    if blob.size > SAMPLE:
        step = max((blob.size - SAMPLE) // _SAMPLES, 4096)
        samples += [blob.read(4096, at & ~1) for at in range(SAMPLE, blob.size, step)]
    encoding = encoding_of(samples)
    return Kind("text", encoding) if encoding else Kind("binary")


def encoding_of(samples: list[bytes]) -> str:
    """utf-8, gb18030, utf-16-le, utf-16-be, or empty for what is no text. Samples may begin
    and end inside a character."""
    raw = b"".join(samples)
    if not raw:
        return "utf-8"
    odd = (len(raw) - len(raw.translate(None, _ODD_CONTROLS))) / len(raw)
    if odd <= 0.1 and _damage(samples, "utf-8") <= 0.002:
        return "utf-8"
    scores = {name: _sense(samples[:8] + samples[-4:], name) for name in ("gb18030", "utf-16-le", "utf-16-be")}
    if odd > 0.1:
        scores["gb18030"] = 0.0
    best = max(scores, key=lambda name: scores[name])
    if scores[best] >= 0.9:
        return best
    return "utf-8" if odd <= 0.02 and _damage(samples, "utf-8") <= 0.1 and scores[best] < 0.7 else ""


def _damage(samples: list[bytes], encoding: str) -> float:
    """The share of bytes that are wrong in UTF-8, edges of samples aside."""
    wrong = total = 0
    for index, sample in enumerate(samples):
        total += len(sample)
        if sample.isascii():
            continue
        text = sample.decode(encoding, "replace")
        if index:
            text = text.lstrip("\ufffd")
        cut = text.rstrip("\ufffd")
        wrong += cut.count("\ufffd") + max(0, len(text) - len(cut) - 3)
    return wrong / total if total else 0.0


_SENSIBLE = re.compile("[\t\n\r -~\u00b7\u2010-\u2026\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


def _sense(samples: list[bytes], encoding: str) -> float:
    """The share of characters that a Chinese or English text is made of, were it in this encoding."""
    good = total = 0
    for sample in samples:
        text = sample.decode(encoding, "replace")[2:-2] if len(sample) > 64 else sample.decode(encoding, "replace")
        total += len(text)
        good += len(_SENSIBLE.findall(text))
    return good / total if total else 0.0
