"""The designer of forms, its versions and tests, XLSForm, and drafts that move to a new version."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.urls import reverse
from typer.testing import CliRunner

from tongban.accounts.models import Official
from tongban.cases.models import Case
from tongban.commands.main import app
from tongban.record.models import Change
from tongban.record.writing import By
from tongban.services import models, questions, reading, rules
from tongban.services.designing import conditions, content, taking, trying, versions, xlsform
from tongban.services.designing.content import BadForm

from .conftest import CIVIL, MARKET, PLACE, official
from .test_application_is_checked import step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
BY = By(reason="改了")
ONLY_PREMISES = [{"fact": "has_premises", "operator": "is", "arguments": {"value": True}, "group": 1}]


def form_of(*asked, tests=(), title="店铺"):
    found = [{"fact": one, "required": True, "when": []} if isinstance(one, str) else one for one in asked]
    return {"pages": [{"title": title, "title_en": "", "questions": found}], "tests": list(tests)}


def published(*asked, matter="7003", tests=()):
    made = versions.start(matter, form_of(*asked, tests=tests))
    return versions.publish(made, BY, content.state_of(made.content))


# --- what a form holds ------------------------------------------------------------------------------------------------


def test_a_change_leaves_the_old_content_alone():
    old = form_of("has_premises")
    new = content.with_question(old, 0, "clean")
    assert content.facts_asked(old) == ["has_premises"]
    assert content.facts_asked(new) == ["has_premises", "clean"]
    with pytest.raises(BadForm):
        content.with_question(new, 0, "clean")


def test_no_question_hangs_on_what_is_asked_after_it():
    both = form_of("has_premises", {"fact": "clean", "required": True, "when": ONLY_PREMISES})
    for change in (
        lambda: content.moved(both, 0, 1, -1),
        lambda: content.without_question(both, 0, 0),
        lambda: content.with_rule(both, 0, 0, True, [{**ONLY_PREMISES[0], "fact": "clean"}]),
    ):
        with pytest.raises(BadForm):
            change()
    assert content.facts_asked(content.without_question(both, 0, 1)) == ["has_premises"]


def test_questions_move_over_the_edge_of_a_page():
    two = content.with_page(form_of("has_premises", "born"), "第二页")
    down = content.moved(content.moved(two, 0, 0, 1), 0, 1, 1)
    assert [[one["fact"] for one in page["questions"]] for page in down["pages"]] == [["born"], ["has_premises"]]
    assert content.moved(down, 1, 0, -1)["pages"][0]["questions"][1]["fact"] == "has_premises"


def test_a_condition_is_chosen_in_words_and_comes_back_as_it_was():
    facts = reading.current().facts
    for choice, _words in conditions.choices(facts.values()):
        row = conditions.row(choice, "18", 1)
        assert conditions.chosen(row) in [(choice, ""), (choice, "18")]
    rows = [conditions.row("hardship|one|illness", "", 1), conditions.row("born|years|", "60", 1)]
    words = conditions.said(rows, facts)
    assert words == "遇到了什么困难：家里有人得了重病，或者您的出生日期：到今天满几年（填数字） 60"
    with pytest.raises(BadForm):
        conditions.row("born|years|", "many", 1)


# --- versions ---------------------------------------------------------------------------------------------------------


def test_a_draft_begins_with_what_the_conditions_need_and_changes_nothing_before_it_is_published():
    draft = versions.start("7003")
    assert content.facts_asked(draft.content) == ["has_premises", "clean"]
    versions.save(draft, form_of("has_premises"), content.state_of(draft.content))
    assert questions.version_of("7003") == 0
    done = versions.publish(draft, BY, content.state_of(draft.content))
    assert questions.version_of("7003") == 1
    assert done.digest == content.digest(draft.content)
    assert Change.objects.get(table="form").rows == 1
    assert versions.start("7003").version == 2


def test_somebody_elses_change_is_not_overwritten():
    draft = versions.start("7003")
    seen = content.state_of(draft.content)
    versions.save(draft, form_of("has_premises"), seen)
    with pytest.raises(BadForm, match="别人改过"):
        versions.save(draft, form_of("clean"), seen)
    with pytest.raises(BadForm, match="别人改过"):
        versions.publish(draft, BY, seen)


def test_what_was_published_never_changes():
    form = published("has_premises")
    with pytest.raises(BadForm):
        versions.save(form, form_of("clean"), content.state_of(form.content))


def test_a_form_whose_tests_fail_is_not_published():
    good = {"name": "有场所", "expected": "yes", "facts": {"has_premises": True, "clean": True}}
    bad = {**good, "name": "说错了", "expected": "no"}
    draft = versions.start("7003", form_of("has_premises", "clean", tests=[good, bad]))
    tried = {one.name: one.passed for one in trying.run("7003", draft.content)}
    assert tried == {"有场所": True, "说错了": False}
    with pytest.raises(BadForm, match="说错了"):
        versions.publish(draft, BY, content.state_of(draft.content))


def test_in_a_test_answers_that_would_not_be_asked_do_not_count():
    hidden = {"fact": "clean", "required": True, "when": ONLY_PREMISES}
    test = {"name": "没有场所", "expected": "no", "facts": {"has_premises": False, "clean": True}}
    tried = trying.run("7003", form_of("has_premises", hidden, tests=[test]))[0]
    assert (tried.came_out, tried.hidden) == ("no", ("clean",))


def test_a_page_needs_a_reason_to_publish():
    from tongban.record.writing import ReasonMissing

    draft = versions.start("7003")
    with pytest.raises(ReasonMissing):
        versions.publish(draft, By(1, "x", "", "page"), content.state_of(draft.content))
    assert versions.published("7003") is None


# --- drafts of applications -------------------------------------------------------------------------------------------


def begun(client):
    client.post(reverse("counter:new", args=["application"]), {"matter": "7003"})
    step(client, "place", place=PLACE)


@pytest.fixture
def no_materials(city):
    models.Need.objects.all().delete()
    reading.touch()


@pytest.mark.usefixtures("no_materials")
def test_a_draft_is_moved_to_the_new_version_once_its_writer_has_seen_what_changed(client):
    published("has_premises")
    begun(client)
    page = client.get(reverse("counter:new_step", args=["application", "q1"]))
    step(client, "q1", fact_has_premises="yes", version=page.context["mark"])
    published("has_premises", {"fact": "born", "required": False, "when": []})
    page = client.get(reverse("counter:new_step", args=["application", "materials"]))
    assert page.context["changed"] == ["新问：您的出生日期"]
    assert "申请表换了新版" in page.content.decode()
    response = step(client, "materials", body="")  # sent by a page that did not say so
    assert client.get(response.url).context["changed"] == ["新问：您的出生日期"]
    response = step(client, "materials", body="", version="7003:2")
    assert response.url.endswith("/q1/")  # what changed is asked again, though it may stay empty
    page = client.get(response.url)
    assert page.context["changed"] == []
    assert page.context["form"]["fact_has_premises"].value() == "yes"


@pytest.mark.usefixtures("no_materials")
def test_nothing_is_sent_before_what_changed_was_seen(client):
    published("has_premises")
    begun(client)
    step(client, "q1", fact_has_premises="yes", version="7003:1")
    step(client, "materials", body="", version="7003:1")
    step(client, "applicant", name="李明", id_number="11010519491231002X", declared="on", version="7003:1")
    published("has_premises", "clean")
    check = reverse("counter:new_check", args=["application"])
    page = client.post(check, {"send": "1", "version": "7003:1"})
    assert page.status_code == 409
    assert page.context["changed"] == ["新问：场所与有毒、有害场所及其他污染源保持规定的距离"]
    assert not Case.objects.exists()
    response = client.post(check, {"send": "1", "version": "7003:2"})
    assert response.url.endswith("/q1/")
    step(client, "q1", fact_has_premises="yes", fact_clean="on", version="7003:2")
    assert client.post(check, {"send": "1", "version": "7003:2"}).url == reverse("counter:sent")
    sent = rules.sent(Case.objects.get())
    assert (sent["form"], len(sent["form_digest"])) == (2, 64)


@pytest.mark.usefixtures("no_materials")
def test_hidden_answers_never_leave(client):
    published("has_premises", {"fact": "clean", "required": True, "when": ONLY_PREMISES})
    begun(client)
    step(client, "q1", fact_has_premises="yes", version="7003:1")
    step(client, "q1", fact_has_premises="yes", fact_clean="on", version="7003:1")
    step(client, "q1", fact_has_premises="no", fact_clean="on", version="7003:1")
    step(client, "materials", body="", version="7003:1")
    step(client, "applicant", name="李明", id_number="11010519491231002X", declared="on", version="7003:1")
    page = client.get(reverse("counter:new_check", args=["application"]))
    assert "污染源" not in "".join(row.label for row in page.context["rows"])
    client.post(reverse("counter:new_check", args=["application"]), {"send": "1", "version": "7003:1"})
    assert rules.sent(Case.objects.get())["facts"] == {"has_premises": False}


def test_what_changed_in_words():
    facts = reading.current().facts
    old = form_of("has_premises", "born", "clean")
    new = form_of({"fact": "has_premises", "required": False, "when": []}, {"fact": "born", "when": ONLY_PREMISES})
    assert [words.split("：")[0] for _code, words in content.changes(old, new, facts)] == [
        "现在可以不答",
        "什么情况下要答，有了变化",
        "不再问",
    ]


# --- XLSForm ----------------------------------------------------------------------------------------------------------


def workbook(survey, choices=()):
    book = openpyxl.Workbook()
    book.active.title = "survey"
    header = ["type", "name", "label", "label::English (en)", "required", "relevant"]
    for row in [header, *survey]:
        book["survey"].append(row)
    sheet = book.create_sheet("choices")
    for row in [["list_name", "name", "label", "label::English (en)"], *choices]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SURVEY = [
    ["begin_group", "shop", "店铺", "The shop", "", ""],
    ["select_one yn", "has_premises", "有固定的经营场所吗", "", "yes", ""],
    ["select_one kind", "kind_of_food", "卖什么", "What do you sell", "yes", "${has_premises} = 'yes'"],
    ["integer", "seats", "多少个座位", "How many seats", "", "${kind_of_food} = 'meal' or ${has_premises} = 'no'"],
    ["note", "n1", "谢谢", "", "", ""],
    ["end_group", "", "", "", "", ""],
    ["geopoint", "where", "在哪里", "", "", ""],
    ["text", "sign", "店名", "Name of the shop", "yes", "${seats} >= 10"],
    ["text", "bad", "？", "", "", "not(${seats} > 3)"],
    ["date", "clean", "哪天", "", "", ""],
    ["text", "早", "早", "", "", ""],
]
CHOICES = [["yn", "yes", "是", "Yes"], ["yn", "no", "否", "No"], ["kind", "meal", "饭菜", "Meals"],
           ["kind", "cake", "糕点", "Cakes"]]  # fmt: skip


def test_a_spreadsheet_becomes_a_form_and_what_it_cannot_say_is_told_with_its_row():
    sheet = xlsform.read(workbook(SURVEY, CHOICES), reading.current().facts)
    assert [page["title"] for page in sheet.content["pages"]] == ["店铺", ""]
    assert content.facts_asked(sheet.content) == ["has_premises", "kind_of_food", "seats", "sign"]
    assert set(sheet.facts) == {"kind_of_food", "seats", "sign"}
    assert sheet.facts["kind_of_food"]["options"] == [["meal", "饭菜", "Meals"], ["cake", "糕点", "Cakes"]]
    asked = {one["fact"]: one for page in sheet.content["pages"] for one in page["questions"]}
    assert asked["kind_of_food"]["when"] == ONLY_PREMISES
    assert [row["group"] for row in asked["seats"]["when"]] == [1, 1]
    assert (asked["kind_of_food"]["required"], asked["seats"]["required"]) == (True, False)
    assert [number for number, _reason in sheet.rejected] == [8, 10, 11, 12]


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04rubbish", b"type,name\n"])
def test_no_workbook_is_refused_in_words(raw):
    with pytest.raises(BadForm):
        xlsform.read(raw, {})


def test_a_workbook_without_survey_is_refused():
    book = openpyxl.Workbook()
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(BadForm, match="survey"):
        xlsform.read(out.getvalue(), {})


def test_the_command_takes_it_as_a_draft(tmp_path):
    path = tmp_path / "form.xlsx"
    path.write_bytes(workbook(SURVEY, CHOICES))
    tried = CliRunner().invoke(app, ["services", "form", "7003", str(path), "--dry-run"])
    assert tried.exit_code == 1
    assert not models.Form.objects.exists()
    done = CliRunner().invoke(app, ["services", "form", "7003", str(path)])
    assert "4 questions, 3 of them new, 4 rows left out" in done.output
    assert versions.draft("7003").version == 1
    assert questions.version_of("7003") == 0
    assert models.Fact.objects.get(pk="seats").type == "number"
    assert CliRunner().invoke(app, ["services", "form", "9999", str(path)]).exit_code == 2


def test_the_same_spreadsheet_twice_brings_its_facts_once(tmp_path):
    taking.take_in("7003", workbook(SURVEY, CHOICES))
    sheet, _made = taking.take_in("7003", workbook(SURVEY, CHOICES))
    assert sheet.facts == {}


# --- the desk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_desk(signed_in):
    return lambda unit=MARKET, role="head": signed_in(Official.objects.get(pk=official(unit, role).official_id))


def done(client, what, **said):
    address = reverse("entitled_desk:form", args=["7003"])
    draft = versions.draft("7003")
    seen = content.state_of(draft.content) if draft is not None else ""
    return client.post(address, {"do": what, "seen": seen, **said})


def test_officials_of_another_unit_see_nothing_of_it(at_desk):
    for client in (at_desk(CIVIL), at_desk(MARKET, "supervisor")):
        for name, more in (("form", []), ("form_tests", []), ("form_preview", []), ("form_question", [0, 0])):
            assert client.get(reverse(f"entitled_desk:{name}", args=["7003", *more])).status_code == 404
        assert done(client, "start").status_code == 404
    assert not models.Form.objects.exists()
    assert at_desk(CIVIL).get(reverse("entitled_desk:forms")).context["rows"][0]["code"] == "7001"


def test_a_form_is_made_tried_looked_at_and_published_without_a_line_of_code(at_desk):
    client = at_desk()
    assert done(client, "start").status_code == 302
    assert done(client, "title", page=0, title="店铺").status_code == 302
    new = {"code": "seats", "type": "number", "question": "多少个座位"}
    assert done(client, "new", page=0, **new).status_code == 302
    assert done(client, "new", page=0, **new).status_code == 422
    assert done(client, "add", page=0, fact="born").status_code == 302
    assert done(client, "up", page=0, number=3).status_code == 302
    assert done(client, "remove", page=0, number=2).status_code == 302
    question = reverse("entitled_desk:form_question", args=["7003", 0, 2])
    assert "有固定的经营场所吗：是" in client.get(question).content.decode()
    seen = content.state_of(versions.draft("7003").content)
    assert client.post(question, {"seen": seen, "when0": "has_premises|is|yes", "any": "0"}).status_code == 302
    tests = reverse("entitled_desk:form_tests", args=["7003"])
    person = {"add": "1", "name": "有店", "expected": "yes", "fact_has_premises": "yes", "fact_clean": "on"}
    assert client.post(tests, {**person, "seen": "old"}).status_code == 422
    seen = content.state_of(versions.draft("7003").content)
    assert client.post(tests, {**person, "seen": seen}).status_code == 302
    assert "通过" in client.get(tests).content.decode()
    preview = reverse("entitled_desk:form_preview", args=["7003"])
    assert "多少个座位" not in client.get(preview).content.decode()
    assert "多少个座位" in client.post(preview, {"fact_has_premises": "yes"}).content.decode()
    assert done(client, "publish").status_code == 422  # no reason
    assert done(at_desk(MARKET, "handler"), "publish", reason="x").status_code == 422
    assert done(client, "publish", reason="加了座位数").status_code == 302
    page = questions.pages_of("7003")[0]
    assert [(one.fact.code, one.required) for one in page.questions] == [
        ("has_premises", True), ("clean", True), ("seats", False)
    ]  # fmt: skip
    assert client.get(reverse("entitled_desk:form", args=["7003"])).status_code == 200
    assert client.get(preview).status_code == 200


def test_a_spreadsheet_on_the_page(at_desk):
    client = at_desk()
    file = io.BytesIO(workbook(SURVEY, CHOICES))
    file.name = "form.xlsx"
    page = done(client, "sheet", file=file)
    assert [line for line, _why in page.context["left"]] == [8, 10, 11, 12]
    assert done(client, "sheet").status_code == 422
    assert done(client, "discard").status_code == 302
    assert versions.draft("7003") is None
