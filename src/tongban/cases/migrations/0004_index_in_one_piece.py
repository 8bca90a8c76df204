"""FTS5 gathers as much as a batch of acts has before it writes it out as one piece; with its own 1 MB it wrote five and merged them (half the time).

`hashsize` is an option of SQLite's fts5_config.c that its documentation leaves out; it is kept in the table's own configuration. In bytes.
"""

from django.db import migrations

OWN, WIDE = 1 << 20, 8 << 20


def gathers(size):
    def change(apps, schema_editor):
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute("INSERT INTO case_index (case_index, rank) VALUES ('hashsize', %s)", [size])

    return change


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_entry_of_an_act")]
    operations = [migrations.RunPython(gathers(WIDE), gathers(OWN), elidable=False)]
