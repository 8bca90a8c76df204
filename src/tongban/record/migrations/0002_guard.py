"""The guard that keeps the record unchanged in the database itself. `private` alone may be sealed anew with a newer
key."""

from django.db import migrations

FIXED = 'key, at, what, way, "by", second, about, unit, role, since, until, "table", rows, salt, entry_key'
SQLITE = [
    f"""
    CREATE TRIGGER change_unchanged BEFORE UPDATE OF {FIXED} ON record_change
    BEGIN SELECT RAISE(ABORT, 'the record is never changed'); END
    """,
    (
        "CREATE TRIGGER change_kept BEFORE DELETE ON record_change BEGIN SELECT RAISE(ABORT, 'the record is never "
        "deleted'); END"
    ),
]
POSTGRESQL = [
    """
    CREATE FUNCTION change_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the record is never changed'; END $$
    """,
    (
        f"CREATE TRIGGER change_unchanged BEFORE UPDATE OF {FIXED} ON record_change FOR EACH ROW EXECUTE FUNCTION "
        "change_unchanged()"
    ),
    "CREATE TRIGGER change_kept BEFORE DELETE ON record_change FOR EACH ROW EXECUTE FUNCTION change_unchanged()",
]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER change_unchanged ON record_change")
        schema_editor.execute("DROP TRIGGER change_kept ON record_change")
        schema_editor.execute("DROP FUNCTION change_unchanged")
    else:
        schema_editor.execute("DROP TRIGGER change_unchanged")
        schema_editor.execute("DROP TRIGGER change_kept")


class Migration(migrations.Migration):
    dependencies = [("record", "0001_record")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
