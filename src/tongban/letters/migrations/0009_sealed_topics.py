"""What topics take out of letters is sealed; the signatures of near-copies are gone: the sealed search finds them."""

from django.db import migrations, models

import tongban.vault.fields


def forget_topics(apps, schema_editor):
    """Topics are worked out anew by the worker; what stands there in clear is deleted first."""
    apps.get_model("letters", "RisingTopic").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("letters", "0008_corrected_on_exports")]
    operations = [
        migrations.RunPython(forget_topics, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name="risingtopic", name="name"),
        migrations.RemoveField(model_name="risingtopic", name="words"),
        migrations.RemoveField(model_name="risingtopic", name="case_ids"),
        migrations.AddField(
            model_name="risingtopic",
            name="seal",
            field=models.CharField(default=tongban.vault.fields.new_seal, editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name="risingtopic",
            name="private",
            field=tongban.vault.fields.SealedJSONField(editable=False, identity=("seal",), null=True),
        ),
        migrations.RunSQL("DROP TABLE IF EXISTS letter_copy_band", migrations.RunSQL.noop),
        migrations.RunSQL("DROP TABLE IF EXISTS letter_copy_signature", migrations.RunSQL.noop),
    ]
