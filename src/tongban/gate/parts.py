"""The parts that any room may declare (`door.py`): what each says, and who reads it.

Small and frozen. What is heavy to import is named as "package.module:attribute" and loaded when it is used
(`door.loaded`). Parts that one room alone reads are defined in that room. Loads no other room by itself: `tongban`
reads a door's commands before Django is set up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from tongban.cases.actor import Actor
    from tongban.cases.beside import Beside
    from tongban.cases.inputs.one import Words
    from tongban.cases.procedure import Procedure


@runtime_checkable
class AtStart(Protocol):
    """A part that is for a room below the gate, which keeps it itself: `start` is called when it is registered."""

    def start(self) -> None: ...


# --- cases, for the kernel and the vault ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case. `goes_on` are the acts that lead on from a state in which it is over; the tests of
    the house hold it to them."""

    procedure: Procedure
    goes_on: frozenset[str] = frozenset()

    def start(self) -> None:
        from tongban.cases import procedure

        procedure.register(self.procedure)


@dataclass(frozen=True, slots=True)
class Settled:
    """`function` sees every act once, in batches (`cases/settling.py`)."""

    function: Callable[[Any], None]

    def start(self) -> None:
        from tongban.cases import settling

        settling.register(self.function)


@dataclass(frozen=True, slots=True)
class KeptBeside:
    """What a room keeps beside a case, and how it goes when the case is erased or barred to a
    unit (`cases/beside.py`)."""

    kept: Beside

    def start(self) -> None:
        from tongban.cases import beside

        beside.register(self.kept)


@dataclass(frozen=True, slots=True)
class Resealed:
    """Something sealed outside the columns: a change of keys goes through it (`vault/rotation.py`)."""

    name: str
    reseal: Callable[[], Iterator[int]]
    count: Callable[[], int]

    def start(self) -> None:
        from tongban.vault import rotation

        rotation.register(self.name, self.reseal, self.count)


# --- addresses, for config/urls.py and portal/api.py ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Routes:
    """A module with `urlpatterns` (and `app_name`), included under `prefix`."""

    module: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class ApiRoutes:
    """Routers of django-ninja under /api/v1: `routers` names one or a tuple of them; `operations` a dict, operation →
    who may use it (public, resident, token, reporter).

    `tag` is the tag that the routers give their operations, `title` its heading in the document, `order` its place
    there. Several parts may share a tag; the first says its title.
    """

    routers: str
    operations: str
    tag: str
    title: str
    order: int


# --- the shell --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeskLink:
    """A link of the desk's navigation: `name` of a URL that needs no arguments, its words, an icon of
    `icons.svg`, and where it stands.

    With `role` it is shown to who holds that role alone, or one of several (a space between them): whoever it is shown
    to may open it.
    """

    name: str
    text: Words
    icon: str
    order: int
    role: str = ""


@dataclass(frozen=True, slots=True)
class NavLink:
    """A link of the residents' navigation, or of the foot of every page; left out in elder mode where `elder` is False.

    With `lost` it stands on the pages too that say that something is not there or not allowed.
    """

    name: str
    text: Words
    order: int
    elder: bool = True
    foot: bool = False
    lost: bool = False


@dataclass(frozen=True, slots=True)
class HomeLink:
    """A card of the home page that is a link and no more; `main`: a large button at the head of the page instead."""

    name: str
    title: Words
    order: int
    text: Words = ""
    icon: str = ""
    main: bool = False


@dataclass(frozen=True, slots=True)
class HomeCard:
    """A piece of the home page with a template of its own: a card among the cards, or with `wide` a section below them.

    `context` names a function without arguments that gives what the template needs. The page is kept for 30 seconds and
    is the same for everybody.
    """

    template: str
    context: str = ""
    order: int = 100
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: where it is, and a line about it."""

    title: str
    address: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class SiteSearch:
    """What the search of every page finds in this room: `search` names a function (words, how
    many at most) → list of Hit.

    `page` is the room's own search page (a URL without arguments, the words are its `q`): everything that was found.
    While one room alone can be searched, the search leads there. `title` heads what was found (empty: `label`), `count`
    names a function (words) → how many there are, one above 999 for more.
    """

    search: str
    order: int
    page: str
    label: Words
    hint: Words = ""
    title: Words = ""
    count: str = ""


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A cookie that somebody who leaves a computer takes with them (`counter/leaving.py`): its name without prefix."""

    cookie: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody said in the box of the home page, and where: the code of a place, or empty."""

    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Answering:
    """What this room answers to words in the box: `section` names a function (Asked) → what `template` needs, or None
    where it has nothing to say. Pieces stand by their order; those that are only a way on (`found` False) do not count
    as an answer."""

    section: str
    template: str
    order: int = 100
    found: bool = True


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Public pages for search engines. `urls` names a function (number of the chunk, from 0) → pairs of an address
    without host and the day it was last changed, or None; at most 50,000 a chunk, better 2,000: the page cache keeps
    nothing above 400 kB. `chunks` names a function that says how many there are; one where it is empty. `name` stands
    in the address of the chunk.
    """

    name: str
    urls: str
    chunks: str = ""


SitemapUrl = tuple[str, date | None]


@dataclass(frozen=True, slots=True)
class UnitWork:
    """Where the desk shows the open work of units: `addresses` names a function (Actor, codes of units, Snapshot) →
    dict, unit → addresses of its open cases, of what of them is overdue, and where there is one of what is long
    overdue."""

    addresses: str
    order: int = 100


# --- commands, the worker, the demo, doctor ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Commands:
    """A group of commands, or one: `tongban NAME …`; `app` names a Typer app, or a function that is one command.

    A NAME of several words stands in the group of the first ones: "import letters". `help` is a group's; a command
    has its docstring. They stand in `COMMANDS` of the room's module `commands`, where `tongban` finds them without
    Django (`commands/doors.py`).
    """

    name: str
    app: str
    help: str


@dataclass(frozen=True, slots=True)
class Recounted:
    """What `tongban ledger audit` recounts for a room beside the figures: `recount` names a class that takes the
    entries of a log in. They stand in `RECOUNTED` of the room's module `commands`, where `tongban` finds them without
    Django; `name` is theirs in the state that an audit keeps."""

    name: str
    recount: str


class Recounting(Protocol):
    """What `Recounted` names: made from what `kept` gave, or from None."""

    def add(self, entry: Mapping[str, Any]) -> None: ...

    def kept(self) -> dict[str, Any]: ...

    def differences(self, site: str, keys: Sequence[Any], now: datetime) -> Iterator[str]:
        """How what the site publishes differs from the log. Raises LogError."""
        ...

    def summary(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Timed:
    """What a room does by itself as time goes by; the worker does it. For what hangs on one act,
    take a procedure's `stored`.

    `run` does one batch and returns how much there was; after 0 the worker waits `every` seconds before it asks again.
    Each piece is small, safe to kill and safe beside other workers. `aside` is work that is only begun here and done by
    another process: a worker that runs once leaves it alone.
    """

    name: str
    run: Callable[[], int]
    every: float
    aside: bool = False


class Province(Protocol):
    """What the demo gives to those who load theirs into it: the moment that is now, and officials to act."""

    @property
    def now(self) -> datetime: ...

    def official(self, unit: str, role: str) -> Actor: ...


@dataclass(frozen=True, slots=True)
class Demo:
    """What a room shows in the demo: `load` names a function (Province) → iterator that yields once for
    each thing it made or found.

    Loading twice adds nothing. `count` names a function → how often `load` yields, for the progress. `accounts` names a
    function → list of (who, what signs in, address), printed by `tongban serve --demo`. `begins` are pairs of a role
    and the address at which officials of that role begin. `registry` are tables that the demo takes into the registry
    before that, as "package:matters.csv": files in the room's folder, each named after its table.
    """

    load: str
    order: int
    count: str = ""
    accounts: str = ""
    begins: tuple[tuple[str, str], ...] = ()
    registry: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DoctorCheck:
    """`check` names a function → iterable of (level, what, advice), level being "ok", "warning" or
    "danger"; for `tongban doctor`."""

    check: str
    order: int = 100


Level = Literal["ok", "warning", "danger"]
