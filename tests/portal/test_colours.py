"""Colours: each has its one place, and every pair of text and ground that the sheets draw can be read (WCAG 2.2, 1.4.3;
elder mode 1.4.6), light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tongban

SOURCE = Path(tongban.__file__).parent
CSS = SOURCE / "portal/static/tongban/css"
OF_TOKENS = {"tokens.css", "dark.css", "elder.css", "print.css"}
"""Elder mode and paper set tokens anew; paper is black and white."""
SHEETS = sorted(sheet for sheet in SOURCE.rglob("static/**/*.css") if sheet.name not in OF_TOKENS)

GROUNDS = ("ground", "surface", "sunk")
PAIRS = (
    *(("ink", ground) for ground in GROUNDS),
    *(("soft", ground) for ground in GROUNDS),
    *(("link", ground) for ground in GROUNDS),
    ("jade", "surface"),
    ("jade", "ground"),
    ("jade", "jade-tint"),
    ("jade-hover", "jade-tint"),
    ("on-jade", "jade"),
    ("on-jade", "jade-hover"),
    ("seal", "surface"),
    ("seal", "ground"),
    ("ink", "loess"),
    ("soft", "loess"),
    ("loess-ink", "loess"),
    ("on-masthead", "masthead"),
    ("on-masthead-soft", "masthead"),
    *((tone, f"{tone}-tint") for tone in ("neutral", "info", "success", "warning", "danger")),
    *(("ink", f"{tone}-tint") for tone in ("neutral", "info", "success", "warning", "danger")),
    *((tone, "surface") for tone in ("info", "success", "warning", "danger")),
)
LINES = (("line-strong", "surface"), ("line-strong", "ground"), ("focus", "ground"), ("focus", "surface"))
"""What must be seen though it is no text: 3:1 (WCAG 2.2, 1.4.11)."""


def tokens(sheet: str, selector: str) -> dict[str, str]:
    text = re.sub(r"/\*.*?\*/", "", (CSS / sheet).read_text(encoding="utf-8"), flags=re.S)
    block = re.search(rf"(?:^|\n){re.escape(selector)} {{(.*?)}}", text, re.S)
    assert block, f"{sheet} has no {selector}"
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block[1]))


LIGHT = tokens("tokens.css", ":root")
DARK = {**LIGHT, **tokens("dark.css", ":root")}
ELDER = 'html[data-mode="elder"]'
SCHEMES = {
    "light": (LIGHT, 4.5),
    "dark": (DARK, 4.5),
    "elder": ({**LIGHT, **tokens("elder.css", ELDER)}, 7.0),
    "elder, dark": ({**DARK, **tokens("elder.css", ELDER), **tokens("dark.css", ELDER)}, 7.0),
}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_can_be_read_on_its_ground(scheme: str) -> None:
    colours, least = SCHEMES[scheme]
    found = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in found.items() if ratio < least} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_borders_of_controls_and_the_focus_can_be_seen(scheme: str) -> None:
    colours, _least = SCHEMES[scheme]
    found = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in LINES}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 3} == {}


@pytest.mark.parametrize("scheme", ["dark", "elder"])
def test_a_scheme_names_no_token_that_the_light_one_lacks(scheme: str) -> None:
    text = (CSS / f"{scheme}.css").read_text(encoding="utf-8")
    own = {"read"}  # the block that is read aloud, in elder mode alone
    assert (
        set(re.findall(r"--([\w-]+):", text)) <= set(re.findall(r"--([\w-]+):", (CSS / "tokens.css").read_text())) | own
    )


@pytest.mark.parametrize("sheet", SHEETS, ids=[sheet.name for sheet in SHEETS])
def test_a_colour_stands_in_the_tokens_alone(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.S)
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*})|\b(rgba?|hsla?|oklch|color)\(", text)
