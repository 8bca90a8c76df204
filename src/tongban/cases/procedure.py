"""A procedure: for one kind of case, its states, the acts that lead between them, and who may perform each.

A procedure is a plain table that anybody can read, and what the house knows of a kind of case stands in it and nowhere
else; what an act does beyond moving the state is a pure function named in the table. Doors register theirs at start.
Nothing here touches the database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext_lazy as _

from . import counting
from .inputs.one import Input, Words
from .refusal import Refusal

if TYPE_CHECKING:
    from tongban.registry.snapshot import Snapshot

    from .actor import Actor
    from .models import Act, Case
    from .relations import Brings, Opening, Related, Relation

Phase = Literal["work", "in_force", "over"]
"""`work`: somebody owes a step. `in_force`: decided, and it still has effect (a block, a permit, a certificate).
`over`: the time of keeping runs."""
PHASES: tuple[Phase, ...] = ("work", "in_force", "over")
Tone = Literal["neutral", "info", "success", "warning", "danger"]
OPENING = "sent"
"""What the opening act counts for, in every kind of case."""
UNCOUNTED = "step"
"""What the ledger calls an act that counts for no figure."""
DAYS_STEPS = (*range(8), 10, 12, 15, 20, 25, 30, 45, 60, 90, 120, 180, 365)
"""Days taken are counted exactly up to a week, and then as the next of these steps: a rare number of days would tell
which answer belongs to which opening (docs/decisions/0013)."""
RESERVED = frozenset({OPENING, UNCOUNTED, "statement"})
"""Words that an act cannot count for."""


@dataclass(frozen=True, slots=True)
class State:
    """A state of a case.

    `label` are the desk's words, `plain` the sender's. `step` names the time limit that runs in it, `paused` says that
    none does, `waits_for` for whom then. `tone` is the colour of its tag, `group` the tray's group that it belongs to
    (one of the procedure's `groups`), `next` the acts that move a case on from here:
    the first that can be taken is the next step.
    """

    name: str
    label: Words
    plain: Words
    phase: Phase = "work"
    step: str | None = None
    paused: bool = False
    tone: Tone = "neutral"
    group: str = ""
    next: tuple[str, ...] = ()
    waits_for: Literal["sender", "unit"] = "sender"


@dataclass(frozen=True, slots=True)
class Group:
    """A choice of states in the tray. What holds for every kind (all that is open, in force, rated poorly)
    the desk adds by itself."""

    name: str
    label: Words


@dataclass(slots=True)
class Context:
    """What an effect may look at. It must not change `case`; it says what to change in its outcome."""

    case: Case
    actor: Actor
    payload: Mapping[str, Any]
    now: datetime
    registry: Snapshot
    procedure: Procedure
    standing: frozenset[str] = frozenset()
    """How the actor stands to the case, as `access.standing` gives it."""
    post: tuple[str, str] | None = None
    """The post (unit, role) in whose name the act is performed; None for a sender and the system, and where a menu
    asks."""
    related: Related | None = None
    """The cases that this one is about or part of, and those about it or part of it; None where its kind has none."""


@dataclass(slots=True)
class Outcome:
    """What an act does: fields of the case, public and private parts beyond the inputs, words for the resident.

    `kept` joins the act's public part and outlives the deletion of the private one, and does not go to the ledger.
    `for_unit` is the unit in whose name the act is counted, where it is not the actor's or the one that had the case.
    `opens` are cases that the act opens as parts of this one, in the same transaction.
    """

    state: str | None = None
    set: dict[str, Any] = field(default_factory=dict)
    public: dict[str, Any] = field(default_factory=dict)
    private: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    assist: tuple[str, ...] | None = None
    tell_resident: bool = False
    redispatched: bool = False
    for_unit: str | None = None
    opens: tuple[Opening, ...] = ()


Effect = Callable[[Context], Outcome]
Guard = Callable[[Context], Refusal | None]
"""Why an act that the table allows cannot be done on this case, or None. Pure.

The kernel asks it with the inputs of the act; a button, a menu of the API or a list of next steps asks it with none. So
a guard about an input looks at it only where it is there.
"""


def nothing_more(context: Context) -> Outcome:
    """The effect of an act that only moves the state."""
    return Outcome()


@dataclass(frozen=True, slots=True)
class Within:
    """The limit of the registry within which an act can be asked, counted from the answer or from the present state."""

    step: str
    since: Literal["answer", "state"] = "state"


@dataclass(frozen=True)
class Edge:
    """One line of the table.

    Who and when. `who` lists standings as `access.standing` gives them (`resident`, `system`, `lead:handler`,
    `above:supervisor`…). `target` None leaves the state. `guard` refuses where the table alone is not enough, and
    `within` where the time to ask is over: both are asked by `guards.refusal`, for pages, programs and the kernel
    alike. `by_effect` are states that the effect may lead to instead of `target`. A `quiet` act (a look, a note, an
    added file) does not make other people's open forms stale.

    What it brings about. `with_merged` names the act that the system performs at the same time on every case that was
    merged into this one, `brings` acts on the cases that this one is about or part of, or on its parts.

    How it is offered. `button` says whether it has a form; `page` names a page of its own (`answer`, `merge`,
    `publish`, or one that a door brings), empty for a form among the others; `confirm` are words to be confirmed
    before; `danger` colours the button; `files` says that files can come with it; `unfolded` shows the sender's form
    open; `bulk` offers it for many cases at once; `prefill` gives what its form starts with. `asked_by` names the act
    by which somebody asks for this one: once it was asked for, it is the next thing to do (`next_act.py`).

    How it is told. `label` are the desk's words, `told` the sender's, `done` what an official reads
    who did it; `shown` says what the sender's timeline has: the
    words too, only the fact, or nothing; `internal` marks words for colleagues; `tone` is its sign in both timelines;
    `noted` gives a note under it, for both; `answers` says that its words are the answer; `replaces` are acts whose
    words it corrects; `hands_over` names an earlier act whose files the sender is given with this one.

    What it counts for. `counts` is a word of the figures (`answered`, `rated`, …), or a function of its public part
    that says so; empty where it counts for nothing; an opening act counts for `sent`. The ledger shows no other name of
    the act. `on_ledger` names facts of the public part that stand on the ledger's entry in clear, and `unit`: only
    where the law makes the decision itself public.
    """

    act: str
    sources: frozenset[str]
    target: str | None
    who: frozenset[str]
    label: Words
    told: Words
    inputs: tuple[Input, ...] = ()
    effect: Effect = nothing_more
    guard: Guard | None = None
    within: Within | None = None
    by_effect: frozenset[str] = frozenset()
    quiet: bool = False
    with_merged: str | None = None
    brings: tuple[Brings, ...] = ()
    button: bool = True
    page: str = ""
    confirm: Words = ""
    danger: bool = False
    files: bool = False
    unfolded: bool = False
    bulk: bool = False
    prefill: Callable[[Case, Sequence[Act]], dict[str, Any]] | None = None
    asked_by: str = ""
    done: Words = ""
    shown: Literal["words", "fact", "nothing"] = "fact"
    internal: bool = False
    tone: Tone = "neutral"
    noted: Callable[[Act], str] | None = None
    answers: bool = False
    replaces: frozenset[str] = frozenset()
    hands_over: str = ""
    counts: str | Callable[[Mapping[str, Any]], str] = ""
    on_ledger: frozenset[str] = frozenset()

    def counted(self, public: Mapping[str, Any]) -> str:
        """What an act with this public part counts for; empty where it counts for nothing."""
        if "" in self.sources:
            return OPENING
        return self.counts if isinstance(self.counts, str) else self.counts(public)

    @property
    def counted_words(self) -> tuple[str, ...]:
        """The words that the act can count for, as far as the table says."""
        if "" in self.sources:
            return (OPENING,)
        word = self.counts if isinstance(self.counts, str) else getattr(self.counts, "word", "")
        return (word,) if word else ()

    @cached_property
    def written_freely(self) -> frozenset[str]:
        """The inputs that people write freely: shown where the procedure says so, never written on the ledger."""
        return frozenset() if self.who == {"system"} else frozenset(item.name for item in self.inputs if item.free)

    @cached_property
    def for_officials(self) -> bool:
        """Whether an official can perform it."""
        return any(":" in who or who == "official" for who in self.who)

    def input(self, name: str) -> Input | None:
        """The input called `name`, or None."""
        return next((item for item in self.inputs if item.name == name), None)


@dataclass(frozen=True)
class Procedure:
    """The table of one kind of case, and the hooks by which its door hears of stored acts (same transaction).

    `edition` counts the tables that a kind has had: a case goes by the one it was opened under. `groups` are the tray's
    choices of states, in order.

    `initial` is the state of a case that nobody but the coordinating unit answers for; `begins` are the states that an
    opening may lead to beside it and the one in its line. `answer_step` names the limit within which the case has to be
    answered, `limit_label` what people call it;
    `handed_on` is the state of a case that was given to another unit, `given_back` of one that its unit says
    is not its own, `in_dispute` of one that the common superior decides on. `parting` names the act by which the system
    takes the merged cases out of a handed on case's group; `starts_again` the states from which it goes there when it
    is barred to the unit that had it. `expires` names the act that the system performs when a case in force has reached
    the end of it. `limits` are limits that its guards ask the registry for, beside `answer_step`, those of states and
    those of `Edge.within`. `about` and `part_of` say to which cases one of this kind belongs (`relations.py`).

    `follow` is the path at which the sender of a case follows it, empty where nobody does (then no notices go to a
    sender). `dated` is how exactly the ledger's entries say when: to the day or the month. `days_steps` is how exactly
    the figures and the ledger count days taken: rounded up to these; empty for every single day. `counted` describes
    the words of its own that acts count for, with the figures made of them (`counting.py`). `recovers` says whether
    whoever holds a contact left on the case may have a new secret by it; None: always.
    """

    kind: str
    label: Words
    states: tuple[State, ...]
    edges: tuple[Edge, ...]
    initial: str
    edition: int = 1
    groups: tuple[Group, ...] = ()
    begins: frozenset[str] = frozenset()
    answer_step: str = "answer"
    limit_label: Words = _("答复时限")
    handed_on: str | None = None
    given_back: str | None = None
    in_dispute: str | None = None
    parting: str | None = None
    starts_again: frozenset[str] = frozenset()
    expires: str | None = None
    limits: tuple[str, ...] = ()
    about: tuple[Relation, ...] = ()
    part_of: tuple[Relation, ...] = ()
    follow: str = ""
    dated: Literal["day", "month"] = "day"
    days_steps: tuple[int, ...] = DAYS_STEPS
    counted: tuple[counting.Counted, ...] = ()
    stored: Mapping[str, Callable[[Sequence[tuple[Case, Act, Context]]], None]] = field(default_factory=dict)
    recovers: Callable[[Case], bool] | None = None
    _state: dict[str, State] = field(default_factory=dict, init=False, compare=False, repr=False)
    _edge: dict[tuple[str, str], Edge] = field(default_factory=dict, init=False, compare=False, repr=False)
    _named: dict[str, Edge] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._state.update({state.name: state for state in self.states})
        for edge in self.edges:
            self._named.setdefault(edge.act, edge)
            for source in edge.sources:
                if source and source not in self._state:
                    raise ValueError(f"{self.kind}: {edge.act} starts in an unknown state {source}")
                if (edge.act, source) in self._edge:
                    raise ValueError(f"{self.kind}: {edge.act} from {source} stands twice in the table")
                self._edge[(edge.act, source)] = edge
        problem = next(self._problems(), None)
        if problem is not None:
            raise ValueError(f"{self.kind}: {problem}")

    def _problems(self) -> Iterator[str]:
        """What does not fit together in the table."""
        groups = {group.name for group in self.groups}
        for state in self.states:
            if state.group and state.group not in groups:
                yield f"{state.name} is in an unknown group {state.group}"
            yield from (
                f"{state.name} goes on with an unknown act {act}" for act in state.next if act not in self._named
            )
        for edge in self.edges:
            for name in (edge.target, *edge.by_effect):
                if name is not None and name not in self._state:
                    yield f"{edge.act} leads to an unknown state {name}"
            for name in (edge.with_merged, edge.hands_over or None, edge.asked_by or None, *edge.replaces):
                if name is not None and name not in self._named:
                    yield f"{edge.act} names an unknown act {name}"
            if len({item.name for item in edge.inputs}) < len(edge.inputs):
                yield f"{edge.act} has two inputs of one name"
        for name in (self.handed_on, self.given_back, self.in_dispute, *self.starts_again, *self.begins):
            if name is not None and name not in self._state:
                yield f"a state is unknown: {name}"
        for name in (self.parting, self.expires):
            if name is not None and name not in self._named:
                yield f"an act of the system is unknown: {name}"
        if self.expires is None and any(state.phase == "in_force" for state in self.states):
            yield "a case in force needs an act by which it expires"

    def state(self, name: str) -> State:
        """The state called `name`. KeyError where the procedure has none."""
        return self._state[name]

    def edge(self, act: str, source: str) -> Edge | None:
        """The line for `act` from `source`, or None."""
        return self._edge.get((act, source))

    def named(self, act: str) -> Edge | None:
        """Any line for `act`: for its words."""
        return self._named.get(act)

    def acts(self, choose: Callable[[Edge], bool]) -> frozenset[str]:
        """The names of the acts one of whose lines `choose` takes."""
        return frozenset(edge.act for edge in self.edges if choose(edge))

    def states_in(self, *phases: Phase) -> frozenset[str]:
        """The names of the states in these phases."""
        return frozenset(state.name for state in self.states if state.phase in phases)

    def open_to(self, source: str, standing: Collection[str]) -> list[Edge]:
        """What somebody with `standing` may do from `source`, in the order of the table."""
        return [edge for edge in self.edges if source in edge.sources and not edge.who.isdisjoint(standing)]

    def decide(self, act: str, source: str, standing: frozenset[str]) -> Edge:
        """The line that allows `act`, or a Refusal: unknown act, wrong state, or not this person's to do."""
        if self.named(act) is None:
            raise Refusal("not_found", _("没有这种办理行为。"))
        if not standing:
            raise Refusal("not_found", _("没有找到这个件。"))
        edge = self.edge(act, source)
        if edge is None:
            if not any(line.who & standing for line in self.edges if line.act == act):
                raise Refusal("not_allowed", _("您的岗位不能进行这项操作。"))
            raise Refusal("wrong_state", _("件的状态已经变化，现在不能进行这项操作。请刷新后查看。"))
        if not edge.who & standing:
            raise Refusal("not_allowed", _("您的岗位不能进行这项操作。"))
        return edge


HOUSE_ACTS = {
    "look": "official", "escalate": "system", "reckon": "system", "erase": "system", "recover": "resident",
}  # fmt: skip
"""Acts that the house itself performs on every kind of case: a look, a rung of the ladder, a deadline counted anew,
deletion when the time of keeping is over, and a new secret for the sender who lost theirs. Who performs each."""
_procedures: dict[str, dict[int, Procedure]] = {}


def register(procedure: Procedure) -> None:
    """Make a kind of case known, or another edition of it, with the limits that its states name. A door does this once,
    when its app is ready. The highest edition is the one that new cases are opened under.

    Raises ValueError where a name is too long for its column, an act that the house itself performs is not there, an
    act counts for a word that means something else, or words that people write freely would stand on the ledger.
    """
    from tongban.registry.tables import know_kind, know_steps

    for edge in procedure.edges:
        _check_ledger(procedure.kind, edge)
    counting.check(
        procedure,
        (other for number, other in _procedures.get(procedure.kind, {}).items() if number != procedure.edition),
    )
    for name, longest in (
        (procedure.kind, 16),
        *((row.name, 24) for row in procedure.states),
        *((row.act, 24) for row in procedure.edges),
    ):
        if len(name) > longest:
            raise ValueError(f"{procedure.kind}: {name} has more than {longest} characters")
    for act, who in HOUSE_ACTS.items():
        held = frozenset().union(*(edge.who for edge in procedure.edges if edge.act == act))
        if not any(":" in one for one in held) if who == "official" else who not in held:
            raise ValueError(f"{procedure.kind}: the house itself performs “{act}” ({who}); the table has no such line")
    know_kind(procedure.kind)
    know_steps(
        procedure.answer_step,
        *(state.step for state in procedure.states if state.step),
        *(edge.within.step for edge in procedure.edges if edge.within is not None),
        *procedure.limits,
    )
    _procedures.setdefault(procedure.kind, {})[procedure.edition] = procedure


def _check_ledger(kind: str, edge: Edge) -> None:
    if isinstance(edge.counts, str) and (len(edge.counts) > 16 or edge.counts in RESERVED):
        raise ValueError(f"{kind}: {edge.act} cannot count for “{edge.counts}”")
    if edge.on_ledger & edge.written_freely:
        raise ValueError(f"{kind}: {edge.act} would write freely written words on the ledger")


def procedure_for(kind: str, edition: int | None = None) -> Procedure:
    """The procedure of a kind, in its newest edition where none is named. KeyError where no door registered one."""
    editions = _procedures[kind]
    return editions[edition] if edition is not None else editions[max(editions)]


def procedure_of(case: Case) -> Procedure:
    """The procedure that a case goes by: the edition it was opened under. KeyError where no door has it any more."""
    return _procedures[case.kind][case.edition]


def procedures() -> Mapping[str, Procedure]:
    """All registered procedures by kind, each in its newest edition."""
    return {kind: procedure_for(kind) for kind in _procedures}


def editions(kind: str) -> Sequence[Procedure]:
    """All registered editions of a kind, oldest first."""
    return [_procedures[kind][edition] for edition in sorted(_procedures[kind])]


def forget(kind: str) -> None:
    """Take a kind out again. For tests that register one."""
    _procedures.pop(kind, None)
