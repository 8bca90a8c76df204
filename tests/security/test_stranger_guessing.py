"""Attacker: a stranger with a script and many addresses.

What the attacker wants: a secret, by trying; or that an official cannot sign in, by failing in the official's name.
Before: each worker counted by itself, and each IPv6 address by itself: 300 of 300 guesses passed from one /64. A
hundred failures from a handful of addresses kept an official out for an hour, again and again.
Now: guesses are counted in a table that all processes and machines share, an IPv6 network as one; a device on which the
official has signed in before has an allowance that strangers cannot use up.
"""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tongban.accounts import devices
from tongban.gate import rates
from tongban.gate.models import SharedLimit
from tongban.gate.rates import Buckets, network_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.RATE_LIMITS = True
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,12/h/key"}  # as deployed, with 12 for 100: quicker
    rates.BUCKETS.clear()
    cache.clear()
    yield
    rates.BUCKETS.clear()


def guess(address, code="7K3MPQ2XWRTA"):
    return Client().post(reverse("counter:follow"), {"code": code, "secret": "wrong"}, REMOTE_ADDR=address).status_code


# --- guesses of secrets ----------------------------------------------------------------------------------------------
def test_a_whole_ipv6_network_is_one_guesser(registry):
    answers = [guess(f"2001:db8:1:2::{number:x}") for number in range(60)]
    assert answers.count(429) == 40
    assert guess("2001:db8:1:3::1") != 429


def test_many_processes_let_no_more_guesses_through_than_one():
    limit, processes = rates.LIMITS["track"], [Buckets() for _ in range(6)]
    passed = sum(processes[number % 6].take("track", "203.0.113.9", *limit, now=0.0) == 0 for number in range(120))
    assert passed == limit.burst


def test_many_processes_let_hardly_more_submissions_through_than_one():
    limit, processes = rates.LIMITS["submit"], [Buckets() for _ in range(4)]
    passed = sum(processes[number % 4].take("submit", "203.0.113.9", *limit, now=0.0) == 0 for number in range(200))
    assert limit.burst <= passed <= limit.burst + 4 * rates.UNTOLD


def test_a_letter_now_and_then_costs_the_database_nothing(django_assert_num_queries):
    process, limit = Buckets(), rates.LIMITS["submit"]
    with django_assert_num_queries(0):
        for number in range(50):
            assert process.take("submit", "203.0.113.9", *limit, now=number * 600.0) == 0


def test_a_flood_that_is_refused_costs_the_database_nothing(django_assert_num_queries):
    process, limit = Buckets(), rates.LIMITS["track"]
    while process.take("track", "203.0.113.9", *limit, now=0.0) == 0:
        pass
    with django_assert_num_queries(0):
        assert all(process.take("track", "203.0.113.9", *limit, now=0.0) > 0 for _ in range(100))


def test_a_process_that_was_told_no_by_the_others_does_not_ask_again(django_assert_num_queries):
    limit, other, late = rates.LIMITS["track"], Buckets(), Buckets()
    while other.take("track", "203.0.113.9", *limit, now=0.0) == 0:
        pass
    assert 0 < late.take("track", "203.0.113.9", *limit, now=0.0) <= 60 / limit.rate
    with django_assert_num_queries(0):
        assert late.take("track", "203.0.113.9", *limit, now=0.0) > 0


def test_the_shared_bucket_fills_again_and_is_forgotten():
    limit = rates.LIMITS["track"]
    assert [rates.tell("track", "x", 1, limit.rate, limit.burst, now=1000.0) for _ in range(20)] == [0.0] * 20
    assert rates.tell("track", "x", 1, limit.rate, limit.burst, now=1000.0) == pytest.approx(3.0)
    assert rates.tell("track", "x", 1, limit.rate, limit.burst, now=1003.1) == 0.0
    assert "x" not in SharedLimit.objects.get().key
    assert rates.forget_full() == 1


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("unknown", ""),
        ("", ""),
        ("'; drop table", ""),
        ("999.1.1.1", ""),
    ],
)
def test_what_is_counted_as_one_address(address, counted):
    assert network_of(address) == counted


# --- signing in ------------------------------------------------------------------------------------------------------
@pytest.fixture
def person(official):
    return official("610113-CG", "handler", "li.ming")


def sign_in(client, password, address="198.51.100.7", name="li.ming"):
    return client.post(reverse("account_login"), {"login": name, "password": password}, REMOTE_ADDR=address).status_code


def fail_in_the_name(number=14):
    for attempt in range(number):
        sign_in(Client(), "wrong", f"203.0.113.{attempt}")


def test_failing_in_an_officials_name_does_not_keep_their_own_device_out(person):
    office = Client()
    assert sign_in(office, "a long password") == 302
    office.post(reverse("account_logout"))
    fail_in_the_name()
    assert sign_in(Client(), "a long password") != 302  # an unknown device has to wait
    assert sign_in(office, "a long password") == 302


def test_nor_does_a_stranger_in_the_same_office(person):
    office = Client()
    assert sign_in(office, "a long password") == 302
    office.post(reverse("account_logout"))
    for _ in range(15):
        sign_in(Client(), "wrong")
    assert sign_in(Client(), "a long password") != 302
    assert sign_in(office, "a long password") == 302


def test_a_stolen_device_guesses_twenty_times_an_hour_and_in_one_name_only(person, official):
    official("610113-ZJ", "handler", "other")
    office = Client()
    sign_in(office, "a long password")
    thief = Client()
    thief.cookies[devices.NAME] = office.cookies[devices.NAME].value
    for _ in range(20):
        sign_in(thief, "wrong")
    assert sign_in(thief, "a long password") != 302
    fail = [sign_in(thief, "wrong", name="other") for _ in range(12)]
    assert fail
    assert sign_in(thief, "a long password", name="other") != 302  # counted like any stranger there


def test_a_forged_device_is_a_stranger(person):
    fail_in_the_name()
    for value in ("", "x", "x:y:z", "WyJ4Il0:1:1"):
        forger = Client()
        forger.cookies[devices.NAME] = value
        assert sign_in(forger, "a long password") != 302


def test_failures_are_counted_for_all_processes(person):
    from django.core.cache import caches
    from django.core.cache.backends.db import DatabaseCache

    assert isinstance(caches["default"], DatabaseCache)
    for attempt in range(12):
        sign_in(Client(), "wrong", f"2001:db8:{attempt:x}::1")
    assert sign_in(Client(), "a long password", "2001:db8:ffff::1") != 302


def test_a_whole_ipv6_network_fails_as_one(person):
    for attempt in range(12):
        sign_in(Client(), "wrong", f"2001:db8:1:2::{attempt:x}")
    assert sign_in(Client(), "a long password", "2001:db8:1:2::ffff") != 302
    assert sign_in(Client(), "a long password", "2001:db8:1:3::1") == 302
