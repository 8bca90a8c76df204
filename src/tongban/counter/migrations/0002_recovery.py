"""Questions for a new secret: rows that live for minutes."""

from django.db import migrations, models

import tongban.vault.fields


class Migration(migrations.Migration):
    dependencies = [("counter", "0001_counter_drafts")]

    operations = [
        migrations.CreateModel(
            name="Recovery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("handle", models.CharField(max_length=64, unique=True)),
                ("private", tongban.vault.fields.SealedJSONField(editable=False, identity=("handle",), null=True)),
                ("looked", models.BooleanField(default=False)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "重新领取密码",
                "verbose_name_plural": "重新领取密码",
                "indexes": [
                    models.Index(condition=models.Q(("looked", False)), fields=["id"], name="recovery_waiting")
                ],
            },
        ),
    ]
