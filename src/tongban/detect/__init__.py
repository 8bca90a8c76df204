"""Finds, grades and masks sensitive data in text, tables, files and databases. docs/rooms/detect.md is its manual.

Floor 0: no Django, no settings, no database of its own. Numbers with a checksum are checked, not guessed. `scan_text`
and `mask_text` need numpy alone; files and databases, and the compiled loops, need the extra `scan`.

>>> mask_text("请打13800000000找我").text
'请打＊＊＊＊＊＊＊＊＊＊＊找我'
>>> [(found.type, found.start, found.end) for found in scan_text("请打13800000000找我")]
[('mobile', 2, 13)]
"""

from typing import TYPE_CHECKING, Any

from .checks import is_credit_code, is_resident_id, luhn_ok
from .findings import Finding
from .masking import Masked, mask_text
from .scanning import scan_text

if TYPE_CHECKING:
    from .scan import Options, Scan, scan_table

__all__ = [
    "Finding",
    "Masked",
    "Options",
    "Scan",
    "is_credit_code",
    "is_resident_id",
    "luhn_ok",
    "mask_text",
    "scan_table",
    "scan_text",
]


def __getattr__(name: str) -> Any:
    """What reads tables and files is imported when it is first asked for."""
    if name in ("Options", "Scan", "scan_table"):
        from . import scan

        return getattr(scan, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
