"""A file of the registry in which some bytes are broken: those rows are rejected with their line, the rest is taken."""

from __future__ import annotations

import pytest

from tongban.registry import exchange
from tongban.registry.models import Place

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_broken_row_is_rejected_with_its_line_and_the_others_are_taken(registry, encoding, tmp_path):
    lines = [f"9999{i},甲{i}乡镇,township,610113".encode(encoding) for i in range(10, 14)]
    lines[2] = lines[2].replace("乡".encode(encoding), b"\xff")
    raw = "\n".join(["代码,名称,级别,上级"]).encode(encoding) + b"\n" + b"\n".join(lines)
    report = exchange.import_rows("places", exchange.read_table(raw))
    assert report.added == 3
    assert [(item.line, item.row["code"]) for item in report.rejected] == [(4, "999912")]
    assert report.rejected[0].reason.startswith("name：")
    assert not Place.objects.filter(code="999912").exists()
    exchange.write_rejected(tmp_path / "rejected.csv", report.rejected)
    assert "999912" in (tmp_path / "rejected.csv").read_text(encoding="utf-8-sig")


def test_a_calendar_with_a_broken_day_is_refused_as_a_whole(registry):
    raw = "date,working,note\n2031-01-01,0,元旦\n2031-01-02,0,元\n".encode().replace("元\n".encode(), b"\xff\n")
    with pytest.raises(exchange.UnreadableTable, match="3"):
        exchange.load_calendar(raw, "国办发明电")
