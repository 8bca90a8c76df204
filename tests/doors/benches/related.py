"""The tables of what belongs to an adoption: an opinion (part of it), a renewal and a review (about it)."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from tongban.cases import deadlines, effects, standard
from tongban.cases.procedure import Context, Edge, Procedure, State
from tongban.cases.refusal import Refusal
from tongban.cases.relations import Brings, Relation
from tongban.cases.standings import HANDLERS, HEADS, RESIDENT, SYSTEM
from tongban.workdays import shanghai_day

from . import inputs, rules

WORDS = (standard.WORDS,)
ASKED, LODGED = frozenset({"asked"}), frozenset({"lodged"})

OPINION_STATES = (
    State("asked", _("待提出意见"), _("待提出意见"), step="bench_opinion", tone="warning", next=("opine",)),
    State("given", _("已提出意见"), _("已提出意见"), "over", tone="success"),
    State("dropped", _("不再需要"), _("不再需要"), "over"),
)
OPINION = Procedure(
    "bench_opinion", _("认养座椅的意见"), OPINION_STATES,
    (
        Edge("submit", frozenset({""}), "asked", SYSTEM, _("征求意见"), _("征求意见"), effect=effects.submit),
        Edge("opine", ASKED, "given", HANDLERS, _("提出意见"), _("提出意见"), (inputs.VIEW, *WORDS), rules.opined,
            shown="words",
             answers=True, counts="answered", tone="success", brings=(Brings("part_of", "gather", "possible"),)),
        Edge("drop", ASKED, "dropped", SYSTEM, _("不再需要"), _("不再需要"), button=False),
        standard.noting(OPINION_STATES), standard.urging(OPINION_STATES), standard.assigning(ASKED),
        *standard.house(OPINION_STATES), *standard.erasing(OPINION_STATES, asked=False),
    ),
    initial="asked", answer_step="bench_opinion",
    part_of=(Relation("bench", frozenset({"examined", "asked"}), "named", "kernel"),),
)  # fmt: skip


def in_time_to_renew(context: Context) -> Refusal | None:
    """A renewal is asked for before the last days of the year (行政许可法 Art. 50), and one at a time."""
    case = context.related.about if context.related is not None else None
    limit = context.registry.limit("bench_renew_ask", context.case.matter_id, context.case.place_id)
    if case is None or case.in_force_until is None:
        return None
    days = limit.days if limit is not None else 0
    if shanghai_day(context.now) > case.in_force_until - timedelta(days=days):
        return Refusal("not_allowed", _("续期应当在期满 %(days)d 天以前申请。") % {"days": days})
    return None


def still_undecided(context: Context) -> Refusal | None:
    """Granted by the lapse of time only once the year is over."""
    case = context.related.about if context.related is not None else None
    if case is None or case.in_force_until is None or shanghai_day(context.now) <= case.in_force_until:
        return Refusal("waiting", _("认养期还没有满。"))
    return None


RENEWAL_STATES = (
    State("lodged", _("待决定"), _("正在审查续期"), step="bench_renewal", tone="warning", next=("grant",)),
    State("granted", _("已续期"), _("认养已续期一年"), "over", tone="success"),
    State("refused", _("已不予续期"), _("不予续期，理由见下"), "over", tone="danger"),
)
GRANTED = {"effect": effects.answered, "counts": "answered", "tone": "success", "brings": (Brings("about", "prolong"),)}
RENEWAL = Procedure(
    "bench_renewal", _("认养续期"), RENEWAL_STATES,
    (
        Edge("submit", frozenset({""}), "lodged", RESIDENT, _("申请续期"), _("您申请续期"), effect=effects.submit,
             guard=in_time_to_renew),
        Edge("grant", LODGED, "granted", HEADS, _("准予续期"), _("单位准予续期"), **GRANTED),
        Edge("deem", LODGED, "granted", SYSTEM, _("逾期未决定，视为准予续期"), _("单位期满前没有决定，视为准予续期"),
             guard=still_undecided, button=False, **GRANTED),
        Edge("refuse", LODGED, "refused", HEADS, _("不予续期"), _("单位不予续期"), WORDS, effects.answered,
            shown="words",
             answers=True, counts="answered", tone="danger", danger=True),
        Edge("reopen", frozenset({"refused"}), "lodged", SYSTEM, _("重新决定"), _("上级单位要求重新决定"),
            effect=rules.reopened,
             button=False),
        standard.noting(RENEWAL_STATES), *standard.house(RENEWAL_STATES), *standard.erasing(RENEWAL_STATES),
    ),
    initial="lodged", answer_step="bench_renewal", follow="/follow/", limits=("bench_renew_ask",),
    about=(Relation("bench", frozenset({"permitted"}), "same", "sender"),),
)  # fmt: skip


def in_time_to_contest(context: Context) -> Refusal | None:
    """A review is asked for within the limit counted from the refusal (行政复议法 Art. 20: 60 days)."""
    case, registry = context.related.about if context.related is not None else None, context.registry
    if case is None or case.answered_at is None:
        return None
    last = deadlines.due(registry.limit("bench_review_ask", case.matter_id, case.place_id), case.answered_at, registry)
    if last.at is not None and context.now > last.at:
        return Refusal("not_allowed", _("申请期限已过，不能再申请。"))
    return None


REVIEW_STATES = (
    State("lodged", _("待复查"), _("上级单位正在复查"), step="bench_review", tone="warning", next=("uphold",)),
    State("upheld", _("已支持"), _("上级单位要求重新决定"), "over", tone="success"),
    State("rejected", _("未支持"), _("上级单位维持原来的决定"), "over"),
)
REVIEW = Procedure(
    "bench_review", _("不予认养的复查"), REVIEW_STATES,
    (
        Edge("submit", frozenset({""}), "lodged", RESIDENT, _("申请复查"), _("您申请了复查"), effect=effects.submit,
             guard=in_time_to_contest),
        Edge("uphold", LODGED, "upheld", HEADS, _("要求重新决定"), _("上级单位支持您的申请"), WORDS, effects.answered,
            shown="words",
             answers=True, counts="answered", tone="success", brings=(Brings("about", "reopen"),)),
        Edge("reject", LODGED, "rejected", HEADS, _("维持"), _("上级单位维持原来的决定"), WORDS, effects.answered,
            shown="words",
             answers=True, counts="answered"),
        standard.noting(REVIEW_STATES), *standard.house(REVIEW_STATES), *standard.erasing(REVIEW_STATES),
    ),
    initial="lodged", answer_step="bench_review", follow="/follow/", limits=("bench_review_ask",),
    about=(Relation("bench", frozenset({"refused"}), "above", "sender"),
           Relation("bench_renewal", frozenset({"refused"}), "above", "sender")),
)  # fmt: skip
