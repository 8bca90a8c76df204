"""The table of published letters becomes that of published cases, with its rows and under its name; each row gets the
kind of its case. The column comes with a plain ALTER TABLE: a million rows are not written anew.
"""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "letters_publishedletter"
OVER = {
    "published_recent": ["-answered_on", "-id"],
    "published_matter": ["matter", "-answered_on"],
    "published_place": ["place", "-answered_on"],
}
"""The indexes, which get the kind as their last column: no row has to be read to learn it."""
ALONE = {"matter_id": "06b658b3", "place_id": "177cc2f7"}
"""Columns of those whose index alone goes, with the end of its name: SQLite would take the shorter one."""


def go(column: str, end: str) -> migrations.RunSQL:
    """The index of one column goes; on PostgreSQL the one for LIKE with it."""
    name = f"{TABLE}_{column}_{end}"
    return migrations.RunSQL(
        [f"DROP INDEX {name}", f"DROP INDEX IF EXISTS {name}_like"], f"CREATE INDEX {name} ON {TABLE} ({column})"
    )


THERE = migrations.CreateModel(
    name="PublishedCase",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("slug", models.CharField(max_length=16, unique=True)),
        ("subject", models.CharField(max_length=200, verbose_name="标题")),
        ("body", models.TextField(verbose_name="内容")),
        ("answer", models.TextField(verbose_name="答复")),
        ("submitted_on", models.DateField(verbose_name="提交日期")),
        ("answered_on", models.DateField(verbose_name="答复日期")),
        ("published_at", models.DateTimeField(verbose_name="公开时间")),
        ("corrected_on", models.DateField(null=True, verbose_name="更正日期")),
        ("grade", models.PositiveSmallIntegerField(null=True, verbose_name="评价")),
        (
            "case",
            models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="public_page", to="cases.case"
            ),
        ),
        (
            "matter",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                db_index=False,
                to="registry.matter",
                verbose_name="事项",
            ),
        ),
        (
            "place",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                db_index=False,
                to="registry.place",
                verbose_name="行政区划",
            ),
        ),
        (
            "unit",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.unit",
                verbose_name="答复单位",
            ),
        ),
    ],
    options={
        "db_table": TABLE,
        "verbose_name": "公开件",
        "verbose_name_plural": "公开件",
        "indexes": [models.Index(fields=fields, name=name) for name, fields in OVER.items()],
    },
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [("letters", "0009_sealed_topics"), ("cases", "0001_initial"), ("registry", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[THERE]),
        migrations.RunSQL(
            f"ALTER TABLE {TABLE} ADD COLUMN kind varchar(16) NOT NULL DEFAULT 'letter'",
            f"ALTER TABLE {TABLE} DROP COLUMN kind",
            state_operations=[migrations.AddField("publishedcase", "kind", models.CharField(max_length=16))],
        ),
        *(go(column, end) for column, end in ALONE.items()),
        *(migrations.RemoveIndex("publishedcase", name) for name in OVER),
        *(
            migrations.AddIndex("publishedcase", models.Index(fields=[*fields, "kind"], name=name))
            for name, fields in OVER.items()
        ),
    ]
