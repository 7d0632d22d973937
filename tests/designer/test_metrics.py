"""What Prometheus gets, and who else gets nothing."""

import http.client
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.test import Client
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from pytest_django.fixtures import Settings

from designer.monitoring import metrics
from tests.processes import prepare, running_server

TOKEN = "a-token-that-nobody-guesses"
BEARER = f"Bearer {TOKEN}"


@pytest.fixture
def scraper(settings: Settings, db: None) -> Client:
    """A client that sends the token."""
    settings.METRICS_TOKEN = TOKEN
    return Client(headers={"authorization": BEARER})


def _counts(text: str) -> dict[str, int]:
    """Labels -> how many requests."""
    found = re.findall(r"^profile_designer_request_seconds_count\{(.*)\} (.*)$", text, re.MULTILINE)
    return {labels: int(float(number)) for labels, number in found}


def test_requests_are_counted_by_view_method_and_status(scraper: Client) -> None:
    labels = 'method="GET",status="404",view="metrics"'
    before = _counts(scraper.get("/metrics").text)
    Client().get("/metrics")
    after = _counts(scraper.get("/metrics").text)
    assert after[labels] == before.get(labels, 0) + 1


def test_neither_an_address_nor_a_made_up_method_is_kept(scraper: Client) -> None:
    scraper.get("/i/s3cret-token")
    scraper.get("/nobody-has-this-page")
    scraper.generic("S3CRET", "/healthz")
    text = scraper.get("/metrics").text
    assert 'view="install"' in text
    assert 'status="404",view="none"' in text
    assert 'method="other",status="405",view="health"' in text
    assert "s3cret" not in text.lower()
    assert "nobody-has" not in text


@pytest.mark.parametrize("sent", ["", "Bearer ", TOKEN, f"Basic {TOKEN}", f"{BEARER}x", "Bearer t\xf6ken"])
def test_without_the_token_there_is_no_such_page(
    sent: str, client: Client, settings: Settings, db: None
) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", headers={"authorization": sent}).status_code == 404


@pytest.mark.parametrize("sent", ["", "Bearer ", BEARER])
def test_where_no_token_is_set_there_is_no_such_page(sent: str, client: Client, db: None) -> None:
    assert client.get("/metrics", headers={"authorization": sent}).status_code == 404


def test_an_administrator_without_the_token_sees_nothing(alice_client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert alice_client.get("/metrics").status_code == 404


def test_figures_from_the_database_are_read_when_they_are_asked_for(
    scraper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def figures() -> Iterator[Metric]:
        yield GaugeMetricFamily("profile_designer_things", "Things that there are", value=3)

    monkeypatch.setattr(metrics, "FIGURES", [figures])
    assert "profile_designer_things 3.0\n" in scraper.get("/metrics").text


def test_the_other_figures_are_told_while_the_database_is_away(
    scraper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def figures() -> Iterator[Metric]:
        raise DatabaseError

    monkeypatch.setattr(metrics, "FIGURES", [figures])
    response = scraper.get("/metrics")
    assert response.status_code == 200
    assert "profile_designer_request_seconds_count" in response.text


def test_what_all_processes_of_the_server_counted_is_told_together(tmp_path: Path) -> None:
    settings = {"DATA_DIR": str(tmp_path / "data"), "STATIC_DIR": str(tmp_path / "static")}
    prepare("--static", **settings)
    settings |= {"WEB_WORKERS": "2", "METRICS_TOKEN": TOKEN}
    with running_server(tmp_path / "log", **settings) as url:
        for _ in range(20):
            _get(url, "/login/")
        counts = _counts(_get(url, "/metrics"))
    assert counts['method="GET",status="200",view="account_login"'] == 20
    with running_server(tmp_path / "log", **settings) as url:
        assert not any("account_login" in labels for labels in _counts(_get(url, "/metrics")))


def _get(url: str, path: str) -> str:
    # A connection each, so that each of the processes gets some.
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    try:
        connection.request("GET", path, headers={"Authorization": BEARER})
        return connection.getresponse().read().decode()
    finally:
        connection.close()
