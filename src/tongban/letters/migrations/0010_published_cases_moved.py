"""Published letters are rows of the room `published` now; the table and its rows stay as they are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("letters", "0009_sealed_topics"), ("published", "0001_published_cases")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel("PublishedLetter"),
                migrations.CreateModel(
                    name="PublishedLetter",
                    fields=[],
                    options={
                        "verbose_name": "公开来信",
                        "verbose_name_plural": "公开来信",
                        "proxy": True,
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=("published.publishedcase",),
                ),
            ]
        )
    ]
