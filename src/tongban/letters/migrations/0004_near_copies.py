"""The index of near-copies: not models but two tables of `tongban.text.DuplicateIndex`, as they
stood at this migration."""

from django.db import migrations


def forwards(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    blob, tail = ("BLOB", " WITHOUT ROWID") if sqlite else ("BYTEA", "")
    schema_editor.execute(
        f"CREATE TABLE letter_copy_signature (id BIGINT PRIMARY KEY, signature {blob} NOT NULL)", params=None
    )
    schema_editor.execute(
        f"CREATE TABLE letter_copy_band (band BIGINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (band, id)){tail}",
        params=None,
    )


def backwards(apps, schema_editor):
    schema_editor.execute("DROP TABLE letter_copy_band")
    schema_editor.execute("DROP TABLE letter_copy_signature")


class Migration(migrations.Migration):
    dependencies = [("letters", "0003_constraints")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
