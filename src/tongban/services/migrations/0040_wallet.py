"""Offers for wallets, the copies that wallets hold, and nonces that were used."""

import django.db.models.deletion
from django.db import migrations, models

import tongban.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0031_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsedNonce",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("until", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "用过的随机数",
                "verbose_name_plural": "用过的随机数",
            },
        ),
        migrations.CreateModel(
            name="WalletOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=64, unique=True)),
                ("tx_code", models.CharField(max_length=64)),
                ("tries", models.PositiveSmallIntegerField()),
                ("until", models.DateTimeField()),
                ("code_used_at", models.DateTimeField(null=True)),
                ("token", models.CharField(max_length=64, null=True, unique=True)),
                ("token_until", models.DateTimeField(null=True)),
                ("spent_at", models.DateTimeField(null=True)),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="offers", to="services.certificate"
                    ),
                ),
            ],
            options={
                "verbose_name": "放进钱包的邀请",
                "verbose_name_plural": "放进钱包的邀请",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="WalletCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(default=tongban.vault.fields.new_seal, editable=False, max_length=32, unique=True),
                ),
                ("issued_at", models.DateTimeField(verbose_name="放入时间")),
                ("status_index", models.PositiveIntegerField()),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="作废时间")),
                ("entry_key", models.BinaryField()),
                ("withdrawal_key", models.BinaryField(null=True)),
                ("seed", models.BinaryField(null=True)),
                ("private", tongban.vault.fields.SealedJSONField(null=True)),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="services.certificate"
                    ),
                ),
                (
                    "status_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="services.statuslist"
                    ),
                ),
            ],
            options={
                "verbose_name": "钱包里的副本",
                "verbose_name_plural": "钱包里的副本",
                "ordering": ["-issued_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("status_list", "status_index"), name="wallet_copy_index_once")
                ],
            },
        ),
    ]
