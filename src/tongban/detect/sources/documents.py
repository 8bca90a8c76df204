"""Texts of DOCX, PPTX, ODT, ODP, ODS and OFD: the XML parts that hold words, one after another,
tables as lines with tabs."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Any

from .decoded import read_chunks
from .pieces import DONE, Limits, Pieces, Place
from .xmltext import PARAGRAPHS, RUNS, Doctype, text_of

_PARTS = {
    "docx": re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments|glossary/document)\.xml"),
    "pptx": re.compile(r"ppt/(?:slides|notesSlides|comments|diagrams)/[^/]+\.xml"),
    "odf": re.compile(r"(?:content|styles)\.xml"),
    "ofd": re.compile(r"(?:.*/)?(?:Content|Page_?\d*|Annotation\w*)\.xml", re.IGNORECASE),
}


def form_of(names: list[str], mimetype: bytes) -> str:
    """docx, pptx, xlsx, odf or ofd for the names in a ZIP file; empty for an ordinary one."""
    there = set(names)
    if "[Content_Types].xml" in there:
        for name, form in (
            ("word/document.xml", "docx"),
            ("ppt/presentation.xml", "pptx"),
            ("xl/workbook.xml", "xlsx"),
        ):
            if name in there:
                return form
    if mimetype.startswith(b"application/vnd.oasis.opendocument.") and "content.xml" in there:
        return "odf"
    return "ofd" if "OFD.xml" in there else ""


def read_document(archive: zipfile.ZipFile, form: str, place: Place, limits: Limits, state: Any) -> Pieces:
    """The texts of a document. The state is [part, character]."""
    first, inner = state if state is not None else (0, None)
    infos = sorted(
        (info for info in archive.infolist() if _PARTS[form].fullmatch(info.filename)),
        key=lambda info: _numbered(info.filename),
    )
    for index, info in enumerate(infos):
        if index < first or (index == first and inner == DONE):
            continue
        part = place.inside(info.filename, lambda rest, index=index: [index, rest])  # type: ignore[misc]
        if info.file_size > limits.member_bytes or (
            info.file_size > limits.ratio_from and info.file_size > limits.ratio * info.compress_size
        ):
            yield part.skipped("ratio")
            continue
        try:
            yield from read_chunks(_chunks(archive, info, form), part, limits, inner if index == first else None)
        except Doctype:
            yield part.skipped("doctype")
        except RuntimeError:
            yield part.skipped("encrypted")
        except Exception as error:  # whatever a damaged part raises: the others are read
            yield part.skipped("damaged", more=type(error).__name__)
    yield place.finished(None)


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, form: str) -> Iterator[str]:
    with archive.open(info) as stream:
        yield from text_of(stream, PARAGRAPHS if form == "odf" else RUNS)


def _numbered(name: str) -> tuple[int, list[tuple[int, str]]]:
    """slide2 before slide10, the document before its header."""
    first = 0 if name.endswith(("document.xml", "content.xml")) else 1
    return first, [(int(digits or 0), words) for digits, words in re.findall(r"(\d+)|(\D+)", name)]
