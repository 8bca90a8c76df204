"""Small letters, written for these tests: four matters under two parents, made by putting sentences together."""

from __future__ import annotations

import random

from tongban.text import Example, MatterText

TREE: dict[str, str | None] = {
    "市政": None,
    "照明": "市政",
    "噪声": "市政",
    "民生": None,
    "工资": "民生",
    "入学": "民生",
}
OPENINGS = ("领导您好，", "尊敬的领导：", "想反映一件事。", "请问，", "麻烦帮忙看看，", "我是本地居民，")
CLOSINGS = (
    "请尽快处理，谢谢。",
    "盼回复。",
    "希望有关部门管一管。",
    "已经打过电话，没有人来。",
    "多谢！",
    "等了很久了。",
)
SENTENCES = {
    "照明": (
        "巷口的路灯又不亮了",
        "整条街的路灯坏了一半",
        "晚上没有路灯走路害怕",
        "灯杆歪了，灯泡闪个不停",
        "小区外照明全黑，老人摔了一跤",
        "路灯白天亮着晚上反而灭",
    ),
    "噪声": (
        "楼下工地半夜还在打桩",
        "广场舞的音响吵得睡不着",
        "夜里施工噪声太大",
        "酒吧音乐放到凌晨三点",
        "装修电钻声从早响到晚",
        "喇叭叫卖噪音扰民",
    ),
    "工资": (
        "老板拖欠我们三个月工资",
        "干完活不给工钱，包工头躲着不见",
        "公司不发加班费也不签合同",
        "工地欠薪，工友们回不了家",
        "离职两个月工资还没结清",
        "劳动仲裁赢了仍然拿不到工资",
    ),
    "入学": (
        "孩子上小学报名要什么材料",
        "学区划分不合理，离家很远",
        "外地户口能不能在这里入学",
        "幼儿园学位不够，报不上名",
        "转学手续学校不肯办",
        "初中招生摇号的办法在哪里看",
    ),
}
NAMES = [
    MatterText("照明", ("路灯照明", "城市管理"), "路灯不亮、灯杆损坏"),
    MatterText("噪声", ("噪声扰民", "城市管理"), "夜间施工、广场舞、音响喇叭"),
    MatterText("工资", ("拖欠工资", "民生保障"), "欠薪、加班费、劳动合同"),
    MatterText("入学", ("入学转学", "民生保障"), "小学报名、学区、学位"),
]


def letters(count: int = 200, seed: int = 0) -> list[Example]:
    chance = random.Random(seed)
    found = []
    for number in range(count):
        code = sorted(SENTENCES)[number % 4]
        some = chance.sample(SENTENCES[code], 2)
        where = (
            f"{chance.choice('东南西北')}{chance.choice('山河湖桥门')}{chance.choice('街路巷')}"
            f"{chance.randint(1, 400)}号"
        )
        body = chance.choice(OPENINGS) + where + some[0] + "，" + some[1] + "。" + chance.choice(CLOSINGS)
        found.append(Example(str(number), body, code, some[1] if number % 3 else ""))
    return found
