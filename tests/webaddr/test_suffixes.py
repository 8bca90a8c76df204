"""The public suffix list: the vectors of its own makers, its private section, and a newer list as data."""

from pathlib import Path

import publicsuffixlist
import pytest

from tongban.webaddr.suffixes import BadSuffixList, Suffixes, suffixes, use_suffixes

VECTORS = Path(publicsuffixlist.__file__).with_name("test_psl.txt")


def vectors():
    for line in VECTORS.read_text(encoding="utf-8").splitlines():
        if line.startswith("checkPublicSuffix("):
            host, wanted = (part.strip() for part in line.removeprefix("checkPublicSuffix(").split(")")[0].split(","))
            yield (None if host == "null" else host.strip("'"), None if wanted == "null" else wanted.strip("'"))


def test_the_vectors_are_there():
    assert len(list(vectors())) > 70


@pytest.mark.parametrize(("host", "wanted"), list(vectors()))
def test_registrable_names_are_those_of_the_vectors(host, wanted):
    assert suffixes().registrable((host or "").lower()) == wanted


def test_names_under_which_others_live_are_known():
    for host in ("github.io", "a.github.io", "blogspot.com", "s3.amazonaws.com"):
        assert suffixes().is_private(host), host
    for host in ("example.com", "co.uk", "example.unlisted", "..", ""):
        assert not suffixes().is_private(host), host
    assert suffixes().is_suffix("github.io")
    assert not suffixes().is_known("example.unlisted")


def test_top_labels_are_there_in_ascii_and_as_written():
    assert {"com", "cn", "top", "中国", "xn--fiqs8s"} <= suffixes().top_labels
    assert "github" not in suffixes().top_labels


def test_a_newer_list_is_data():
    newer = Suffixes(
        Path(publicsuffixlist.PSLFILE)
        .read_text(encoding="utf-8")
        .replace("// ===END PRIVATE", "newhost.example\n// ===END PRIVATE")
    )
    try:
        use_suffixes(newer)
        assert suffixes().registrable("a.newhost.example") == "a.newhost.example"
    finally:
        use_suffixes(None)
    assert suffixes().registrable("a.newhost.example") == "newhost.example"


@pytest.mark.parametrize(
    "text",
    ["", "com\n", "// ===BEGIN ICANN DOMAINS===\ncom\n// ===END ICANN DOMAINS===\n// ===BEGIN PRIVATE DOMAINS===\n"],
)
def test_what_is_no_list_is_refused(text):
    with pytest.raises(BadSuffixList):
        Suffixes(text)
