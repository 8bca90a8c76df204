"""Knot Resolver and PowerDNS Recursor as Debian has them, set up on loopback by the letter of the manuals that the
house ships: what is refused, how a decision and a lifting come, and that no restart opens a name. The long run's; where
a program is not installed the tests say so."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests import runs
from tongban.bench import resolvers
from tongban.bench.resolvers import ANSWER, HERE, RECENT, SECRET, ZONE, NotInstalled, Resolver
from tongban.merkle import new_signer
from tongban.reports.feeds import manuals, publishing, pushing

from .conftest import NOON, after, listed, official
from .resolving import REFUSED, House, never_open_over_kills

pytestmark = [
    pytest.mark.usefixtures("city"),
    pytest.mark.skipif(not runs.LONG, reason="the long run: resolvers that only it installs"),
]
DIFFERENCE = rf"transfer of '{RECENT}/IN': IXFR started"
PAGE, IDN = "192.0.2.99", "彩票大奖.example".encode("idna").decode()
ODD = 'a;b"c$(d).example'
"""Signs that a browser lets stand in a host, and a zone file has to write otherwise."""
SAID = {
    "icbc-jifen.example": REFUSED,
    "www.a.icbc-jifen.example": REFUSED,
    "ICBC-jifen.example": REFUSED,
    "many.example": REFUSED,
    "down.many.example": REFUSED,  # stands between two listed ones
    "other.down.many.example": REFUSED,
    "x.deep.down.many.example": REFUSED,
    IDN: REFUSED,
    f"www.{IDN}": REFUSED,
    'w.a\\;b\\"c\\$\\(d\\).example': REFUSED,
    "jifen.example": ANSWER,
    "not-icbc-jifen.example": ANSWER,
    "pay.example": ANSWER,  # a single address of it was decided on
    "gov.cn": ANSWER,
    "www.gov.cn": ANSWER,
    "good.example": ANSWER,
}


def several_decisions():
    for found in ("icbc-jifen.example", "many.example", "deep.down.many.example", "彩票大奖.example", ODD):
        listed(f"http://{found}/")
    listed("http://pay.example/x", "6001", scope="url")


@pytest.fixture
def upstream():
    """Its answers last: a resolver that only its cache makes refuse, or answer, is seen."""
    server = resolvers.Upstream({"blocked.city.example": PAGE})
    server.ttl = 600
    yield server
    server.close()


@pytest.fixture
def zones():
    return f"{ZONE}+{RECENT}"


def needed(name, package):
    try:
        return resolvers.program(name, package)
    except NotInstalled as missing:
        pytest.skip(str(missing))


def ends_by_itself(resolver):
    """Its exit status and what it said: it does not answer anybody."""
    resolver.start()
    status = resolver.process.wait(60)
    assert resolver.says("icbc-jifen.example", 0.2) == "-"
    return status, resolver.log()


@pytest.fixture
def house(client, settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path / "data"
    key = new_signer("city.example/ledger")
    settings.LEDGER_ORIGIN, settings.LEDGER_KEYS = key.name, key.secret()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    monkeypatch.setattr(publishing, "SLOW", 3600)  # a slow machine publishes as often
    found = House(client)
    yield found
    found.close()


class Knot(Resolver):
    """kresd with the two shipped files, set up as they say."""

    def fetch(self):
        """What the timer runs."""
        command = ["sh", str(self.folder / "knot-fetch")]
        return subprocess.run(command, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, check=False)

    def configured(self, changed=lambda text: text, first=""):
        (self.folder / "tongban.lua").write_text(changed(self.lua))
        (self.folder / "kresd.conf").write_text(
            f"{first}\ndofile('{self.folder}/tongban.lua')\n"
            f"net.listen('{HERE}', {self.port}, {{ kind = 'dns' }})\n"
            "modules = {'hints > iterate', 'stats'}\ncache.size = 10 * MB\n"
            # Nothing leaves the machine, and the server behind signs nothing.
            "trust_anchors.remove('.')\n"
            "for _, one in ipairs({'priming', 'ta_update', 'ta_signal_query', 'detect_time_skew'}) do\n"
            "  modules.unload(one)\nend\n"
        )


@pytest.fixture
def knot(tmp_path, upstream, house):
    kresd = needed("kresd", "knot-resolver")
    needed("curl", "curl")
    if not Path("/usr/share/lua/5.1/cqueues/notify.lua").exists():
        pytest.skip("cqueues is not installed (Debian: lua-cqueues)")
    folder = tmp_path / "knot"
    folder.mkdir()
    found = Knot([kresd, "-n", "-c", str(folder / "kresd.conf"), str(folder)], resolvers.free_port(), folder)
    said = {"site": house.url, "data": str(folder)}
    (folder / "knot-fetch").write_text(manuals.text("knot-fetch", **said))
    forward = f"local forward = policy.STUB({{'{HERE}@{upstream.port}'}}) --"
    found.lua, changed = re.subn(r"^local forward = nil", forward, manuals.text("knot", **said), flags=re.MULTILINE)
    assert changed == 1
    found.configured()
    with resolvers.ended(found):
        yield found


@pytest.fixture
def decided(knot, house):
    """Knot with a first list of one name."""
    listed()
    house.publish()
    fetched = knot.fetch()
    assert fetched.returncode == 0, fetched.stderr
    knot.start()
    knot.until("good.example", ANSWER)
    assert knot.says("www.icbc-jifen.example") == REFUSED
    return knot


def test_knot_refuses_what_is_listed_and_answers_what_is_not(knot, house, upstream):
    several_decisions()
    house.publish()
    assert knot.fetch().returncode == 0
    knot.start()
    knot.until("good.example", ANSWER)
    assert {name: knot.says(name) for name in SAID} == SAID
    assert not set(upstream.asked) & {name.lower() for name, said in SAID.items() if said == REFUSED}
    assert not re.search("jifen|many|gov|good", knot.log())  # nobody is written down


def test_a_decision_and_a_lifting_are_live_at_knot_when_the_list_was_fetched(decided, house):
    assert decided.says("later.example") == ANSWER  # it is in the cache, for ten minutes
    listing = listed("http://later.example/")
    house.publish()
    assert decided.fetch().returncode == 0
    decided.until("later.example", REFUSED)
    assert decided.says("www.icbc-jifen.example") == REFUSED
    house.asked.clear()
    assert decided.fetch().returncode == 0
    assert house.asked == [304]
    assert decided.says("later.example") == REFUSED
    after(listing, "lift", official(), 5, text="网站已经关闭")
    house.publish()
    assert decided.fetch().returncode == 0
    decided.until("later.example", ANSWER)
    assert decided.says("www.icbc-jifen.example") == REFUSED


def test_knot_killed_and_started_while_the_house_is_gone_opens_no_name(decided, house):
    house.close()
    assert decided.fetch().returncode != 0
    never_open_over_kills(decided, "www.icbc-jifen.example")


def test_what_is_not_the_feed_that_the_house_signed_leaves_knots_list_as_it_was(decided, house):
    listed("http://later.example/")
    house.status = 503  # the guards have stopped the publication
    house.pages["/feeds/rpz"] = b"publication stopped\n", ""
    assert decided.fetch().returncode != 0
    house.status = 200
    house.publish()
    whole, etag = house.pages["/feeds/rpz"]
    for damaged in (whole[: len(whole) // 2], b""):
        house.pages["/feeds/rpz"] = damaged, etag
        failed = decided.fetch()
        assert failed.returncode != 0
        assert "stays as it was" in failed.stderr
        assert decided.says("www.icbc-jifen.example") == REFUSED
    house.pages["/feeds/rpz"] = whole, etag
    assert decided.fetch().returncode == 0
    decided.until("later.example", REFUSED)


@pytest.mark.parametrize("left", [None, ""], ids=["deleted", "emptied"])
def test_a_list_that_is_gone_is_fetched_again_although_the_house_has_no_newer_one(decided, left):
    file = decided.folder / "tongban.rpz"
    file.unlink()
    if left is not None:
        file.write_text(left)
    assert decided.fetch().returncode == 0
    decided.until("www.icbc-jifen.example", REFUSED)
    never_open_over_kills(decided, "www.icbc-jifen.example")


@pytest.mark.parametrize("left", [None, "", "$TTL 5\n"], ids=["none", "an empty one", "another one"])
def test_without_its_list_knot_does_not_start(decided, left):
    decided.kill()
    file = decided.folder / "tongban.rpz"
    file.unlink()
    if left is not None:
        file.write_text(left)
    status, said = ends_by_itself(decided)
    assert status != 0
    assert "is not there: run knot-fetch first" in said or "is no feed of Tongban" in said


def test_without_the_package_that_watches_the_list_knot_does_not_start(decided):
    decided.kill()
    decided.configured(first="package.preload['cqueues.notify'] = function() error('absent') end")
    status, said = ends_by_itself(decided)
    assert status != 0
    assert "lua-cqueues required" in said


def test_with_an_explaining_page_knot_refuses_or_gives_the_pages_address(decided, house, settings):
    settings.FEED_PAGE_HOST = "blocked.city.example"
    listed("http://later.example/")
    house.publish()
    assert b"later.example CNAME blocked.city.example.\n" in house.pages["/feeds/rpz"][0]
    assert decided.fetch().returncode == 0
    decided.until("later.example", REFUSED)
    assert decided.says("www.icbc-jifen.example") == REFUSED
    assert decided.says("www.gov.cn") == ANSWER

    def answering(text):
        (line,) = re.findall(r"^--   (local refused = policy.ANSWER.*)$", text, re.MULTILINE)
        line = line.replace("ADDRESS-OF-THE-PAGE", PAGE)
        return re.sub(r"^local refused = .*$", lambda _found: line, text, flags=re.MULTILINE)

    decided.kill()
    decided.configured(answering)
    decided.start()
    decided.until("good.example", ANSWER)
    assert decided.says("www.icbc-jifen.example") == PAGE
    assert decided.says("www.gov.cn") == ANSWER


def test_a_name_that_leads_to_a_listed_one_is_open_at_knot_as_its_manual_says(decided, upstream):
    upstream.aliases["www.shop.example"] = "icbc-jifen.example"
    assert decided.says("www.shop.example") == ANSWER
    assert "the answer comes through" in manuals.text("knot")


class PowerDNS(Resolver):
    """pdns_recursor with the shipped file, set up as it says."""

    def seed(self):
        """The step before the first start: the zones as the primary has them."""
        text = (self.folder / "tongban.lua").read_text()
        (lines,) = re.findall(r"^(--        for zone in .*?^--        done)$", text, re.MULTILINE | re.DOTALL)
        subprocess.run(["sh", "-ec", re.sub("^--", "", lines, flags=re.MULTILINE)], cwd=self.folder, check=True)


@pytest.fixture
def powerdns(tmp_path, upstream, bind, primary, follower_port):
    recursor = needed("pdns_recursor", "pdns-recursor")
    folder = tmp_path / "powerdns"
    folder.mkdir()
    text = manuals.text(
        "powerdns", zone=ZONE, recent=RECENT, primary=HERE, port=str(bind.port), data=str(folder), secret=SECRET
    )
    (folder / "tongban.lua").write_text(text)
    (folder / "recursor.lua").write_text(f'dofile("{folder}/tongban.lua")\n')
    ours = re.findall(r"^--        ([a-z-]+=\S+)$", text, re.MULTILINE)
    assert ours == ["packetcache-ttl=1", "loglevel=5"]
    (folder / "recursor.d").mkdir()
    (folder / "recursor.d" / "tongban.conf").write_text("\n".join(ours))
    sockets = tempfile.TemporaryDirectory(prefix="pdns-")  # the path of a socket has 107 characters at most
    (folder / "recursor.conf").write_text(  # as Debian's, and what keeps it on this machine
        f"include-dir={folder}/recursor.d\nlua-config-file={folder}/recursor.lua\nquiet=yes\nsecurity-poll-suffix=\n"
        f"local-address={HERE}\nlocal-port={follower_port}\nsocket-dir={sockets.name}\ndont-query=\n"
        f"forward-zones-recurse=.={HERE}:{upstream.port}\ndnssec=off\n"
    )
    (folder / "tongban-feed.key").write_text(
        f'key "tongban-feed" {{\n\talgorithm hmac-sha256;\n\tsecret "{SECRET}";\n}};\n'
    )
    command = [recursor, f"--config-dir={folder}", "--daemon=no", "--write-pid=no", "--disable-syslog"]
    found = PowerDNS(command, follower_port, folder)
    found.seed()
    with sockets, resolvers.ended(found):
        yield found


@pytest.fixture
def following(powerdns, primary):
    """PowerDNS with a first publication of one name."""
    powerdns.start()
    powerdns.until("good.example", ANSWER)
    listed()
    pushing.push(primary)
    powerdns.until("www.icbc-jifen.example", REFUSED)
    return powerdns


def test_powerdns_refuses_what_is_listed_and_answers_what_is_not(following, primary):
    several_decisions()
    pushing.push(primary)
    following.until(f"www.{IDN}", REFUSED)
    assert {name: following.says(name) for name in SAID} == SAID
    assert not re.search("jifen|many|gov|good", following.log())  # nobody is written down


def test_a_decision_and_a_lifting_come_to_powerdns_as_differences_also_for_names_that_were_just_asked_for(
    following, primary, bind
):
    several_decisions()  # in a zone that is hardly larger than a change BIND sends the whole zone
    pushing.push(primary)
    following.until(IDN, REFUSED)
    before = len(re.findall(DIFFERENCE, bind.log()))
    assert following.says("later.example") == ANSWER  # it is in the caches, for ten minutes
    listing = listed("http://later.example/")
    pushing.push(primary)
    following.until("later.example", REFUSED)
    after(listing, "lift", official(), 5, text="网站已经关闭")
    pushing.push(primary)
    following.until("later.example", ANSWER)
    assert following.says("www.icbc-jifen.example") == REFUSED
    assert len(re.findall(DIFFERENCE, bind.log())) >= before + 2


def test_powerdns_killed_and_started_while_its_primary_is_gone_opens_no_name_and_closes_none(following, primary, bind):
    listing = listed("http://lifted.example/")
    pushing.push(primary)
    following.until("lifted.example", REFUSED)
    after(listing, "lift", official(), 5, text="网站已经关闭")
    pushing.push(primary)
    following.until("lifted.example", ANSWER)
    several_decisions()
    pushing.push(primary)
    following.until(f"www.{IDN}", REFUSED)
    bind.kill()
    never_open_over_kills(following, "www.icbc-jifen.example")
    assert following.says("lifted.example") == ANSWER
    assert {name: following.says(name) for name in SAID} == SAID


def test_what_powerdns_was_given_before_its_first_start_holds_while_its_primary_is_gone(powerdns, primary, bind):
    listed()
    pushing.push(primary, whole=True)
    powerdns.seed()
    bind.kill()
    never_open_over_kills(powerdns, "www.icbc-jifen.example")


@pytest.mark.parametrize("zone", [ZONE, RECENT])
@pytest.mark.parametrize("left", [None, ""], ids=["none", "an empty one"])
def test_without_a_zone_on_disk_powerdns_does_not_start(following, zone, left):
    following.kill()
    file = following.folder / f"{zone}.dump"
    file.unlink()
    if left is not None:
        file.write_text(left)
    status, said = ends_by_itself(following)
    assert status != 0
    assert "is not there: fetch it once" in said or "is no zone of Tongban" in said


def test_a_listed_name_leads_to_the_explaining_page_at_powerdns(following, primary, settings):
    settings.FEED_PAGE_HOST = "blocked.city.example"
    pushing.push(primary)
    following.until("www.icbc-jifen.example", PAGE)
    assert following.says("www.gov.cn") == ANSWER
    settings.FEED_PAGE_HOST = ""
    pushing.push(primary)
    following.until("www.icbc-jifen.example", REFUSED)


def test_a_name_that_leads_to_a_listed_one_is_refused_at_powerdns(following, upstream):
    upstream.aliases["www.shop.example"] = "icbc-jifen.example"
    assert following.says("www.shop.example") == REFUSED
