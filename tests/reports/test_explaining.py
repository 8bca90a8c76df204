"""The explaining page on a port of its own: whatever host the browser asks for, the page about that name comes."""

from __future__ import annotations

import pytest

from tongban.reports.explaining import STYLE, application

from .conftest import NOON, after, listed, official

pytestmark = pytest.mark.usefixtures("city")


def visit(host, path="/", query="", language="zh-CN,zh", method="GET", cookie=""):
    said = {}

    def start(status, headers):
        said["status"], said["headers"] = int(status.split()[0]), headers

    environ = {
        "REQUEST_METHOD": method,
        "HTTP_HOST": host,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_ACCEPT_LANGUAGE": language,
        "HTTP_COOKIE": cookie,
        "REMOTE_ADDR": "192.0.2.200",
    }
    body = b"".join(application(environ, start)).decode()
    return said["status"], body, dict(said["headers"])


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def test_any_page_of_a_listed_name_and_of_all_below_it_says_what_why_until_when_and_how_to_object():
    listed()
    for host, path in (("icbc-jifen.example", "/"), ("www.icbc-jifen.example:80", "/login/x")):
        status, text, headers = visit(host, path, "a=1")
        assert status == 451
        for said in ("仿冒银行骗取卡号", "第二十五条", "2026-04-01", "2026-000001", "/new/report_objection/"):
            assert said in text, said
        assert "icbc-jifen[.]example" in text
        assert "icbc-jifen.example" not in text
        assert "Set-Cookie" not in headers
        assert headers["Cache-Control"] == "no-store"
        assert 'rel="blocked-by"' in headers["Link"]


def test_three_languages_by_the_browser_and_by_a_link_that_needs_no_cookie():
    listed()
    assert '<html lang="zh-hans">' in visit("icbc-jifen.example")[1]
    assert '<html lang="zh-hant">' in visit("icbc-jifen.example", language="zh-TW,en")[1]
    assert '<html lang="en">' in visit("icbc-jifen.example", language="en-GB")[1]
    assert '<html lang="en">' in visit("icbc-jifen.example", query="tongban-language=en")[1]
    assert '<html lang="zh-hans">' in visit("icbc-jifen.example", query="tongban-language=xx")[1]


def test_a_single_address_is_explained_at_that_address_alone():
    listed("http://shared.example/u/1?x=2", scope="url")
    assert visit("shared.example", "/u/1", "x=2")[0] == 451
    assert visit("shared.example", "/u/1", "x=3")[0] == 404


def test_a_name_that_is_not_listed_or_no_longer_says_so():
    listing = listed()
    status, text, _headers = visit("good.example")
    assert (status, "没有被处置" in text) == (404, True)
    after(listing, "lift", official(), 5, text="网站已经关闭")
    assert visit("icbc-jifen.example")[0] == 404


@pytest.mark.parametrize("host", ["", "::::", "<script>alert(1)</script>", "a" * 400, "127.0.0.1", "[::1]:80", "\x00"])
def test_whatever_a_host_says_the_page_comes_and_repeats_nothing_of_it_as_it_was(host):
    status, text, headers = visit(host, "/<script>", "<script>")
    assert status == 404
    assert "<script" not in text
    assert "script" not in headers["Content-Security-Policy"]


def test_the_style_is_there_on_every_host_and_a_head_has_no_body():
    assert visit("any.example", STYLE)[2]["Content-Type"] == "text/css; charset=utf-8"
    listed()
    status, text, headers = visit("icbc-jifen.example", method="HEAD")
    assert (status, text) == (451, "")
    assert int(headers["Content-Length"]) > 1000


def test_nothing_is_written_down_of_whoever_comes(caplog, django_assert_num_queries):
    listed()
    with caplog.at_level(0):
        visit("icbc-jifen.example", cookie="sessionid=x")
    assert "192.0.2.200" not in caplog.text
    assert "icbc-jifen" not in caplog.text.replace("SELECT", "")
