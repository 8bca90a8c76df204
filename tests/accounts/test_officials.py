"""Making officials, ending posts, tokens; and the administrator's pages about them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tongban.accounts import officials
from tongban.accounts.models import ApiToken, Official, Post
from tongban.accounts.officials import OfficialError

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def head_admin(official):
    return official("610000-GOV", "administrator")


@pytest.fixture
def admin(head_admin, signed_in):
    return signed_in(head_admin)


def holds(person, role):
    return role in {held for _unit, held in Post.held_on(person.pk, timezone.localdate())}


# --- making ----------------------------------------------------------------------------------------------------------
def test_a_new_official_gets_a_first_password_and_an_old_one_another_post(registry):
    password = officials.add_official("li.ming", "610113-CG", "handler", "李明")
    person = Official.objects.get(username="li.ming")
    assert re.fullmatch(r"([a-z2-9]{4}-){4}[a-z2-9]{4}", password)
    assert person.check_password(password)
    assert officials.add_official("li.ming", "610113-CG", "head") is None
    assert officials.add_official("li.ming", "610113-CG", "head") is None
    assert sorted(Post.held_on(person.pk, timezone.localdate())) == [("610113-CG", "handler"), ("610113-CG", "head")]


@pytest.mark.parametrize(
    ("username", "unit", "role"),
    [
        ("a", "nobody", "head"),
        ("a", "610113-CG", "king"),
        ("", "610113-CG", "head"),
        ("a b", "610113-CG", "head"),
        ("x" * 151, "610113-CG", "head"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(registry, username, unit, role):
    with pytest.raises(OfficialError) as caught:
        officials.add_official(username, unit, role)
    assert str(caught.value)
    assert not Official.objects.exists()


def test_a_closed_account_gets_no_post(registry, official, head_admin):
    officials.deactivate(official("610113-CG", "handler", "gone"))
    with pytest.raises(OfficialError):
        officials.add_official("gone", "610113-CG", "handler")


# --- ending ----------------------------------------------------------------------------------------------------------
def test_the_last_administrator_can_neither_be_ended_nor_closed(head_admin, official):
    post = head_admin.posts.get()
    with pytest.raises(OfficialError):
        officials.end_post(post)
    with pytest.raises(OfficialError):
        officials.deactivate(head_admin)
    assert holds(head_admin, "administrator")
    other = official("610100-GOV", "administrator")
    officials.end_post(post)
    assert not holds(head_admin, "administrator")
    with pytest.raises(OfficialError):
        officials.end_post(other.posts.get())


def test_an_administrator_of_tomorrow_or_of_a_closed_account_does_not_count(head_admin, official):
    later = official("610100-GOV", "administrator", "later")
    later.posts.update(since=timezone.localdate() + timedelta(days=1))
    closed = official("610100-GOV", "administrator", "closed")
    officials.deactivate(closed)
    with pytest.raises(OfficialError):
        officials.end_post(head_admin.posts.get())


def test_a_post_that_began_today_ends_at_once_and_stays_on_record(registry, head_admin):
    officials.add_official("new", "610113-CG", "handler")
    person = Official.objects.get(username="new")
    officials.end_post(person.posts.get())
    assert person.posts.count() == 1
    assert not holds(person, "handler")
    assert officials.add_official("new", "610113-CG", "handler") is None
    assert holds(person, "handler")


def test_tokens_end_with_the_post_and_with_the_account(official, head_admin):
    person = official("610113-CG", "handler")
    first = officials.issue_token(person.posts.get(), "对接", 30)
    assert ApiToken.find(first)
    officials.end_post(person.posts.get())
    assert ApiToken.find(first) is None
    with pytest.raises(OfficialError):
        officials.issue_token(person.posts.get(), "对接", 30)
    other = official("610113-ZJ", "handler")
    second = officials.issue_token(other.posts.get(), "对接", 30)
    officials.deactivate(other)
    assert ApiToken.find(second) is None
    assert not holds(other, "handler")


@pytest.mark.parametrize(("name", "days"), [("x", 0), ("x", 367), (" ", 30)])
def test_a_token_needs_a_purpose_and_an_end(official, name, days):
    with pytest.raises(OfficialError):
        officials.issue_token(official("610113-CG", "handler").posts.get(), name, days)
    assert not ApiToken.objects.exists()


# --- the pages -------------------------------------------------------------------------------------------------------
PASSWORD = r"([a-z2-9]{4}-){4}[a-z2-9]{4}"
WHY = {"reason": "岗位调整"}


@pytest.fixture
def second(official, signed_in):
    """Another administrator, who agrees to what the first proposed."""
    client = signed_in(official("610100-GOV", "administrator", "second"))

    def agree():
        page = client.get(reverse("registry:proposals")).content.decode()
        number = re.search(r'name="proposal" value="(\d+)"', page).group(1)
        return client.post(reverse("registry:proposals"), {"proposal": number, "agree": "1"})

    return agree


def test_a_first_password_is_shown_once_to_the_second_person(admin, second, registry):
    url = reverse("registry:officials")
    made = admin.post(url, {"username": "wang", "name": "王芳", "unit": "610113-CG", "role": "clerk", **WHY})
    assert (made.status_code, Official.objects.get(username="wang").has_usable_password()) == (302, False)
    password = re.search(PASSWORD, second().content.decode()).group()
    assert Official.objects.get(username="wang").check_password(password)
    again = admin.get(url, {"q": "wang"}).content.decode()
    assert "王芳" in again
    assert password not in again
    assert admin.post(url, {"username": "wang", "unit": "nobody", "role": "clerk", **WHY}).status_code == 422


def test_a_role_that_opens_no_case_is_given_by_one(admin, registry):
    made = admin.post(
        reverse("registry:officials"), {"username": "shu", "unit": "610113-CG", "role": "data_officer", **WHY}
    )
    assert Official.objects.get(username="shu").check_password(re.search(PASSWORD, made.content.decode()).group())


def test_a_token_is_issued_shown_once_and_revoked(admin, second, official):
    person = official("610113-CG", "handler")
    url = reverse("registry:official", args=(person.pk,))
    admin.post(url, {"post": person.posts.get().pk, "token": "1", "name": "12345 对接", "days": "30", **WHY})
    assert not ApiToken.objects.exists()
    made = second()
    text = re.search(r"tb_[\w-]{20,}", made.content.decode()).group()
    assert ApiToken.find(text)
    assert text not in admin.get(url).content.decode()
    assert admin.post(url, {"revoke": ApiToken.objects.get().pk, **WHY}).status_code == 302
    assert ApiToken.find(text) is None


def test_password_second_factor_and_account_are_reset(admin, second, official):
    from allauth.mfa.models import Authenticator

    person = official("610113-CG", "handler")
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    url = reverse("registry:official", args=(person.pk,))
    assert admin.post(url, {"factor": "1", **WHY}).status_code == 302
    assert Authenticator.objects.exists()
    second()
    assert not Authenticator.objects.exists()
    admin.post(url, {"password": "1", **WHY})
    shown = second().content.decode()
    person.refresh_from_db()
    assert person.check_password(re.search(PASSWORD, shown).group())
    assert admin.post(url, {"deactivate": "1", **WHY}).status_code == 302
    person.refresh_from_db()
    assert not person.is_active


def test_one_officials_page_changes_nothing_of_another(admin, official):
    one, other = official("610113-CG", "handler"), official("610113-ZJ", "handler")
    officials.issue_token(other.posts.get(), "对接", 30)
    url = reverse("registry:official", args=(one.pk,))
    assert admin.post(url, {"post": other.posts.get().pk, "end": "1", **WHY}).status_code == 422
    admin.post(url, {"revoke": ApiToken.objects.get().pk, **WHY})
    assert holds(other, "handler")
    assert ApiToken.objects.get().revoked_at is None


@pytest.mark.parametrize(
    "given", [{}, {"post": "²", "end": "1"}, {"post": "9" * 40, "end": "1"}, {"end": "1"}, {"dream": "1"}]
)
def test_a_wish_that_makes_no_sense_is_refused(admin, head_admin, given):
    assert admin.post(reverse("registry:official", args=(head_admin.pk,)), given).status_code == 422


def test_the_last_administrator_is_told_why_they_stay(admin, head_admin):
    url = reverse("registry:official", args=(head_admin.pk,))
    for given in ({"post": head_admin.posts.get().pk, "end": "1", **WHY}, {"deactivate": "1", **WHY}):
        response = admin.post(url, given)
        assert response.status_code == 422
        assert "最后一个系统管理员" in response.content.decode()
