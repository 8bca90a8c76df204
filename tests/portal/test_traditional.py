"""The whole Traditional catalogue, and the names of the demo, as the reviewed list has them."""

from __future__ import annotations

import re

from tongban.portal.messages import LOCALE, entries
from tongban.text import scripts

VARIANTS = re.compile("[覈裏爲衆羣説户峯啓衞牀温閲脱鋭臺僞]")
"""Signs that OpenCC's plain conversion puts and that nobody writes."""


def rows() -> list[tuple[str, str]]:
    return [
        (message, written) for _context, message, written in entries(LOCALE / "zh_Hant" / "LC_MESSAGES" / "django.po")
    ]


def test_every_message_is_what_the_program_writes():
    """So the reviewed list is where a word is put right, and what was changed there has reached the pages."""
    assert [message for message, written in rows() if written != scripts.traditional(message)] == []


def test_no_message_holds_a_sign_that_nobody_writes():
    assert [written for _message, written in rows() if VARIANTS.search(written)] == []


def test_what_joins_and_what_signs_is_told_apart():
    """并 is 併 where things become one and 並 elsewhere; 签 is 籤 on a label and 簽 by a hand."""
    joined = re.compile("合併|併入|併案|一併|歸併|併購")
    label = re.compile("標籤|書籤|抽籤")
    for _message, written in rows():
        assert "併" not in joined.sub("", written), written
        assert "籤" not in label.sub("", written), written
        assert "覆" not in re.sub("答覆|批覆|回覆|反覆|覆蓋|顛覆", "", written), written


def test_places_are_written_as_they_are_called():
    found = {
        scripts.traditional(name) for name in ("金台区", "汉台区", "印台区", "周至县", "麟游县", "志丹县", "鄠邑区")
    }
    assert found == {"金台區", "漢台區", "印台區", "周至縣", "麟遊縣", "志丹縣", "鄠邑區"}
