"""An address is read as a browser reads it; what people type or defang is understood; everything else
is refused with a reason."""

import pytest
from ada_url import URL
from hypothesis import given
from hypothesis import strategies as st

from tongban.webaddr import BadAddress, parse

READ = [
    # what hides where a link leads
    ("http://good.example\\@evil.example/", "http://good.example/@evil.example/", "good.example"),
    ("http://good.example@evil.example/", "http://good.example@evil.example/", "evil.example"),
    ("http://good.example%2Fevil@evil.example/", "http://good.example%2Fevil@evil.example/", "evil.example"),
    ("http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1"),
    ("http://2130706433/", "http://127.0.0.1/", "127.0.0.1"),
    ("http://0177.0.0.01/", "http://127.0.0.1/", "127.0.0.1"),
    ("http://[::FFFF:127.0.0.1]/", "http://[::ffff:7f00:1]/", "[::ffff:7f00:1]"),
    ("HTTP://WWW.Example.COM:80/%7Ea/../b", "http://www.example.com/b", "www.example.com"),
    ("https:example.com", "https://example.com/", "example.com"),
    ("http://example。com/", "http://example.com/", "example.com"),
    ("http://ｅｘａｍｐｌｅ.ｃｏｍ/", "http://example.com/", "example.com"),
    ("http://exa\u00admple.com/", "http://example.com/", "example.com"),
    ("http://faß.de/", "http://xn--fa-hia.de/", "xn--fa-hia.de"),
    ("http://example.com./", "http://example.com./", "example.com"),
    (" \thttp://exam\nple.com/ ", "http://example.com/", "example.com"),
    ("http://./", "http://./", "."),
    # what people type
    ("example.com", "http://example.com/", "example.com"),
    ("example.com:8080/a", "http://example.com:8080/a", "example.com"),
    ("//example.com/a", "http://example.com/a", "example.com"),
    ("中国银行.com", "http://xn--fiqs8s856bruk.com/", "xn--fiqs8s856bruk.com"),
    ("1.2.3.4:81", "http://1.2.3.4:81/", "1.2.3.4"),
    # what people defang
    ("hxxp://evil[.]example/a", "http://evil.example/a", "evil.example"),
    ("hXXps://evil(.)example", "https://evil.example/", "evil.example"),
    ("evil[dot]example", "http://evil.example/", "evil.example"),
    ("evil { . } example/a[.]b", "http://evil.example/a[.]b", "evil.example"),
    ("https[:]//evil[.]example", "https://evil.example/", "evil.example"),
    ("http：//evil。example／a", "http://evil.example/a", "evil.example"),
    ("h\u200bttp://e\u200bvil.example/", "http://evil.example/", "evil.example"),
]


@pytest.mark.parametrize(("given_text", "href", "host"), READ)
def test_what_is_read(given_text, href, host):
    address = parse(given_text)
    assert (address.href, address.host) == (href, host)


@pytest.mark.parametrize(
    ("given_text", "reason"),
    [
        ("", "empty"), (" \u200b ", "empty"), ("x" * 40_000, "long"), ("http://example.com/" + "a" * 9_000, "long"),
        ("javascript:alert(1)", "scheme"), ("mailto:a@b.example", "scheme"), ("file:///etc/passwd", "scheme"),
        ("data:text/html,a", "scheme"),
        ("http://", "unreadable"), ("http://a b/", "unreadable"), ("http://exa[mple/", "unreadable"),
        ("http://1.2.3.4.5.6/", "unreadable"),
        ("foo", "no_dot"), ("a..b.com", "empty_label"), (".example.com", "empty_label"),
        ("a" * 64 + ".com", "long_host"),
    ],
)  # fmt: skip
def test_what_is_refused_and_why(given_text, reason):
    with pytest.raises(BadAddress) as refused:
        parse(given_text)
    assert refused.value.reason == reason
    assert str(refused.value)


@pytest.mark.parametrize(
    ("host", "suffix", "registrable"),
    [
        ("a.b.example.co.uk", "co.uk", "example.co.uk"),
        ("example.com.cn", "com.cn", "example.com.cn"),
        ("com.cn", "com.cn", None),
        ("someone.github.io", "github.io", "someone.github.io"),
        ("github.io", "github.io", None),
        ("a.city.kawasaki.jp", "kawasaki.jp", "city.kawasaki.jp"),
        ("a.b.unlisted", "unlisted", "b.unlisted"),
        ("xn--55qx5d.cn", "xn--55qx5d.cn", None),
    ],
)
def test_suffix_and_registrable_name(host, suffix, registrable):
    address = parse(f"https://{host}/")
    assert (address.suffix, address.registrable) == (suffix, registrable)


def test_an_address_without_a_name_has_neither():
    assert (parse("http://127.0.0.1/").suffix, parse("http://[::1]/").registrable) == (None, None)
    assert not parse("http://a..b/").is_name
    assert parse("http://a..b/").registrable is None


def test_defanged_is_no_link_and_comes_back():
    address = parse("https://login.evil.example:8443/a.b?c=d.e")
    assert address.defanged == "hxxps://login[.]evil[.]example:8443/a.b?c=d.e"
    assert parse(address.defanged).href == address.href


@given(st.text(max_size=60))
def test_whatever_is_given_there_is_an_address_or_a_reason(text):
    try:
        href = parse(text).href
    except BadAddress:
        return
    assert parse(href).href == href


@given(st.sampled_from(["http", "https", "ws", "wss", "ftp"]), st.text(max_size=40))
def test_what_a_browser_reads_is_read_as_a_browser_does(scheme, rest):
    text = f"{scheme}://{rest}"
    try:
        url = URL(text)
    except ValueError:
        return
    if url.hostname:
        assert parse(text).href == url.href
