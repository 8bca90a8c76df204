"""What was reported: a site, or what no resolver can block and is only referred (a telephone number, an app, an account
of a platform, a message), with who can act and why. Pure; advice for the official who refers, and the reason that the
sender is told. Nothing here is blocked.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _

from tongban.cases.inputs.one import Words
from tongban.webaddr import BadAddress, found_in, parse

from .guarding import defanged

Sort = Literal["site", "phone", "account", "app", "message"]
_DIGITS = re.compile(r"(?<![0-9A-Za-z.])(?:\+|00)?[0-9](?:[0-9]|[ -](?=[0-9])){2,18}(?![0-9A-Za-z])")
_PHONE = re.compile(
    r"(?:(?:\+|00)86)?(?:1[3-9][0-9]{9}|0[1-9][0-9]{1,2}[1-9][0-9]{6,7}|[48]00[0-9]{7}|9[56][0-9]{3,6}|106[0-9]{5,16})"
    r"|(?:\+|00)(?!86)[1-9][0-9]{6,14}|100(?:0[0-9]|1[01]|86)|12[0-9]{3}"
)
_ACCOUNT = re.compile(
    r"(?:微信|QQ|qq|抖音|快手|小红书|微博|支付宝|陌陌|Telegram|telegram|电报|WhatsApp|群)"
    r"(?:号|ID|id|账号|帐号|用户|昵称)?\s*(?:是|为|叫|[:：])?\s*@?([A-Za-z0-9_][A-Za-z0-9_.-]{3,40})"
)
_APP = re.compile("软件|应用|APP|App|app|小程序")
_WHOLE = re.compile(r"(?a:h[tx]{2}ps?|ftp|wss?)://[!-~]+", re.IGNORECASE)
_ONE_ADDRESS = re.compile(r"(?:[A-Za-z]{3,6}:?//\S+|[^\s@]*[.．。\]][^\s@]*)")
_PACKAGE = re.compile(r"\b(?:com|cn|net|org|io)\.[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+\b")


@dataclass(frozen=True, slots=True)
class What:
    """What was reported. `value` in one form: the address, the digits, the name of an account or a package; empty for a
    message that names none."""

    sort: Sort
    value: str = ""


NAMES: dict[Sort, Words] = {
    "site": _("网址"),
    "phone": _("电话号码"),
    "account": _("平台账号"),
    "app": _("应用程序"),
    "message": _("一段信息"),
}
TO: dict[Sort, str] = {"phone": "carrier", "account": "platform", "app": "platform", "message": "police"}
"""Who can act, by what was reported: the choice that a form of referring begins with."""
WHY: dict[Sort, Words] = {
    "phone": _("举报的是电话号码。本平台只能处置网址，停机和拦截由电信运营商决定，涉嫌诈骗的由公安机关调查。"),
    "account": _("举报的是平台账号。本平台只能处置网址，封停账号由它所在的平台决定。"),
    "app": _("举报的是应用程序。本平台只能处置网址，下架由应用商店和主管部门决定。"),
    "message": _("举报里没有网址。本平台只能处置网址，短信和聊天信息由公安机关和电信运营商核查。"),
}


def titled(text: str, harm: str) -> str:
    """What a report is called in lists of the desk: the name, number or account that it is about, never as a link; the
    kind of harm where it names none."""
    what = what_is(text)
    if what.sort == "site":
        return defanged(parse(what.value).host)
    return f"{NAMES[what.sort]} {what.value}" if what.value else harm[:60]


def what_is(text: str) -> What:
    """What a pasted address, message or number is about; an address counts before all else."""
    site = address_in(text)
    if site:
        return What("site", site)
    plain = unicodedata.normalize("NFKC", text)
    account = _ACCOUNT.search(plain)
    if account:
        return What("account", account[1].casefold())
    for run in _DIGITS.findall(plain):
        digits = re.sub("[ -]", "", run)
        if _PHONE.fullmatch(digits):
            return What("phone", re.sub(r"^(?:\+|00)86", "", digits))
    package = _PACKAGE.search(plain)
    if package or _APP.search(plain):
        return What("app", package[0] if package else "")
    return What("message")


def address_in(text: str) -> str:
    """The address that a pasted message names, in its one form; empty where it names none. The name of an app's package
    (`com.bank.app`) is none, though it looks like one."""
    word = text.strip()
    if _WHOLE.fullmatch(word):  # a program's row: nothing around it, so nothing is cut off
        try:
            return parse(word).href
        except BadAddress:
            return ""
    found = [one for one in found_in(text) if not _PACKAGE.fullmatch(text[one.start : one.end])]
    if found:
        return found[0].address.href
    # Only what is one word and looks like an address: a browser reads `95588` as 0.1.117.100, a person does not.
    if _PACKAGE.fullmatch(word) or not _ONE_ADDRESS.fullmatch(word):
        return ""
    try:
        return parse(word).href
    except BadAddress:
        return ""
