"""Simplified text as readers of Traditional write it, and back: by words, with a reviewed list over OpenCC's."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tongban.text import scripts

WRITTEN = [
    # what OpenCC's lists make of these is 覈、籤、鍾、併、錶、臺、迴、僞
    ("复核通过并发出", "複核通過並發出"),
    ("回音", "回音"),
    ("金台区", "金台區"),
    ("汉台区印台区", "漢台區印台區"),
    ("不签劳动合同", "不簽勞動合同"),
    ("已网签备案，贴了标签", "已網簽備案，貼了標籤"),
    ("十分钟才来", "十分鐘才來"),
    ("看表单，填表格", "看表單，填表格"),
    ("合并办理，一并答复并补充材料", "合併辦理，一併答覆並補充材料"),
    ("并入这一件，并告知来信人", "併入這一件，並告知來信人"),
    ("行政复议和复查、恢复、修复", "行政復議和複查、恢復、修復"),
    ("批准后以清单为准", "批准後以清單為準"),
    ("群众给群里发消息", "群眾給群裡發消息"),
    ("户籍、税务、卫生、温度、床位", "戶籍、稅務、衛生、溫度、床位"),
    ("三公里以内的邻里", "三公里以內的鄰里"),
    ("周至县周边每周一次", "周至縣周邊每週一次"),
    ("剩余部分在余下镇", "剩餘部分在余下鎮"),
    ("委托书、道路标志、志丹县", "委託書、道路標誌、志丹縣"),
    ("电线杆和树干", "電線桿和樹幹"),
    ("台账、账号、转账", "台賬、賬號、轉賬"),
    ("只有一只猫", "只有一隻貓"),
    ("麟游县的游泳馆", "麟遊縣的游泳館"),
    ("系统联系人关系", "系統聯繫人關係"),
    ("刚才几点", "剛才幾點"),
    ("注销登记并备注", "註銷登記並備註"),
    ("回避", "迴避"),
    ("井盖松动，青松路", "井蓋鬆動，青松路"),
    ("采集、采取、风采", "採集、採取、風采"),
]


@pytest.mark.parametrize(("simple", "written"), WRITTEN)
def test_is_written_as_people_there_write_it(simple, written):
    assert scripts.traditional(simple) == written


@pytest.mark.parametrize(("simple", "written"), WRITTEN)
def test_what_is_traditional_already_stays(simple, written):
    assert scripts.traditional(written) == written


@pytest.mark.parametrize(("simple", "written"), WRITTEN)
def test_and_comes_back(simple, written):
    assert scripts.simplified(written) == simple


def test_a_family_name_in_traditional_text_is_left_as_its_bearer_writes_it():
    assert scripts.traditional("鍾女士與鐘女士、余先生") == "鍾女士與鐘女士、余先生"


@example("\ud800复核")
@given(
    st.text(alphabet=st.one_of(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), st.characters()), max_size=60)
)
def test_keeps_every_position_whatever_comes(text):
    assert len(scripts.traditional(text)) == len(scripts.simplified(text)) == len(text)


def test_each_reader_gets_his_own_script_and_english_pages_what_was_written():
    assert scripts.in_script("复核", "zh-hant") == "複核"
    assert scripts.in_script("複核", "zh-hans") == "复核"
    assert scripts.in_script("複核 复核", "en") == "複核 复核"


def test_the_reviewed_list_says_each_word_once_and_keeps_its_length():
    lines = [line for line in scripts.LIST.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    assert all(len(line.split("\t")) == 2 for line in lines)
    words = [line.split("\t")[0] for line in lines]
    assert all(len(simple) == len(written) for simple, written in scripts.reviewed().items())
    assert sorted(words) == sorted(set(words))
