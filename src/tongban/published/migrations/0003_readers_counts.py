"""What readers count on published cases: two numbers a case, in plain columns. They come with a plain ALTER TABLE: a
million rows are not written anew.
"""

from django.db import migrations, models

TABLE = "letters_publishedletter"
COLUMNS = {"useful": "觉得有用", "met": "也遇到"}


class Migration(migrations.Migration):
    dependencies = [("published", "0002_asked_sender")]
    operations = [
        *(
            migrations.RunSQL(
                f"ALTER TABLE {TABLE} ADD COLUMN {name} integer NOT NULL DEFAULT 0 CHECK ({name} >= 0)",
                f"ALTER TABLE {TABLE} DROP COLUMN {name}",
                state_operations=[
                    migrations.AddField(
                        "publishedcase", name, models.PositiveIntegerField(default=0, verbose_name=words)
                    )
                ],
            )
            for name, words in COLUMNS.items()
        ),
        migrations.AddIndex("publishedcase", models.Index(fields=["-useful", "-id", "kind"], name="published_useful")),
    ]
