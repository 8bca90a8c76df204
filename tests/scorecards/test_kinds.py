"""A kind of case brings a word and a figure of its own: they are on the page, in the API, in the statement and in the
recount, and no room had to know of them."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cases.test_kinds_of_cases import _as_before, table  # noqa: F401 (a fixture for every test here)
from tests.scorecards.test_statements import recounted, settled, stated, tallied
from tongban.cases import effects, procedure
from tongban.cases.actor import SYSTEM
from tongban.cases.counting import STANDARD, Counted, CountsWhere, Measure, Value, check, counted_by
from tongban.cases.models import Act
from tongban.cases.procedure import Edge, Outcome, Procedure, State
from tongban.cases.settling import settle
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.ledger.opening import Opened
from tongban.letters.procedure import LETTER
from tongban.registry import snapshot
from tongban.registry.models import Matter
from tongban.scorecards import auditing, statements
from tongban.scorecards.models import Tally
from tongban.scorecards.recounting import Recount, figures_of
from tongban.scorecards.rules import Figures, measures
from tongban.scorecards.showing import columns_of, figures_of_kind

pytestmark = pytest.mark.both_databases
MARCH = datetime(2026, 3, 2, 4, tzinfo=UTC)
SYSTEM_ONLY = frozenset({"system"})
UNIT = "610113-CG"


def decided(context: procedure.Context) -> Outcome:
    return Outcome(public={"days_in_force": int(context.case.subject), "upheld": context.case.subject != "400"})


BLOCKED = Counted(
    "blocked",
    (
        Measure("blocked", "处置"),
        Measure("days_in_force", "生效天数中位数", "median", "days_in_force"),
        Measure("upheld_percent", "维持率", "share", "upheld", shown="units"),
    ),
    (Value("days_in_force", days=True), Value("upheld")),
)
BLOCK = Procedure(
    "block",
    "处置件",
    (State("open", "open", "open"), State("done", "done", "done", phase="over")),
    (
        Edge("submit", frozenset({""}), "open", SYSTEM_ONLY, "报", "报", effect=effects.submit),
        Edge("decide", frozenset({"open"}), "done", SYSTEM_ONLY, "决定", "决定", effect=decided, counts="blocked"),
        Edge("lift", frozenset({"done"}), None, SYSTEM_ONLY, "解除", "解除", counts="lifted"),
        *table().edges,
    ),
    "open",
    counted=(BLOCKED,),
)


@pytest.fixture
def block(registry):
    """Blocks of March 2026: three decided the next day, in force for 30, 100 and 400 days, the first lifted; beside a
    letter. Returns what makes one more."""
    procedure.register(BLOCK)
    Matter.objects.filter(pk="0101").update(kinds=["letter", "block"])
    snapshot.touch()

    def make(days: int, at: datetime = MARCH) -> Act:
        case, _receipt = submit(Submission("block", "0101", "610113", str(days), "文"), SYSTEM, now=at)
        perform(case.pk, Step("decide", SYSTEM, at=at + timedelta(days=1)))
        return Act.objects.select_related("case").get(case=case, act="decide")

    acts = [make(days) for days in (30, 100, 400)]
    perform(acts[0].case_id, Step("lift", SYSTEM, at=MARCH + timedelta(days=2)))
    submit(Submission("letter", "0101", "610113", "路灯", "不亮"), SYSTEM, now=MARCH)
    settled()
    cache.clear()
    return make


MONTHS = {"since": "2026-02", "until": "2026-04"}
WANTED = {"received": 3, "blocked": 3, "days_in_force": 120, "upheld_percent": 66.7, "lifted": 1}


def section(html: str, kind: str) -> str:
    """The part of the page under the kind's heading."""
    return html.split(f'<section aria-labelledby="kind-{kind}">', 1)[1].split("</section>", 1)[0]


def cells(html: str, heading: str) -> list[str]:
    row = re.findall(rf"<tr><th scope=\"row\"[^>]*>{heading}</th>(.*?)</tr>", html, re.S)[-1]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]


# --- on the page ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_new_kind_has_its_own_heading_with_charts_and_tables(client, block):
    html = client.get(reverse("scorecards:figures"), MONTHS).content.decode()
    assert html.index('id="kind-letter"') < html.index('id="kind-block"'), "in the order of the doors"
    part = section(html, "block")
    heads = re.findall(r'<th scope="col" class="is-number">(.*?)</th>', part)
    assert heads[-9:] == ["收到", "处置", "生效天数中位数", "维持率", "解除", "收到", "处置", "生效天数中位数", "解除"]
    assert cells(part, "雁塔区城市管理局") == ["3", "3", "120 天", "66.7%", "1"]
    assert cells(section(html, "letter"), "雁塔区城市管理局") == ["1", "0", "—", "—", "0", "—", "0"]
    assert "1 个单位不足 10 件" in part, "a share of three is said in words"
    assert "3 件中 2 件" in part
    for days in range(7):
        block(days)
    settled()
    cache.clear()
    html = client.get(reverse("scorecards:figures"), MONTHS).content.decode()
    figures = re.findall(r"<figure.*?</figure>", section(html, "block"), re.S)
    assert figures
    for figure in figures:
        assert "<svg" in figure
        assert "<table" in figure
    assert '<option value="block">处置件</option>' in html
    alone = client.get(reverse("scorecards:figures"), {**MONTHS, "kind": "block"}).content.decode()
    assert ('id="kind-block"' in alone, 'id="kind-letter"' in alone) == (True, False)
    assert client.get(reverse("scorecards:figures"), {**MONTHS, "kind": "no such"}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "received", "days"),
    [("zh-hans", "收到", "120 天"), ("zh-hant", "收到", "120 天"), ("en", "Received", "120 days")],
)
def test_its_standard_figures_are_headed_in_three_languages(client, block, language, received, days):
    html = client.get(reverse("scorecards:figures"), MONTHS, headers={"Accept-Language": language}).content.decode()
    part = section(html, "block")
    assert f'<th scope="col" class="is-number">{received}</th>' in part
    assert days in part


@pytest.mark.django_db
def test_the_csv_of_a_kind_has_what_it_counts_and_that_of_all_kinds_their_sums(client, block):
    def rows(**query: str) -> list[dict[str, str]]:
        raw = client.get(reverse("scorecards:figures_csv"), {**MONTHS, **query}).content.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(raw)))

    [row] = rows(kind="block")
    assert {name: float(row[name]) for name in WANTED} == WANTED
    [row] = rows()
    assert (row["received"], "blocked" in row) == ("4", False)


# --- in the API -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_api_has_all_kinds_together_and_each_by_itself(client, block):
    def asked(query: str) -> list[dict[str, Any]]:
        cache.clear()
        return client.get(f"/api/v1/figures?since=2026-02&until=2026-04&{query}").json()["items"]

    [row] = asked("by=unit")
    assert (row["unit"], row["received"], list(row["kinds"])) == (UNIT, 4, ["letter", "block"])
    assert row["kinds"]["block"] == WANTED
    assert (row["kinds"]["letter"]["received"], row["kinds"]["letter"]["satisfied_percent"]) == (1, None)
    [row] = asked("by=month&kind=block")
    assert (row["month"], row["received"], row["kinds"]) == ("2026-03", 3, {"block": WANTED})
    [row] = asked("kind=letter")
    assert (row["received"], list(row["kinds"])) == (1, ["letter"])
    refused = client.get("/api/v1/figures?kind=walk")
    assert (refused.status_code, refused.json()["field"]) == (422, "kind")


@pytest.mark.django_db
def test_of_the_running_month_the_public_sees_the_bare_counts_of_all_units_alone(client, block):
    now = datetime.now(UTC)
    block(7, now - timedelta(days=1))
    settled()
    months = {row["month"]: row for row in client.get("/api/v1/figures?by=month&kind=block").json()["items"]}
    running = months[Act.objects.latest("at").at.astimezone(auditing.SHANGHAI).strftime("%Y-%m")]
    assert running["kinds"]["block"]["blocked"] == 1
    assert (running["kinds"]["block"]["days_in_force"], running["kinds"]["block"]["upheld_percent"]) == (None, None)


@pytest.mark.django_db
def test_anybody_can_read_by_which_rule_a_figure_is_made(client, block):
    rows = {row["kind"]: row for row in client.get("/api/v1/figures/kinds").json()["items"]}
    letter, told = rows["letter"], rows["block"]
    assert (letter["kind"], told["kind"], told["label"]) == ("letter", "block", "处置件")
    assert {row["word"]: row["values"] for row in told["words"]} == {
        "sent": [],
        "blocked": [{"name": "days_in_force", "days": True}, {"name": "upheld", "days": False}],
        "lifted": [],
    }
    assert {row["name"]: (row["word"], row["how"], row["value"], row["among"]) for row in told["measures"]} == {
        "received": ("sent", "count", None, None),
        "blocked": ("blocked", "count", None, None),
        "lifted": ("lifted", "count", None, None),
        "days_in_force": ("blocked", "median", "days_in_force", None),
        "upheld_percent": ("blocked", "share", "upheld", [1]),
    }


# --- on the ledger, and recounted -------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_statement_lists_its_values_and_recounts_without_the_kind_s_table(block, monkeypatch):
    assert statements.write() == 2
    [statement] = [entry for entry in stated() if entry["kind"] == "block"]
    assert {word: sorted(item[:-1] for item in items) for word, items in statement["items"].items()} == {
        "sent": [[]] * 3,
        "blocked": [[30, 1], [120, 1], [730, 0]],
        "lifted": [[]],
    }
    monkeypatch.delitem(procedure._procedures, "block")
    assert recounted().tallies == tallied()
    assert list(recounted().uneven()) == []
    assert Tally.objects.filter(kind="block", measure="blocked.1").count() == 3
    row = figures_of(recounted().tallies, "block")[(UNIT, "2026-03")]
    assert {measure.name: row.figure(BLOCKED, measure) for measure in BLOCKED.measures} == {
        name: WANTED[name] for name in ("blocked", "days_in_force", "upheld_percent")
    }


def published_by(client, **changed: Any):
    """What the site's API answers, with some figures of blocks replaced (None: left out)."""

    def read(_site: str, month: str) -> list[dict[str, Any]]:
        cache.clear()
        rows = client.get(f"/api/v1/figures?by=unit&since={month}&until={month}").json()["items"]
        for row in rows:
            of_kind = {**row["kinds"].get("block", {}), **changed}
            row["kinds"]["block"] = {name: value for name, value in of_kind.items() if value is not None}
        return rows

    return read


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({"days_in_force": 30}, ["days_in_force: published 30, from the log 120.0"]),
        ({"blocked": 2}, ["blocked: published 2, from the log 3"]),
        ({"upheld_percent": None}, ["upheld_percent: published nothing, from the log 66.7"]),
        ({"praise": 5}, ["praise: published 5, but the site does not say what it is made of"]),
    ],
)
def test_the_audit_compares_the_figures_of_a_kind_with_the_log(client, block, changed, told):
    statements.write()

    def words(_site: str) -> auditing.Words:
        return auditing.read_words(client.get("/api/v1/figures/kinds").json())

    found = auditing.differences(recounted(), "https://city.example", "2026-04", published_by(client, **changed), words)
    assert list(found) == [f"{UNIT} 2026-03 block {line}" for line in told]


@pytest.mark.django_db
def test_a_site_that_does_not_publish_what_its_log_counts_is_told(client, block):
    statements.write()

    def whole(_site: str, month: str) -> list[dict[str, Any]]:
        rows = client.get(f"/api/v1/figures?by=unit&since={month}&until={month}").json()["items"]
        return [{name: value for name, value in row.items() if name != "kinds"} for row in rows]

    found = list(auditing.differences(recounted(), "https://city.example", "2026-04", whole))
    assert found == [
        f"{UNIT} 2026-03 block blocked: not published, from the log 3",
        f"{UNIT} 2026-03 block lifted: not published, from the log 1",
    ]


@pytest.mark.parametrize("page",
    [{}, [], {"items": [{"kind": "x"}]},
        {"items": [{"kind": "x", "words": [{"word": "y", "values": []}],
                    "measures": [{"name": "n", "word": "y", "how": "guess", "value": None,
                            "among": None}]}]}])  # fmt: skip
def test_rules_of_another_shape_are_refused(page):
    with pytest.raises(auditing.Malformed):
        auditing.read_words(page)


def test_a_site_cannot_say_anew_what_a_word_of_every_kind_means():
    page = {"items": [{"kind": "x", "words": [{"word": "answered", "values": []}], "measures": []}]}
    assert auditing.read_words(page) == {"x": {"answered": STANDARD["answered"]}}


@pytest.mark.parametrize(
    ("public", "item", "fine"),
    [
        ({"days_in_force": 25, "upheld": True}, [30, 1], True),
        ({"days_in_force": 35, "upheld": True}, [30, 1], False),
        ({"days_in_force": 30, "upheld": False}, [30, 1], False),
        ({"days_in_force": 30}, [30, None], True),
        ({"days_in_force": 30, "upheld": True}, [30], False),
    ],
)
def test_the_holder_of_a_receipt_checks_the_values_of_a_kind_s_own_word(public, item, fine):
    opened = Opened({"act": "blocked", "kind": "block"}, {"public": public}, None, b"", 0, None)  # type: ignore[arg-type]
    if fine:
        found = auditing._as_it_was(opened, 7, "blocked", item, BLOCKED)
        assert (found.index, found.what, found.checked) == (7, "blocked", True)
    else:
        with pytest.raises(auditing.LogError):
            auditing._as_it_was(opened, 7, "blocked", item, BLOCKED)
    assert not auditing._as_it_was(opened, 7, "blocked", item, None).checked


# --- what a table can say ---------------------------------------------------------------------------------------------
def test_what_letters_count_is_found_in_their_table():
    assert [counted.word for counted in counted_by(LETTER)] == [
        "sent", "answered", "rated", "overdue", "review", "published",
    ]  # fmt: skip
    assert [column.name for column in columns_of("letter", "months", "units")] == [
        "received", "answered", "in_time_percent", "median_days", "rated", "satisfied_percent", "overdue",
    ]  # fmt: skip


def test_standard_figures_are_those_of_the_properties():
    row = Figures()
    for word, brought in (("sent", []), ("answered", [4, 1]), ("answered", [30, 0]), ("answered", [2, None]),
                          ("rated", [5]), ("rated", [1]), ("overdue", [])):  # fmt: skip
        for measure, value in measures(word, brought):
            row.add(measure, value, 1)
    found = figures_of_kind("letter", row)
    assert {name: found[name] for name in auditing.FIGURES} == {name: getattr(row, name) for name in auditing.FIGURES}
    assert set(found) - set(auditing.FIGURES) == {"review", "published"}


def test_a_word_that_nobody_describes_is_counted_under_the_name_of_its_act():
    lifted = counted_by(BLOCK)[-1]
    assert (lifted.word, lifted.measures) == ("lifted", (Measure("lifted", "解除"),))


def test_an_act_can_count_only_where_a_fact_says_so():
    when = CountsWhere("kept", "upheld", True)
    edge = replace(BLOCK.edges[1], counts=when)
    assert (edge.counted({"upheld": True}), edge.counted({"upheld": False}), edge.counted_words) == (
        "kept",
        "",
        ("kept",),
    )


@pytest.mark.parametrize(
    "counted",
    [
        replace(BLOCKED, word="answered"),
        replace(BLOCKED, word="days"),
        replace(BLOCKED, word="not.one"),
        replace(BLOCKED, values=(Value("a"), Value("b"), Value("c"))),
        replace(BLOCKED, measures=(Measure("x", "x", "median", "lacking"),)),
        replace(BLOCKED, measures=(Measure("x", "x", "median"),)),
        replace(BLOCKED, measures=(Measure("received", "x"),)),
        replace(BLOCKED, measures=(Measure("一", "x"),)),
    ],
)
def test_what_could_not_be_counted_or_recounted_is_refused_when_the_kind_is_registered(counted):
    with pytest.raises(ValueError, match="block"):
        check(replace(BLOCK, counted=(counted,)))
    check(BLOCK)


@pytest.mark.django_db
def test_an_edition_cannot_say_anew_what_a_word_brings_and_figures_of_an_older_one_stay(block):
    other = replace(BLOCKED, values=BLOCKED.values[:1], measures=BLOCKED.measures[:2])
    with pytest.raises(ValueError, match="edition 1"):
        procedure.register(replace(BLOCK, edition=2, counted=(other,)))
    edges = tuple(edge for edge in BLOCK.edges if edge.counts != "lifted")
    procedure.register(replace(BLOCK, edition=2, edges=edges))
    assert "lifted" in [column.name for column in columns_of("block")]


@pytest.mark.django_db
def test_settling_asks_for_no_case_by_itself(block):
    """What the count needs of a case comes with the batch (`settling.SEEN`): one query a case would take hours."""
    for days in range(6):
        block(days)
    Act.objects.update(settled=False)
    with CaptureQueriesContext(connection) as asked:
        settle(500)
    assert [query["sql"] for query in asked if "LIMIT 21" in query["sql"]] == []


@pytest.mark.parametrize("given", ["viele", None, -1, 10**12, [3]])
def test_a_value_that_is_no_number_is_counted_as_none(given):
    from tongban.cases.counting import values_of

    assert values_of(BLOCKED, {"days_in_force": given, "upheld": True}, (30,)) == [None, 1]


def test_no_recount_knows_a_kind():
    """A statement of a kind that nobody has heard of adds up all the same."""
    recount = Recount()
    recount.add(json.loads('{"act":"statement","kind":"z","unit":"u","month":"2026-01","items":{"w":[[3,null,"m"]]}}'))
    assert dict(recount.tallies) == {("u", "2026-01", "z", "w", 0): 1, ("u", "2026-01", "z", "w.1", 3): 1}
