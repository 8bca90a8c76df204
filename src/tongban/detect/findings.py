"""What was found: one finding for people, arrays of them for millions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

TYPES: tuple[str, ...] = ("", "resident_id", "credit_code", "bank_card", "mobile", "phone", "email", "plate", "ipv4", "vin", "imei")
"""Names of the kinds that the loops find, by their number."""
WHY = {
    "resident_id": "GB 11643：行政区划、出生日期和校验码",
    "credit_code": "GB 32100 校验码",
    "bank_card": "发卡行标识和 Luhn 校验",
    "mobile": "手机号码号段",
    "phone": "固定电话或服务热线的格式",
    "email": "电子邮箱格式",
    "plate": "车牌号码格式",
    "ipv4": "四段地址",
    "vin": "ISO 3779 校验码",
    "imei": "Luhn 校验和类型分配码",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`type`, the span [start, end) in characters of the original, how sure (0–1), and why."""

    type: str
    start: int
    end: int
    confidence: float
    why: str


@dataclass(slots=True)
class Spans:
    """Findings of the loops in one buffer, in order: byte spans, kinds (numbers of TYPES), confidence in percent."""

    start: Any
    end: Any
    kind: Any
    sure: Any

    def __len__(self) -> int:
        return len(self.start)

    def __iter__(self) -> Iterator[tuple[int, int, str, float]]:
        for start, end, kind, sure in zip(self.start, self.end, self.kind, self.sure, strict=True):
            yield int(start), int(end), TYPES[int(kind)], int(sure) / 100
