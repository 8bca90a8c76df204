"""What a look at a case can be for, in the words of the page; which there are, the kernel says
(`cases.guards.PURPOSES`).

The act `look` keeps one of them. Not for recording a look: `cases/looks.py`.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.cases.guards import BY_CONTACT, CONTACT

HANDLING, DISPATCHING, OVERSEEING = "办理", "分办", "督办"
THROUGH_API = "接口查看"
"""A look of an official's program."""
PURPOSES = (
    ("督办", _("督办")),
    ("差评核查", _("差评核查")),
    ("复查复核", _("复查复核")),
    ("答复查询", _("答复查询")),
    ("办理质量检查", _("办理质量检查")),
)
"""What a supervisor may look for. The first of each pair is what the act keeps and the sender reads."""
PURPOSE_WORDS = {
    HANDLING: _("办理"),
    DISPATCHING: _("分办"),
    CONTACT: _("查看联系方式"),
    BY_CONTACT: _("按联系方式查找"),
    **dict(PURPOSES),
}
