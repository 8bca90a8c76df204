"""Public notices of hearings (听证公告)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_phases"),
        ("registry", "0006_place_position_delicate_matter"),
        ("services", "0060_mandated"),
    ]

    operations = [
        migrations.CreateModel(
            name="HearingNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField(db_index=True, verbose_name="时间")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="大约多少分钟")),
                (
                    "way",
                    models.CharField(
                        choices=[("video", "视频"), ("phone", "电话"), ("hall", "现场")],
                        max_length=16,
                        verbose_name="方式",
                    ),
                ),
                ("where", models.CharField(blank=True, max_length=300, verbose_name="地点")),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("law", "法律、法规、规章规定应当听证"),
                            ("interest", "涉及公共利益的重大事项"),
                            ("needed", "有必要公告"),
                        ],
                        max_length=16,
                        verbose_name="为什么公告",
                    ),
                ),
                ("words", models.TextField(verbose_name="公告的内容")),
                (
                    "opened",
                    models.CharField(
                        choices=[
                            ("open", "公开举行"),
                            ("state_secret", "不公开：涉及国家秘密"),
                            ("trade_secret", "不公开：涉及商业秘密"),
                            ("privacy", "不公开：涉及个人隐私"),
                        ],
                        max_length=16,
                        verbose_name="是不是公开举行",
                    ),
                ),
                ("closed_why", models.CharField(blank=True, max_length=300, verbose_name="不公开的理由")),
                ("take_part", models.TextField(blank=True, verbose_name="怎样参加")),
                ("register_by", models.DateField(null=True, verbose_name="报名到哪一天")),
                ("posted_at", models.DateTimeField(verbose_name="公告时间")),
                (
                    "state",
                    models.CharField(
                        choices=[("ahead", "将举行"), ("held", "已举行"), ("off", "暂不举行")],
                        default="ahead",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("moved", models.BooleanField(default=False, verbose_name="改过时间")),
                ("shown_until", models.DateTimeField(db_index=True, null=True, verbose_name="保留到")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.matter",
                        verbose_name="事项",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.place",
                        verbose_name="行政区划",
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
                "verbose_name": "听证公告",
                "verbose_name_plural": "听证公告",
                "ordering": ["starts_at", "pk"],
            },
        ),
    ]
