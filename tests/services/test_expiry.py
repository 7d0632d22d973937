"""Certificates that end: who is told, when, by whom, and how often; e-mails go to a real server."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from profiles.models import (
    AuditEntry,
    Certificate,
    ExpiryNotice,
    LocalAuthority,
    Membership,
    Role,
    SigningIdentity,
    Team,
    User,
)
from profiles.services import certificates, expiry, signing, teams
from profiles.services.teams import home
from profiles.signing.identity import SigningIdentity as Loaded
from tests.processes import ROOT, environment, free_port
from tests.services.signers import add
from tests.signing.making import DAY, NOW, certificate, pem

END = NOW + 100 * DAY
KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def server_rows() -> list[LocalAuthority | SigningIdentity]:
    """What the server made first; its keys take seconds to make."""
    return []


@pytest.fixture(autouse=True)
def server(db: None, server_rows: list[LocalAuthority | SigningIdentity]) -> SigningIdentity:
    """The identity that the server has made for itself."""
    if server_rows:
        for row in server_rows:
            row.save(force_insert=True)
    else:
        signing.ensure_local_identity()
        server_rows += [LocalAuthority.objects.get(), SigningIdentity.objects.get()]
    return SigningIdentity.objects.get()


def keep(owner: User, name: str = "Office CA", end: datetime = END) -> Certificate:
    """A certificate in the library of their team."""
    made = certificate(name, KEY, authority=True, end=end)
    return certificates.add(actor=owner, team=home(owner), data=pem(made), name=name).entries[0]


def signer(owner: User | None, name: str, issued: Loaded, end: datetime = END) -> SigningIdentity:
    """A signing identity of their team, or of the server, that ends then, whatever its certificate says."""
    row = add(owner, name, issued)
    SigningIdentity.objects.filter(pk=row.pk).update(not_after=end)
    return row


def log_of(team: Team) -> list[tuple[str, str, str]]:
    """Who, which and what, oldest first, of what the audit log says of ends."""
    found = AuditEntry.objects.filter(team_id=team.pk, event="certificate ends soon").order_by("pk")
    return list(found.values_list("actor", "name", "detail"))


def warned(days_before: Sequence[float]) -> list[int]:
    """How many notices there are that many days before END."""
    return [expiry.warn(at=END - days * DAY) for days in days_before]


# --- When ------------------------------------------------------------------------------------------------------------


def test_each_step_is_told_once(alice: User) -> None:
    keep(alice)
    moments = {
        30.1: 0,
        30: 1,
        29: 0,
        14.5: 0,
        13.5: 1,
        13: 0,
        7: 1,
        6: 0,
        1: 1,
        0.5: 0,
        -0.1: 1,
        -1: 0,
        -400: 0,
    }

    assert warned(list(moments)) == list(moments.values())
    assert [detail.partition(",")[0] for _, _, detail in log_of(home(alice))] == [
        "ends in 30 days",
        "ends in 13 days",
        "ends in 7 days",
        "ends in 1 day",
        "ended",
    ]


@pytest.mark.parametrize(
    ("days", "told", "noted"),
    [
        (29, "ends in 29 days", [30]),
        (0.5, "ends in less than a day", [30, 14, 7, 1]),
        (-9, "ended", [30, 14, 7, 1, 0]),
    ],
    ids=["in time", "late", "too late"],
)
def test_of_several_steps_that_were_missed_the_nearest_alone_is_told(
    alice: User, days: float, told: str, noted: list[int]
) -> None:
    keep(alice)

    assert warned([days, days]) == [1, 0]
    ((_, _, detail),) = log_of(home(alice))
    assert detail.startswith(f"{told}, ")
    assert list(ExpiryNotice.objects.order_by("-days").values_list("days", flat=True)) == noted


def test_a_clock_that_was_set_back_tells_nothing_again(alice: User) -> None:
    keep(alice)

    assert warned([5, 12, 25, 0.5]) == [1, 0, 0, 1]


def test_what_is_renewed_is_told_anew_by_its_new_fingerprint(alice: User) -> None:
    old = keep(alice)
    assert warned([10]) == [1]

    certificates.remove(actor=alice, certificate_id=old.pk)
    keep(alice, end=END + 300 * DAY)
    assert warned([9, -290, -299.5]) == [0, 1, 1]
    assert ExpiryNotice.objects.values("fingerprint").distinct().count() == 2


# --- Who -------------------------------------------------------------------------------------------------------------


def test_the_log_says_that_this_server_told_which_ends_when(alice: User, issued: Loaded) -> None:
    signer(alice, "Signer", issued)
    day = f"{END.day} "

    warned([12])

    ((who, name, detail),) = log_of(home(alice))
    assert (who, name) == ("this server", "Signer")
    assert detail.startswith(f"ends in 12 days, {day}")


def test_an_identity_in_the_library_that_also_signs_is_told_once(alice: User, issued: Loaded) -> None:
    signer(alice, "Signer", issued)
    row = keep(alice)
    Certificate.objects.filter(pk=row.pk).update(
        fingerprint=SigningIdentity.objects.get(name="Signer").fingerprint
    )

    assert warned([12, 12]) == [1, 0]
    assert [name for _, name, _ in log_of(home(alice))] == ["Signer"]


def test_each_team_that_has_it_is_told_and_no_other(alice: User, bob: User) -> None:
    shared = pem(certificate("Office CA", KEY, authority=True, end=END))
    for owner in (alice, bob):
        certificates.add(actor=owner, team=home(owner), data=shared)
    other = teams.create(actor=bob, name="Without")

    assert warned([12, 12]) == [2, 0]
    assert [len(log_of(team)) for team in (home(alice), home(bob), other)] == [1, 1, 0]


def test_a_team_that_everybody_left_is_not_told(alice: User) -> None:
    keep(alice)
    Membership.objects.all().delete()

    assert warned([12]) == [0]
    assert not ExpiryNotice.objects.exists()


def test_the_logs_of_the_server_say_which_without_what_people_typed(
    alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    row = keep(alice, name="typed by a person")

    warned([12])

    (record,) = [each for each in caplog.records if each.name == "profiles.services.expiry"]
    assert record.levelno == logging.WARNING
    line = f"The certificate {row.fingerprint} of team {row.team_id} ends in 12 days."
    assert record.getMessage() == line


# --- The server's own ------------------------------------------------------------------------------------------------


def test_the_server_renews_its_own_and_tells_nobody(alice: User, server: SigningIdentity) -> None:
    SigningIdentity.objects.update(not_after=NOW + 29 * DAY)

    assert expiry.warn() == 0
    renewed = SigningIdentity.objects.get()
    assert renewed.fingerprint != server.fingerprint
    assert renewed.not_after > NOW + 700 * DAY


def test_what_the_server_was_given_is_in_its_logs_each_time_and_in_no_team_s(
    alice: User, issued: Loaded, caplog: pytest.LogCaptureFixture
) -> None:
    row = signer(None, "Bought", issued)
    home(alice)

    assert warned([31, 12, 11]) == [0, 0, 0]
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [
        f"The certificate {row.fingerprint} of this server's own identities ends in {days} days."
        for days in (12, 11)
    ]
    assert log_of(home(alice)) == []


def test_teams_are_told_even_if_the_server_cannot_renew_its_own(
    alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    keep(alice)
    SigningIdentity.objects.update(not_after=NOW + DAY)
    LocalAuthority.objects.update(sealed=b"damaged")

    assert warned([12]) == [1]
    assert any("could not be renewed" in record.getMessage() for record in caplog.records)


# --- At once ---------------------------------------------------------------------------------------------------------

WARNER = """
import sys, django
django.setup()
from datetime import datetime
from profiles.services import expiry
print("ready", flush=True)
for line in sys.stdin:
    print(expiry.warn(at=datetime.fromisoformat(line.strip())), flush=True)
"""


class Post:
    """A mail server that keeps what it takes, and refuses who is called so."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Sequence[str]
    ) -> str:
        if address.startswith("refused"):
            return "550 No such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.taken += [(address, message) for address in envelope.rcpt_tos]
        return "250 OK"

    @property
    def addresses(self) -> list[str]:
        """Whom it has e-mails for."""
        return [address for address, _ in self.taken]

    def text(self, address: str) -> str:
        """The one e-mail for that address."""
        (message,) = [message for to, message in self.taken if to == address]
        return str(message.get_content())


@pytest.fixture
def post(settings: Settings) -> Iterator[Post]:
    """A mail server on loopback, which the designer uses."""
    received = Post()
    server = Controller(received, hostname="127.0.0.1", port=free_port())
    server.start()
    _use(settings, server.port)
    yield received
    server.stop()


def _use(settings: Any, port: int) -> None:
    settings.EMAIL_ENABLED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


def test_two_processes_at_once_tell_each_step_of_each_certificate_once(
    transactional_db: None, post: Post, alice: User
) -> None:
    number = 20
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    for index in range(number):
        keep(alice, f"CA {index}")
    warners = [_warner(django_settings.EMAIL_PORT) for _ in range(2)]
    try:
        assert [_answer(warner) for warner in warners] == ["ready", "ready"]
        for days in (29, 13, 6, 0.5, -1):
            for warner in warners:
                _tell(warner, (END - days * DAY).isoformat())
            assert sum(int(_answer(warner)) for warner in warners) == number
    finally:
        for warner in warners:
            warner.communicate(timeout=20)

    assert [warner.returncode for warner in warners] == [0, 0]
    assert len(log_of(home(alice))) == ExpiryNotice.objects.count() == 5 * number
    lines = [line for _, mail in post.taken for line in mail.get_content().splitlines() if "“CA" in line]
    assert len(lines) == len(set(lines)) == 5 * number


def _warner(port: int) -> subprocess.Popen[str]:
    database = connection.settings_dict
    url = (
        f"sqlite:///{database['NAME']}"
        if connection.vendor == "sqlite"
        else "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    )
    return subprocess.Popen(
        [sys.executable, "-c", WARNER],
        cwd=ROOT,
        env=environment(
            DATABASE_URL=url,
            ENCRYPTION_KEYS=django_settings.ENCRYPTION_KEYS,
            SECRET_KEY=django_settings.SECRET_KEY,
            DATA_DIR=str(django_settings.DATA_DIR),
            EMAIL_URL=f"smtp://127.0.0.1:{port}",
        )
        | {"DJANGO_SETTINGS_MODULE": "designer.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _tell(warner: subprocess.Popen[str], line: str) -> None:
    assert warner.stdin
    warner.stdin.write(f"{line}\n")
    warner.stdin.flush()


def _answer(warner: subprocess.Popen[str]) -> str:
    assert warner.stdout
    return warner.stdout.readline().strip()


# --- By e-mail -------------------------------------------------------------------------------------------------------


def with_address(user: User, address: str) -> User:
    User.objects.filter(pk=user.pk).update(email=address)
    return user


def test_an_owner_gets_one_e_mail_with_all_that_ends_in_all_their_teams(
    post: Post, alice: User, issued: Loaded, settings: Settings
) -> None:
    with_address(alice, "alice@example.com")
    signer(alice, "Signer", issued)
    keep(alice, "Büro 東京")
    lab = teams.create(actor=alice, name="Lab")
    data = pem(certificate("Lab CA", KEY, authority=True, end=END - 20 * DAY))
    certificates.add(actor=alice, team=lab, data=data)

    assert warned([12, 12]) == [3, 0]

    assert post.addresses == ["alice@example.com"]
    text = post.text("alice@example.com")
    assert text.index("Team “alice’s team”") < text.index("Signing identity “Signer” ends in 12 days (")
    assert "Certificate “Büro 東京” ends in 12 days (" in text
    assert text.index("Team “Lab”") < text.index("Certificate “Lab CA” ended (")
    assert settings.PUBLIC_URL in text
    assert post.taken[0][1]["From"] == settings.DEFAULT_FROM_EMAIL
    assert post.taken[0][1]["Auto-Submitted"] == "auto-generated"


def test_nobody_else_gets_one(post: Post, alice: User, bob: User) -> None:
    keep(alice)
    for name, role, active in (
        ("editor", Role.EDITOR, True),
        ("owner", Role.OWNER, True),
        ("gone", Role.OWNER, False),
    ):
        user = User.objects.create_user(name, email=f"{name}@example.com", is_active=active)
        Membership.objects.create(team=home(alice), user=user, role=role)
    home(with_address(bob, "bob@example.com"))

    warned([12])

    assert post.addresses == ["owner@example.com"]


def test_an_address_that_is_refused_keeps_no_e_mail_from_the_others(
    post: Post, alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    keep(alice)
    for number, address in enumerate(("refused@example.com", "no address\nBcc: x", "owner@example.com")):
        user = User.objects.create_user(f"owner-{number}", email=address)
        Membership.objects.create(team=home(alice), user=user, role=Role.OWNER)

    assert warned([12, 12]) == [1, 0]

    assert post.addresses == ["owner@example.com"]
    refused = [each.getMessage() for each in caplog.records if each.name.endswith("expiry_mail")]
    assert [text.rpartition("(")[2] for text in refused] == ["SMTPRecipientsRefused).", "ValueError)."]
    assert not any("example.com" in text for text in refused)


def test_a_mail_server_that_is_down_loses_no_notice_and_is_not_asked_again(
    alice: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    keep(with_address(alice, "alice@example.com"))
    _use(settings, free_port())

    assert warned([12, 12]) == [1, 0]

    assert len(log_of(home(alice))) == 1
    (record,) = [each for each in caplog.records if each.name.endswith("expiry_mail")]
    assert record.levelno == logging.WARNING
    assert "the mail server does not answer as it should (ConnectionRefusedError)" in record.getMessage()


def test_without_a_mail_server_nobody_is_mailed(post: Post, alice: User, settings: Settings) -> None:
    keep(with_address(alice, "alice@example.com"))
    settings.EMAIL_ENABLED = False

    assert warned([12]) == [1]
    assert post.taken == []


# --- How much it takes -----------------------------------------------------------------------------------------------


def test_many_certificates_take_no_more_statements_than_few(alice: User) -> None:
    counts = []
    for more, end in ((1, END), (30, END), (30, END + 1000 * DAY)):
        for index in range(more):
            keep(alice, f"CA {index} {end}", end)
        warned([12])  # what is due is told
        with CaptureQueriesContext(connection) as captured:
            assert warned([11]) == [0]
        counts.append(len(captured))

    assert counts[0] == counts[1] == counts[2] <= 10


def test_what_is_told_takes_a_few_statements_each(alice: User) -> None:
    for index in range(10):
        keep(alice, f"CA {index}")
    with CaptureQueriesContext(connection) as captured:
        assert warned([0.5]) == [10]

    # Each in a transaction: what is told, what was missed (itself in one), and a line in the log.
    assert len(captured) <= 10 + 10 * 7


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (timedelta(days=30, seconds=1), None),
        (timedelta(days=30), ("warning", "ends in 30 days")),
        (timedelta(days=1, hours=23), ("warning", "ends in 1 day")),
        (timedelta(hours=23), ("warning", "ends in less than a day")),
        (timedelta(0), ("error", "ended")),
        (timedelta(days=-400), ("error", "ended")),
    ],
    ids=str,
)
def test_how_near_an_end_is_has_words(left: timedelta, expected: tuple[str, str] | None) -> None:
    near = expiry.ending(NOW + left, at=NOW)

    assert (near and (near.severity, near.words)) == expected
