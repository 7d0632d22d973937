"""One line for each event, and no secret in it."""

import logging
import sys

import pytest

from designer.logs import OneLineFormatter
from profiles.exceptions import EncryptionError


def _line(message: str, *arguments: object, error: Exception | None = None) -> str:
    info = None
    if error is not None:
        try:
            raise error
        except type(error):
            info = sys.exc_info()
    return OneLineFormatter().format(
        logging.LogRecord("designer", logging.ERROR, __file__, 1, message, arguments, info)
    )


def test_line_breaks_and_escapes_are_spelled_out() -> None:
    assert _line("Not Found: %s", "/a\r\nERROR forged\x1b[0m\u2028").endswith(
        r"ERROR designer: Not Found: /a\r\nERROR forged\x1b[0m\u2028"
    )


def test_an_error_tells_its_place_but_not_what_was_typed() -> None:
    line = _line("Internal Server Error", error=ValueError("could not read 'hunter2'"))
    assert "Internal Server Error [ValueError] at " in line
    assert "test_logs.py" in line
    assert "hunter2" not in line
    assert "\n" not in line


@pytest.mark.parametrize("error", [EncryptionError("The key is another one."), OSError(28, "No space left")])
def test_an_error_whose_text_is_harmless_tells_it(error: Exception) -> None:
    assert f"[{type(error).__name__}: {error}] at " in _line("Failed", error=error)


def test_another_formatter_neither_sees_nor_spoils_the_one_line() -> None:
    try:
        raise ValueError("hunter2")
    except ValueError:
        record = logging.LogRecord("designer", logging.ERROR, __file__, 1, "Failed", (), sys.exc_info())
    assert "hunter2" in logging.Formatter().format(record)
    assert "hunter2" not in OneLineFormatter().format(record)


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/setup/abc:def:ghi/", "/setup/…/"),
        ("/join/s3cret-token/", "/join/…/"),
        ("/i/s3cret-token", "/i/…"),
        ("/i/s3cret-token/", "/i/…/"),
        ("/i//s3cret-token", "/i//…"),
        ("/i/file/InNlY3JldCI:1abc:def", "/i/file/…"),
        ("/i/file", "/i/…"),
        ("/s/s3cret-token/take", "/s/…/take"),
        ("https://example.org/i/s3cret-token and more", "https://example.org/i/… and more"),
    ],
)
def test_the_tokens_of_links_are_left_out(path: str, kept: str) -> None:
    assert _line("Service Unavailable: %s", path).endswith(f"Unavailable: {kept}")


@pytest.mark.parametrize(
    "path", ["/profiles/0b1c/hand-out", "/templates/0b1c/settings", "/signing/", "/static/js/items.js"]
)
def test_other_addresses_stay_as_they_are(path: str) -> None:
    assert _line("Not Found: %s", path).endswith(f"Found: {path}")
