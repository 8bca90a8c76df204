"""TEMPORARY SHIM by the lead until the helper's room arrives: overwrite freely."""
from __future__ import annotations
import re
from dataclasses import dataclass
@dataclass(frozen=True)
class Finding:
    kind:str; start:int; end:int; confidence:float; why:str
@dataclass(frozen=True)
class Masked:
    text:str; findings:list
_p=re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
def scan_text(s,kinds=None): return [Finding("mobile",m.start(),m.end(),1.0,"") for m in _p.finditer(s)]
def mask_text(s,findings=None,keep=None):
    f=scan_text(s); return Masked(_p.sub("＊"*11,s),f)
