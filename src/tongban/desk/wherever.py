"""Where a reception takes place: a link for video, a telephone number, a room with its address. Checked, nothing
fetched."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from tongban.cases.refusal import Refusal

LONGEST = 300
WAYS = (("video", _("视频")), ("phone", _("电话")), ("hall", _("现场")))
"""How somebody meets an office: the words of a form and of a slot."""
_PHONE = re.compile(r"\+?[0-9](?:[0-9 -]{3,18})[0-9](?: ?(?:转|ext\.?) ?[0-9]{1,6})?")
_HOST = re.compile(r"(?=.{4,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z][A-Za-z0-9-]{1,62}")


def checked_where(way: str, text: str) -> str:
    """What was typed, where it fits the way (`video`, `phone`, `hall`). Raises Refusal for the field `where`."""
    if len(text) > LONGEST:
        raise Refusal("bad_input", _("太长了，最多 %(n)d 个字。") % {"n": LONGEST}, "where")
    if way == "video" and not is_link(text):
        raise Refusal("bad_input", _("请填视频会议的链接，以 https:// 开头。"), "where")
    if way == "phone" and not _PHONE.fullmatch(text):
        raise Refusal("bad_input", _("请填电话号码，例如 029-00000001。"), "where")
    return text


def is_link(text: str) -> bool:
    """Whether it is an https address with a host name, without a user before it and without spaces."""
    if any(sign.isspace() or ord(sign) < 32 or sign in '\\<>"' for sign in text):
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme == "https"
        and "@" not in parts.netloc
        and _HOST.fullmatch(parts.hostname or "") is not None
        and (port is None or 0 < port < 65536)
    )
