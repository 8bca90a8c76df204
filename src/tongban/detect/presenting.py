"""A report for people: a page (HTML with a drawn figure and its table), a workbook (XLSX), rows for a
terminal. Chinese or English."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from .findings import kinds
from .grading import levels
from .reasons import class_words, left_words, words
from .report import FieldFound, Report

WORDS = {
    "title": ("敏感数据扫描报告", "Report of a scan for sensitive data"), "level": ("级别", "Level"),
    "source": ("来源", "Source"), "part": ("表或部分", "Table or part"),
    "column": ("字段", "Field"), "type": ("类型", "Type"), "share": ("占比", "Share"),
    "persons": ("人数（估计）", "Persons (estimated)"), "sure": ("把握", "Sure"),
    "why": ("理由", "Why"), "sensitive": ("敏感个人信息", "Sensitive personal data"),
    "personal": ("个人信息", "Personal data"), "because": ("定级依据", "Graded by"),
    "found": ("找到", "Found"), "samples": ("样例（已遮盖）", "Samples (masked)"), "where": ("位置", "Where"),
    "rows": ("行数", "Rows"), "skipped": ("没有读取的", "Not read"),
    "fields": ("字段", "Fields"), "summary": ("汇总", "Summary"), "count": ("字段数", "Fields"),
    "nothing": ("没有发现敏感数据。", "No sensitive data found."), "text": ("（全文）", "(text)"),
    "started": ("开始", "Started"), "finished": ("结束", "Finished"), "profile": ("标准", "Profile"),
    "yes": ("是", "yes"), "no": ("否", "no"), "error": ("误差（95 %）", "Error (95 %)"),
    "read": ("读取字节", "Bytes read"), "sampled": ("每表抽样行数（0 为全部）", "Rows sampled of each table (0: all)"),
}  # fmt: skip
LEVELS = {
    "general-1": ("一般 1 级", "general 1"),
    "general-2": ("一般 2 级", "general 2"),
    "general-3": ("一般 3 级", "general 3"),
    "general-4": ("一般 4 级", "general 4"),
    "important": ("重要", "important"),
    "core": ("核心", "core"),
}
_COLOURS = {
    "general-1": "#8a8f98",
    "general-2": "#4f7cac",
    "general-3": "#b7791f",
    "general-4": "#c05621",
    "important": "#b3261e",
    "core": "#6b1a3a",
}


def word(key: str, language: str) -> str:
    """A heading in Chinese ("zh") or English."""
    return WORDS[key][0 if language == "zh" else 1]


def level_name(level: str, language: str) -> str:
    """What a level is called."""
    return LEVELS[level][0 if language == "zh" else 1]


def type_name(name: str, language: str) -> str:
    """What a type is called; own rules keep their name."""
    kind = kinds().get(name)
    return name if kind is None else kind.zh if language == "zh" else kind.en


def sensitive_fields(report: Report) -> list[FieldFound]:
    """The fields in which something was found, the gravest first."""
    order = levels()
    return sorted(
        (found for found in report.fields if found.type),
        key=lambda found: (-order.index(found.level), found.source, found.part, found.column),
    )


def place_name(place: str, language: str) -> str:
    """Where a finding stands: "row 12" as 第 12 行."""
    kind, _, number = place.partition(" ")
    return f"第 {number} 行" if language == "zh" and kind in ("row", "line") else place


def rows(report: Report, language: str) -> list[list[str]]:
    """Level, source, part, field, type, share, persons, sure: for a table."""
    return [
        [
            level_name(found.level, language),
            found.source,
            found.part,
            found.column or word("text", language),
            type_name(found.type, language),
            f"{found.share:.1%}" if found.column else "×" + str(sum(found.found.values())),
            str(found.persons or ""),
            f"{found.sure:.0%}",
        ]
        for found in sensitive_fields(report)
    ]


def grounds(found: FieldFound, language: str) -> str:
    """What the grade rests on, in one line; levels by their names."""
    told = []
    for reason in found.because:
        before, arrow, level = words(reason, language).rpartition(" → ")
        told.append(f"{before}{arrow}{level_name(level, language) if level in LEVELS else level}")
    return ("；" if language == "zh" else "; ").join(told)


_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")


def safe_cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + value if isinstance(value, str) and _FORMULA.match(value) else value


def write_xlsx(report: Report, path: Path, language: str = "zh") -> None:
    """A workbook with the fields, a summary and what was not read."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    keys = [
        "level",
        "source",
        "part",
        "column",
        "type",
        "share",
        "error",
        "persons",
        "rows",
        "sure",
        "personal",
        "sensitive",
        "why",
        "because",
        "found",
        "where",
        "samples",
    ]
    _sheet(sheet, word("fields", language), [word(key, language) for key in keys], ([
        level_name(found.level, language), found.source, found.part, found.column or word("text", language),
        type_name(found.type, language), found.share, found.error_bound,
        found.persons, found.rows, found.sure, word("yes" if found.personal else "no", language),
        class_words(found.sensitive, language), words(found.why, language), grounds(found, language),
        "、".join(f"{type_name(name, language)} {count}" for name, count in found.found.items()),
        "、".join(place_name(place, language) for place in found.where), "、".join(found.samples),
    ] for found in sensitive_fields(report)))  # fmt: skip
    counted = Counter(found.level for found in report.fields if found.type)
    _sheet(book.create_sheet(), word("summary", language), [word("level", language), word("count", language)],
        [[level_name(level, language), counted[level]] for level in reversed(levels())] + [
        [word("started", language), report.started], [word("finished", language), report.finished],
        [word("profile", language), report.profile], [word("rows", language), report.rows],
        [word("read", language), report.read], [word("sampled", language), report.sampled],
    ])  # fmt: skip
    _sheet(
        book.create_sheet(),
        word("skipped", language),
        [word("source", language), word("part", language), word("why", language)],
        ([left.source, left.part, left_words(left.key, left.why, left.more, language)] for left in report.skipped),
    )
    for page in book.worksheets:
        for cell in page[1]:
            cell.font = Font(bold=True)
        page.freeze_panes = "A2"
        for at, column in enumerate(page.columns, 1):
            page.column_dimensions[get_column_letter(at)].width = min(
                60, max((len(str(cell.value or "")) for cell in column), default=8) * 1.6 + 2
            )
    book.save(path)


def _sheet(sheet: Any, title: str, head: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    sheet.title = title
    sheet.append(list(head))
    for line in lines:
        sheet.append([safe_cell(_printable(value)) for value in line])


def _printable(value: Any) -> Any:
    return "".join(c if c >= " " or c == "\t" else " " for c in value)[:32_000] if isinstance(value, str) else value


_STYLE = """body{font:16px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
body{color:#1b1f24;background:#fff}table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{border-bottom:1px solid #ccd2d9;padding:.4rem .6rem;text-align:left;vertical-align:top}
th{white-space:nowrap}td{min-width:3.5em;max-width:22em;overflow-wrap:break-word}
td:nth-child(n+10){min-width:11em}
caption{text-align:left;font-weight:600;padding:.4rem 0}.wide{overflow-x:auto}
svg text{font:14px system-ui,sans-serif;fill:#1b1f24}"""


def as_html(report: Report, language: str = "zh") -> str:
    """One page that needs nothing from elsewhere: a figure of fields by level, its table, all
    fields, what was not read."""
    found = sensitive_fields(report)
    counted = Counter(field.level for field in found)
    most = max(counted.values(), default=1)
    order = list(reversed(levels()))
    bars = "".join(
        f'<text x="0" y="{30 * at + 20}">{escape(level_name(level, language))}</text>'
        f'<rect x="110" y="{30 * at + 6}" width="{420 * counted[level] / most:.0f}" height="18" '
        f'fill="{_COLOURS[level]}"/>'
        f'<text x="{118 + 420 * counted[level] / most:.0f}" y="{30 * at + 20}">{counted[level]}</text>'
        for at, level in enumerate(order)
    )
    title = word("title", language)
    parts = [
        (
            f'<!doctype html><html lang="{"zh-Hans" if language == "zh" else "en"}"><head><meta charset="utf-8"><meta '
            'name="viewport" content="width=device-width,initial-scale=1">'
        ),
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main><h1>{title}</h1>",
        (
            f"<p>{word('started', language)} {escape(report.started)} · {word('finished', language)} "
            f"{escape(report.finished)} · {word('profile', language)} {escape(report.profile)} · "
        ),
        f"{word('rows', language)} {report.rows:,} · {word('read', language)} {report.read:,}</p>",
    ]
    if found:
        parts.append(
            f'<svg role="img" aria-label="{word("summary", language)}" viewBox="0 0 600 {30 * len(order)}" '
            f'width="600">{bars}</svg>'
        )
        parts.append(
            _table(
                word("summary", language),
                [word("level", language), word("count", language)],
                [[level_name(level, language), counted[level]] for level in order],
            )
        )
        head = [
            word(key, language)
            for key in (
                "level",
                "source",
                "part",
                "column",
                "type",
                "share",
                "persons",
                "sure",
                "sensitive",
                "why",
                "because",
                "where",
                "samples",
            )
        ]
        lines = [
            [
                *row,
                class_words(field.sensitive, language),
                words(field.why, language),
                grounds(field, language),
                "、".join(place_name(place, language) for place in field.where),
                "、".join(field.samples),
            ]
            for row, field in zip(rows(report, language), found, strict=True)
        ]
        parts.append(_table(word("fields", language), head, lines))
    else:
        parts.append(f"<p>{word('nothing', language)}</p>")
    if report.skipped:
        parts.append(
            _table(
                word("skipped", language),
                [word("source", language), word("part", language), word("why", language)],
                [
                    [left.source, left.part, left_words(left.key, left.why, left.more, language)]
                    for left in report.skipped
                ],
            )
        )
    return "".join(parts) + "</main></body></html>\n"


def _table(caption: str, head: Sequence[str], lines: Sequence[Sequence[Any]]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in line) + "</tr>" for line in lines)
    return (
        (
            f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}"><table><caption>'
            f"{escape(caption)}</caption><thead><tr>"
        )
        + "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
        + f"</tr></thead><tbody>{body}</tbody></table></div>"
    )
