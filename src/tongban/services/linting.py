"""What the law demands of a guide and a guide lacks: a linter of the catalogue, for a page of the desk and a command.

Pure but for reading rows; changes nothing. `wrong` breaks a rule of law, `doubt` is worth a look. Each rule says its
source.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.registry import snapshot
from tongban.registry.names import matter_name, place_name, unit_name
from tongban.workdays import Limit

from . import reading
from .models import Condition, Fact, Item, Need, Offering, Parameter

OTHER = re.compile(
    r"其他材料|其它材料|其他需要|其它需要|等材料|等相关材料|相关材料|有关材料|认为需要|必要的材料|other documents", re.I
)
STIFF_WORDS = (
    "申请人应当",
    "申请人须",
    "予以",
    "系指",
    "上述",
    "之规定",
    "特此",
    "兹",
    "逾期不",
    "依法依规",
    "相关规定办理",
)
"""Words of offices that nobody says."""
LONGEST_SENTENCE = 60
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong or doubtful: with which item, by which rule (a code), in words."""

    level: Literal["wrong", "doubt"]
    matter: str
    rule: str
    words: str
    unit: str = ""
    place: str = ""

    @property
    def name(self) -> str:
        """The item's name."""
        return matter_name(self.matter)


@dataclass(frozen=True)
class Rows:
    """What is looked at: what holds today."""

    items: dict[str, Item]
    conditions: dict[str, list[Condition]] = field(default_factory=dict)
    needs: dict[str, list[Need]] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    parameters: frozenset[str] = frozenset()


def findings(unit: str = "", matter: str = "") -> list[Finding]:
    """Everything that is found, the worst first; of one unit's offerings, of one item, or of all."""
    rows = _rows(matter)
    codes = set(rows.items)
    found: list[Finding] = []
    offered: set[str] = set()
    for offering in _offerings(unit, matter):
        offered.add(offering.matter_id)
        if offering.matter_id in codes:
            found += of_offering(offering, rows.items[offering.matter_id])
    if unit:
        codes &= offered
    for code in sorted(codes):
        found += of_item(rows, code)
        if not unit and code not in offered:
            found.append(Finding("wrong", code, "offered", _("没有单位在办：没有窗口、电话和渠道（许可法第三十条）")))
    return sorted(found, key=lambda one: (one.level != "wrong", one.matter, one.rule, one.place))


def _rows(matter: str) -> Rows:
    holding = reading.holding(timezone.localdate())
    wanted = {"matter": matter} if matter else {}
    conditions: dict[str, list[Condition]] = defaultdict(list)
    for row in Condition.objects.filter(holding, **wanted).select_related("article"):
        conditions[row.matter_id].append(row)
    needs: dict[str, list[Need]] = defaultdict(list)
    for need in Need.objects.filter(holding, **wanted).select_related("material"):
        needs[need.matter_id].append(need)
    return Rows(
        {row.matter_id: row for row in Item.objects.filter(holding, **wanted).prefetch_related("basis")},
        conditions,
        needs,
        {row.code: row for row in Fact.objects.all()},
        frozenset(Parameter.objects.filter(holding).values_list("code", flat=True)),
    )


def _offerings(unit: str, matter: str) -> Iterable[Offering]:
    rows = Offering.objects.filter(reading.holding(timezone.localdate()))
    if unit:
        rows = rows.filter(unit=unit)
    if matter:
        rows = rows.filter(matter=matter)
    return rows.order_by("pk").iterator(chunk_size=BATCH)


# --- one item ---------------------------------------------------------------------------------------------------------


def of_item(rows: Rows, code: str) -> Iterator[Finding]:
    """What an item itself lacks."""
    item = rows.items[code]
    if not list(item.basis.all()):
        yield Finding("wrong", code, "basis", _("没有写设定依据（许可法第三十条、营商环境条例第四十四条）"))
    if snapshot.current().limit("application_legal", code, "") is None:
        yield Finding("wrong", code, "legal_limit", _("没有法定办结时限（许可法第四十二条）"))
    if not item.summary:
        yield Finding("wrong", code, "summary", _("没有一句话说明，群众看不出这是什么事"))
    if not item.result:
        yield Finding("doubt", code, "result", _("没有写办成以后得到什么"))
    if not item.events:
        yield Finding("doubt", code, "events", _("没有归到任何一件人生大事，按事情找不到它"))
    if not item.summary_en or not snapshot.current().matters[code].name_en:
        yield Finding("doubt", code, "english", _("没有英文名称或者说明"))
    if item.renewable and not item.valid_months:
        yield Finding("wrong", code, "renewable", _("可以延续，却没有写有效期（许可法第五十条）"))
    yield from _of_conditions(rows, code)
    yield from _of_needs(rows, code)
    for text in (item.summary, item.result):
        yield from _of_words(code, text)


def _of_conditions(rows: Rows, code: str) -> Iterator[Finding]:
    conditions = rows.conditions.get(code, [])
    if not conditions:
        yield Finding("wrong", code, "conditions", _("没有写办理条件（许可法第三十条）"))
    for row in conditions:
        said = {"words": row.words}
        if row.article_id is None:
            yield Finding("wrong", code, "article", _("条件“%(words)s”没有依据（营商环境条例第四十四条）") % said)
        yield from _of_words(code, row.words)
        fact = rows.facts.get(row.fact_id)
        if fact is not None and (wrong := _ill_fitting(row, fact)):
            yield Finding("wrong", code, "table", _("条件“%(words)s”比不了：%(why)s") % {**said, "why": wrong})
        for one in row.arguments.values():
            if isinstance(one, dict) and one.get("parameter", "") and one["parameter"] not in rows.parameters:
                yield Finding("wrong", code, "parameter", _("条件“%(words)s”所用的标准没有任何地方的数值") % said)


FITTING = {
    "distance": ("date",), "declared": ("declared",), "within": ("place",), "not_within": ("place",),
    "range": ("number", "date"),
}  # fmt: skip


def _ill_fitting(row: Condition, fact: Fact) -> str:
    """Why an operator can never hold for what the question answers; empty where it can."""
    if row.operator in FITTING and fact.type not in FITTING[row.operator]:
        return _("“%(question)s”回答的是%(type)s") % {"question": fact.question, "type": fact.get_type_display()}
    if fact.type == "choice" and row.operator in ("is", "is_not", "one_of", "none_of"):
        values = row.arguments.get("values") or [row.arguments.get("value")]
        strange = [str(one) for one in values if one not in {option[0] for option in fact.options}]
        if strange:
            return _("“%(question)s”没有选项 %(values)s") % {"question": fact.question, "values": ", ".join(strange)}
    if fact.type == "bool" and row.operator in ("is", "is_not") and not isinstance(row.arguments.get("value"), bool):
        return _("“%(question)s”只能答是或否") % {"question": fact.question}
    return ""


def _of_needs(rows: Rows, code: str) -> Iterator[Finding]:
    for need in rows.needs.get(code, []):
        material = need.material
        said = {"name": material.name}
        if OTHER.search(material.name) or OTHER.search(material.hint):
            yield Finding(
                "wrong", code, "other", _("材料“%(name)s”是兜底条款（许可法第三十一条、营商环境条例第三十六条）") % said
            )
        if material.register and need.how != "instead":
            yield Finding(
                "wrong", code, "register", _("材料“%(name)s”系统里查得到，不能再要（国令第716号第七条）") % said
            )
        if need.how == "instead" and not material.register:
            yield Finding("doubt", code, "instead", _("材料“%(name)s”写了不用交，却没有写从哪里核验") % said)
        if need.how == "required" and material.source == "government" and not material.register and not need.article_id:
            yield Finding(
                "doubt",
                code,
                "proof",
                _("材料“%(name)s”是政府部门发的证明，没有写依据（营商环境条例第四十四条）") % said,
            )
        if need.copies > 1:
            yield Finding("doubt", code, "copies", _("材料“%(name)s”要交 %(n)d 份") % {**said, "n": need.copies})
        if need.how != "instead" and not material.hint:
            yield Finding("doubt", code, "hint", _("材料“%(name)s”没有写怎么准备") % said)


def _of_words(code: str, text: str) -> Iterator[Finding]:
    stiff = [word for word in STIFF_WORDS if word in text]
    if stiff:
        yield Finding(
            "doubt", code, "words", _("“%(text)s”是公文话：%(words)s") % {"text": text[:40], "words": "、".join(stiff)}
        )
    longest = max((len(one) for one in re.split(r"[。；;！？\n]", text)), default=0)
    if longest > LONGEST_SENTENCE:
        yield Finding(
            "doubt", code, "long", _("“%(text)s…”一句话太长（%(n)d 个字）") % {"text": text[:20], "n": longest}
        )


# --- one offering -----------------------------------------------------------------------------------------------------


def of_offering(one: Offering, item: Item) -> Iterator[Finding]:
    """What an item lacks as one unit offers it in one place."""

    def finding(level: Literal["wrong", "doubt"], rule: str, words: str) -> Finding:
        told = _("%(unit)s（%(place)s）：%(words)s") % {
            "unit": unit_name(one.unit_id), "place": place_name(one.place_id), "words": words,
        }  # fmt: skip
        return Finding(level, one.matter_id, rule, told, one.unit_id, one.place_id)

    if one.promised is None:
        yield finding("wrong", "promise", _("没有写承诺多少天办结"))
    legal = snapshot.current().limit("application_legal", one.matter_id, one.place_id)
    if one.promised is not None and legal is not None and not _within(one.promised, legal):
        yield finding("wrong", "longer", _("承诺的天数比法定的还长（许可法第四十二条）"))
    promised = snapshot.current().limit("application", one.matter_id, one.place_id)
    if one.promised is not None and promised is not None and one.promised < promised.days:
        yield finding(
            "doubt",
            "clock",
            _("承诺 %(n)d 天，系统却按 %(limit)d 天计时") % {"n": one.promised, "limit": promised.days},
        )
    if not one.phone:
        yield finding("wrong", "phone", _("没有咨询电话（许可法第三十条）"))
    if "counter" in one.channels and not one.window:
        yield finding("wrong", "window", _("可以到窗口办，却没有写地址"))
    if not one.channels:
        yield finding("wrong", "channels", _("没有写怎么办：网上、窗口、邮寄还是电话"))
    elif "counter" not in one.channels:
        yield finding("wrong", "counter", _("不能到窗口办：渠道由群众选（营商环境条例第三十七条）"))
    if one.fee and not one.fee_basis:
        yield finding("wrong", "fee", _("收费没有依据（许可法第五十八条）"))
    if one.fee and item.type == "license" and "法" not in one.fee_basis and "条例" not in one.fee_basis:
        yield finding("doubt", "license_fee", _("许可收费要有法律、行政法规的依据（许可法第五十八条）"))


def _within(promised: int, legal: Limit) -> bool:
    """Whether a promise in working days is never longer than the law's limit; of calendar days five in seven work."""
    least = promised if legal.unit == "working" else promised + 2 * ((promised - 1) // 5)
    return least <= legal.days
