"""How older adoptions stand in a list: one a row, with the day when it was permitted."""

from collections.abc import Mapping

from tongban.cases.actor import SYSTEM
from tongban.cases.refusal import Refusal
from tongban.cases.writer import History, Step, Submission
from tongban.intake.parts import Column, Format, RowContext, moment
from tongban.workdays import shanghai_day


def history_of(values: Mapping[str, str], context: RowContext) -> History | Refusal:
    """The adoption that a row tells; its year begins on the day of the permit. Returns Refusal
    where it cannot be taken."""
    sent, permitted = moment(values["sent_at"]), moment(values["permitted_at"])
    if sent is None or permitted is None or permitted < sent:
        return Refusal("bad_input", "sent_at and permitted_at are times, in this order")
    day = shanghai_day(permitted).isoformat()
    matter, place = values.get("matter") or context.default_matter, values.get("place") or context.options.place or ""
    said = {"bench": values["bench"], "plate": values["plate"], "since": day}
    sending = Submission(
        context.kind,
        matter,
        place,
        values["bench"],
        "",
        name=values.get("name", ""),
        inputs=said,
        visibility="confidential",
    )
    return History(sending, sent, [Step("permit", SYSTEM, {"start": day, "text": "旧台账登记的认养"}, at=permitted)])


FORMAT = Format(
    kind="bench", name="benches", read=history_of,
    columns=(
        Column("id", "编号", required=True), Column("sent_at", "申请时间", required=True),
        Column("permitted_at", "准予时间", required=True), Column("bench", "座椅", required=True),
        Column("plate", "铭牌文字", required=True), Column("name", "认养人"), Column("matter", "事项"),
        Column("place", "行政区划"),
    ),
    examples=({"id": "12", "sent_at": "2024-03-01 09:00", "permitted_at": "2024-03-18 15:00", "bench": "南湖 12 号",
               "plate": "给爱坐着看湖的人", "place": "610113"},),
)  # fmt: skip
