"""What differs since the last scan, in sentences: “新出现：手机号码，命中 96%；上次没有发现”. Not for finding
differences (`verdicts.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Min
from django.utils.translation import gettext as _

from .clauses import people
from .models import Difference, Field, Source
from .verdicts import volumes
from .words import level_name, sensitive_name, share_text, type_name


@dataclass(frozen=True, slots=True)
class Known:
    """What a sentence may use besides the difference: the share of the rows that the type was found in at that scan
    (None where that is no longer known), and whether the scan was the first of its source."""

    type: str = ""
    share: float | None = None
    first: bool = False


def told(what: str, before: str, after: str, known: Known) -> str:
    """One difference as a sentence, in the language of the page."""
    if what == "new":
        return _new(known)
    if what == "type":
        return _type(before, after, known)
    if what in ("raised", "lowered"):
        words = _("级别升高：从%(before)s到%(after)s") if what == "raised" else _("级别降低：从%(before)s到%(after)s")
        return words % {"before": level_name(before), "after": level_name(after)}
    if what == "sensitive":
        return _sensitive(before, after)
    if what == "grown":
        return _grown(before, after)
    if what == "back":
        return _("上次没有找到这个字段，这次又出现")
    return _("这次没有找到这个字段（上次是%(level)s）") % {"level": level_name(before)}


def _hit(type: str, share: float | None) -> str:
    """A type with the share of the rows that it was found in."""
    if share is None:
        return type_name(type)
    return _("%(type)s，命中 %(share)s") % {"type": type_name(type), "share": share_text(share)}


def _new(known: Known) -> str:
    if known.first:
        words = _("第一次扫描：%(what)s") if known.type else _("第一次扫描，没有发现敏感内容")
    else:
        words = _("新出现的字段：%(what)s") if known.type else _("新出现的字段，没有发现敏感内容")
    return words % {"what": _hit(known.type, known.share)} if known.type else words


def _type(before: str, after: str, known: Known) -> str:
    if not before:
        return _("新出现：%(what)s；上次没有发现") % {"what": _hit(after, known.share)}
    if not after:
        return _("这次没有发现；上次是%(type)s") % {"type": type_name(before)}
    return _("这次是%(what)s；上次是%(type)s") % {"what": _hit(after, known.share), "type": type_name(before)}


def _sensitive(before: str, after: str) -> str:
    if not before:
        return _("新列入敏感个人信息：%(name)s") % {"name": sensitive_name(after)}
    if not after:
        return _("不再列入敏感个人信息（上次是%(name)s）") % {"name": sensitive_name(before)}
    given = {"before": sensitive_name(before), "after": sensitive_name(after)}
    return _("敏感个人信息类别由%(before)s改为%(after)s") % given


def _grown(before: str, after: str) -> str:
    if not (before.isdecimal() and after.isdecimal()):
        return ""
    passed = [limit for limit in volumes() if int(before) < limit <= int(after)]
    given = {"before": f"{int(before):,}", "after": f"{int(after):,}"}
    if not passed:
        return _("涉及人数由 %(before)s 人增加到 %(after)s 人") % given
    return _("涉及人数由 %(before)s 人增加到 %(after)s 人，超过了 %(limit)s人的界限") % {
        **given,
        "limit": people(passed[-1]),
    }


def sentences(differences: Sequence[Difference], row: Field, first: bool) -> list[str]:
    """Differences of one scan of a field as sentences; `first`: the scan was the first of the source."""
    if not differences:
        return []
    share = row.share if differences[0].scan_id == row.last_scan_id else None
    type = row.said_type if differences[0].scan_id == row.last_scan_id else ""
    found = [told(one.what, one.before, one.after, Known(type, share, first)) for one in differences]
    return [words for words in found if words]


def newest(rows: Iterable[Field]) -> dict[int, list[str]]:
    """Field → what the last scan that changed it said otherwise than the one before. Two statements."""
    fields = {row.pk: row for row in rows}
    of: dict[int, list[Difference]] = {}
    for one in Difference.objects.filter(field__in=list(fields)).order_by("-scan_id", "pk"):
        kept = of.setdefault(one.field_id, [])
        if not kept or kept[0].scan_id == one.scan_id:
            kept.append(one)
    first = first_scans({row.source_id for row in fields.values()})
    return {
        pk: sentences(many, fields[pk], first.get(fields[pk].source_id) == many[0].scan_id) for pk, many in of.items()
    }


def first_scans(sources: Iterable[int]) -> dict[int, int]:
    """Source → its first scan."""
    rows = Source.objects.filter(pk__in=list(sources)).annotate(first=Min("scans"))
    return {pk: first for pk, first in rows.values_list("pk", "first") if first is not None}
