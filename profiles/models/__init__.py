"""One noun a file."""

from profiles.models.audit_entry import AuditEntry
from profiles.models.bulk_result import BulkResult
from profiles.models.bulk_run import BulkRun, Delivery, RunState
from profiles.models.certificate import Certificate
from profiles.models.expiry_notice import ExpiryNotice
from profiles.models.hand_out import HandOut
from profiles.models.imported_file import ImportedFile
from profiles.models.invitation import Invitation
from profiles.models.link import Link
from profiles.models.local_authority import LocalAuthority
from profiles.models.payload import Payload
from profiles.models.profile import Profile, Visibility
from profiles.models.pulse import Pulse
from profiles.models.recipient import Recipient, RecipientState
from profiles.models.revision import Revision
from profiles.models.sealed import SealedModel
from profiles.models.share_link import ShareLink
from profiles.models.signing_identity import SigningIdentity
from profiles.models.team import Membership, Role, Team
from profiles.models.user import User

__all__ = [
    "AuditEntry",
    "BulkResult",
    "BulkRun",
    "Certificate",
    "Delivery",
    "ExpiryNotice",
    "HandOut",
    "ImportedFile",
    "Invitation",
    "Link",
    "LocalAuthority",
    "Membership",
    "Payload",
    "Profile",
    "Pulse",
    "Recipient",
    "RecipientState",
    "Revision",
    "Role",
    "RunState",
    "SealedModel",
    "ShareLink",
    "SigningIdentity",
    "Team",
    "User",
    "Visibility",
]
