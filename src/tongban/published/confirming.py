"""What a person confirms before a case is published: the texts that will be public, a tick for each doubt in them, and
that somebody has read them; beside the originals, with what is hidden in them and what is in doubt marked.

`PublishForm` is the form of the act; `context` is what `published/confirm.html` needs. Not for masking
(`masking.py`), nor for the page itself: `act_page.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from tongban.cases.actform import ActForm
from tongban.cases.actor import Actor
from tongban.cases.inputs import clean_text
from tongban.cases.models import Act, Case
from tongban.cases.notices import reachable
from tongban.cases.procedure import Edge, Procedure, procedure_of
from tongban.detect import Finding
from tongban.detect.findings import kinds
from tongban.detect.reasons import finding_words
from tongban.gate.templatetags.tongban_names import traditional
from tongban.registry.snapshot import Snapshot

from . import objection
from .doubts import Doubt, doubts_in, hidden_in
from .masking import TEXTS, proposal
from .storing import acts_that, on_asked, on_publish, on_refused


def publishing_acts(procedure: Procedure) -> list[str]:
    """The acts by which officials publish a case of this kind or ask its sender first, in the order of its table:
    publishing, and anew after a correction."""
    named = acts_that(on_publish, procedure) | acts_that(on_asked, procedure)
    return list(dict.fromkeys(edge.act for edge in procedure.edges if edge.act in named and edge.for_officials))


def kind_words(finding: Finding) -> str:
    """What something was found to be, in the language of the page."""
    kind, language = kinds().get(finding.type), get_language() or ""
    if kind is None:
        return str(_("号码"))
    return kind.en if language.startswith("en") else traditional(kind.zh) if language == "zh-hant" else kind.zh


def reason_words(finding: Finding) -> str:
    """Why it was found, in the language of the page."""
    language = get_language() or ""
    told = finding_words(finding, "en" if language.startswith("en") else "zh")
    return traditional(told) if language == "zh-hant" else told


class Ticks(forms.MultipleChoiceField):
    """Ticks at doubts. One at a doubt that has gone from the text since is no mistake; one that is missing is."""

    def __init__(self, rows: Sequence[tuple[str, str]], **words: Any) -> None:
        super().__init__(choices=rows, widget=forms.CheckboxSelectMultiple, **words)
        self.wanted = frozenset(key for key, _words in rows)

    def valid_value(self, value: Any) -> bool:
        return True

    def validate(self, value: Any) -> None:
        missing = len(self.wanted.difference(value))
        if missing:
            raise forms.ValidationError(
                ngettext(
                    "还有 %(n)d 项没有核对：请在公开的文字里隐去，或者勾选“可以公开”。",
                    "还有 %(n)d 项没有核对：请在公开的文字里隐去，或者勾选“可以公开”。",
                    missing,
                )
                % {"n": missing}
            )


class PublishForm(ActForm):
    """The form of an act that publishes: the texts that will be public, ticks at the doubts in them, and the promise
    that a person read them.

    Its texts are the inputs named as `masking.TEXTS`; `cleared` carries the ticks.
    """

    read = forms.BooleanField(
        label=_("我已逐句看过，其中没有能认出个人的内容"), error_messages={"required": _("请逐句看过之后勾选。")}
    )

    def __init__(
        self,
        edge: Edge,
        case: Case,
        actor: Actor,
        registry: Snapshot,
        data: Any = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(edge, case, actor, registry, data, initial)
        for name in ("body", "answer"):
            if name in self.fields:
                text = self.fields[name]
                text.widget = forms.Textarea(attrs={**text.widget.attrs, "rows": "12"})
        texts = {name: str(self[name].value() or "") for name in TEXTS if name in self.fields}
        if self.is_bound:  # as the kernel will see them
            texts = {name: clean_text(text) for name, text in texts.items()}
            texts["subject"] = " ".join(texts.get("subject", "").split())
        self.doubts: Sequence[Doubt] = doubts_in(texts, case.sender)
        if self.doubts:
            self.fields["cleared"] = Ticks(
                [(doubt.key, self._doubt_words(doubt)) for doubt in self.doubts],
                label=_("可能是个人信息，请逐项核对"),
                help_text=_("下面的内容没有隐去。应当隐去的，请在公开的文字里改掉；可以公开的，请逐项打勾。"),
            )
        else:
            self.fields.pop("cleared", None)
        self.order_fields([*(item.name for item in edge.inputs), "read"])

    def _doubt_words(self, doubt: Doubt) -> str:
        fields = _("、").join(str(self.fields[name].label) for name in doubt.fields)
        words = {
            "value": doubt.value,
            "kind": kind_words(doubt.finding),
            "why": reason_words(doubt.finding),
            "where": fields,
        }
        return str(_("“%(value)s”可以公开（%(kind)s？%(why)s。在：%(where)s）") % words)

    def payload(self) -> dict[str, Any]:
        """What was filled in; the ticks as one text of their keys."""
        given = super().payload()
        return {**given, "cleared": " ".join(given["cleared"])} if "cleared" in given else given


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an original: plain, hidden in what is proposed, or in doubt; and what it was taken for."""

    text: str
    state: str = ""
    kind: str = ""
    why: str = ""


def parts_of(text: str, sender: str, doubted: Sequence[Doubt]) -> list[Part]:
    """An original, cut where something is hidden in it or in doubt."""
    spans = [(one.start, one.end, "hidden", one) for one in hidden_in(text, sender)]
    for doubt in doubted:
        at = text.find(doubt.value)
        while at >= 0:
            end = at + len(doubt.value)
            if all(stop <= at or end <= start for start, stop, _state, _finding in spans):
                spans.append((at, end, "doubt", doubt.finding))
            at = text.find(doubt.value, end)
    parts, at = [], 0
    for start, end, state, finding in sorted(spans, key=lambda span: span[:2]):
        parts += [Part(text[at:start]), Part(text[start:end], state, kind_words(finding), reason_words(finding))]
        at = end
    return [part for part in [*parts, Part(text[at:])] if part.text]


def first_values(case: Case, originals: Mapping[str, str]) -> dict[str, str]:
    """What the form starts with: the texts of the case, masked."""
    proposed = proposal(originals, case.sender)
    return {name: getattr(proposed, name) for name in TEXTS if name in originals}


def context(case: Case, form: PublishForm, originals: Mapping[str, str]) -> dict[str, Any]:
    """What `published/confirm.html` needs beside `back`, where it leads when nothing is published: original and
    proposal side by side."""
    pairs = [(form[name], parts_of(text, case.sender, form.doubts)) for name, text in originals.items()]
    ticks = form["cleared"] if "cleared" in form.fields else None
    masked = proposal(originals, case.sender).masked
    asks = form.edge.act in acts_that(on_asked, procedure_of(case))
    found = {"form": form, "pairs": pairs, "ticks": ticks, "masked": masked, "asks": asks}
    if asks:
        found |= {
            "days": objection.limit().days,
            "told": reachable(case, procedure_of(case)),
            "before": refused_before(case),
        }
    return found


def refused_before(case: Case) -> str | None:
    """Why the sender objected to the text that was shown before; empty where they gave no reason, None where they did
    not object."""
    if objection.kept(case).get("state") != "objected":
        return None
    act = Act.objects.filter(case=case, act__in=acts_that(on_refused, procedure_of(case))).order_by("-sequence").first()
    return act.text if act is not None else ""
