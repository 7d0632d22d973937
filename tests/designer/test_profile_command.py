"""`manage.py profile`: what it prints where, and its exit status, in real processes without database or keys."""

from __future__ import annotations

import json
import os
import plistlib
import resource
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from designer.management import input_file
from profiles.exceptions import DocumentError, ProfileDesignerError
from profiles.plist.build import build
from profiles.plist.reading.wrapping import BASE64_NOTE, COMMAND_NOTE
from profiles.plist.spec.writer import Format
from profiles.plist.spec.writer import write as written
from tests.plist import foreign
from tests.plist.exactness import differences
from tests.processes import ROOT, environment, without_reader
from tests.signing import ber_forms
from tests.signing.making import openssl

NOBODY_LISTENS = "postgresql://nobody:secret-of-the-database@127.0.0.1:1/nothing"

GOOD = """
profile:
  PayloadDisplayName: Office
  PayloadIdentifier: com.example.vpn
payloads:
  - type: vpn-ikev2
    name: office
    values:
      UserDefinedName: Office
      IKEv2:
        RemoteAddress: vpn.example.com
        RemoteIdentifier: vpn.example.com
        LocalIdentifier: office
        AuthenticationMethod: SharedSecret
        SharedSecret: 'a "secret" & <more>'
"""
MISSING = GOOD + "        PPKIdentifier: office\n"
UNBUILDABLE = GOOD + "        MTU: large\n"
NO_SPEC = "profiles: {}"
EXPLAINED = "`python manage.py profile explain CODE` tells why, how to fix it, and where that stands."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty folder for data, in which nothing may be written."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o500)
    return folder


@pytest.fixture
def profile(tmp_path: Path, data: Path) -> Any:
    """Runs `manage.py profile …` in a folder of its own, with an unreachable database."""

    def run(*arguments: str, stdin: bytes = b"", **settings: str) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "profile", *arguments],
            cwd=tmp_path,
            env=environment(**({"DATA_DIR": str(data), "DATABASE_URL": NOBODY_LISTENS} | settings)),
            input=stdin,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        assert b"secret-of-the-database" not in done.stderr + done.stdout
        assert not any(data.iterdir()), "nothing may be generated"
        return done

    for name, text in {
        "good": GOOD,
        "missing": MISSING,
        "unbuildable": UNBUILDABLE,
        "nospec": NO_SPEC,
    }.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return run


def said(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    return done.stderr.decode().splitlines()


# catalogue


def test_the_catalogue_is_json_and_needs_no_database(profile: Any) -> None:
    done = profile("catalogue")
    assert (done.returncode, said(done)) == (0, [])
    catalogue = json.loads(done.stdout)
    assert set(catalogue) == {"payloads", "envelope", "rules"}
    (tunnel,) = (payload for payload in catalogue["payloads"] if payload["slug"] == "vpn-ikev2")
    assert "IKEv2.DisconnectOnIdleTimer" in [key["path"] for key in tunnel["keys"]]


def test_a_reader_that_has_enough_ends_the_catalogue_quietly(data: Path) -> None:
    found = without_reader("profile", "catalogue", DATA_DIR=str(data), DATABASE_URL=NOBODY_LISTENS)
    assert found == (1, b"")


# check


def test_a_good_spec_passes_the_check(profile: Any) -> None:
    done = profile("check", "good.yaml")
    assert (done.returncode, done.stdout) == (0, b"")
    assert not [line for line in said(done) if line.startswith("error")]


def test_an_error_is_one_line_that_names_payload_and_key(profile: Any) -> None:
    done = profile("check", "missing.yaml")
    assert (done.returncode, done.stdout) == (1, b"")
    (line,) = (line for line in said(done) if line.startswith("error"))
    assert line.startswith("error office/IKEv2.PPK: PPK is missing")
    assert line.endswith(". [missing]")


def test_behind_problems_it_is_said_once_how_they_are_explained(profile: Any) -> None:
    lines = said(profile("check", "missing.yaml", "nospec.yaml", "missing.yaml"))
    assert lines.count(EXPLAINED) == 1
    assert lines[-1] == EXPLAINED
    assert EXPLAINED not in said(profile("check", "nospec.yaml"))


def test_a_problem_stays_on_one_line_even_if_a_key_does_not(profile: Any) -> None:
    done = profile("check", "-", stdin=b'{"profile": {"a\\nb": 1}}')
    assert done.returncode == 0
    *lines, last = said(done)
    assert lines
    assert all(line.split()[0] in ("error", "warning", "advice") for line in lines)
    assert last == EXPLAINED


@pytest.mark.parametrize(
    ("files", "status"),
    [
        (["good.yaml"], 0),
        (["good.yaml", "missing.yaml"], 1),
        (["nospec.yaml", "missing.yaml", "good.yaml"], 2),
        (["missing.yaml", "absent.yaml"], 2),
    ],
)
def test_all_files_are_checked_and_the_worst_one_decides(profile: Any, files: list[str], status: int) -> None:
    done = profile("check", *files, "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, said(done)) == (status, [])
    assert set(report) == {"files"}
    assert [each["file"] for each in report["files"]] == files
    for each in report["files"]:
        assert set(each) == {"file", "problems", "signatures", "notes"}
        assert each["signatures"] == each["notes"] == []
        for problem in each["problems"]:
            assert set(problem) == {"severity", "payload", "path", "code", "message"}


def test_json_tells_each_problem_in_full(profile: Any) -> None:
    report = json.loads(profile("check", "missing.yaml", "nospec.yaml", "--json").stdout)
    missing, unreadable = (each["problems"] for each in report["files"])
    (found,) = (problem for problem in missing if problem["severity"] == "error")
    assert (found["payload"], found["path"]) == ("office", "IKEv2.PPK")
    assert found["code"] == "missing"
    message = "The spec has no key 'profiles'. Did you mean “profile”?"
    assert unreadable == [
        {"severity": "error", "payload": "", "path": "", "code": "unreadable", "message": message}
    ]


def test_several_files_are_told_apart(profile: Any) -> None:
    lines = said(profile("check", "missing.yaml", "nospec.yaml"))
    assert any(line.startswith("missing.yaml: error office/IKEv2.PPK: ") for line in lines)
    assert "nospec.yaml: The spec has no key 'profiles'. Did you mean “profile”?" in lines


# explain and rules


def test_a_code_that_there_is_not_is_told_on_one_line(profile: Any) -> None:
    done = profile("explain", "no-code-at-all-\n-of-this-kind")
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = said(done)
    assert line.startswith("There is no check with the code 'no-code-at-all-\\n-of-this-kind'. ")
    done = profile("explain", "no-code-at-all", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (2, {"rules": []})


def test_the_rules_are_those_in_docs(profile: Any) -> None:
    done = profile("rules")
    assert (done.returncode, said(done)) == (0, [])
    assert done.stdout == (ROOT / "docs" / "rules.md").read_bytes()


# Profiles from anywhere

ROUGH = ROOT / "tests" / "rough"
BROKEN = {"cut-off", "mismatched-tags", "bare-ampersand"}

IMPORTED = {
    "PayloadType": "Configuration",
    "PayloadVersion": 1,
    "PayloadUUID": "0b5e1c1a-8b0d-4b53-9e36-1b9b7f3c2d10",
    "PayloadIdentifier": "com.example.vpn",
    "PayloadDisplayName": "Office",
    "PayloadContent": [
        {
            "PayloadType": "com.apple.vpn.managed",
            "PayloadVersion": 1.0,
            "PayloadUUID": "my-tunnel",
            "VPNType": "IKEv2",
            "UserDefinedName": "no",
            "IKEv2": {
                "RemoteAddress": "vpn.example.com",
                "RemoteIdentifier": "vpn.example.com",
                "AuthenticationMethod": "SharedSecret",
                "SharedSecret": "pepper-and-salt",
                "ExtendedAuthEnabled": 0,
                "DisconnectOnIdle": 0,
                "AuthName": "",
            },
            "Vendor": {"zeta": 1.0, "alpha": "pepper-and-salt"},
        }
    ],
}
"""As other tools write it, with secrets, a key that nobody knows, and several things that are odd, but no error."""


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    """A folder with IMPORTED, signed by openssl in each form that there is, and once changed afterwards."""
    folder = tmp_path / "signed"
    folder.mkdir()
    plain = plistlib.dumps(IMPORTED)
    (folder / "plain.mobileconfig").write_bytes(plain)
    (folder / "binary.mobileconfig").write_bytes(plistlib.dumps(IMPORTED, fmt=plistlib.FMT_BINARY))
    (folder / "wide.mobileconfig").write_bytes(plain.decode().replace("UTF-8", "UTF-16").encode("utf-16"))
    make = "req -x509 -newkey rsa:2048 -nodes -days 30 -keyout key.pem -out alice.pem -subj /CN=alice"
    openssl(*make.split(), folder=folder)
    sign = "cms -sign -binary -nodetach -signer alice.pem -inkey key.pem -in plain.mobileconfig"
    for form in ("der", "pem", "smime"):
        openssl(*sign.split(), "-outform", form, "-out", f"{form}.mobileconfig", folder=folder)
    openssl(*sign.split(), "-stream", "-outform", "der", "-out", "ber.mobileconfig", folder=folder)
    der = (folder / "der.mobileconfig").read_bytes()
    (folder / "tampered.mobileconfig").write_bytes(der.replace(b"vpn.example.com", b"vpn.example.org"))
    return folder


KINDS = ["plain", "binary", "wide", "der", "pem", "smime", "ber"]


def test_a_profile_is_checked_in_whatever_form_it_comes(profile: Any, signed: Path) -> None:
    files = [f"signed/{kind}.mobileconfig" for kind in KINDS]
    done = profile("check", *files, "--json")
    assert (done.returncode, said(done)) == (0, [])
    reports = dict(zip(KINDS, json.loads(done.stdout)["files"], strict=True))
    assert [each["file"] for each in reports.values()] == files
    told = reports["plain"]["problems"]
    codes = {(problem["payload"], problem["path"], problem["code"]) for problem in told}
    assert {
        ("vpn-ikev2", "PayloadVersion", "odd-version"),
        ("vpn-ikev2", "PayloadUUID", "no-uuid"),
        ("vpn-ikev2", "IKEv2.AuthName", "empty"),
        ("vpn-ikev2", "Vendor", "unknown-key"),
    } <= codes
    for kind, report in reports.items():
        assert report["problems"] == told
        assert len(report["signatures"]) == (kind in ("der", "pem", "smime", "ber"))
        for signature in report["signatures"]:
            assert signature["signer"] == signature["issuer"] == "alice"
            assert signature["intact"] is signature["complete"] is True
            assert signature["chain"] == []
            assert signature["not_after"].endswith("Z")
            assert signature["verdict"].startswith("The signature is intact")
    assert b"pepper" not in done.stdout


def test_who_signed_is_told_on_a_line_of_its_own(profile: Any, signed: Path) -> None:
    lines = said(profile("check", "signed/der.mobileconfig"))
    assert [line for line in lines if line.startswith("signed by alice: The signature is intact")]
    assert all(line.split()[0] in ("warning", "advice", "signed") for line in lines[:-1])


def test_a_profile_that_was_changed_after_it_was_signed_has_an_error(profile: Any, signed: Path) -> None:
    done = profile("check", "signed/tampered.mobileconfig", "--json")
    (report,) = json.loads(done.stdout)["files"]
    assert done.returncode == 1
    (wrong,) = (problem for problem in report["problems"] if problem["severity"] == "error")
    assert (wrong["payload"], wrong["path"], wrong["code"]) == ("profile", "", "tampered")
    assert report["problems"][0] == wrong
    assert [(each["intact"], each["state"]) for each in report["signatures"]] == [(False, "tampered")]
    lines = said(profile("check", "signed/tampered.mobileconfig"))
    assert lines[0] == f"error profile/: {wrong['message']} [tampered]"
    assert not [line for line in lines if line.startswith("signed by")]


def test_a_signature_that_cannot_be_checked_is_a_warning_and_no_tampering(profile: Any, signed: Path) -> None:
    sign = "cms -sign -binary -nodetach -signer alice.pem -inkey key.pem -in plain.mobileconfig -outform der"
    openssl(*sign.split(), "-nocerts", "-out", "nobody.mobileconfig", folder=signed)
    openssl(*sign.split(), "-keyopt", "rsa_padding_mode:pss", "-out", "pss.mobileconfig", folder=signed)
    for file, why in (
        ("nobody", "is not included"),
        ("pss", "made with RSA-PSS, which is not supported here"),
    ):
        done = profile("check", f"signed/{file}.mobileconfig", "--json")
        (report,) = json.loads(done.stdout)["files"]
        assert done.returncode == 0
        (told,) = (each for each in report["problems"] if each["code"] == "signature-unchecked")
        assert (told["severity"], told["payload"], told["path"]) == ("warning", "profile", "")
        assert why in told["message"]
        assert [(each["intact"], each["state"]) for each in report["signatures"]] == [(False, "unchecked")]
        assert not [
            line for line in said(profile("check", f"signed/{file}.mobileconfig")) if "signed by" in line
        ]


def test_a_signer_that_is_named_as_apple_names_it_is_known(profile: Any, signed: Path) -> None:
    sign = "cms -sign -binary -nodetach -signer alice.pem -inkey key.pem -in plain.mobileconfig -outform der"
    openssl(*sign.split(), "-keyid", "-out", "keyid.mobileconfig", folder=signed)
    cms = ber_forms.tree((signed / "keyid.mobileconfig").read_bytes())
    ber_forms.signature(cms)[1].in_pieces(20)
    (signed / "apple.mobileconfig").write_bytes(cms.encoded())
    openssl(*["cms", "-verify", "-noverify", "-inform", "der", "-in", "apple.mobileconfig"], folder=signed)
    lines = said(profile("check", "signed/apple.mobileconfig"))
    assert [line for line in lines if line.startswith("signed by alice: The signature is intact")]
    assert not [line for line in lines if line.startswith("error")]


def test_specs_and_profiles_can_be_mixed_and_what_cannot_be_read_stops_none(
    profile: Any, signed: Path
) -> None:
    cut = (ROUGH / "cut-off.mobileconfig").read_bytes()
    files = [
        "missing.yaml",
        "signed/der.mobileconfig",
        "nospec.yaml",
        "-",
        "absent",
        "signed/pem.mobileconfig",
    ]
    done = profile("check", *files, stdin=cut)
    *lines, last = said(done)
    assert (done.returncode, done.stdout) == (2, b"")
    assert last == EXPLAINED
    assert [*dict.fromkeys(line.partition(":")[0] for line in lines)] == files
    assert "absent: The file cannot be read: no such file or directory." in lines
    (told,) = (line for line in lines if line.startswith("-:"))
    assert told.startswith("-: The file is no valid XML: it is cut off in line ")
    assert profile("check", "missing.yaml", "signed/der.mobileconfig").returncode == 1
    assert profile("check", "signed/der.mobileconfig", "good.yaml").returncode == 0


def test_what_a_file_is_called_does_not_matter(profile: Any, signed: Path, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes((signed / "der.mobileconfig").read_bytes())
    (tmp_path / "b.mobileconfig").write_text(GOOD)
    done = profile("check", "a.yaml", "b.mobileconfig", "--json")
    first, second = json.loads(done.stdout)["files"]
    assert done.returncode == 0
    assert (len(first["signatures"]), len(second["signatures"])) == (1, 0)


def test_what_was_odd_about_the_file_itself_is_noted(profile: Any) -> None:
    file = str(ROUGH / "key-twice.mobileconfig")
    assert said(profile("check", file))[-2].startswith("note: The key 'RemoteAddress' stands twice")
    (report,) = json.loads(profile("check", file, "--json").stdout)["files"]
    assert len(report["notes"]) == 1


def test_what_a_profile_came_in_is_noted_and_what_is_none_is_told_as_what_it_is(
    profile: Any, tmp_path: Path
) -> None:
    (tmp_path / "base64").write_bytes(foreign.BASE64)
    (tmp_path / "command").write_bytes(foreign.INSTALL)
    for file, note in (("base64", BASE64_NOTE), ("command", COMMAND_NOTE)):
        assert f"note: {note}" in said(profile("check", file))
    (tmp_path / "api.json").write_bytes(foreign.REFUSED["json of an API"][0])
    (tmp_path / "template").write_bytes(foreign.REFUSED["jinja before"][0])
    done = profile("check", "api.json", "template")
    assert done.returncode == 2
    first, second = said(done)
    assert first.startswith("api.json: The file is JSON, with a profile in base64 in it.")
    assert second.startswith("template: The file is a template (Jinja or the like): line 1 holds code")


def test_a_file_that_is_larger_than_allowed_is_unreadable(profile: Any, signed: Path, tmp_path: Path) -> None:
    large = plistlib.dumps({**IMPORTED, "Large": "x" * 20_000})
    (tmp_path / "large").write_bytes(large)
    assert profile("check", "large").returncode == 0
    done = profile("check", "large", IMPORT_MAX_BYTES="10000")
    assert done.returncode == 2
    assert said(done) == [
        f"large: The file has {len(large):,} bytes, more than the 10,000 allowed. Choose another, or split it."
    ]


@pytest.mark.parametrize(
    ("content", "is_spec"),
    [
        (b"profile: {}", True),
        (b"# made from <?xml\n---\n'payloads': []", True),
        (b"\xef\xbb\xbfpayloads: []\n", True),
        (b'  {"profile": {"PayloadDescription": "<plist>"}}', True),
        (b"profile:\n  PayloadDescription: |\n    <?xml version='1.0'?>\n    <plist/>", True),
        (b"payloads:\n- type: certificate\n  values:\n    PayloadContent: |\n      -----BEGIN CERTIFICATE-----", True),
        ("profile: {PayloadDisplayName: Büro}".encode("utf-16"), True),
        (b"profile: {PayloadDisplayName: B\xfcro}", True),
        (b"profiles: {}", True),
        (b"just text", True),
        (b"\n<dict>\nprofile:\n</dict>", False),
        (b"Sent by the office\n<?xml version='1.0'?>\n<plist><string>a\nprofile: x</string></plist>", False),
        (b"<!-- #1 --><?xml version='1.0'?><plist/>", False),
        (b"bplist00profile: {}", False),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", False),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", False),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", False),
        (b"-----BEGIN PKCS7-----\n*\n-----END PKCS7-----\n", False),
        (b"<!DOCTYPE html>\n<html>", False),
    ],
    ids=range(19),
)  # fmt: skip
def test_specs_and_profiles_are_told_apart_by_what_is_in_them(
    content: bytes, is_spec: bool, tmp_path: Path
) -> None:
    """Whichever it is not, its reader refuses; to build a profile is refused in a sentence of its own."""
    file = tmp_path / "file"
    file.write_bytes(content)
    if is_spec:
        with pytest.raises(DocumentError, match=r"^The file is no profile; it may be a spec already\."):
            input_file.read_profile_alone(str(file))
    else:
        with pytest.raises(ProfileDesignerError) as refusal:
            input_file.read(str(file))
        assert "spec" not in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b" \n\t", b"\0" * 100], ids=["nothing", "blanks", "zeros"])
def test_an_empty_file_is_neither(profile: Any, content: bytes) -> None:
    done = profile("check", "-", stdin=content)
    assert (done.returncode, said(done)) == (2, ["-: The file is empty. Choose a profile or a spec."])


# Other targets


def test_targets_are_judged_instead_of_those_of_the_files(profile: Any, signed: Path, tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(GOOD.replace("profile:\n", "profile:\n  targets: {tvOS: '9.0'}\n"))
    files = ["old.yaml", "good.yaml", "signed/der.mobileconfig"]

    def ignored(*options: str) -> list[bool]:
        done = profile("check", *files, "--json", *options)
        assert done.returncode == 0
        codes = [
            [problem["code"] for problem in each["problems"]] for each in json.loads(done.stdout)["files"]
        ]
        return ["unavailable" in each for each in codes]

    assert ignored() == [True, False, False]
    assert ignored("--targets", "tvOS=9.0") == [True, True, True]
    assert ignored("--targets", "iOS=17.0, tvOS=18.0") == [False, False, False]


@pytest.mark.parametrize(
    ("targets", "sentence"),
    [
        ("", "'' in --targets is no version. Write iOS=17.0,macOS=14.0."),
        ("iOS", "'iOS' in --targets is no version. Write iOS=17.0,macOS=14.0."),
        ("iOS=17.0,", "'' in --targets is no version. Write iOS=17.0,macOS=14.0."),
        ("iOS=17.0,iOS=18.0", "--targets names iOS twice. Keep one of them."),
        ("iOS=new", 'The version of iOS in “targets” is none. Write it in quotes, such as "17.4".'),
        ("ios=17.0", "'ios' in “targets” is no operating system that is known here. Write iOS."),
    ],
)
def test_targets_that_are_none_are_told_in_one_sentence(profile: Any, targets: str, sentence: str) -> None:
    done = profile("check", "good.yaml", "absent.yaml", "--json", "--targets", targets)
    assert (done.returncode, done.stdout, said(done)) == (2, b"", [sentence])


# Many files


def computing_of_children() -> float:
    """Seconds of computing of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_two_hundred_files_are_checked_in_one_go(profile: Any, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(200):
        content = {**IMPORTED, "PayloadIdentifier": f"com.example.vpn.{number}"}
        text = GOOD.replace("com.example.vpn", f"com.example.vpn.{number}").encode()
        (folder / f"{number:03}").write_bytes(text if number % 2 else plistlib.dumps(content))
    (folder / "100").write_bytes(b"<plist>")
    files = sorted(str(path) for path in folder.iterdir())
    before = computing_of_children()
    done = profile("check", *files)
    assert computing_of_children() - before < 60
    assert done.returncode == 2
    # The others have nothing to be told.
    assert [*dict.fromkeys(line.partition(": ")[0] for line in said(done)[:-1])] == files[::2]
    assert len(json.loads(profile("check", *files, "--json").stdout)["files"]) == 200


def test_each_file_is_told_of_before_the_next_one_is_read(data: Path, tmp_path: Path) -> None:
    (tmp_path / "missing.yaml").write_text(MISSING)
    os.mkfifo(tmp_path / "later")
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "profile", "check", "missing.yaml", "later"],
        cwd=tmp_path,
        env=environment(DATA_DIR=str(data), DATABASE_URL=NOBODY_LISTENS),
        stderr=subprocess.PIPE,
    )
    assert process.stderr
    first = process.stderr.readline()
    assert first.startswith(b"missing.yaml: error office/")
    (tmp_path / "later").write_bytes(MISSING.encode())
    assert b"later: error office/" in process.stderr.read()
    assert process.wait(timeout=60) == 1
    process.stderr.close()


# convert


def built(profile: Any, spec: str, **options: Any) -> Any:
    """The profile that a spec gives."""
    done = profile("build", spec, "--unsigned", **options)
    assert done.returncode == 0, said(done)
    return plistlib.loads(done.stdout)


@pytest.mark.parametrize("kind", KINDS)
def test_a_profile_comes_back_from_its_spec_as_it_was(profile: Any, signed: Path, kind: str) -> None:
    done = profile("convert", f"signed/{kind}.mobileconfig", "--with-secrets", "-o", "office.yaml")
    assert (done.returncode, done.stdout) == (0, b"")
    assert differences(built(profile, "office.yaml"), IMPORTED) == []
    assert len(said(done)) == (kind in ("der", "pem", "smime", "ber"))


@pytest.mark.parametrize("name", sorted({path.stem for path in ROUGH.iterdir()} - BROKEN))
def test_a_rough_file_comes_back_from_its_spec(name: str, tmp_path: Path) -> None:
    file, spec = ROUGH / f"{name}.mobileconfig", tmp_path / "spec"
    spec.write_text(
        written(input_file.read_profile_alone(str(file)).document, with_secrets=True, form=Format.YAML).text
    )
    found, given = (build(input_file.read(str(each)).document) for each in (spec, file))
    assert found == given


def test_the_ending_or_the_option_says_what_is_written(profile: Any, signed: Path, tmp_path: Path) -> None:
    def is_json(*options: str) -> bool:
        done = profile("convert", "signed/plain.mobileconfig", "--with-secrets", *options)
        assert done.returncode == 0
        text = (tmp_path / options[1]).read_bytes() if options[:1] == ("-o",) else done.stdout
        assert differences(built(profile, "-", stdin=text), IMPORTED) == []
        return text.startswith(b"{")

    assert not is_json()
    assert is_json("--format", "json")
    assert is_json("-o", "a.json")
    assert is_json("-o", "A.JSON")
    assert not is_json("-o", "a.json", "--format", "yaml")
    assert not is_json("-o", "a.spec")


def test_secrets_are_left_out_and_have_to_be_filled_in(profile: Any, signed: Path, tmp_path: Path) -> None:
    done = profile("convert", "signed/der.mobileconfig", "-o", "office.yaml")
    assert done.returncode == 0
    signature, *lines = said(done)
    assert signature.startswith("signed by alice: ")
    assert lines[:2] == ["left out vpn-ikev2/IKEv2.SharedSecret", "left out vpn-ikev2/Vendor.alpha"]
    (last,) = lines[2:]
    assert last == (
        "The spec lacks 2 values, because they are or may be secret. Fill in what is marked as left_out, or convert "
        "with --with-secrets."
    )
    text = (tmp_path / "office.yaml").read_text()
    assert "pepper" not in text
    told = (
        "office.yaml: The value of payloads[0].values.IKEv2.SharedSecret was left out, because it is secret: "
        "fill it in, and 1 more like it."
    )
    for action in (["check"], ["build", "--unsigned", "--force"]):
        done = profile(*action, "office.yaml")
        assert (done.returncode, done.stdout, said(done)) == (2, b"", [told])
    filled = yaml.safe_load(text)
    filled["payloads"][0]["values"]["IKEv2"]["SharedSecret"] = "pepper-and-salt"
    filled["payloads"][0]["unknown"]["Vendor"] = {"zeta": 1.0, "alpha": "pepper-and-salt"}
    (tmp_path / "office.yaml").write_text(json.dumps(filled))
    assert differences(built(profile, "office.yaml"), IMPORTED) == []


def test_one_secret_is_told_of_as_one(profile: Any) -> None:
    spec = profile("build", "good.yaml", "--unsigned").stdout
    lines = said(profile("convert", "-", stdin=spec))
    assert lines[:1] == ["left out vpn-ikev2/IKEv2.SharedSecret"]
    assert lines[1].startswith("The spec lacks 1 value, because it is or may be secret. ")


def test_a_spec_with_secrets_is_for_its_owner_alone(profile: Any, signed: Path, tmp_path: Path) -> None:
    def mode(name: str, *options: str) -> int:
        assert profile("convert", "signed/plain.mobileconfig", "-o", name, *options).returncode == 0
        return stat.S_IMODE((tmp_path / name).stat().st_mode)

    assert mode("new.yaml") == mode("new-too.yaml", "--with-secrets") == 0o600
    for name in ("open.yaml", "open-too.yaml"):
        (tmp_path / name).write_text("old")
        (tmp_path / name).chmod(0o644)
    assert mode("open.yaml") == 0o644
    assert mode("open-too.yaml", "--with-secrets") == 0o600


def test_a_spec_needs_no_conversion_and_a_profile_no_building(profile: Any, signed: Path) -> None:
    done = profile("convert", "good.yaml", "-o", "new.yaml")
    assert (done.returncode, done.stdout) == (2, b"")
    assert said(done) == [
        "good.yaml: The file is no profile; it may be a spec already. Choose a .mobileconfig file."
    ]
    done = profile("build", "signed/der.mobileconfig", "--unsigned", "--force")
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = said(done)
    assert line == (
        "signed/der.mobileconfig: The file is a configuration profile already, and no spec. `profile check` judges it, "
        "and `profile convert` writes its spec, of which another can be built."
    )


def test_a_profile_is_not_replaced_by_its_own_spec(profile: Any, signed: Path) -> None:
    before = (signed / "plain.mobileconfig").read_bytes()
    done = profile("convert", "signed/plain.mobileconfig", "-o", "signed/../signed/plain.mobileconfig")
    assert (done.returncode, said(done)) == (
        1,
        ["The spec would replace the profile itself. Choose another name with -o."],
    )
    assert (signed / "plain.mobileconfig").read_bytes() == before


def test_what_cannot_be_converted_is_told_in_one_line(profile: Any, signed: Path, tmp_path: Path) -> None:
    for file, status, told in [
        ("absent", 2, "absent: The file cannot be read: no such file or directory."),
        ("/dev/null", 2, "/dev/null: The file is empty. Choose the .mobileconfig file."),
        (".", 2, ".: The file cannot be read: is a directory."),
    ]:
        done = profile("convert", file, "-o", "new.yaml")
        assert (done.returncode, done.stdout, said(done)) == (status, b"", [told])
    done = profile("convert", "signed/plain.mobileconfig", "--with-secrets", "-o", "absent/new.yaml")
    assert done.returncode == 1
    assert said(done) == ["The spec cannot be written to absent/new.yaml: no such file or directory."]
    assert not (tmp_path / "new.yaml").exists()


def test_a_profile_that_was_changed_after_it_was_signed_is_converted_with_a_word(
    profile: Any, signed: Path
) -> None:
    done = profile("convert", "signed/tampered.mobileconfig", "--with-secrets")
    assert done.returncode == 0
    (line,) = said(done)
    assert line.startswith("signed by alice: ")
    assert "intact" not in line


# Files beside the spec

WITH_FILES = """
profile: {PayloadDisplayName: Office, PayloadIdentifier: com.example.vpn}
payloads:
  - {type: certificate, name: ca, values: {PayloadContent: {file: ca.pem}}}
  - type: vpn-ikev2
    name: office
    values:
      UserDefinedName: Office
      IKEv2:
        RemoteAddress: vpn.example.com
        RemoteIdentifier: vpn.example.com
        AuthenticationMethod: Certificate
        PayloadCertificateUUID: "@alice"
  - type: identity-pkcs12
    name: alice
    values: {Password: "p & q", PayloadContent: {file: keys/alice.p12}}
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder of its own with a spec, and the certificate and identity that it names, as openssl makes them."""
    folder = tmp_path / "specs"
    (folder / "keys").mkdir(parents=True)
    (folder / "office.yaml").write_text(WITH_FILES, encoding="utf-8")
    make = "req -x509 -newkey rsa:2048 -nodes -days 30 -keyout key.pem -out ca.pem -subj /CN=alice"
    openssl(*make.split(), folder=folder)
    pack = "pkcs12 -export -legacy -inkey key.pem -in ca.pem -out keys/alice.p12"
    openssl(*pack.split(), "-passout", "pass:p & q", folder=folder)
    return folder


def test_build_puts_the_files_beside_the_spec_into_the_profile(profile: Any, files: Path) -> None:
    done = profile("build", "specs/office.yaml", "--unsigned")
    assert done.returncode == 0, said(done)
    ca, office, alice = plistlib.loads(done.stdout)["PayloadContent"]
    assert ca["PayloadContent"] == openssl("x509", "-in", "ca.pem", "-outform", "DER", folder=files)
    assert alice["PayloadContent"] == (files / "keys" / "alice.p12").read_bytes()
    assert office["IKEv2"]["PayloadCertificateUUID"] == alice["PayloadUUID"]
    assert done.stdout == profile("build", str(files / "office.yaml"), "--unsigned").stdout


def test_check_looks_into_the_files(profile: Any, files: Path) -> None:
    assert profile("check", "specs/office.yaml").returncode == 0
    spec = files / "office.yaml"
    spec.write_text(WITH_FILES.replace("p & q", "another"), encoding="utf-8")
    done = profile("check", "specs/office.yaml", "--json")
    (report,) = json.loads(done.stdout)["files"]
    assert done.returncode == 1
    assert "wrong-password" in [problem["code"] for problem in report["problems"]]


@pytest.mark.parametrize("action", [["check"], ["build", "--unsigned", "--force"]])
def test_a_spec_that_names_what_is_not_there_is_unreadable(
    profile: Any, files: Path, action: list[str]
) -> None:
    def told(text: str) -> str:
        (files / "office.yaml").write_text(text, encoding="utf-8")
        done = profile(*action, "specs/office.yaml")
        assert (done.returncode, done.stdout) == (2, b"")
        (line,) = said(done)
        return line

    absent = told(WITH_FILES.replace("ca.pem", "absent.pem"))
    assert absent == "specs/office.yaml: There is no file 'absent.pem' beside the spec. Check its name."
    # It stands beside the folder of the spec, and where the command runs.
    assert "is not in the folder of the spec" in told(WITH_FILES.replace("ca.pem", "../good.yaml"))
    assert "There is no file 'good.yaml'" in told(WITH_FILES.replace("ca.pem", "good.yaml"))
    assert "Did you mean “@alice”?" in told(WITH_FILES.replace("@alice", "@alise"))


def test_a_spec_from_standard_input_has_no_files(profile: Any, files: Path) -> None:
    done = profile("check", "-", stdin=(files / "office.yaml").read_bytes())
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = said(done)
    assert line.startswith("-: The spec names the file 'ca.pem', but was not read from a folder.")


# Unreadable specs


def test_what_cannot_be_read_is_told_in_one_line_with_status_2(profile: Any, tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"profile: {PayloadDisplayName: B\xfcro}")
    (tmp_path / "large.yaml").write_bytes(b"#" * 6_000_000)
    for file, reason in {
        "absent.yaml": "The spec cannot be read: no such file or directory.",
        ".": "The spec cannot be read: is a directory.",
        "latin.yaml": "The spec is not UTF-8 text (byte 32). Save it as UTF-8.",
        "large.yaml": "The spec is larger than 5 MB. Make it smaller.",
        "/dev/zero": "The spec is larger than 5 MB. Make it smaller.",
        "/dev/null": "The spec is empty. Write a “profile” and its “payloads”.",
        "nospec.yaml": "The spec has no key 'profiles'. Did you mean “profile”?",
    }.items():
        done = profile("build", file, "--unsigned", "--force")
        assert (done.returncode, done.stdout, said(done)) == (2, b"", [f"{file}: {reason}"])


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bake"],
        ["build"],
        ["check"],
        ["build", "good.yaml", "--unsigned", "--sign", "x"],
        ["check", "good.yaml", "--yaml"],
        ["convert"],
        ["convert", "good.yaml", "--format", "xml"],
    ],
)
def test_wrong_usage_has_status_2_and_shows_the_usage(profile: Any, arguments: list[str]) -> None:
    done = profile(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said(done)[0].startswith("usage: manage.py profile")


def test_the_help_shows_examples_and_the_exit_status(profile: Any) -> None:
    done = profile("--help")
    assert done.returncode == 0
    examples = (
        "profile build office.yaml -o office.mobileconfig",
        "profile convert old/office.mobileconfig -o ",
    )
    for expected in (*examples, "type: vpn-ikev2", "exit status"):
        assert expected in done.stdout.decode()


# build


def test_build_writes_a_property_list_to_standard_output(profile: Any) -> None:
    done = profile("build", "good.yaml", "--unsigned")
    assert done.returncode == 0
    (payload,) = plistlib.loads(done.stdout)["PayloadContent"]
    assert payload["IKEv2"]["SharedSecret"] == 'a "secret" & <more>'
    assert done.stdout == profile("build", "-", "--unsigned", stdin=GOOD.encode()).stdout


def test_build_writes_a_file_that_its_owner_alone_can_read(profile: Any, tmp_path: Path) -> None:
    target = tmp_path / "office.mobileconfig"
    done = profile("build", "good.yaml", "--unsigned", "-o", "office.mobileconfig")
    assert (done.returncode, done.stdout) == (0, b"")
    assert plistlib.loads(target.read_bytes())["PayloadIdentifier"] == "com.example.vpn"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.glob("*mobileconfig*")] == [target.name]


def test_build_replaces_a_file_and_keeps_its_mode_and_the_link_to_it(profile: Any, tmp_path: Path) -> None:
    target = tmp_path / "real.mobileconfig"
    target.write_bytes(b"old")
    target.chmod(0o640)
    (tmp_path / "link").symlink_to(target)
    assert profile("build", "good.yaml", "--unsigned", "-o", "link").returncode == 0
    assert (tmp_path / "link").is_symlink()
    assert target.read_bytes().startswith(b"<?xml")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_build_stops_at_an_error_and_leaves_the_old_file_alone(profile: Any, tmp_path: Path) -> None:
    target = tmp_path / "office.mobileconfig"
    target.write_bytes(b"old")
    done = profile("build", "missing.yaml", "--unsigned", "-o", str(target))
    assert (done.returncode, done.stdout, target.read_bytes()) == (1, b"", b"old")
    assert any(line.startswith("error office/IKEv2.PPK: ") for line in said(done))
    told = "Nothing was built, because of the errors above. Fix them"
    assert said(done)[-1] == f"{told}, or build it as it is with --force."
    assert said(profile("build", "unbuildable.yaml", "--unsigned"))[-1] == f"{told}."


def test_force_builds_in_spite_of_errors_and_still_tells_them(profile: Any) -> None:
    done = profile("build", "missing.yaml", "--unsigned", "--force")
    assert done.returncode == 0
    assert plistlib.loads(done.stdout)["PayloadContent"][0]["IKEv2"]["PPKIdentifier"] == "office"
    assert any(line.startswith("error office/IKEv2.PPK: ") for line in said(done))


def test_force_cannot_build_what_no_profile_can_hold(profile: Any, tmp_path: Path) -> None:
    done = profile("build", "unbuildable.yaml", "--unsigned", "--force", "-o", "never.mobileconfig")
    assert (done.returncode, done.stdout) == (1, b"")
    assert said(done)[-1] == (
        "Not even --force can build this: no profile can hold the value of office/IKEv2.MTU."
    )
    assert not (tmp_path / "never.mobileconfig").exists()


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (".", "is a directory"),
        ("absent/office.mobileconfig", "no such file or directory"),
        ("good.yaml/office.mobileconfig", "not a directory"),
        ("/dev/full", "no space left on device"),
    ],
)
def test_a_target_that_cannot_be_written_is_told_in_one_line(profile: Any, target: str, reason: str) -> None:
    done = profile("build", "good.yaml", "--unsigned", "-o", target)
    assert done.returncode == 1
    assert said(done)[-1] == f"The profile cannot be written to {target}: {reason}."


def test_a_device_is_written_to_and_not_replaced(profile: Any, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert profile("build", "good.yaml", "--unsigned", "-o", "pipe").returncode == 0
        assert os.read(reader, 5) == b"<?xml"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("database", [NOBODY_LISTENS, "sqlite:////proc/nowhere/designer.sqlite3"])
def test_signing_without_a_database_is_told_in_one_line(profile: Any, database: str) -> None:
    done = profile("build", "good.yaml", DATABASE_URL=database)
    assert (done.returncode, done.stdout) == (1, b"")
    told = [line for line in said(done) if not line.startswith(("warning", "advice"))]
    assert len(told) == 1
    assert told[0].startswith("The profile cannot be signed, because the database does not answer")


def test_a_signed_profile_is_accepted_by_openssl(tmp_path: Path) -> None:
    settings = environment(DATA_DIR=str(tmp_path / "var"))
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, "prepare"], env=settings, capture_output=True, timeout=120, check=True)
    (tmp_path / "good.yaml").write_text(GOOD)
    build = [*manage, "profile", "build", str(tmp_path / "good.yaml")]
    signed = subprocess.run(build, env=settings, capture_output=True, timeout=120, check=True).stdout
    unsigned = subprocess.run(
        [*build, "--unsigned"], env=settings, capture_output=True, timeout=120, check=True
    ).stdout
    verify = ["openssl", "cms", "-verify", "-noverify", "-inform", "DER"]
    opened = subprocess.run(verify, input=signed, capture_output=True, timeout=60, check=True).stdout
    assert opened == unsigned

    unknown = subprocess.run(
        [*build, "--sign", "nobody"], env=settings, capture_output=True, text=True, timeout=120, check=False
    )
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr.splitlines()[-1].startswith("There is no signing identity of that name.")
