"""Adopting a park bench from outside, over HTTP: the resident, officials of three units, the
worker, a program, an old list.

Collected by its name alone: `test_benches.py` runs it where the folder is installed. Nothing of the folder is imported.
"""

from __future__ import annotations

import io
import itertools
import json
import re
import zipfile
from datetime import date, timedelta

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from rich.console import Console

from tongban.accounts.models import ApiToken, Official, Post
from tongban.cases import escalation, retention
from tongban.cases.models import Act, Attachment, Case, Notice
from tongban.cases.settling import settle
from tongban.demo import load
from tongban.gate.door import parts
from tongban.gate.parts import Timed
from tongban.intake import running
from tongban.ledger.models import QueuedEntry
from tongban.portal.api import api
from tongban.registry import snapshot
from tongban.scorecards.figures import by_unit
from tongban.scorecards.showing import figures_of_kind

pytestmark = pytest.mark.django_db
LEAD, HOUSING, HEALTH, ABOVE, STRANGER = "610113-CG", "610113-ZJ", "610113-WJ", "610113-GOV", "610113-SP"
PLACE, MATTER, PLATE = "610113", "0190", "坐一会儿吧，风正好"
KEYS = itertools.count()


@pytest.fixture(autouse=True)
def city(db, settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path
    snapshot.forget()
    load.load_registry()
    load.load_tables()
    yield
    snapshot.forget()


def text(response) -> str:
    assert response.status_code == 200, (response.status_code, response.content.decode()[:2000])
    return response.content.decode()


def desk(unit: str, role: str = "handler") -> Client:
    user, _made = Official.objects.get_or_create(username=f"{unit}-{role}", defaults={"display_name": role})
    Post.objects.get_or_create(official=user, unit_id=unit, role=role, since=date(2020, 1, 1))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def today() -> date:
    return timezone.localdate()


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "PNG")
    return SimpleUploadedFile("座椅.png", out.getvalue())


def sent(**more) -> tuple[Client, Case]:
    client = Client()
    what = {
        "subject": "认养一张座椅", "bench": "南湖 3 号", "plate": PLATE, "since": today().isoformat(),
        "visibility": "public", "email": "xm@example.org", "files": picture(), **more,
    }  # fmt: skip
    for path, values, leads in (
        ("", {"matter": MATTER}, "/new/bench/where/"),
        ("where/", {"place": PLACE}, "/new/bench/bench/"),
        ("bench/", what, "/new/bench/check/"),
    ):
        assert client.post(f"/new/bench/{path}", values)["Location"] == leads
    page = text(client.get("/new/bench/check/"))
    assert all(words in page for words in ("南湖 3 号", PLATE, "座椅.png", "可以公开"))
    assert client.post("/new/bench/check/", {"send": "1"})["Location"] == "/follow/sent/"
    return client, Case.objects.filter(kind="bench").latest("pk")


def form_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to this address."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.S)
    assert form, (action, re.findall(r'action="([^"]+)"', page))
    return dict(re.findall(r'name="(version|nonce)" value="([^"]+)"', form[0]))


def acts(client: Client, case: Case, act: str, page: str = "", **values) -> None:
    """An official acts on the page of the case; a double click is one act."""
    address = f"/desk/c/{case.code}/"
    action = f"{address}act/{act}/"
    sending = {**form_of(text(client.get(address)), action), **values}
    before = Act.objects.filter(case=case, act=act).count()
    answer = client.post(action, sending)
    assert answer.status_code == 302, answer.content.decode()[-4000:]
    assert client.post(action, sending).status_code == 302, "a double click"
    assert Act.objects.filter(case=case, act=act).count() == before + 1
    case.refresh_from_db()


def offered(client: Client, case: Case, act: str) -> bool:
    return f'action="/desk/c/{case.code}/act/{act}/"' in text(client.get(f"/desk/c/{case.code}/"))


def asked(case: Case) -> tuple[Case, Case]:
    """Taken up, and two units asked at once."""
    lead = desk(LEAD)
    acts(lead, case, "take_up")
    acts(lead, case, "ask", units=[HOUSING, HEALTH], text="能否认养，请提出意见")
    first, second = Case.objects.filter(part_of=case).order_by("pk")
    return first, second


def ready(case: Case) -> None:
    first, second = asked(case)
    acts(desk(HOUSING), first, "opine", view="yes", text="住建没有不同意见")
    acts(desk(HEALTH), second, "opine", view="if", text="卫健要求远离母婴室")
    case.refresh_from_db()


def permitted(**more) -> tuple[Client, Case]:
    client, case = sent(**more)
    ready(case)
    acts(desk(LEAD, "head"), case, "permit", start=today().isoformat(), text="准予认养一年")
    return client, case


def begun_about(client: Client, kind: str, case: Case, body: str = "请再看看") -> Case:
    assert client.post(f"/new/{kind}/", {"case": case.code})["Location"] == f"/new/{kind}/"
    assert client.post(f"/new/{kind}/", {"body": body})["Location"] == f"/new/{kind}/check/"
    client.post(f"/new/{kind}/check/", {"send": "1"})
    return Case.objects.filter(kind=kind).latest("pk")


def a_year_from(first: date) -> date:
    return (first + timedelta(days=366)).replace(month=first.month, day=first.day) - timedelta(days=1)


def moved(case: Case, **fields: object) -> None:
    """As if that much time had passed."""
    Case.objects.filter(pk=case.pk).update(**fields)
    case.refresh_from_db()


# --- two opinions in parallel ----------------------------------------------------------------------------------------


def test_two_units_are_asked_at_once_and_when_both_have_answered_the_case_is_ready():
    client, case = sent()
    assert (case.unit_id, case.state, case.phase) == (LEAD, "applied", "work")
    assert Attachment.objects.get().case == case
    lead = desk(LEAD)
    page = text(lead.get(f"/desk/c/{case.code}/"))
    assert all(words in page for words in ("南湖 3 号", PLATE, "座椅.png"))
    first, second = asked(case)
    assert case.state == "asked"
    assert [(one.unit_id, one.state) for one in (first, second)] == [(HOUSING, "asked"), (HEALTH, "asked")]
    assert first.due_at is not None
    assert second.due_at is not None
    assert case.answer_due_at > first.due_at > timezone.now(), "each opinion has a deadline of its own"
    assert "征求有关单位的意见" in text(client.get(f"/follow/{case.code}/"))
    acts(desk(HOUSING), first, "opine", view="yes", text="住建没有不同意见")
    case.refresh_from_db()
    assert (case.state, first.state, first.phase) == ("asked", "given", "over")
    acts(desk(HEALTH), second, "opine", view="if", text="卫健要求远离母婴室")
    case.refresh_from_db()
    assert case.state == "ready", "the last opinion moves the whole on"
    page = text(lead.get(f"/desk/c/{case.code}/"))
    for words in ("各单位的意见", "住建没有不同意见", "卫健要求远离母婴室", "有条件同意"):
        assert words in page, words
    page = text(client.get(f"/follow/{case.code}/"))
    assert "意见已经收齐" in page
    assert "母婴室" not in page, "the sender is told that all are in, and gets the decision"


def test_who_is_asked_sees_the_whole_and_the_other_opinion_only_when_all_are_in():
    _client, case = sent()
    first, second = asked(case)
    housing, health, stranger = desk(HOUSING), desk(HEALTH), desk(STRANGER)
    acts(housing, first, "opine", view="no", text="住建有不同意见")
    whole = f"/desk/c/{case.code}/"
    page = text(health.get(whole))
    assert PLATE in page, "who is asked sees what they are asked about"
    assert "各单位的意见" in page
    assert "住建有不同意见" not in page, "not before their own is in"
    assert not offered(health, case, "permit")
    assert health.get(f"/desk/c/{first.code}/").status_code == 404
    assert first.code not in text(health.get("/desk/", {"state": "all"}))
    assert f'href="{whole}"' in text(health.get(f"/desk/c/{second.code}/")), "from their own case with a click"
    for one in (case, first, second):
        assert stranger.get(f"/desk/c/{one.code}/").status_code == 404
        assert desk(LEAD, "administrator").get(f"/desk/c/{one.code}/").status_code in (403, 404)
        assert one.code not in text(stranger.get("/desk/", {"state": "all"}))
    acts(health, second, "opine", view="yes", text="卫健同意")
    assert "住建有不同意见" in text(health.get(whole)), "all are in"
    assert health.get(f"/desk/c/{first.code}/").status_code == 404, "the other's own case stays the other's"


def test_exactly_two_other_units_are_asked():
    _client, case = sent()
    lead = desk(LEAD)
    acts(lead, case, "take_up")
    address = f"/desk/c/{case.code}/"
    for units in ([HOUSING], [HOUSING, LEAD], [HOUSING, HEALTH, STRANGER]):
        values = form_of(text(lead.get(address)), f"{address}act/ask/")
        answer = lead.post(f"{address}act/ask/", {**values, "units": units, "text": "请提出意见"})
        assert answer.status_code == 422
        assert "请选择两个单位" in answer.content.decode()
    assert not Case.objects.filter(kind="bench_opinion").exists()


def test_a_late_opinion_climbs_the_ladder_and_holds_nobody_up():
    _client, case = sent()
    first, second = asked(case)
    acts(desk(HOUSING), first, "opine", view="yes", text="住建同意")
    head = desk(LEAD, "head")
    text(head.get(f"/desk/c/{case.code}/"))
    assert not offered(head, case, "proceed")
    moved(second, due_at=timezone.now() - timedelta(days=1))
    while escalation.raise_rungs(timezone.now()):
        pass
    second.refresh_from_db()
    assert second.rung == "overdue"
    assert Act.objects.filter(case=second, act="escalate").exists()
    acts(head, case, "proceed")
    second.refresh_from_db()
    assert (case.state, second.state) == ("ready", "dropped")


def test_who_withdraws_leaves_nobody_waiting():
    client, case = sent()
    first, second = asked(case)
    address = f"/follow/{case.code}/"
    values = form_of(text(client.get(address)), f"{address}act/withdraw/")
    assert client.post(f"{address}act/withdraw/", {**values, "sure": "1"})["Location"] == address
    for one in (case, first, second):
        one.refresh_from_db()
    assert (case.state, first.state, second.state) == ("withdrawn", "dropped", "dropped")


# --- deciding, the year, renewing -------------------------------------------------------------------------------------


def test_a_permit_is_in_force_for_a_year_and_then_expires_by_itself():
    client, case = permitted()
    until = a_year_from(today())
    assert (case.state, case.phase, case.in_force_until, case.retain_until) == ("permitted", "in_force", until, None)
    page = text(client.get(f"/follow/{case.code}/"))
    assert "准予认养一年" in page
    assert str(until.year) in page, "its last day is told"
    assert retention.expire_due(until) == 0, "the last day counts"
    assert retention.erase_due(until + timedelta(days=9999)) == 2, "the opinions; never what is in force"
    case.refresh_from_db()
    assert case.erased_at is None
    assert retention.expire_due(until + timedelta(days=1)) == 1
    case.refresh_from_db()
    assert (case.state, case.phase) == ("expired", "over")
    assert case.retain_until > until + timedelta(days=365)
    assert any("认养期满" in one.private["text"] for one in Notice.objects.filter(case=case) if one.private)
    assert retention.erase_due(case.retain_until) == 0
    assert retention.erase_due(case.retain_until + timedelta(days=1)) == 1
    case.refresh_from_db()
    assert case.private is None


def test_a_refusal_has_reasons_and_is_looked_at_again_above_within_sixty_days():
    client, case = sent()
    ready(case)
    head, where = desk(LEAD, "head"), f"/follow/{case.code}/"
    assert not offered(desk(LEAD), case, "refuse"), "the head decides"
    acts(head, case, "refuse", text="这张座椅下月要移走")
    page = text(client.get(where))
    assert "这张座椅下月要移走" in page
    assert "/new/bench_review/" in page
    review = begun_about(client, "bench_review", case, "可以换一张")
    assert (review.about, review.unit_id) == (case, ABOVE)
    assert head.get(f"/desk/c/{review.code}/").status_code == 404, "never the unit that decided"
    assert retention.erase_due(date(2099, 1, 1)) == 2, "the opinions; not while the review is open"
    acts(desk(ABOVE, "head"), review, "uphold", text="请重新决定")
    case.refresh_from_db()
    assert (case.state, case.answered_at) == ("ready", None)
    acts(head, case, "permit", start=today().isoformat(), text="准予认养另一张")
    assert case.phase == "in_force"
    other, again = sent()
    ready(again)
    acts(head, again, "refuse", text="不行")
    moved(again, answered_at=timezone.now() - timedelta(days=61))
    assert "/new/bench_review/" not in text(other.get(f"/follow/{again.code}/")), "the time to ask is over"
    other.post("/new/bench_review/", {"case": again.code})
    assert not Case.objects.filter(about=again).exists()


def test_officials_erase_a_refusal_only_when_the_time_to_contest_it_is_over():
    client, case = sent()
    ready(case)
    head, where = desk(LEAD, "head"), f"/follow/{case.code}/"
    acts(head, case, "refuse", text="不行")
    values = form_of(text(client.get(where)), f"{where}act/ask_erasure/")
    assert client.post(f"{where}act/ask_erasure/", {**values, "sure": "1"})["Location"] == where
    assert not offered(desk(LEAD), case, "propose_erasure")
    moved(case, answered_at=timezone.now() - timedelta(days=61))
    acts(desk(LEAD), case, "propose_erasure", reason="申请人要求删除")
    acts(head, case, "erase")
    assert case.private is None


def test_a_renewal_is_asked_for_in_time_and_adds_a_year():
    client, case = permitted()
    until = case.in_force_until
    renewal = begun_about(client, "bench_renewal", case)
    assert (renewal.unit_id, renewal.state) == (LEAD, "lodged")
    acts(desk(LEAD, "head"), renewal, "grant")
    case.refresh_from_db()
    assert (case.state, case.in_force_until) == ("permitted", a_year_from(until + timedelta(days=1)))
    assert "认养续期一年" in text(client.get(f"/follow/{case.code}/"))
    moved(case, in_force_until=today() + timedelta(days=29))
    assert "/new/bench_renewal/" not in text(client.get(f"/follow/{case.code}/")), "too late"


def test_a_renewal_that_nobody_decides_in_time_counts_as_granted():
    client, case = permitted()
    renewal = begun_about(client, "bench_renewal", case)
    deem = next(part.run for part in parts(Timed) if part.name == "bench renewals")
    assert deem() == 0
    ended = today() - timedelta(days=1)
    moved(case, in_force_until=ended)
    assert retention.expire_due() == 0, "what is being renewed stays in force"
    assert deem() == 1
    case.refresh_from_db()
    renewal.refresh_from_db()
    assert (renewal.state, case.state, case.in_force_until) == ("granted", "permitted", a_year_from(today()))


def test_a_renewal_refused_is_contested_above_and_may_still_bring_the_adoption_back():
    client, case = permitted()
    renewal, head = begun_about(client, "bench_renewal", case), desk(LEAD, "head")
    acts(head, renewal, "refuse", text="座椅要移走")
    moved(case, in_force_until=today() - timedelta(days=1))
    assert retention.expire_due() == 1
    review = begun_about(client, "bench_review", renewal)
    assert review.unit_id == ABOVE
    acts(desk(ABOVE, "head"), review, "uphold", text="请重新决定")
    renewal.refresh_from_db()
    assert renewal.state == "lodged"
    acts(head, renewal, "grant")
    case.refresh_from_db()
    assert (case.state, case.phase, case.retain_until) == ("permitted", "in_force", None)


def test_the_words_on_the_plate_are_published_and_go_when_the_year_is_over():
    _client, case = permitted()
    lead, reader = desk(LEAD), Client()
    where = f"/desk/c/{case.code}/publish/"
    assert where in text(lead.get(f"/desk/c/{case.code}/"))
    page = text(lead.get(where))
    assert PLATE in page
    values = {**form_of(page, where), "subject": "南湖 3 号", "body": PLATE, "read": "on"}
    assert lead.post(where, values).status_code == 302
    case.refresh_from_db()
    assert case.published
    page = text(reader.get("/benches/plates/"))
    slug = re.search(r"/benches/plates/(\w+)/", page)
    assert "南湖 3 号" in page
    assert PLATE in text(reader.get(f"/benches/plates/{slug[1]}/"))
    assert call("GET", "/plates").json()["items"][0]["body"] == PLATE
    retention.expire_due(case.in_force_until + timedelta(days=1))
    case.refresh_from_db()
    assert not case.published
    assert reader.get(f"/benches/plates/{slug[1]}/").status_code == 404


def test_who_wants_no_publication_gets_none():
    client = Client()
    for path, values in (
        ("", {"matter": MATTER}),
        ("where/", {"place": PLACE}),
        ("bench/",
            {"subject": "座椅", "bench": "3 号", "plate": PLATE, "since": today().isoformat(),
                "visibility": "confidential"}),
    ):  # fmt: skip
        client.post(f"/new/bench/{path}", values)
    client.post("/new/bench/check/", {"send": "1"})
    case = Case.objects.get(kind="bench")
    ready(case)
    acts(desk(LEAD, "head"), case, "permit", start=today().isoformat(), text="准予")
    assert f"/desk/c/{case.code}/publish/" not in text(desk(LEAD).get(f"/desk/c/{case.code}/"))


def test_the_form_of_the_permit_begins_with_the_day_that_was_asked_for():
    wanted = today() + timedelta(days=20)
    _client, case = sent(since=wanted.isoformat())
    ready(case)
    head = desk(LEAD, "head")
    assert f'value="{wanted.isoformat()}"' in text(head.get(f"/desk/c/{case.code}/"))
    acts(head, case, "permit", start=wanted.isoformat(), text="准予")
    assert case.in_force_until == a_year_from(wanted)


# --- programs, figures, lists, demo -----------------------------------------------------------------------------------


def call(method: str, path: str, body: object = None, **headers: str):
    data = orjson.dumps(body) if body is not None else b""
    given = {"Idempotency-Key": f"way-of-a-bench-{next(KEYS):06d}", **headers}
    return Client().generic(method, f"/api/v1{path}", data, "application/json", headers=given)


def token(unit: str, role: str = "handler") -> dict[str, str]:
    desk(unit, role)
    post = Post.objects.get(unit_id=unit, role=role, official__username=f"{unit}-{role}")
    return {"Authorization": f"Bearer {ApiToken.issue(post, 'test', timezone.now() + timedelta(days=3))[1]}"}


def step(case_code: str, act: str, who: dict[str, str], **payload: object):
    found = call("GET", f"/desk/cases/{case_code}", **who).json()
    assert act in {one["act"] for one in found["may"]}, found["may"]
    sending = {"act": act, "version": found["version"], "payload": payload}
    return call("POST", f"/desk/cases/{case_code}/acts", sending, **who)


def test_programs_go_the_whole_way():
    document = api.get_openapi_schema()
    shape = document["components"]["schemas"]["BenchIn"]
    assert {"matter", "place", "bench", "plate", "since", "visibility", "files"} <= set(shape["properties"])
    assert {"/api/v1/benches", "/api/v1/plates"} <= set(document["paths"])
    body = {"matter": MATTER, "place": PLACE, "subject": "座椅", "bench": "3 号", "plate": PLATE,
            "since": today().isoformat(), "visibility": "public"}  # fmt: skip
    answer = call("POST", "/benches", body)
    assert answer.status_code == 201, answer.content.decode()
    assert call("POST", "/benches", {**body, "since": "2020-01-01"}).json()["field"] == "since"
    code, secret = answer.json()["code"], {"Authorization": f"Receipt {answer.json()['secret']}"}
    lead, head = token(LEAD), token(LEAD, "head")
    assert step(code, "take_up", lead).json()["state"] == "examined"
    assert step(code, "ask", lead, units=[HOUSING, HEALTH], text="请提出意见").json()["state"] == "asked"
    for unit in (HOUSING, HEALTH):
        [row] = call("GET", "/desk/cases?kind=bench_opinion", **token(unit)).json()["items"]
        assert step(row["code"], "opine", token(unit), view="yes", text="同意").json()["state"] == "given"
    assert step(code, "permit", head, start=today().isoformat(), text="准予").json()["state"] == "permitted"
    assert call("GET", f"/desk/cases/{code}", **token(STRANGER)).status_code == 404
    assert call("GET", f"/benches/{code}", **secret).json()["state_text"] == "已准予认养"


def test_the_figures_count_permits_and_days_and_the_ledger_tells_no_word():
    _client, case = sent()
    moved(case, submitted_at=timezone.now() - timedelta(days=5))
    ready(case)
    acts(desk(LEAD, "head"), case, "permit", start=today().isoformat(), text="准予")
    while settle():
        pass
    month = today().replace(day=1)
    rows = by_unit(None, month, month + timedelta(days=31), kind="bench")
    for language, heading in (("zh-hans", "准予件数"), ("zh-hant", "准予件數"), ("en", "Adoptions approved")):
        page = text(desk(ABOVE, "supervisor").get("/figures/", headers={"Accept-Language": language}))
        assert heading in page
    kinds = {one["kind"]: one for one in call("GET", "/figures/kinds").json()["items"]}
    assert {"permitted", "permit_days", "refused"} <= set(re.findall(r'"name": "(\w+)"', json.dumps(kinds["bench"])))
    found = figures_of_kind("bench", rows[LEAD])
    assert (found["permitted"], found["permit_days"], found["refused"], found["received"]) == (1, 5, 0, 1)
    entries = [json.loads(bytes(row.entry)) for row in QueuedEntry.objects.order_by("key")]
    told = {(entry["kind"], entry["act"]) for entry in entries}
    assert {("bench", "sent"), ("bench", "permitted"), ("bench_opinion", "answered")} <= told
    assert "南湖" not in json.dumps(entries, ensure_ascii=False)


def test_older_adoptions_come_in_and_those_whose_year_is_over_expire(tmp_path):
    file, console = tmp_path / "benches.csv", Console(stderr=True, quiet=True)
    assert running.write_template(file, kind="bench", console=console) == 0
    recent = today() - timedelta(days=100)
    with file.open("a", encoding="utf-8") as rows:
        rows.write(
            f"13,{recent} 09:00,{recent} 10:00,曲江 1 号,给奶奶,,,{PLACE}\n14,{recent} 09:00,2001-01-01,曲江 2 "
            "号,给爷爷,,,\n"
        )
    options = {"unit": None, "place": PLACE, "publish": False, "dry_run": False, "rejected": tmp_path / "left.csv"}
    for _twice in range(2):
        assert running.run(file, kind="bench", console=console, **options) == 1
    old, new = Case.objects.filter(kind="bench").order_by("submitted_at")
    assert (old.unit_id, old.state, old.in_force_until) == (LEAD, "permitted", date(2025, 3, 17))
    assert new.in_force_until == a_year_from(recent)
    assert old.acts.get(sequence=1).public["imported"] is True
    assert retention.expire_due() == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state) == ("expired", "permitted")
    assert "14" in (tmp_path / "left.csv").read_text(encoding="utf-8")


def test_what_is_held_is_the_senders_to_have():
    client, case = sent()
    ready(case)
    archive = zipfile.ZipFile(io.BytesIO(client.post(f"/follow/{case.code}/data/").content))
    held = json.loads(archive.read("case.json"))
    assert held["case"]["inputs"]["plate"] == PLATE
    assert any(name.startswith("files/") for name in archive.namelist())
    assert "母婴室" not in json.dumps(held, ensure_ascii=False), (
        "what units advise each other is told with the decision"
    )


def test_the_demo_shows_every_state_of_work_and_loading_twice_adds_nothing():
    load.load_demo(Console(stderr=True, quiet=True))
    states = set(Case.objects.filter(kind="bench").values_list("state", flat=True))
    assert states == {"applied", "examined", "asked", "ready", "refused", "permitted"}
    assert Case.objects.get(kind="bench_review").state == "lodged"
    assert "植物园 9 号" in text(Client().get("/benches/plates/"))
    before = Act.objects.count()
    load.load_demo(Console(stderr=True, quiet=True))
    assert Act.objects.count() == before


@pytest.mark.parametrize(
    ("language", "card", "step"),
    [
        ("zh-hans", "认养公园座椅", "哪张座椅"),
        ("zh-hant", "認養公園座椅", "哪張座椅"),
        ("en", "Adopt a park bench", "Which bench"),
    ],
)
def test_three_languages(language, card, step):
    client = Client()
    client.post("/language/", {"language": language})
    page = text(client.get("/"))
    assert card in page
    assert 'href="/new/bench/"' in page
    page = text(client.get("/new/bench/"))
    assert f'value="{MATTER}"' in page
    assert 'value="0101"' not in page
    client.post("/new/bench/", {"matter": MATTER})
    client.post("/new/bench/where/", {"place": PLACE})
    assert step in text(client.get("/new/bench/bench/"))
    text(client.get("/benches/plates/"))
