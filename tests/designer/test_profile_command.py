"""`manage.py profile`: what it prints where, and its exit status, in real processes without database or keys."""

from __future__ import annotations

import json
import os
import plistlib
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.processes import ROOT, environment, without_reader
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
        AuthenticationMethod: SharedSecret
        SharedSecret: 'a "secret" & <more>'
"""
MISSING = GOOD + "        DisconnectOnIdle: 1\n"
UNBUILDABLE = GOOD + "        MTU: large\n"
NO_SPEC = "profiles: {}"


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
    assert set(catalogue) == {"payloads", "envelope"}
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
    assert line.startswith("error office/IKEv2.DisconnectOnIdleTimer: DisconnectOnIdleTimer is missing")


def test_a_problem_stays_on_one_line_even_if_a_key_does_not(profile: Any) -> None:
    done = profile("check", "-", stdin=b'{"profile": {"a\\nb": 1}}')
    assert done.returncode == 1
    lines = said(done)
    assert lines
    assert all(line.split()[0] in ("error", "warning", "advice") for line in lines)


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
        assert set(each) == {"file", "problems"}
        for problem in each["problems"]:
            assert set(problem) == {"severity", "payload", "path", "code", "message"}


def test_json_tells_each_problem_in_full(profile: Any) -> None:
    report = json.loads(profile("check", "missing.yaml", "nospec.yaml", "--json").stdout)
    missing, unreadable = (each["problems"] for each in report["files"])
    (found,) = (problem for problem in missing if problem["severity"] == "error")
    assert (found["payload"], found["path"]) == ("office", "IKEv2.DisconnectOnIdleTimer")
    assert found["code"] == "missing"
    message = "The spec has no key 'profiles'. Did you mean “profile”?"
    assert unreadable == [
        {"severity": "error", "payload": "", "path": "", "code": "unreadable", "message": message}
    ]


def test_several_files_are_told_apart(profile: Any) -> None:
    lines = said(profile("check", "missing.yaml", "nospec.yaml"))
    assert any(line.startswith("missing.yaml: error office/IKEv2.DisconnectOnIdleTimer: ") for line in lines)
    assert "nospec.yaml: The spec has no key 'profiles'. Did you mean “profile”?" in lines


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
    ],
)
def test_wrong_usage_has_status_2_and_shows_the_usage(profile: Any, arguments: list[str]) -> None:
    done = profile(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said(done)[0].startswith("usage: manage.py profile")


def test_the_help_shows_examples_and_the_exit_status(profile: Any) -> None:
    done = profile("--help")
    assert done.returncode == 0
    for expected in ("profile build office.yaml -o office.mobileconfig", "type: vpn-ikev2", "exit status"):
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
    assert any(line.startswith("error office/IKEv2.DisconnectOnIdleTimer: ") for line in said(done))


def test_force_builds_in_spite_of_errors_and_still_tells_them(profile: Any) -> None:
    done = profile("build", "missing.yaml", "--unsigned", "--force")
    assert done.returncode == 0
    assert plistlib.loads(done.stdout)["PayloadContent"][0]["IKEv2"]["DisconnectOnIdle"] == 1
    assert any(line.startswith("error office/IKEv2.DisconnectOnIdleTimer: ") for line in said(done))


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
