"""A template that people can be put into, something to sign with, workers, and a mail server."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from profiles.models import Profile, SigningIdentity, User
from profiles.signing.certificates import describe
from profiles.signing.identity import SigningIdentity as Loaded
from profiles.signing.identity import serialise
from tests.services.bulk.post_office import PostOffice, setting
from tests.services.bulk.staff import Staff
from tests.services.template_samples import make_template


@pytest.fixture
def template(alice: User, issued: Loaded) -> Profile:
    """Alice’s, in her team; the server’s own identity signs what is made from it."""
    facts = describe(issued.certificate)
    # Past `signing.add_pem`, since to check an RSA key takes longer than most of these tests.
    row = SigningIdentity(
        name="This server",
        is_default=True,
        subject=facts.common_name,
        issuer=facts.issuer,
        not_after=facts.not_after,
        fingerprint=facts.fingerprint,
    )
    row.seal(serialise(issued))
    row.save()
    return make_template(alice)


@pytest.fixture(scope="session")
def staff(django_db_setup: None) -> Iterator[Staff]:
    """Processes that work, for tests whose data other processes see."""
    workers = Staff()
    yield workers
    workers.go_home()


@pytest.fixture
def post(settings: Settings) -> Iterator[PostOffice]:
    """A mail server, which the designer uses."""
    office = PostOffice()
    for name, value in setting(office).items():
        setattr(settings, name, value)
    office.open()
    yield office
    office.close()
