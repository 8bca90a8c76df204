"""Making registers known from a table, and looking whether they are set up right, for `tongban doctor`.

Nothing secret stands in the table: `address` and `token` are names of environment variables that begin with
TONGBAN_REGISTER_. `columns` are pairs `fact=name` with blanks between: which fact the register has under which name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.registry.models import Unit

from .. import reading
from ..models import Fact, Source
from . import asking
from .asking import Register, Unanswered

COLUMNS = ("code", "name", "name_en", "unit", "kind", "address", "view", "key", "token", "columns", "correction",
           "active")  # fmt: skip
Rejected = list[tuple[int, str, Mapping[str, str]]]


def take_in(rows: Sequence[tuple[int, Mapping[str, str]]], *, dry_run: bool = False) -> tuple[int, Rejected]:
    """How many registers were taken, and (line, reason, row) of each row that was not. A register of the same code is
    changed; facts that it answers name it among their sources, those it no longer answers do not."""
    taken, rejected = 0, Rejected()
    with transaction.atomic():
        for line, row in rows:
            reason = _wrong(row)
            if reason:
                rejected.append((line, reason, row))
                continue
            taken += 1
            if not dry_run:
                _store(row)
        if taken and not dry_run:
            reading.touch()
    return taken, rejected


def _wrong(row: Mapping[str, str]) -> str:
    """Why a row cannot be taken; empty where it can."""
    if not asking.NAME.fullmatch(row.get("code", "")) or len(row["code"]) > 32:
        return _("代码由英文字母、数字和下划线组成。")
    if not row.get("name"):
        return _("缺少名称。")
    if not Unit.objects.filter(code=row.get("unit", "")).exists():
        return _("没有这个单位：%(unit)s。") % {"unit": row.get("unit", "")}
    if row.get("kind") not in dict(Source.KINDS):
        return _("方式是 sql、http 或 file。")
    columns = _pairs(row)
    if columns is None:
        return _("columns 写成“问题=名称”，中间空格。")
    unknown = set(columns) - set(Fact.objects.filter(code__in=columns).values_list("code", flat=True))
    if unknown:
        return _("目录里没有这些问题：%(facts)s。") % {"facts": "、".join(sorted(unknown))}
    for name in ("address", "token"):
        if row.get(name) and not row[name].startswith(asking.PREFIX):
            return _("%(name)s 写环境变量的名字，以 %(prefix)s 开头，不写地址和密码。") % {
                "name": name,
                "prefix": asking.PREFIX,
            }
    return "" if row.get("address") else _("缺少 address。")


def _pairs(row: Mapping[str, str]) -> dict[str, str] | None:
    pairs = [one.partition("=") for one in row.get("columns", "").split()]
    if not pairs or not all(fact and sign and name for fact, sign, name in pairs):
        return None
    return {fact: name for fact, _sign, name in pairs}


def _store(row: Mapping[str, str]) -> None:
    columns = _pairs(row) or {}
    settings = {name: row[name] for name in ("address", "view", "key", "token", "correction") if row.get(name)}
    Source.objects.update_or_create(
        code=row["code"],
        defaults={
            "name": row["name"],
            "name_en": row.get("name_en", ""),
            "unit_id": row["unit"],
            "kind": row["kind"],
            "settings": {**settings, "columns": columns},
            "facts": sorted(columns),
            "active": row.get("active", "yes") not in ("no", "0", "false"),
        },
    )
    for fact in Fact.objects.all():
        named = [code for code in fact.sources if code != row["code"]]
        named += [row["code"]] if fact.code in columns else []
        if named != fact.sources and set(named) != set(fact.sources):
            fact.sources = named
            fact.save(update_fields=["sources"])


def check() -> Iterator[tuple[str, str, str]]:
    """For `tongban doctor`: (level, what, advice) of each register that is in use. Nobody is asked about."""
    for source in Source.objects.filter(active=True):
        columns = tuple((source.settings.get("columns") or {}).items())
        try:
            asking.looked_over(Register(source.code, source.kind, source.settings, columns))
        except Unanswered as error:
            yield "danger", f"register {source.code}: {error.detail}", "people type what it would have answered"
        else:
            yield "ok", f"register {source.code} is set up", ""
