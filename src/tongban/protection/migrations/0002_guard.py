"""The guard that keeps decisions unchanged in the database itself."""

from django.db import migrations

SQLITE = [
    (
        "CREATE TRIGGER decision_unchanged BEFORE UPDATE ON protection_decision BEGIN SELECT RAISE(ABORT, 'a "
        "decision is never changed'); END"
    ),
    (
        "CREATE TRIGGER decision_kept BEFORE DELETE ON protection_decision BEGIN SELECT RAISE(ABORT, 'a decision is "
        "never deleted'); END"
    ),
]
POSTGRESQL = [
    """
    CREATE FUNCTION decision_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'a decision is never changed'; END $$
    """,
    (
        "CREATE TRIGGER decision_unchanged BEFORE UPDATE ON protection_decision FOR EACH ROW EXECUTE FUNCTION "
        "decision_unchanged()"
    ),
    (
        "CREATE TRIGGER decision_kept BEFORE DELETE ON protection_decision FOR EACH ROW EXECUTE FUNCTION "
        "decision_unchanged()"
    ),
]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER decision_unchanged ON protection_decision")
        schema_editor.execute("DROP TRIGGER decision_kept ON protection_decision")
        schema_editor.execute("DROP FUNCTION decision_unchanged")
    else:
        schema_editor.execute("DROP TRIGGER decision_unchanged")
        schema_editor.execute("DROP TRIGGER decision_kept")


class Migration(migrations.Migration):
    dependencies = [("protection", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
