"""The sealed search takes the place of the keyed hashes: of words (a table of FTS5 or tsvector) and of contacts
(two columns of the case).

What was settled before is found once `tongban search rebuild` has run.
"""

from django.db import migrations, models


def forwards(apps, schema_editor):
    schema_editor.execute("DROP TABLE IF EXISTS case_index")
    if schema_editor.connection.vendor == "postgresql":  # what is sealed cannot be compressed
        schema_editor.execute("ALTER TABLE cases_segmentpage ALTER COLUMN sealed SET STORAGE EXTERNAL")


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_notice_to")]
    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[("case_id", models.BigIntegerField(primary_key=True, serialize=False))],
        ),
        migrations.CreateModel(
            name="PartUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(max_length=16)),
                ("unit", models.CharField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="Rebuild",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_act", models.BigIntegerField(default=0)),
                ("up_to", models.BigIntegerField(default=0)),
                ("finished", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=8)),
                ("generation", models.PositiveIntegerField(default=0)),
                ("part", models.CharField(blank=True, max_length=16)),
                ("docs", models.PositiveIntegerField()),
                ("first_case", models.BigIntegerField()),
                ("last_case", models.BigIntegerField()),
                ("head", models.PositiveSmallIntegerField()),
                ("pages", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="SegmentPage",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.RemoveIndex(model_name="case", name="case_phone"),
        migrations.RemoveIndex(model_name="case", name="case_email"),
        migrations.RemoveField(model_name="case", name="email_index"),
        migrations.RemoveField(model_name="case", name="phone_index"),
        migrations.AddConstraint(
            model_name="partunit", constraint=models.UniqueConstraint(fields=("unit", "part"), name="part_unit_once")
        ),
        migrations.AddIndex(model_name="segment", index=models.Index(fields=["kind", "part"], name="segment_part")),
        migrations.RunPython(forwards, migrations.RunPython.noop, elidable=False),
    ]
