"""Invented text and tables for `tongban bench scan`, with the true places of every identifier. Nothing of
the detectors is used here.

Letters of sentences that people might write; identifiers in several spellings; decoys that look like them. A seed
makes it the same again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

SENTENCES = [
    "小区北门的路灯已经坏了一个多月，晚上老人出行很不方便。", "希望有关部门尽快派人来看一看，给我们一个答复。",
    "物业收了钱却不管事，垃圾堆在楼道里没人清理。",
    "孩子今年要上小学，不知道划片划到哪一所学校。", "施工队每天夜里十一点还在打桩，全家人都睡不好。",
    "公交车等了四十分钟也没有来，上班迟到了三次。",
    "我们村的自来水是黄的，放一会儿就有一层泥。", "医保卡在外地看病不能直接结算，来回跑了好几趟。",
    "去年签的合同说好今年六月交房，到现在还没有动静。",
    "请问灵活就业人员的社保应该去哪里办理？", "这条路修了又挖、挖了又修，灰尘大得不敢开窗。",
    "楼下的烧烤店油烟直接排到我家窗口。", "The community centre opens at nine and closes at five.",
]  # fmt: skip
REGIONS = [
    "610113",
    "610102",
    "110105",
    "310115",
    "440305",
    "510107",
    "320102",
    "330106",
    "420111",
    "370202",
    "810000",
    "820000",
    "830000",
]
_W = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CW = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
TYPES = ("resident_id", "credit_code", "mobile", "bank_card", "phone", "email", "plate", "ipv4")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and the identifiers in it: (type, start, end) in characters."""

    text: str
    truth: tuple[tuple[str, int, int], ...]


class Inventor:
    """Makes identifiers, decoys and texts."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def digits(self, count: int) -> str:
        """So many random digits."""
        return "".join(self.chance.choices("0123456789", k=count))

    def resident_id(self) -> str:
        """A valid number of 18 characters."""
        body = (
            f"{self.chance.choice(REGIONS)}{self.chance.randint(1935, 2020)}{self.chance.randint(1, 12):02d}"
            f"{self.chance.randint(1, 28):02d}{self.digits(3)}"
        )
        return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _W, strict=True)) % 11]

    def credit_code(self) -> str:
        """A valid unified social credit code, its organisation code valid too."""
        core = "".join(self.chance.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=8))
        total = sum(
            (int(c) if c.isdigit() else ord(c) - 55) * w for c, w in zip(core, [3, 7, 9, 10, 5, 8, 4, 2], strict=True)
        )
        check = {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
        body = (
            self.chance.choice(["91", "92", "52", "12", "11", "93"]) + self.chance.choice(REGIONS[:10]) + core + check
        )
        return body + _ALPHABET[(31 - sum(_ALPHABET.index(c) * w for c, w in zip(body, _CW, strict=True)) % 31) % 31]

    def card(self) -> str:
        """A bank card of 16 or 19 digits with a valid sum."""
        start = self.chance.choice(["622202", "621700", "622848", "625965", "436742", "524094", "621226"])
        body = start + self.digits((19 if start.startswith("62") and self.chance.random() < 0.6 else 16) - 7)
        total = 0
        for place, digit in enumerate(reversed(body)):
            value = int(digit) * (2 if place % 2 == 0 else 1)
            total += value - 9 if value > 9 else value
        return body + str(-total % 10)

    def value(self, kind: str) -> str:
        """An identifier of a type in one of its spellings."""
        pick = self.chance.random()
        if kind == "resident_id":
            plain = self.resident_id()
            return (
                plain
                if pick < 0.7
                else self.wide(plain)
                if pick < 0.8
                else f"{plain[:6]} {plain[6:14]} {plain[14:]}"
                if pick < 0.95
                else plain.lower()
            )
        if kind == "credit_code":
            plain = self.credit_code()
            return plain if pick < 0.85 else plain.lower() if pick < 0.92 else self.wide(plain)
        if kind == "mobile":
            plain = (
                f"1{self.chance.choice(['30', '35', '38', '50', '59', '76', '80', '89', '91', '99'])}{self.digits(8)}"
            )
            return (
                plain
                if pick < 0.6
                else f"{plain[:3]}-{plain[3:7]}-{plain[7:]}"
                if pick < 0.75
                else f"{plain[:3]} {plain[3:7]} {plain[7:]}"
                if pick < 0.85
                else self.wide(plain)
                if pick < 0.93
                else "+86" + plain
            )
        if kind == "bank_card":
            plain = self.card()
            return (
                plain
                if pick < 0.6
                else " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))
                if pick < 0.9
                else self.wide(plain)
            )
        if kind == "phone":
            return (
                f"0{self.chance.choice(['29', '10', '21', '20'])}-{self.chance.randint(2, 8)}{self.digits(7)}"
                if pick < 0.7
                else f"0{self.chance.choice(['911', '917', '731', '571'])}-{self.chance.randint(2, 8)}{self.digits(6)}"
            )
        if kind == "email":
            return (
                f"{self.chance.choice(['li', 'wang.min', 'z_hao', 'chen88'])}{self.digits(2)}"
                f"@{self.chance.choice(['example.com', 'mail.example.cn', 'gov.example.org'])}"
            )
        if kind == "plate":
            return (
                self.chance.choice("陕京沪川粤")
                + self.chance.choice("ABCDE")
                + ("·" if pick < 0.2 else "")
                + (
                    self.chance.choice("DF") + self.digits(5)
                    if pick > 0.7
                    else self.chance.choice("0123456789ABCDEFGHJK") + self.digits(4)
                )
            )
        return ".".join(str(self.chance.randint(1, 254)) for _ in range(4))

    @staticmethod
    def wide(text: str) -> str:
        """In full-width characters."""
        return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)

    def decoy(self) -> str:
        """A number that is nobody's, as people write it."""
        kinds: list[Callable[[], str]] = [
            lambda: f"订单号{self.digits(16)}",
            lambda: f"快递单号{self.digits(12)}",
            lambda: f"时间戳{self.chance.randint(10**12, 2 * 10**12)}",
            lambda: (
                f"于{self.chance.randint(2010, 2025)}-{self.chance.randint(1, 12):02d}"
                f"-{self.chance.randint(1, 28):02d} {self.chance.randint(0, 23):02d}:{self.chance.randint(0, 59):02d}"
            ),
            lambda: f"金额{self.chance.randint(1, 10**6)}.{self.digits(2)}元",
            lambda: f"条码69{self.digits(11)}",
            lambda: f"流水号{self.digits(20)}",
            lambda: f"版本{self.chance.randint(1, 9)}.{self.chance.randint(0, 30)}.{self.chance.randint(0, 99)}",
            lambda: f"编号XA{self.digits(10)}",
            lambda: f"文号陕政发〔{self.chance.randint(2010, 2025)}〕{self.chance.randint(1, 99)}号",
            lambda: f"面积{self.chance.randint(50, 200)}.{self.digits(2)}平方米",
            lambda: f"共{self.digits(9)}次访问",
        ]
        return self.chance.choice(kinds)()

    def letter(self, identifiers: float = 1.5) -> Labelled:
        """A letter of some sentences with identifiers and decoys in them."""
        parts: list[str] = []
        truth: list[tuple[str, int, int]] = []
        length = 0

        def put(text: str) -> None:
            nonlocal length
            parts.append(text)
            length += len(text)

        for _ in range(self.chance.randint(3, 8)):
            put(self.chance.choice(SENTENCES))
            if self.chance.random() < 0.3:
                put(f"（{self.decoy()}）")
            if self.chance.random() < identifiers / 5:
                kind = self.chance.choice(TYPES)
                put(
                    {
                        "resident_id": "身份证号码",
                        "credit_code": "统一社会信用代码：",
                        "mobile": "手机",
                        "bank_card": "卡号",
                        "phone": "电话",
                        "email": "邮箱",
                        "plate": "车牌",
                        "ipv4": "地址",
                    }[kind]
                    if self.chance.random() < 0.6
                    else "见"
                )
                value = self.value(kind)
                truth.append((kind, length, length + len(value)))
                put(value + self.chance.choice("，。；、"))
        return Labelled("".join(parts), tuple(truth))

    def table(self, rows: int, columns: int = 30) -> bytes:
        """A wide table in CSV: people, decoys, words and figures, without a header."""
        lines = []
        for number in range(rows):
            cells = [
                str(number),
                self.chance.choice(SURNAMES) + self.chance.choice(GIVEN),
                self.resident_id(),
                self.value("mobile"),
                self.card(),
                f"ORD{self.digits(14)}",
                self.value("email"),
                f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d} 10:{number % 60:02d}:00",
                "陕西省西安市雁塔区科技路" + str(number % 300) + "号",
                self.chance.choice("男女"),
            ]
            while len(cells) < columns:
                cells.append(
                    self.chance.choice(
                        [
                            "已办结",
                            "在办",
                            self.digits(3),
                            f"{self.chance.random():.4f}",
                            "",
                            "西安市",
                            "note " + self.digits(2),
                            self.chance.choice(SENTENCES[:12]),
                        ]
                    )
                )
            lines.append(",".join(cells))
        return ("\n".join(lines) + "\n").encode()
