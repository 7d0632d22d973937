"""A profile of Alice's on a server that can sign."""

import pytest

from profiles.models import Profile, User
from profiles.services import profiles, signing
from profiles.services.teams import home
from tests.services.bulk.conftest import template
from tests.services.conftest import issued
from tests.services.samples import valid

__all__ = ["issued", "template"]


@pytest.fixture
def profile(alice: User) -> Profile:
    """Without problems, and signed by the server's own identity."""
    signing.ensure_local_identity()
    return profiles.create(actor=alice, team=home(alice), document=valid())
