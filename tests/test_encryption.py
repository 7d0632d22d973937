"""Secrets at rest."""

import base64
import os

import pytest

from profiles.encryption import KeyRing, key_id
from profiles.exceptions import EncryptionError

SECRET = b"hunter2"
PLACE = "profiles_payload.sealed:1"
GOOD = base64.b64encode(bytes(32)).decode()


@pytest.fixture
def ring() -> KeyRing:
    """A ring of one fresh key."""
    return KeyRing.parse(KeyRing.generate_key_line())


def test_what_was_sealed_opens_in_its_place(ring: KeyRing) -> None:
    assert ring.open(ring.seal(SECRET, PLACE), PLACE) == SECRET


def test_nothing_at_all_can_be_sealed_too(ring: KeyRing) -> None:
    assert ring.open(ring.seal(b"", PLACE), PLACE) == b""


def test_the_secret_does_not_show_and_no_two_ciphertexts_are_alike(ring: KeyRing) -> None:
    first, second = ring.seal(SECRET, PLACE), ring.seal(SECRET, PLACE)

    assert SECRET not in first
    assert first != second


def test_it_does_not_open_in_another_row_or_field(ring: KeyRing) -> None:
    sealed = ring.seal(SECRET, PLACE)

    for other in ("profiles_payload.sealed:2", "profiles_revision.sealed:1", ""):
        with pytest.raises(EncryptionError, match="moved here from another place"):
            ring.open(sealed, other)


def test_each_single_altered_byte_is_noticed(ring: KeyRing) -> None:
    sealed = ring.seal(SECRET, PLACE)

    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(EncryptionError):
            ring.open(bytes(altered), PLACE)


def test_each_length_that_is_cut_off_is_noticed(ring: KeyRing) -> None:
    sealed = ring.seal(SECRET, PLACE)

    for length in range(len(sealed)):
        with pytest.raises(EncryptionError):
            ring.open(sealed[:length], PLACE)


def test_a_later_version_is_named() -> None:
    with pytest.raises(EncryptionError, match="unknown here"):
        key_id(b"\x02" + os.urandom(60))


def test_the_first_key_seals_and_all_open() -> None:
    old, new = KeyRing.generate_key_line(), KeyRing.generate_key_line()
    sealed = KeyRing.parse(old).seal(SECRET, PLACE)
    both = KeyRing.parse(f"{new}\n{old}")

    assert both.open(sealed, PLACE) == SECRET
    assert key_id(both.seal(SECRET, PLACE)) == new.partition(":")[0]
    assert key_id(sealed) == old.partition(":")[0]


def test_a_key_that_is_gone_is_named_by_its_id(ring: KeyRing) -> None:
    sealed = ring.seal(SECRET, PLACE)
    other = KeyRing.parse(KeyRing.generate_key_line())

    with pytest.raises(EncryptionError, match=ring.current):
        other.open(sealed, PLACE)


def test_another_key_under_the_same_id_does_not_open(ring: KeyRing) -> None:
    impostor = KeyRing.parse(f"{ring.current}:{base64.b64encode(os.urandom(32)).decode()}")

    with pytest.raises(EncryptionError, match="its key was replaced"):
        impostor.open(ring.seal(SECRET, PLACE), PLACE)


@pytest.mark.parametrize(
    "text", [f"a:{GOOD},b:{GOOD}", f"a:{GOOD}\nb:{GOOD}\n", f"# keys\n\n a:{GOOD} ,\r\nb : {GOOD}"]
)
def test_keys_stand_on_lines_or_between_commas(text: str) -> None:
    assert list(KeyRing.parse(text).keys) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no encryption key"),
        ("# nothing\n", "There is no encryption key"),
        (GOOD, "has no id"),
        (f":{GOOD}", "id of encryption key number 1"),
        (f"a:{GOOD}\nb b:{GOOD}", "id of encryption key number 2"),
        ("a:s3cr3t!", "is not base64"),
        ("a:s3cr3tkü", "is not base64"),
        ("a:c2hvcnQ=", "has 5 bytes"),
        (f"a:{GOOD},a:{GOOD}", "same id"),
    ],
)
def test_each_mistake_in_the_keys_has_a_sentence_without_the_key(text: str, sentence: str) -> None:
    with pytest.raises(EncryptionError, match=sentence) as caught:
        KeyRing.parse(text)

    assert GOOD not in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


def test_keys_do_not_show_when_a_ring_is_printed(ring: KeyRing) -> None:
    key = base64.b64encode(ring.keys[ring.current]).decode()

    assert key not in repr(ring)
    assert repr(ring.keys[ring.current]) not in repr(ring)
