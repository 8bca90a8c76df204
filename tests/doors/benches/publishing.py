"""What of an adoption can be public: which bench it is, and the words on its plate."""

from django.utils.translation import gettext_lazy as _

from tongban.cases.models import Case
from tongban.published.parts import Publication, PublicText, PublicWords


def originals(case: Case) -> dict[str, str]:
    """The bench and the plate as the applicant wrote them."""
    said = case.acts.get(sequence=1).private or {}
    return {"subject": said.get("bench", ""), "body": said.get("plate", "")}


PUBLICATION = Publication(
    "bench",
    _("座椅铭牌"),
    "/benches/plates/",
    originals,
    (PublicText("subject", _("座椅")), PublicText("body", _("铭牌文字"))),
    PublicWords(search=_("搜索铭牌"), answered=_("%(unit)s %(day)s 准予认养")),
    order=40,
)
