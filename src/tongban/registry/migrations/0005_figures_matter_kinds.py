"""A matter says for which kinds of case it is. Those that are there were for letters."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def letters(apps: Any, _schema: Any) -> None:
    """Every matter so far was for letters."""
    apps.get_model("registry", "Matter").objects.update(kinds=["letter"])


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_second_eyes")]

    operations = [
        migrations.AddField(
            model_name="matter",
            name="kinds",
            field=models.JSONField(blank=True, default=list, verbose_name="适用的件"),
        ),
        migrations.RunPython(letters, migrations.RunPython.noop, elidable=True),
    ]
