"""The tally of the figures. Where there are acts, the worker takes those in that were settled before."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

COUNTS = (
    "received", "accepted", "deemed", "told", "granted", "refused", "not_accepted", "promised", "in_promise", "legal",
    "in_law", "asked_for", "from_registers", "rated", "satisfied",
)  # fmt: skip


def mark(apps: StateApps, _schema: BaseDatabaseSchemaEditor) -> None:
    if apps.get_model("cases", "Act").objects.exists():
        apps.get_model("services", "CatchingUp").objects.create()


def codes() -> list[tuple[str, models.Field]]:
    return [(name, models.CharField(max_length=32)) for name in ("unit", "place", "item")]


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_phases"),
        ("services", "0070_hearing_notices"),
    ]

    operations = [
        migrations.CreateModel(
            name="CatchingUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("done", models.BigIntegerField(default=0)),
                ("up_to", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Tallied",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                *codes(),
                *((name, models.PositiveIntegerField(default=0)) for name in COUNTS),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "month"], name="tallied_unit")],
                "constraints": [
                    models.UniqueConstraint(fields=("month", "unit", "place", "item"), name="tallied_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="TalliedReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                *codes(),
                ("why", models.CharField(blank=True, max_length=32)),
                ("number", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "month"], name="tallied_reason_unit")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "unit", "place", "item", "why"), name="tallied_reason_once"
                    )
                ],
            },
        ),
        migrations.RunPython(mark, migrations.RunPython.noop, elidable=True),
    ]
