"""One line for each event, and no secret in it."""

import json
import logging
import sys
from typing import Any

import pytest

from designer.config.log_format import JsonFormatter, OneLineFormatter
from profiles.exceptions import EncryptionError
from tests.processes import run_manage


def _record(message: str, *arguments: object, error: Exception | None = None) -> logging.LogRecord:
    info = None
    if error is not None:
        try:
            raise error
        except type(error):
            info = sys.exc_info()
    return logging.LogRecord("designer", logging.ERROR, __file__, 1, message, arguments, info)


def _line(message: str, *arguments: object, error: Exception | None = None) -> str:
    return OneLineFormatter().format(_record(message, *arguments, error=error))


def _json(
    message: str, *arguments: object, error: Exception | None = None, **extra: object
) -> dict[str, Any]:
    record = _record(message, *arguments, error=error)
    record.__dict__.update(extra)
    text = JsonFormatter().format(record)
    assert "\n" not in text
    return dict(json.loads(text))


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


def test_a_line_of_json_has_time_level_logger_and_message() -> None:
    told = _json("Not Found: %s", "/a\r\nb")
    assert told.pop("time").count(":") >= 2
    assert told == {"level": "ERROR", "logger": "designer", "message": "Not Found: /a\r\nb"}


def test_json_tells_what_else_the_record_brings_if_that_is_text_or_number() -> None:
    told = _json("Done", run="7c1", made=200, seconds=1.5, request=object(), rows=["hunter2"])
    assert told.items() >= {"run": "7c1", "made": 200, "seconds": 1.5}.items()
    assert not {"request", "rows"} & told.keys()


def test_json_tells_the_place_of_an_error_but_not_what_was_typed() -> None:
    told = _json("Failed", error=ValueError("could not read 'hunter2'"))
    assert told["error"].startswith("[ValueError] at ")
    assert "hunter2" not in str(told)


def test_json_leaves_out_the_tokens_of_links_wherever_they_stand() -> None:
    told = _json("Gone: %s", "/i/s3cret", address="/join/s3cret/", error=OSError(2, "none", "/s/s3cret"))
    assert "s3cret" not in str(told)
    assert (told["message"], told["address"]) == ("Gone: /i/…", "/join/…/")


def test_the_settings_choose_the_form() -> None:
    script = "import logging; logging.getLogger('designer').warning('A word', extra={'number': 1})"
    told = run_manage("shell", "--no-imports", "-c", script, LOG_FORMAT="json").stderr
    assert json.loads(told).items() >= {"message": "A word", "number": 1}.items()
    told = run_manage("shell", "--no-imports", "-c", script).stderr
    assert told.endswith("WARNING designer: A word\n")
