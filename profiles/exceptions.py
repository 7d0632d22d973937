"""Every error that this package raises on purpose.

    ProfileDesignerError
    ├── CatalogueError            the catalogue itself is wrong: a programming error found at start
    ├── DocumentError             a profile cannot be what was asked
    │   ├── SpecError             a spec file cannot be read
    │   ├── UnreadableProfileError  a file cannot be read as a profile
    │   ├── MaskError             a mask stands where its secret would be seen, or for nothing
    │   ├── BuildError            a value cannot be written as a property list
    │   ├── VariablesError        a variable of a template has no value
    │   └── ProblemsError         a profile with errors is not handed out
    ├── ConflictError             somebody else saved in between
    ├── SigningError              signing, or reading what signs
    │   ├── IdentityError         a signing identity cannot be used as it is
    │   │   ├── DamagedFileError      the upload is not what it should be, or is damaged
    │   │   ├── PasswordError         the password is missing or wrong
    │   │   ├── MissingPartError      no private key, or no certificate, where one is expected
    │   │   ├── SeveralKeysError      more than one private key
    │   │   ├── UnsupportedKeyError   a kind or size of key that devices do not verify
    │   │   ├── KeyMismatchError      the key and the certificate are no pair
    │   │   ├── ValidityError         expired, or not yet valid
    │   │   ├── KeyUsageError         the certificate was not issued for signing
    │   │   └── ChainError            the certificates do not form one chain
    │   └── VerificationError     a signature does not hold
    │       ├── NotSignedError        the bytes are no CMS that carries signed content
    │       ├── TamperedError         content, signature and certificate do not agree
    │       └── UntrustedSignerError  the signature holds, but its signer is not trusted
    ├── NotAllowedError           the role of this person does not allow that
    ├── TeamError                 a team or its members cannot become what was asked
    ├── LinkError                 a link does not open what it was made for
    │   └── PassphraseError           the passphrase of a link is missing or wrong
    ├── BulkError                 a bulk run cannot do what was asked
    │   ├── TableError                a list of people cannot be read as a table
    │   └── DeliveryError             the mail server cannot be reached
    ├── AppendOnlyError           the audit log was to be changed
    └── EncryptionError           a stored secret cannot be opened

The text of each is one sentence for a person who can act on it, and never holds a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from profiles.plist.document import Document, Problem


class ProfileDesignerError(Exception):
    """The root: `except ProfileDesignerError` catches all that this package raises on purpose."""


class CatalogueError(ProfileDesignerError):
    """A declaration in the catalogue contradicts another one."""


class DocumentError(ProfileDesignerError):
    """A profile cannot be what was asked."""


class SpecError(DocumentError):
    """A spec file is unreadable: not JSON or YAML, or not of the shape of a spec."""


class UnreadableProfileError(DocumentError):
    """A file is no configuration profile, or one that cannot be read without losing something.

    `kind` says what it is instead, such as “a PDF document”, where that is known and nothing of a profile.
    """

    def __init__(self, message: str, *, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


class MaskError(DocumentError):
    """A mask stands where everybody would see what it stands for, or stands for nothing."""


class BuildError(DocumentError):
    """A value cannot be written as a property list.

    `path` names the key, `payload` the payload that holds it ("profile" for the envelope).
    """

    def __init__(self, message: str, *, payload: str, path: str) -> None:
        super().__init__(message)
        self.payload = payload
        self.path = path


class VariablesError(DocumentError):
    """A template uses variables that have no value, or that it does not declare; `names` are theirs."""

    def __init__(self, message: str, *, names: Sequence[str]) -> None:
        super().__init__(message)
        self.names = names


class ProblemsError(DocumentError):
    """A profile has errors, so it is not handed out; `problems` are all that it has, errors first.

    `buildable` is false where it cannot be handed out on confirmation either.
    """

    def __init__(self, message: str, *, problems: Sequence[Problem], buildable: bool) -> None:
        super().__init__(message)
        self.problems = problems
        self.buildable = buildable


class ConflictError(ProfileDesignerError):
    """Somebody else saved the same profile after it was opened here.

    `revision`, `author` (a name, empty when the account is gone) and `saved_at` tell of the save in between;
    `base` is what was opened here, `theirs` what is stored now, `mine` what was to be saved. `base` is
    `theirs` where the revision that was opened does not exist.
    """

    def __init__(
        self,
        message: str,
        *,
        revision: int,
        author: str,
        saved_at: datetime,
        base: Document,
        theirs: Document,
        mine: Document,
    ) -> None:
        super().__init__(message)
        self.revision = revision
        self.author = author
        self.saved_at = saved_at
        self.base = base
        self.theirs = theirs
        self.mine = mine


class SigningError(ProfileDesignerError):
    """Signing failed, or what signs could not be read."""


class IdentityError(SigningError):
    """A signing identity cannot be used as it is."""


class DamagedFileError(IdentityError):
    """The upload is not of the format that it should be, or is damaged."""


class PasswordError(IdentityError):
    """The password is missing or does not open the file."""


class MissingPartError(IdentityError):
    """There is no private key, or no certificate, where one is expected."""


class SeveralKeysError(IdentityError):
    """The upload holds more than one private key."""


class UnsupportedKeyError(IdentityError):
    """The key is of a kind or size that cannot sign profiles."""


class KeyMismatchError(IdentityError):
    """The private key does not belong to the certificate."""


class ValidityError(IdentityError):
    """A certificate has expired or is not valid yet."""


class KeyUsageError(IdentityError):
    """The certificate was not issued for signing."""


class ChainError(IdentityError):
    """The certificates do not form one chain."""


class VerificationError(SigningError):
    """A CMS signature does not hold, or the bytes are no CMS."""


class NotSignedError(VerificationError):
    """The bytes are no CMS structure that carries signed content."""


class TamperedError(VerificationError):
    """Content, signature and certificate do not agree."""


class UntrustedSignerError(VerificationError):
    """The signature holds, but no chain leads from its signer to what is trusted."""


class EncryptionError(ProfileDesignerError):
    """A stored secret cannot be opened: wrong key, other row, or altered bytes."""


class NotAllowedError(ProfileDesignerError):
    """The role of this person does not allow that."""


class TeamError(ProfileDesignerError):
    """A team or its members cannot become what was asked."""


class LinkError(ProfileDesignerError):
    """A link has expired, was revoked or used, or cannot be made as it was asked for."""


class PassphraseError(LinkError):
    """The passphrase of a link is missing or wrong."""


class BulkError(ProfileDesignerError):
    """A bulk run cannot do what was asked."""


class TableError(BulkError):
    """A list of people cannot be read as a table."""


class DeliveryError(BulkError):
    """The mail server cannot be reached, or refuses to serve."""


class AppendOnlyError(ProfileDesignerError):
    """Somebody tried to change the audit log: a programming error."""
