"""Somebody who uses the pages, and what it costs them: screens, fields, presses and words to read.

The ruler of the ten tasks (docs/ten-tasks.md). A task says what is pressed by the words on it, several ways to put
them where they may change, so that the same task walks the pages of today and of tomorrow. Not for the tasks
themselves: `tasks.py`; no test: nothing here asserts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

READING = Path(__file__).with_name("reading.js").read_text(encoding="utf-8")
HAN_A_SECOND = 6
"""Chinese characters read in a second; where the speeds are from: docs/ten-tasks.md."""
WORDS_A_SECOND = 4
CONTENT = "main, .hero"
"""Where the page's own content stands; what is beside it are menus."""
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_](?:[\w.:/@*-]*[^\W_])?")
_CODE = re.compile(r"(?<=/)(?=[^/]*\d)[0-9A-Za-z_-]{12,}(?=/)|\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
"""Tracking codes and keys of rows in addresses and titles: other ones each time, so they are shown as a star."""


class Cannot(Exception):
    """The house has no way to do this task; the message is what the page says instead."""


class Lost(Exception):
    """The walker did not find what it looked for: the page has changed, or the task must be told its new words."""


@dataclass
class Screen:
    """One page as it was shown, and how much of it had to be read."""

    path: str
    title: str
    han: int = 0
    words: int = 0

    @property
    def seconds(self) -> float:
        return self.han / HAN_A_SECOND + self.words / WORDS_A_SECOND


@dataclass
class Cost:
    """What a task cost. `fields` are inputs typed in or chosen, `typed` the characters that were typed."""

    task: str
    width: int
    done: bool = False
    why: str = ""
    fields: int = 0
    presses: int = 0
    typed: int = 0
    screens: list[Screen] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Seconds of reading."""
        return sum(screen.seconds for screen in self.screens)

    def row(self) -> dict[str, Any]:
        """The cost as a row of JSON; `steps` are its screens in order."""
        shown = asdict(self)
        steps = shown.pop("screens")
        return {
            **shown,
            "screens": len(steps),
            "han": sum(screen.han for screen in self.screens),
            "words": sum(screen.words for screen in self.screens),
            "seconds": round(self.seconds),
            "steps": steps,
        }


class Walk:
    """A person at one browser page; every way to use the page counts itself."""

    def __init__(self, page: Any, site: str, cost: Cost, shots: Path | None = None) -> None:
        self.page, self.site, self.cost, self.shots = page, site, cost, shots
        self._document = 0.0
        page.set_default_timeout(10_000)

    def start(self, path: str) -> None:
        """Open the page at which the person begins."""
        self.page.goto(self.site + path)
        self._arrived()

    def read(self, *words: str) -> str:
        """Read as far as the place where one of the words stands, or the whole page without words; gives the text."""
        target = None
        if words:
            target = self._first(self.page.locator(CONTENT).get_by_text(re.compile("|".join(words))))
            if target is None:
                raise Lost(f"none of {words} on {self.page.url}: {self._said()}")
        return self._read(target)

    def read_to(self, target: Any) -> str:
        """Read as far as this element; gives the text."""
        return self._read(target)

    def press(self, *words: str, within: Any = None) -> None:
        """Press the first link, button or fold that has one of the words, tried in this order: the words of a whole
        button before a button that only contains them, the page's content before the menus. Says yes where a dialog
        asks."""
        for place in (within,) if within else (self.page.locator(CONTENT), self.page):
            for word in words:
                for name in (re.compile(rf"^\s*{word}\s*$"), re.compile(word)):
                    for kind in ("a", "button", "summary", "[role=option]", "label"):
                        target = self._first(place.locator(kind).filter(has_text=name))
                        if target is not None:
                            return self.press_on(target)
        raise Lost(f"nothing to press with {words} on {self.page.url}: {self._said()}")

    def press_on(self, target: Any) -> None:
        """Press this element."""
        self._read(target)
        self.cost.presses += 1
        target.click()
        self._settled()
        yes = self.page.locator("dialog[open] button[value=yes]")
        if yes.count():
            self.press_on(yes.first)

    def again(self) -> None:
        """Load the page again."""
        self.cost.presses += 1
        self.page.reload()
        self._settled()

    def enter(self, target: Any) -> None:
        """Send a form by the Enter key."""
        self.cost.presses += 1
        target.press("Enter")
        self._settled()

    def write(self, selector: str, text: str) -> Any:
        """Type into the first visible field that fits; what stood there is replaced. Gives the field."""
        target = self.field(selector)
        self._read(target)
        self.cost.fields += 1
        self.cost.typed += len(text)
        target.fill(text)
        target.evaluate("field => { field.dataset.walked = '1' }")
        return target

    def choose(self, selector: str, label: str) -> None:
        """Choose from a list that drops down, a set of radios or ticks, or the chooser that is typed into, whatever the
        page has, the entry whose words begin or end with `label`."""
        target = self.field(selector)
        if target.evaluate("field => field.tagName") == "SELECT":
            value = target.evaluate(
                "(field, label) => ([...field.options].find(one => one.label.trim() === label) || "
                "[...field.options].find(one => one.label.trim().endsWith(label)) || {}).value",
                label,
            )
            if value is None:
                raise Lost(f"no {label} in {selector} on {self.page.url}")
            self._read(target, value)
            self.cost.fields += 1
            target.select_option(value)
        elif target.get_attribute("type") in ("radio", "checkbox"):
            self.tick(self.page.locator(selector).and_(self.page.get_by_label(re.compile(label))).first)
        else:
            self.write(selector, label)
            self.page.wait_for_timeout(600)
            self.press(label, within=self.page.locator("[role=listbox]"))

    def tick(self, target: Any) -> None:
        """Tick a box or choose a radio."""
        self._read(target)
        self.cost.fields += 1
        target.check()

    def attach(self, selector: str, name: str, kind: str, raw: bytes) -> None:
        """Choose a file; the field may be dressed and its own input not shown."""
        target = self.page.locator(selector).first
        self._read(target)
        self.cost.fields += 1
        target.set_input_files({"name": name, "mimeType": kind, "buffer": raw})
        self._settled()

    def field(self, selector: str) -> Any:
        """The first visible field that fits the selector; a fold it stands in is opened, which is a press."""
        target = self._first(self.page.locator(selector))
        if target is None and self.page.locator(selector).count():
            fold = self.page.locator("details:not([open])", has=self.page.locator(selector)).first
            if fold.count():
                self.press_on(fold.locator("> summary"))
                target = self._first(self.page.locator(selector))
        if target is None:
            raise Lost(f"no field {selector} on {self.page.url}: {self._said()}")
        return target

    def has(self, *words: str) -> bool:
        """Whether one of the words stands visibly on the page; costs nothing."""
        return self._first(self.page.locator(CONTENT).get_by_text(re.compile("|".join(words)))) is not None

    def can_press(self, *words: str) -> bool:
        """Whether a visible link, button or fold of the page has one of the words; costs nothing."""
        named = self.page.locator(f":is({CONTENT}) :is(a, button, summary)").filter(
            has_text=re.compile("|".join(words))
        )
        return self._first(named) is not None

    def _first(self, found: Any) -> Any:
        return next((one for one in self._all(found) if one.is_visible()), None)

    def _all(self, found: Any) -> Iterable[Any]:
        return (found.nth(number) for number in range(found.count()))

    def _said(self) -> str:
        return " ".join(self.page.locator("body").inner_text().split())[:300]

    def _read(self, target: Any, choice: str | None = None) -> str:
        handle = target.element_handle() if target is not None else None
        text = str(self.page.evaluate(f"([target, choice]) => ({READING})(target, choice)", [handle, choice]))
        screen = self.cost.screens[-1]
        han, words = len(_HAN.findall(text)), len(_WORD.findall(_HAN.sub(" ", text)))
        if han / HAN_A_SECOND + words / WORDS_A_SECOND > screen.seconds:
            screen.han, screen.words = han, words
        return text

    def _settled(self) -> None:
        """Wait until what was pressed has had its effect; a new document is a new screen."""
        self.page.wait_for_timeout(150)
        self.page.wait_for_load_state("load")
        self.page.wait_for_load_state("networkidle")
        self._arrived()

    def _arrived(self) -> None:
        document = float(self.page.evaluate("performance.timeOrigin"))
        if document == self._document:
            return
        self._document = document
        path = _CODE.sub("*", self.page.evaluate("location.pathname"))
        self.cost.screens.append(Screen(path, _CODE.sub("*", self.page.title().split(" - ")[0])))
        if self.shots:
            name = f"{self.cost.task}-{len(self.cost.screens):02d}.png"
            self.page.screenshot(path=str(self.shots / name), full_page=True)
