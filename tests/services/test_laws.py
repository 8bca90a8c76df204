"""Texts of law: articles are cut right, each text stands once, what is cited without a text is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tongban.services import laws, models

FOLDER = Path("/work/shared/data/laws")
FOLDERS = [one for one in (Path(__file__).resolve().parents[3] / "shared/data/laws", FOLDER) if one.is_dir()]
with_texts = pytest.mark.skipif(not FOLDERS, reason="the texts of law are not here")
LAW = """# 中华人民共和国试验法

2020年1月1日 通过

<!-- INFO END -->

## 第一章 总则

第一条 为了试验，制定本法。

依照第三条的规定办理。

第二条　申请人应当写明：

(一)姓名；

(二)住址。

## 第二章 附则

第二条之一 另有规定的除外。

第三条 本法自公布之日起施行。
"""


def test_articles_are_cut_at_their_numbers_and_keep_their_paragraphs():
    found = laws.cut(LAW)
    assert [number for number, _text in found] == ["一", "二", "二之一", "三"]
    assert found[0][1] == "为了试验，制定本法。\n依照第三条的规定办理。"
    assert found[1][1] == "申请人应当写明：\n(一)姓名；\n(二)住址。"
    assert laws.code_of("sy", "二之一") == "sy:2-1"


@pytest.mark.parametrize(
    ("chinese", "number"), [("一", 1), ("十", 10), ("十五", 15), ("二十", 20), ("一百零二", 102), ("一百三十二", 132)]
)
def test_numbers_are_read_as_laws_write_them(chinese, number):
    assert laws.number_of(chinese) == number


@with_texts
def test_every_article_of_every_text_is_cut_none_twice_none_lost():
    for path in FOLDERS[0].glob("*.md"):
        text = path.read_text(encoding="utf-8")
        begun = re.findall(r"^[\s\u3000]*第[一二三四五六七八九十百零]+条[\s\u3000]", text, re.MULTILINE)
        numbers = [laws.number_of(number) for number, _text in laws.cut(text)]
        assert numbers == list(range(1, len(begun) + 1)), path.name


def write(folder, name="试验法(2020-01-01).md", text=LAW):
    (folder / name).write_text(text, encoding="utf-8")
    return laws.load_folder(folder)


@pytest.mark.django_db
@pytest.mark.both_databases
def test_a_law_is_loaded_once_and_found_by_its_name(tmp_path):
    models.Law.objects.create(code="sy", name="中华人民共和国试验法", short="试验法")
    models.Article.objects.create(code="sy:2", law_id="sy", number="二", trust="M")
    models.Article.objects.create(code="sy:9", law_id="sy", number="九", trust="V")
    report = write(tmp_path)
    assert (report.laws, report.changed) == ({"试验法": 4}, 4)
    assert report.not_in_text == ["sy:9"]
    assert models.Article.objects.get(pk="sy:9").trust == "M"
    row = models.Article.objects.get(pk="sy:2")
    assert (row.text.splitlines()[0], row.trust) == ("申请人应当写明：", "V")
    assert models.Law.objects.get(pk="sy").edition == "2020-01-01"
    assert write(tmp_path).changed == 0


@pytest.mark.django_db
def test_a_law_that_nobody_knew_gets_a_code_and_what_has_no_articles_is_named(tmp_path):
    models.Law.objects.create(code="other", name="别的法", short="别的法")
    models.Article.objects.create(code="other:1", law_id="other", number="一", trust="M")
    (tmp_path / "说明.md").write_text("# 说明\n没有条文。", encoding="utf-8")
    report = write(tmp_path)
    law = models.Law.objects.exclude(pk="other").get()
    assert law.pk.startswith("sy")
    assert law.articles.count() == 4
    assert report.unread == ["说明.md"]
    assert report.without_text == ["other:1"]
    assert any("说明.md" in line for line in report.told())
