"""What an import keeps moves to the room `intake`; the tables stay as they are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("letters", "0012_desk_moved")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="RejectedRow"), migrations.DeleteModel(name="ImportedFile")]
        )
    ]
