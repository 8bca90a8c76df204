"""The line of the table by which a case gets a new secret (`recovering.py` performs it)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from . import receipts
from .inputs import Line
from .inputs.one import Asking
from .procedure import Context, Outcome

_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class NewSecret(Line):
    """The digest of a new secret, or the link key made of it (`receipts.py`). The case has it from now on; the act does
    not keep it."""

    stored: ClassVar[bool] = False

    def check(self, value: Any, asked: Asking) -> str:
        if not isinstance(value, str) or not _DIGEST.fullmatch(value):
            raise self.wrong(_("这不是密码的摘要。"))
        return value


INPUTS = (NewSecret("digest", _("密码的摘要")), NewSecret("link", _("密码的关联密钥")))
"""What an act needs by which a case gets a new secret: `of` a secret."""


def of(secret: str) -> dict[str, str]:
    """The inputs of such an act."""
    return {"digest": receipts.digest(secret), "link": receipts.link_key(secret).hex()}


def renew(context: Context) -> Outcome:
    """The case opens with the new secret from now on, and with no other; nor does who holds the old one know its later
    entries on the ledger.

    What is sealed on the case is sealed to the secret's digest too: it is opened before, and sealed anew when stored.
    """
    private = {**(context.case.private or {}), "link": context.payload["link"]}
    return Outcome(set={"private": private, "secret_digest": context.payload["digest"]})
