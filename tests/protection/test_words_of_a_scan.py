"""What a scan found is told in sentences: the rules behind a grade, what differs from the last scan, one set of classes
at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils.translation import override

from tests.protection.conftest import IDENTITY, ILLNESS, MOBILE, PLAIN
from tongban.detect.findings import kinds
from tongban.detect.grading import levels, rules
from tongban.protection import sets
from tongban.protection.clauses import clause
from tongban.protection.models import Field
from tongban.protection.telling import Known, told

CODES = [
    *(f"volume:{rule['persons']}" for rule in rules()["volume"]),
    *(f"class:{profile}:{name}" for profile, row in rules()["profiles"].items() for name in row["sensitive"].values()),
    *(f"level:{name}:{level}" for name in kinds() for level in levels()),
]


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("code", CODES)
def test_no_rule_is_shown_as_a_code(code, language):
    with override(language):
        words = clause(code)
    assert code not in words
    assert "→" in words
    assert not any(mark in words for mark in ("[V]", "[M]", "[X]", "general-", "volume:", "class:"))


def test_a_rule_says_what_is_the_case_what_follows_and_where_it_is_written():
    with override("zh-hans"):
        assert clause("volume:100000") == (
            "涉及 10 万人以上 → 提高 1 级，最高到一般数据 4 级（GB/T 43697-2024：规模影响级别；条文待核对）"
        )
        assert clause("volume:10000000").startswith(
            "涉及 1,000 万人以上 → 至少为重要数据（《网络数据安全管理条例》第二十八条"
        )
        assert clause("class:45574:医疗健康") == "属于敏感个人信息（医疗健康）→ 至少为一般数据 4 级（GB/T 45574-2025）"
        assert clause("level:mobile:general-3").startswith("手机号码：泄露会造成一般危害 → 一般数据 3 级")
        assert clause("level:own_rule:general-2") == "own_rule → 一般数据 2 级（本单位的规则）"
        assert clause("公民身份号码 → general-4") == "公民身份号码 → 一般数据 4 级"
        assert clause("什么也不是") == "什么也不是"


DIFFERENCES = [
    ("type", "", "mobile", Known("mobile", 0.96), "新出现：手机号码，命中 96%；上次没有发现"),
    ("type", "mobile", "", Known("", 0.0), "这次没有发现；上次是手机号码"),
    ("type", "mobile", "phone", Known("phone", None), "这次是电话号码；上次是手机号码"),
    ("raised", "general-3", "important", Known(), "级别升高：从一般数据 3 级到重要数据"),
    ("lowered", "general-3", "general-1", Known(), "级别降低：从一般数据 3 级到一般数据 1 级"),
    ("sensitive", "", "医疗健康", Known(), "新列入敏感个人信息：医疗健康"),
    ("sensitive", "医疗健康", "", Known(), "不再列入敏感个人信息（上次是医疗健康）"),
    ("sensitive", "医疗健康", "金融账户", Known(), "敏感个人信息类别由医疗健康改为金融账户"),
    ("grown", "59200", "118400", Known(), "涉及人数由 59,200 人增加到 118,400 人，超过了 10 万人的界限"),
    ("new", "", "general-3", Known("mobile", 0.5, True), "第一次扫描：手机号码，命中 50%"),
    ("new", "", "general-3", Known("mobile", 0.0001), "新出现的字段：手机号码，命中 < 0.1%"),
    ("new", "", "general-1", Known(), "新出现的字段，没有发现敏感内容"),
    ("back", "", "", Known(), "上次没有找到这个字段，这次又出现"),
    ("gone", "general-3", "", Known(), "这次没有找到这个字段（上次是一般数据 3 级）"),
]


@pytest.mark.parametrize(("what", "before", "after", "known", "words"), DIFFERENCES)
def test_a_difference_is_a_sentence(what, before, after, known, words):
    with override("zh-hans"):
        assert told(what, before, after, known) == words


@pytest.mark.django_db
def test_the_review_says_inside_the_row_what_the_last_scan_found_otherwise(taken, desk):
    taken(PLAIN, replace(MOBILE, type="", level="general-1", share=0.0, personal=False, found={}))
    taken(PLAIN, replace(MOBILE, share=0.96), day=2)
    page = desk("officer").get(reverse("protection:review")).content.decode()
    assert "新出现：手机号码，命中 96%；上次没有发现" in page
    assert "级别升高：从一般数据 1 级到一般数据 3 级" in page
    assert "13＊＊" in page


def offered(page):
    """The classes of sensitive personal data in the form."""
    return page.split('<select name="sensitive"')[1].split("</select>")[0]


@pytest.mark.django_db
def test_the_form_offers_one_set_of_classes_at_a_time(taken, desk):
    taken(ILLNESS, replace(IDENTITY, sensitive="本单位秘密"))
    row = Field.objects.get(column="note")
    client, address = desk("officer"), reverse("protection:field", args=[row.code])
    page = client.get(address).content.decode()
    assert '<strong aria-current="true">国家标准 GB/T 45574-2025</strong>' in page
    assert ("生物识别" in offered(page), "个人健康生理信息" in offered(page)) == (True, False)
    older = offered(client.get(address, {"set": "35273"}).content.decode())
    assert ("个人健康生理信息" in older, "金融账户" in older) == (True, False)
    own = offered(client.get(address, {"set": "own"}).content.decode())
    assert ("本单位秘密" in own, "生物识别" in own) == (True, False)
    given = {"do": "decide", "version": row.version, "type": "medical", "level": "general-4", "reason": "按旧标准"}
    chosen = {"sensitive": "个人健康生理信息", "set": "35273"}
    assert client.post(address, {**given, **chosen, "set": "45574"}).status_code == 422
    assert client.post(address, {**given, **chosen}).status_code == 302
    assert Field.objects.get(pk=row.pk).sensitive == "个人健康生理信息"


def test_counts_are_parted_by_set():
    every = sets.sets(["医疗健康", "个人健康生理信息", "本单位秘密"])
    assert [one.key for one in every] == ["45574", "35273", "own"]
    parted = sets.parted({"医疗健康": 3, "本单位秘密": 1}, every)
    assert [(one.key, mine) for one, mine in parted] == [("45574", [("医疗健康", 3)]), ("own", [("本单位秘密", 1)])]
