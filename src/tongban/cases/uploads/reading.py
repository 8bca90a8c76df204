"""What is read out of a picture or a PDF that a stranger sends, and then forgotten: the words of QR codes, a file
that is enclosed. Runs in the bounded child alone (`child.py`); the house asks by `cleaner.codes_in` and
`cleaner.enclosed_in`. Not for keeping a file.
"""

from __future__ import annotations

import io
import json

from .refused import Refused

CODES, ENCLOSED = "codes in ", "enclosed in "
"""Before the kind of a file: that it is to be read, not cleaned."""
MOST_CODES = 4
LARGEST_ENCLOSED = 400_000
ENDINGS = (".tlog-proof", ".sdjwt")
"""Of files that are looked for in a PDF: a receipt, a certificate."""
SIDE = 3_000
"""A photo is made no larger than so many pixels to a side before codes are looked for; a QR code stays readable."""


def codes(content: bytes, kind: str, most: int) -> tuple[bytes, list[str]]:
    """The words of the QR codes on a picture, as a JSON list. Raises Refused."""
    import zxingcpp
    from PIL import Image

    from .pictures import FORMATS

    Image.MAX_IMAGE_PIXELS = most // 2
    try:
        with Image.open(io.BytesIO(content), formats=[FORMATS[kind.removeprefix(CODES)]]) as image:
            if image.width * image.height > most:
                raise Refused("too_large")
            grey = image.convert("L")
            grey.thumbnail((SIDE, SIDE))
            found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    except Image.DecompressionBombError as error:
        raise Refused("too_large") from error
    except (Refused, MemoryError):
        raise
    except Exception as error:  # whatever a damaged picture raises
        raise Refused("damaged") from error
    return json.dumps([one.text for one in found[:MOST_CODES]]).encode(), []


def enclosed(content: bytes, _kind: str, _most: int) -> tuple[bytes, list[str]]:
    """The first file enclosed in a PDF whose name has one of `ENDINGS`; empty where there is none. Raises Refused."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as file:
            for name in list(file.attachments)[:20]:
                if name.endswith(ENDINGS):
                    return file.attachments[name].get_file().read_bytes()[:LARGEST_ENCLOSED], []
    except MemoryError:
        raise
    except Exception as error:  # whatever a damaged PDF raises
        raise Refused("damaged") from error
    return b"", []
