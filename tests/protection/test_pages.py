"""The pages as an officer uses them: upload, overview, list, one field, review, sources, one scan."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.protection.conftest import FIELDS, IDENTITY, ILLNESS, UNIT, report
from tongban.protection.models import Decision, Field, Scan, Source

pytestmark = pytest.mark.django_db


def upload(client, raw, **more):
    data = {"unit": UNIT, "source": "许可系统", "report": SimpleUploadedFile("report.json", raw), **more}
    return client.post(reverse("protection:upload"), data, headers={"Accept-Language": "zh-hans"})


def html(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_an_upload_shows_what_the_scan_found_and_twice_adds_nothing(desk):
    client = desk("officer")
    raw = report(*FIELDS).as_json().encode()
    answer = upload(client, raw)
    assert answer.status_code == 302
    text = html(client.get(answer["Location"]))
    assert "已导入 5 个字段" in text
    assert "2 个字段等待复核" in text
    again = upload(client, raw)
    assert again["Location"] == answer["Location"]
    assert "先前已经导入" in html(client.get(again["Location"]))
    assert Scan.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "不是扫描报告"), ("zh-hant", "不是掃描報告"), ("en", "not a scan report")]
)
def test_a_bad_report_is_told_in_the_persons_language_and_changes_nothing(desk, language, words):
    client = desk("officer")
    client.cookies["tongban_language"] = language
    text = html(upload(client, b"[1]"), 422)
    assert words in text
    assert 'value="许可系统"' in text
    assert not Source.objects.exists()


def test_an_upload_with_an_unmasked_value_is_refused_without_showing_it(desk):
    raw = report(IDENTITY, replace(ILLNESS, samples=("王小明 13800138000",))).as_json().encode()
    text = html(upload(desk("officer"), raw), 422)
    assert "第 2 个字段的样例没有遮蔽" in text
    assert "13800138000" not in text
    assert not Field.objects.exists()


def test_an_upload_that_is_missing_or_too_big_says_so(desk, monkeypatch):
    client = desk("officer")
    assert "data-errors" in html(client.post(reverse("protection:upload"), {"unit": UNIT}), 422)
    monkeypatch.setattr("tongban.protection.pages.uploading.LONGEST_UPLOAD", 10)
    assert "20 MB" in html(upload(client, b"x" * 11), 422)


def test_an_empty_catalogue_says_what_to_do(desk):
    client = desk("officer")
    for name in ("overview", "fields", "review", "sources", "upload"):
        assert reverse("protection:upload") in html(client.get(reverse(f"protection:{name}")))


def test_the_overview_counts_and_draws(desk, catalogue):
    text = html(desk("officer").get(reverse("protection:overview")))
    assert text.count('<svg class="chart__svg" height') == 3
    assert text.count("chart__title") == 3
    assert "医疗健康" in text
    for name in ("xlsx", "csv", "json", "dcat", "openmetadata"):
        assert reverse("protection:export", args=[name]) in text


FOUND = [
    ("", 5), ("?level=serious", 1), ("?level=general-4", 2), ("?category=person", 4), ("?category=none", 1),
    ("?sensitive=any", 1), ("?sensitive=医疗健康", 1),
    ("?type=mobile", 1), ("?q=身份证", 1), ("?q=身份證", 1), ("?q=身份", 2), ("?q=applicants ID_NO", 1),
    ("?q=Mobile", 1), ("?q=没有这个", 0), ("?review=waiting", 2), ("?gone=any", 0),
    ("?unit=610113-ZJ", 0), ("?level=nonsense", 5), ("?q=%25", 0), ("?decided=any", 0),
]  # fmt: skip


@pytest.mark.parametrize(("query", "number"), FOUND)
def test_the_list_is_narrowed_and_searched(desk, catalogue, query, number):
    text = html(desk("officer").get(reverse("protection:fields") + query))
    assert text.count('<a href="/protection/fields/') - text.count('<a href="/protection/fields/"') == number


def test_the_list_pages_by_key_in_both_directions(desk, taken, monkeypatch):
    taken(*(replace(IDENTITY, column=f"c{number:03d}") for number in range(120)))
    client, seen = desk("officer"), []
    address = reverse("protection:fields") + "?type=resident_id"
    pages = []
    while address:
        answer = client.get(address)
        pages.append([row.column for row, _mine in answer.context["rows"]])
        seen += pages[-1]
        last = answer.context["previous"]
        address = reverse("protection:fields") + answer.context["next"] if answer.context["next"] else ""
    assert seen == [f"c{number:03d}" for number in range(120)]
    back = client.get(reverse("protection:fields") + last)
    assert [row.column for row, _mine in back.context["rows"]] == pages[1]
    assert html(client.get(reverse("protection:fields") + "?after=x&before=99999999999999999999"))


def test_one_field_shows_verdict_clauses_masked_samples_and_history(desk, catalogue):
    text = html(desk("officer").get(reverse("protection:field", args=[catalogue["residents.id_no"].code])))
    for words in (
        "重要数据",
        "第二十八条",
        "公民身份号码",
        "判为重要或核心数据",
        "12,000,000",
        "第一次扫描：公民身份号码",
    ):
        assert words in text, words
    assert "61＊＊" in html(desk("officer").get(reverse("protection:field", args=[catalogue["applicants.id_no"].code])))


def test_an_officer_decides_withdraws_and_everything_is_told(desk, catalogue):
    client, row = desk("officer"), catalogue["applicants.note"]
    address = reverse("protection:field", args=[row.code])
    text = html(
        client.post(
            address,
            {
                "do": "decide",
                "version": row.version,
                "type": "mobile",
                "level": "general-2",
                "sensitive": "",
                "reason": " ",
            },
        ),
        422,
    )
    assert not Decision.objects.exists()
    answer = client.post(
        address,
        {
            "do": "decide",
            "version": row.version,
            "type": "mobile",
            "level": "general-2",
            "sensitive": "",
            "reason": "只有回访电话",
        },
    )
    assert answer["Location"] == address
    text = html(client.get(address))
    for words in ("已改判", "只有回访电话", "扫描现在判为", "一般数据 2 级", "医疗健康", "官员officer"):
        assert words in text, words
    version = Field.objects.get(pk=row.pk).version
    assert "请写明理由" in html(client.post(address, {"do": "withdraw", "version": version, "reason": ""}), 422)
    assert client.post(address, {"do": "withdraw", "version": version, "reason": "看错了"}).status_code == 302
    assert Field.objects.get(pk=row.pk).decision is None


def test_a_stale_form_is_refused_and_keeps_what_was_typed(desk, catalogue):
    client, row = desk("officer"), catalogue["applicants.note"]
    address = reverse("protection:field", args=[row.code])
    client.post(address, {"do": "accept", "version": row.version})
    text = html(
        client.post(
            address,
            {
                "do": "decide",
                "version": row.version,
                "type": "",
                "level": "general-1",
                "sensitive": "",
                "reason": "这里只有回访电话",
            },
        ),
        409,
    )
    assert "这里只有回访电话" in text
    assert "刚刚有了变化" in text
    assert html(client.post(address, {"do": "nonsense", "version": 1}), 422)
    assert html(client.post(address, {"do": "accept", "version": "x"}), 409)


def test_the_queue_is_worked_off(desk, catalogue):
    client = desk("officer")
    address = reverse("protection:review")
    first, second = client.get(address).context["rows"]
    assert (first[0].column, second[0].part) == ("note", "residents")
    answer = client.post(
        reverse("protection:field", args=[first[0].code]),
        {"do": "accept", "version": first[0].version, "next": address},
    )
    assert answer["Location"] == address
    client.post(
        reverse("protection:field", args=[second[0].code]),
        {"do": "later", "version": second[0].version, "next": "//evil.example/"},
    )
    assert client.get(address).context["rows"] == []
    assert [row.part for row, _mine, _changes in client.get(address + "?show=later").context["rows"]] == ["residents"]


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(desk, catalogue, back):
    row = catalogue["applicants.note"]
    answer = desk("officer").post(
        reverse("protection:field", args=[row.code]), {"do": "accept", "version": row.version, "next": back}
    )
    assert answer["Location"] == reverse("protection:field", args=[row.code])


def test_a_source_says_what_it_is_for_and_is_removed_with_a_reason(desk, catalogue, officer):
    client, row = desk("officer"), Source.objects.get()
    address = reverse("protection:source", args=[row.code])
    post = client.get(address).context["form"].fields["contact"].choices[1][0]
    assert client.post(address, {"do": "save", "purpose": "办理施工许可", "contact": post}).status_code == 302
    assert "办理施工许可" in html(client.get(address))
    assert html(client.post(address, {"do": "save", "purpose": "x", "contact": "999999"}), 422)
    assert "请写明理由" in html(client.post(address, {"do": "remove", "reason": ""}), 422)
    assert client.post(address, {"do": "remove", "reason": "系统已下线"}).status_code == 302
    assert "系统已下线" in html(client.get(address))
    assert "系统已下线" in html(client.get(reverse("protection:sources")))
    assert client.get(reverse("protection:fields")).context["rows"] == []
    assert client.get(reverse("protection:field", args=[catalogue["applicants.note"].code])).status_code == 404


def test_a_scan_shows_differences_and_what_it_could_not_read(desk, catalogue, taken):
    second = taken(*FIELDS[:3], day=2)
    text = html(desk("officer").get(reverse("protection:scan", args=[second.scan.code])))
    assert "不再出现" in text
    assert "全部读取了" in text
    first = Scan.objects.order_by("pk")[0]
    text = html(desk("officer").get(reverse("protection:scan", args=[first.code]) + "?what=new"))
    assert "没有读取这个表的权限" in text


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_page_speaks_every_language(desk, catalogue, language):
    client = desk("officer")
    client.cookies["tongban_language"] = language
    scan, source = Scan.objects.get(), Source.objects.get()
    for name, args in (
        ("overview", []),
        ("fields", []),
        ("review", []),
        ("sources", []),
        ("upload", []),
        ("scan", [scan.code]),
        ("source", [source.code]),
        ("field", [catalogue["applicants.note"].code]),
    ):
        text = html(client.get(reverse(f"protection:{name}", args=args)))
        if language == "en":
            assert "数据目录" not in text, name
            assert "Data catalogue" in text


def test_the_export_of_a_page_is_narrowed_as_the_page(desk, catalogue):
    client = desk("officer")
    rows = json.loads(client.get(reverse("protection:export", args=["json"]) + "?level=serious").content)["fields"]
    assert [row["part"] for row in rows] == ["residents"]
    answer = client.get(reverse("protection:export", args=["csv"]))
    assert (answer["Cache-Control"], answer["Content-Disposition"]) == (
        "no-store",
        'attachment; filename="catalogue.csv"',
    )
    assert client.get(reverse("protection:export", args=["exe"])).status_code == 404


def test_pages_cost_a_handful_of_statements(desk, taken, django_assert_max_num_queries):
    taken(*(replace(IDENTITY, column=f"c{number}", sure=0.5) for number in range(60)))
    client = desk("officer")
    for name in ("overview", "fields", "review", "sources"):
        with django_assert_max_num_queries(22):
            html(client.get(reverse(f"protection:{name}")))
