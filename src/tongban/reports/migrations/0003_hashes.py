"""The hashes of decisions that were made before private look-up."""

import hashlib

from django.db import migrations


def fill(apps, schema_editor):
    from tongban.webaddr import BadAddress, parse

    Listed = apps.get_model("reports", "Listed")
    for row in Listed.objects.filter(full_hash="").only("pk", "name", "scope").iterator(chunk_size=2000):
        try:
            text = parse(f"http://{row.name}").expressions()[0] if row.scope == "url" else f"{row.name}/"
        except BadAddress:
            continue
        Listed.objects.filter(pk=row.pk).update(full_hash=hashlib.sha256(text.encode()).hexdigest())


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_people"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
