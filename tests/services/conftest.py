"""An authority elsewhere: keys are slow to make, so it is made once."""

import pytest

from profiles.signing import authority
from profiles.signing.identity import SigningIdentity as Loaded


@pytest.fixture(scope="session")
def issued() -> Loaded:
    """An identity from an authority elsewhere."""
    return authority.issue(authority.create_authority("Elsewhere CA"), common_name="Signer from elsewhere")
