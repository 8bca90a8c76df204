"""Published letters like a text: found among many, not by chance, and not where nothing is alike."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from tongban.cases.models import Case
from tongban.published.models import PublishedCase
from tongban.published.similar import forget, similar
from tongban.text import bigrams, tsvector

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MATTERS = ["0101", "0102", "0103"]


@pytest.fixture
def publish(letter):
    """Publishes texts without the whole way of their letters, as these tests ask for thousands."""
    first, _ = letter()

    def many(texts):
        cases = [
            Case(
                kind="letter", code=f"S{number:011d}", secret_digest="0" * 64, state="closed", phase="over",
                matter_id="0101", place_id="610113", unit_id="610113-CG",
                submitted_at=first.submitted_at, step_since=first.submitted_at, private={"link": "00"},
            )
            for number in range(len(texts))
        ]  # fmt: skip
        Case.objects.bulk_create(cases, batch_size=500)
        rows = [
            PublishedCase(
                case=case, kind="letter", slug=f"s{number}", subject=subject, body=body, answer="已经办理。",
                matter_id=MATTERS[number % 3], place_id="610113", unit_id="610113-CG",
                submitted_on=date(2026, 1, 1), answered_on=date(2026, 1, 9), published_at=first.submitted_at,
            )
            for number, (case, (subject, body)) in enumerate(zip(cases, texts, strict=True))
        ]  # fmt: skip
        PublishedCase.objects.bulk_create(rows, batch_size=500)
        with connection.cursor() as cursor:
            for row in rows:
                tokens = bigrams(f"{row.subject}\n{row.body}\n{row.answer}")
                if connection.vendor == "postgresql":
                    cursor.execute(
                        "INSERT INTO published_index (letter_id, doc) VALUES (%s, %s::tsvector)",
                        [row.pk, tsvector(tokens)],
                    )
                else:
                    cursor.execute(
                        "INSERT INTO published_index (rowid, tokens) VALUES (%s, %s)", [row.pk, " ".join(tokens)]
                    )
        forget()
        return rows

    return many


def everyday(number: int) -> tuple[str, str]:
    things = ["公交站牌", "小区停车", "菜市场卫生", "广场舞音乐", "自来水发黄", "快递柜", "健身器材", "垃圾分类"]
    return (
        f"{things[number % 8]}的问题",
        f"我们小区的{things[number % 8]}一直没有人管，请有关部门尽快处理，已经反映过{number % 7}次了。",
    )


def test_an_old_letter_is_found_behind_thousands_of_newer_ones(publish):
    rows = publish(
        [
            ("暖气管道爆裂，地下室被淹", "供热站门口的暖气管道爆裂，热水淹了地下室，请抢修。"),
            *[everyday(number) for number in range(2500)],
        ]
    )
    found = similar("暖气管道爆了", "昨天夜里我们楼的暖气管道爆裂，地下室都淹了，请尽快抢修管道。")
    assert found[0].pk == rows[0].pk
    assert rows[0].pk in {row.pk for row in similar("暖氣管道爆裂")}


def test_where_nothing_is_alike_nothing_is_offered(publish):
    publish([everyday(number) for number in range(40)])
    assert similar("教师资格证补办", "资格证遗失后怎样补办，需要哪些材料？") == []
    assert similar("", "") == []
    assert similar("！？", "。") == []


def test_english_is_compared_by_words_not_by_pairs_of_letters(publish):
    rows = publish(
        [
            ("How can a foreign teacher renew a residence permit?", "Which documents do I need?"),
            ("Street lamp is broken", "It has been dark for weeks."),
        ]
    )
    assert similar("heating", "The heater is cold") == []
    assert [row.pk for row in similar("renewing my residence permit", "my permit ends")] == [rows[0].pk]


def test_the_same_matter_and_place_go_first_and_the_letter_itself_is_left_out(publish):
    rows = publish(
        [("路灯坏了", "路灯坏了一个月。"), ("路灯坏了", "路灯坏了一个月。"), ("路灯坏了", "路灯坏了一个月。")]
    )
    assert next(row.matter_id for row in similar("路灯坏了", matter="0102")) == "0102"
    assert rows[1].pk not in {row.pk for row in similar("路灯坏了", without=rows[1].case_id)}
