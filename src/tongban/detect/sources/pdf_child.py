"""The child process that reads one PDF file: run by pdf.py as a script of its own, within limits of memory and time.

Writes JSON lines to its standard output: ["pages", count], then [page, text] in order, [page, null] for a
page that can't be read. Exit codes: 0 read, 3 encrypted, 4 pypdf is missing, 5 out of memory, 6 damaged.
Imports nothing of Tongban.
"""

from __future__ import annotations

import json
import logging
import resource
import sys

CHUNK = 1 << 18


def _say(*what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")


def read(path: str, first: int) -> int:
    """The texts of the pages from number `first` (0-based) on."""
    try:
        from pypdf import PdfReader
        from pypdf.errors import FileNotDecryptedError, WrongPasswordError
    except ImportError:
        return 4
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            return 3
        count = len(reader.pages)
        _say("pages", count)
        for number in range(first, count):
            try:
                text = reader.pages[number].extract_text()
            except MemoryError:
                return 5
            except Exception:  # whatever a damaged page raises: the others are read
                _say(number, None)
                continue
            for begin in range(0, max(len(text), 1), CHUNK):
                _say(number, text[begin : begin + CHUNK])
        return 0
    except (FileNotDecryptedError, WrongPasswordError):
        return 3
    except MemoryError:
        return 5
    except Exception as error:
        return 3 if "cryptography" in str(error) or "decrypt" in str(error).lower() else 6


def main() -> None:
    path, first, seconds, memory = sys.argv[1], *map(int, sys.argv[2:5])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)
    sys.exit(read(path, first))


if __name__ == "__main__":
    main()
