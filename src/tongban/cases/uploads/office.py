"""Word and Excel files without what they say of their author and without what they fetch from outside. Runs in the
child alone.

The parts (ECMA-376, part 2) are copied one by one; the core, extended and custom properties are emptied, the thumbnail
goes, and every relationship to something outside points nowhere, but for hyperlinks, which somebody has to click. What
cannot be taken out without changing the words (embedded objects, fields that call a program) is noted. Not for macros:
such files are not taken at all.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

from .refused import Refused

MOST_PARTS, MOST_BYTES, MOST_XML = 5_000, 200_000_000, 40_000_000
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
NOWHERE = "about:blank"
CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
EXTENDED = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
CUSTOM = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
)
EMPTIED = {"docprops/core.xml": CORE, "docprops/app.xml": EXTENDED, "docprops/custom.xml": CUSTOM}
DDE = re.compile(rb"DDEAUTO|\bDDE\b|<ddeLink\b", re.IGNORECASE)
EMBEDDED = ("/embeddings/", "/activex/", "/afchunk")


def clean(content: bytes, _kind: str, _most: int) -> tuple[bytes, list[str]]:
    """The clean file, and notes: `removed:external`, `embedded`, `dde`. Raises Refused: `damaged`, `too_much`."""
    notes: set[str] = set()
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise Refused("too_much")
            if len({part.filename.lower() for part in parts}) != len(parts):
                raise Refused("damaged")  # two parts of one name: what is checked and what is opened may differ
            room = MOST_BYTES
            for part in parts:
                if part.is_dir() or part.filename.lower().startswith("docprops/thumbnail"):
                    continue
                raw = _read(archive, part, room)
                room -= len(raw)
                target.writestr(_named(part.filename), _cleaned(part.filename.lower(), raw, notes))
    except (Refused, MemoryError):
        raise
    except Exception as error:  # whatever a damaged archive or part raises
        raise Refused("damaged") from error
    return out.getvalue(), sorted(notes)


def _named(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)  # of 1980, as nobody's clock says
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> bytes:
    """A part, by what it unpacks to and not by what it says of its size. Raises Refused."""
    with archive.open(part) as file:
        raw = file.read(room + 1)
    if len(raw) > room:
        raise Refused("too_much")
    return raw


def _cleaned(name: str, raw: bytes, notes: set[str]) -> bytes:
    if any(place in name for place in EMBEDDED):
        notes.add("embedded")
    if name in EMPTIED:
        return EMPTIED[name]
    if not name.endswith((".xml", ".rels", ".vml")):
        return raw
    if len(raw) > MOST_XML and name.endswith(".rels"):
        raise Refused("too_much")
    if b"<!DOCTYPE" in raw[:4096] or b"<!ENTITY" in raw:
        raise Refused("damaged")  # forbidden in these files (ECMA-376, part 2, 8.1.4)
    if DDE.search(raw) and not name.startswith("docprops/"):
        notes.add("dde")
    return _without_what_is_outside(name, raw, notes) if name.endswith(".rels") else raw


def _without_what_is_outside(name: str, raw: bytes, notes: set[str]) -> bytes:
    ElementTree.register_namespace("", RELS)
    root = ElementTree.fromstring(raw)  # noqa: S314 -- no entities, see above; and the child is bounded
    for link in list(root):
        kind = link.get("Type", "").rsplit("/", 1)[-1].lower()
        if kind == "thumbnail":
            root.remove(link)
        elif link.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
            link.set("Target", NOWHERE)
            notes.add("removed:external")
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))
