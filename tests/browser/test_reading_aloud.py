"""Reading aloud in elder mode, in a real browser whose voices are played by a stand-in that keeps what it was told."""

from __future__ import annotations

from tests.browser.test_pages import opened

VOICES = """
const said = [];
let pending = null;
class Spoken { constructor(words) { this.text = words; } }
const synth = {
  getVoices: () => VOICES,
  speak: (utterance) => { said.push([utterance.voice.name, utterance.text]); pending = utterance; },
  cancel: () => { pending = null; },
  addEventListener: () => {},
};
Object.defineProperty(window, "speechSynthesis", { value: synth });
window.SpeechSynthesisUtterance = Spoken;
window.said = said;
window.sayNext = () => { const utterance = pending; pending = null; if (utterance) utterance.onend(); };
"""
OWN = '[{ name: "own", lang: "zh-CN", localService: true }, { name: "far", lang: "zh-CN", localService: false }]'
FAR = '[{ name: "far", lang: "zh-CN", localService: false }]'


def elder_page(chromium, site: str, voices: str):
    page = opened(chromium, site, "phone", "zh-hans", elder=True).new_page()
    page.add_init_script(VOICES.replace("VOICES", voices, 1))
    page.goto(site + "/about/")
    return page


def test_a_page_is_read_from_its_heading_on_and_goes_on_after_a_pause(chromium, site):
    page = elder_page(chromium, site, OWN)
    page.get_by_role("button", name="朗读本页").click()
    heading = page.locator("main h1").inner_text()
    assert page.evaluate("said") == [["own", heading]]
    assert page.locator(".is-read").inner_text() == heading
    page.evaluate("sayNext()")
    second = page.evaluate("said")[1][1]
    assert page.evaluate("document.activeElement.textContent.trim()") == "暂停"
    page.keyboard.press("Enter")
    page.get_by_role("button", name="接着读").click()
    assert page.evaluate("said")[2][1] == second, "a block is begun again after a pause"
    page.get_by_role("button", name="不读了").click()
    assert page.locator(".is-read").count() == 0
    assert page.evaluate("document.activeElement.textContent.trim()") == "朗读本页"


def test_a_voice_that_sends_the_words_away_is_never_used(chromium, site):
    page = elder_page(chromium, site, FAR)
    page.locator("main h1").wait_for()
    assert not page.locator("[data-aloud]").is_visible()
