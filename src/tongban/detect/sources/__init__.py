"""Reads files and databases for a scanner, in bounded memory, from any point on.

`read_path` walks over a file or folder, `read_database` over the tables of a database; both give pieces (see
pieces.py). What is not read is a `Skipped` with its reason, never an exception; only a source that isn't there at all
is a SourceError. Not for finding anything in them.
"""

from .database import read_database
from .pieces import (
    WHY,
    BytesPiece,
    Finished,
    Limits,
    Mode,
    Piece,
    Pieces,
    RecordsPiece,
    Skipped,
    SourceError,
    TableBatch,
    TextPiece,
)
from .walk import read_path

__all__ = [
    "WHY",
    "BytesPiece",
    "Finished",
    "Limits",
    "Mode",
    "Piece",
    "Pieces",
    "RecordsPiece",
    "Skipped",
    "SourceError",
    "TableBatch",
    "TextPiece",
    "read_database",
    "read_path",
]
