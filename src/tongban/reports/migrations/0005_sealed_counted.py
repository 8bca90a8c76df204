"""Sealed reports that were taken before they were counted on the ledger are counted now, each in its month."""

from django.db import migrations
from django.utils import timezone


def count(apps, schema_editor):
    from tongban.ledger.entry import VERSION, canonical, time_ordered_key

    SealedReport = apps.get_model("reports", "SealedReport")
    QueuedEntry = apps.get_model("ledger", "QueuedEntry")
    for received, fetched in SealedReport.objects.order_by("pk").values_list("received_at", "fetched_at"):
        for act, at in (("taken", received), ("fetched", fetched)):
            if at is not None:
                entry = {"kind": "sealed", "act": act, "at": timezone.localtime(at).strftime("%Y-%m"), "v": VERSION}
                QueuedEntry.objects.create(key=time_ordered_key(), entry=canonical(entry))


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0004_looks"),
        ("ledger", "0003_statements"),
    ]
    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
