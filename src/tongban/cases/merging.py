"""Merging cases about the same trouble: which case can be the lead of which. In the act's transaction.

The table of a kind names `on_merge` for its act `merge`. What is then done with all of a group is `Edge.with_merged`.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from . import access
from .models import Act, Case
from .procedure import Context
from .refusal import Refusal


def on_merge(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """Checks, inside the transaction, that the lead case can be one. Raises Refusal."""
    for case, _act, context in rows:
        lead = Case.objects.select_for_update().filter(pk=case.lead_case_id or 0).first()
        if lead is None or lead.pk == case.pk or lead.kind != case.kind or not lead.is_open or lead.lead_case_id:
            raise Refusal("bad_input", _("不能并入这个件：它不存在、已经办结，或者自己也已并案。"), "case")
        if context.actor.kind == "official" and not access.may_see(context.actor, lead, context.registry):
            raise Refusal("bad_input", _("不能并入这个件：它不存在、已经办结，或者自己也已并案。"), "case")
        if lead.against_id != case.against_id:
            raise Refusal("not_allowed", _("反映单位行为的件不能与其他件并案。"), "case")
        if Case.objects.filter(lead_case_id=case.pk).exists():
            raise Refusal("bad_input", _("已有别的件并入了这个件，请把另一件并入这个件。"), "case")
