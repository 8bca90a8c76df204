"""What a zone of a million names asks for at each change is found by an index: what ends by itself between two days,
and what holds of some names, above and below them. SQLite took the index of state and host: it read every row.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_branch")]
    operations = [
        migrations.AddIndex(
            model_name="listed", index=models.Index(fields=["state", "branch"], name="listed_state_branch")
        ),
        migrations.AddIndex(model_name="listed", index=models.Index(fields=["until"], name="listed_until")),
    ]
