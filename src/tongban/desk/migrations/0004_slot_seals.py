"""Times of reception from before get each a seal of their own: what is sealed in one does not open in another."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from tongban.vault.fields import new_seal


def own_seals(apps: Any, schema_editor: Any) -> None:
    """A seal for each; none of them has anything sealed yet."""
    slots = apps.get_model("desk", "Slot").objects
    for pk in list(slots.values_list("pk", flat=True)):
        slots.filter(pk=pk).update(seal=new_seal())


class Migration(migrations.Migration):
    dependencies = [("desk", "0003_reception_places")]
    operations = [migrations.RunPython(own_seals, migrations.RunPython.noop)]
