"""Each error has a page that says what to do."""

import errno
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from designer import urls
from designer.web import error_pages

SECRET = "hunter2"


def _raising(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


class _Urls:
    handler400 = urls.handler400
    handler403 = urls.handler403
    handler404 = urls.handler404
    handler500 = urls.handler500
    urlpatterns = [
        *urls.urlpatterns,
        path("broken/", _raising(ValueError(f"cannot read {SECRET}"))),
        path("readonly/", _raising(OperationalError("attempt to write a readonly database"))),
        path("full/", _raising(OSError(errno.ENOSPC, "No space left on device"))),
        path("echo/", lambda request: HttpResponse(request.POST.get("text", ""))),
    ]


@pytest.fixture
def client(alice_client: Client) -> Client:
    alice_client.raise_request_exception = False
    return alice_client


def _text(response: object) -> str:
    assert isinstance(response, HttpResponse)
    text = response.content.decode()
    assert "<h1" in text
    assert "Traceback" not in text
    return text


def test_an_unknown_address_gets_a_page(client: Client) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert "There is nothing here" in _text(response)


@override_settings(ROOT_URLCONF=_Urls)
def test_a_failure_gets_a_page_that_tells_nothing_of_what_was_typed(client: Client) -> None:
    response = client.get("/broken/")
    assert response.status_code == 500
    assert SECRET not in _text(response)


@override_settings(ROOT_URLCONF=_Urls)
@pytest.mark.parametrize("address", ["/readonly/", "/full/"])
def test_a_disk_that_cannot_be_written_is_named(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 503
    assert "full or read-only" in _text(response)


@override_settings(ROOT_URLCONF=_Urls)
def test_a_page_is_shown_even_when_the_templates_are_gone(client: Client) -> None:
    with override_settings(TEMPLATES=[]):
        response = client.get("/broken/")
    assert response.status_code == 500
    assert "Something broke" in _text(response)


@override_settings(ROOT_URLCONF=_Urls)
def test_a_field_of_ten_megabytes_is_refused_with_a_page(client: Client) -> None:
    response = client.post("/echo/", {"text": "x" * 10_000_000})
    assert response.status_code == 413
    assert "too much" in _text(response)
    assert client.get("/password/").status_code == 200


@override_settings(ROOT_URLCONF=_Urls)
def test_a_form_of_too_many_fields_is_refused_with_a_page(client: Client) -> None:
    count = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1
    response = client.post("/echo/", {f"field{number}": "" for number in range(count)})
    assert response.status_code == 413
    assert "too many fields" in _text(response)


@override_settings(ROOT_URLCONF=_Urls)
def test_a_body_that_is_no_form_is_refused_with_a_page(client: Client) -> None:
    response = client.post("/echo/", b"--x\r\nnonsense", content_type="multipart/form-data")
    assert response.status_code == 400
    assert "could not be read" in _text(response)


def test_a_form_without_its_token_is_told_that_the_page_is_old(alice: object) -> None:
    response = Client(enforce_csrf_checks=True).post("/login/", {"login": "alice", "password": SECRET})
    assert response.status_code == 403
    assert "out of date" in _text(response)
    assert SECRET not in _text(response)


def test_another_host_name_is_refused_with_a_page(client: Client) -> None:
    response = client.get("/login/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "PUBLIC_URL" in _text(response)


def test_a_right_that_is_missing_is_named() -> None:
    response = error_pages.permission_denied(HttpRequest())
    assert response.status_code == 403
    assert "Ask an administrator" in _text(response)


def test_every_answer_carries_the_strict_content_policy(client: Client) -> None:
    for address in ("/password/", "/nothing/", "/login/"):
        policy = client.get(address)["Content-Security-Policy"]
        assert "unsafe" not in policy
        for part in (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
        ):
            assert part in policy.split("; "), policy
