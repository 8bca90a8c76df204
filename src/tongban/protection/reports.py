"""Reads a report of `tongban scan` and checks that it may come in: its form, its numbers, and that no
value of the data is in it.

Names of files, tables and columns, comments and places are masked where they hold personal data; samples have to be
masked already, else the whole report is refused. Not for storing: `taking.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from tongban.cases.inputs import clean_text
from tongban.cases.refusal import Refusal
from tongban.detect.findings import Finding, kinds
from tongban.detect.grading import PROFILES, levels
from tongban.detect.masking import mask_text
from tongban.detect.report import READABLE, FieldFound, Left, Report, from_json
from tongban.detect.scanning import scan_text

from .models import NAME

MOST_FIELDS = 100_000
MOST_SAMPLES = 20
MOST_NUMBER = 10**15
TYPE = re.compile(r"[a-z][a-z0-9_]{0,59}|")
STARS = ("＊", "*")
NOTHING = re.compile(r"[＊*@…\s]*")
"""What shows nothing: stars, the sign of an address, and what was cut off."""
SUBJECTS = ("person", "secret")
MACHINES = frozenset({"ipv4", "ipv6", "mac", "imei", "vin"})
"""Addresses and numbers of machines: sources are named after them."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A report that may come in, with its times; `masked`: how many names of files, tables and
    columns had to be masked."""

    report: Report
    started_at: datetime
    finished_at: datetime | None
    masked: int


def bad(message: str) -> Refusal:
    """The refusal of a report."""
    return Refusal("bad_input", message, "report")


def read(raw: bytes | str) -> Report:
    """A report from its JSON. Raises Refusal that says what is wrong, and where."""
    try:
        content = json.loads(raw)
    except (UnicodeDecodeError, RecursionError):
        raise bad(_("文件不是 UTF-8 的 JSON。")) from None
    except json.JSONDecodeError as error:
        raise bad(
            _("文件不是完整的 JSON：第 %(line)d 行第 %(column)d 个字处有误。")
            % {"line": error.lineno, "column": error.colno}
        ) from None
    except ValueError:
        raise bad(_("文件不是 UTF-8 的 JSON。")) from None
    if not isinstance(content, dict) or "tongban_scan" not in content:
        raise bad(_("这不是扫描报告。请上传 tongban scan --format json 写出的文件。"))
    if content["tongban_scan"] not in READABLE:
        raise bad(
            _("报告的版本是 %(found)s，这里只能读第 %(version)s 版。")
            % {"found": str(content["tongban_scan"])[:20], "version": "、".join(map(str, READABLE))}
        )
    try:
        return from_json(raw)
    except (ValueError, OverflowError, RecursionError):
        raise bad(_("报告里缺少内容，或者有不认识的内容。请用 tongban scan 重新扫描。")) from None


def checked(report: Report, now: datetime) -> Checked:
    """The report as it may be kept. Raises Refusal naming the field that is wrong, never its values."""
    started = moment(report.started, _("开始时间"))
    if started is None:
        raise bad(_("报告没有写明扫描的开始时间。"))
    if started > now + timedelta(hours=1):
        raise bad(_("扫描的开始时间在将来，请检查扫描机器的时钟。"))
    if report.profile not in PROFILES:
        raise bad(_("报告依据的标准“%(name)s”不认识。") % {"name": str(report.profile)[:40]})
    if len(report.fields) > MOST_FIELDS:
        raise bad(
            _("报告有 %(number)d 个字段，一份最多 %(most)d 个，请分开扫描。")
            % {"number": len(report.fields), "most": MOST_FIELDS}
        )
    for number in (report.sampled, report.read, report.rows):
        whole(number, _("行数或字节数"))
    masked = 0
    fields: list[FieldFound] = []
    seen: set[str] = set()
    for index, found in enumerate(report.fields, start=1):
        check_field(found, index)
        if found.key in seen:
            raise bad(_("第 %(number)d 个字段在报告里出现了两次。") % {"number": index})
        seen.add(found.key)
        shown = without_values(found)
        masked += any(getattr(shown, name) != clean_text(getattr(found, name)) for name in ("source", "part", "column"))
        fields.append(shown)
    skipped = [left_out(left, index) for index, left in enumerate(report.skipped, start=1)]
    text(report.target, 5000, _("扫描的目标"))
    sources = [text(name, NAME, _("数据源的名称")) for name in report.sources]
    public.cache_clear()  # nothing of a report stays in memory
    return Checked(
        replace(report, fields=fields, skipped=skipped, sources=sources),
        started,
        moment(report.finished, _("结束时间")),
        masked,
    )


def check_field(found: FieldFound, number: int) -> None:
    """Raises Refusal where a field of the report cannot be true or holds a value of the data."""
    at = _("第 %(number)d 个字段") % {"number": number}
    for name in ("source", "part", "column"):
        text(getattr(found, name), NAME, at)
    for name, longest in (("why", 500), ("comment", 5000), ("declared", 500), ("sensitive", 60)):
        text(getattr(found, name), longest, at)
    if not found.source:
        raise bad(_("%(at)s没有写明数据源。") % {"at": at})
    if not isinstance(found.type, str) or not TYPE.fullmatch(found.type):
        raise bad(_("%(at)s的类型不对。") % {"at": at})
    if found.level not in levels():
        raise bad(_("%(at)s的级别不认识。") % {"at": at})
    if not isinstance(found.personal, bool):
        raise bad(_("%(at)s没有写明是否个人信息。") % {"at": at})
    for share in (found.share, found.sure, found.error_bound):
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise bad(_("%(at)s的比例不在 0 和 1 之间。") % {"at": at})
    for count in (found.rows, found.filled, found.persons):
        whole(count, at)
    if not isinstance(found.found, Mapping) or len(found.found) > 200:
        raise bad(_("%(at)s的发现数不对。") % {"at": at})
    for type, count in found.found.items():
        if not isinstance(type, str) or not TYPE.fullmatch(type):
            raise bad(_("%(at)s的类型不对。") % {"at": at})
        whole(count, at)
    for texts in (found.because, found.where, found.samples):
        if len(texts) > 100:
            raise bad(_("%(at)s的说明太多。") % {"at": at})
        for item in texts:
            text(item, 500, at)
    if len(found.samples) > MOST_SAMPLES or not all(map(is_masked, found.samples)):
        raise bad(_("%(at)s的样例没有遮蔽。目录里不保存任何原值，请用 tongban scan 重新写出报告。") % {"at": at})


def is_masked(sample: str) -> bool:
    """Whether a sample shows no value: at least a third of it is stars (138****5678), and the scanner finds nothing in
    it."""
    if NOTHING.fullmatch(sample):
        return True
    stars, seen = sum(map(sample.count, STARS)), sum(character.isalnum() for character in sample)
    return stars > 0 and seen <= 2 * stars and not scan_text(sample)


@lru_cache(maxsize=4096)
def public(words: str) -> str:
    """Text without the personal data and the secrets that stand in it; addresses of machines stay.

    A guess that takes the whole text for a name is none: 单位 and 金额 are headings, though 单 and 金 are surnames.
    """
    clean = clean_text(words)
    found = [finding for finding in scan_text(clean) if finding.type in kinds() and _told(finding, clean)]
    return mask_text(clean, found).text if found else clean


def _told(finding: Finding, words: str) -> bool:
    """Whether a finding in a name or a remark is taken for what it says."""
    kind = kinds()[finding.type]
    sure = kind.checked or finding.confidence >= 0.8 or finding.end - finding.start < len(words)
    return sure and kind.subject in SUBJECTS and finding.type not in MACHINES


def without_values(found: FieldFound) -> FieldFound:
    """The field with its names, comment and places masked where they hold personal data."""
    return replace(
        found, source=public(found.source), part=public(found.part), column=public(found.column),
        comment=public(found.comment)[:500],
        why=public(found.why), declared=clean_text(found.declared)[:200], where=tuple(map(public, found.where)),
        because=tuple(map(clean_text, found.because)), samples=tuple(map(clean_text, found.samples)),
        sensitive=clean_text(found.sensitive),
        found=dict(found.found),
    )  # fmt: skip


def left_out(left: Left, number: int) -> Left:
    """A skipped file as it may be kept."""
    at = _("第 %(number)d 个没有读取的文件") % {"number": number}
    for name, longest in (("source", NAME), ("part", NAME), ("key", 60), ("why", 5000), ("more", 5000)):
        text(getattr(left, name), longest, at)
    return Left(
        public(left.source), public(left.part), clean_text(left.key), public(left.why)[:500], public(left.more)[:500]
    )


def text(value: Any, longest: int, at: str) -> str:
    """The text, if it is one. Raises Refusal."""
    if not isinstance(value, str):
        raise bad(_("%(at)s有一项应当是文字。") % {"at": at})
    if len(value) > longest:
        raise bad(_("%(at)s有一项超过 %(most)d 个字。") % {"at": at, "most": longest})
    return value


def whole(value: Any, at: str) -> int:
    """The number, if it is a whole one that can be counted. Raises Refusal."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_NUMBER:
        raise bad(_("%(at)s有一项应当是不小于 0 的整数。") % {"at": at})
    return value


def moment(words: str, name: str) -> datetime | None:
    """A time of the report, in UTC; None for none. Raises Refusal."""
    if not words:
        return None
    try:
        found = datetime.fromisoformat(words)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise bad(_("报告的%(name)s写法不对，应当像 2026-03-01T08:00:00Z。") % {"name": name}) from None
