"""Invented letters whose trouble is known, as many as wanted, to measure topics by. Every sentence was written for
this; a seed makes them the same again.

Half of the letters stand alone, the others come in events of two to some hundred people over some weeks.
One kind of trouble is met at many places in the same sentences, so that the place and the names that go
with it must tell events apart.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tongban.text import Letter

START = datetime(2016, 1, 1, tzinfo=UTC)
DAYS = 3_650
ALONE = 0.5
SYLLABLES = (
    "安柏碧沧澄翠岱丹枫阜桂瀚禾虹湖华槐嘉江锦荆菊岚兰澜黎莲麟岭柳龙鹭洛梅茗南宁鹏萍栖琴清泉榕瑞山杉深石松棠桃亭桐"
    "皖薇溪霞祥星杏秀轩雁阳瑶银映渔玉苑云芸泽竹紫"
)
ESTATE, VILLAGE, STREET, FIRM = (
    ("花园", "小区", "家园", "公馆", "雅苑"),
    ("村", "社区", "庄"),
    ("路", "街", "巷", "大道"),
    ("公司", "工厂", "置业", "商行"),
)
TROUBLES: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = (
    (ESTATE, "停车费",
        ("{0}的地下停车费一下子涨到每月{2}元", "没有开过业主大会就贴了涨价通知", "不交停车费道闸就不放行",
            "{1}物业说是公司定的价", "车位只卖不租，逼着业主买", "请物价部门查一查收费依据")),
    (ESTATE, "电梯",
        ("{0}{3}栋的电梯又困人了", "这部电梯年检早就过期", "{1}派来的师傅重启一下就走", "老人被关在里面{2}分钟",
            "楼上住户只能爬楼梯", "请特种设备部门来检验")),
    (ESTATE, "延期交房",
        ("{0}合同写明去年年底交房，至今没有动静", "工地上只有{2}个工人", "开发商{1}一再推脱", "一边还贷款一边付房租",
            "办不了房产证孩子没法报名", "请住建部门督促复工")),
    (ESTATE, "供暖",
        ("{0}的暖气一直不热，室内只有{3}度", "交了全额取暖费", "{1}说是管道老化", "{2}户都反映过", "老人孩子冻得感冒",
            "请供热办来测一测温度")),
    (ESTATE, "停水",
        ("{0}高层一到晚上就停水", "二次供水的水泵坏了没人修", "{1}和自来水厂互相推", "已经连续{3}天用不上水",
            "要到楼下提水做饭", "请水务部门尽快处理")),
    (STREET, "夜间施工",
        ("{0}的工地半夜还在打桩", "渣土车一夜跑{2}趟", "施工单位{1}没有夜间许可", "声音大得整栋楼睡不着",
            "孩子第二天要考试", "请城管晚上来现场听一听")),
    (STREET, "路面塌陷",
        ("{0}路面塌了一个大坑", "坑有{3}米宽，电动车摔了好几辆", "{1}挖完管线没有填实", "只放了一个锥桶",
            "晚上没有灯根本看不见", "请市政部门赶快修补")),
    (STREET, "路灯",
        ("{0}的路灯坏了{3}盏", "晚上一片漆黑", "学生下晚自习要摸黑走", "报修{2}天没有回音", "{1}说不归他们管",
            "请照明管理处派人看看")),
    (STREET, "公交线路",
        ("经过{0}的{2}路公交取消了", "去医院要倒两次车", "{1}没有征求过意见", "老人出行很不方便", "末班车提前到{3}点",
            "请交通部门恢复线路")),
    (STREET, "占道经营",
        ("{0}的摊贩把人行道全占了", "油烟熏得窗户不敢开", "城管来了就走、走了又摆", "{1}门口最严重",
            "每天摆到凌晨{3}点", "请划一块地方让他们规范经营")),
    (VILLAGE, "征地补偿",
        ("{0}的征地补偿款拖了{3}年", "每亩说好{2}元只发了一半", "{1}已经开工建厂", "账目从来没有公开",
            "老人没有地也没有社保", "请上级来村里查一查")),
    (VILLAGE, "自来水",
        ("{0}的自来水发黄有泥", "水管是{3}年前装的", "{1}承包以后就没有换过滤料", "{2}户人家只能买桶装水",
            "洗衣服都洗不干净", "请水利部门化验水质")),
    (VILLAGE, "垃圾堆放",
        ("{0}东头成了垃圾场", "{1}把渣土也往这里倒", "臭气能飘{2}米远", "下雨时污水流进稻田", "已经{3}个月没有清运",
            "请环卫部门清走")),
    (FIRM, "拖欠工资",
        ("{0}拖欠我们{3}个月工资", "一共{2}个工友没有拿到钱", "老板电话打不通", "包工的{1}说上面没有付款",
            "孩子等着交学费", "请劳动监察部门帮我们讨要")),
    (FIRM, "废气",
        ("{0}每天夜里偷排废气", "刺鼻的味道让人头疼", "{1}的环评是怎么通过的", "离学校只有{2}米", "咳嗽了{3}个星期",
            "请环保部门夜里来监测")),
    (FIRM, "退费",
        ("{0}收了{2}元学费就关了门", "合同上写着可以退", "{1}的人都不见了", "还有{3}个月的课没有上", "家长们建了维权群",
            "请市场监管部门立案")),
)  # fmt: skip
GENERAL = (
    "希望领导重视", "请给一个明确的答复", "已经打过好几次热线", "问题一直没有解决", "我们普通百姓实在没有办法",
    "谢谢领导百忙之中看信", "附近居民都很有意见", "社区也来看过",
    "说是正在研究", "到底归哪个部门管", "请不要再转来转去", "盼早日解决", "之前的答复和实际不符", "欢迎到现场来看",
    "能不能先采取临时措施", "如有需要可以提供照片",
)  # fmt: skip
FACTS = (
    "就在{0}对面", "{0}的负责人出面说过", "从{0}到{1}这一段最严重", "{0}那边的住户也受影响", "听说和{0}有关系",
    "{0}和{1}都派人来过", "以前{0}也出过同样的事", "去{0}问过，让我们找{1}",
)  # fmt: skip
"""What only those who write of one event write: filled with names that the event alone has."""
OPENINGS = ("尊敬的领导：", "您好，", "领导好！", "我要反映一个问题：", "想请教一下，", "")


def letters(count: int, seed: int = 0) -> Iterator[tuple[Letter, int]]:
    """(letter, number of its event), `count` of them, in no order of time or event."""
    chance = random.Random(seed)
    events: list[tuple[_Event, int]] = []
    for number in range(count):
        if not events or (len(events) < 300 and chance.random() < 0.3):
            size = 1 if chance.random() < ALONE * 3 / (2 + ALONE) else 0
            events.append((_Event(number, chance), size or min(int(2 / (1 - chance.random()) ** 0.9), 400)))
        place = chance.randrange(len(events))
        event, left = events[place]
        yield event.letter(number, chance), event.number
        events[place] = (event, left - 1)
        if left <= 1:
            events[place] = events[-1]
            events.pop()


class _Event:
    """A trouble at a place: what all who write of it have in common."""

    def __init__(self, number: int, chance: random.Random) -> None:
        suffixes, self.trouble, self.sentences = chance.choice(TROUBLES)
        self.number = number
        self.name = _name(chance) + chance.choice(suffixes)
        self.details = (
            self.name,
            _name(chance) + chance.choice(("物业", "建设", "集团", "服务")),
            str(chance.randint(20, 999)),
            str(chance.randint(2, 19)),
        )
        self.facts = [fact.format(_name(chance), _name(chance)) for fact in chance.sample(FACTS, 5)]
        self.begins = START + timedelta(days=chance.uniform(0, DAYS))
        self.place = f"6101{chance.randint(2, 18):02d}"

    def letter(self, number: int, chance: random.Random) -> Letter:
        """What one more person writes of it."""
        said = [sentence.format(*self.details) for sentence in chance.sample(self.sentences, chance.randint(1, 3))]
        said += chance.sample(self.facts, chance.randint(2, 4)) + chance.sample(GENERAL, chance.randint(1, 3))
        if self.name not in "".join(said):
            said.insert(0, f"我住在{self.name}{chance.randint(1, 40)}号")
        if chance.random() < 0.5:
            said.append(f"附近的{_name(chance)}也是这样")
        subject = chance.choice(("反映{0}{1}问题", "{0}{1}", "请管一管{0}的{1}", "{0}：{1}何时解决")).format(
            self.name, self.trouble
        )
        at = self.begins + timedelta(days=chance.expovariate(1 / 20))
        return Letter(number, f"{subject}\n{chance.choice(OPENINGS)}{'，'.join(said)}。", at, self.place, f"s{number}")


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.choice((2, 3))))
