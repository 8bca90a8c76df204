"""What is offered in a place on a day is read from the index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0006_place_position_delicate_matter"),
        ("services", "0040_wallet"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="offering",
            name="offering_place",
        ),
        migrations.AddIndex(
            model_name="offering",
            index=models.Index(fields=["place", "matter", "since", "until"], name="offering_held_in_place"),
        ),
    ]
