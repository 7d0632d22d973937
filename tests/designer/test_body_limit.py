"""How much may be sent where, and by whom."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.http import require_POST

from designer import urls
from designer.web.body_limit import takes_body
from profiles.models import User

MORE = settings.MAX_BODY + 1_000_000


@require_POST
@takes_body(MORE)
def roomy(request: HttpRequest) -> HttpResponse:
    """Takes more than others."""
    return HttpResponse(str(len(request.FILES["file"])))


@require_POST
def plain(request: HttpRequest) -> HttpResponse:
    """Takes what all take."""
    return HttpResponse(str(len(request.FILES["file"])))


@login_not_required
@require_POST
@takes_body(10)
def narrow(request: HttpRequest) -> HttpResponse:
    """Takes next to nothing."""
    return HttpResponse("taken")


urlpatterns = [path("roomy", roomy), path("plain", plain), path("narrow", narrow), *urls.urlpatterns]
handler400, handler403 = urls.handler400, urls.handler403

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def sender(alice: User) -> Client:
    """Alice's browser, whose forms carry their token in the body alone."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    client.get("/profiles/new")
    return client


def _send(client: Client, address: str, size: int) -> Any:
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else ""
    file = SimpleUploadedFile("list.csv", b"x" * size)
    return client.post(address, {"csrfmiddlewaretoken": token, "file": file})


def test_a_view_can_take_more_than_others(sender: Client) -> None:
    response = _send(sender, "/roomy", MORE - 1_000)
    assert (response.status_code, response.content) == (200, b"%d" % (MORE - 1_000))
    assert _send(sender, "/roomy", MORE).status_code == 413


def test_all_others_take_what_they_took(sender: Client) -> None:
    assert _send(sender, "/plain", settings.MAX_BODY - 1_000).status_code == 200
    assert _send(sender, "/plain", settings.MAX_BODY).status_code == 413


def test_a_view_can_take_less(client: Client) -> None:
    assert client.post("/narrow", "x" * 10, content_type="text/plain").status_code == 200
    assert client.post("/narrow", "x" * 11, content_type="text/plain").status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "lots"])
def test_a_length_that_is_no_number_is_refused(length: str, sender: Client) -> None:
    response = sender.post("/roomy", "x", content_type="text/plain", CONTENT_LENGTH=length)
    assert response.status_code == 413


def test_a_body_without_a_length_is_not_read(sender: Client) -> None:
    response = sender.post("/roomy", "x" * 100, content_type="text/plain", CONTENT_LENGTH="")
    assert response.status_code == 403  # not even a token


def test_what_somebody_unknown_sends_is_not_taken_apart(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(request: HttpRequest, *arguments: object) -> None:
        raise AssertionError("It was taken apart.")

    monkeypatch.setattr(HttpRequest, "parse_file_upload", parse)
    response = _send(Client(enforce_csrf_checks=True), "/roomy", 100_000)
    assert response.status_code == 302
    assert response["Location"].startswith("/login/")
