"""People and cases: a colleague who can be named as the handler, and another case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.workdays import shanghai_day

from .one import Asking, Input

if TYPE_CHECKING:
    from ..models import Case


def colleagues_for(asked: Asking) -> list[tuple[str, str]]:
    """Officials who can be named as the handler, by the kernel's own rule, with their roles at the unit; by name."""
    from tongban.accounts.models import Official
    from tongban.accounts.names import role_name

    from ..people import colleagues

    if asked.case is None:
        return []
    here = colleagues(asked.case, asked.registry, shanghai_day(asked.now or timezone.now()))
    roles: dict[int, list[str]] = {}
    for official, role in here.order_by("official_id", "id").values_list("official_id", "role"):
        roles.setdefault(official, []).append(role_name(role))
    found = Official.objects.filter(pk__in=roles).only("username", "display_name").order_by("display_name", "username")
    return [(str(person.pk), f"{person}（{'、'.join(roles[person.pk])}）") for person in found]


@dataclass(frozen=True)
class Colleague(Input):
    """An official of the unit that has the case, by number. Only who holds a working post there, and none at a unit
    that the case is about, is offered and taken."""

    kind: ClassVar[str] = "official"

    def check(self, value: Any, asked: Asking) -> int:
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            raise self.wrong(_("“%(label)s”应当是数字。") % {"label": self.label}) from None
        if not 0 < number < 2**31:
            raise self.wrong(_("“%(label)s”超出了允许的范围。") % {"label": self.label})
        return number

    def field(self, asked: Asking) -> forms.Field:
        wrong = {"invalid_choice": _("请选择在主办单位有承办岗位的工作人员。")}
        choices = [("", _("请选择")), *colleagues_for(asked)]
        return forms.ChoiceField(choices=choices, error_messages=wrong, **self.words)

    def show(self, value: Any) -> str:
        from tongban.accounts.models import Official

        found = Official.objects.filter(pk=int(value)).only("username", "display_name").first()
        return str(found) if found is not None else ""

    def schema(self) -> dict[str, Any]:
        return {"type": "integer"}


@dataclass(frozen=True)
class CaseChoice(Input):
    """Another case, by its number in the database; forms and programs name it by its code. Whether the actor may see it
    is for the act's hook to ask, which finds it in the transaction."""

    kind: ClassVar[str] = "case"

    def check(self, value: Any, asked: Asking) -> str:
        return str(value).strip()

    def field(self, asked: Asking) -> forms.Field:
        return forms.CharField(max_length=24, **self.words)

    def show(self, value: Any) -> str:
        return ""

    def show_to(self, value: Any, seen: dict[str, Case]) -> str:
        """The code of the case, where the reader may see it."""
        from ..receipts import grouped

        case = seen.get(str(value))
        return grouped(case.code) if case is not None else ""
