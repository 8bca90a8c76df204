"""Files of every format with bytes changed, cut, doubled and put in: a reason for each that cannot be read, and the
file beside it is found."""

from __future__ import annotations

import io
import json
import random
import sqlite3
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pyarrow import parquet

from tests.detect.sources.making import docx, odf, ofd, paragraph, pdf, slide, word_table, zip_bytes
from tongban.detect import Options, Scan
from tongban.detect.presenting import as_html

NUMBERS = [f"138{i:08d}" for i in range(40)]
LINES = "".join(f"{i},王伟{i},61011319800101{i:04d},{number},雁塔区小寨东路{i}号\n" for i, number in enumerate(NUMBERS))
TABLE = "序号,姓名,身份证,电话,地址\n" + LINES
TOKENS = [
    b"\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe", b'"',
    b"'", b"\r\n", b",", b"\t", b"<", b"&", b"]]>",
    b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>]>", b"&a;&a;", b"1e999", b"NaN", b"[", b"{", b"]", b"}", b"\\ud800",
    b"endobj", b"stream", b"<<", b">>", b"9" * 21,
    b"A" * 5_000, b"1 " * 300, b"[" * 3_000, b"PK\x03\x04", b"PK\x05\x06", b'encoding="utf-16"', b'encoding="x"',
]  # fmt: skip


def workbook() -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in (["姓名", "电话"], *(["王伟", number] for number in NUMBERS)):
        book.active.append(row)
    book.create_sheet("二").append(["=A1", "b"])
    book.save(out)
    return out.getvalue()


def database(folder: Path) -> bytes:
    path = folder / "made.sqlite"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE t (id integer PRIMARY KEY, phone text, more blob)")
        made.executemany("INSERT INTO t (phone, more) VALUES (?, ?)", [(number, b"\0\xff") for number in NUMBERS * 4])
        made.execute("CREATE INDEX i ON t (phone)")
    made.close()
    return path.read_bytes()


def columns() -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table({"phone": NUMBERS, "n": list(range(40)), "list": [[i] for i in range(40)]}), out)
    return out.getvalue()


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, bytes]:
    """A good file of each format, by the ending of its name."""
    folder = tmp_path_factory.mktemp("good")
    body = "".join(paragraph(f"电话{number}") for number in NUMBERS[:9]) + word_table([["王伟", NUMBERS[0]]])
    rows = [
        {"a": i, "电话": number, "deep": {"x": [1, {"y": "王伟"}]}, "f": 1.5e3, "n": None}
        for i, number in enumerate(NUMBERS)
    ]
    found = {
        "utf8.csv": TABLE.encode(),
        "gb.csv": TABLE.encode("gb18030"),
        "utf16.csv": TABLE.encode("utf-16"),
        "tsv": TABLE.replace(",", "\t").encode(),
        "json": json.dumps({"rows": rows}, ensure_ascii=False).encode(),
        "jsonl": "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode(),
        "txt": ("电话13800138000，住在雁塔区小寨东路3号。\n" * 20).encode(),
        "xlsx": workbook(),
        "docx": zip_bytes(docx(body)),
        "pptx": zip_bytes({"[Content_Types].xml": "<Types/>", "ppt/slides/slide1.xml": slide("电话13800138000")}),
        "odt": zip_bytes(odf("text", "<office:text><text:p>电话13800138000</text:p></office:text>")),
        "ofd": zip_bytes(ofd([("0 0 9 9", "电话13800138000")])),
        "pdf": pdf(folder / "made.pdf", ["电话13800138000", "身份证610113198001011234"]).read_bytes(),
        "sqlite": database(folder),
        "parquet": columns(),
    }
    found["zip"] = zip_bytes(
        {f"d/x.{name}": found[name] for name in ("utf8.csv", "json", "xlsx")} | {"in.zip": zip_bytes({"in.csv": TABLE})}
    )
    return found


def mutated(raw: bytes, dice: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(dice.choice((1, 1, 2, 3, 8, 30))):
        if not changed:
            break
        at, size = dice.randrange(len(changed)), dice.choice((1, 2, 4, 8))
        match dice.randrange(8):
            case 0:
                changed[at] ^= 1 << dice.randrange(8)
            case 1:
                del changed[at : at + dice.choice((1, 2, 4, 16, 200))]
            case 2:
                changed[at:at] = dice.choice(TOKENS)
            case 3:
                token = dice.choice(TOKENS)
                changed[at : at + len(token)] = token
            case 4:
                begin = dice.randrange(len(changed))
                changed[at:at] = changed[begin : begin + dice.choice((4, 32, 500))]
            case 5:
                changed[at : at + size] = dice.randbytes(size)
            case 6:
                number = dice.choice((0, 1, 2**31 - 1, 2**32 - 1, 2**16 - 1, len(changed), len(changed) + 1)) % 2 ** (
                    8 * size
                )
                changed[at : at + size] = number.to_bytes(size, dice.choice(("little", "big")))
            case 7 if dice.random() < 0.3:
                del changed[at:]
    return bytes(changed)


def spoiled(raw: bytes, dice: random.Random) -> bytes:
    """A file with something wrong; of an archive mostly inside, one member as it was unpacked."""
    if not raw.startswith(b"PK") or dice.random() < 0.25:
        return mutated(raw, dice)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    name = dice.choice(list(members))
    content = mutated(bytes(members.pop(name)), dice)  # type: ignore[arg-type]
    if dice.random() < 0.9:
        members[dice.choice((name, name, name, f"../{name}", f"/{name}", name.upper(), name * 30))] = content
    return zip_bytes(members)


ENDINGS = [
    "utf8.csv",
    "gb.csv",
    "utf16.csv",
    "tsv",
    "json",
    "jsonl",
    "txt",
    "xlsx",
    "docx",
    "pptx",
    "odt",
    "ofd",
    "pdf",
    "sqlite",
    "parquet",
    "zip",
]


@pytest.mark.parametrize("ending", ENDINGS)
@given(seed=st.integers(0, 2**32))
@example(seed=0)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_with_something_wrong_ends_by_itself_and_the_next_one_is_read(ending, seed, files, tmp_path):
    dice = random.Random(seed)
    (tmp_path / f"a.{ending}").write_bytes(spoiled(files[ending], dice))
    (tmp_path / "z.csv").write_text(
        "name,phone\n" + "".join(f"x{i},{number}\n" for i, number in enumerate(NUMBERS)), "utf-8"
    )
    scan = Scan(str(tmp_path), Options())
    for _ in scan.run():
        pass
    assert [
        field.share for field in scan.report.fields if field.source.endswith("z.csv") and field.type == "mobile"
    ] == [1.0]
    assert all(left.key and left.why for left in scan.report.skipped)
    assert as_html(scan.report, "en")
    assert scan.report.as_json()


def test_the_good_files_are_found_in(files, tmp_path):
    """Else the test above would spoil what nobody reads."""
    for ending, raw in files.items():
        (tmp_path / f"a.{ending}").write_bytes(raw)
    scan = Scan(str(tmp_path), Options())
    for _ in scan.run():
        pass
    assert [(left.part, left.key) for left in scan.report.skipped] == [("t", "binary_column")]
    assert {
        field.source.rpartition("a.")[2].partition("!")[0].partition("/")[0]
        for field in scan.report.fields
        if field.type == "mobile"
    } >= set(ENDINGS)
