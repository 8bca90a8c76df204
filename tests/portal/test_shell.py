"""The shell is made of what rooms declare: home, navigation, foot, search, the map of the site. A new door
stands on them by itself."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.cache import caches

from tests.publishing import publish
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.gate import door
from tongban.gate.door import Door, register
from tongban.gate.parts import Hit, HomeCard, HomeLink, NavLink, Sitemap, SiteSearch, UnitWork
from tongban.letters.models import PublishedLetter
from tongban.portal import sitemap
from tongban.portal.pagecache import PageCache
from tongban.published import finding

pytestmark = pytest.mark.django_db


def found(words: str, most: int) -> list[Hit]:
    return [Hit(f"{words} in the park", "/about/", "a bench")][:most]


def trees() -> dict[str, object]:
    return {"figures": {"received": "seven limes"}}


def pages(number: int) -> list[tuple[str, date | None]]:
    return [(f"/park/{number}/?a=1&b=2", date(2026, 3, 4)), ("/park/", None)]


def chunks() -> int:
    return 2


def nothing(actor: object, units: object, registry: object) -> dict[str, tuple[str, str]]:
    return {"610113-CG": ("/park/open/", "/park/late/")}


@pytest.fixture
def park(monkeypatch):
    """A house to which a door was added."""
    monkeypatch.setattr(door, "_rooms", dict(door._rooms))
    monkeypatch.setattr(door, "_parts", {})
    caches["template_fragments"].clear()
    here = __name__
    register(
        Door(
            "park",
            "公园",
            (
                NavLink("portal:about", "去公园", 15, lost=True),
                NavLink("portal:design", "公园设计", 25, elder=False, foot=True),
                HomeLink("portal:about", "认养长椅", 15, "认养一张长椅。", "open"),
                HomeLink("portal:about", "去看公园", 15, main=True),
                HomeCard("portal/home_numbers.html", f"{here}:trees", 15, wide=True),
                SiteSearch(f"{here}:found", 5, "portal:about", "公园"),
                Sitemap("park", f"{here}:pages", f"{here}:chunks"),
            ),
        )
    )
    yield
    caches["template_fragments"].clear()


def links(html: str, start: str, end: str) -> list[str]:
    """The words of the links of a piece of a page."""
    return re.findall(r"<a [^>]*>(?:<svg.*?</svg>)?([^<]+)</a>", html.split(start, 1)[1].split(end, 1)[0])


def test_the_home_page_and_the_navigation_are_as_the_rooms_of_the_house_declare_them(client):
    html = client.get("/").content.decode()
    nav = ["首页", "写信", "办事", "查进度", "预约接访", "谁来负责", "公开来信", "办理数据"]
    assert links(html, '<nav class="mainnav"', "</nav>") == nav
    ways = [
        "写信",
        "查进度",
        "办事",
        "我能办什么",
        "预约接访",
        "公开来信",
        "谁来负责",
        "有害网站举报",
        "办理数据",
        "打 12345",
    ]
    assert links(html, '<section aria-labelledby="doors">', "</section>") == ways
    assert re.findall(r'<section aria-labelledby="(\w+)"', html) == ["doors", "numbers", "latest"]
    foot = [
        "关于本站",
        "隐私说明",
        "无障碍声明",
        "公开来信",
        "大家最近在反映什么",
        "办理数据",
        "各事项办理数据",
        "听证公告",
        "台账",
        "处置公开",
        "核对证照",
        "这个网址被处置了吗？",
        "网址为什么打不开",
        "举报侵害未成年人的网址",
        "登记数据怎么用",
        "我的账户",
        "工作人员登录",
    ]
    assert links(html, '<footer class="footer">', "</footer>") == foot
    assert re.findall(r'<p class="footer__group" id="foot\d">(.*?)</p>', html) == [
        "本站",
        "政务公开",
        "核对和举报",
        "账户",
    ]
    assert 'action="/search/"' in html, "several rooms can be searched"


def test_a_new_door_stands_on_the_home_page_and_in_the_navigation_by_its_order(client, park):
    html = client.get("/").content.decode()
    assert links(html, '<nav class="mainnav"', "</nav>")[:4] == ["首页", "写信", "办事", "去公园"]
    assert links(html, '<section aria-labelledby="doors">', "</section>")[:4] == ["写信", "查进度", "办事", "认养长椅"]
    assert "seven limes" in html
    assert links(html, '<footer class="footer">', "</footer>")[3:5] == ["公开来信", "公园设计"]
    client.cookies["tongban_mode"] = "elder"
    html = client.get("/").content.decode()
    assert links(html, '<section class="hero hero--ask">', "</section>") == ["写信", "去看公园", "查进度", "打 12345"]
    assert "seven limes" not in html, "one thing on a screen"


def test_a_page_that_is_not_there_shows_the_way(client, park):
    html = client.get("/nowhere/").content.decode()
    assert links(html, '<div class="actions">', "</div>") == ["去公园", "查进度", "回首页"]


def test_the_search_of_every_page_leads_to_all_rooms_where_several_can_be_searched(client, park):
    assert 'action="/search/"' in client.get("/").content.decode()
    html = client.get("/search/", {"q": "lime <b>"}).content.decode()
    assert "lime &lt;b&gt; in the park" in html
    assert 'href="/about/?q=lime+%3Cb%3E"' in html
    assert "in the park" not in client.get("/search/").content.decode()


@pytest.mark.both_databases
def test_published_letters_are_found_from_every_page_and_are_on_the_map(client, letter, actor):
    case, _receipt = letter()
    handler = actor("610113-CG", "handler")
    perform(case.pk, Step("answer", handler, {"text": "已责令停工。", "at_once": True}))
    publish(case, handler, {"subject": "路灯不亮", "body": "路灯一个月不亮", "answer": "已责令停工。"})
    settle()
    row = PublishedLetter.objects.get(case=case)
    html = client.get("/search/", {"q": row.subject}).content.decode()
    assert f"/letters/published/{row.slug}/" in html
    assert (
        f"<loc>http://127.0.0.1:8000/letters/published/{row.slug}/</loc>"
        in client.get("/sitemap/letters-0.xml").content.decode()
    )


def test_the_map_of_the_site_is_an_index_of_chunks(client, park):
    index = client.get("/sitemap.xml")
    assert index["Content-Type"] == "application/xml"
    named = re.findall("<loc>http://127.0.0.1:8000(.*?)</loc>", index.content.decode())
    assert named == [
        "/sitemap/pages-0.xml",
        "/sitemap/letters-0.xml",
        "/sitemap/services-0.xml",
        "/sitemap/park-0.xml",
        "/sitemap/park-1.xml",
    ]
    for address in named:
        assert client.get(address).status_code == 200
    chunk = client.get("/sitemap/park-1.xml").content.decode()
    assert "<loc>http://127.0.0.1:8000/park/1/?a=1&amp;b=2</loc><lastmod>2026-03-04</lastmod>" in chunk
    for address in ("/sitemap/park-2.xml", "/sitemap/nothing-0.xml"):
        assert client.get(address).status_code == 404


def test_a_full_chunk_of_the_map_is_kept_by_the_page_cache(settings):
    """Whoever asks for it again and again costs nothing."""
    settings.ORIGIN = "https://" + "a-long-name-of-an-office." * 2 + "example"
    rows = [(f"/letters/published/{number:012x}/", date(2026, 3, 4)) for number in range(finding.CHUNK)]
    assert len(sitemap._xml("urlset", "url", rows).content) < PageCache(None).largest


def test_every_page_on_the_map_can_be_read_by_everybody(client):
    for path in re.findall(
        "<loc>http://127.0.0.1:8000(.*?)</loc>", client.get("/sitemap/pages-0.xml").content.decode()
    ):
        assert client.get(path).status_code == 200, path


def test_robots_are_told_where_the_map_is_and_what_is_nothing_for_them(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in lines
    assert "Disallow: /desk/" in lines
    assert not [line for line in lines if line.startswith("Disallow: /letters")]


def test_the_load_of_units_leads_to_the_tray_or_nowhere(letter, official, signed_in, client, monkeypatch):
    letter()
    client = signed_in(official("610113-GOV", "head"))
    assert 'href="/desk/?scope=below&amp;unit=610113-CG&amp;state=open"' in client.get("/desk/load/").content.decode()
    rooms = {
        name: Door(name, room.label, tuple(part for part in room.parts if not isinstance(part, UnitWork)))
        for name, room in door._rooms.items()
    }
    monkeypatch.setattr(door, "_rooms", rooms)
    monkeypatch.setattr(door, "_parts", {})
    html = client.get("/desk/load/").content.decode()
    assert "/desk/?scope" not in html
    assert "雁塔区城市管理局" in html
