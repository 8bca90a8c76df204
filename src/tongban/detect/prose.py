"""What a scan counts of one running text. It holds no value that was found: distinct ones are counted by
HyperLogLog, samples are masked."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import cells
from .masking import shown
from .tally import MOST_KEPT


@dataclass(slots=True)
class TextTally:
    """Counts of one running text: findings by type, distinct values, where the first stand, masked samples."""

    found: dict[str, int] = field(default_factory=dict)
    registers: dict[str, Any] = field(default_factory=dict)
    where: list[str] = field(default_factory=list)
    samples: dict[str, str] = field(default_factory=dict)
    sure: dict[str, float] = field(default_factory=dict)
    lines: int = 0

    def add(self, name: str, value: str, sure: float, where: str) -> None:
        """One finding."""
        self.found[name] = self.found.get(name, 0) + 1
        raw = value.encode("utf-8", "surrogatepass")
        cells.count_in(
            self.registers.setdefault(name, np.zeros(cells.REGISTERS, np.uint8)), cells.hashed(raw, 0, len(raw))
        )
        self.sure[name] = max(self.sure.get(name, 0.0), sure)
        if len(self.where) < MOST_KEPT:
            self.where.append(where)
        if len(self.samples) < 3 and name not in self.samples:
            self.samples[name] = shown(value, name)

    def packed(self) -> bytes:
        """The counts as bytes."""
        registers = {
            name: base64.b64encode(np.asarray(one, np.uint8).tobytes()).decode() for name, one in self.registers.items()
        }
        told = {
            "found": self.found,
            "registers": registers,
            "where": self.where,
            "samples": self.samples,
            "sure": self.sure,
            "lines": self.lines,
        }
        return json.dumps(told).encode()

    @classmethod
    def unpacked(cls, raw: bytes) -> TextTally:
        """What `packed` made."""
        told = json.loads(raw)
        registers = {
            name: np.frombuffer(base64.b64decode(one), np.uint8).copy() for name, one in told.pop("registers").items()
        }
        return cls(registers=registers, **told)
