"""The demo's catalogue of data: invented tables of two bureaus, as two scans would find them. No
value of anybody is in it.

Grades come from the scanner's own rules, so that the pages show what a real report shows. Idempotent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tongban.accounts.models import Post
from tongban.cases.actor import Actor
from tongban.detect.findings import kinds
from tongban.detect.grading import grade
from tongban.detect.masking import STAR
from tongban.detect.report import FieldFound, Left, Report
from tongban.gate.parts import Province

from .deciding import Verdict, act_on
from .models import Field, Source
from .taking import take_in


@dataclass(frozen=True, slots=True)
class Table:
    """An invented table: where it is, how many rows it has, and its columns as (name, comment,
    type, share, persons, sure)."""

    source: str
    name: str
    rows: int
    columns: tuple[tuple[str, str, str, float, int, float], ...]


MASKED = {
    "mobile": f"138{STAR * 4}5678",
    "resident_id": f"610{STAR * 13}34",
    "bank_card": f"6222{STAR * 11}7894",
    "credit_code": f"91{STAR * 12}3X7Q",
    "plate": f"陕A·{STAR * 4}5",
    "name": STAR * 3,
    "birth_date": f"{STAR * 4}-{STAR * 2}-{STAR * 2}",
    "address": f"{STAR * 2}市{STAR * 2}区{STAR * 3}路{STAR}号",
}
"""Samples as the scanner masks them; nobody's."""
HOUSING, HEALTH = "610113-ZJ", "610113-WJ"
LICENCES = Table(
    "postgresql://zj-db.demo.invalid/licence", "applicant", 48_200,
    (
        ("id", "主键", "", 0, 0, 0.95), ("name", "申请人", "name", 0.98, 41_300, 0.9),
        ("id_no", "身份证号", "resident_id", 0.99, 41_050, 0.99),
        ("mobile", "联系电话", "mobile", 0.97, 40_200, 0.97), ("address", "房屋坐落", "address", 0.93, 38_700, 0.88),
        ("unit_code", "施工单位", "credit_code", 0.99, 0, 0.99),
        ("remark", "备注", "mobile", 0.08, 3_100, 0.72), ("stage", "办理环节", "", 0, 0, 0.95),
    ),
)  # fmt: skip
FUND = Table(
    "postgresql://zj-db.demo.invalid/licence",
    "maintenance_fund",
    126_000,
    (
        ("owner_id", "业主身份证", "resident_id", 0.99, 118_400, 0.99),
        ("owner_mobile", "业主电话", "mobile", 0.98, 112_000, 0.97),
        ("card", "退款卡号", "bank_card", 0.96, 97_600, 0.96),
        ("plate", "车位车牌", "plate", 0.41, 44_000, 0.9),
        ("amount", "金额", "", 0, 0, 0.95),
    ),
)
HOTLINE = Table(
    "/srv/share/回访记录.xlsx",
    "2026",
    3_400,
    (("来电", "", "mobile", 0.99, 3_050, 0.97), ("内容", "", "name", 0.22, 640, 0.64), ("日期", "", "", 0, 0, 0.95)),
)
CLINIC = Table(
    "mysql://wj-db.demo.invalid/clinic",
    "visit",
    910_000,
    (
        ("patient", "姓名", "name", 0.99, 214_000, 0.92),
        ("id_card", "证件号", "resident_id", 0.97, 208_000, 0.99),
        ("diagnosis", "诊断", "medical", 0.95, 196_000, 0.91),
        ("phone", "电话", "mobile", 0.94, 187_000, 0.97),
        ("room", "诊室", "", 0, 0, 0.95),
    ),
)
VACCINE = Table(
    "mysql://wj-db.demo.invalid/clinic",
    "vaccination",
    386_000,
    (
        ("child", "儿童姓名", "name", 0.99, 61_000, 0.9),
        ("born", "出生日期", "birth_date", 0.99, 61_000, 0.86),
        ("guardian_mobile", "监护人电话", "mobile", 0.98, 57_000, 0.97),
        ("batch", "疫苗批号", "", 0, 0, 0.78),
    ),
)


def field_of(table: Table, name: str, comment: str, type: str, share: float, persons: int, sure: float) -> FieldFound:
    """A column as the scanner would report it."""
    graded = grade([type], persons)
    found = {type: round(table.rows * share)} if type else {}
    kind = kinds().get(type)
    return FieldFound(
        source=table.source, part=table.name, column=name, rows=table.rows, filled=table.rows, type=type, share=share,
        persons=persons, sure=sure,
        why=f"kind-named:{kind.name}" if kind else "nothing", level=graded.level, personal=graded.personal,
        sensitive=graded.sensitive, because=graded.because, found=found,
        where=("row 1", "row 2") if type else (), samples=(MASKED.get(type, STAR * 8),) if type else (),
        comment=comment,
    )  # fmt: skip


def report(started: datetime, *tables: Table, skipped: tuple[Left, ...] = ()) -> Report:
    """A scan of these tables."""
    fields = [field_of(table, *column) for table in tables for column in table.columns]
    return Report(
        started=started.astimezone(UTC).isoformat(timespec="seconds"),
        finished=(started + timedelta(minutes=7)).astimezone(UTC).isoformat(timespec="seconds"),
        profile="45574",
        rows=sum(table.rows for table in tables),
        read=sum(table.rows * 80 for table in tables),
        sources=list(dict.fromkeys(table.source for table in tables)),
        fields=fields,
        skipped=list(skipped),
    )


def earlier(table: Table, without: str) -> Table:
    """The table as it was before a column was added and the rows grew."""
    return Table(
        table.source,
        table.name,
        table.rows // 2,
        tuple((*column[:4], column[4] // 2, column[5]) for column in table.columns if column[0] != without),
    )


def load(province: Province) -> Iterator[str]:
    """Two bureaus' reports, the first bureau scanned twice, with one decision; yields the units that were filled."""
    now = province.now
    for unit, name, purpose, scans in (
        (HOUSING, "房屋管理系统", "办理施工许可和维修资金",
            (report(now - timedelta(days=40), earlier(LICENCES, "remark"), earlier(FUND, "card")),
                report(now - timedelta(days=4), LICENCES, FUND, HOTLINE,
                    skipped=(Left("/srv/share/旧档案.zip", "", "encrypted", "压缩包有密码，没有读取"),)))),
        (HEALTH, "门诊和接种系统", "门诊结算和预防接种", (report(now - timedelta(days=9), CLINIC, VACCINE),)),
    ):  # fmt: skip
        if Source.objects.filter(unit_id=unit).exists():
            continue
        post = Post.objects.filter(unit_id=unit, role="data_officer").select_related("official").first()
        if post is None:
            continue
        actor = Actor(
            "official", official_id=post.official_id, posts=((unit, "data_officer"),), name=str(post.official)
        )
        for scan in scans:
            take_in(scan, unit, actor, name)
        Source.objects.filter(unit_id=unit).update(purpose=purpose, contact=post)
        _decide(unit, actor)
        yield unit


DECISIONS = (
    ("plate", Verdict("plate", "general-2"), "车位登记只用于门禁，已与业主卡分开保存"),
    ("diagnosis", Verdict("medical", "important", "医疗健康"), "全区就诊记录，已列入本市重要数据目录（演示）"),
)


def _decide(unit: str, actor: Actor) -> None:
    """A decision in each catalogue and an acceptance, so that the pages have a story to tell."""
    for column, verdict, reason in DECISIONS:
        row = Field.objects.filter(source__unit_id=unit, column=column).first()
        if row is not None:
            act_on(row.code, "decide", actor, version=row.version, verdict=verdict, reason=reason)
    row = Field.objects.filter(source__unit_id=unit, column="batch").first()
    if row is not None:
        act_on(row.code, "accept", actor, version=row.version)
