"""How letters are published: what is public of a letter, in which words, at `/letters/published/`.

Masking, the pages, the index and the search are the room's (`published/`); who may publish is the table's.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongban.published.parts import Publication, PublicText, PublicWords

KIND = "letter"
WHERE = "letters/published/"

PUBLICATION = Publication(
    kind=KIND,
    title=_("公开来信"),
    where=f"/{WHERE}",
    fields=(PublicText("subject", _("标题")), PublicText("body", _("来信")), PublicText("answer", _("答复"))),
    words=PublicWords(
        search=_("搜索公开来信"),
        filter=_("筛选公开来信"),
        more=_("更多公开来信"),
        advice=_("换个词试试，或者直接写信问。"),
        rated=_("来信人评价："),
        not_there=_("没有这封公开来信。"),
        refused=_(
            "这封来信现在不能公开：来信人选择了不公开或者不同意公开，或者正在等来信人的意见，或者这类事项不公开，"
            "或者已经公开。"
        ),
    ),
    order=10,
    writes=True,
)
