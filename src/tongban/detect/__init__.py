"""Detectors for personal data in text, and masking. A first version; scanning files and tables comes with its own issue.

Floor 0: pure Python, useful alone. Numbers with a checksum are checked, not guessed.

>>> mask_text("请打13800000000找我").text
'请打＊＊＊＊＊＊＊＊＊＊＊找我'
"""

from .checks import is_credit_code, is_resident_id, luhn_ok
from .findings import Finding
from .masking import Masked, mask_text
from .scanning import scan_text

__all__ = ["Finding", "Masked", "is_credit_code", "is_resident_id", "luhn_ok", "mask_text", "scan_text"]
