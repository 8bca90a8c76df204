"""What a resolver says of a name, whichever names are above and below it, and however old its zones are. The resolver
here reads a zone as RFC 4592 says: a wildcard takes nothing that stands below another name of the zone."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.reports.feeds import pushing
from tongban.reports.feeds.forms import above, rpz
from tongban.reports.feeds.zone import PASS, Change, Settled, State, differences, moved, recent, wanted

from .test_feeds import ABOUT, row

LABELS = st.sampled_from(["a", "b"])
NAMES = st.lists(LABELS, min_size=1, max_size=5).map(lambda labels: ".".join([*labels, "example"]))
SETS = st.sets(NAMES, max_size=7)


def said(zone, name):
    """What one zone says of a name; None where it says nothing."""
    if name in zone:
        return zone[name]
    there = {upper for owner in zone for upper in (owner.removeprefix("*."), *above(owner.removeprefix("*.")))}
    closest = next((upper for upper in above(name) if upper in there), None)
    return zone.get(f"*.{closest}")


def truth(names, passing, name):
    for one in (name, *above(name)):
        if one in passing or one in names:
            return PASS if one in passing else "."
    return None


def applied(zone, changes):
    zone = dict(zone)
    for change in changes:
        for owner in (change.name, f"*.{change.name}"):
            if change.answer is None:
                zone.pop(owner, None)
            else:
                zone[owner] = change.answer
    return zone


def relatives(names, touched):
    """As the register gives them: those above, and all below the highest of these."""
    found = set()
    for one in touched:
        top = [one, *(upper for upper in above(one) if upper in names)][-1]
        found |= {name for name in names if name == top or top in above(name)} | (names & set(above(one)))
    return found


@given(SETS, NAMES)
def test_everything_below_a_listed_name_is_refused_whatever_else_is_listed_below_it(names, asked):
    assert said(wanted(names, ["gov.cn"], "."), asked) == truth(names, {"gov.cn"}, asked)


@given(SETS, NAMES)
def test_the_file_says_what_the_zone_says(names, asked):
    lines = "".join(rpz([row(number, name) for number, name in enumerate(sorted(names))], ABOUT)).splitlines()
    zone = dict(line.split(" CNAME ") for line in lines if " CNAME " in line)
    assert said(zone, asked) == truth(names, set(), asked)
    assert zone == wanted(names, ABOUT.passing, ".")


@given(SETS, SETS, NAMES)
def test_changes_bring_a_zone_to_what_it_should_say(old, new, asked):
    touched = old ^ new
    held = relatives(new, touched)
    opened, between = moved(sorted(touched), held)
    changes = [Change(name, None) for name in opened]
    changes += [Change(name, ".") for name in (*between, *sorted(touched & new))]
    zone = applied(wanted(old, [], "."), changes)
    assert said(zone, asked) == truth(new, set(), asked)
    assert {owner for owner in zone if not owner.startswith("*.")} >= new


@given(SETS, SETS, NAMES)
def test_a_zone_that_is_brought_forward_and_one_that_is_compared_as_a_whole_say_the_same(old, new, asked):
    whole = applied(wanted(old, [], "."), differences(wanted(old, [], "."), wanted(new, [], ".")))
    assert whole == wanted(new, [], ".")
    assert said(whole, asked) == truth(new, set(), asked)


@given(SETS, SETS, SETS, NAMES, st.booleans())
def test_with_the_small_zone_first_every_name_is_right_however_old_the_large_one_is(old, new, more, asked, folded):
    touched = (old ^ new) | more
    small = recent(touched, relatives(new, touched), {"gov.cn"}, ".")
    large = wanted(new if folded else old, ["gov.cn"], ".")
    answer = said(small, asked) or said(large, asked)
    assert (answer == ".") == (truth(new, set(), asked) == ".")


@given(SETS, NAMES, NAMES)
def test_a_protected_name_passes_in_the_small_zone_too(names, protected, asked):
    small = recent(names, names, {protected}, ".")
    expected = truth(names, {protected}, asked)
    assert said(small, asked) in ((expected,) if expected == "." else (expected, None, PASS))
    if truth(names, {protected}, asked) == PASS and any(one in names for one in above(asked)):
        assert said(small, asked) == PASS


def test_names_leave_the_small_zone_when_the_large_one_has_been_everywhere():
    day = date(2026, 3, 2)
    first = Settled(4, day, 4, day, 0)
    assert first.seen(State(4, day, "", ""), 1000) == first
    coming = first.seen(State(9, day, "", ""), 1000)
    assert (coming.version, coming.coming, coming.since) == (4, 9, 1000)
    assert coming.seen(State(12, day, "", ""), 1599) == coming
    there = coming.seen(State(12, day, "", ""), 1600)
    assert (there.version, there.coming, there.since) == (9, 12, 1600)
    assert Settled.parse(f"version=12 {there}") == there


def test_what_the_guards_forbid_in_the_large_zone_is_told_although_the_small_one_is_right(monkeypatch):
    day = date(2026, 3, 2)
    large = State(4, day, "lists", ".")
    monkeypatch.setattr(pushing.rows, "newest", lambda: 9)
    monkeypatch.setattr(pushing.lists, "current", lambda: None)
    monkeypatch.setattr(pushing, "state_of", lambda version, day, current: State(version, day, "others", "."))
    monkeypatch.setattr(pushing, "_recent", lambda *_: pushing.Pushed(opened=1, listed=2))
    monkeypatch.setattr(
        pushing, "_large", lambda *_: pushing.Pushed(whole=True, stopped=[("2026-000001", "protected")], long=["7"])
    )
    primary = SimpleNamespace(recent=object(), said=lambda: str(large))
    done = pushing.push(primary, day=day)
    assert (done.opened, done.listed, done.whole) == (1, 2, True)
    assert (done.stopped, done.long) == ([("2026-000001", "protected")], ["7"])


@pytest.mark.parametrize("text", ["", "settled=1", "settled=x settled-day=2026-03-02", "version=none"])
def test_a_zone_that_says_something_else_has_nothing_settled(text):
    assert Settled.parse(text) is None
