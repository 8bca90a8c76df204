"""Names a group of letters by words of their own: what many of its senders write and few others do.

Only words that several senders use can stand in a name, and none that a finder of personal data marks, that look like
a number, or that stand before a title such as 先生 or 书记. Not a summary: the words stand as the letters have them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from math import log

from .folding import fold
from .telling import STOPWORDS
from .weighing import READ, opening_of

FindPersonal = Callable[[str], Sequence[tuple[int, int, str]]]

SHORTEST, LONGEST = 2, 9
MOST_READ = 60
MOST_WEIGHED = 200
TOO_COMMON = 0.15
"""A word in more than this share of the other letters tells nothing of these."""
LEAST_SHARE = 0.4
"""A word is left out of the name where it tells less than this share of what the best word tells."""
_RUN = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d{5,}|\d[xX\d]{4,}")
_EDGE = frozenset(
    "的了在是和与有被把对及等请问何时能否吗呢吧啊之我你您他她它们这那该本也都就还又不没要会将为以于从到由向给让使很太"
    "更最个些位名条件次年月日号再来去说做人已可但而且或则"
)
_OPENERS = re.compile(
    r"尊敬的?|领导|您好|你好|请问|咨询|投诉|举报|反映|反应|关于|建议|希望|请求|恳请|要求|呼吁|强烈|严重|再次|坚决|"
    r"解决|处理|问题|情况|部门|相关|有关|"
    r"什么|怎么|为什么|为何|如何|是否|合理|合法|谢谢|感谢|书记|市长|县长|区长|局长|政府|居民|业主|群众|市民|百姓|"
    r"小孩|影响|造成|导致|导致"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_TITLE = (
    r"(?:先生|女士|小姐|同志|书记|市长|县长|区长|镇长|局长|科长|处长|所长|主任|老师|校长|医生|经理|队长|警官|律师|某)"
)
_SELF = r"(?:我叫|我是|本人|姓名|联系人|名叫|叫做|叫)[:：,，]?"
_NAMED = re.compile(
    rf"([{_SURNAMES}][\u4e00-\u9fff]{{1,2}}){_TITLE}|(?:我叫|姓名|联系人|名叫)[:：,，是]?([\u4e00-\u9fff]{{2,3}})"
)


def words_for(
    texts: Sequence[tuple[str, str]],
    others: Sequence[str],
    fewest: int,
    find_personal: FindPersonal | None = None,
    most: int = 3,
) -> tuple[str, ...]:
    """At most `most` telling words of a group, in the order in which its letters have them.

    `texts` holds (sender, text); a word must stand in the letters of at least `fewest` and of two different senders,
    unless there is only one sender. `others` are letters outside the group.
    """
    read = [(sender, _without_personal(text[:READ], find_personal)) for sender, text in texts[:MOST_READ]]
    names = {one or other for _, text in read for one, other in _NAMED.findall(text)}
    read = [(sender, _blanked(text, names)) for sender, text in read]
    everyone = {sender for sender, _ in read}
    needed = max(min(max(fewest, 2), len(everyone)), round(0.25 * len(everyone)))
    in_openings: Counter[str] = Counter()
    for _, text in read:
        in_openings.update(_candidates(opening_of(text)))
    known: dict[str, int] = {}
    for word in in_openings:
        people = len({sender for sender, text in read if word in text})
        if people >= needed:
            known[word] = people
    best = sorted(known, key=lambda word: (-known[word] * (1 + len(word)) * (1 + in_openings[word] / len(read)), word))[
        :MOST_WEIGHED
    ]
    joined = "\n".join(text for _, text in read)
    whole = [word for word in best if _is_whole(word, joined) and not _of_a_person(word, joined)]
    scored = sorted(_scored(whole, known, len(everyone), [fold(text[:READ]) for text in others]), reverse=True)
    chosen: list[str] = []
    for score, word in scored:
        if (
            len(chosen) < most
            and score >= LEAST_SHARE * scored[0][0]
            and not any(_overlap(word, other) for other in chosen)
        ):
            chosen.append(word)
    return tuple(sorted(chosen, key=lambda word: _mean_place(word, read)))


def _without_personal(text: str, find_personal: FindPersonal | None) -> str:
    """The folded text with personal data and long numbers blanked out."""
    plain = list(fold(text))
    for start, end, _ in find_personal(text) if find_personal else ():
        plain[start:end] = " " * (min(end, len(plain)) - start)
    return _NUMBER.sub(lambda found: " " * len(found.group()), "".join(plain))


def _blanked(text: str, names: set[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " " * len(name))
    return text


def _candidates(text: str) -> set[str]:
    found: set[str] = set()
    for run in _RUN.findall(_OPENERS.sub(" ", fold(text))):
        for size in range(SHORTEST, min(LONGEST, len(run)) + 1):
            found.update(run[i : i + size] for i in range(len(run) - size + 1))
    return {
        word
        for word in found
        if word[0] not in _EDGE and word[-1] not in _EDGE and word not in STOPWORDS and not word.isdigit()
    }


def _is_whole(word: str, joined: str) -> bool:
    """Does it begin and end where words do: is it not nearly always followed, or led, by the same character?"""
    after, ahead = Counter[str](), Counter[str]()
    place = joined.find(word)
    while place >= 0:
        ahead[joined[place - 1 : place]] += 1
        after[joined[place + len(word) : place + len(word) + 1]] += 1
        place = joined.find(word, place + 1)
    for beside in (after, ahead):
        character, times = beside.most_common(1)[0]
        if character.isalnum() and character not in _EDGE and times >= max(2, 0.7 * beside.total()):
            return False
    return True


def _scored(words: Sequence[str], known: dict[str, int], people: int, others: Sequence[str]) -> list[tuple[float, str]]:
    """How telling each word is: how many use it × how rare it is elsewhere, and a whole word before a part of it."""
    scored = []
    for word in words:
        longer = max((known[other] for other in words if word != other and word in other), default=0)
        if longer >= 0.8 * known[word]:
            continue
        elsewhere = sum(word in text for text in others)
        if elsewhere > TOO_COMMON * max(len(others), 10):
            continue
        rarity = log((len(others) + 1) / (elsewhere + 0.5)) if others else 1.0
        scored.append((known[word] / people * max(rarity, 0.01) * min(len(word), 4) ** 0.5, word))
    return scored


def _of_a_person(word: str, joined: str) -> bool:
    """Does the word mostly stand where a person's name stands?"""
    if len(word) > 4:
        return False
    there = len(re.findall(re.escape(word), joined)) or 1
    named = len(re.findall(f"{re.escape(word)}{_TITLE}|{_SELF}{re.escape(word)}(?![小社业村街镇县市区])", joined))
    return named * 3 >= there


def _overlap(one: str, other: str) -> bool:
    """Do two words say the same twice: one in the other, or half of the shorter in common?"""
    if one in other or other in one:
        return True
    pairs = {one[i : i + 2] for i in range(len(one) - 1)} & {other[i : i + 2] for i in range(len(other) - 1)}
    return bool(pairs)


def _mean_place(word: str, read: Sequence[tuple[str, str]]) -> float:
    places = [text.find(word) for _, text in read if word in text]
    return sum(places) / len(places)
