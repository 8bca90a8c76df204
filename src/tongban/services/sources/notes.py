"""What stands under the opening of an application or a bundle for everybody who sees it: that somebody wrote it for the
applicant, and that it is to be had by promise."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tongban.cases.models import Act
from tongban.registry.names import unit_name


def under_opening(act: Act) -> str:
    """Who wrote it, where that was not the applicant, and whether papers were replaced by a promise (告知承诺)."""
    promised = _("采用告知承诺：申请人承诺符合条件，以后核查") if (act.public or {}).get("promised") else ""
    return _("；").join(filter(None, (typed_by(act), promised)))


def typed_by(act: Act) -> str:
    """Who wrote it, where that was not the applicant: which unit's counter, or somebody with a mandate."""
    by = (act.public or {}).get("typed_by")
    if by == "helper":
        return _("由%(unit)s窗口的工作人员代为填写") % {"unit": unit_name(str(act.public.get("typed_at") or ""))}
    return _("由受托人代为提交") if by == "mandate" else ""
