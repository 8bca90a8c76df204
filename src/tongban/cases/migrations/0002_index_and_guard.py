"""The search index (not a model: FTS5 or tsvector) and the guard that keeps acts unchanged in the database itself."""

from django.db import migrations

SQLITE = ["CREATE VIRTUAL TABLE case_index USING fts5(tokens, content='', detail=full, tokenize=\"ascii\")"]
POSTGRESQL = [
    "CREATE TABLE case_index (act_id bigint PRIMARY KEY, doc tsvector NOT NULL)",
    "CREATE INDEX case_index_doc ON case_index USING gin (doc) WITH (fastupdate = on)",
]
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
