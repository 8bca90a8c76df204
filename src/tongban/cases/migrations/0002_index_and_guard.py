"""The search index (not a model: FTS5 or tsvector) and the guard that keeps acts unchanged in the database itself."""

from django.db import migrations

from tongban.cases.search import POSTGRESQL, SQLITE

FIXED = "case_id, sequence, act, actor, role, at, state_before, state_after, public, nonce"
SQLITE_GUARD = f"""
CREATE TRIGGER act_unchanged BEFORE UPDATE OF {FIXED} ON cases_act
BEGIN SELECT RAISE(ABORT, 'an act is never changed'); END
"""
POSTGRESQL_GUARD = [
    """
    CREATE FUNCTION act_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'an act is never changed'; END $$
    """,
    f"""
    CREATE TRIGGER act_unchanged BEFORE UPDATE OF {FIXED} ON cases_act
    FOR EACH ROW EXECUTE FUNCTION act_unchanged()
    """,
    "CREATE TRIGGER act_kept BEFORE DELETE ON cases_act FOR EACH ROW EXECUTE FUNCTION act_unchanged()",
]


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in (*POSTGRESQL, *POSTGRESQL_GUARD):
            schema_editor.execute(statement, params=None)
    else:
        for statement in (*SQLITE, SQLITE_GUARD):
            schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER act_kept ON cases_act")
        schema_editor.execute("DROP TRIGGER act_unchanged ON cases_act")
        schema_editor.execute("DROP FUNCTION act_unchanged")
    else:
        schema_editor.execute("DROP TRIGGER act_unchanged")
    schema_editor.execute("DROP TABLE case_index")


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
