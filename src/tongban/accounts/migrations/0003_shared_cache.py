"""The table of the cache that all processes share (`CACHES["default"]`)."""

from django.core.management import call_command
from django.db import migrations

TABLE = "accounts_shared_cache"


def forwards(apps, schema_editor):
    call_command("createcachetable", TABLE, database=schema_editor.connection.alias, verbosity=0)


def backwards(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {TABLE}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_proving")]
    operations = [migrations.RunPython(forwards, backwards, elidable=False)]
