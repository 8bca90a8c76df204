"""Tables that the scanning loops read: classes of bytes, issuer ranges, mobile ranges, provinces, weights.

Sources: GB 11643 (resident ID), GB 32100 (credit code), GB 11714 (organisation code), ISO/IEC 7812 (cards),
the ranges that the ministry gave to the operators (mobile). Ranges of issuers are public knowledge of the
field, kept here as data.
"""

from __future__ import annotations

import numpy as np

from .findings import TYPES

OTHER, DIGIT, LETTER, AT, WIDE = 0, 1, 2, 3, 4
"""Classes of a byte: none of the others; 0–9; A–Z, a–z; @; EF, with which full-width characters begin."""


def _classes() -> np.ndarray:
    table = np.zeros(256, np.uint8)
    table[48:58] = DIGIT
    table[65:91] = LETTER
    table[97:123] = LETTER
    table[64] = AT
    table[0xEF] = WIDE
    return table


CLASSES = _classes()
MAIL = np.zeros(256, np.uint8)
"""Byte → 1 in the names of e-mail domains (letters, digits, dash), 3 for letters, 4 for what
else stands before the @."""
MAIL[48:58] = MAIL[45] = 1
MAIL[65:91] = MAIL[97:123] = 3
MAIL[[*b"._%+"]] = 4

PROVINCES = np.zeros(100, np.bool_)
PROVINCES[
    [
        11,
        12,
        13,
        14,
        15,
        21,
        22,
        23,
        31,
        32,
        33,
        34,
        35,
        36,
        37,
        41,
        42,
        43,
        44,
        45,
        46,
        50,
        51,
        52,
        53,
        54,
        61,
        62,
        63,
        64,
        65,
        71,
        81,
        82,
        83,
    ]
] = True
ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], np.int64)
CREDIT_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28], np.int64)
ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2], np.int64)


def _credit_values() -> np.ndarray:
    table = np.full(128, -1, np.int64)
    for value, character in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY"):
        table[ord(character)] = value
    return table


CREDIT_VALUES = _credit_values()


def _mobile() -> np.ndarray:
    """First three digits → whether an operator has the range."""
    table = np.zeros(1000, np.bool_)
    table[130:140] = True
    table[[140, 141, 144, 145, 146, 147, 148, 149]] = True
    table[[150, 151, 152, 153, 155, 156, 157, 158, 159]] = True
    table[[162, 165, 166, 167]] = True
    table[170:179] = True
    table[180:190] = True
    table[[190, 191, 192, 193, 195, 196, 197, 198, 199]] = True
    return table


MOBILE = _mobile()


def _issuers() -> np.ndarray:
    """First four digits → bit mask of the lengths (bit n: n digits) that issuers give numbers of that beginning; bits
    32 and up are the lengths at which only a word before the number makes it a card, since too much else is as long."""
    table = np.zeros(10_000, np.int64)

    def give(first: int, last: int, *lengths: int, alone: bool = True) -> None:
        for length in lengths:
            table[first : last + 1] |= 1 << length if alone else (1 << length) | (1 << (length + 32))

    give(6200, 6299, 16, 17, 18, 19)  # UnionPay
    give(6011, 6011, 16)
    give(6440, 6599, 16)
    give(6000, 6009, 16, 19)
    give(4000, 4999, 16)  # Visa
    give(5100, 5599, 16)  # Mastercard
    give(2221, 2720, 16)
    give(3400, 3499, 15)  # American Express
    give(3700, 3799, 15)
    give(3528, 3589, 16)  # JCB
    give(3500, 3527, 16, alone=False)
    give(3590, 3599, 16, alone=False)
    give(2131, 2131, 15, alone=False)
    give(1800, 1800, 15, alone=False)
    give(3000, 3059, 14, alone=False)  # Diners
    give(3600, 3699, 14, alone=False)
    give(3800, 3999, 14, alone=False)
    for maestro in (5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763):
        give(maestro, maestro, *range(12, 20), alone=False)
    give(9558, 9559, 16, 18, 19)  # older cards of Chinese banks
    give(4563, 4563, 19)
    give(1030, 1030, 19, alone=False)
    give(9400, 9557, 16, 17, 18, 19, alone=False)
    give(9560, 9999, 16, 17, 18, 19, alone=False)
    give(6013, 6013, 19)
    give(8400, 8899, 16, 17, 18, 19, alone=False)
    give(4000, 4562, 13, 19, alone=False)
    give(4564, 4999, 13, 19, alone=False)
    return table


ISSUERS = _issuers()


def _area_codes() -> np.ndarray:
    """0 and the next two or three digits → length of the area code (3 or 4), 0 where there is none."""
    table = np.zeros(1000, np.int64)
    table[10] = 3
    table[20:30] = 3
    table[26] = 0
    table[310:400] = 4
    table[410:490] = 4
    table[510:600] = 4
    table[630:640] = 4
    table[660:670] = 4
    table[690:700] = 4
    table[710:780] = 4
    table[790:800] = 4
    table[810:860] = 4
    table[870:1000] = 4
    return table


AREAS = _area_codes()
AUTHORITIES = np.zeros(100, np.bool_)
"""GB 32100, table 1: registering authority and kind of body, where both are digits."""
AUTHORITIES[
    [11, 12, 13, 19, 21, 29, 31, 32, 33, 34, 35, 39, 41, 49, 51, 52, 53, 59, 61, 62, 69, 71, 72, 79, 81, 89, 91, 92, 93]
] = True


def _placed(codes: list[int], first: int, second: int) -> np.ndarray:
    """Characters (three bytes of UTF-8, and eight bits more) → a table of 64, each at (byte × first + byte × second +
    byte) mod 64; −1 elsewhere.

    Raises ValueError where two would stand in one place: then other factors are needed.
    """
    table = np.full(64, -1, np.int64)
    for code in codes:
        place = ((code >> 24) * first + (code >> 16 & 255) * second + (code >> 8 & 255)) & 63
        if table[place] >= 0:
            raise ValueError("two characters in one place of a table: choose other factors")
        table[place] = code
    return table


PLATE_FACTORS, NUMERAL_FACTORS = (5, 22), (1, 19)
PLATES = _placed(
    [
        int.from_bytes(c.encode(), "big") << 8
        for c in "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
    ],
    *PLATE_FACTORS,
)
"""The characters with which plates begin, shifted by eight bits."""
NUMERALS = _placed(
    [
        (int.from_bytes(c.encode(), "big") << 8) | v
        for c, v in [
            *zip("零一二三四五六七八九", range(10), strict=True),
            ("〇", 0),
            ("幺", 1),
            ("○", 0),
            ("壹", 1),
            ("贰", 2),
            ("叁", 3),
            ("肆", 4),
            ("伍", 5),
            ("陆", 6),
            ("柒", 7),
            ("捌", 8),
            ("玖", 9),
        ]
    ],
    *NUMERAL_FACTORS,
)
"""Chinese numerals, shifted by eight bits, with their value."""


def _numeral_bytes() -> np.ndarray:
    """Byte → nine bits: which of the three bytes of a numeral it can be (first 1, second 2, third 4); the same for the
    byte after it (second 1, third 2, first 4), shifted by three; and for the one after that, by six. So three bytes in
    a row may stand in a row of numerals where the bits of the first, those of the second shifted and those of the third
    shifted have one in common."""
    table = np.zeros(256, np.int64)
    for code in NUMERALS[NUMERALS >= 0]:
        for place in range(3):
            bits = sum(1 << (3 * turn + (place - turn) % 3) for turn in range(3))
            table[code >> (24 - 8 * place) & 255] |= bits
    return table


NUMERAL_BYTES = _numeral_bytes()


def _steps() -> np.ndarray:
    """Number of digits → bit mask of the checks that could say something of it."""
    table = np.zeros(20, np.int64)
    table[[17, 18]] |= 1
    table[12:20] |= 1 << 2
    table[[11, 12, 13, 15]] |= 1 << 3
    table[7:16] |= 1 << 4
    table[15] |= 1 << 5
    return table


STEPS = _steps()


def _enders() -> np.ndarray:
    """Byte → 0 where a number may go on over it: letters and digits, also full-width; spaces, dashes and a bracket;
    what e-mail addresses hold.

    2 where none does; 3 where that is so also for a number after a plus (comma, line, quote, colon, a Chinese
    character); 1 where none goes on after a date.
    """
    table = np.full(256, 2, np.uint8)
    table[48:58] = table[65:91] = table[97:123] = 0
    table[[*b" -)._%+-@", 0xC2, 0xE2, 0xE3, 0xEF]] = 0
    table[[9, 10, 13, 34, 44, 47, 58, 59, 93, 124, 125]] = 3
    table[0xE4:0xEA] = 3
    table[[32, 84]] = 1
    return table


ENDERS = _enders()

WORDS_OF = (
    "身份证 证件号 身份號 身分證 证号 公民身份 idcard id_card idno sfz",
    (
        "卡号 卡號 银行卡 銀行卡 账号 帐号 賬號 帳號 账户 储蓄卡 信用卡 借记卡 收款 打款 汇款 转账 card account visa "
        "mastercard amex cc"
    ),
    "电话 電話 手机 手機 联系 聯繫 聯絡 热线 致电 拨打 座机 传真 来电 快递员 配送员 tel phone mobile fax call",
    "信用代码 信用代碼 税号 税務 纳税人 识别号 社会信用 credit uscc",
    (
        "订单 訂單 单号 單號 流水 序列 序号 運單 运单 快递 案号 文号 货号 批次 合同 发票 编号 編號 编码 工单 条码 凭证 "
        "票号 nonce 时间戳 order serial trace invoice batch sku"
    ),
    "版本 版本号 固件 掩码 version release firmware build netmask",
    "ip 地址 服务器 主机 网关 网段 登录 访问 host server dns ping addr address ://",
)
"""Words before a number that speak for an identity card, a bank card, a telephone, a credit code; against all of them;
for a release; for a host."""


PAIR = 6
"""Bytes of two Chinese characters: with so many most words end, and no two words of different
kinds with the same ones."""


def _words() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(all words read from their end, rows, places, endings, pairs).

    A row: where the word begins among the bytes, its length, of which WORDS_OF it is, how many of the next rows end
    with the same PAIR. `endings`: by a hash of the last three bytes 1 where a word shorter than PAIR may end with them,
    2 a longer one, 3 both. A byte (also a capital) at which shorter words end → `places` of their first row and after
    the last. `pairs`: by a hash of the last PAIR bytes the first row of longer words, or −1. Raises ValueError where
    two pairs would stand in one place: then other factors are needed.
    """
    words = sorted(
        ((word.encode()[::-1], number) for number, text in enumerate(WORDS_OF) for word in text.split()),
        key=lambda word: (len(word[0]) >= PAIR, word),
    )
    rows, begin = np.zeros((len(words), 4), np.int64), 0
    places, endings, pairs = np.zeros((256, 2), np.int64), np.zeros(4096, np.uint8), np.full(4096, -1, np.int64)
    for row, (word, number) in enumerate(words):
        rows[row] = begin, len(word), number, 0
        begin += len(word)
        folded = [byte | 32 for byte in word]
        for third in folded[2:3] or range(256):  # before a word of two bytes any byte may stand
            endings[(folded[0] + folded[1] * ENDING_FACTORS[0] + (third | 32) * ENDING_FACTORS[1]) & 4095] |= (
                2 if len(word) >= PAIR else 1
            )
        if len(word) < PAIR:
            for last in {word[0], word[:1].upper()[0]}:
                places[last] = places[last][0] if places[last][1] else row, row + 1
            continue
        place = sum(byte * factor for byte, factor in zip(folded, PAIR_FACTORS, strict=False)) & 4095
        first = int(pairs[place])
        if first < 0:
            pairs[place] = row
        elif [byte | 32 for byte in words[first][0][:PAIR]] == folded[:PAIR]:
            rows[first][3] += 1
        else:
            raise ValueError("two words in one place of a table: choose other factors")
    return (
        np.frombuffer(b"".join(word for word, _number in words), np.uint8),
        rows.reshape(-1),
        places.reshape(-1),
        endings,
        pairs,
    )


ENDING_FACTORS = (37, 521)
PAIR_FACTORS = (1, 3425, 1599, 1775, 2491, 3125)
WORDS, WORD_ROWS, WORD_PLACES, WORD_ENDINGS, WORD_PAIRS = _words()
STOPS = np.zeros(256, np.uint8)
"""Byte → 1 where no word before it counts (line, comma, tab), 2 digit, 3 the last byte of 。 (and of others)."""
STOPS[[9, 10, 44]] = 1
STOPS[48:58] = 2
STOPS[0x82] = 3
CODES = np.array(
    [
        (name in ("resident_id", "bank_card", "mobile", "phone", "imei", "credit_code"))
        + 2 * (name in ("vin", "credit_code"))
        for name in TYPES
    ],
    np.uint8,
)
"""Number of a type → 1 where a UUID may hold what looks like one, 2 where one is not written in small
letters and capitals, 3 both."""
