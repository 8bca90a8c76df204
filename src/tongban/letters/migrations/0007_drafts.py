"""A draft opens with its browser's cookie alone, names the set of its files, and says when it ends. Drafts of before
cannot be opened."""

import django.utils.timezone
from django.db import migrations, models


def forget_drafts(apps, schema_editor):
    apps.get_model("letters", "Draft").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("letters", "0006_index_in_one_piece")]

    operations = [
        migrations.RunPython(forget_drafts, migrations.RunPython.noop),
        migrations.RemoveField(model_name="draft", name="changed_at"),
        migrations.AddField(
            model_name="draft",
            name="expires_at",
            field=models.DateTimeField(db_index=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="draft",
            name="files",
            field=models.CharField(db_index=True, default="", max_length=64),
            preserve_default=False,
        ),
    ]
