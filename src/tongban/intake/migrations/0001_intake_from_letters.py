"""What an import keeps, taken over from the letters' room with its tables and rows."""

import django.db.models.deletion
from django.db import migrations, models

import tongban.vault.fields


class Migration(migrations.Migration):
    initial = True
    dependencies = [("letters", "0013_intake_imports_leave")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="ImportedFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("done_rows", models.PositiveIntegerField(default=0)),
                        ("taken", models.PositiveIntegerField(default=0)),
                        ("known", models.PositiveIntegerField(default=0)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("started_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "verbose_name": "导入",
                        "verbose_name_plural": "导入",
                        "db_table": "letters_importedfile",
                    },
                ),
                migrations.CreateModel(
                    name="RejectedRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("line", models.PositiveIntegerField()),
                        ("reason", models.CharField(max_length=300)),
                        (
                            "private",
                            tongban.vault.fields.SealedJSONField(
                                editable=False, identity=("file_id", "line"), null=True
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rejected",
                                to="intake.importedfile",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "未导入的行",
                        "verbose_name_plural": "未导入的行",
                        "db_table": "letters_rejectedrow",
                        "ordering": ["line"],
                    },
                ),
                migrations.AddConstraint(
                    model_name="rejectedrow",
                    constraint=models.UniqueConstraint(fields=("file", "line"), name="rejected_once"),
                ),
            ]
        )
    ]
