"""How letters with their answers stand in a file: columns, and what a row tells. Not for taking
them in: `tongban.intake`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from tongban.cases.actor import SYSTEM
from tongban.cases.inputs import clean_text
from tongban.cases.refusal import Refusal
from tongban.cases.writer import History, Step, Submission
from tongban.intake.parts import Column, Format, RowContext, moment
from tongban.published import masking

LONGEST = 20_000
SOON = timedelta(minutes=5)
"""Clocks may differ by so much."""
VISIBILITY = {"公开": "public", "不公开": "confidential"}


def history_of(values: Mapping[str, str], context: RowContext) -> History | Refusal:
    """The letter that a row tells, with its answer where it has one. Raises Refusal for a
    reply that cannot be taken."""
    registry, options = context.registry, context.options
    sent = moment(values.get("sent_at", ""))
    if sent is None:
        return _no(f"sent_at is no time: {values.get('sent_at', '')[:40]!r}")
    if sent > context.now + SOON:
        return _no("sent_at lies in the future")
    subject, body = clean_text(values.get("subject", "")), clean_text(values.get("body", ""))
    if not subject or not body:
        return _no("subject or body has no text")
    if len(subject) > 200 or len(body) > LONGEST:
        return _no("subject is longer than 200 or body longer than 20000 characters")
    matter = values.get("matter", "").strip() or context.default_matter
    place = values.get("place", "").strip() or options.place or ""
    unit = values.get("unit", "").strip() or options.unit
    if matter not in registry.matters:
        return _no(f"matter {matter!r} is not in the registry")
    if unit and unit not in registry.units:
        return _no(f"unit {unit!r} is not in the registry")
    against = values.get("against", "").strip() or None
    if against and against not in registry.units:
        return _no(f"against {against!r} is not a unit of the registry")
    if registry.matters[matter].conduct and against is None:
        return _no(f"matter {matter!r} is about conduct: `against` has to name the unit")
    if not place and unit:
        place = registry.units[unit].place
    if place not in registry.places:
        return _no(f"place {place!r} is not in the registry")
    wanted = values.get("visibility", "").strip() or "public"
    visibility = VISIBILITY.get(wanted, wanted)
    if visibility not in VISIBILITY.values():
        return _no("visibility is neither public nor confidential")
    sending = Submission(
        context.kind, matter, place, subject, body, against=against, visibility=visibility,
        name=clean_text(values.get("sender", ""))[:80], unit=unit or None,
    )  # fmt: skip
    return History(sending, sent, _steps(values, sending, sent, context))


def _no(reason: str) -> Refusal:
    return Refusal("bad_input", reason)


def _steps(values: Mapping[str, str], letter: Submission, sent: datetime, context: RowContext) -> list[Step]:
    """The answer, and its publication where that was asked for and nothing personal would be left in it."""
    reply = clean_text(values.get("reply", ""))
    if not reply:
        return []
    replied = moment(values.get("replied_at", ""))
    if replied is None:
        raise _no("there is a reply, but replied_at is no time")
    if replied < sent:
        raise _no("replied_at lies before sent_at")
    if replied > context.now + SOON:
        raise _no("replied_at lies in the future")
    if len(reply) > LONGEST:
        raise _no("reply is longer than 20000 characters")
    steps = [Step("answer", SYSTEM, {"text": reply}, at=replied)]
    open_to_all = letter.visibility == "public" and letter.against is None
    if context.options.publish and open_to_all and context.registry.matters[letter.matter].publishable:
        texts = {
            name: masking.masked(text, letter.name)[0]
            for name, text in (("subject", letter.subject), ("body", letter.body), ("answer", reply))
        }
        if all(masking.personal_data_at(text) is None for text in texts.values()):
            steps.append(Step("publish", SYSTEM, texts, at=replied))
    return steps


FORMAT = Format(
    kind="letter",
    name="letters",
    columns=(
        Column("id", "编号", required=True),
        Column("sender", "来信人"),
        Column("subject", "标题", required=True),
        Column("sent_at", "来信时间", required=True),
        Column("body", "来信内容", required=True),
        Column("reply", "答复内容"),
        Column("replied_at", "答复时间"),
        Column("matter", "事项"),
        Column("place", "行政区划"),
        Column("unit", "办理单位"),
        Column("against", "被反映单位"),
        Column("visibility", "公开意愿"),
    ),
    read=history_of,
    examples=(
        {
            "id": "2019-0001",
            "sender": "网友",
            "subject": "小区门口的路灯不亮",
            "sent_at": "2019-03-01T10:00:00+08:00",
            "body": "路灯坏了三天，晚上出行不便。",
            "reply": "您好，路灯已于昨日修复。",
            "replied_at": "2019-03-04 16:00",
        },
        {
            "id": "2019-0002",
            "subject": "夜间施工噪音",
            "sent_at": "2019-03-02 08:30",
            "body": "夜里十二点还在施工。",
            "visibility": "confidential",
        },
    ),
    sources="import:",
    order=10,
)
"""A row is known by "import:" and its id: so it was when letters were the only kind."""
