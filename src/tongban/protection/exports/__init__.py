"""The catalogue as files: the lists that departments report (XLSX, CSV), JSON, DCAT in JSON-LD,
tables for OpenMetadata.

Whose fields go in is the access rule's to say (`access.fields_for`); nothing here reads the database
beyond that. No samples.
"""

from __future__ import annotations

from .files import FORMATS, Format, export

__all__ = ["FORMATS", "Format", "export"]
