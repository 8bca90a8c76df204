"""What can be wrong with a whole file; what is wrong with a row is said by who knows the columns."""

from __future__ import annotations

from typing import Any

WORDS = {
    "empty": "the file is empty",
    "encoding": "the text is neither UTF-8, UTF-16 nor GB18030",
    "twice": "the heading {name} stands twice",
    "rows": "the file has more than {most} rows; divide it",
    "csv": "line {line} is no CSV: {error}",
    "quote": "the quotation mark that is opened in the row of line {line} is never closed",
    "workbook": "the workbook cannot be read",
}


class UnreadableTable(ValueError):
    """The file is no CSV or XLSX. `problem` is one of WORDS, `facts` fills its words in; the message is in English, and
    a room that speaks to people says it in theirs."""

    def __init__(self, problem: str, **facts: Any) -> None:
        super().__init__(WORDS[problem].format(**facts))
        self.problem = problem
        self.facts = facts
