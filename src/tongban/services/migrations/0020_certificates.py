"""Public keys of issuing units; entries of status lists are drawn by chance and need no kept order."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0006_place_position_delicate_matter"),
        ("services", "0010_unasked_lists"),
    ]

    operations = [
        migrations.RemoveField(model_name="statuslist", name="order"),
        migrations.AlterField(
            model_name="certificate",
            name="state",
            field=models.CharField(
                choices=[
                    ("good", "有效"),
                    ("suspended", "暂停"),
                    ("revoked", "已撤销"),
                    ("replaced", "已换发"),
                    ("expired", "已到期"),
                ],
                default="good",
                max_length=12,
                verbose_name="状态",
            ),
        ),
        migrations.CreateModel(
            name="IssuingKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kid", models.CharField(max_length=64, verbose_name="密钥编号")),
                ("x", models.CharField(max_length=43)),
                ("y", models.CharField(max_length=43)),
                ("since", models.DateTimeField(verbose_name="起始时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="废止时间")),
                ("tag", models.CharField(max_length=64)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.unit",
                        verbose_name="签发单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "签发公钥",
                "verbose_name_plural": "签发公钥",
                "ordering": ["unit_id", "-since", "kid"],
                "constraints": [models.UniqueConstraint(fields=("unit", "kid"), name="issuing_key_once")],
            },
        ),
    ]
