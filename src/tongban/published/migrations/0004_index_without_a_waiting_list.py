"""On PostgreSQL new cases go into the search index at once: GIN's list of what waits to go in is read from end to end
by every search, and the box on the first page searches for many words."""

from django.db import migrations

FORWARDS = [
    "ALTER INDEX published_index_doc SET (fastupdate = off)",
    "SELECT gin_clean_pending_list('published_index_doc')",
]
BACKWARDS = ["ALTER INDEX published_index_doc RESET (fastupdate)"]


def on_postgresql(statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("published", "0003_readers_counts"), ("letters", "0002_published_index")]
    operations = [migrations.RunPython(on_postgresql(FORWARDS), on_postgresql(BACKWARDS), elidable=False)]
