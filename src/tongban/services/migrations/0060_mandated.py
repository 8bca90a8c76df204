"""By which mandate a case was opened, for those that are there too."""

import django.db.models.deletion
import orjson
from django.db import migrations, models

from tongban.vault.keyring import ring
from tongban.vault.packing import unpacked


def opened(case):
    """What is sealed on a case, as `SealedJSONField` seals it: a model of a migration does not know to what."""
    value = case.__dict__["private"]
    if value is None:
        return {}
    bound = b"cases_case.private\x00" + orjson.dumps([case.code, case.secret_digest])
    return orjson.loads(unpacked(ring().open(bytes(value), bound)))


def of_those_that_are_there(apps, schema_editor):
    mandates = dict(apps.get_model("services", "Mandate").objects.values_list("code", "pk"))
    if not mandates:
        return
    row, acts = apps.get_model("services", "Mandated"), apps.get_model("cases", "Act")
    openings = acts.objects.filter(
        act="submit", case__kind__in=("application", "bundle"), public__typed_by="mandate"
    ).select_related("case")
    for opening in openings.iterator(chunk_size=500):
        said = (opened(opening.case).get("extra") or {}).get("typed") or {}
        if said.get("mandate") in mandates:
            row.objects.get_or_create(case_id=opening.case_id, defaults={"mandate_id": mandates[said["mandate"]]})


class Migration(migrations.Migration):
    dependencies = [("services", "0041_offerings_held")]
    operations = [
        migrations.CreateModel(
            name="Mandated",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="mandated",
                        serialize=False,
                        to="cases.case",
                        verbose_name="件",
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="services.mandate",
                        verbose_name="委托",
                    ),
                ),
                ("ended", models.BooleanField(default=False, verbose_name="委托已结束")),
            ],
            options={
                "verbose_name": "委托办的件",
                "verbose_name_plural": "委托办的件",
                "indexes": [
                    models.Index(condition=models.Q(("ended", False)), fields=["mandate"], name="mandated_going_on")
                ],
            },
        ),
        migrations.RunPython(of_those_that_are_there, migrations.RunPython.noop),
    ]
