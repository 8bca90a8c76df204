"""Canonical forms and expressions are those of Safe Browsing (its published examples), so that
other clients find the same."""

import hashlib

import pytest

from tongban.webaddr import canonical, expressions, full_hash, parse

PUBLISHED = [
    ("http://host/%25%32%35", "host/%25"),
    ("http://host/%25%32%35%25%32%35", "host/%25%25"),
    ("http://host/%2525252525252525", "host/%25"),
    ("http://host/asdf%25%32%35asd", "host/asdf%25asd"),
    ("http://host/%%%25%32%35asd%%", "host/%25%25%25asd%25%25"),
    ("http://www.google.com/", "www.google.com/"),
    (
        "http://%31%36%38%2e%31%38%38%2e%39%39%2e%32%36/%2E%73%65%63%75%72%65/%77%77%77%2E%65%62%61%79%2E%63%6F%6D/",
        "168.188.99.26/.secure/www.ebay.com/",
    ),
    (
        (
            "http://195.127.0.11/uploads/%20%20%20%20/.verify/"
            ".eBaysecure=updateuserdataxplimnbqmn-xplmvalidateinfoswqpcmlx=hgplmcx/"
        ),
        (
            "195.127.0.11/uploads/%20%20%20%20/.verify/"
            ".eBaysecure=updateuserdataxplimnbqmn-xplmvalidateinfoswqpcmlx=hgplmcx/"
        ),
    ),
    ("http://3279880203/blah", "195.127.0.11/blah"),
    ("http://www.google.com/blah/..", "www.google.com/"),
    ("http://www.google.com/foo\tbar\rbaz\n2", "www.google.com/foobarbaz2"),
    ("http://www.google.com/q?", "www.google.com/q"),
    ("http://www.google.com/q?r?", "www.google.com/q?r?"),
    ("http://evil.com/foo#bar#baz", "evil.com/foo"),
    ("http://evil.com/foo;", "evil.com/foo;"),
    ("http://evil.com/foo?bar;", "evil.com/foo?bar;"),
    ("http://notrailingslash.com", "notrailingslash.com/"),
    ("http://www.gotaport.com:1234/", "www.gotaport.com/"),
    ("  http://www.google.com/  ", "www.google.com/"),
    ("http://host.com//twoslashes?more//slashes", "host.com/twoslashes?more//slashes"),
    ("http://[::ffff:1.2.3.4]/", "1.2.3.4/"),
    ("http://[64:ff9b::1.2.3.4]/", "1.2.3.4/"),
    ("http://[2001:0db8:0000::1]/", "[2001:db8::1]/"),
]


@pytest.mark.parametrize(("text", "wanted"), PUBLISHED)
def test_canonical_forms_are_the_published_ones(text, wanted):
    assert "".join(canonical(parse(text))) == wanted


def test_the_published_example_of_expressions():
    assert set(expressions(parse("http://a.example.com/1/2.html?param=1"))) == {
        "a.example.com/1/2.html?param=1", "a.example.com/1/2.html", "a.example.com/", "a.example.com/1/",
        "example.com/1/2.html?param=1", "example.com/1/2.html", "example.com/", "example.com/1/",
    }  # fmt: skip


def test_hosts_begin_at_the_registrable_name_and_are_five_at_most():
    hosts = [expression.split("/")[0] for expression in expressions(parse("http://a.b.c.d.e.f.example.co.uk/"))]
    assert hosts == [
        "a.b.c.d.e.f.example.co.uk",
        "d.e.f.example.co.uk",
        "e.f.example.co.uk",
        "f.example.co.uk",
        "example.co.uk",
    ]
    assert expressions(parse("http://someone.github.io/")) == ["someone.github.io/"]


def test_an_ip_address_has_one_host_and_paths_are_six_at_most():
    assert expressions(parse("http://1.2.3.4/a/b/c/d/e.html?q")) == [
        "1.2.3.4/a/b/c/d/e.html?q",
        "1.2.3.4/a/b/c/d/e.html",
        "1.2.3.4/a/b/c/",
        "1.2.3.4/a/b/",
        "1.2.3.4/a/",
        "1.2.3.4/",
    ]


def test_the_hash_is_sha256_of_the_expression():
    assert full_hash("evil.example/") == hashlib.sha256(b"evil.example/").digest()
