"""The scanner's reasons on the catalogue's pages, in the language of the page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils.translation import override

from tests.protection.conftest import IDENTITY, ILLNESS
from tongban.detect.report import Left
from tongban.protection.models import Field

pytestmark = pytest.mark.django_db
CODED = replace(IDENTITY, why="kind-named:resident_id", because=("level:resident_id:general-4",))


@pytest.mark.parametrize(("language", "why", "clause"), [
    ("zh-hans", "GB 11643：行政区划、出生日期和校验码，列名相符", "公民身份号码 → 一般数据 4 级"),
    ("zh-hant", "行政區劃、出生日期和校驗碼，列名相符", "公民身份號碼 → 一般數據 4 級"),
    ("en", "GB 11643: region, date of birth and check character; the name of the column agrees",
        "Resident ID number → "),
])  # fmt: skip
def test_a_reason_is_told_in_the_language_of_the_page(taken, desk, language, why, clause):
    taken(CODED)
    client = desk("officer")
    client.cookies["tongban_language"] = language
    with override(language):
        page = client.get(f"/protection/fields/{Field.objects.get().code}/").content.decode()
    assert why in page
    assert clause.split(" → ")[0] in page


def test_a_file_that_was_not_read_is_told_in_english(taken, desk):
    scan = taken(CODED, skipped=[Left("/data/a.zip", "", "encrypted", "文件已加密，没有读取")]).scan
    client = desk("officer")
    client.cookies["tongban_language"] = "en"
    page = client.get(f"/protection/scans/{scan.code}/").content.decode()
    assert "encrypted" in page
    assert "文件已加密" not in page


def test_a_sentence_of_an_older_report_stays(taken, desk):
    taken(ILLNESS)
    page = desk("officer").get(f"/protection/fields/{Field.objects.get().code}/").content.decode()
    assert "文字中含有" in page
