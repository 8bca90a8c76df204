"""What the box of the home page says of services: what somebody needs is told, a trouble brings none."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tongban.gate.parts import Asked
from tongban.registry.names import matter_name
from tongban.services import finding, reading

pytestmark = pytest.mark.usefixtures("city")
TROUBLES = (
    "3 号楼的电梯一个月困人三次，物业一直不修，请督促检修。",
    "电梯坏了",
    "暖气不热",
    "楼下烧烤店油烟太大",
    "门口路灯不亮",
    "小区停车乱收费",
    "孩子被同学欺负",
    "工地半夜施工太吵",
    "自来水发黄",
    "老板不发工资",
    "骗了钱",
    "垃圾没人收",
    "楼道堆杂物",
)
NEEDS = {
    "我想开个小饭馆": "食品经营许可",
    "孩子刚出生怎么上户口": "出生登记",
    "我失业了，能领什么钱": "失业登记",
    "家里穷，想申请低保": "最低生活保障",
    "老人八十岁了有什么补贴": "高龄津贴",
    "残疾人补贴怎么领": "困难残疾人生活补贴",
    "想提取公积金租房": "住房公积金提取",
    "外地人想办居住证": "居住证申领",
    "要挖路铺管道怎么办手续": "挖掘城市道路许可",
    "个体户注册": "个体工商户登记",
    "校车许可": "校车使用许可",
    "家里突然生病花了很多钱": "临时救助",
}
WHOLE = {"孩子刚出生怎么上户口": "新生儿一件事", "我失业了，能领什么钱": "失业一件事", "退休怎么办": "退休一件事"}


def told(text):
    found = finding.answering(Asked(text, ""))
    return [matter_name(one.code) for one in found["rows"]] if found else []


@pytest.mark.parametrize("text", TROUBLES)
def test_a_trouble_brings_no_service(text):
    assert told(text) == []


@pytest.mark.parametrize("text", NEEDS)
def test_what_somebody_needs_is_told(text):
    assert NEEDS[text] in told(text)


@pytest.mark.parametrize("text", WHOLE)
def test_a_bundle_is_told_first(text):
    assert told(text)[0] == WHOLE[text]


def test_each_bundle_has_a_guide_that_begins_it_and_stands_in_the_catalogue(client):
    catalogue = client.get(reverse("services:catalogue")).content.decode()
    assert len(reading.current().bundles) == 5
    for code in reading.current().bundles:
        address = reverse("services:guide", args=(code,))
        assert f'href="{address}"' in catalogue
        page = client.get(address).content.decode()
        for step in reading.current().bundles[code]:
            assert reverse("services:guide", args=(step.matter_id,)) in page
        began = client.post(
            reverse("services:begin"), {"matter": code, "place": "610113"}, HTTP_SEC_FETCH_SITE="same-origin"
        )
        assert began["Location"].startswith("/new/bundle/"), began["Location"]
        assert client.get(began["Location"]).status_code == 200
    assert matter_name("7092") in client.get(reverse("services:catalogue"), {"event": "birth"}).content.decode()
