"""Inputs that every sender may be asked for: who they are and how to reach them. None of it stands on the ledger.

Not for the inputs of acts in general: `cases/inputs`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs import EMAIL, Asking, Line, normal_phone

MOBILE, SHORTEST, LONGEST = 11, 7, 12
"""Digits of a mobile telephone; the fewest and the most of others."""
PROVIDERS = (
    "qq.com", "163.com", "126.com", "yeah.net", "139.com", "189.cn", "sina.com", "sina.cn", "sohu.com", "aliyun.com",
    "foxmail.com", "gmail.com", "outlook.com", "hotmail.com", "icloud.com", "yahoo.com", "live.com",
)  # fmt: skip
"""Where many people have their mail."""


@dataclass(frozen=True)
class Phone(Line):
    """A telephone number, as typed: 3 to 20 digits. A number that no telephone here has is asked about,
    and taken: somebody may mean it."""

    kind: ClassVar[str] = "phone"
    longest: int = 30

    def check(self, value: Any, asked: Asking) -> str:
        phone = super().check(value, asked)
        if not 3 <= len(normal_phone(phone)) <= 20:
            raise self.wrong(_("请检查电话号码。"))
        return phone

    def doubt(self, value: Any) -> str:
        """Numbers of the mainland: a mobile telephone has 11 digits and begins with 1, others have 7 to 12 with
        the code of their area (电信网编号计划, 2017). Of numbers abroad nothing is said."""
        typed = unicodedata.normalize("NFKC", str(value)).strip()
        number = normal_phone(typed)
        if typed.startswith(("+", "00")) and not typed.startswith(("+86", "0086")):
            return ""
        least, most = (MOBILE, MOBILE) if number.startswith("1") else (SHORTEST, LONGEST)
        if len(number) < least:
            return gettext("这个号码看起来少了几位。")
        return gettext("这个号码看起来多了几位。") if len(number) > most else ""


@dataclass(frozen=True)
class Email(Line):
    """An address that mail can go to."""

    kind: ClassVar[str] = "email"
    longest: int = 120

    def check(self, value: Any, asked: Asking) -> str:
        email = super().check(value, asked)
        if not EMAIL.fullmatch(email):
            raise self.wrong(_("请检查电子邮箱地址。"))
        return email

    def doubt(self, value: Any) -> str:
        """A domain that is one slip away from one that many people have."""
        domain = str(value).rpartition("@")[2].casefold()
        if domain in PROVIDERS:
            return ""
        meant = next((known for known in PROVIDERS if _one_slip(domain, known)), "")
        return (
            gettext("邮箱地址里的“%(given)s”是不是“%(meant)s”？") % {"given": domain, "meant": meant} if meant else ""
        )


def _one_slip(given: str, known: str) -> bool:
    """Whether one sign is wrong, missing or too many, or two beside each other are the wrong way round."""
    if given == known or abs(len(given) - len(known)) > 1:
        return False
    start = next((at for at, (one, other) in enumerate(zip(given, known, strict=False)) if one != other), None)
    if start is None:
        return True
    a, b = given[start:], known[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


CONTACT = (
    Line("name", _("姓名"), required=False, longest=40, hint=_("可以不填。不填就是匿名。")),
    Phone("phone", _("电话"), required=False, longest=30, hint=_("可以不填。只有办理人员能看到，每次查看都会告诉您。")),
    Email("email", _("电子邮箱"), required=False, longest=120, hint=_("填了就能收到进展通知。")),
    Line("address", _("详细地址"), required=False, longest=200),
)
"""Name, telephone, e-mail and address; all of them may stay empty."""
