"""What the suggester of matters has learned: its card in words, and for administrators a way back and a new lesson.

About matters and letters in sum. No figure here is about an official or a sender.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tongban.cases.refusal import Refusal
from tongban.gate.allow import FORM, actor_of, allows
from tongban.gate.templatetags.tongban_names import matter_name
from tongban.registry import snapshot
from tongban.text import ModelFileError

from .advice import aside, matters

MOST = 12


def _named(code: str) -> str:
    return str(matter_name(code)) if code in snapshot.current().matters else code


def _card() -> dict[str, Any] | None:
    try:
        found = json.loads(matters.card() or "null")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _shown(card: dict[str, Any]) -> dict[str, Any]:
    unseen = (card.get("unseen") or {}).get("matters") or {}
    drift = card.get("drift") or {}
    return {
        "made": card.get("made"), "letters": card.get("letters", 0), "matters": card.get("matters", 0),
        "with_letters": card.get("with_letters", 0), "model": str(card.get("model", ""))[:12],
        "accuracy": _percent(unseen.get("accuracy")), "top3": _percent(unseen.get("top3")),
        "macro_f1": _percent(unseen.get("macro_f1")),
        "coverage": [(right, _percent(share)) for right, share in sorted((unseen.get("coverage") or {}).items())],
        "confusions": [(_named(one), _named(other), count) for one, other,
            count in (unseen.get("confusions") or [])[:MOST]],
        "lack": sorted(((_named(code), count) for code, count in (card.get("lack_examples") or {}).items()),
            key=lambda row: (row[1], row[0]))[:40],
        "drift_matters": _percent(drift.get("matters")), "drift_words": _percent(drift.get("words")),
        "drift_since": drift.get("since"),
        "changed": [(_named(code), _percent(then), _percent(now)) for code, then,
            now in (drift.get("matters_changed") or [])[:MOST]],
    }  # fmt: skip


def _percent(share: Any) -> str:
    return f"{100 * share:.1f} %" if isinstance(share, int | float) else "—"


@allows("official", FORM)
def learning(request: HttpRequest) -> HttpResponse:
    """GET shows the card. POST, for administrators: `do=back` puts the last model in use again,
    `do=learn` starts a lesson."""
    may = actor_of(request).has_role("administrator")
    if request.method == "POST":
        if not may:
            raise Refusal("not_allowed", _("只有系统管理员可以更换模型。"))
        if request.POST.get("do") == "back":
            try:
                matters.put_back()
                messages.success(request, _("已换回上一个模型。"))
            except ModelFileError:
                messages.error(request, _("没有可以换回的模型。"))
        else:
            aside.begin("train")
            messages.success(request, _("已开始学习，学完后自动启用；来信多时要几分钟。"))
        return HttpResponseRedirect(reverse("letters:learning"))
    card = _card()
    context = {
        "card": _shown(card) if card else None,
        "may": may,
        "previous": (matters.folder() / "previous" / "card.json").exists(),
        "error": f"{100 * settings.MATTER_ERROR:g} %",
    }
    return render(request, "letters/advice/learning.html", context)
