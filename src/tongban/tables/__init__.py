"""Tables in files: CSV in the encodings of this country and XLSX, read row by row and written without formulas.

A library of its own: no Django, no database. What the columns mean is not for this room to say; nor is finding tables
in files of every kind (`detect/sources/`).

    >>> read_table("代码,名称\\n0101,路灯\\n".encode("gb18030"), {"代码": "code", "名称": "name"})
    [(2, {'code': '0101', 'name': '路灯'})]
    >>> csv_bytes([["name"], ["=1+1"]]).decode("utf-8-sig")
    "name\\r\\n'=1+1\\r\\n"
"""

from .encodings import BROKEN, decoded
from .errors import UnreadableTable
from .reading import Rows, broken_columns, read_table, readable
from .streaming import stream_table
from .writing import ILLEGAL, csv_bytes, csv_lines, defused, rejected_csv, xlsx_bytes

__all__ = [
    "BROKEN", "ILLEGAL", "Rows", "UnreadableTable", "broken_columns", "csv_bytes", "csv_lines", "decoded",
    "defused", "read_table",
    "readable", "rejected_csv", "stream_table", "xlsx_bytes",
]  # fmt: skip
