"""The cast. Alice is an administrator, Bob an ordinary user; both are signed in where a `…_client` is asked for."""

import signal
from collections.abc import Iterator, Mapping

import pytest
from django.test import Client
from hypothesis import settings

from designer.templatetags.rules import why
from profiles.catalogue.findings import Diagnostic
from profiles.models import User
from profiles.plist.rule_book import diagnostics
from tests.rule_samples import RULES

# How long one example takes says how busy the machine is.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# Shells have what runs in the background ignore Ctrl-C, and processes started here would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

PASSWORD = "correct horse battery"


@pytest.fixture
def alice(db: None) -> User:
    """The administrator; her password is PASSWORD."""
    return User.objects.create_superuser(username="alice", password=PASSWORD)


@pytest.fixture
def bob(db: None) -> User:
    """An ordinary user; his password is PASSWORD."""
    return User.objects.create_user(username="bob", password=PASSWORD)


@pytest.fixture
def alice_client(alice: User) -> Client:
    """A client in which Alice is signed in."""
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def bob_client(bob: User) -> Client:
    """A client in which Bob is signed in."""
    client = Client()
    client.force_login(bob)
    return client


@pytest.fixture
def sample_rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mapping[str, Diagnostic]]:
    """A rule book of a few entries, in place of the one of the house."""
    monkeypatch.setattr(diagnostics, "entries", lambda: RULES)
    why.cache_clear()
    yield RULES
    why.cache_clear()
