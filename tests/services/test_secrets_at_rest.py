"""What a thief of the database finds."""

import base64

import pytest
from django.db import connection

from profiles.models import SigningIdentity, User
from profiles.services import profiles, signing
from profiles.services.teams import home
from tests.database_files import stored_bytes
from tests.services.samples import PASSWORD, SECRETS, changed, document

OTHER = "another-secret-in-no-column"


@pytest.fixture
def stored(transactional_db: None) -> None:
    """A profile with secrets that was saved, copied and deleted, and the server's own keys."""
    alice = User.objects.create_user("alice")
    whole = document()
    profile = profiles.create(actor=alice, team=home(alice), document=whole)
    profiles.save(
        actor=alice, profile_id=profile.pk, document=changed(whole, AuthPassword=OTHER), base_revision=1
    )
    profiles.delete(actor=alice, profile=profiles.duplicate(actor=alice, profile=profile))
    signing.ensure_local_identity()


def shapes(secret: str) -> set[bytes]:
    """How a secret could stand somewhere: as text, hexadecimal, or base64 at any of the three offsets."""
    raw = secret.encode()
    inner = {base64.b64encode(b"x" * shift + raw)[4:-4] for shift in range(3)}
    return {raw, raw.hex().encode(), *inner}


def every_column() -> bytes:
    with connection.cursor() as cursor:
        tables = [
            table for table in connection.introspection.table_names(cursor) if table.startswith("profiles_")
        ]
        assert len(tables) >= 6
        found = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [value for row in cursor.fetchall() for value in row]
    return b"\n".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in found)


@pytest.mark.usefixtures("stored")
def test_no_column_holds_a_secret_in_the_clear() -> None:
    columns = every_column()

    assert b"vpn.example.com" in columns
    for secret in (*SECRETS, OTHER):
        assert not [shape for shape in shapes(secret) if shape in columns], secret


@pytest.mark.usefixtures("stored")
def test_no_column_holds_a_private_key_in_the_clear() -> None:
    columns = every_column()
    rows = [SigningIdentity.objects.get()]

    for row in rows:
        plain = row.unseal()
        assert plain.startswith(b"PDI1")
        assert plain[40:100] not in columns
    assert b"PDI1" not in columns


@pytest.mark.usefixtures("stored")
def test_the_files_of_the_database_hold_no_secret() -> None:
    files = stored_bytes()

    assert b"vpn.example.com" in files
    for secret in (*SECRETS, OTHER, PASSWORD):
        assert not [shape for shape in shapes(secret) if shape in files], secret
