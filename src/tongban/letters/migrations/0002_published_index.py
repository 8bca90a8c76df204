"""The search index of published letters: not a model but FTS5 or a tsvector table."""

from django.db import migrations

SQLITE = ["CREATE VIRTUAL TABLE published_index USING fts5(tokens, content='', detail=full, tokenize=\"ascii\")"]
POSTGRESQL = [
    "CREATE TABLE published_index (letter_id bigint PRIMARY KEY, doc tsvector NOT NULL)",
    "CREATE INDEX published_index_doc ON published_index USING gin (doc)",
]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor):
    schema_editor.execute("DROP TABLE published_index")


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
