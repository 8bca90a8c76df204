"""The tutorial's door from outside, over HTTP: what a resident, an official, a program and an older system do with it.

Collected by its name alone: `test_tutorial.py` runs it where the tutorial's folder is installed. Nothing of the folder
is imported here; what the pages show is all that is asked.
"""

from __future__ import annotations

import base64
import io
import itertools
import json
import re
from datetime import date, timedelta
from pathlib import Path

import orjson
import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from rich.console import Console

from tests.seeding import city_of_the_file
from tongban.accounts.models import ApiToken, Official, Post
from tongban.cases import notices, receipts, retention
from tongban.cases.models import Act, Attachment, Case, Notice
from tongban.cases.settling import settle
from tongban.counter import proven
from tongban.demo import load
from tongban.gate import cookies
from tongban.intake import running
from tongban.ledger.models import QueuedEntry
from tongban.portal.api import api
from tongban.registry import snapshot
from tongban.scorecards.figures import by_unit

pytestmark = pytest.mark.django_db
CITY, ABOVE, PLACE, MATTER = "610113-CG", "610113-GOV", "610113", "0107"
LANGUAGES = {
    "zh-hans": ("我要报修", "哪里坏了", "报修已收到", "正在安排维修", "安排维修", "这里以前的报修",
        "不满意，请上级单位复查"),
    "zh-hant": ("我要報修", "哪裡壞了", "報修已收到", "正在安排維修", "安排維修", "這裡以前的報修",
        "不滿意，請上級單位複查"),
    "en": ("Report something broken", "What is broken", "We have your report", "arranging the repair",
           "Arrange the repair", "Earlier repairs here", "Ask the unit above for a review"),
}  # fmt: skip
KEYS = itertools.count()


def _seed():
    load.load_registry()
    load.load_tables()


_city_of_the_file, city = city_of_the_file(_seed, snapshot.forget)


@pytest.fixture(autouse=True)
def _in_the_city(city, settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path
    yield
    snapshot.forget()


def picture(name: str = "长椅.png") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue())


def text(response) -> str:
    assert response.status_code == 200, (response.status_code, response.content.decode()[:2000])
    return response.content.decode()


def desk(unit: str, role: str = "handler") -> Client:
    user, _made = Official.objects.get_or_create(username=f"{unit}-{role}", defaults={"display_name": role})
    Post.objects.get_or_create(official=user, unit_id=unit, role=role, since=date(2020, 1, 1))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def written(client: Client, **more) -> None:
    """The three steps, each of which leads to the next."""
    today = timezone.localdate().isoformat()
    what = {"subject": "长椅断了一条腿", "body": "公园东门", "since": today, "broken": ["seat", "other"], **more}
    for path, values, leads in (
        ("", {"matter": MATTER}, "/new/repair/where/"),
        ("where/", {"place": PLACE}, "/new/repair/what/"),
        ("what/", what, "/new/repair/check/"),
    ):
        assert client.post(f"/new/repair/{path}", values)["Location"] == leads


def sent(**more) -> tuple[Client, Case]:
    client = Client()
    written(client, files=picture(), email="xm@example.org", **more)
    assert client.post("/new/repair/check/", {"send": "1"})["Location"] == "/follow/sent/"
    return client, Case.objects.filter(kind="repair").latest("pk")


def form_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to this address."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.S)
    assert form, action
    return dict(re.findall(r'name="(version|nonce)" value="([^"]+)"', form[0]))


def acts_on_desk(client: Client, case: Case, act: str, **values) -> None:
    address = f"/desk/c/{case.code}/"
    action = f"{address}act/{act}/"
    sending = {**form_of(text(client.get(address)), action), **values}
    assert client.post(action, sending).status_code == 302
    assert client.post(action, sending).status_code == 302, "a double click"
    assert Act.objects.filter(case=case, act=act).count() == 1
    case.refresh_from_db()


def acts_as_sender(client: Client, case: Case, act: str, **values) -> None:
    address = f"/follow/{case.code}/"
    sending = {**form_of(text(client.get(address)), f"{address}act/{act}/"), **values}
    assert client.post(f"{address}act/{act}/", sending)["Location"] == address
    case.refresh_from_db()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_resident_goes_the_whole_way_in_each_language(language):
    start, broken, received, waiting, _arrange, _earlier, review = LANGUAGES[language]
    client = Client()
    client.post("/language/", {"language": language})
    assert start in text(client.get("/"))
    page = text(client.get("/new/repair/"))
    assert start in page
    found = {
        code: client.get("/choose/matter/", {"for": "repair", "q": code}).json()["found"] for code in (MATTER, "0101")
    }
    assert [row["code"] for row in found[MATTER]] == [MATTER]
    assert found["0101"] == [], "a matter that is not for repairs"
    assert client.get("/new/repair/check/").status_code == 302, "a step cannot be skipped"
    written(client, files=picture(), email="xm@example.org")
    assert broken in text(client.get("/new/repair/what/"))
    page = text(client.get("/new/repair/check/"))
    for words in ("长椅断了一条腿", "公园东门", "长椅.png", broken, "xm@example.org"):
        assert words in page, words
    assert not Case.objects.exists()
    client.post("/new/repair/check/", {"send": "1"})
    page = text(client.get("/follow/sent/"))
    case = Case.objects.get()
    assert received in page
    assert receipts.grouped(case.code) in page
    assert (case.unit_id, case.state, case.language) == (CITY, "reported", language)
    assert Attachment.objects.get().case == case
    secret = cookies.opened(proven.RECEIPT, client.cookies[proven.RECEIPT].value)["secret"]
    assert text(client.get("/follow/receipt/"))
    other = Client()  # at another computer, with the receipt
    other.post("/language/", {"language": language})
    assert other.get(f"/follow/{case.code}/").status_code == 404
    assert other.post("/follow/", {"code": case.code, "secret": "0" * 20}).status_code == 422
    assert other.post("/follow/", {"code": case.code, "secret": secret})["Location"] == f"/follow/{case.code}/"
    page = text(other.get(f"/follow/{case.code}/"))
    assert waiting in page
    assert "长椅.png" in page
    assert review not in page, "nothing is decided yet"
    acts_as_sender(other, case, "add", text="靠东那张", files=picture("东.png"))
    handler = desk(CITY)
    acts_on_desk(handler, case, "fix", text="换了椅腿")
    page = text(other.get(f"/follow/{case.code}/"))
    assert "换了椅腿" in page
    assert review in page
    acts_as_sender(other, case, "rate", grade="2")
    assert case.grade == 2
    assert other.post("/new/repair_review/", {"case": case.code})["Location"] == "/new/repair_review/"
    assert other.post("/new/repair_review/", {"body": "第二天又断了"})["Location"] == "/new/repair_review/check/"
    assert receipts.grouped(case.code) in text(other.get("/new/repair_review/check/"))
    other.post("/new/repair_review/check/", {"send": "1"})
    asked = Case.objects.get(kind="repair_review")
    assert (asked.about, asked.unit_id, asked.matter_id) == (case, ABOVE, MATTER)
    assert receipts.grouped(case.code) in text(other.get(f"/follow/{asked.code}/"))
    for path in ("looks/", "data/", "proof/"):
        assert f'lang="{language}' in text(other.get(f"/follow/{case.code}/{path}")).lower()


def test_what_is_wrong_is_told_and_nothing_is_lost():
    client = Client()
    client.post("/new/repair/", {"matter": MATTER})
    client.post("/new/repair/where/", {"place": PLACE})
    answer = client.post(
        "/new/repair/what/", {"subject": "长椅", "body": "", "since": "2999-01-01", "broken": ["roof"]}
    )
    assert answer.status_code == 422
    assert "不能晚于" in answer.content.decode()
    assert "长椅" in text(client.get("/new/repair/what/"))
    assert client.get("/new/repair/check/")["Location"] == "/new/repair/what/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_official_finds_it_and_acts_on_it(language):
    arrange, earlier = LANGUAGES[language][4:6]
    _sender, before = sent()
    _sender, case = sent()
    client = desk(CITY)
    client.post("/language/", {"language": language})
    tray = text(client.get("/desk/", {"kind": "repair", "state": "new"}))
    assert case.code in tray
    assert case.code not in text(client.get("/desk/", {"kind": "letter"}))
    page = text(client.get(f"/desk/c/{case.code}/"))
    for words in (arrange, earlier, receipts.grouped(before.code), "长椅.png", "公园东门"):
        assert words in page, words
    while settle():
        pass
    assert case.code in text(client.post("/desk/search/", {"q": "公园东门"}, follow=True))
    acts_on_desk(client, case, "accept")
    assert case.handler.username == f"{CITY}-handler"
    acts_on_desk(client, case, "fix", text="换了椅腿", files=picture("修好.png"))
    assert case.acts.get(act="fix").public["in_time"] is True
    assert Act.objects.filter(case=case, act="look").exists(), "every look is an act"
    for stranger in (desk("610113-ZJ"), desk("610124-CG"), desk(CITY, "administrator")):
        assert stranger.get(f"/desk/c/{case.code}/").status_code == 404
        assert case.code not in text(stranger.get("/desk/", {"state": "all"}))


def test_one_that_is_not_the_units_own_is_handed_on():
    _sender, case = sent()
    head = desk(CITY, "head")
    address = f"/desk/c/{case.code}/"
    form = form_of(text(head.get(address)), f"{address}act/dispatch/")
    assert head.post(f"{address}act/dispatch/", {**form, "unit": "610124-CG"}).status_code == 422, "of another place"
    form = form_of(text(head.get(address)), f"{address}act/dispatch/")
    assert head.post(f"{address}act/dispatch/", {**form, "unit": "610113-ZJ"}).status_code == 302
    case.refresh_from_db()
    assert (case.unit_id, case.state) == ("610113-ZJ", "reported")
    assert head.get(address).status_code == 404


def reviewed() -> tuple[Client, Case, Case]:
    client, case = sent()
    acts_on_desk(desk(CITY), case, "fix", text="换了椅腿")
    client.post("/new/repair_review/", {"case": case.code})
    client.post("/new/repair_review/", {"body": "第二天又断了"})
    client.post("/new/repair_review/check/", {"send": "1"})
    return client, case, Case.objects.get(kind="repair_review")


def test_a_review_is_granted_above_and_the_repair_begins_again():
    client, case, asked = reviewed()
    assert desk(CITY).get(f"/desk/c/{asked.code}/").status_code == 404, "the unit that decided never has it"
    above = desk(ABOVE)
    tray = text(above.get("/desk/", {"kind": "repair_review"}))
    assert asked.code in tray
    assert "内容已删除" not in tray, "a review has no subject: it is called by its kind"
    page = text(above.get(f"/desk/c/{asked.code}/"))
    assert f'href="/desk/c/{case.code}/"' in page, "what it is about is there with a click"
    where = f"/desk/c/{case.code}/"
    assert "换了椅腿" not in text(above.get(where)), "not before they said what they look for"
    assert "换了椅腿" in text(above.post(where, {"purpose": "复查复核"}, follow=True))
    acts_on_desk(above, asked, "grant", text="请重新修")
    case.refresh_from_db()
    assert (asked.state, case.state, case.phase) == ("granted", "working", "work")
    assert case.due_at is not None
    assert "上级单位要求返修" in text(client.get(f"/follow/{case.code}/"))
    client.post("/new/repair_review/", {"case": case.code})
    assert Case.objects.filter(kind="repair_review").count() == 1
    told = [notice.private["text"] for notice in Notice.objects.filter(case=case) if notice.private]
    assert any("上级单位要求返修" in one for one in told)


@pytest.mark.parametrize(("language", "kind"), [("zh-hans", "报修"), ("zh-hant", "報修"), ("en", "Repair")])
def test_notices_tell_the_sender_in_their_language_and_quote_nothing(language, kind):
    client = Client()
    client.post("/language/", {"language": language})
    written(client, email="xm@example.org")
    client.post("/new/repair/check/", {"send": "1"})
    case = Case.objects.get()
    acts_on_desk(desk(CITY), case, "fix", text="换了椅腿")
    mail.outbox.clear()
    while notices.send_waiting():
        pass
    assert len(mail.outbox) == 2
    for message in mail.outbox:
        assert kind in message.subject
        assert receipts.grouped(case.code) in message.body
        assert "/follow/" in message.body
        assert "换了椅腿" not in message.body


def call(method: str, path: str, body: object = None, **headers: str):
    data = orjson.dumps(body) if body is not None else b""
    given = {"Idempotency-Key": f"way-of-a-repair-{next(KEYS):06d}", **headers}
    return Client().generic(method, f"/api/v1{path}", data, "application/json", headers=given)


def token(unit: str, role: str = "handler") -> dict[str, str]:
    desk(unit, role)
    post = Post.objects.get(unit_id=unit, role=role, official__username=f"{unit}-{role}")
    return {"Authorization": f"Bearer {ApiToken.issue(post, 'test', timezone.now() + timedelta(days=3))[1]}"}


def test_programs_of_senders_and_officials_go_the_whole_way():
    document = api.get_openapi_schema()
    shape = document["components"]["schemas"]["RepairIn"]
    assert {"matter", "place", "subject", "body", "since", "broken", "files", "email"} <= set(shape["properties"])
    assert "files" not in shape["required"]
    assert document["paths"]["/api/v1/repairs"]["post"]["operationId"] == "submit_repair"
    assert "repairs" in {tag["name"] for tag in document["tags"]}
    photo = base64.b64encode(picture().read()).decode()
    body = {"matter": MATTER, "place": PLACE, "subject": "长椅", "body": "公园东门", "broken": ["seat"],
            "since": timezone.localdate().isoformat(), "files": [{"name": "长椅.png", "content": photo}]}  # fmt: skip
    answer = call("POST", "/repairs", body)
    assert answer.status_code == 201, answer.content.decode()
    receipt = answer.json()
    secret, where = {"Authorization": f"Receipt {receipt['secret']}"}, f"/repairs/{receipt['code']}"
    assert call("POST", "/repairs", {**body, "broken": ["roof"]}).json()["field"] == "broken"
    assert call("GET", where, Authorization="Receipt " + "0" * 20).status_code == 404
    assert call("POST", f"{where}/acts", {"act": "add", "payload": {"text": "靠东"}}, **secret).status_code == 200
    mine = token(CITY)
    [row] = call("GET", "/desk/cases?kind=repair", **mine).json()["items"]
    assert row["code"] == receipt["code"]
    found = call("GET", f"/desk/cases/{row['code']}", **mine).json()
    assert {"accept", "fix", "decline"} <= {one["act"] for one in found["may"]}
    step = {"act": "fix", "version": found["version"], "payload": {"text": "换了椅腿"}}
    assert call("POST", f"/desk/cases/{row['code']}/acts", step, **mine).json()["state"] == "fixed"
    assert call("GET", f"/desk/cases/{row['code']}", **token("610113-ZJ")).status_code == 404
    followed = call("GET", where, **secret).json()
    assert followed["state_text"] == "已经修好"
    assert followed["may"][0] == "rate"
    asked = {"about": receipt["code"], "about_secret": receipt["secret"], "body": "第二天又断了"}
    assert call("POST", "/repair_reviews", {**asked, "about_secret": "0" * 20}).status_code == 404
    answer = call("POST", "/repair_reviews", asked)
    assert answer.status_code == 201, answer.content.decode()
    case = Case.objects.get(kind="repair_review")
    assert (case.about.code, case.unit_id) == (receipt["code"], ABOVE)


def test_repairs_of_an_older_system_come_in(tmp_path):
    file = tmp_path / "repairs.csv"
    console = Console(stderr=True, quiet=True)
    assert running.write_template(file, kind="repair", console=console) == 0
    with file.open("a", encoding="utf-8") as rows:
        rows.write("8,,,,,,,,\n")
    options = {"unit": None, "place": PLACE, "publish": False, "dry_run": False, "rejected": tmp_path / "left.csv"}
    for _twice in range(2):
        assert running.run(file, kind="repair", console=console, **options) == 1
    case = Case.objects.get()
    assert (case.kind, case.state, case.channel, case.source) == ("repair", "fixed", "import", "repair:import:7")
    assert case.submitted_at.date() == date(2024, 5, 6)
    assert case.acts.get(act="submit").public["imported"] is True
    assert "8" in Path(tmp_path / "left.csv").read_text(encoding="utf-8")


def test_the_figures_have_its_own_measure_and_the_ledger_tells_no_word():
    _client, _case, asked = reviewed()
    acts_on_desk(desk(ABOVE), asked, "grant", text="请重新修")
    while settle():
        pass
    month = timezone.localdate().replace(day=1)
    rows = by_unit(None, month, month + timedelta(days=31), kind="repair")
    assert (rows[CITY].received, rows[CITY].answered) == (1, 1)
    assert CITY not in by_unit(None, month, month + timedelta(days=31), kind="letter")
    for language, heading in (("zh-hans", "返修"), ("zh-hant", "返修"), ("en", "Repaired again")):
        page = text(desk(ABOVE, "supervisor").get("/figures/", headers={"Accept-Language": language}))
        assert heading in page
    kinds = {one["kind"]: one for one in call("GET", "/figures/kinds").json()["items"]}
    assert {"reopened", "held_days"} <= set(re.findall(r'"name": "(\w+)"', json.dumps(kinds["repair"])))
    entries = [json.loads(bytes(row.entry)) for row in QueuedEntry.objects.order_by("key")]
    told = {(entry["kind"], entry["act"]) for entry in entries}
    assert {("repair", "sent"), ("repair", "answered"), ("repair", "reopened"), ("repair_review", "sent")} <= told
    assert "椅" not in json.dumps(entries, ensure_ascii=False)


def test_the_demo_shows_it_and_loading_twice_adds_nothing():
    load.load_demo(Console(stderr=True, quiet=True))
    states = set(Case.objects.filter(kind="repair").values_list("state", flat=True))
    assert states == {"reported", "working", "fixed", "declined"}
    assert Case.objects.filter(kind="repair_review").count() == 1
    before = Act.objects.count()
    load.load_demo(Console(stderr=True, quiet=True))
    assert Act.objects.count() == before
    client, asked = Client(), Case.objects.get(kind="repair_review")  # whoever tries the demo can decide on it
    client.force_login(Official.objects.get(username="supervisor"), "django.contrib.auth.backends.ModelBackend")
    client.post(f"/desk/c/{asked.code}/", {"purpose": "复查复核"})
    acts_on_desk(client, asked, "grant", text="请重新看看")
    assert asked.about.state == "working"


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "公共设施报修"), ("zh-hant", "公共設施報修"), ("en", "Repairs in public places")],
)
def test_its_card_stands_on_the_home_page(language, words):
    page = text(Client().get("/", headers={"Accept-Language": language}))
    assert words in page
    assert 'href="/new/repair/"' in page


def test_a_repair_that_is_over_its_time_is_erased_by_the_way_of_every_act():
    _client, case = sent()
    acts_on_desk(desk(CITY), case, "decline", text="不是公共设施")
    assert retention.erase_due(date(2099, 1, 1)) == 1
    case.refresh_from_db()
    assert (case.private, case.subject) == (None, "")
