"""Files that are no profile, or one in a wrapping: each is read, or told as what it is, in a sentence."""

from __future__ import annotations

import base64
import plistlib
import re
from pathlib import Path
from typing import Final

import pytest

from designer.management.check import Checked, check_file
from tests.cases.making import profile, tunnel, vpn

PROFILE: Final = plistlib.dumps(tunnel())
_START: Final = PROFILE.index(b"<plist")
DECLARATION: Final = PROFILE[: PROFILE.index(b"\n") + 1]
BARE: Final = PROFILE[_START:]
TEMPLATE: Final = PROFILE.replace(b"gate.hafen.example", b"{{ server }}")


def checked(folder: Path, data: bytes, name: str = "file.mobileconfig") -> Checked:
    """What the command line says of a file."""
    (folder / name).write_bytes(data)
    return check_file(str(folder / name), None)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b" \n\t", "empty", id="blanks"),
        pytest.param(
            b"<!DOCTYPE html><html><head><title>Log in</title></head><body><form></form></body></html>",
            "web page",
            id="login page",
        ),
        pytest.param(
            b"\n<html lang='de'><body>Anmelden</body></html>", "web page", id="login page without DOCTYPE"
        ),
        pytest.param(PROFILE.replace(b"mia", b"Mia & Noah", 1), "&amp;", id="ampersand"),
        pytest.param(PROFILE[: len(PROFILE) // 2], "cut off", id="half of it"),
        pytest.param(plistlib.dumps([tunnel()]), "no keys at its top|list", id="list of profiles"),
        pytest.param(plistlib.dumps(vpn()), "single payload", id="payload alone"),
        pytest.param(
            PROFILE.replace(b'version="1.0" encoding="UTF-8"', "version=“1.0” encoding=“UTF-8”".encode(), 1),
            "XML|quotation",
            id="curly quotation marks",
        ),
        pytest.param(
            plistlib.dumps(tunnel(AuthName="Möwe")).decode().encode("latin-1"),
            "UTF-8",
            id="Latin-1 that says UTF-8",
        ),
        pytest.param(b'{"PayloadType": "Configuration"}', "JSON|spec", id="JSON"),
        pytest.param(
            PROFILE.replace(b"<array>", b"<array>{% for user in users %}", 1).replace(
                b"</array>", b"{% endfor %}</array>", 1
            ),
            "template|Jinja",
            id="Jinja",
        ),
        pytest.param(
            PROFILE.replace(b"<string>mia</string>", b"<string><%= @user %></string>", 1),
            "template|ERB",
            id="ERB",
        ),
        pytest.param(
            b"cat <<EOF > vpn.mobileconfig\n" + PROFILE.replace(b"mia", b"${USER}") + b"EOF\n",
            "script|shell",
            id="shell script",
        ),
    ],
)
def test_what_is_no_profile_is_told_as_what_it_is(tmp_path: Path, data: bytes, words: str) -> None:
    found = checked(tmp_path, data)
    told = " ".join([found.unreadable, *found.notes, *(problem.message for problem in found.problems)])
    assert re.search(words, told, re.IGNORECASE), told
    assert found.exit_status == 2
    assert found.unreadable.endswith(".")


@pytest.mark.parametrize(
    ("data", "note"),
    [
        pytest.param(b"\xef\xbb\xbf" + PROFILE, "", id="byte order mark"),
        pytest.param(b"\n<!-- by hand -->\n" + PROFILE, "", id="comment before the declaration"),
        pytest.param(BARE, "", id="neither declaration nor DOCTYPE"),
        pytest.param(PROFILE.replace(DECLARATION, b""), "", id="DOCTYPE first"),
        pytest.param(PROFILE.decode().encode("utf-16"), "", id="UTF-16 that says UTF-8"),
        pytest.param(
            BARE.replace(b'<plist version="1.0">\n', b"").replace(b"</plist>\n", b""), "", id="no plist"
        ),
        pytest.param(
            b'<code class="xml">\n' + PROFILE + b"</code>\n", "before the XML|<code>", id="code around it"
        ),
        pytest.param(PROFILE.replace(b"\n", b"\r\n"), "", id="line ends of Windows"),
        pytest.param(plistlib.dumps(tunnel(), fmt=plistlib.FMT_BINARY), "", id="binary"),
    ],
)
def test_what_is_odd_around_a_profile_does_not_keep_it_from_being_read(
    tmp_path: Path, data: bytes, note: str
) -> None:
    found = checked(tmp_path, data)
    assert (found.unreadable, found.exit_status) == ("", 0)
    assert re.search(note, " ".join(found.notes))


WRAPPED: Final = {
    "base64": base64.encodebytes(PROFILE),
    "base64 on one line": base64.b64encode(PROFILE) + b"\n",
    "command of an MDM": plistlib.dumps(
        {"CommandUUID": "7", "Command": {"RequestType": "InstallProfile", "Payload": PROFILE}}
    ),
    "code after the declaration": DECLARATION + b'<code class="xml">\n' + BARE + b"</code>\n",
}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(WRAPPED["base64"], "base64", id="base64"),
        pytest.param(WRAPPED["base64 on one line"], "base64", id="base64 on one line"),
        pytest.param(WRAPPED["command of an MDM"], "MDM|command|InstallProfile", id="command of an MDM"),
        pytest.param(WRAPPED["code after the declaration"], "code", id="code after the declaration"),
    ],
)
def test_a_profile_in_a_wrapping_is_read_or_told_as_that(tmp_path: Path, data: bytes, words: str) -> None:
    found = checked(tmp_path, data)
    assert re.search(words, " ".join([found.unreadable, *found.notes]), re.IGNORECASE)
    assert not re.search(r"\bspec\b", found.unreadable)
    if not found.unreadable:
        assert found.exit_status == 0


def test_items_of_content_that_are_no_payloads_are_told(tmp_path: Path) -> None:
    found = checked(tmp_path, plistlib.dumps(profile(1, "x")))
    assert found.exit_status in (1, 2)
    assert "PayloadContent" in " ".join(found.lines())
