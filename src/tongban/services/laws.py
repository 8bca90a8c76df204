"""Texts of law as rows: a folder of Markdown files cut into articles, each text stored once, beside what cites it.

A file is named after its law with the day of its edition (`居住证暂行条例(2015-11-26).md`) and begins with its name as
a heading. Not for what the law means: conditions say that in words of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from disarm import transliterate
from django.db import transaction

from . import models, reading

_ARTICLE = re.compile(r"^[\s\u3000]*第([一二三四五六七八九十百零〇]+)条(之[一二三四五六七八九十])?[\s\u3000]+(?=\S)")
_HEADING = re.compile(r"^#{1,6}\s")
_EDITION = re.compile(r"[（(](\d{4}-\d{2}-\d{2})[)）]$")
_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"〇": 0}
INFO_END = "<!-- INFO END -->"
COUNTRY = "中华人民共和国"


@dataclass(frozen=True, slots=True)
class Text:
    """A law as its file has it: name, edition, and (number in Chinese, text) of each article."""

    name: str
    edition: str
    articles: tuple[tuple[str, str], ...]


@dataclass
class Loaded:
    """What loading did: articles by law, cited articles that the text has not, and those whose law nobody loaded."""

    laws: dict[str, int] = field(default_factory=dict)
    changed: int = 0
    not_in_text: list[str] = field(default_factory=list)
    without_text: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def told(self) -> Iterator[str]:
        """Lines for the command."""
        yield f"{len(self.laws)} laws, {sum(self.laws.values())} articles, {self.changed} new or changed"
        for name in self.unread:
            yield f"{name}: no articles found"
        for code in self.not_in_text:
            yield f"{code}: cited, but the text has no such article"
        for code in self.without_text:
            yield f"{code}: cited, but no text is loaded"


def number_of(chinese: str) -> int:
    """A number to 999 as laws write it: 一百二十三 → 123, 十五 → 15. Raises ValueError."""
    total, digit = 0, -1
    for sign in chinese:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in "十百":
            total += (1 if digit < 0 else digit) * (10 if sign == "十" else 100)
            digit = -1
        else:
            raise ValueError(chinese)
    return total + max(digit, 0)


def cut(text: str) -> tuple[tuple[str, str], ...]:
    """(number in Chinese, text) of each article, in order; headings of chapters and what stands before the first
    article are left out. An article begins a line with its number and a gap: a sentence that only mentions one does
    not. What does not follow on the number before is no article either but a quotation."""
    found: list[tuple[str, list[str]]] = []
    last = 0
    for line in text.partition(INFO_END)[2].splitlines() if INFO_END in text else text.splitlines():
        begins = _ARTICLE.match(line)
        if begins is not None and number_of(begins[1]) in (last, last + 1):
            if number_of(begins[1]) == last and not begins[2]:
                found[-1][1].append(line.strip())
                continue
            last = number_of(begins[1])
            found.append((begins[1] + (begins[2] or ""), [line[begins.end() :].strip()]))
        elif found and line.strip() and not _HEADING.match(line):
            found[-1][1].append(line.strip())
    return tuple((number, "\n".join(lines)) for number, lines in found)


def code_of(law: str, number: str) -> str:
    """The code of an article: the law's, a colon, its number in digits (and which of those that were put in later)."""
    base, _sign, later = number.partition("之")
    return f"{law}:{number_of(base)}{f'-{number_of(later)}' if later else ''}"


def read(path: Path) -> Text:
    """A law from its file."""
    text = path.read_text(encoding="utf-8")
    heading = next((line.lstrip("# ").strip() for line in text.splitlines() if line.startswith("# ")), "")
    edition = _EDITION.search(path.stem)
    name = heading or _EDITION.sub("", path.stem)
    return Text(name, edition[1] if edition is not None else "", cut(text))


def load_folder(folder: Path) -> Loaded:
    """Every law of a folder. Loading twice changes nothing."""
    report = Loaded()
    for path in sorted(folder.glob("*.md")):
        found = read(path)
        if not found.articles:
            report.unread.append(path.name)
            continue
        with transaction.atomic():
            law = _law(found)
            report.laws[law.short] = len(found.articles)
            report.changed += _store(law, found, report)
    cited = models.Article.objects.filter(text="").order_by("code")
    lost = set(report.not_in_text)
    report.without_text = [code for code in cited.values_list("code", flat=True) if code not in lost]
    return report


def _law(found: Text) -> models.Law:
    short = found.name.removeprefix(COUNTRY)
    law = next((row for row in models.Law.objects.all() if row.name.removeprefix(COUNTRY) == short), None)
    if law is None:
        law = models.Law(code=_new_code(short), name=found.name, short=short)
    law.edition, law.source = found.edition or law.edition, law.source or found.name
    law.save()
    return law


def _new_code(short: str) -> str:
    """The initials of the sounds of the first characters, with a number where that is taken."""
    initials = "".join(word[0] for word in transliterate(short, lang="zh").split() if word[:1].isalpha())[:12].lower()
    taken = set(models.Law.objects.values_list("code", flat=True))
    names = (initials or "law", *(f"{initials or 'law'}{number}" for number in range(2, 1000)))
    return next(name for name in names if name not in taken)


def _store(law: models.Law, found: Text, report: Loaded) -> int:
    there = {row.code: row for row in law.articles.all()}
    new, old = [], []
    for number, text in found.articles:
        code = code_of(law.code, number)
        row = there.pop(code, None)
        if row is None:
            new.append(models.Article(code=code, law=law, number=number, text=text, trust="V"))
        elif (row.text, row.number, row.trust) != (text, number, "V"):
            row.text, row.number, row.trust = text, number, "V"
            old.append(row)
    models.Article.objects.bulk_create(new)
    models.Article.objects.bulk_update(old, ["text", "number", "trust"])
    lost = [row for row in there.values() if not row.text]
    models.Article.objects.filter(pk__in=[row.pk for row in lost]).exclude(trust="M").update(trust="M")
    report.not_in_text += [row.code for row in lost]
    if new or old:
        reading.touch()
    return len(new) + len(old)
