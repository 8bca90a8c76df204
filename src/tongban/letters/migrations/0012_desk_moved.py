"""Reception times, drafts and templates of answers and lists taken out are the desk's: nothing
happens in the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("letters", "0011_counter_drafts"), ("desk", "0001_desk_moved")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name) for name in ("AnswerTemplate", "AnswerDraft", "ListExport", "Slot")
            ]
        )
    ]
