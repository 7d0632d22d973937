"""One noun a file."""

from profiles.models.certificate import Certificate
from profiles.models.local_authority import LocalAuthority
from profiles.models.payload import Payload
from profiles.models.profile import Profile
from profiles.models.revision import Revision
from profiles.models.sealed import SealedModel
from profiles.models.signing_identity import SigningIdentity
from profiles.models.user import User

__all__ = [
    "Certificate",
    "LocalAuthority",
    "Payload",
    "Profile",
    "Revision",
    "SealedModel",
    "SigningIdentity",
    "User",
]
