"""A second kind of case on the desk, of which this room knows nothing: in the tray, in search, on its page, acted on
alone and in bulk, refused to whom it is not there for, in three languages. Both databases."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cases.kinds import KINDS, sent
from tests.conftest import matters_serve
from tests.desk.kinds import DOOR
from tests.desk.test_answering import hidden
from tests.desk.test_bulk import go, ticked
from tests.desk.test_tray import codes_on
from tongban.cases import filing, procedure, wiping
from tongban.cases.actor import NEWCOMER, resident
from tongban.cases.models import Act, Case
from tongban.cases.settling import settle
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.desk import filters, reception
from tongban.desk.models import AnswerTemplate, Slot
from tongban.gate import door
from tongban.registry import snapshot, tables

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
LEAD = "610113-CG"


@pytest.fixture(autouse=True)
def permits(registry, monkeypatch, settings):
    monkeypatch.setattr(procedure, "_procedures", {kind: dict(rows) for kind, rows in procedure._procedures.items()})
    monkeypatch.setattr(door, "_rooms", dict(door._rooms))
    monkeypatch.setattr(door, "_parts", {})
    steps = list(tables.STEPS)
    one, *rest = settings.TEMPLATES
    settings.TEMPLATES = [{**one, "DIRS": [Path(__file__).parent / "templates"]}, *rest]
    door.register(DOOR)
    matters_serve("permit")
    yield
    tables.STEPS[:] = steps


@pytest.fixture
def permit():
    def make(**changes) -> Case:
        values = {
            "kind": "permit",
            "matter": "0101",
            "place": "610113",
            "subject": "面馆门前两张桌子",
            "body": "申请占道经营。",
            "inputs": {"size": "small"},
        }
        return submit(Submission(**{**values, **changes}), NEWCOMER)[0]

    return make


def checked(case, actor):
    perform(case.pk, Step("accept", actor(LEAD, "handler"), {"days": ["work"]}))
    return case


def test_the_tray_lists_every_kind_and_filters_by_kind_and_by_its_groups(desk, letter, permit):
    one, _ = letter(subject="来信一封")
    two = permit()
    client = desk("handler")
    page = client.get("/desk/").content.decode()
    assert set(codes_on(client.get("/desk/"))) == {one.code, two.code}
    for text in ("占道许可 · ", "来信 · ", "新申请", "待您：受理申请", "待您：受理<", 'name="kind"'):
        assert text in page, text
    assert "许可中" not in page, "nothing waits there"
    assert "许可中" in client.get("/desk/", {"kind": "permit"}).content.decode()
    assert codes_on(client.get("/desk/", {"kind": "permit"})) == [two.code]
    assert codes_on(client.get("/desk/", {"kind": "permit", "state": "new"})) == [two.code]
    among_all = next(name for name, group in filters.groups_of().items() if group.label == "新申请")
    assert codes_on(client.get("/desk/", {"state": among_all})) == [two.code]
    assert codes_on(client.get("/desk/", {"kind": "letter"})) == [one.code]
    narrow = client.get("/desk/", {"kind": "letter"}).content.decode()
    assert "新申请" not in narrow
    assert "待受理" in narrow


def test_a_case_without_a_subject_is_called_by_its_kind_until_its_content_is_deleted(desk, permit, url):
    case = permit(subject="")
    client = desk("handler")
    for page in (client.get("/desk/"), client.get(url("case", case))):
        assert "内容已删除" not in page.content.decode()
        assert re.search(r">\s*占道许可\s*<", page.content.decode())
    wiping.wipe(case)
    for page in (client.get("/desk/"), client.get(url("case", case))):
        assert "内容已删除" in page.content.decode()


def test_a_case_without_a_text_shows_no_empty_one(desk, permit, url):
    client = desk("handler")
    assert "申请占道经营。</blockquote>" in client.get(url("case", permit())).content.decode()
    assert "<blockquote" not in client.get(url("case", permit(body=""))).content.decode()


def test_with_letters_alone_nothing_is_said_of_kinds(desk, letter, monkeypatch):
    for kind in [*procedure._procedures]:
        if kind != "letter":
            procedure._procedures.pop(kind)
    letter()
    page = desk("handler").get("/desk/").content.decode()
    assert 'name="kind"' not in page
    assert "来信 · " not in page
    assert list(filters.groups_of()) == [
        "open", "submitted", "dispatched", "accepted", "drafted", "disputed", "review", "merged", "done", "poor", "all",
    ]  # fmt: skip


def test_what_is_in_force_has_a_place_of_its_own_and_says_until_when(desk, permit, actor):
    case = checked(permit(), actor)
    until = timezone.localdate() + timedelta(days=200)
    perform(case.pk, Step("grant", actor(LEAD, "handler"), {"until": until.isoformat(), "text": "两张桌子。"}))
    gone = checked(permit(subject="不予许可的"), actor)
    perform(gone.pk, Step("deny", actor(LEAD, "handler"), {"text": "人行道太窄。"}))
    client = desk("handler")
    assert codes_on(client.get("/desk/")) == []
    for state in ("in_force", "standing"):
        response = client.get("/desk/", {"state": state})
        assert codes_on(response) == [case.code]
        assert f"有效至 {until}" in response.content.decode()
    assert codes_on(client.get("/desk/", {"state": "ended"})) == [gone.code]
    assert codes_on(client.get("/desk/", {"state": "all"})) == [case.code, gone.code]
    assert f'<time datetime="{until}"' in client.get(reverse("desk:case", args=[case.code])).content.decode()
    assert "in_force" in filters.groups_of("permit")
    assert "in_force" not in filters.groups_of("letter")


def test_its_page_has_its_panels_its_words_and_its_inputs(desk, permit, url, actor):
    case = checked(permit(), actor)
    page = desk("handler").get(url("case", case)).content.decode()
    for text in (
        "许可范围", "桌数：两张以下", "占道许可", "受理申请", "适用日期：工作日", "写不予许可书", 'type="date"',
        'data-confirm="许可后即生效，确定吗？"', "同意。",
    ):  # fmt: skip
        assert text in page, text
    assert "从不出现" not in page
    for text in ("可能的事项", "相似的公开答复", "公开这封来信", "写答复"):
        assert text not in page, text


def test_a_form_takes_dates_choices_and_files_and_refuses_what_is_none(desk, permit, url, actor):
    case = permit()
    client = desk("handler")
    sent = {**hidden(client.get(url("case", case)).content.decode()), "days": "never"}
    assert client.post(url("act", case, "accept"), sent).status_code == 422
    sent = {**hidden(client.get(url("case", case)).content.decode()), "days": ["work", "rest"]}
    assert client.post(url("act", case, "accept"), sent).status_code == 302
    assert Act.objects.get(case=case, act="accept").public["days"] == ["work", "rest"]
    file = SimpleUploadedFile("意见.txt", "现场看过。".encode())
    sent = {**hidden(client.get(url("case", case)).content.decode()), "text": "可以。", "files": file}
    assert client.post(url("act", case, "propose"), sent).status_code == 302
    page = client.get(url("case", case)).content.decode()
    assert "意见.txt" in page
    assert "可以。</textarea>" in page, "the table fills the form with the draft"
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    sent = {**hidden(page), "text": "许可。", "until": yesterday}
    refused = client.post(url("act", case, "grant"), sent)
    assert refused.status_code == 422
    assert "不能早于" in refused.content.decode()
    sent["until"] = (timezone.localdate() + timedelta(days=9)).isoformat()
    sent["nonce"] = "n" * 32
    assert client.post(url("act", case, "grant"), sent).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.phase) == ("granted", "in_force")
    assert [item.name for items in filing.for_sender(case).values() for item in items] == ["意见.txt"]


def test_a_page_that_the_door_brings(desk, permit, letter, url):
    case = permit()
    client, address = desk("handler"), reverse("desk:page", args=[case.code, "denial"])
    assert address in client.get(url("case", case)).content.decode()
    sent = {**hidden(client.get(address).content.decode()), "text": "人行道太窄。"}
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 302, "a double click"
    assert Act.objects.filter(case=case, act="deny").count() == 1
    assert "人行道太窄。" in client.get(url("case", case)).content.decode()
    other, _ = letter()
    assert client.get(reverse("desk:page", args=[other.code, "denial"])).status_code == 404
    assert client.get(reverse("desk:page", args=["0000000000ZZ", "denial"])).status_code == 404
    assert desk("other unit").get(address).status_code == 404


def test_merging_with_one_click_from_what_stands_beside(desk, permit, url):
    lead = permit()
    case = permit()
    settle()
    client = desk("handler")
    page = client.get(url("case", case)).content.decode()
    form = re.search(rf'<form method="post" action="/desk/c/{case.code}/merge/".*?</form>', page, re.S)[0]
    sent = {name: re.search(rf'name="{name}" value="([^"]*)"', form)[1] for name in ("version", "nonce", "case")}
    assert sent["case"] == lead.code
    assert client.post(url("merge", case), sent).status_code == 302
    assert client.post(url("merge", case), sent).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.lead_case_id) == ("together", lead.pk)
    assert Act.objects.filter(case=case, act="join").count() == 1
    assert "已并案" in client.get("/desk/").content.decode()


def test_a_letter_is_not_merged_into_a_permit(desk, permit, letter, url):
    other, case = permit(), letter()[0]
    client = desk("handler")
    sent = {**hidden(client.get(url("merge", case)).content.decode()), "case": other.code}
    assert client.post(url("merge", case), sent).status_code == 422
    case.refresh_from_db()
    assert case.lead_case_id is None


def test_bulk_acts_of_two_kinds_at_once_do_what_fits_and_say_what_does_not(desk, permit, letter):
    one, two = permit(subject="一号"), permit(subject="二号")
    other, _ = letter(subject="来信一封")
    client = desk("handler")
    boxes = sorted(ticked(client), key=lambda box: box.startswith(other.code))
    assert len(boxes) == 3
    _form, response = go(client, "accept", boxes, days="work")
    page = response.content.decode()
    assert "2 件已办理" in page
    assert re.search(r"来信一封.*?没有办成", page, re.S)
    assert {case.state for case in Case.objects.filter(pk__in=(one.pk, two.pk))} == {"checked"}
    other.refresh_from_db()
    assert other.state == "dispatched"


def test_search_finds_every_kind(desk, permit, letter):
    one = permit(subject="烧烤摊的桌子")
    two, _ = letter(subject="烧烤摊的油烟")
    settle()
    client = desk("handler")
    page = client.post(reverse("desk:search"), {"q": "烧烤摊"}, follow=True)
    assert set(codes_on(page)) == {one.code, two.code}
    assert codes_on(client.post(reverse("desk:search"), {"q": one.code}, follow=True)) == [one.code]
    assert codes_on(desk("other unit").post(reverse("desk:search"), {"q": "烧烤摊"}, follow=True)) == []


@pytest.mark.parametrize(
    ("who", "seen"),
    [("stranger", 302), ("expired", 403), ("other unit", 404), ("below", 404), ("elsewhere", 404),
     ("administrator", 404), ("supervisor", 200), ("above", 200), ("handler", 200)],
)  # fmt: skip
def test_who_sees_it_and_who_does_not(desk, permit, url, who, seen):
    case = permit()
    client = desk(who)
    assert client.get(url("case", case)).status_code == seen
    sent = {"version": case.version, "nonce": "n" * 32, "days": "work"}
    expected = {200: {403, 422, 302}}.get(seen, {seen})
    answer = client.post(url("act", case, "accept"), sent)
    assert answer.status_code in expected
    case.refresh_from_db()
    assert (case.state == "checked") is (who == "handler")
    bulk = client.post(reverse("desk:bulk"), {"act": "accept", "case": f"{case.code}.0", "go": "1", **sent})
    assert bulk.status_code in (200, 302, 403, 404, 422)
    assert Act.objects.filter(case=case, act="accept").count() == (who == "handler")


def test_a_stale_page_is_told_what_happened_meanwhile(desk, permit, url, actor):
    case = permit()
    client = desk("handler")
    sent = {**hidden(client.get(url("case", case)).content.decode()), "days": "work"}
    checked(case, actor)
    answer = client.post(url("act", case, "accept"), sent)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "别人办理了这个件" in page
    assert "受理申请" in page


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "办理过程"), ("zh-hant", "辦理過程"), ("en", "What has happened")]
)
def test_in_three_languages(desk, permit, url, actor, language, words):
    case = checked(permit(), actor)
    client: Client = desk("handler")
    for address in ("/desk/", "/desk/?kind=permit&state=all", url("case", case), url("merge", case), "/desk/search/"):
        response = client.get(address, headers={"accept-language": language})
        assert response.status_code == 200
        assert f'lang="{language}' in response.content.decode().lower()
    assert words in client.get(url("case", case), headers={"accept-language": language}).content.decode()


def test_a_reception_is_booked_for_it_and_written_down(desk, permit, url):
    case = permit()
    slot = Slot.objects.create(unit_id=LEAD, starts_at=timezone.now() + timedelta(hours=5))
    reception.book(case, slot.pk, resident(case.pk), snapshot.current())
    Slot.objects.update(starts_at=timezone.now() - timedelta(minutes=5))
    slot.refresh_from_db()
    assert Act.objects.filter(case=case, act="book").exists()
    address = reverse("desk:slot_record", args=[slot.pk])
    client = desk("handler")
    sent = {**hidden(client.get(address).content.decode()), "text": "当面说明。"}
    assert client.post(address, sent).status_code == 302
    assert "当面说明。" in client.get(url("case", case)).content.decode()


def test_templates_are_for_a_kind(desk, permit, registry):
    page = desk("head").get(reverse("desk:templates")).content.decode()
    assert 'value="permit"' in page
    sent = {"name": "许可书", "kind": "permit", "matter": "", "text": "同意。"}
    assert desk("head").post(reverse("desk:templates"), sent).status_code == 302
    assert AnswerTemplate.objects.get().kind == "permit"


def test_cases_that_belong_together_name_each_other_as_far_as_one_may_see_them(desk, url):
    for one in KINDS:
        procedure.register(one)
    matters_serve("permit", *(one.kind for one in KINDS))
    bench = submit(Submission(**sent("bench", subject="认养座椅一张")), NEWCOMER)[0]
    part = submit(Submission(**sent("bench", subject="另一张座椅")), NEWCOMER)[0]
    apart = submit(Submission(**sent("bench", subject="不相干的座椅")), NEWCOMER)[0]
    Case.objects.filter(pk=bench.pk).update(unit_id=LEAD)
    Case.objects.filter(pk=part.pk).update(unit_id="610113-ZJ", part_of=bench.pk)
    Case.objects.filter(pk=apart.pk).update(unit_id="610113-ZJ")
    own = desk("handler").get(url("case", bench)).content.decode()
    assert "相关的件" in own
    assert "另一张座椅" in own, "a unit sees the parts of its case"
    assert "不相干的座椅" not in own
    assert desk("handler").get(url("case", apart)).status_code == 404


def test_among_several_kinds_groups_of_the_same_words_are_one_and_only_what_waits_is_offered(desk, letter, permit):
    letter()
    permit()
    every = filters.groups_of()
    words = [str(group.label) for group in every.values()]
    assert len(words) == len(set(words))
    page = desk("handler").get("/desk/").content.decode()
    tabs = page.partition('worktabs--states"')[2].partition("</nav>")[0]
    offered = re.findall(r'<a href="\?[^"]*?state=(\w+)"', tabs)
    filled = {name for name in offered if name not in ("open", "in_force", "poor", "all")}
    assert filled
    assert all(f'state={name}"' in tabs and "number" in tabs.partition(f'state={name}"')[2][:120] for name in filled)
    assert len(offered) < len(every)
    chosen = desk("handler").get("/desk/?kind=letter").content.decode()
    shown = re.findall(r'state=(\w+)"', chosen.partition('worktabs--states"')[2].partition("</nav>")[0])
    assert {"submitted", "merged", "done"} <= set(shown), "where one kind is chosen, all of its groups"
    hidden = next(name for name in every if name not in offered)
    assert f'state={hidden}" aria-current="page"' in desk("handler").get(f"/desk/?state={hidden}").content.decode()
