"""The line of the table by which a case gets a new secret (`recovering.py` performs it)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from .inputs import Line
from .inputs.one import Asking
from .procedure import Context, Outcome

_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class NewSecret(Line):
    """The digest of a new secret. The case has it from now on; the act does not keep it."""

    stored: ClassVar[bool] = False

    def check(self, value: Any, asked: Asking) -> str:
        if not isinstance(value, str) or not _DIGEST.fullmatch(value):
            raise self.wrong(_("这不是密码的摘要。"))
        return value


def renew(context: Context) -> Outcome:
    """The case opens with the new secret from now on, and with no other.

    What is sealed on the case is sealed to the secret's digest too: it is opened before, and sealed anew when stored.
    """
    return Outcome(set={"private": context.case.private, "secret_digest": context.payload["digest"]})
