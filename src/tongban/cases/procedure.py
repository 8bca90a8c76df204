"""A procedure: for one kind of case, its states, the acts that lead between them, and who may perform each.

A procedure is a plain table that anybody can read; what an act does beyond moving the state is a pure function named
in the table. Doors register theirs at start. Nothing here touches the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .refusal import Refusal

if TYPE_CHECKING:
    from tongban.registry.snapshot import Snapshot

    from .actor import Actor
    from .models import Act, Case

Words = str | Promise
FREE_TEXT = frozenset({"text", "line"})
"""Kinds of inputs that people write freely."""


@dataclass(frozen=True, slots=True)
class State:
    """A state of a case. `step` names the time limit that runs in it; `open` says whether work is left."""

    name: str
    label: Words
    plain: Words
    open: bool = True
    step: str | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """An input of an act. A private input goes to the sealed part; a public one stands in the ledger."""

    name: str
    label: Words
    kind: Literal["text", "line", "unit", "units", "matter", "number", "grade", "case", "flag", "against", "official"] = "text"
    required: bool = True
    private: bool = True
    longest: int = 20_000
    hint: Words = ""


@dataclass(slots=True)
class Context:
    """What an effect may look at. It must not change `case`; it says what to change in its outcome."""

    case: Case
    actor: Actor
    payload: Mapping[str, Any]
    now: datetime
    registry: Snapshot
    procedure: Procedure


@dataclass(slots=True)
class Outcome:
    """What an act does: fields of the case, public and private parts beyond the inputs, words for the resident."""

    state: str | None = None
    set: dict[str, Any] = field(default_factory=dict)
    public: dict[str, Any] = field(default_factory=dict)
    private: dict[str, Any] = field(default_factory=dict)
    assist: tuple[str, ...] | None = None
    tell_resident: bool = False
    redispatched: bool = False


Effect = Callable[[Context], Outcome]


def nothing_more(context: Context) -> Outcome:
    """The effect of an act that only moves the state."""
    return Outcome()


@dataclass(frozen=True)
class Edge:
    """One line of the table.

    `who` lists standings as `access.standing` gives them (`resident`, `system`, `lead:handler`, `above:supervisor`…).
    `target` None leaves the state. A `quiet` act (a look, a note, an added file) does not make other people's open
    forms stale. `shown` says what the resident's timeline has: the words too, only the fact, or nothing.
    """

    act: str
    sources: frozenset[str]
    target: str | None
    who: frozenset[str]
    label: Words
    told: Words
    needs: tuple[Need, ...] = ()
    effect: Effect = nothing_more
    quiet: bool = False
    shown: Literal["words", "fact", "nothing"] = "fact"
    button: bool = True
    danger: bool = False

    @cached_property
    def written_freely(self) -> frozenset[str]:
        """The inputs that people write freely: shown where the procedure says so, never written on the ledger."""
        return frozenset() if self.who == {"system"} else frozenset(need.name for need in self.needs if need.kind in FREE_TEXT)


@dataclass(frozen=True)
class Procedure:
    """The table of one kind of case, and the hooks by which its door hears of stored acts (same transaction).

    `initial` is the state of a case that nobody but the coordinating unit answers for; `answer_step` names the limit
    within which the case has to be answered; `follow` is the path at which the sender of a case follows it, empty where
    nobody does (then no notices go to a sender).
    """

    kind: str
    label: Words
    states: tuple[State, ...]
    edges: tuple[Edge, ...]
    initial: str
    answer_step: str = "answer"
    follow: str = ""
    stored: Mapping[str, Callable[[Sequence[tuple[Case, Act, Context]]], None]] = field(default_factory=dict)
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
            if edge.target is not None and edge.target not in self._state:
                raise ValueError(f"{self.kind}: {edge.act} leads to an unknown state {edge.target}")

    def state(self, name: str) -> State:
        """The state called `name`. KeyError where the procedure has none."""
        return self._state[name]

    def edge(self, act: str, source: str) -> Edge | None:
        """The line for `act` from `source`, or None."""
        return self._edge.get((act, source))

    def named(self, act: str) -> Edge | None:
        """Any line for `act`: for its words."""
        return self._named.get(act)

    def open_to(self, source: str, standing: frozenset[str]) -> list[Edge]:
        """What somebody with `standing` may do from `source`, in the order of the table."""
        return [edge for edge in self.edges if source in edge.sources and edge.who & standing]

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


HOUSE_ACTS = {"look": "official", "escalate": "system", "reckon": "system", "erase": "system"}
"""Acts that the house itself performs on every kind of case: a look, a rung of the ladder, a deadline counted anew, and
deletion when the time of keeping is over. Who performs each."""
_procedures: dict[str, Procedure] = {}


def register(procedure: Procedure) -> None:
    """Make a kind of case known, with the limits that its states name. A door calls this once, when its app is ready.

    Raises ValueError where a name is too long for its column, or an act that the house itself performs is not there.
    """
    from tongban.registry.tables import know_steps

    for name, longest in ((procedure.kind, 16), *((row.name, 24) for row in procedure.states), *((row.act, 24) for row in procedure.edges)):
        if len(name) > longest:
            raise ValueError(f"{procedure.kind}: {name} has more than {longest} characters")
    for act, who in HOUSE_ACTS.items():
        held = frozenset().union(*(edge.who for edge in procedure.edges if edge.act == act))
        if not any(":" in one for one in held) if who == "official" else who not in held:
            raise ValueError(f"{procedure.kind}: the house itself performs “{act}” ({who}); the table has no such line")
    know_steps(procedure.answer_step, *(state.step for state in procedure.states if state.step))
    _procedures[procedure.kind] = procedure


def procedure_for(kind: str) -> Procedure:
    """The procedure of a kind. KeyError where no door registered one."""
    return _procedures[kind]


def procedures() -> Mapping[str, Procedure]:
    """All registered procedures by kind."""
    return dict(_procedures)
