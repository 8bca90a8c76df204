"""What a door declares to the counter: how its kind of case is written, its words on the sender's pages, and what it
adds there.

Small and frozen; what is heavy is named as "package.module:attribute" (`gate.door.loaded`). Not for acts: what a
sender can do with a case stands in its procedure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import Files, Input
from tongban.cases.inputs.one import Words
from tongban.cases.models import Case
from tongban.cases.writer import Submission
from tongban.gate.door import loaded, parts

OWN = frozenset((
    "nonce", "matter", "place", "against", "about", "kept", "done", "form", "send", "save", "remove", "case",
    "mail", "kind", "version",
))  # fmt: skip
"""Names that the counter itself gives what is written; no input can be called so."""
TAKEN = frozenset({"check", "mail", "open"})
"""Pages of the counter beside the steps; no step can be called so."""


@dataclass(frozen=True)
class Step:
    """A page of writing. `name` stands in its address (the first step's does not), `short` among the steps, `title`
    at its head."""

    name: str
    short: Words
    title: Words
    lead: Words = ""


@dataclass(frozen=True)
class MatterStep(Step):
    """What it is about: said in a few words, for which matters are suggested, or chosen from the list.

    `suggest` names a function (text) → suggestions (`code`, `words`), best first; without it only the list is there.
    `beside` is a template for what else there is to see for such words, `beside_context` names the function (text) that
    gives what it needs.
    """

    suggest: str = ""
    ask: Words = _("用几句话说说是什么事")
    ask_hint: Words = _("我们会帮您找到事项。也可以跳过，直接在下面选。")
    conduct: Words = _("反映单位或工作人员的行为")
    conduct_hint: Words = _("被反映的单位和它的下级不会办理，也看不到；由上级单位办理。")
    hint: Words = ""
    none: Words = _("没有找到合适的事项，请在下面选一个。")
    becomes: str = ""
    """The input that the words go on in, while nobody has written there: what was typed is not typed again."""
    beside: str = ""
    beside_context: str = ""


@dataclass(frozen=True)
class PlaceStep(Step):
    """Where: a place, and for a matter about conduct the unit as well."""

    hint: Words = _("问题发生的地方。")
    against_hint: Words = _("这个单位和它的下级不会办理，也看不到；由上级单位办理。")


@dataclass(frozen=True)
class InputsStep(Step):
    """Inputs of the kernel: text, date, choice, files, … `contact` stands under a heading of its own. `starts` is what
    an input holds before anybody wrote."""

    inputs: tuple[Input, ...] = ()
    contact: tuple[Input, ...] = ()
    starts: Mapping[str, Any] = field(default_factory=dict)
    left_open: tuple[str, ...] = ()
    """Inputs that hold nothing beforehand, whatever `starts` says, where the matter is delicate."""
    left_open_hint: Words = _("这件事可能涉及隐私，请您自己决定。")
    never_hint: Words = _("这类内容本站一律不公开；您的选择会告诉办理单位。")
    """Said there of a matter that is never published."""
    reads: str = ""
    """Names a function (content of a file as it came) → words read out of it, a QR code's for one. They go on in the
    input `reads_into`, and the step is shown once more, so that its writer sees what was read before it goes on. The
    browser does not ask for that input first: the file may bring it."""
    reads_into: str = ""

    @property
    def asked(self) -> tuple[Input, ...]:
        """Every input but files, in order."""
        return tuple(item for item in (*self.inputs, *self.contact) if not isinstance(item, Files))

    @property
    def files(self) -> Files | None:
        """The input for files, where the step has one; of several the first."""
        return next(iter(self.slots), None)

    @property
    def slots(self) -> tuple[Files, ...]:
        """Every input for files: each takes its own, a file for each paper that is asked for."""
        return tuple(item for item in self.inputs if isinstance(item, Files))


@dataclass(frozen=True)
class OwnStep(Step):
    """A page of writing that the door answers itself. `page` names a function (steps.Page, step) → response, which ends
    in `Page.go_on`; `done` one (values) → bool; `rows` one (steps.Page, step) → rows of the page to check. What it
    keeps stands in the draft's values; `Writing.keeps` names what the case is built of."""

    page: str = ""
    done: str = ""
    rows: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What others would see: the masked texts, and how many places are masked in them."""

    subject: str
    body: str
    masked: int


@dataclass(frozen=True)
class Writing:
    """How a kind of case is written: steps, then a page to check, then sending.

    `build` makes the submission of what was written: `kind`, `matter`, `place`, `against`, every input's checked value
    under its name, `language`, `draft`; without it what a case has no place of its own for are the inputs of its
    opening act. `after` names a function (case) that is called once the case is there. `cookie` holds the draft's key.

    A kind whose table says what it is about (`Procedure.about`) is begun on the following page of such a case, with its
    matter and place; its steps need not ask for them.
    """

    kind: str
    title: Words
    steps: tuple[Step, ...]
    lead: Words = ""
    unfinished: Words = _("您有没写完的内容。")
    saved: Words = _("草稿已保存，七天内用这台设备可以接着写。")
    send: Words = _("提交")
    above: Words = _("（您反映的单位看不到它）")
    build: Callable[[Mapping[str, Any]], Submission] | None = None
    after: str = ""
    public: str = ""
    """Names a function (values) → what others would see of it once it is published (`Seen`), or None."""
    unfolds: str = ""
    """Names a function (values) → the steps that follow from what was written so far (questions of a chosen item);
    they stand where `unfolds_after` ends."""
    unfolds_after: str = ""
    keeps: tuple[str, ...] = ()
    """Values of the draft beside the inputs that `build` is given: what a door put there itself."""
    sender: str = ""
    """Names a function (request, values) → the actor who opens it, where that can be somebody else than a newcomer: an
    official who types for a resident. It raises Refusal where this browser may not."""
    moved: str = ""
    """Names a function (values) → a mark of what unfolds now (a version), what changed since the mark that the draft
    holds as `version`, in words, and the steps that have to be looked at again. A draft is moved to the new version
    once its writer has seen what changed."""
    brings: str = ""
    """Names a function (request, `matter` and `place` as chosen) → more values that come along where writing is begun
    with a matter from another page (`said.carry`): answers given there are not typed again."""
    doubts: str = ""
    """Names a function (everything written, as `build` takes it) → name of an input → what to ask about it before it
    is sent; under the empty name what is about none of them. Never a refusal."""
    wrong: str = ""
    """Names a function (values as a program sends them) → every answer that is wrong (`WrongInput`), where the door
    checks them together: the program is told all of them at once."""
    cookie: str = ""

    def __post_init__(self) -> None:
        if not self.cookie:
            object.__setattr__(self, "cookie", f"tongban_draft_{self.kind}")
        names = [step.name for step in self.steps]
        if not names or len(set(names)) < len(names) or TAKEN & set(names):
            taken = ", ".join(sorted(TAKEN))
            raise ValueError(f"{self.kind}: a writing needs steps, each with a name of its own, none called {taken}")
        for step in self.steps:
            for item in step.inputs if isinstance(step, InputsStep) else ():
                if item.name in OWN:
                    raise ValueError(f"{self.kind}: an input cannot be called “{item.name}”")
        if self.unfolds and self.unfolds_after not in names:
            raise ValueError(f"{self.kind}: steps unfold after one that is not there: “{self.unfolds_after}”")

    @property
    def most_files(self) -> int:
        """How many files it may hold: two sheets of each paper that it asks for."""
        slots = [slot for step in self.steps if isinstance(step, InputsStep) for slot in step.slots]
        return sum(min(2, slot.most) for slot in slots)

    def unfolded(self, values: Mapping[str, Any]) -> Writing:
        """The same writing with the steps that follow from what was written."""
        if not self.unfolds:
            return self
        at = [step.name for step in self.steps].index(self.unfolds_after) + 1
        more = tuple(loaded(self.unfolds)(values))
        return replace(self, steps=(*self.steps[:at], *more, *self.steps[at:]), unfolds="", unfolds_after="")


@dataclass(frozen=True)
class SenderWords:
    """What the pages of a case say of it to its sender; what a door leaves out is said for any kind."""

    kind: str
    back: Words = _("回到办理情况")
    received: Words = _("您提交的内容已经收到")
    arrived: Words = _("已到 %(unit)s。")
    then: Words = _("您可以随时用查询码和密码查看进展。")
    open: Words = _("查看办理情况")
    receipt: Words = _("回执")
    qr: Words = _(
        "这个二维码就是钥匙，里面有查询码和密码。谁扫了它，谁就能看到您提交的内容：请不要拍照发给别人，也不要贴在外面。"
    )
    looks: Words = _("谁看过我提交的内容")
    looks_lead: Words = _("工作人员每次打开您提交的内容，系统都会记下单位、岗位、时间和目的。这个记录谁也不能改。")
    data_lead: Words = _("您可以下载本站保存的关于这个件的全部内容：您提交的、每一步办理、查看记录和附件。")
    data_why: Words = _(
        "为了办理您提交的事，把结果告诉您。只有办理它的单位能看到，每看一次都有记录；公开的时候隐去个人信息。"
    )
    erased: Words = _("这个件的个人信息已经删除。")
    erasing: Words = ""
    """How to ask for an earlier deletion, where this kind has an act for it."""
    answer: Words = _("%(unit)s的答复")
    answered_by: Words = _("最晚在 %(day)s 前答复您。")
    awaiting: Words = _("时限要等下一年的工作日历公布后计算，会写在办理情况的页面上。")
    proofs_lead: Words = _(
        "办理的每一步，都记在一本公开的、只能往后添的台账上。台账上没有您的姓名和内容，只有一个封条；凭回执，"
        "您可以向任何人证明当时写了什么、答了什么，谁也不能事后改动。"
    )
    proofs_keep: Words = _("回执文件里有您提交的内容和答复的原文，请像保管信件一样保管。")
    merged: Words = _("还有别人也反映了同样的问题，已经合并办理。答复以后会同样告诉您。")
    acts: Mapping[str, Words] = field(default_factory=dict)
    """What stands in the form of an act beside its inputs."""
    now: str = ""
    """Names a function (case, acts that the sender can take now) → what the case is now and what comes next (with
    `%(unit)s` for the unit that has it), for the banner of the following page; an empty word leaves it to the table."""
    file: str = "case.json"
    """Name of the file that holds what is held, in the archive of one's own data."""
    written: str = "case"
    """Under which name it holds what the sender wrote."""


@dataclass(frozen=True)
class FollowPanel:
    """A piece of the following page of these kinds (empty: of every kind). `context` names a function (case, acts that
    the sender can take now) → what the template needs, or None where there is nothing to show; the template finds it as
    `panel`."""

    kinds: tuple[str, ...]
    template: str
    context: str = ""
    order: int = 100

    def is_for(self, kind: str) -> bool:
        """Whether cases of this kind have it."""
        return not self.kinds or kind in self.kinds


@dataclass(frozen=True)
class FollowLink:
    """Links of the following page of these kinds (empty: of every kind): `links` names a function (case, acts that the
    sender can take now) → pairs of an address and its words."""

    kinds: tuple[str, ...]
    links: str
    order: int = 100

    def is_for(self, kind: str) -> bool:
        """Whether cases of this kind have them."""
        return not self.kinds or kind in self.kinds


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file of the sender's data: its path in the ZIP, what the page calls it, and what is in it."""

    path: str
    words: str
    content: bytes


@dataclass(frozen=True)
class OwnFiles:
    """What a door holds of a sender beside the case and its attachments, of these kinds (empty: of every kind): `files`
    names a function (case) → `OwnFile`s. They go into the ZIP of the sender's data, and its page names them."""

    kinds: tuple[str, ...]
    files: str
    order: int = 100

    def is_for(self, kind: str) -> bool:
        """Whether cases of this kind have them."""
        return not self.kinds or kind in self.kinds


def own_files_of(case: Case) -> list[OwnFile]:
    """What all doors hold of the case's sender, in order."""
    kept = sorted((part for part in parts(OwnFiles) if part.is_for(case.kind)), key=lambda part: part.order)
    return [file for part in kept for file in loaded(part.files)(case)]


def writing_of(kind: str) -> Writing | None:
    """How a kind is written; None where nobody writes it."""
    return next((part for part in parts(Writing) if part.kind == kind), None)


def words_for(kind: str) -> SenderWords:
    """What the pages say of a case of this kind."""
    return next((part for part in parts(SenderWords) if part.kind == kind), None) or SenderWords(kind)
