"""What the ten tasks find: letters and a scan of data, put into a served demo by the one way of an act.

Run by `walk.py` as a program of its own, with the demo's data folder in TONGBAN_DATA; prints what a person of the
tasks would hold in their hand (tracking codes and secrets) as JSON. Nothing of it is counted.
"""

from __future__ import annotations

import json
import sys
import uuid
from itertools import count

ROOF, CITY, MARKET = "雁塔区住房和城乡建设局", "雁塔区城市管理和综合执法局", "雁塔区市场监督管理局"
TEN = (
    (ROOF, "明德门小区楼顶漏水", "六楼顶上一下雨就漏，墙皮掉了一片，物业说没有维修金。"),
    (ROOF, "物业半夜停电梯", "物业夜里十一点以后把电梯停了，老人上不去楼。"),
    (ROOF, "租的房子墙面发霉", "租的房子外墙渗水，房东和物业都不管。"),
    (ROOF, "小区大门坏了没人修", "大门坏了两个月，物业收了费不修。"),
    (CITY, "电子正街烧烤摊占道", "每天晚上烧烤摊把人行道占满，婴儿车推不过去。"),
    (CITY, "含光路共享单车堵住盲道", "盲道上停满共享单车，盲人没法走。"),
    (CITY, "工地半夜还在倒渣土", "凌晨两点渣土车还在装卸，全楼睡不着。"),
    (MARKET, "超市卖过期牛奶", "在朱雀超市买的牛奶过期五天，要求退钱，店里不认。"),
    (MARKET, "健身房不退会员费", "健身房换了老板，说以前的卡不算数。"),
    (MARKET, "菜市场的秤不准", "买两斤肉回家一称少了三两，去找摊主不承认。"),
)
"""Ten letters that nobody has dispatched: the right unit, subject, text."""
WAITING = ("路口路灯坏了五天", "丈八路和电子二路路口的路灯坏了五天，晚上过马路看不见，请派人修。")
DRAFTED = ("外墙瓷砖往下掉", "18 号楼外墙的瓷砖往下掉，砸坏了一辆车，楼下是孩子走的路。")
DRAFT = (
    "您好！我局和物业已到 18 号楼查看，脱落处当天拉了警戒线。已督促物业用应急维修金铲除松动瓷砖，12 月 20 日前完成。"
    "依据《住宅专项维修资金管理办法》第二十四条。联系人：质量监督站值班人员，电话 029-00000000（演示号码）。"
)
ANSWERED = ("长延堡路灯一个月不亮", "长延堡街道明德路的路灯一个月不亮，晚上看不见路，老人摔了一跤。")
ANSWER = (
    "您好！我局 11 月 26 日到明德路查看，是电缆被施工挖断，已换新电缆，11 月 28 日晚全部亮灯。"
    "依据《城市照明管理规定》第二十一条。如再不亮，请打 029-00000000（演示号码），联系人：路灯管理所值班人员。"
)
OWN = ("3 号楼电梯一个月困人三次", "3 号楼的电梯一个月困人三次，物业一直不修，请督促检修。")


def put() -> dict[str, object]:
    """Put everything in; gives the codes and secrets."""
    from django.utils import timezone

    from tongban.cases.actor import NEWCOMER
    from tongban.cases.writer import Step, Submission, perform, submit
    from tongban.demo.load import DemoProvince

    province = DemoProvince(timezone.now())

    phones = (f"138{number:08d}" for number in count())
    """Every letter is of somebody else, so that none looks like another's repeat."""

    def letter(matter: str, subject: str, body: str, *steps: tuple[str, str, str, str]) -> dict[str, str]:
        """A letter, and what happened to it as (act, unit, role, text)."""
        sent = Submission(
            "letter", matter, "610113", subject, body, visibility="public", name="王小明", phone=next(phones)
        )
        case, receipt = submit(sent, NEWCOMER, f"ten tasks {uuid.uuid4()}")
        for act, unit, role, text in steps:
            case = perform(case.pk, Step(act, province.official(unit, role), {"text": text} if text else {})).case
        return {"code": receipt.shown_code, "secret": receipt.shown_secret, "subject": subject}

    lamp, house = "610113-CG", "610113-ZJ"
    found: dict[str, object] = {
        "own": letter("0208", *OWN),
        "ten": [[unit, letter("9901", subject, body)["code"]] for unit, subject, body in TEN],
        "waiting": letter("0104", *WAITING),
        "drafted": letter(
            "0202", *DRAFTED, ("accept", house, "handler", ""), ("draft_answer", house, "handler", DRAFT)
        ),
        "answered": letter("0104", *ANSWERED, ("accept", lamp, "handler", ""), ("answer", lamp, "handler", ANSWER)),
        "visit": letter("0104", "学校门口路灯太暗", "雁塔路小学门口的路灯太暗，想当面说说。"),
    }
    scan(province)
    return found


def scan(province: object) -> None:
    """One more field that waits for its review, so that the data officer of the housing bureau has five."""
    from django.utils import timezone

    from tongban.accounts.models import Post
    from tongban.cases.actor import Actor
    from tongban.protection import demo
    from tongban.protection.taking import take_in

    queue = demo.Table("/srv/share/取号记录.xlsx", "2026", 9_800, (("留言", "办事留言", "mobile", 0.11, 1_020, 0.66),))
    officer = Post.objects.filter(unit_id=demo.HOUSING, role="data_officer").select_related("official").get()
    actor = Actor(
        "official", official_id=officer.official_id, posts=((demo.HOUSING, "data_officer"),), name=str(officer.official)
    )
    take_in(demo.report(timezone.now(), queue), demo.HOUSING, actor, "窗口取号系统")


def main() -> None:
    from tongban.config.ready import django_ready

    django_ready()
    json.dump(put(), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
