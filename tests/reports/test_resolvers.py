"""The policy zone at real resolvers: BIND as primary and resolver, Unbound beside it, started here on loopback with the
set-up files that the house ships. Where one is not installed the tests say so."""

from __future__ import annotations

import time
from datetime import timedelta

import dns.message
import dns.query
import dns.rcode
import dns.tsig
import dns.update
import pytest

from tests import runs
from tongban.bench import resolvers
from tongban.bench.resolvers import ANSWER, RECENT, SECRET, ZONE, NotInstalled
from tongban.reports.feeds import manuals, pushing, wire
from tongban.reports.feeds.primary import Overtaken, Primary, PrimaryError, read_key
from tongban.reports.feeds.rows import branch
from tongban.reports.feeds.zone import Change
from tongban.reports.models import Listed

from .conftest import NOON, after, listed, official
from .resolving import REFUSED, never_open_over_kills

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def unbound(tmp_path, upstream, bind, follower_port):
    try:
        found = resolvers.unbound(tmp_path / "unbound", manuals.text("unbound"), upstream, bind.port, follower_port)
    except NotInstalled as missing:
        pytest.skip(str(missing))
    with resolvers.ended(found):
        found.start()
        found.until("good.example", ANSWER)
        yield found


ways = {"a small one first": f"{ZONE}+{RECENT}", **({"one zone": ZONE} if runs.LONG else {})}
with_a_small_zone = pytest.mark.parametrize("zones", ways.values(), ids=ways.keys())


def serial(resolver, zone):
    answer = dns.query.tcp(dns.message.make_query(f"{zone}.", "SOA"), "127.0.0.1", 5, resolver.port)
    return answer.answer[0][0].serial


def test_listed_names_and_all_below_are_refused_and_protected_and_other_names_answered(bind, primary):
    listed()
    listed("http://pay.example/x", "6001", scope="url")
    done = pushing.push(primary)
    assert (done.whole, done.listed) == (True, 1)
    bind.until("icbc-jifen.example", REFUSED)
    for name, said in (
        ("www.a.icbc-jifen.example", REFUSED),
        ("jifen.example", ANSWER),
        ("pay.example", ANSWER),
        ("www.gov.cn", ANSWER),
        ("good.example", ANSWER),
    ):
        assert bind.says(name) == said, name


@with_a_small_zone
def test_a_name_between_two_listed_ones_is_refused_and_opens_with_the_upper_one(bind, primary):
    upper = listed("http://many.example/")
    pushing.push(primary)
    bind.until("many.example", REFUSED)
    lower = listed("http://deep.down.many.example/")
    pushing.push(primary)
    bind.until("other.down.many.example", REFUSED)
    assert bind.says("x.deep.down.many.example") == REFUSED
    after(upper, "lift", official(), 5, text="网站已经关闭")
    pushing.push(primary)
    bind.until("other.down.many.example", ANSWER)
    assert bind.says("www.many.example") == ANSWER
    assert bind.says("x.deep.down.many.example") == REFUSED
    after(lower, "lift", official(), 5, text="网站已经关闭")
    pushing.push(primary)
    bind.until("x.deep.down.many.example", ANSWER)


def test_a_listed_name_is_refused_without_asking_anybody_for_it(bind, primary, upstream):
    listed()
    pushing.push(primary)
    bind.until("icbc-jifen.example", REFUSED)
    upstream.asked.clear()
    assert bind.says("fresh.icbc-jifen.example") == REFUSED
    assert not [name for name in upstream.asked if name.endswith("icbc-jifen.example")]


@with_a_small_zone
def test_the_worker_brings_each_decision_and_each_lifting_and_the_serial_grows(bind, primary, zones):
    listing = listed()
    assert pushing.keep_up() >= 1
    bind.until("icbc-jifen.example", REFUSED)
    first = serial(bind, zones.rpartition("+")[2])
    second = listed("http://qipai.example/", "6002")
    assert pushing.keep_up() >= 1
    bind.until("qipai.example", REFUSED)
    assert serial(bind, zones.rpartition("+")[2]) > first
    assert pushing.keep_up() == 0
    after(listing, "lift", official(), 5, text="网站已经关闭")
    assert pushing.keep_up() == 1
    bind.until("icbc-jifen.example", ANSWER)
    bind.until("www.icbc-jifen.example", ANSWER)
    assert bind.says("qipai.example") == REFUSED
    assert second.pk != listing.pk


@with_a_small_zone
def test_a_name_that_ends_by_itself_opens_the_day_after_although_nobody_has_ended_it(bind, primary, monkeypatch):
    listed(days=30)
    pushing.push(primary)
    bind.until("icbc-jifen.example", REFUSED)
    day = (NOON + timedelta(days=30)).date()
    assert pushing.push(primary, day=day).opened == 0
    assert pushing.push(primary, day=day + timedelta(days=1)).opened == 1
    bind.until("icbc-jifen.example", ANSWER)


@with_a_small_zone
def test_a_name_that_another_decision_still_holds_stays_listed(bind, primary):
    first, _second = listed(), listed("http://icbc-jifen.example/other")
    pushing.push(primary)
    bind.until("icbc-jifen.example", REFUSED)
    after(first, "lift", official(), 5, text="一处已经关闭")
    done = pushing.push(primary)
    assert (done.opened, done.listed) == (0, 1)
    time.sleep(1.5)  # as long as a change takes to be seen at a resolver
    assert bind.says("icbc-jifen.example") == REFUSED


@with_a_small_zone
def test_unbound_takes_the_zone_and_each_change_as_a_difference(bind, primary, unbound):
    for number in range(5):
        listed(f"http://one{number}.example/x")
    pushing.push(primary)
    unbound.until("one4.example", REFUSED)
    assert unbound.says("www.one0.example") == REFUSED
    assert unbound.says("www.gov.cn") == ANSWER
    listed("http://sooner.example/")
    pushing.push(primary)
    unbound.until("sooner.example", REFUSED)
    before = bind.log().count("AXFR started")
    listing = listed("http://later.example/")
    pushing.push(primary)
    unbound.until("later.example", REFUSED)
    after(listing, "lift", official(), 5, text="网站已经关闭")
    pushing.push(primary)
    unbound.until("later.example", ANSWER)
    assert "IXFR started" in bind.log()
    assert bind.log().count("AXFR started") == before


@with_a_small_zone
def test_a_name_that_was_just_asked_for_is_refused_and_opens_although_its_answer_would_last(
    bind, primary, unbound, upstream, monkeypatch
):
    monkeypatch.setattr(upstream, "ttl", 600)
    pushing.push(primary)
    both = (bind, unbound)
    assert [one.says("icbc-jifen.example") for one in both] == [ANSWER, ANSWER]
    listing = listed()
    pushing.push(primary)
    for one in both:
        one.until("icbc-jifen.example", REFUSED)
    after(listing, "lift", official(), 5, text="网站已经关闭")
    pushing.push(primary)
    for one in both:
        one.until("icbc-jifen.example", ANSWER)


def test_a_name_that_leads_to_a_listed_one_is_refused(bind, primary, unbound, upstream, monkeypatch):
    monkeypatch.setitem(upstream.aliases, "www.shop.example", "icbc-jifen.example")
    listed()
    pushing.push(primary)
    for one in (bind, unbound):
        one.until("icbc-jifen.example", REFUSED)
        assert one.says("www.shop.example") == REFUSED


@pytest.mark.parametrize("left", [None, b""], ids=["none", "an empty one"])
def test_without_its_zones_bind_keeps_its_port_closed(bind, left):
    bind.kill()
    file = bind.folder / f"{ZONE}.raw"
    file.unlink()
    if left is not None:
        file.write_bytes(left)
    (bind.folder / f"{ZONE}.jnl").unlink(missing_ok=True)
    bind.environment["MOST"] = "2"
    bind.start()
    assert bind.opening.wait(60) != 0
    assert bind.says("good.example", 0.5) == "-"


def test_whoever_has_the_key_may_ask_for_the_zone_and_change_it_from_another_machine_and_nobody_else(bind, primary):
    key = dns.tsig.Key("tongban-feed.", SECRET, "hmac-sha256")
    elsewhere = {"source": "127.0.0.2", "port": bind.port, "timeout": 10}
    question = dns.message.make_query(f"zzz-tongban-feed.{ZONE}.", "TXT")
    assert dns.query.tcp(question, "127.0.0.1", **elsewhere).rcode() == dns.rcode.REFUSED
    question.use_tsig(key)
    assert dns.query.tcp(question, "127.0.0.1", **elsewhere).rcode() == dns.rcode.NOERROR
    change = dns.update.Update(ZONE)
    change.add("icbc-jifen.example", 5, "CNAME", ".")
    assert dns.query.tcp(change, "127.0.0.1", **elsewhere).rcode() == dns.rcode.REFUSED
    change.use_tsig(key)
    assert dns.query.tcp(change, "127.0.0.1", **elsewhere).rcode() == dns.rcode.NOERROR
    bind.until("icbc-jifen.example", REFUSED)


@with_a_small_zone
def test_kill_9_of_either_resolver_opens_no_name_of_the_last_publication(bind, primary, unbound):
    listed()
    pushing.push(primary)
    for one in (bind, unbound):
        one.until("icbc-jifen.example", REFUSED)
        never_open_over_kills(one, "www.icbc-jifen.example")


def test_kill_9_opens_no_name_that_stands_in_the_journal_alone(bind, primary):
    """named takes its policy from the zone's file first and from the journal a second later: the gate writes the one
    into the other before the start."""
    names = [f"n{one}.journal.example" for one in range(3000)]
    pushing.push(primary)
    primary.send(str(primary.state()), [Change(one, ".") for one in names], primary.state())
    bind.until(f"w.{names[-1]}", REFUSED)
    for _round in range(3):
        bind.kill()
        bind.start()
        bind.until("good.example", ANSWER)
        said = [bind.says(f"w.{one}") for one in names[::5]]
        assert said.count(ANSWER) == 0
        assert said.count(REFUSED) > 500


def test_whoever_pushes_may_die_at_any_message_and_the_next_push_ends_what_it_began(bind, primary, monkeypatch):
    pushing.push(primary)
    for number in range(6):
        listed(f"http://one{number}.example/x")
    monkeypatch.setattr(wire.bodies, "__defaults__", (120,))
    sent, real = [], Primary._update

    def dying(self, before, body, after):
        if len(sent) == 2:
            raise PrimaryError("killed")
        sent.append(body)
        real(self, before, body, after)

    monkeypatch.setattr(Primary, "_update", dying)
    before = primary.state()
    with pytest.raises(PrimaryError):
        pushing.push(primary)
    assert primary.state() == before
    monkeypatch.setattr(Primary, "_update", real)
    assert pushing.push(primary).listed == 6
    bind.until("one5.example", REFUSED)
    assert bind.says("one0.example") == REFUSED
    assert pushing.push(primary) == pushing.Pushed()


def test_of_two_who_push_at_once_the_slower_one_looks_again(bind, primary):
    pushing.push(primary)
    old = primary.state()
    listed()
    pushing.push(primary)
    with pytest.raises(Overtaken):
        primary.send(str(old), [], old)


def test_a_primary_that_was_restored_from_a_backup_gets_what_it_lacks_and_a_foreign_name_goes(bind, primary):
    pushing.push(primary)
    old = primary.state()
    listed()
    pushing.push(primary)
    now = primary.state()
    primary.send(str(now), [Change("icbc-jifen.example", None), Change("nobody-decided.example", ".")], old)
    bind.until("nobody-decided.example", REFUSED)
    pushing.push(primary)
    bind.until("icbc-jifen.example", REFUSED)
    assert bind.says("nobody-decided.example") == REFUSED
    pushing.push(primary, whole=True)
    bind.until("nobody-decided.example", ANSWER)
    assert bind.says("icbc-jifen.example") == REFUSED


@with_a_small_zone
def test_where_the_guards_forbid_a_row_nothing_is_added_and_liftings_still_go_out(
    bind, primary, settings, tmp_path, caplog
):
    first = listed()
    pushing.push(primary)
    bind.until("icbc-jifen.example", REFUSED)
    settings.DATA = tmp_path
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "protected.txt").write_text("clinic.example\n")
    listed("http://other.example/")
    pushing.push(primary)
    bind.until("other.example", REFUSED)
    Listed.objects.filter(name="other.example").update(
        name="clinic.example", host="clinic.example", branch=branch("clinic.example"), version=99
    )
    listed("http://third.example/")
    after(first, "lift", official(), 5, text="网站已经关闭")
    pushing.keep_up()
    assert "protected" in caplog.text
    bind.until("icbc-jifen.example", ANSWER)
    time.sleep(1.5)
    assert bind.says("third.example") == ANSWER
    assert bind.says("clinic.example") == ANSWER


@with_a_small_zone
def test_the_explaining_page_is_what_a_listed_name_leads_to_where_the_settings_name_it(
    bind, primary, settings, upstream
):
    settings.FEED_PAGE_HOST = "blocked.city.example"
    upstream.names["blocked.city.example"] = "192.0.2.99"
    listed()
    pushing.push(primary)
    bind.until("www.icbc-jifen.example", "192.0.2.99")
    assert bind.says("good.example") == ANSWER
    settings.FEED_PAGE_HOST = ""
    pushing.push(primary)
    bind.until("www.icbc-jifen.example", REFUSED)


def test_a_wrong_key_changes_nothing_and_says_so(bind, primary):
    listed()
    other = Primary.at(f"127.0.0.1:{bind.port}/{ZONE}", read_key("tongban-feed:d3Jvbmc="))
    with pytest.raises(PrimaryError, match="cannot be trusted|without a signature"):
        pushing.push(other)
    assert bind.says("icbc-jifen.example") == ANSWER
    other.close()


@pytest.mark.skipif(not runs.LONG, reason="the long run: a zone of 50,000 names")
def test_with_many_names_no_kill_and_no_start_opens_one(tmp_path, upstream, shipped, follower_port):
    many = 50_000
    try:
        bind = resolvers.bind(tmp_path / "bind", shipped, upstream, [follower_port])
        unbound = resolvers.unbound(tmp_path / "unbound", manuals.text("unbound"), upstream, bind.port, follower_port)
    except NotInstalled as missing:
        pytest.skip(str(missing))
    lines = (f"n{one}.many.example CNAME .\n*.n{one}.many.example CNAME .\n" for one in range(many))
    resolvers.compiled(tmp_path / "bind", f'{resolvers.EMPTY}zzz-tongban-feed TXT "version=0"\n{"".join(lines)}')
    with resolvers.ended(bind, unbound):
        bind.start()
        bind.until(f"w.n{many - 1}.many.example", REFUSED, 300)
        unbound.start()
        unbound.until(f"w.n{many - 1}.many.example", REFUSED, 300)
        for one in (bind, unbound):
            one.kill()
            one.start()
            said = [one.says(f"w.n{number}.many.example", 0.3) for number in range(0, many, 31)]
            one.until("good.example", ANSWER, 300)
            said += [one.says(f"w.n{number}.many.example") for number in range(0, many, 97)]
            assert said.count(ANSWER) == 0
            assert said.count(REFUSED) > 400
