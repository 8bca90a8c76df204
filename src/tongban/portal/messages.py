"""Makes the message catalogues: English by hand, Traditional Chinese from Simplified by program (`text/scripts.py`).

For those who work on this house, or on a room of their own beside it (`tongban messages [FOLDER]`); needs GNU gettext.
The compiled catalogues are in the repository, so that a fresh clone needs no tools; a test sees to it that they match.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from tongban.text.scripts import traditional as converted

HERE = Path(__file__).resolve().parent.parent
LOCALE = HERE / "locale"
LANGUAGES = ("en", "zh_Hant")
FRAMEWORK = HERE / "portal" / "framework"
"""What Django and allauth say to people (请填日期, 密码不对), by hand in Simplified and English: their own
translations are not how anybody speaks. A catalogue of its own, since `extract` finds none of these in our source."""
PLURAL_FORMS = {
    "en": "nplurals=2; plural=(n != 1);",
    "zh_Hant": "nplurals=1; plural=0;",
    "zh_Hans": "nplurals=1; plural=0;",
}
BETWEEN = " || "
"""In a translation of a message with a number: what stands for one, and for many."""
PLURALS: dict[str, str] = {}
"""The messages with a number of the catalogue that `entries` read last, with what the source says for many."""


def extract(here: Path = HERE) -> None:
    """Collect every message into the catalogues, keeping what is translated."""
    from django.core.management import call_command

    (here / "locale" / "en").mkdir(parents=True, exist_ok=True)
    import os

    before = Path.cwd()
    os.chdir(here)
    try:
        for language in LANGUAGES:
            call_command(
                "makemessages", locale=[language], no_wrap=True, no_location=True, no_obsolete=True, verbosity=0
            )
    finally:
        os.chdir(before)


def entries(path: Path) -> list[tuple[str, str, str]]:
    """(context, message, translation) of every entry of a catalogue, the header left out."""
    found, context, message, translation, at, guessed = [], "", "", "", "", False
    PLURALS.clear()
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("#,") and "fuzzy" in line:
            guessed = True
        elif line.startswith("msgctxt "):
            context, at = _unquoted(line[8:]), "context"
        elif line.startswith("msgid_plural "):
            PLURALS[message] = _unquoted(line[13:])
            at = "many"
        elif line.startswith("msgstr[0] "):
            translation, at = _unquoted(line[10:]), "translation"
        elif line.startswith("msgstr[1] "):
            many, at = _unquoted(line[10:]), "plural"
            translation += "" if many == translation else BETWEEN + many
        elif line.startswith("msgid "):
            message, at = _unquoted(line[6:]), "message"
        elif line.startswith("msgstr "):
            translation, at = _unquoted(line[7:]), "translation"
        elif line.startswith('"'):
            part = _unquoted(line)
            if at == "many":
                PLURALS[message] += part
            context, message, translation = (
                context + part if at == "context" else context,
                message + part if at == "message" else message,
                translation + part if at == "translation" else translation,
            )
        elif not line.strip():
            if message:
                found.append((context, message, "" if guessed else translation))
            context, message, translation, at, guessed = "", "", "", "", False
    return found


def _unquoted(text: str) -> str:
    import ast

    return str(ast.literal_eval(text.strip()))


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


def write(language: str, translations: dict[tuple[str, str], str], locale: Path = LOCALE) -> int:
    """Rewrite a catalogue with these translations; returns how many messages have none."""
    path = locale / language / "LC_MESSAGES" / "django.po"
    rows = entries(path)
    plurals = dict(PLURALS)
    lines = [
        'msgid ""',
        'msgstr ""',
        f'"Language: {language}\\n"',
        '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=UTF-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        f'"Plural-Forms: {PLURAL_FORMS[language]}\\n"',
        "",
    ]
    missing = 0
    for context, message, before in rows:
        after = translations.get((context, message)) or before
        missing += not after
        at = len(lines)
        if context:
            lines.append(f"msgctxt {_quoted(context)}")
        flags = ["#, python-format"] if "%(" in message else []
        if message in plurals:
            one, _sign, many = after.partition(BETWEEN)
            strings = [f"msgid_plural {_quoted(plurals[message])}", f"msgstr[0] {_quoted(one)}"]
            strings += [f"msgstr[1] {_quoted(many or one)}"] if language == "en" else []
        else:
            strings = [f"msgstr {_quoted(after)}"]
        lines[at:at] = flags
        lines += [f"msgid {_quoted(message)}", *strings, ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return missing


def traditional(locale: Path = LOCALE) -> None:
    """Make the Traditional catalogue anew. What the program converts wrongly is put right in its reviewed list
    (`text/data/traditional.tsv`), so that every text of the house is right by it, not this one message."""
    path = locale / "zh_Hant" / "LC_MESSAGES" / "django.po"
    write("zh_Hant", {(context, message): converted(message) for context, message, _after in entries(path)}, locale)


def from_the_house(locale: Path) -> None:
    """Fill a room's own catalogues with what the house says for the same words: 标题, 地点,
    理由 are translated once."""
    for language in LANGUAGES:
        said = {(c, m): after for c, m, after in entries(LOCALE / language / "LC_MESSAGES" / "django.po") if after}
        own = {(c, m): after for c, m, after in entries(locale / language / "LC_MESSAGES" / "django.po") if after}
        write(language, said | own, locale)


def framework() -> None:
    """The words of Django and allauth: Traditional made from Simplified, and all compiled."""
    simplified = entries(FRAMEWORK / "zh_Hans" / "LC_MESSAGES" / "django.po")
    write("zh_Hant", {(context, message): converted(said) for context, message, said in simplified}, FRAMEWORK)
    compile_all(FRAMEWORK, ("zh_Hans", *LANGUAGES))


def compile_all(locale: Path = LOCALE, languages: tuple[str, ...] = LANGUAGES) -> None:
    """Write the compiled catalogues."""
    for language in languages:
        folder = locale / language / "LC_MESSAGES"
        subprocess.run(
            ["msgfmt", "--check-format", "-o", str(folder / "django.mo"), str(folder / "django.po")], check=True
        )


def refresh(here: Path = HERE) -> dict[str, int]:
    """Everything, for the package in the folder `here`; language → number of messages without translation."""
    locale = here / "locale"
    extract(here)
    if locale == LOCALE:
        framework()
    else:
        from_the_house(locale)
    traditional(locale)
    compile_all(locale)
    return {
        language: sum(not after for _c, _m, after in entries(locale / language / "LC_MESSAGES" / "django.po"))
        for language in LANGUAGES
    }
