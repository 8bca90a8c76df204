"""PDF without what it says of its author and without what runs by itself. Runs in the bounded child alone.

Written anew by qpdf (pikepdf; three to five times as fast as pypdf on tagged files) from what its catalogue leads to,
so that earlier versions of the file, which may hold what somebody took out, go too. A file that is signed or encrypted
stays as it is, for its signature would break, and what is in it is noted. Not a proof that a file is harmless.
"""

from __future__ import annotations

import io
from typing import Any

from .refused import Refused

ACTIONS = {
    "/JavaScript": "javascript", "/Launch": "action", "/SubmitForm": "action", "/ImportData": "action",
    "/Rendition": "action", "/Movie": "action", "/Sound": "action", "/GoToE": "action", "/GoToR": "action",
    "/RichMediaExecute": "action",
}  # fmt: skip
"""Actions that do something beyond turning to a page or opening an address that somebody clicked (ISO 32000-2,
12.6.4)."""
TRIGGERS = {
    "/AA": "action",
    "/OpenAction": "action",
    "/XFA": "action",
    "/JS": "javascript",
    "/EF": "embedded",
    "/RichMediaContent": "embedded",
}
ABOUT = frozenset({"/Metadata", "/PieceInfo", "/LastModified"})
MOST_DEPTH = 60


def clean(content: bytes, _kind: str, _most: int) -> tuple[bytes, list[str]]:
    """The clean file and notes: what was taken out (`removed:javascript`, …) and what is still in it (`javascript`,
    `action`, `embedded`, `signed`, `encrypted`, `unchecked`). Raises Refused where it takes too much."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as file:
            if file.is_encrypted:
                return content, ["encrypted"]
            if _signed(file):
                return content, sorted(_in(file, strip=False) | {"signed"})
            found = _in(file, strip=True)
            _forget_names(file)
            left = _in(file, strip=False)
            out = io.BytesIO()
            file.save(out)
            return out.getvalue(), sorted({f"removed:{name}" for name in found - left} | left)
    except pikepdf.PasswordError:
        return content, ["encrypted"]
    except (MemoryError, Refused):
        raise
    except Exception:  # whatever cannot be read; readers of PDF are more patient
        return content, ["unchecked"]


def _in(file: Any, *, strip: bool) -> set[str]:
    """What runs by itself or is embedded, anywhere in the file; with `strip` it is taken out."""
    found: set[str] = set()
    _look(file.Root, 0, found, strip)
    for item in file.objects:
        _look(item, 0, found, strip)
    return found


def _look(item: Any, depth: int, found: set[str], strip: bool) -> None:
    import pikepdf

    if depth > MOST_DEPTH:
        raise Refused("too_much")
    if isinstance(item, pikepdf.Array):
        parts = list(item)
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        if _runs(item):
            found.add(ACTIONS[str(item["/S"])])
            if strip:
                for name in list(item.keys()):
                    del item[name]
                return
        for name in list(item.keys()):
            if name in TRIGGERS and not _harmless(name, item):
                found.add(TRIGGERS[name])
            elif name not in ABOUT:
                continue
            if strip:
                del item[name]
        parts = [item[name] for name in item.keys()]  # noqa: SIM118 -- no mapping
    else:
        return
    for part in parts:
        if isinstance(part, pikepdf.Array | pikepdf.Dictionary) and not part.is_indirect:
            _look(part, depth + 1, found, strip)


def _runs(item: Any) -> bool:
    import pikepdf

    action = item.get("/S")
    return isinstance(action, pikepdf.Name) and str(action) in ACTIONS and item.get("/Type") in (None, "/Action")


def _harmless(name: str, item: Any) -> bool:
    """Opening at a page is no danger: a destination, or the action that goes to one."""
    import pikepdf

    if name != "/OpenAction":
        return False
    opening = item[name]
    return isinstance(opening, pikepdf.Array) or (
        isinstance(opening, pikepdf.Dictionary) and opening.get("/S") in ("/GoTo", "/Named")
    )


def _forget_names(file: Any) -> None:
    """Take out the tables that name scripts and embedded files, and what the file says of itself."""
    names = file.Root.get("/Names", {})
    for table, gone in (
        (names, "/JavaScript"),
        (names, "/EmbeddedFiles"),
        (file.Root, "/AF"),
        (file.trailer, "/Info"),
        (file.trailer, "/ID"),
    ):
        if gone in table:
            del table[gone]


def _signed(file: Any) -> bool:
    flags = file.Root.get("/AcroForm", {}).get("/SigFlags", 0)
    return bool(int(flags) & 1) or "/Perms" in file.Root
