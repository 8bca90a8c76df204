"""What happens as time goes by beside expiry: a renewal that nobody decided before the year was over counts as granted
(行政许可法 Art. 50)."""

from django.utils import timezone

from tongban.cases.actor import SYSTEM
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform

BATCH = 50


def deem_granted() -> int:
    """One batch; returns how many were granted."""
    due = Case.objects.filter(kind="bench_renewal", phase="work", about__in_force_until__lt=timezone.localdate())
    done = 0
    for number in due.order_by("pk").values_list("pk", flat=True)[:BATCH]:
        try:
            perform(number, Step("deem", SYSTEM))
        except Refusal:
            continue
        done += 1
    return done
