"""Who is let in, and how."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from profiles.models import User
from tests.conftest import PASSWORD

# Signing out is open, too: who is out already is sent to the login page.
OPEN = {
    "account_inactive",
    "account_login",
    "account_logout",
    "download_shared",
    "first_run",
    "health",
    "install",
    "install_file",
    "join",
    "metrics",
    "ready",
    "shared",
}


def test_signing_in_leads_to_where_one_wanted_to_go(client: Client, alice: User) -> None:
    wanted = reverse("account_change_password")
    response = client.get(wanted)
    assert response["Location"] == f"/login/?next={wanted}"
    response = client.post("/login/", {"login": "alice", "password": PASSWORD, "next": wanted})
    assert response["Location"] == wanted
    assert client.get(wanted).status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_host(client: Client, alice: User, elsewhere: str) -> None:
    response = client.post("/login/", {"login": "alice", "password": PASSWORD, "next": elsewhere})
    assert response["Location"] == "/"


def test_a_wrong_password_is_named_without_saying_which_half_was_wrong(client: Client, alice: User) -> None:
    texts = []
    for name in ("alice", "nobody"):
        response = client.post("/login/", {"login": name, "password": "wrong password"})
        assert response.status_code == 200
        assert "wrong password" not in response.content.decode()
        texts.append([str(error) for error in response.context["form"].non_field_errors()])
    assert texts[0] == texts[1] != []


def test_an_account_that_is_switched_off_stays_out(client: Client, bob: User) -> None:
    bob.is_active = False
    bob.save()
    client.post("/login/", {"login": "bob", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_the_sixth_wrong_password_meets_a_page_that_says_wait(client: Client, alice: User) -> None:
    for _ in range(5):
        assert client.post("/login/", {"login": "alice", "password": "wrong"}).status_code == 200
    response = client.post("/login/", {"login": "alice", "password": PASSWORD})
    assert response.status_code == 429
    assert "Wait five minutes" in response.content.decode()
    assert response["Retry-After"] == "300"
    assert "_auth_user_id" not in client.session


def test_one_address_cannot_try_many_names(client: Client, db: None) -> None:
    codes = [
        client.post("/login/", {"login": f"user{n}", "password": "wrong"}).status_code for n in range(11)
    ]
    assert codes == [200] * 10 + [429]


def test_an_address_that_a_client_claims_without_a_proxy_counts_for_nothing(client: Client, db: None) -> None:
    codes = [
        client.post(
            "/login/",
            {"login": f"user{n}", "password": "wrong"},
            headers={"X-Forwarded-For": f"192.0.2.{n}"},
        ).status_code
        for n in range(11)
    ]
    assert codes[-1] == 429


def test_signing_out_takes_a_form(alice_client: Client) -> None:
    assert alice_client.get("/logout/").status_code == 200
    assert "_auth_user_id" in alice_client.session
    alice_client.post("/logout/")
    assert "_auth_user_id" not in alice_client.session


def test_a_password_is_changed_by_who_knows_the_old_one(alice_client: Client, alice: User) -> None:
    new = "staple battery horse"
    answers = {"oldpassword": "wrong", "password1": new, "password2": new}
    assert alice_client.post("/password/", answers).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    alice_client.post("/password/", answers | {"oldpassword": PASSWORD})
    alice.refresh_from_db()
    assert alice.check_password(new)
    assert "_auth_user_id" in alice_client.session


def test_nobody_signs_up(client: Client, db: None) -> None:
    assert client.get("/signup/").status_code == 404


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _patterns(each)
        else:
            yield each


def test_every_page_but_the_few_open_ones_asks_to_sign_in() -> None:
    opened = {
        str(pattern.name)
        for pattern in _patterns(get_resolver())
        if not getattr(pattern.callback, "login_required", True)
    }
    assert opened == OPEN


def test_a_script_without_a_session_is_told_so_instead_of_being_sent_away(client: Client, db: None) -> None:
    for headers in ({"HX-Request": "true"}, {"Accept": "application/json"}):
        response = client.post("/password/", {"oldpassword": "x"}, headers=headers)
        assert response.status_code == 401
        assert "signed out" in response.content.decode()


def test_the_cookies_are_out_of_reach_for_other_sites(client: Client, alice: User) -> None:
    client.get("/login/")
    client.post("/login/", {"login": "alice", "password": PASSWORD})
    session, token = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert (session["httponly"], session["samesite"], token["samesite"]) == (True, "Lax", "Lax")
    # The designer's scripts read it after a new login.
    assert not token["httponly"]
