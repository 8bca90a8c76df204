"""Phases instead of open or not; a case may be about another or part of one, in force until a day, and goes by an
edition of its kind's table."""

from django.db import migrations, models
from django.db.models import Q
from django.db.models.deletion import PROTECT

PHASES = [("work", "办理中"), ("in_force", "有效"), ("over", "已结")]


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_sealed_segments")]
    operations = [
        migrations.AddField(
            "case", "phase", models.CharField(choices=PHASES, default="work", max_length=8, verbose_name="阶段")
        ),
        migrations.RunSQL("UPDATE cases_case SET phase = 'over' WHERE NOT is_open", migrations.RunSQL.noop),
        migrations.RemoveIndex("case", "case_tray"),
        migrations.RemoveIndex("case", "case_due"),
        migrations.RemoveIndex("case", "case_place"),
        migrations.RemoveIndex("case", "case_retain"),
        migrations.RemoveField("case", "is_open"),
        migrations.AddField("case", "edition", models.PositiveSmallIntegerField(default=1, verbose_name="程序版本")),
        migrations.AddField(
            "case",
            "about",
            models.ForeignKey(
                "cases.case",
                PROTECT,
                null=True,
                related_name="those_about",
                verbose_name="所针对的件",
                db_index=False,
            ),
        ),
        migrations.AddField(
            "case",
            "part_of",
            models.ForeignKey(
                "cases.case", PROTECT, null=True, related_name="parts", verbose_name="所属的件", db_index=False
            ),
        ),
        migrations.AddField("case", "in_force_until", models.DateField(null=True, verbose_name="有效至")),
        migrations.AddIndex("case", models.Index(fields=["unit", "phase", "due_at", "id"], name="case_tray")),
        migrations.AddIndex("case", models.Index(fields=["phase", "due_at", "id"], name="case_due")),
        migrations.AddIndex("case", models.Index(fields=["place", "phase", "due_at"], name="case_place")),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["retain_until"], name="case_retain", condition=Q(erased_at__isnull=True, phase="over")
            ),
        ),
        migrations.AddIndex(
            "case", models.Index(fields=["in_force_until"], name="case_in_force", condition=Q(phase="in_force"))
        ),
        migrations.AddIndex(
            "case", models.Index(fields=["about"], name="case_about", condition=Q(about__isnull=False))
        ),
        migrations.AddIndex(
            "case", models.Index(fields=["part_of"], name="case_part_of", condition=Q(part_of__isnull=False))
        ),
    ]
