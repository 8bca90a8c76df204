"""What every SMS gateway is given, how it says that it could not, and which one a deployment has.

In mainland China a vendor sends approved templates alone: a message names its template (`PARAMETERS`) and the words
that go into its places; the whole text is for gateways that take any. Nothing here logs a number, a text or a secret.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _

log = logging.getLogger("tongban.notices")

PARAMETERS: dict[str, tuple[str, ...]] = {
    "progress": ("kind", "code", "what"),
    "code": ("code",),
    "renewed": ("code",),
}
"""The templates that a deployment has approved, and the names of their places in order: something happened on a case;
a code to be typed; somebody took a new secret for a case."""
LONGEST = 35
"""A place of a template takes so many characters at both vendors; what is longer is cut."""


@dataclass(frozen=True)
class Message:
    """A text message. `text` is all of it, `template` and `values` say the same for a vendor."""

    number: str
    text: str
    template: str = "progress"
    values: Mapping[str, str] = field(default_factory=dict)

    def filled(self) -> dict[str, str]:
        """The words of the template's places, in order, none too long."""
        return {name: str(self.values.get(name, ""))[:LONGEST] for name in PARAMETERS[self.template]}


class NotSent(Exception):
    """The message was not taken. `code` is the vendor's word for why (kept with the notice), `words` what it said."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.code, self.words = code[:100], words


class SmsGateway(Protocol):
    """What sends a text message. Raises NotSent where it could not; the answer is the vendor's number for it."""

    def send(self, message: Message) -> str: ...


class ConsoleSms:
    """Says on the log that a message would have been sent; never to whom or what."""

    def send(self, message: Message) -> str:
        log.info("sms handed over", extra={"count": 1})
        return ""


def templates() -> dict[str, str]:
    """The vendor's templates of this deployment by our names: `progress=SMS_1,code=SMS_2`."""
    pairs = (pair.partition("=") for pair in settings.SMS["templates"].split(",") if "=" in pair)
    return {name.strip(): number.strip() for name, _sign, number in pairs if number.strip()}


def template_of(message: Message) -> str:
    """The vendor's template for a message. Raises NotSent where the deployment names none."""
    found = templates().get(message.template)
    if found is None:
        raise NotSent("no template", _("没有设置短信模板：%(name)s") % {"name": message.template})
    return found


NEEDED: dict[str, tuple[str, ...]] = {
    "": (),
    "console": (),
    "aliyun": ("key_id", "key_secret", "sign"),
    "tencent": ("key_id", "key_secret", "sign", "app"),
}
"""What each provider needs from the environment beside its templates."""


def missing() -> list[str]:
    """The variables of the environment that the chosen provider still needs, and the templates it has none for."""
    found = [f"TONGBAN_SMS_{name.upper()}" for name in NEEDED[settings.NOTICE_SMS] if not settings.SMS[name]]
    if settings.NOTICE_SMS in ("aliyun", "tencent"):
        known = templates()
        found += [f"TONGBAN_SMS_TEMPLATES: {name}=…" for name in PARAMETERS if name not in known]
    return found


def gateway() -> SmsGateway | None:
    """The gateway of this deployment, or None where it has none."""
    if settings.NOTICE_SMS == "aliyun":
        from .aliyun import Aliyun

        return Aliyun()
    if settings.NOTICE_SMS == "tencent":
        from .tencent import Tencent

        return Tencent()
    return ConsoleSms() if settings.NOTICE_SMS == "console" else None
