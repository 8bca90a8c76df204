"""There is no category, field, list or import under which an opinion, a belief, criticism, a rumour or a news item
could be reported (DESIGN, “What it will not do”)."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import tongban.reports
from tongban.cases.procedure import procedures
from tongban.reports import inputs, writing
from tongban.reports.harms import FILE, harms

HOUSE = Path(tongban.reports.__file__).parent
SPEECH = re.compile(
    "言论|舆情|谣言|造谣|诽谤|侮辱|信仰|宗教|邪教|政治|颠覆|分裂|煽动|新闻|时政|批评|抹黑|负面|敏感词|不良信息|价值观"
)
KINDS_OF_HARM = {"6001", "6002", "6003", "6004", "6005", "6006", "6007"}


def test_the_kinds_of_harm_are_these_and_no_other():
    """Whoever adds one has to come here and say which harm to people it is."""
    assert set(harms()) == KINDS_OF_HARM
    with (HOUSE / "matters.csv").open(encoding="utf-8") as file:
        assert {row["code"] for row in csv.DictReader(file)} == KINDS_OF_HARM | {"60"}


def test_no_kind_of_harm_names_what_somebody_thinks_or_says():
    text = FILE.read_text(encoding="utf-8").split("[[harm]]", 1)[1] + (HOUSE / "matters.csv").read_text(
        encoding="utf-8"
    )
    assert SPEECH.search(text) is None


def test_each_basis_is_an_article_and_none_is_a_list_of_forbidden_contents_as_a_whole():
    for harm in harms().values():
        for basis in harm.basis:
            assert re.match(r"《.+》第.+条", basis), basis
            if "互联网信息服务管理办法》第十五条" in basis:
                assert "第（七）项" in basis, "the other items of that article are about speech"


def test_a_decision_takes_its_law_from_the_list_and_no_free_word_names_a_category():
    assert type(inputs.BASIS) is inputs.Basis
    assert inputs.BASIS.private is False
    fields = {
        item.name
        for kind in ("report", "listing", "report_objection")
        for edge in procedures()[kind].edges
        for item in edge.inputs
    }
    assert fields.isdisjoint({"category", "tags", "keywords", "topic", "author", "account"})


def test_the_page_says_what_is_not_taken():
    step = next(step for step in writing.PARTS[0].steps if step.name == "matter")
    assert "看法" in str(step.hint)
    assert "不受理对" in str(step.hint)
    assert "的举报" in str(step.hint)
