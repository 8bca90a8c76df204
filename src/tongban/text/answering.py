"""Advice on an answer before it is sent: what the letter asked and the answer leaves open, and
what a good answer names.

Notes are about the two texts and point into them. They are never a grade: not of the official who writes, not of the
person who asked, and no number comes out that could be summed. Whoever sends the answer may pass over every note.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .duplicates import signature, similarity
from .folding import fold
from .phrases import bigrams
from .telling import STOPWORDS

Kind = Literal["question", "basis", "contact", "step", "form", "personal"]
FindPersonal = Callable[[str], Sequence[tuple[int, int, str]]]

READ = 20_000
MOST_QUESTIONS = 12
MET_SHARE, MET_WORDS = 0.15, 2
"""A question is met where the answer has this share, and this many, of its telling words; a word that the letter has in
many sentences tells the less of one question. Measured, see docs/rooms/text.md."""
OWN_WORDS = 3
"""An answer with fewer of the letter's own telling words has nothing of this letter."""
COPY, HELD = 0.6, 0.8
"""A form letter: this like a template, or with this share of its words in one."""

_SENTENCE = re.compile(r"(?:(?!如下[:：])[^。！？!?；;\n])+(?:如下[:：]|[。！？!?；;]+)?")
_ASKING = re.compile(
    r"[?？]|请问|想问|咨询一下|何时|什么时候|几时|能否|可否|能不能|可不可以|是否|是不是|有没有|如何|怎么|怎样|为什么|"
    r"为何|凭什么|多少|哪里|哪个|哪些|多久|多长时间|[吗么呢]$"
)
_RHETORICAL = re.compile(r"难道|天理|良心|何在|一纸空文|哪里去了")
_ASKING_WORDS = re.compile(
    r"请问|想问|咨询|一下|什么时候|什么|何时|几时|能否|可否|能不能|可不可以|是否|是不是|有没有|如何|怎么|怎样|怎么办|"
    r"为什么|为何|凭什么|多少|哪里|哪个|哪些|多久|多长时间|到底|究竟|"
    r"希望|恳请|谢谢|感谢|尊敬的?|领导|您好|你好|书记|市长|县长|局长|我们|你们|他们|这个|那个|这样|这种|可以|应该|"
    r"需要|现在|已经|时候|解决|回复|答复|处理|问题|有关|相关|部门|政府|办理|反映|情况"
)
_ECHO = re.compile(
    r"(?:来信|留言|信件|咨询|反映|提出|投诉|诉求).{0,60}(?:收悉|知悉|收到|回复如下|答复如下|问题.?$)|"
    r"^网友.{0,40}(?:您好|你好)|(?:现将|现就).{0,60}(?:如下)"
)
_BASIS = re.compile(
    r"《[^《》\n]{2,60}》|第[一二三四五六七八九十百零〇\d]+条|[〔\[（(]\s*20\d\d\s*[〕\]）)]\s*\d+\s*号"
)
_LAW_END = re.compile(
    r"(?:法|条例|规定|办法|细则|通知|意见|标准|规范|规划|方案|规程|决定|公告|制度|政策|规则|目录|准则|解释|纲要|"
    r"导则)(?:[（(].{0,20}[)）])?》$"
)
_PHONE = re.compile(
    r"(?<!\d)(?:0\d{2,3}[-－—\s]?\d{7,8}|1[3-9]\d{9}|400[-－]?\d{3}[-－]?\d{4}|12345|123\d\d|[2-9]\d{6,7})(?!\d)"
)
_CALLING = re.compile(r"电话|致电|拨打|热线|联系|咨询|手机|座机")
_PERSON = re.compile(r"(?:联系人|经办人|承办人|负责人)\s*[:：为是]?\s*[\u4e00-\u9fff]{2,4}")
_WILL = re.compile(r"将|拟|计划|预计|下一步|届时|争取|力争|尽快|近期|后续|继续|安排|确保|责成|要求|待")
_DATE = re.compile(
    r"(?:20\d\d年)?\d{1,2}月(?:\d{1,2}[日号]|底|份|初|中旬|上旬|下旬)?|20\d\d年(?:底|初|内|上半年|下半年|"
    r"第?[一二三四]季度)?|(?:今年|明年|年)(?:底|内|上半年|下半年)|"
    r"本(?:周|月|季度)(?:内|底)?|下(?:周|月|季度)|\d{1,3}个?(?:工作日|自然日|天|日|周|月)(?:内|之内|以内)|"
    r"[一二三四五六七八九十]+个?(?:工作日|天|日|周|月)(?:内|之内|以内)|第?[一二三四]季度"
)


@dataclass(frozen=True, slots=True)
class Note:
    """One piece of advice. `key` names what is to be said, for translation:

    question_met, question_open · basis_named, basis_missing · contact_named, contact_missing ·
    step_dated, step_undated, step_missing · form_template, form_empty · personal_<kind>

    `start` and `end` point into the text that `about` names, `quote` is what stands there (both 0 and empty where the
    note is about something that is not there), `detail` is what speaks for the note.
    """

    kind: Kind
    key: str
    about: Literal["letter", "answer"]
    start: int
    end: int
    quote: str
    detail: str = ""

    @property
    def is_open(self) -> bool:
        """Does the note ask for something, or does it only confirm?"""
        return not self.key.endswith(("_met", "_named", "_dated"))


def notes_on(
    letter: str, answer: str, templates: Sequence[str] = (), find_personal: FindPersonal | None = None
) -> list[Note]:
    """The notes on `answer` to `letter`, in the order: questions, basis, contact, step, form letter, personal data.

    `templates` are the office's ready-made texts; `find_personal(text)` gives (start, end, kind). Of each text the
    first 20,000 characters are read; personal data is looked for in the whole answer.
    """
    letter, reply = letter[:READ], answer[:READ]
    said = _said(reply)
    return [
        *_questions(letter, said),
        _basis(reply),
        _contact(reply),
        _step(said),
        *_form(letter, reply, said, templates),
        *(
            Note("personal", f"personal_{kind}", "answer", start, end, answer[start:end])
            for start, end, kind in (find_personal(answer) if find_personal else ())
        ),
    ]


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    for found in _SENTENCE.finditer(text):
        start = found.start() + len(found.group()) - len(found.group().lstrip())
        if start < found.end():
            yield start, found.end()


def _said(answer: str) -> list[tuple[int, int, str]]:
    """(start, end, sentence) of an answer, without those that only repeat what was asked."""
    return [
        (start, end, answer[start:end])
        for start, end in _sentences(answer)
        if not _ECHO.search(answer[start:end].strip())
    ]


def _telling(text: str) -> set[str]:
    """The bigrams of a text that say what it is about."""
    return {pair for pair in bigrams(_ASKING_WORDS.sub(" ", fold(text))) if len(pair) == 2 and pair not in STOPWORDS}


def questions_of(letter: str) -> list[tuple[int, int]]:
    """Where the questions of a letter stand; the same question asked twice is given once."""
    seen: list[set[str]] = []
    found: list[tuple[int, int]] = []
    for start, end in _sentences(letter):
        sentence = fold(letter[start:end])
        if not _ASKING.search(sentence.rstrip("。!;")) or _RHETORICAL.search(sentence):
            continue
        words = _telling(sentence)
        if any(words and len(words & other) >= 0.7 * len(words) for other in seen):
            continue
        seen.append(words)
        found.append((start, end))
        if len(found) == MOST_QUESTIONS:
            break
    return found


def _questions(letter: str, said: Sequence[tuple[int, int, str]]) -> Iterator[Note]:
    answered = [(sentence, _telling(sentence)) for _, _, sentence in said]
    whole = set().union(*(words for _, words in answered)) if answered else set()
    spread = Counter(word for start, end in _sentences(letter) for word in _telling(letter[start:end]))
    spread.update(word for word in _telling(letter) if word not in spread)
    for start, end in questions_of(letter):
        words = _telling(letter[start:end])
        if len(words) < 2:
            words |= _telling(letter[max(0, start - 80) : start])
        shared = words & whole
        said_of_it = sum(1 / max(spread[word], 1) for word in shared)
        met = len(shared) >= min(MET_WORDS, max(1, len(words))) and said_of_it >= MET_SHARE * sum(
            1 / max(spread[word], 1) for word in words
        )
        nearest = max(answered, key=lambda one: len(one[1] & words), default=("", set()))[0] if met else ""
        yield Note(
            "question",
            "question_met" if met else "question_open",
            "letter",
            start,
            end,
            letter[start:end],
            nearest.strip()[:200],
        )


def _basis(answer: str) -> Note:
    for found in _BASIS.finditer(answer):
        if not found.group().startswith("《") or _LAW_END.search(found.group()):
            return Note("basis", "basis_named", "answer", found.start(), found.end(), found.group())
    return Note("basis", "basis_missing", "answer", 0, 0, "")


def _contact(answer: str) -> Note:
    for found in _PHONE.finditer(answer):
        if _CALLING.search(answer[max(0, found.start() - 30) : found.end() + 10]):
            return Note("contact", "contact_named", "answer", found.start(), found.end(), found.group())
    person = _PERSON.search(answer)
    if person:
        return Note("contact", "contact_named", "answer", person.start(), person.end(), person.group())
    return Note("contact", "contact_missing", "answer", 0, 0, "")


def _step(said: Sequence[tuple[int, int, str]]) -> Note:
    """The first sentence that says what will be done by when; else the first that says what will be done."""
    undated = None
    for start, end, sentence in said:
        will = _WILL.search(sentence)
        if not will:
            continue
        date = _DATE.search(sentence)
        if date:
            return Note("step", "step_dated", "answer", start, end, sentence, date.group())
        undated = undated or Note("step", "step_undated", "answer", start, end, sentence)
    return undated or Note("step", "step_missing", "answer", 0, 0, "")


def _form(letter: str, answer: str, said: Sequence[tuple[int, int, str]], templates: Sequence[str]) -> Iterator[Note]:
    mine = {pair for pair in bigrams(answer) if len(pair) == 2}
    signed = signature(answer)
    of_templates: set[str] = set()
    for number, template in enumerate(templates):
        theirs = {pair for pair in bigrams(template[:READ]) if len(pair) == 2}
        of_templates |= theirs
        like = similarity(signed, signature(template))
        held = len(mine & theirs) / len(mine) if len(mine) >= 10 else 0.0
        if like >= COPY or held >= HELD:
            yield Note("form", "form_template", "answer", 0, len(answer), "", str(number))
            break
    asked = _telling(letter) - of_templates
    own = asked & set().union(*(_telling(sentence) for _, _, sentence in said)) if said else set()
    if len(asked) > 2 * OWN_WORDS and len(own) < OWN_WORDS:
        yield Note("form", "form_empty", "answer", 0, len(answer), "", "")
