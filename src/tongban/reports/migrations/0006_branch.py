"""Where a listed name stands in the tree of names, so that what is below it is found by an index."""

from django.db import migrations, models


def fill(apps, schema_editor):
    Listed = apps.get_model("reports", "Listed")
    for row in Listed.objects.filter(branch=b"").only("pk", "host").iterator(chunk_size=2000):
        labels = reversed(row.host.encode("ascii", "replace").split(b"."))
        Listed.objects.filter(pk=row.pk).update(branch=b"".join(label + b"\0" for label in labels))


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0005_sealed_counted"),
    ]
    operations = [
        migrations.AddField(
            model_name="listed",
            name="branch",
            field=models.BinaryField(db_index=True, default=b"", max_length=255),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
