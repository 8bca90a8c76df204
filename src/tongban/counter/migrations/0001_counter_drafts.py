"""Drafts are the counter's, of every kind of case. The table stays where it is, with its rows and their seals."""

from django.db import migrations, models

import tongban.vault.fields


class Migration(migrations.Migration):
    initial = True
    dependencies = [("letters", "0009_sealed_topics")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[],
            state_operations=[
                migrations.CreateModel(
                    name="Draft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        (
                            "private",
                            tongban.vault.fields.SealedJSONField(editable=False, identity=("digest",), null=True),
                        ),
                        ("files", models.CharField(db_index=True, max_length=64)),
                        ("expires_at", models.DateTimeField(db_index=True)),
                    ],
                    options={"verbose_name": "草稿", "verbose_name_plural": "草稿", "db_table": "letters_draft"},
                ),
            ],
        )
    ]
