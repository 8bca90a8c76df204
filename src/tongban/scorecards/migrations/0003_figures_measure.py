"""A value of a kind's own word is counted as `word.1`: two characters longer than a word."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0002_items")]

    operations = [
        migrations.AlterField(model_name="tally", name="measure", field=models.CharField(max_length=20)),
    ]
