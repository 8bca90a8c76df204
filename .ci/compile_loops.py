"""Compiles the scanning loops once and keeps them: else each of the processes that test them would, at the same time and for a minute each.

With the name of a part only that part, so that two cores share the work.
"""

import sys

from tongban.detect import scan_text
from tongban.detect.people import find_people
from tongban.detect.tally import Tally

TEXT = "我叫王建军，住西安市雁塔区科技路1号，手机13812345678，一三八一二三四五六七八。\n" * 3000


def numbers() -> None:
    scan_text(TEXT)


def people() -> None:
    find_people(TEXT)


def tables() -> None:
    Tally(("姓名", "手机"), watched=(0,)).feed_bytes("王建军,13812345678\n".encode() * 20_000)
    Tally(("姓名", "手机"), watched=(0,)).feed_values([["王建军"] * 20_000, ["13812345678"] * 20_000])


if __name__ == "__main__":
    for part in sys.argv[1:] or ("numbers", "people", "tables"):
        globals()[part]()
