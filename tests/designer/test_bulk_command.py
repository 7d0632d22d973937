"""`manage.py profile bulk`: what the pages of a run do, they do from a script, and nothing stays behind."""

from __future__ import annotations

import csv
import io
import plistlib
import signal
import stat
import threading
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.management import CommandError, call_command
from django.db.models.signals import post_save

from designer.management.bulk import output_target, wait
from designer.management.bulk.progress_bar import Bar
from designer.management.bulk.signals import ending_cleanly, held_back
from profiles.models import (
    AuditEntry,
    BulkResult,
    BulkRun,
    HandOut,
    Membership,
    Profile,
    Recipient,
    RecipientState,
    Role,
    RunState,
    User,
)
from profiles.services import hand_outs
from profiles.services.bulk import claims, making, retention, runs
from profiles.services.teams import home
from profiles.signing import authority, cms
from profiles.signing.identity import SigningIdentity as Loaded
from tests.services.bulk.run_samples import (
    COLUMNS,
    UNSIGNED,
    checked,
    content_of,
    damage,
    finished,
    letters,
    people,
    person,
    started,
)
from tests.services.signers import add, chain_pem, openssl_verify
from tests.services.template_samples import declared, join, make_template, save, template_document

SECRET = "in-no-column"
"""What every PIN of the samples holds."""


@pytest.fixture(scope="session")
def signer() -> Loaded:
    """What signs for this server: keys are slow to make, so it is made once."""
    return authority.issue(authority.create_authority("Office CA"), common_name="This server")


@pytest.fixture
def template(alice: User, signer: Loaded) -> Profile:
    """Alice’s, which anybody in her team can fill in."""
    add(None, "This server", signer)
    return make_template(alice)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def bulk(*arguments: str, template: str = "Office VPN", people: str = "people.csv") -> tuple[int, list[str]]:
    """Exit status, and the lines on standard error, in which no PIN ever is."""
    errors = StringIO()
    status: Any = 0
    try:
        call_command("profile", "bulk", template, people, "--as", "alice", *arguments, stderr=errors)
    except SystemExit as end:
        status = end.code
    assert SECRET not in errors.getvalue()
    return status, errors.getvalue().splitlines()


def of_rows(told: Iterable[str]) -> list[str]:
    """The lines but for those that the template of these tests brings into each run."""
    return [line for line in told if not line.startswith("template: warning ")]


def write(
    rows: Iterable[Sequence[str]], columns: Sequence[str] = COLUMNS, *, name: str = "people.csv"
) -> None:
    with Path(name).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows] if columns else rows)


def contents(folder: str = "out") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def mode(path: str | Path) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def nothing_stays() -> bool:
    return not any(model._default_manager.exists() for model in (BulkRun, Recipient, BulkResult, HandOut))


# What is made


def test_everybody_gets_a_signed_file_with_what_is_theirs(
    template: Profile, signer: Loaded, here: Path
) -> None:
    write(people(3, start=10))

    status, told = bulk("-o", "out")

    assert (status, told[-1]) == (0, "Files written to out: 3.")
    files = contents()
    assert sorted(files) == [f"{name}@example.org.mobileconfig" for name in ("ba", "bb", "bc")]
    root = x509.load_pem_x509_certificates(chain_pem(signer))[-1]
    for number, content in zip((10, 11, 12), map(files.__getitem__, sorted(files)), strict=True):
        profile = plistlib.loads(cms.verify(content, trusted=[root]).content)
        ikev2 = profile["PayloadContent"][0]["IKEv2"]
        assert (ikev2["AuthName"], ikev2["AuthPassword"]) == (letters(number), person(number)[1])
        assert profile["PayloadDescription"] == f"Room R{number}"
    sample = files["ba@example.org.mobileconfig"]
    content = openssl_verify(sample, root.public_bytes(Encoding.PEM), here)
    assert content == cms.verify(sample, trusted=[root]).content
    assert mode("out") == 0o700
    assert {mode(path) for path in Path("out").iterdir()} == {0o600}


def test_a_zip_holds_the_same_files(template: Profile) -> None:
    write(people(3))
    assert bulk("-o", "out", "--unsigned")[0] == 0

    status, told = bulk("-o", "people.zip", "--unsigned")

    assert (status, told[-1]) == (0, "Files written to people.zip: 3.")
    with zipfile.ZipFile("people.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == contents()
    assert mode("people.zip") == 0o600
    assert sorted(path.name for path in Path().iterdir()) == ["out", "people.csv", "people.zip"]


def test_files_are_those_that_a_run_on_the_pages_makes_whenever_it_runs(
    alice: User, template: Profile
) -> None:
    on_the_pages = content_of(finished(alice, template, people(3), key="email"))
    write(people(3))

    for folder in ("out", "again"):
        assert bulk("-o", folder, "--unsigned")[0] == 0
        made = {name.removesuffix(".mobileconfig"): text for name, text in contents(folder).items()}
        assert made == on_the_pages


def test_people_whose_keys_make_the_same_name_get_files_of_their_own(template: Profile) -> None:
    write([person(1, room="A/B"), person(2, room="A:B")])

    assert bulk("-o", "out", "--unsigned", "--key", "room")[0] == 0

    assert sorted(contents()) == ["A B-2.mobileconfig", "A B.mobileconfig"]


def test_the_team_and_the_identity_can_be_named(
    alice: User, bob: User, template: Profile, signer: Loaded
) -> None:
    other = authority.issue(authority.create_authority("Elsewhere CA"), common_name="Elsewhere")
    add(bob, "The default", signer)
    add(bob, "Ours", other)
    join(home(bob), alice, Role.HELPER)
    Profile.objects.filter(pk=template.pk).update(visibility="server")
    write(people(1))

    status, _ = bulk("-o", "out", "--team", home(bob).name, "--sign", "Ours")

    assert status == 0
    (content,) = contents().values()
    assert cms.verify_signature(content).signer == other.certificate
    assert AuditEntry.objects.filter(team_id=home(bob).pk, event="bulk run finished").exists()


def test_a_template_is_named_by_its_id_too(alice: User, template: Profile) -> None:
    make_template(alice)
    write(people(1))

    assert bulk("-o", "out", "--unsigned")[1][-1].startswith("Several templates are called 'Office VPN'.")
    assert bulk("-o", "out", "--unsigned", template=str(template.pk))[0] == 0


# Nothing stays


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["-o", "out"], 0),
        (["-o", "people.zip", "--unsigned"], 0),
        (["--check"], 0),
        (["-o", "out", "--map", "user=nothing"], 2),
        (["-o", "out", "--map", "pin="], 2),
        (["-o", "/dev/full", "--links"], 1),
    ],
)
def test_nothing_stays_on_the_server_whatever_the_end(
    template: Profile, arguments: list[str], status: int
) -> None:
    write(people(3))

    assert bulk(*arguments)[0] == status

    assert nothing_stays()


def test_the_audit_log_tells_who_did_it_from_where(template: Profile) -> None:
    write(people(2))
    before = AuditEntry.objects.count()

    assert bulk("-o", "out", "--unsigned")[0] == 0

    told = list(AuditEntry.objects.order_by("at", "id").values_list("event", "actor", "address"))[before:]
    events = ("started", "finished", "results of a bulk run downloaded", "deleted")
    names = [event if " " in event else f"bulk run {event}" for event in events]
    assert told == [(name, "alice", "command line") for name in names]


# Rows that are wrong

BAD = [person(1), person(2, user="UPPER"), person(3), person(1), person(4, email="nobody")]
REASONS = [
    "row 3: User name is not of the form that the template asks for (Small letters and dots). Correct it.",
    "row 5: An earlier row has the same “email”. Everybody is in the list once.",
    "row 6: “email” is no e-mail address. Write it as user@example.org.",
]


def test_wrong_rows_are_told_and_then_nothing_is_made(template: Profile) -> None:
    write(BAD)

    status, told = bulk("-o", "out")

    assert status == 1
    assert told[-4:-1] == REASONS
    assert told[-1] == (
        "3 of 5 rows are wrong, so nothing was made. Correct them, or leave them out with --skip-bad."
    )
    assert not Path("out").exists()
    assert nothing_stays()


def test_errors_of_the_template_are_told_once_and_then_those_of_rows_alone(
    alice: User, template: Profile
) -> None:
    save(alice, template, MTU=5)
    write([*people(3), person(3, user="Bad")])
    told = [
        "template: error tunnel 0/IKEv2.MTU: MTU is 5, but the least allowed is 1280 bytes.",
        "row 5: User name is not of the form that the template asks for (Small letters and dots). Correct it.",
    ]
    end = "4 of 4 rows are wrong"

    status, lines = bulk("-o", "out", "--unsigned")

    doubts = [line for line in lines if line.startswith("template: warning ")]
    assert (status, len(lines)) == (1, 4 + len(doubts))
    assert lines[1].startswith(told[0])
    assert lines[2:] == [*doubts, told[1], f"{end}, so nothing was made. Correct the template first."]
    assert not Path("out").exists()
    assert bulk("--check")[1][1:] == [lines[1], *doubts, told[1], f"{end}."]


def test_wrong_rows_can_be_left_out(template: Profile) -> None:
    write(BAD)

    status, told = bulk("-o", "out", "--skip-bad", "--unsigned")

    assert (status, told[-2:]) == (0, ["Rows left out: 3 of 5.", "Files written to out: 2."])
    assert [line for line in told if line.startswith("row ")] == REASONS
    assert sorted(contents()) == ["b@example.org.mobileconfig", "d@example.org.mobileconfig"]


def test_a_check_only_tells(template: Profile) -> None:
    write(BAD)
    status, told = bulk("--check", "--skip-bad", "-o", "out")
    assert (status, told[-4:]) == (1, [*REASONS, "3 of 5 rows are wrong."])

    write(people(2))
    assert of_rows(bulk("--check", "--quiet")[1]) == []
    assert bulk("--check")[1][-1] == "All rows are right: 2."
    assert not Path("out").exists()
    assert not AuditEntry.objects.filter(event="bulk run started").exists()


def test_rows_with_warnings_are_told_and_made_all_the_same(template: Profile) -> None:
    write([person(1), person(2, pin="CHANGEME"), person(3, room="{{room}}")])
    warnings = [
        "row 3: warning IKEv2.AuthPassword: The text looks like a placeholder that nobody filled in.",
        "row 4: warning PayloadDescription: {{room}} reaches the device as it stands",
    ]

    status, told = bulk("--check", "--wrong", "wrong.csv")

    lines = [line for line in told if line.startswith("row ")]
    assert status == 0
    assert [line.startswith(start) for line, start in zip(lines, warnings, strict=True)] == [True, True]
    assert told[-1] == "All rows can be made: 3; 2 rows with warnings."
    _, *rows = csv.reader(io.StringIO(Path("wrong.csv").read_text(encoding="utf-8-sig")))
    assert [row[:2] for row in rows] == [line.removeprefix("row ").split(": ", 1) for line in lines]
    assert bulk("--check", "--quiet")[1][-2:] == lines

    status, told = bulk("-o", "out", "--unsigned")
    assert (status, [line for line in told if line.startswith("row ")]) == (0, lines)
    assert len(contents()) == 3


def test_warnings_of_the_template_are_told_once(template: Profile) -> None:
    write(people(3))
    _, told = bulk("--check")
    assert len([line for line in told if "Add a last rule without conditions." in line]) == 1
    assert told[-1] == "All rows are right: 3."


def test_wrong_rows_are_kept_to_be_corrected_and_brought_again(template: Profile) -> None:
    write(BAD)
    assert bulk("--check", "--wrong", "wrong.csv")[0] == 1
    text = Path("wrong.csv").read_text(encoding="utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert header == ["row", "reason", *COLUMNS]
    assert [row[:2] for row in rows] == [line.removeprefix("row ").split(": ", 1) for line in REASONS]
    assert [row[2:] for row in rows] == [BAD[1], BAD[3], BAD[4]]
    assert mode("wrong.csv") == 0o600

    mended = text.replace("UPPER", "upper").replace("nobody", "e@example.org")
    Path("mended.csv").write_text(mended, encoding="utf-8")
    assert bulk("-o", "out", "--unsigned", people="mended.csv")[0] == 0
    assert len(contents()) == 3


def test_where_nothing_is_wrong_the_file_says_so(template: Profile) -> None:
    write(people(1))

    # It is written after the check, and once more after the making.
    assert bulk("-o", "out", "--unsigned", "--wrong", "wrong.csv")[0] == 0

    (header,) = csv.reader(io.StringIO(Path("wrong.csv").read_text(encoding="utf-8-sig")))
    assert header == ["row", "reason", *COLUMNS]


def test_a_file_of_wrong_rows_that_is_there_is_replaced_with_force_alone(template: Profile) -> None:
    write(BAD)
    Path("wrong.csv").write_text("of yesterday")

    assert bulk("--check", "--wrong", "wrong.csv") == (
        1,
        ["wrong.csv is there already. Name another place, or replace what is there with --force."],
    )
    assert Path("wrong.csv").read_text() == "of yesterday"

    assert bulk("--check", "--wrong", "wrong.csv", "--force")[1][-1] == "3 of 5 rows are wrong."
    assert "of yesterday" not in Path("wrong.csv").read_text()


def test_a_file_of_wrong_rows_that_appears_meanwhile_is_not_replaced(here: Path) -> None:
    file = output_target.File("wrong.csv", force=False)
    file.check()
    (here / "wrong.csv").write_bytes(b"theirs")

    with pytest.raises(CommandError, match=r"wrong\.csv cannot be written: file exists\."):
        file.take([b"ours"])
    assert (here / "wrong.csv").read_bytes() == b"theirs"


@pytest.mark.parametrize("name", ["people.csv", "./people.csv", "symbolic.csv", "hard.csv"])
def test_wrong_rows_never_replace_the_list_itself(template: Profile, here: Path, name: str) -> None:
    write(BAD)
    Path("symbolic.csv").symlink_to("people.csv")
    Path("hard.csv").hardlink_to("people.csv")
    before = Path("people.csv").read_bytes()
    sentence = (
        "--wrong names the list itself, of which nothing but the wrong rows would be left. Name another file."
    )

    for force in ([], ["--force"]):
        assert bulk("--check", "--wrong", name, *force) == (2, [sentence])
    assert Path("people.csv").read_bytes() == before


def test_wrong_rows_never_replace_a_list_that_comes_by_standard_input(
    template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(BAD)
    with Path("people.csv").open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        status, (told,) = bulk("--check", "--wrong", "people.csv", "--force", people="-")

    assert (status, told[:29]) == (2, "--wrong names the list itself")


def test_wrong_rows_can_go_to_a_device_that_the_list_comes_from(
    template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("/dev/null").open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        told = bulk("--check", "--wrong", "/dev/null", people="-")[1]

    assert told == ["The list is empty. Give it a row for each person."]


def test_a_list_that_is_all_wrong_makes_nothing_even_if_wrong_rows_may_be_left_out(template: Profile) -> None:
    write([person(1, user="UPPER")])

    status, told = bulk("-o", "out", "--skip-bad")

    assert (status, told[-1]) == (1, "No row is right, so nothing was made.")
    assert not Path("out").exists()


@pytest.fixture
def damaging(template: Profile) -> Iterable[None]:
    """What the database holds of one person is damaged after the check."""

    def on_start(instance: BulkRun, **about: Any) -> None:
        if instance.state == RunState.RUNNING:
            damage(instance.recipients.order_by("row")[1])

    post_save.connect(on_start, sender=BulkRun)
    yield
    post_save.disconnect(on_start, sender=BulkRun)


def test_what_cannot_be_made_is_told_and_then_nothing_is_written(damaging: None) -> None:
    write(people(3))

    status, told = bulk("-o", "out", "--unsigned")

    assert (status, told[-1]) == (1, "1 of 3 could not be made, so nothing was written.")
    assert told[-2].startswith("row 3: ")
    assert not Path("out").exists()
    assert nothing_stays()


def test_what_cannot_be_made_can_be_left_out(damaging: None) -> None:
    write(people(3))

    status, told = bulk("-o", "out", "--unsigned", "--skip-bad")

    assert (status, told[-2:]) == (0, ["Rows left out: 1 of 3.", "Files written to out: 2."])
    assert len(contents()) == 2


# Columns


def answers_in(content: bytes) -> tuple[str, str, str]:
    """User, domain and PIN of an unsigned file."""
    ikev2 = plistlib.loads(content)["PayloadContent"][0]["IKEv2"]
    name, _, domain = ikev2["LocalIdentifier"].partition("@")
    return name, domain, ikev2["AuthPassword"]


def test_columns_are_named_by_name_or_number_whatever_the_guess(template: Profile) -> None:
    columns = ["who", "user", "code", "site", "mail", "key"]
    write([["carol", "wrong", "c-in-no-column", "vpn.example.net", "carol@example.org", "0815"]], columns)

    status, told = bulk(
        *("-o", "out", "--unsigned", "--map", "user=WHO", "--map", "pin=3", "--map", "domain=site"),
        *("--key", "6", "--email", "Mail"),
    )

    assert status == 0, told
    ((name, content),) = contents().items()
    assert name == "0815.mobileconfig"
    assert answers_in(content) == ("carol", "vpn.example.net", "c-in-no-column")


def test_a_variable_or_the_email_can_come_from_no_column(template: Profile) -> None:
    write([[*person(1), "vpn.example.net"]], [*COLUMNS, "domain"])
    assert bulk("-o", "out", "--unsigned", "--map", "domain=")[0] == 0
    ((_, content),) = contents().items()
    assert answers_in(content)[1] == "example.com"

    rows = [person(number, email="none" if number == 1 else f"x{number}@example.org") for number in range(9)]
    write(rows)
    assert bulk("--check")[1][-2].startswith("row 3: “email” is no e-mail address.")
    assert bulk("--check", "--email", "")[0] == 0


def test_the_first_row_is_what_is_said(template: Profile) -> None:
    write(people(2), [])
    numbers = ("--map", "user=1", "--map", "pin=2", "--unsigned")

    assert bulk("-o", "two", "--header", "no", *numbers)[1][-1] == "Files written to two: 2."
    assert bulk("-o", "one", "--header", "yes", *numbers)[1][-1] == "Files written to one: 1."


def test_a_first_row_with_names_of_variables_is_no_person(template: Profile) -> None:
    write([["p-in-no-column", "R1", "carol"]], ["PIN", "Room", "Somebody"])

    assert bulk("-o", "out", "--unsigned", "--map", "user=3")[1][-1] == "Files written to out: 1."


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--map", "user=nothing"],
            "The list has no column 'nothing'. The columns are “user”, “pin”, “room”, “email”.",
        ),
        (
            ["--key", "5"],
            "The list has no column '5'. The columns are “user”, “pin”, “room”, “email”.",
        ),
        (["--email", "0"], "The list has no column '0'. The columns are “user”, “pin”, “room”, “email”."),
        (["--map", "colour=room"], "The template has no variable 'colour'. Leave it out."),
        (["--map", "user="], "User name comes from no column, and has no default. Choose its column."),
        (
            ["--key", "pin"],
            "The column that tells people apart is shown in lists, but this one is a secret. Choose another.",
        ),
    ],
)
def test_columns_that_do_not_fit_are_told_with_status_2(
    template: Profile, arguments: list[str], sentence: str
) -> None:
    write(people(2))

    status, (told,) = bulk("-o", "out", *arguments)

    assert status == 2
    assert told.startswith(sentence)
    assert "“user”, “pin”, “room”, “email”" in told
    assert not Path("out").exists()


def test_files_are_not_named_after_a_column_that_nobody_chose(template: Profile) -> None:
    write([[person(1)[1], "ann"], [person(2)[1], "bob"]], ["Passcode", "Login"])
    matched = ("--unsigned", "--map", "user=Login", "--map", "pin=Passcode")

    status, (told,) = bulk("-o", "out", *matched)
    assert status == 2
    assert told == (
        "Nothing says which column tells people apart and names their files. Name it with --key. "
        "The columns are “Passcode”, “Login”."
    )
    assert not Path("out").exists()
    assert nothing_stays()

    assert bulk("-o", "out", *matched, "--key", "Login")[0] == 0
    assert sorted(contents()) == ["ann.mobileconfig", "bob.mobileconfig"]


def test_a_long_list_of_columns_is_cut_short(template: Profile) -> None:
    write([["x"] * 30], [f"c{number}" for number in range(30)])

    _, (told,) = bulk("-o", "out", "--header", "yes")

    assert told.endswith("“c18”, “c19” and 10 more.")


# What cannot be done


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "The list cannot be read: no such file or directory."),
        (b"", "The list is empty. Give it a row for each person."),
        (b"user,pin\n", "The list has a header, but no row below it. Add a row for each person."),
        (b"PK\x03\x04", "This is a workbook, not a list as text."),
        (b'user,pin\n"a,b', "In line 2 a cell begins with a quotation mark that is never closed."),
        (b"user\n" * 6_500_000, "The list is larger than 32 MB."),
    ],
    ids=["absent", "empty", "header alone", "workbook", "quotation mark", "too large"],
)
def test_a_list_that_cannot_be_read_is_told_with_status_2(
    template: Profile, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        Path("people.csv").write_bytes(content)

    status, (told,) = bulk("-o", "out")

    assert status == 2
    assert told.startswith(sentence)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Nothing says where to write. Name a place with -o."),
        (["-o", ""], "Nothing says where to write. Name a place with -o."),
        (
            ["-o", "x", "--links", "--unsigned"],
            "Profiles from links are always signed. Leave out --unsigned.",
        ),
        (["-o", "x", "--days", "7"], "--days is for links. Add --links, or leave it out."),
        (["-o", "x", "--once"], "--once is for links. Add --links, or leave it out."),
        (["-o", "-", "--wrong", "-"], "Two things cannot both go to standard output. Name a file."),
    ],
)
def test_options_that_contradict_each_other_are_told_with_status_2(
    template: Profile, arguments: list[str], sentence: str
) -> None:
    write(people(1))

    assert bulk(*arguments) == (2, [sentence])


@pytest.mark.parametrize(
    "arguments",
    [
        ["-o", "x", "--map", "user"],
        ["-o", "x", "--header", "maybe"],
        ["-o", "x", "--jobs", "0"],
        ["-o", "x", "--jobs", "many"],
        ["-o", "x", "--links", "--days", "8"],
        ["-o", "x", "--sign", "me", "--unsigned"],
    ],
    ids=" ".join,
)
def test_options_that_cannot_be_are_refused_by_the_parser(template: Profile, arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="argument "):
        bulk(*arguments)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--as", "carol"], "There is no active account 'carol'."),
        (["--team", "Nobody's"], 'alice is in no team called "Nobody\'s".'),
        (["--sign", "nobody"], "There is no signing identity of that name. The page “Signing” lists them."),
    ],
)
def test_names_of_nothing_are_told(template: Profile, arguments: list[str], sentence: str) -> None:
    write(people(1))

    assert bulk("-o", "out", *arguments) == (1, [sentence])


def test_a_template_that_is_not_there_or_has_no_variables_is_told(alice: User, template: Profile) -> None:
    write(people(1))
    assert bulk("-o", "out", template="Home VPN") == (
        1,
        ["No template is called 'Home VPN'. `template list` shows them all."],
    )

    make_template(alice, document=declared(template_document(name="Plain"), variables=()))
    status, (told,) = bulk("-o", "out", template="Plain")
    assert (status, told[:23]) == (2, "“Plain” has no variable")
    assert nothing_stays()


def test_the_role_decides(alice: User, bob: User, template: Profile) -> None:
    Membership.objects.filter(user=alice).update(role=Role.VIEWER)
    write(people(1))

    status, (told,) = bulk("-o", "out")

    assert status == 1
    assert told.startswith("Your role in this team does not allow you to download profiles or hand them out.")
    assert nothing_stays()


def test_a_server_with_nothing_to_sign_with_is_told_at_once(alice: User) -> None:
    make_template(alice)
    write(people(1))

    status, told = bulk("-o", "out")

    assert status == 1
    assert told == ["There is no identity to sign with. Run `python manage.py prepare`, or add one."]
    assert bulk("-o", "out", "--unsigned")[0] == 0


# Where it goes


def test_files_that_are_there_are_replaced_with_force_alone(template: Profile) -> None:
    write(people(3))
    Path("out").mkdir(mode=0o755)
    for name in ("a@example.org.mobileconfig", "b@example.org.mobileconfig", "notes.txt"):
        (Path("out") / name).write_bytes(b"mine")
    (Path("out") / "c@example.org.mobileconfig").symlink_to("notes.txt")

    status, told = bulk("-o", "out", "--unsigned")
    assert status == 1
    assert told[-1] == (
        "out holds a@example.org.mobileconfig and 2 other files already. "
        "Name another place, or replace what is there with --force."
    )
    assert set(contents().values()) == {b"mine"}
    assert not AuditEntry.objects.filter(event="bulk run started").exists()

    assert bulk("-o", "out", "--unsigned", "--force")[0] == 0
    files = contents()
    assert files.pop("notes.txt") == b"mine"
    assert all(text.startswith(b"<?xml") for text in files.values())
    assert {mode(Path("out") / name) for name in files} == {0o600}
    assert (len(files), mode("out")) == (3, 0o755)


@pytest.mark.parametrize("arguments", [["-o", "x.zip", "--unsigned"], ["-o", "x.zip", "--links"]])
def test_a_file_that_is_there_is_replaced_with_force_alone(template: Profile, arguments: list[str]) -> None:
    write(people(1))
    Path("x.zip").write_bytes(b"mine")

    assert bulk(*arguments) == (
        1,
        ["x.zip is there already. Name another place, or replace what is there with --force."],
    )
    assert Path("x.zip").read_bytes() == b"mine"

    assert bulk(*arguments, "--force")[0] == 0
    assert Path("x.zip").read_bytes() != b"mine"
    assert mode("x.zip") == 0o600


def test_a_file_that_appears_meanwhile_is_not_replaced(here: Path) -> None:
    def files() -> Iterable[tuple[str, bytes]]:
        yield "first", b"ours"
        (here / "out" / "second").write_bytes(b"theirs")
        yield "second", b"ours"

    folder = output_target.Folder("out", force=False)
    folder.require_free(["first", "second"])
    with pytest.raises(CommandError, match=r"file exists\. It holds 1 of the files."):
        folder.take(files())
    assert contents() == {"first": b"ours", "second": b"theirs"}


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("people.csv", "people.csv is no folder. Name a folder, or a file that ends in .zip."),
        ("absent/out", "absent/out cannot be written: there is no folder "),
        ("absent/out.zip", "absent/out.zip cannot be written: there is no folder "),
        ("/proc/out", "/proc/out cannot be written: no such file or directory. It holds 0 of the files."),
    ],
)
def test_a_place_that_cannot_be_written_is_told(template: Profile, place: str, sentence: str) -> None:
    write(people(1))

    status, told = bulk("-o", place, "--unsigned")

    assert status == 1
    assert told[-1].startswith(sentence)
    assert nothing_stays()


def test_half_a_zip_is_no_zip(here: Path) -> None:
    def pieces() -> Iterable[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        output_target.File("x.zip", force=False).take(pieces())
    assert not list(here.iterdir())


# Links


def test_links_are_written_as_a_table_and_work(template: Profile) -> None:
    write(people(2))

    status, told = bulk("-o", "links.csv", "--links", "--days", "30", "--once")

    assert status == 0
    text = Path("links.csv").read_text(encoding="utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text)))
    assert [(row["name"], row["email"]) for row in found] == [(f"{n}@example.org",) * 2 for n in "ab"]
    for number, row in enumerate(found):
        link = hand_outs.find(row["link"].rsplit("/", 1)[1])
        assert link.works_once
        assert round((link.expires_at - link.created_at) / timedelta(days=1)) == 30
        assert answers_of(hand_outs.file_of(link).content) == (letters(number), person(number)[1])
    assert mode("links.csv") == 0o600
    run = BulkRun.objects.get()
    assert told[-2:] == [
        "Links written to links.csv: 2.",
        f"The links work for as long as their run is there: http://127.0.0.1:8000/runs/{run.pk}",
    ]


def answers_of(signed: bytes) -> tuple[str, str]:
    name, _, pin = answers_in(cms.unwrap(signed))
    return name, pin


def test_links_that_nobody_got_do_not_work(template: Profile) -> None:
    write(people(2))

    status, told = bulk("-o", "/dev/full", "--links")

    assert (status, told[-1]) == (1, "/dev/full cannot be written: no space left on device.")
    assert nothing_stays()


# Progress


def test_progress_is_a_few_lines_where_there_is_no_terminal(template: Profile) -> None:
    write(people(3))

    _, told = bulk("-o", "out", "--unsigned")

    assert [line.rsplit(" in ", 1)[0] for line in of_rows(told)] == [
        "Checking: 3 rows",
        "Making: 3 rows",
        "Writing: 3 files",
        "Files written to out: 3.",
    ]
    status, told = bulk("-o", "more", "--unsigned", "--quiet")
    assert (status, of_rows(told)) == (0, [])


def test_what_takes_long_says_so_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("designer.management.bulk.progress_bar.EVERY", 0)

    with Bar(told.append).phase("Making", 2000, "rows") as update:
        update(1200)
        update(2000)

    assert told[:1] == ["Making: 1,200 of 2,000 rows"]
    assert told[-1].startswith("Making: 2,000 rows in 0.")


# Others, meanwhile


@pytest.fixture
def by_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever works looks up after each chunk."""
    monkeypatch.setattr(wait, "TURN", 0)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (runs.pause, "Somebody has halted the run on its page meanwhile."),
        (retention.delete, "Somebody has deleted the run on its page meanwhile."),
    ],
    ids=["paused", "deleted"],
)
def test_a_run_that_others_end_is_given_up(
    alice: User, template: Profile, by_chunks: None, act: Callable[..., Any], sentence: str
) -> None:
    run = started(alice, template, people(making.SIZE + 50))
    seen: list[int] = []

    def update(past: int) -> None:
        seen.append(past)
        act(actor=alice, run=run)

    with pytest.raises(CommandError) as refusal:
        wait.work_through(run, RunState.FINISHED, update)

    assert (str(refusal.value), seen) == (sentence, [making.SIZE])


def test_why_a_run_was_halted_is_told(alice: User, template: Profile) -> None:
    run = started(alice, template, people(1), UNSIGNED)
    Membership.objects.filter(user=alice).update(role=Role.VIEWER)

    with pytest.raises(CommandError, match="Whoever started this may not hand out profiles any more"):
        wait.work_through(run, RunState.FINISHED, lambda past: None)


def test_what_never_moves_is_given_up(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wait, "PATIENCE", 0.3)
    run = checked(alice, template, people(1))
    run = runs.start(actor=alice, run=run, wish=UNSIGNED)
    # A worker has it in hand, and never comes back.
    claims.take(run, RecipientState.READY, 10)

    with pytest.raises(CommandError, match="Nothing has moved for"):
        wait.work_through(run, RunState.FINISHED, lambda past: None)


def test_a_run_that_is_deleted_between_two_steps_is_told(alice: User, template: Profile) -> None:
    write(people(1))
    seen: list[Any] = []

    def on_save(instance: BulkRun, **about: Any) -> None:
        if instance.state == RunState.CHECKED and not seen:
            seen.append(instance.pk)
            retention.delete(actor=alice, run=instance)

    post_save.connect(on_save, sender=BulkRun)
    status, told = bulk("-o", "out")
    post_save.disconnect(on_save, sender=BulkRun)

    assert (status, told[-1]) == (1, "Somebody has deleted the run on its page meanwhile.")


def test_whoever_stops_it_waits_until_the_list_is_stored() -> None:
    stored: list[int] = []

    def store() -> None:
        with ending_cleanly(), held_back():
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
            stored.append(1)

    with pytest.raises(SystemExit) as end:
        store()
    assert (end.value.code, stored) == (143, [1])


def test_whoever_wants_it_to_outlive_the_terminal_gets_that() -> None:
    main, before = threading.main_thread().ident or 0, signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with ending_cleanly():
        signal.pthread_kill(main, signal.SIGHUP)

    assert signal.signal(signal.SIGHUP, before) is signal.SIG_IGN
