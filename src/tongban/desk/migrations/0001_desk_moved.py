"""Models that were the letters' door's are the desk's from here on; their tables and rows stay as they are.

What is sealed in them is bound to the names of the tables, so the names stay too. Only Django's idea of whose they are
changes; `letters` forgets them in a migration of its own.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tongban.vault.fields

MOVED = [
    migrations.CreateModel(
        name="AnswerTemplate",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=80, verbose_name="名称")),
            ("text", models.TextField(verbose_name="内容")),
            (
                "matter",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="+",
                    to="registry.matter",
                    verbose_name="事项",
                ),
            ),
            (
                "unit",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="+",
                    to="registry.unit",
                    verbose_name="单位",
                ),
            ),
        ],
        options={
            "verbose_name": "答复模板",
            "verbose_name_plural": "答复模板",
            "db_table": "letters_answertemplate",
            "ordering": ["name"],
        },
    ),
    migrations.CreateModel(
        name="AnswerDraft",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("private", tongban.vault.fields.SealedJSONField(null=True)),
            ("changed_at", models.DateTimeField(auto_now=True)),
            ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case")),
            (
                "official",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "verbose_name": "答复草稿",
            "verbose_name_plural": "答复草稿",
            "db_table": "letters_answerdraft",
            "constraints": [models.UniqueConstraint(fields=("case", "official"), name="answer_draft_once")],
        },
    ),
    migrations.CreateModel(
        name="ListExport",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("role", models.CharField(max_length=16, verbose_name="角色")),
            ("at", models.DateTimeField(verbose_name="时间")),
            ("after", models.PositiveBigIntegerField()),
            ("up_to", models.PositiveBigIntegerField()),
            (
                "official",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="工作人员",
                ),
            ),
            (
                "unit",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="registry.unit",
                    verbose_name="单位",
                ),
            ),
        ],
        options={
            "verbose_name": "清单导出",
            "verbose_name_plural": "清单导出",
            "db_table": "letters_listexport",
            "indexes": [models.Index(fields=["unit", "at"], name="export_of_unit")],
        },
    ),
    migrations.CreateModel(
        name="Slot",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("starts_at", models.DateTimeField(verbose_name="开始时间")),
            ("minutes", models.PositiveSmallIntegerField(default=20, verbose_name="时长（分钟）")),
            (
                "way",
                models.CharField(
                    choices=[("video", "视频"), ("phone", "电话"), ("hall", "现场")],
                    default="video",
                    max_length=8,
                    verbose_name="方式",
                ),
            ),
            ("booked_at", models.DateTimeField(blank=True, null=True)),
            ("held_at", models.DateTimeField(blank=True, null=True, verbose_name="已接访")),
            ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="已取消")),
            (
                "booked_case",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="slots",
                    to="cases.case",
                    verbose_name="预约的件",
                ),
            ),
            (
                "official",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="接访人",
                ),
            ),
            (
                "unit",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="slots",
                    to="registry.unit",
                    verbose_name="单位",
                ),
            ),
        ],
        options={
            "verbose_name": "接访时段",
            "verbose_name_plural": "接访时段",
            "db_table": "letters_slot",
            "ordering": ["starts_at"],
            "indexes": [
                models.Index(
                    condition=models.Q(("booked_case__isnull", True), ("cancelled_at__isnull", True)),
                    fields=["starts_at"],
                    name="slot_free",
                )
            ],
            "constraints": [
                models.UniqueConstraint(fields=("unit", "starts_at", "official"), name="slot_once"),
                models.UniqueConstraint(
                    condition=models.Q(("official__isnull", True)), fields=("unit", "starts_at"), name="slot_once_any"
                ),
                models.UniqueConstraint(
                    condition=models.Q(("booked_case__isnull", False), ("held_at__isnull", True)),
                    fields=("booked_case",),
                    name="slot_one_booking_open",
                ),
            ],
        },
    ),
]


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("cases", "0007_sealed_segments"),
        ("letters", "0009_sealed_topics"),
        ("registry", "0004_second_eyes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [migrations.SeparateDatabaseAndState(state_operations=MOVED)]
