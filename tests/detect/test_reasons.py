"""Reasons are codes in a report, and words in the reader's language; reports of version 1 keep their sentences."""

from __future__ import annotations

import json
import pickle
import re

import pytest

from tests.detect.test_scan import IDS, MOBILES, run
from tongban.detect import people, reasons, scan_text
from tongban.detect import rules as own_rules
from tongban.detect.findings import kinds
from tongban.detect.grading import levels, rules
from tongban.detect.patterns import PATTERNS
from tongban.detect.presenting import as_html
from tongban.detect.report import from_json
from tongban.detect.sources import WHY, SourceError
from tongban.detect.sources.pieces import WRONG

CHINESE = re.compile("[一-鿿]")


@pytest.mark.parametrize("reason", [
    "empty", "empty-named", "nothing", "in-text", "values", "name", "name-masked", "name-hashed",
    *(f"{code}:{name}" for name in kinds() for code in ("kind", "kind-named")),
    *(f"level:{name}:{level}" for name in kinds() for level in levels()),
    *(f"volume:{rule['persons']}" for rule in rules()["volume"]),
    *(f"class:{profile}:{name}" for profile, row in rules()["profiles"].items() for name in row["sensitive"].values()),
])  # fmt: skip
def test_every_reason_has_words_in_both_languages(reason):
    assert CHINESE.search(reasons.words(reason, "zh")) or reason.startswith("level")
    assert not CHINESE.search(reasons.words(reason, "en"))
    assert reasons.words(reason, "en") != reason


@pytest.mark.parametrize("key", WHY)
def test_every_reason_for_not_reading_has_words_in_english(key):
    told = reasons.left_words(key, WHY[key], "photo", "en")
    assert not CHINESE.search(told)
    assert told.endswith("(photo)")
    assert reasons.left_words(key, WHY[key], "photo", "zh") == WHY[key]


@pytest.mark.parametrize(
    "old", ["GB 11643：行政区划、出生日期和校验码", "手机号码 → general-3", "kind", "kind:a:b", "", "列名：x:y"]
)
def test_what_is_no_code_stays_as_it_is(old):
    assert reasons.words(old, "en") == old


def test_an_english_report_holds_no_chinese_reason(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(
        "idcard,phone,note\n" + "".join(f"{i},{m},x{m}\n" for i, m in zip(IDS, MOBILES, strict=True)), "utf-8"
    )
    (tmp_path / "empty.txt").write_text("")
    report = run(tmp_path).report
    assert {field.why for field in report.fields if field.type} <= {
        "kind-named:resident_id",
        "kind-named:mobile",
        "in-text",
        "values",
    }
    assert not CHINESE.search(as_html(report, "en"))
    assert "身份证" not in as_html(report, "en")
    assert "GB 11643：行政区划" in as_html(report, "zh")
    old = json.loads(report.as_json())
    old["tongban_scan"] = 1
    old["fields"][0]["why"] = "列名"
    assert "列名" in as_html(from_json(json.dumps(old)), "en")


@pytest.mark.parametrize("key", [*WRONG, *WHY])
def test_every_error_of_a_source_has_words_in_both_languages(key):
    error = SourceError(key, "a.csv")
    assert CHINESE.search(str(error))
    assert reasons.wrong_words(error, "zh") == str(error)
    assert not CHINESE.search(reasons.wrong_words(error, "en"))
    assert reasons.wrong_words(error, "en").endswith(": a.csv")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize("key", own_rules.WRONG)
def test_every_fault_of_own_rules_has_words_in_both_languages(key):
    error = own_rules.RuleError(own_rules.Wrong("[no]", key, "x"), own_rules.Wrong("[yes]", key))
    assert CHINESE.search(str(error))
    assert not CHINESE.search(error.words("en"))
    assert [line.split("]")[0] for line in error.words("en").splitlines()] == ["[no", "[yes"]


@pytest.mark.parametrize(
    "why",
    sorted(
        {
            *people.WHY,
            people.WITH_DOOR,
            *(kind.why for kind in kinds().values()),
            *filter(None, (pattern.why for pattern in PATTERNS)),
        }
    ),
)
def test_whatever_a_finding_says_of_its_why_has_words_in_english(why):
    assert not CHINESE.search(reasons.why_words(why, "en"))
    assert reasons.why_words(why, "zh") == why


@pytest.mark.parametrize("finder", [None, people.find_people])
def test_findings_say_why_in_english(finder):
    text = (
        f"我叫王小明，住在西安市雁塔区小寨东路3号院，身份证{IDS[0]}，电话{MOBILES[0]}，password = "
        "'Xa7#kk29q'，患有糖尿病。"
    )
    chinese, english = scan_text(text, people=finder), scan_text(text, people=finder, language="en")
    assert [(f.type, f.start, f.end, f.confidence) for f in chinese] == [
        (f.type, f.start, f.end, f.confidence) for f in english
    ]
    assert len({f.type for f in english}) >= 5
    assert not [f.why for f in english if CHINESE.search(f.why)]
    assert all(CHINESE.search(f.why) or f.why.startswith("GB") for f in chinese)
    with pytest.raises(ValueError, match="zh or en"):
        scan_text(text, language="fr")
