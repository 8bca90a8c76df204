"""What a door declares so that cases of its kind can be published: which texts, in which words, under which address.

Read by this room alone. Not for who may publish and when: that is the procedure's table (`guards.py`, `effects.py` and
`storing.py` are what it names).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext_lazy as _

from tongban.cases import story
from tongban.cases.inputs.one import Words
from tongban.cases.models import Case
from tongban.cases.procedure import procedure_of
from tongban.gate import door

Name = Literal["subject", "body", "answer"]


@dataclass(frozen=True, slots=True)
class PublicText:
    """A text of a case that can be public: a column of `PublishedCase`, an input of the act that publishes, and what
    the public page calls it."""

    name: Name
    label: Words


FIELDS = (PublicText("subject", _("标题")), PublicText("body", _("内容")), PublicText("answer", _("答复")))


@dataclass(frozen=True, slots=True)
class PublicWords:
    """What the public pages of one kind say. `answered` has the places %(unit)s and %(day)s, `corrected` and `waiting`
    %(day)s."""

    search: Words = _("搜索公开内容")
    filter: Words = _("筛选公开内容")
    more: Words = _("更多公开内容")
    advice: Words = _("换个词试试。")
    answered: Words = _("%(unit)s %(day)s 答复")
    corrected: Words = _("这是 %(day)s 更正后的答复。")
    waiting: Words = _("答复单位于 %(day)s 更正了答复，更正后的答复审看以后在这里公开。")
    rated: Words = _("评价：")
    hidden: Words = _("公开前已隐去姓名、号码和门牌。")
    not_there: Words = _("没有这个公开件。")
    refused: Words = _("这个件不能公开：提交人选择了不公开，或者这类事项不公开，或者已经公开。")


def as_written(case: Case) -> dict[str, str]:
    """What was sent, and the answer that holds: the words of the last act that answers (`Edge.answers`)."""
    answer = story.last_words(procedure_of(case), list(case.acts.order_by("sequence")))
    return {"subject": case.subject, "body": case.body, "answer": answer}


@dataclass(frozen=True, slots=True)
class Publication:
    """A kind of case whose cases can be published.

    `title` heads the list; `where` is the path under which the list stands, with a slash at its end (a published case
    stands at `where` and its slug); `originals` gives the texts of a case as they were written, by the names of
    `fields`: what is proposed for publication is made of them.
    """

    kind: str
    title: Words
    where: str
    originals: Callable[[Case], Mapping[str, str]] = as_written
    fields: tuple[PublicText, ...] = FIELDS
    words: PublicWords = field(default_factory=PublicWords)
    order: int = 100
    writes: bool = False
    """Whether residents write such cases: then 我也遇到 offers one of one's own (`counter:new`)."""

    def texts(self, case: Case) -> dict[str, str]:
        """The texts of a case that can be public, as they were written."""
        given = self.originals(case)
        return {one.name: given.get(one.name, "") for one in self.fields}

    def label(self, name: str) -> Words:
        """What the public page calls a text; empty where this kind has no such text."""
        return next((text.label for text in self.fields if text.name == name), "")


def publications() -> list[Publication]:
    """Every kind that can be published, in order."""
    return door.parts(Publication)


def publication(kind: str) -> Publication:
    """How cases of this kind are published. Raises KeyError where no door says."""
    for one in publications():
        if one.kind == kind:
            return one
    raise KeyError(kind)
