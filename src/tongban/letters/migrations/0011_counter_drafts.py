"""Drafts are the counter's now: the table stays, this room forgets it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("letters", "0010_published_cases_moved"), ("counter", "0001_counter_drafts")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[], state_operations=[migrations.DeleteModel(name="Draft")]
        )
    ]
