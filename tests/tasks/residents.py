"""Tasks 1 to 6: a resident with a phone, who has never seen the site. docs/ten-tasks.md says what counts as done.

Each task goes the shortest way that the words on the pages lead to. When a page changes, its task changes here: add
the new words before the old ones.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from tests.tasks.walking import Cannot, Lost, Walk

TROUBLE = "3 号楼的电梯一个月困人三次，物业一直不修，请督促检修。"
TITLE, PHONE, PLACE, MATTER = "电梯一个月困人三次", "13800000000", "雁塔区", "电梯安全"
OWN = "3 号楼电梯一个月困人三次"
"""The subject of the letter that was sent before."""
WORDS = ("电梯坏了", "电梯困人", "电梯")
"""What one types to find others with the trouble, in this order until something is found."""
BOX = ".ask textarea, .ask input[type=text]"
"""The one large box of the home page, where there is one (the code after issue 16)."""
PLACES = "main [name=place]:not([type=hidden]), main input[name^=place]:not([type=hidden])"
MATTERS = "main [name=matter]:is(select, [type=text])"
NOTHING = r"没有找到|没有公开来信|没有符合"


def find_others(walk: Walk, found: dict[str, dict[str, str]]) -> None:
    """1. Find whether others had the trouble with the lift, and what was answered."""
    walk.start("/")
    if walk.page.locator(BOX).count():
        walk.write(BOX, WORDS[0])
        walk.press("问一问")
    else:
        walk.press("公开来信")
        for words in WORDS:
            field = walk.write("main input[type=search], main input[name=q]", words)
            walk.enter(field)
            if not walk.has(NOTHING):
                break
            walk.read(NOTHING)
    walk.press(r"电梯.*困人|电梯.*坏")
    if "电梯" not in walk.read(r"联系人", r"如仍有疑问"):
        raise Lost("the answer says nothing of a lift")


def write_a_letter(walk: Walk, found: dict[str, dict[str, str]]) -> None:
    """2. Send a letter about the lift, with a telephone number, and have the code in hand."""
    walk.start("/")
    if walk.page.locator(BOX).count():
        walk.write(BOX, TROUBLE)
        walk.press("问一问")
        walk.press("写信[：给].*", "写信", "写一封信")
    else:
        walk.press("写一封信")
        walk.write("main textarea", TROUBLE)
        walk.press("帮我找")
    steps(walk)
    walk.read(r"密码", r"查询码")
    walk.read(r"最晚在|前答复")


def steps(walk: Walk) -> None:
    """The steps of a letter, whichever of them the page still asks for, up to its being sent."""
    asked: dict[str, Callable[[], object]] = {
        "matter": lambda: walk.press(MATTER) if walk.can_press(MATTER) else walk.choose(MATTERS, MATTER),
        "place": lambda: walk.choose(PLACES, PLACE),
        "subject": lambda: walk.write("main [name=subject]", TITLE),
        "body": lambda: walk.write("main [name=body]", TROUBLE),
        "phone": lambda: walk.write("main [name=phone]", PHONE),
    }
    for _ in range(8):
        if walk.has("您的来信已经收到", "收到了"):
            return
        pressed = False
        for name, answer in asked.items():
            field = walk.page.locator(f"main [name={name}]").first
            if field.count() and field.evaluate("one => one.type === 'hidden' || Boolean(one.value)"):
                if name != "matter" or not walk.can_press(MATTER):
                    continue
            elif not field.count():
                continue
            before = len(walk.cost.screens)
            answer()
            pressed = len(walk.cost.screens) > before
            if pressed:
                break
        if pressed:
            continue
        open_choice = walk.page.locator("main [name=visibility]")
        if open_choice.count() and not walk.page.locator("main [name=visibility]:checked").count():
            walk.tick(open_choice.first)
        walk.press("寄出", "下一步", "核对")
    raise Lost(f"the letter did not get sent: {walk.page.url}")


def open_letter(walk: Walk, letter: dict[str, str]) -> None:
    """From the home page to one's own letter, with the code and the secret on the card in one's hand."""
    walk.start("/")
    walk.press("查进度")
    walk.write("#code", letter["code"])
    walk.write("#secret", letter["secret"])
    walk.press("查进度", "查看")


def add_a_photo(walk: Walk, found: dict[str, dict[str, str]]) -> None:
    """3. Add a photo to the letter that was sent yesterday."""
    open_letter(walk, found["own"])
    walk.press("补充材料", "补充")
    box = walk.page.locator("#act-supplement, form:has(input[type=file])").first
    walk.write("#act-supplement textarea, textarea[name=text]", "补一张照片：电梯门卡住了。")
    walk.attach("#act-supplement input[type=file], main input[type=file]", "电梯门.jpg", "image/jpeg", photo())
    walk.press_on(box.locator("button:not([type=button])").last)
    if "电梯门.jpg" not in walk.read(r"电梯门\.jpg"):
        raise Lost("the photo does not stand on the page")


def photo() -> bytes:
    """A small picture as a phone would take it."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (800, 600), "grey").save(file, "JPEG")
    return file.getvalue()


def read_the_answer(walk: Walk, found: dict[str, dict[str, str]]) -> None:
    """4. Read the answer."""
    open_letter(walk, found["answered"])
    walk.read(r"已换新电缆")


def recover_a_secret(walk: Walk, found: dict[str, dict[str, str]]) -> None:
    """5. The card with the secret is lost; the code and the telephone given in the letter are known."""
    walk.start("/")
    walk.press("查进度")
    way = r"找回|忘记|丢了怎么办|重新设|密码丢了"
    if not walk.can_press(way):
        text = walk.read(r"无法找回|找回")
        raise Cannot(next((line for line in text.splitlines() if "找回" in line), "no way is offered"))
    walk.press(way)
    walk.write("main [name=code]", found["own"]["code"])
    walk.write("main [name=contact], main [name=phone]", PHONE)
    walk.press("发验证码", "发送", "下一步")
    walk.write("main [name=digits], main [name=otp]", digits(walk))
    walk.press("领取新密码", "下一步", "确定")
    walk.read(r"^\s*密码", r"新密码")
    walk.press("查进度", "查看")
    walk.read(OWN)


def digits(walk: Walk) -> str:
    """The six digits that were sent: the demo shows them on its own page, after a moment; looking again is a press."""
    for _ in range(20):
        shown = re.search(r"(?<!\d)\d{6}(?!\d)", walk.read())
        if shown is not None:
            return shown.group()
        walk.page.wait_for_timeout(3_000)
        walk.again()
    raise Lost("the demo does not show the code that it sent")


def book_and_cancel(walk: Walk, found: dict[str, dict[str, str]]) -> None:
    """6. Book a talk about the letter for the first time there is, and cancel it."""
    walk.start("/")
    walk.press("预约接访", "线上接访")
    walk.press("查询来信", "打开来信", "查进度")
    walk.write("#code", found["visit"]["code"])
    walk.write("#secret", found["visit"]["secret"])
    walk.press("查进度", "查看")
    walk.press("预约接访", "预约线上接访", "预约")
    walk.tick(walk.page.locator("main input[name=slot]").first)
    walk.press_on(walk.page.locator("form:has(input[name=slot]) .btn--primary").first)
    walk.read(r"已预约|约好了|接访约在")
    walk.press("取消预约")
    if walk.can_press("确定取消"):
        walk.press("确定取消")
    if walk.page.locator("main").get_by_text(re.compile(r"已取消")).count():
        walk.read(r"已取消")
    elif walk.can_press("取消预约"):
        raise Lost("the talk is still booked")
    else:
        walk.read_to(walk.page.locator("main input[name=slot]").first)  # nothing says that it was cancelled


TASKS = (find_others, write_a_letter, add_a_photo, read_the_answer, recover_a_secret, book_and_cancel)
