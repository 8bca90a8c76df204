"""The pages of the catalogue: found by words, event, unit, place and name; what the guide says; whom each page is
for."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from rdflib import Graph, Namespace
from rdflib.namespace import DCTERMS, RDF

from tongban.accounts.models import Official
from tongban.gate.parts import Asked
from tongban.services import finding, guides, models, reading
from tongban.services.exchange.giving import as_csv
from tongban.services.exchange.tables import TABLES
from tongban.services.finding import Wanted

from .conftest import official

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
CPSV, CV = Namespace("http://purl.org/vocab/cpsv#"), Namespace("http://data.europa.eu/m8g/")


def page(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def codes(**wanted):
    return [one.code for one in finding.found(Wanted(**wanted))]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("居住证", "7004"), ("居住證", "7004"), ("孩子 户口", "7006"), ("开饭店", "7003"), ("residence permit", "7004"),
        ("没了工作", "7010"), ("养老金", "7012"), ("公积金 租房", "7043"), ("我妈八十岁了有什么补贴", "7025"),
    ],
)  # fmt: skip
def test_people_find_what_they_mean(words, code):
    assert code in codes(words=words)[:5]


def test_a_name_comes_before_what_is_said_elsewhere():
    assert codes(words="失业保险金")[0] == "7011"


def test_nothing_is_found_for_nonsense(client):
    assert codes(words="量子纠缠xyz") == []
    assert "没有找到" in page(client, "/services/?q=量子纠缠xyz")


def test_what_is_offered_by_event_unit_place_type_and_to_whom():
    assert "7006" in codes(event="birth")
    assert set(codes(unit="610113-SJ")) == {"7003", "7034", "7037"}
    assert set(codes(place="610124")) == {
        "7001",
        "7002",
        "7003",
        "7004",
        "7010",
        "7011",
        "7018",
        "7025",
        "7034",
        "7041",
    }
    assert "7043" in codes(place="610113")
    assert all(one.item.type == "license" for one in finding.found(Wanted(type="license")))
    assert "7041" not in codes(subject="person")
    assert codes(words="经营许可", unit="610113-SJ") == ["7003"]


def test_names_stand_by_their_first_sound():
    letters = finding.by_letter()
    assert "7004" in [one.code for one in letters["J"]]
    assert list(letters) == sorted(letters)


def test_an_old_offering_is_not_found():
    models.Offering.objects.filter(matter="7003").update(until=date(2020, 1, 1))
    assert "7003" not in codes(unit="610113-SJ")


def test_the_catalogue_leads_to_every_item(client):
    text = page(client, "/services/a-z/")
    for code in reading.current().items:
        assert f"/services/{code}/" in text
    assert "生孩子" in page(client, "/services/")
    assert "雁塔区市场监督管理局" in page(client, "/services/units/?place=610113")


def test_the_guide_says_what_people_ask(client):
    text = page(client, "/services/7004/")
    for words in (
        "我能办吗", "要带什么", "多久办好", "收多少钱", "在哪里办", "办成以后", "没有办成呢", "依据", "开始申请",
        "在这里住满半年", "下面有一条符合就行", "5 个工作日", "法律规定最长 15 天", "不收费", "029-0000",
        "《居住证暂行条例》第二条", "这些不用带，我们自己查", "可以以后再补",
    ):  # fmt: skip
        assert words in text, words
    assert "其他材料" not in text


def test_the_guide_of_a_place_has_its_window_and_its_number(client):
    assert "820元" in page(client, "/services/7018/?place=610113")
    assert "周至县公安局" in page(client, "/services/7004/?place=610124")
    models.Parameter.objects.create(code="low_income_line", place_id="610124", value=700, trust="M")
    reading.touch()
    text = page(client, "/services/7018/?place=610124")
    assert "周至县的标准：700元" in text


def test_articles_are_shown_with_their_text_where_it_is_loaded(client):
    assert "details--small" not in page(client, "/services/7030/")
    models.Article.objects.filter(pk="cjr:50").update(text="盲人免费乘坐。\n第二款。")
    text = page(client, "/services/7030/?place=610113")
    assert "盲人免费乘坐。" in text


def test_a_version_in_time_is_said_to_be_one(client):
    item = models.Item.objects.get(matter="7037")
    item.until = date(2026, 1, 31)
    item.save()
    models.Item.objects.create(
        matter=item.matter, since=date(2026, 2, 1), type="record", summary="新的说明。", subject="both"
    )
    reading.touch()
    assert "新的说明。" in page(client, "/services/7037/")
    old = page(client, f"/services/7037/?day={item.since}")
    assert item.summary in old
    assert "旧版本" in old
    assert "开始申请" not in old
    assert "新的说明。" in page(client, "/services/7037/?day=2021-05-05")  # no version begins on that day


def test_an_item_that_is_not_there_or_not_any_more(client):
    page(client, "/services/9999/", 404)
    page(client, "/services/0101/", 404)
    page(client, "/services/9999.jsonld", 404)


def test_in_english_every_word_is_english(client):
    with translation.override("en"):
        guide = guides.guide("7004")
        assert guide.summary.startswith("For people from elsewhere")
        assert all(one.words.isascii() for group in guide.groups for one in group)
        assert all(one.name.isascii() for one in (*guide.bring, *guide.known))


def test_the_button_begins_an_application_for_item_and_place(client):
    response = client.post("/services/begin/", {"matter": "7004", "place": "610113"})
    assert response.status_code == 302
    assert "application" in response["Location"]
    assert (
        client.post("/services/begin/", {"matter": "7004"}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    )
    assert client.get("/services/begin/").status_code == 405


def test_pages_for_everybody_carry_no_token_and_are_kept(client):
    for path in ("/services/", "/services/7004/", "/services/a-z/", "/services/?event=old"):
        response = client.get(path)
        assert "csrfmiddlewaretoken" not in response.content.decode()
        assert response["Public-For"] == "30"
        assert not response.cookies


def test_the_box_of_the_home_page_answers_with_items():
    told = finding.answering(Asked("我刚生了孩子，要给孩子上户口", "610113"))
    assert "7006" in [one.code for one in told["rows"]]
    assert finding.answering(Asked("量子xyz", "")) is None


def test_the_search_and_the_map_of_the_site_know_the_guides(client):
    assert "/services/7004/" in [one.address for one in finding.hits("居住证", 3)]
    assert finding.count("居住证") >= 2
    assert "/services/7004/" in page(client, "/sitemap/services-0.xml")
    assert len(finding.sitemap(0)) == len(reading.current().items)
    assert finding.chunks() == 1


@pytest.mark.both_databases
def test_what_is_no_code_is_nobodys_fault(client):
    for query in (
        "unit=%00",
        "place=%00",
        "event=%00",
        "q=%00",
        "letter=%00",
        "page=%00",
        "page=-1",
        "page=99999999999",
    ):
        assert client.get(f"/services/?{query}").status_code == 200, query
    for query in ("place=%00", "day=%00", "day=9999-99-99"):
        assert client.get(f"/services/7004/?{query}").status_code == 200, query
    assert client.get("/services/units/?place=%00").status_code == 200
    assert client.get("/api/v1/services/%00").status_code == 422
    assert client.get("/api/v1/services?unit=nobody").json()["items"] == []
    assert client.post("/services/begin/", {"matter": "\x00", "place": "\x00"}).status_code == 302


# --- for programs -----------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_linked_data_is_what_cpsv_ap_wants(client):
    for code in reading.current().items:
        text = page(client, f"/services/{code}.jsonld")
        graph = Graph().parse(data=text, format="json-ld")
        (service,) = graph.subjects(RDF.type, CPSV.PublicService)
        assert str(graph.value(service, DCTERMS.identifier)) == code
        assert {one.language for one in graph.objects(service, DCTERMS.title)} == {"zh", "en"}
        assert {one.language for one in graph.objects(service, DCTERMS.description)} == {"zh", "en"}
        assert list(graph.objects(service, CV.hasCompetentAuthority))
        for prop in (
            CV.hasChannel,
            CV.contactPoint,
            CV.holdsRequirement,
            CPSV.hasInput,
            CPSV.produces,
            CV.hasLegalResource,
        ):
            for node in graph.objects(service, prop):
                assert graph.value(node, RDF.type) is not None, (code, prop)
        for node in graph.subjects(RDF.type, CV.Evidence):
            assert graph.value(node, DCTERMS.identifier) is not None
    assert client.get("/services/7004.jsonld")["Content-Type"].startswith("application/ld+json")


def test_the_api_lists_and_reads_services(client):
    found = json.loads(page(client, "/api/v1/services?event=birth"))
    assert "7006" in [one["code"] for one in found["items"]]
    assert found["next"] is None
    one = json.loads(page(client, "/api/v1/services/7018?place=610113"))
    assert one["legal"] == {"days": 30, "unit": "working", "basis": "《最低生活保障审核确认办法》"}
    assert {row["how"] for row in one["materials"]} == {"instead", "required"}
    assert next(row for row in one["materials"] if row["code"] == "id_card")["register"] == "population"
    assert all(len(group) >= 1 for group in one["conditions"])
    assert page(client, "/api/v1/services/9999", 404)
    assert json.loads(page(client, "/api/v1/services/7018/linked-data"))["@graph"]


# --- for who keeps it -------------------------------------------------------------------------------------------------


KEPT = ("/desk/services/", "/desk/services/import/", "/desk/services/export/items.csv")


@pytest.fixture
def keeper(signed_in):
    return signed_in(person("610000-GOV", "administrator"))


def person(unit, role):
    return Official.objects.get(pk=official(unit, role).official_id)


def test_the_pages_that_keep_the_catalogue_are_an_administrators(keeper, signed_in):
    for path in KEPT:
        assert keeper.get(path).status_code == 200
        assert signed_in(person("610113-SJ", "head")).get(path).status_code == 403
    for path in (*KEPT, "/desk/services/check/"):
        assert Client().get(path).status_code == 302


def test_a_unit_sees_what_its_own_guides_lack_and_an_administrator_all(keeper, signed_in):
    models.Offering.objects.filter(matter="7003").update(phone="")
    models.Offering.objects.filter(matter="7001").update(phone="")
    assert page(keeper, "/desk/services/check/").count("没有咨询电话") == 4
    text = page(signed_in(person("610113-SJ", "handler")), "/desk/services/check/")
    assert text.count("没有咨询电话") == 1
    assert "/services/7003/" in text
    assert "没有不合规定的地方" in page(signed_in(person("610113-GA", "handler")), "/desk/services/check/")


def test_every_table_can_be_chosen(keeper):
    text = page(keeper, "/desk/services/import/")
    for name in TABLES:
        assert f'<option value="{name}"' in text


def upload(client, table, text):
    file = SimpleUploadedFile(f"{table}.csv", text.encode())
    return client.post("/desk/services/import/", {"table": table, "file": file})


def kept_in(response):
    return re.search(r'name="kept" value="([^"]+)"', response.content.decode())[1]


ROWS = (
    "matter,unit,place,promised,channels,phone\n7001,610102-MZ,610102,1,counter,029\n7001,nobody,610102,1,counter,1\n"
)


def test_a_table_is_shown_before_it_is_taken_and_taken_as_it_was_shown(keeper):
    shown = upload(keeper, "offerings", ROWS)
    text = shown.content.decode()
    assert "预览，还没有写入" in text
    assert "没有 nobody" in text
    assert not models.Offering.objects.filter(place="610102").exists()
    kept = kept_in(shown)
    refused = keeper.post("/desk/services/import/", {"kept": kept, "confirm": "1", "reason": ""})
    assert refused.status_code == 422
    assert not models.Offering.objects.filter(place="610102").exists()
    done = keeper.post("/desk/services/import/", {"kept": kept, "confirm": "1", "reason": "新开窗口"})
    assert "已导入" in done.content.decode()
    assert models.Offering.objects.get(place="610102").phone == "029"
    bad = keeper.post("/desk/services/import/", {"kept": kept, "rejected": "1"})
    assert bad["Content-Disposition"].endswith('offerings-rejected.csv"')
    assert "nobody" in bad.content.decode("utf-8-sig")


def test_what_changed_since_it_was_shown_is_shown_anew(keeper):
    kept = kept_in(upload(keeper, "offerings", ROWS))
    models.Offering.objects.create(matter_id="7001", unit_id="610102-MZ", place_id="610102", promised=9)
    response = keeper.post("/desk/services/import/", {"kept": kept, "confirm": "1", "reason": "x"})
    assert response.status_code == 409
    assert models.Offering.objects.get(place="610102").promised == 9


def test_what_one_official_was_shown_is_not_anothers_to_confirm(keeper, signed_in):
    kept = kept_in(upload(keeper, "offerings", ROWS))
    other = signed_in(person("610113-GOV", "administrator"))
    assert other.post("/desk/services/import/", {"kept": kept, "confirm": "1", "reason": "x"}).status_code == 422


@pytest.mark.parametrize("file", ["", "\x00", "a,a\n1,2\n", "matter\n7001\n"])
def test_a_file_that_is_no_table_is_refused_with_words(keeper, file):
    response = upload(keeper, "offerings", file)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_a_table_comes_out_as_a_file_that_can_be_taken_in(keeper):
    response = keeper.get("/desk/services/export/offerings.csv")
    assert response.content == as_csv("offerings")
    assert keeper.get("/desk/services/export/offerings.xlsx").content[:2] == b"PK"
    assert keeper.get("/desk/services/export/cases.csv").status_code == 404
