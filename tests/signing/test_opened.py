"""Signed files as others make them: the content comes out byte by byte, and each signature is told of."""

from __future__ import annotations

import base64
import random
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms as asn1
from asn1crypto import x509 as asn1_x509
from asn1crypto.parser import emit
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from profiles.exceptions import VerificationError
from profiles.signing.certificates import fingerprint
from profiles.signing.chain import MOST_CERTIFICATES, MOST_NAMESAKES
from profiles.signing.signed_file import MOST_SIGNERS, Opened, Signature, State, open_file
from tests.signing import ber_forms
from tests.signing.making import DAY, NOW, certificate, key_pem, name, openssl, pem
from tests.work import soon

CONTENT = b'<?xml version="1.0"?>\r\n<plist><dict>\n</dict></plist>\n' * 60
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
CA_KEY = ec.generate_private_key(ec.SECP256R1())
CA = certificate("Example Root", CA_KEY, authority=True, usage=["key_cert_sign"])
LEAF = certificate("Signer", RSA_KEY, issuer=CA, issuer_key=CA_KEY, usage=["digital_signature"])
OTHER = certificate("Second Signer", EC_KEY, issuer=CA, issuer_key=CA_KEY, usage=["digital_signature"])
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")
OLD = certificate("Old Signer", RSA_KEY, start=NOW - 30 * DAY, end=NOW - DAY, usage=["digital_signature"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All that openssl needs to sign."""
    files = {
        "content": CONTENT,
        "leaf.pem": pem(LEAF),
        "other.pem": pem(OTHER),
        "old.pem": pem(OLD),
        "ca.pem": pem(CA),
        "rsa.key": key_pem(RSA_KEY),
        "ec.key": key_pem(EC_KEY),
    }
    for file, data in files.items():
        (tmp_path / file).write_bytes(data)
    return tmp_path


def sign(folder: Path, *options: str, signer: str = "leaf", key: str = "rsa", form: str = "DER") -> bytes:
    """What `openssl cms -sign` makes of the content."""
    who = ["-signer", f"{signer}.pem", "-inkey", f"{key}.key", "-outform", form]
    return openssl("cms", "-sign", "-nodetach", "-binary", "-in", "content", *who, *options, folder=folder)


def parts_of(data: bytes) -> tuple[asn1.SignedData, asn1.SignerInfo]:
    """The structure, and its first signature."""
    signed = asn1.ContentInfo.load(data)["content"]
    return signed, signed["signer_infos"][0]


def assembled(
    content: bytes,
    *,
    certificates: Sequence[bytes] = (),
    signers: Sequence[bytes] = (),
    digests: bytes = b"",
) -> bytes:
    """A signed file out of what is encoded already: the element of the content, certificates, and signatures."""
    inner = emit(0, 1, 16, DATA + emit(2, 1, 0, content))
    included = emit(2, 1, 0, b"".join(certificates)) if certificates else b""
    signed = b"\x02\x01\x01" + emit(0, 1, 17, digests) + inner + included + emit(0, 1, 17, b"".join(signers))
    return bytes(emit(0, 1, 16, SIGNED_DATA + emit(2, 1, 0, emit(0, 1, 16, signed))))


def octets(content: bytes) -> bytes:
    return bytes(emit(0, 0, 4, content))


def only(opened: Opened) -> Signature:
    (signature,) = opened.signatures
    return signature


def answer(data: bytes) -> Opened | str:
    """What comes of a file: what is in it, or why nothing does."""
    try:
        return open_file(data)
    except VerificationError as refusal:
        return str(refusal)


@pytest.mark.parametrize(
    ("options", "form"),
    [
        ([], "DER"),
        (["-stream"], "DER"),
        (["-indef"], "DER"),
        (["-noattr"], "DER"),
        (["-keyid"], "DER"),
        (["-md", "sha512"], "DER"),
        (["-certfile", "ca.pem"], "DER"),
        ([], "PEM"),
        (["-stream"], "PEM"),
        ([], "SMIME"),
    ],
    ids=[
        "DER",
        "stream",
        "indefinite",
        "no attributes",
        "key id",
        "SHA-512",
        "chain",
        "PEM",
        "PEM stream",
        "S/MIME",
    ],
)
def test_the_content_comes_out_byte_by_byte(folder: Path, options: list[str], form: str) -> None:
    data = sign(folder, *options, form=form)
    (folder / "signed").write_bytes(data)
    verified = openssl(
        "cms", "-verify", "-noverify", "-binary", "-inform", form, "-in", "signed", folder=folder
    )
    opened = open_file(data)
    assert opened.content == verified == CONTENT
    (signature,) = opened.signatures
    assert (signature.intact, signature.signer, signature.issuer) == (True, "Signer", "Example Root")
    assert signature.verdict.startswith("The signature is intact")
    assert opened.notes == ()


def test_what_is_not_signed_is_itself() -> None:
    for data in (CONTENT, b"", b"bplist00", b"MII", b"\x30\x82\x01"):
        assert open_file(data) == Opened(content=data, signatures=(), notes=())


def test_the_chain_is_told(folder: Path) -> None:
    (with_root,) = open_file(sign(folder, "-certfile", "ca.pem")).signatures
    assert (with_root.chain, with_root.complete) == (("Example Root",), True)
    assert with_root.not_after == LEAF.not_valid_after_utc
    (alone,) = open_file(sign(folder)).signatures
    assert (alone.chain, alone.complete) == ((), False)
    assert "“Example Root”, is not included" in alone.verdict
    assert with_root.verdict.endswith("Devices trust it where they trust “Example Root”.")
    assert with_root.fingerprint == fingerprint(LEAF)


def test_a_chain_without_its_root_is_trusted_where_the_root_is(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    usage = ["key_cert_sign"]
    below = certificate("Below", key, issuer=CA, issuer_key=CA_KEY, authority=True, usage=usage)
    leaf = certificate("Signer", RSA_KEY, issuer=below, issuer_key=key, usage=["digital_signature"])
    (folder / "leaf.pem").write_bytes(pem(leaf))
    (folder / "below.pem").write_bytes(pem(below))
    signature = only(open_file(sign(folder, "-certfile", "below.pem")))
    assert (signature.chain, signature.complete) == (("Below",), False)
    assert signature.verdict.endswith("where they trust “Example Root”, which is not included.")


def test_a_signer_that_is_not_included_leaves_the_signature_open(folder: Path) -> None:
    opened = open_file(sign(folder, "-nocerts"))
    (signature,) = opened.signatures
    assert opened.content == CONTENT
    assert (signature.signer, signature.state) == ("", State.UNCHECKED)
    assert signature.verdict.startswith("The certificate of the signer is not included")
    assert (signature.fingerprint, signature.not_after, signature.chain) == ("", None, ())


def test_each_of_two_signers_is_told(folder: Path) -> None:
    (folder / "once").write_bytes(sign(folder))
    who = ["-signer", "other.pem", "-inkey", "ec.key"]
    data = openssl("cms", "-resign", "-inform", "DER", "-in", "once", *who, "-outform", "DER", folder=folder)
    opened = open_file(data)
    assert {each.signer for each in opened.signatures} == {"Signer", "Second Signer"}
    assert all(each.intact for each in opened.signatures)


def test_signatures_inside_signatures_are_taken_off(folder: Path) -> None:
    (folder / "content").write_bytes(sign(folder))
    twice = sign(folder, signer="other", key="ec")
    opened = open_file(twice)
    assert opened.content == CONTENT
    assert [each.signer for each in opened.signatures] == ["Second Signer", "Signer"]
    assert opened.notes == ("The file is signed more than once, one signature inside the other.",)
    for _ in range(2):
        (folder / "content").write_bytes(twice)
        twice = sign(folder)
    with pytest.raises(VerificationError, match="signed more than 3 times"):
        open_file(twice)


@pytest.mark.parametrize("options", [[], ["-noattr"]], ids=["attributes", "no attributes"])
@pytest.mark.parametrize(("digest", "called"), [("sha1", "SHA-1"), ("md5", "MD5")])
def test_a_weak_digest_holds_and_is_not_trusted(
    folder: Path, digest: str, called: str, options: list[str]
) -> None:
    data = sign(folder, "-md", digest, "-certfile", "ca.pem", *options)
    signature = only(open_file(data))
    assert signature.intact
    assert signature.verdict.endswith(f"Devices will not trust it, because it was made with {called}.")
    assert not only(open_file(data.replace(b"<dict>", b"<dicT>", 1))).intact


def test_a_kind_of_signature_that_is_not_checked_is_named(folder: Path) -> None:
    for options, called in (
        (["-keyopt", "rsa_padding_mode:pss"], "RSA-PSS"),
        (["-md", "sha3-256"], "SHA3-256"),
    ):
        opened = open_file(sign(folder, *options))
        signature = only(opened)
        assert opened.content == CONTENT
        assert (signature.state, signature.signer) == (State.UNCHECKED, "Signer")
        assert f"could not be checked, since it was made with {called}, which is not supported" in (
            signature.verdict
        )


def test_an_ed25519_signer_is_shown_and_not_checked() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    signer = x509.CertificateBuilder().subject_name(name("Ed")).issuer_name(name("Ed")).serial_number(7)
    signer = signer.not_valid_before(NOW - DAY).not_valid_after(NOW + DAY).public_key(key.public_key())
    der = signer.sign(key, None).public_bytes(Encoding.DER)
    info = asn1.SignerInfo(
        {
            "version": "v1",
            "sid": asn1.SignerIdentifier(
                {
                    "issuer_and_serial_number": {
                        "issuer": asn1_x509.Certificate.load(der).issuer,
                        "serial_number": 7,
                    }
                }
            ),
            "digest_algorithm": {"algorithm": "sha512"},
            "signature_algorithm": {"algorithm": "ed25519"},
            "signature": key.sign(CONTENT),
        }
    )
    opened = open_file(assembled(octets(CONTENT), certificates=[der], signers=[info.dump()]))
    signature = only(opened)
    assert (opened.content, signature.signer, signature.state) == (CONTENT, "Ed", State.UNCHECKED)
    assert "made with Ed25519, which is not supported here" in signature.verdict


def identifier_in_pieces(size: int, form: str = "") -> Callable[[ber_forms.Node], None]:
    """The identifier of the signer's key as several strings, in one of which Apple's signers write it."""
    return lambda cms: ber_forms.signature(cms)[1].in_pieces(size, form)


def at_once(*changes: Callable[[ber_forms.Node], None]) -> Callable[[ber_forms.Node], None]:
    def change(cms: ber_forms.Node) -> None:
        for each in changes:
            each(cms)

    return change


def all_lengths_long(cms: ber_forms.Node) -> None:
    """But for what openssl itself cannot read in that form."""
    for each in ber_forms.signature(cms).within():
        each.form = ber_forms.LONG if (each.class_, each.tag) != (0, 5) else ""


FORMS: dict[str, tuple[list[str], Callable[[ber_forms.Node], None]]] = {
    "identifier as Apple writes it": (["-keyid"], identifier_in_pieces(20)),
    "the same without attributes": (["-keyid", "-noattr"], identifier_in_pieces(20)),
    "identifier in three pieces": (["-keyid"], identifier_in_pieces(7)),
    "identifier of open length": (["-keyid"], identifier_in_pieces(7, ber_forms.OPEN)),
    "signature in pieces": ([], lambda cms: ber_forms.octets(cms).in_pieces(100)),
    "signature of open length": ([], lambda cms: ber_forms.octets(cms).in_pieces(100, ber_forms.OPEN)),
    "digest in pieces": ([], lambda cms: ber_forms.digest(cms).in_pieces(10)),
    "digest of open length": ([], lambda cms: ber_forms.digest(cms).in_pieces(10, ber_forms.OPEN)),
    "attributes of open length": (
        [],
        lambda cms: setattr(ber_forms.attributes(cms), "form", ber_forms.OPEN),
    ),
    "all lengths open": (["-noattr"], ber_forms.everywhere(ber_forms.OPEN)),
    "all lengths long": (["-noattr"], all_lengths_long),
    "all at once": (
        ["-keyid", "-noattr"],
        at_once(ber_forms.everywhere(ber_forms.OPEN), identifier_in_pieces(3, ber_forms.OPEN)),
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_whatever_form_openssl_verifies_is_intact_and_a_changed_byte_in_it_is_told(
    folder: Path, form: str
) -> None:
    options, change = FORMS[form]
    cms = ber_forms.tree(sign(folder, "-certfile", "ca.pem", *options))
    change(cms)
    data = cms.encoded()
    (folder / "signed").write_bytes(data)
    openssl("cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", "signed", folder=folder)

    opened = open_file(data)
    assert opened.content == CONTENT
    assert (only(opened).state, only(opened).signer) == (State.INTACT, "Signer")
    assert only(opened).verdict.endswith("Devices trust it where they trust “Example Root”.")

    assert only(open_file(data.replace(b"<dict>", b"<dicT>", 1))).tampered
    assert only(open_file(data[:-20] + bytes([data[-20] ^ 1]) + data[-19:])).tampered


def test_attributes_may_have_been_signed_in_the_form_in_which_they_stand(folder: Path) -> None:
    cms = ber_forms.tree(sign(folder))
    for each in ber_forms.attributes(cms).within():
        each.form = ber_forms.OPEN
    written = b"".join(each.encoded() for each in ber_forms.attributes(cms).children or ())
    ber_forms.octets(cms).contents = RSA_KEY.sign(
        emit(0, 1, 17, written), padding.PKCS1v15(), hashes.SHA256()
    )
    assert only(open_file(cms.encoded())).intact


def test_the_kind_of_the_key_may_stand_for_the_kind_of_the_signature(folder: Path) -> None:
    cms = ber_forms.tree(sign(folder, signer="other", key="ec"))
    ber_forms.signature(cms)[4][0].contents = bytes.fromhex("2a8648ce3d0201")
    data = cms.encoded()
    (folder / "signed").write_bytes(data)
    openssl("cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", "signed", folder=folder)
    assert only(open_file(data)).intact
    assert only(open_file(data.replace(b"<dict>", b"<dicT>", 1))).tampered


def test_the_issuer_may_be_written_in_another_type_of_text(folder: Path) -> None:
    cms = ber_forms.tree(sign(folder))
    text = next(each for each in ber_forms.signature(cms)[1].within() if each.contents == b"Example Root")
    assert (text.class_, text.tag) == (0, 12)
    text.tag = 19
    (folder / "signed").write_bytes(cms.encoded())
    openssl("cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", "signed", folder=folder)
    assert (only(open_file(cms.encoded())).intact, only(open_file(cms.encoded())).signer) == (True, "Signer")


def test_another_type_of_content_is_what_its_signature_says_it_is(folder: Path) -> None:
    data = sign(folder, "-econtent_type", "1.2.840.113549.1.9.16.1.4")
    assert only(open_file(data)).intact
    number = bytes.fromhex("060b2a864886f70d0109100104")
    assert data.count(number) == 2
    assert only(open_file(data.replace(number, number[:-1] + b"\x05", 1))).tampered


@pytest.mark.parametrize(
    "broken",
    [
        emit(2, 1, 0, emit(0, 0, 2, b"\x01")),
        emit(2, 1, 0, emit(0, 1, 4, emit(0, 1, 16, b""))),
        emit(2, 1, 5, b""),
    ],
    ids=["a number", "a sequence in pieces", "another tag"],
)
def test_an_identifier_that_is_none_leaves_the_signature_unchecked(folder: Path, broken: bytes) -> None:
    cms = ber_forms.tree(sign(folder, "-keyid"))
    signer = ber_forms.signature(cms)
    parts = [each.encoded() for each in signer.children or ()]
    included = [each.encoded() for each in cms[1][0][3].children or ()]
    info = emit(0, 1, 16, b"".join([parts[0], broken, *parts[2:]]))
    opened = open_file(assembled(octets(CONTENT), certificates=included, signers=[info]))
    assert (opened.content, only(opened).state) == (CONTENT, State.UNCHECKED)


def test_attributes_hold_in_the_order_in_which_they_were_signed(folder: Path) -> None:
    data = sign(folder)
    _, info = parts_of(data)
    attributes = info["signed_attrs"].contents
    turned = b"".join([attribute.dump() for attribute in info["signed_attrs"]][::-1])
    assert turned != attributes
    signature = RSA_KEY.sign(emit(0, 1, 17, turned), padding.PKCS1v15(), hashes.SHA256())
    data = data.replace(attributes, turned).replace(info["signature"].native, signature)
    (folder / "signed").write_bytes(data)
    openssl("cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", "signed", folder=folder)
    assert only(open_file(data)).intact


def test_the_types_of_keys_that_the_library_lacks_are_no_tampering(folder: Path) -> None:
    data = sign(folder, signer="other", key="ec")
    # The same curve under a number that nobody gave to any.
    unknown = data.replace(bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a8648ce3d03017f"))
    assert unknown != data
    opened = open_file(unknown)
    signature = only(opened)
    assert (opened.content, signature.state) == (CONTENT, State.UNCHECKED)
    assert "made with a key of an unknown kind, which is not supported here" in signature.verdict


def test_an_expired_signer_holds_and_is_not_trusted(folder: Path) -> None:
    (signature,) = open_file(sign(folder, signer="old"), at=NOW).signatures
    assert signature.intact
    assert "expired on" in signature.verdict
    (before,) = open_file(sign(folder, signer="old"), at=NOW - timedelta(days=10)).signatures
    assert "expired" not in before.verdict


def test_content_that_was_changed_is_told_and_still_read(folder: Path) -> None:
    data = sign(folder).replace(b"<dict>", b"<dicT>", 1)
    opened = open_file(data)
    (signature,) = opened.signatures
    assert signature.tampered
    assert signature.verdict == "The content was altered after it was signed. Devices will not trust it."
    assert b"dicT" in opened.content


def test_a_signature_that_was_changed_is_told(folder: Path) -> None:
    data = bytearray(sign(folder))
    data[-5] ^= 1
    (signature,) = open_file(bytes(data)).signatures
    assert (signature.tampered, signature.intact, signature.signer) == (True, False, "Signer")


def test_what_openssl_smime_writes_is_read(folder: Path) -> None:
    who = ["-signer", "leaf.pem", "-inkey", "rsa.key"]
    data = openssl("smime", "-sign", "-nodetach", "-binary", "-in", "content", *who, folder=folder)
    assert data.startswith(b"MIME-Version:")
    for each in (data, data.replace(b"\n", b"\r\n"), b"From: a@example.org\nTo: b,\n c\n" + data):
        opened = open_file(each)
        assert (opened.content, only(opened).intact) == (CONTENT, True)


def test_signatures_that_cannot_be_read_leave_the_content(folder: Path) -> None:
    broken = [emit(0, 1, 16, b"\x02\x01\x01"), emit(0, 0, 2, b"\x01"), emit(0, 1, 16, b"")]
    for each in broken:
        opened = open_file(assembled(octets(CONTENT), signers=[each]))
        assert (opened.content, only(opened).state) == (CONTENT, State.UNCHECKED)
        assert only(opened).verdict == "The signature cannot be read, so it cannot be checked."


def test_what_has_the_form_of_a_signed_file_alone_says_so() -> None:
    opened = open_file(assembled(octets(CONTENT)))
    assert (opened.content, opened.signatures) == (CONTENT, ())
    assert opened.notes == ("The file has the form of a signed one, but nobody signed it.",)


def test_no_more_than_a_handful_of_signatures_is_looked_at(folder: Path) -> None:
    signed, info = parts_of(sign(folder))
    included = [each.dump() for each in signed["certificates"]]
    opened = open_file(assembled(octets(CONTENT), certificates=included, signers=[info.dump()] * 12))
    assert len(opened.signatures) == MOST_SIGNERS
    assert all(each.intact for each in opened.signatures)
    assert opened.notes == (f"The file has 12 signatures. Only the first {MOST_SIGNERS} were looked at.",)


def test_with_too_many_certificates_the_content_is_still_read(folder: Path) -> None:
    signed, info = parts_of(sign(folder))
    (leaf,) = (each.dump() for each in signed["certificates"])
    data = assembled(octets(CONTENT), certificates=[leaf] * (MOST_CERTIFICATES + 1), signers=[info.dump()])
    assert open_file(data).content == CONTENT
    assert f"more than {MOST_CERTIFICATES} certificates" in only(open_file(data)).verdict
    assert only(open_file(data)).state is State.UNCHECKED


def test_a_certificate_that_cannot_be_read_does_not_hide_the_signer(folder: Path) -> None:
    signed, info = parts_of(sign(folder))
    (leaf,) = (each.dump() for each in signed["certificates"])
    huge = emit(0, 1, 16, octets(b"x" * 100_000))
    for other in (emit(0, 1, 16, b""), emit(0, 1, 16, b"\x02\x01\x01"), huge):
        data = assembled(octets(CONTENT), certificates=[other, leaf], signers=[info.dump()])
        assert (only(open_file(data)).signer, only(open_file(data)).intact) == ("Signer", True)


def test_an_issuer_that_takes_long_to_check_with_is_left_out(folder: Path) -> None:
    numbers = rsa.generate_private_key(65537, 2048).private_numbers()
    secret = 65537
    public = pow(secret, -1, (numbers.p - 1) * (numbers.q - 1))
    slow = rsa.RSAPrivateNumbers(
        p=numbers.p,
        q=numbers.q,
        d=secret,
        dmp1=secret % (numbers.p - 1),
        dmq1=secret % (numbers.q - 1),
        iqmp=numbers.iqmp,
        public_numbers=rsa.RSAPublicNumbers(public, numbers.public_numbers.n),
    ).private_key(unsafe_skip_rsa_key_validation=True)
    root = certificate("Slow Root", slow, authority=True)
    (folder / "leaf.pem").write_bytes(pem(certificate("Signer", RSA_KEY, issuer=root, issuer_key=slow)))
    (folder / "slow.pem").write_bytes(pem(root))
    signature = only(open_file(sign(folder, "-certfile", "slow.pem")))
    assert (signature.intact, signature.chain, signature.complete) == (True, (), False)


def test_of_issuers_with_one_name_a_few_are_tried(folder: Path) -> None:
    others = [ec.generate_private_key(ec.SECP256R1()) for _ in range(MOST_NAMESAKES)]
    namesakes = [certificate("Example Root", key, authority=True) for key in others]
    for tried, chain in ((namesakes[1:], ("Example Root",)), (namesakes, ())):
        _, info = parts_of(sign(folder))
        included = [each.public_bytes(Encoding.DER) for each in (*tried, CA, LEAF)]
        data = assembled(octets(CONTENT), certificates=included, signers=[info.dump()])
        assert (only(open_file(data)).intact, only(open_file(data)).chain) == (True, chain)


def test_pem_may_stand_in_a_text(folder: Path) -> None:
    data = sign(folder, form="PEM")
    assert open_file(b"Your profile:\r\n\r\n" + data.replace(b"\n", b"\r\n") + b"Bye\r\n").content == CONTENT
    label = data.replace(b"-----BEGIN CMS-----", b"-----BEGIN PKCS7-----")
    assert open_file(label.replace(b"-----END CMS-----", b"-----END PKCS7-----")).content == CONTENT
    assert open_file(base64.encodebytes(sign(folder))).content == CONTENT


def test_armour_inside_a_profile_is_a_part_of_it(folder: Path) -> None:
    armour = sign(folder, form="PEM")
    for data in (
        b"<?xml version='1.0'?>\n<!--\n" + armour + b"-->\n<plist/>",
        b"\xef\xbb\xbf\n<plist><string>\n" + armour + b"</string></plist>",
        b"bplist00\n" + armour,
        b'{"key": "' + armour.replace(b"\n", b"\\n") + b'"}',
    ):
        assert open_file(data) == Opened(content=data, signatures=(), notes=())
        (folder / "content").write_bytes(data)
        opened = open_file(sign(folder))
        assert (opened.content, len(opened.signatures), opened.notes) == (data, 1, ())


def test_base64_of_what_is_encrypted_is_refused(folder: Path) -> None:
    whom = ["-aes256", "-outform", "DER", "leaf.pem"]
    data = base64.encodebytes(openssl("cms", "-encrypt", "-in", "content", *whom, folder=folder))
    with pytest.raises(VerificationError, match="encrypted for one device"):
        open_file(data)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-sign", "-signer", "leaf.pem", "-inkey", "rsa.key", "-outform", "DER"], "detached"),
        (["-encrypt", "-aes256", "-outform", "DER", "leaf.pem"], "encrypted for one device"),
        (["-encrypt", "-aes256", "-outform", "DER", "-stream", "leaf.pem"], "encrypted for one device"),
        (["-encrypt", "-aes256", "-outform", "PEM", "leaf.pem"], "encrypted for one device"),
        (["-encrypt", "-aes256", "leaf.pem"], "encrypted for one device"),
        (["-encrypt", "-aes-256-gcm", "-outform", "DER", "leaf.pem"], "encrypted for one device"),
        (["-sign", "-signer", "leaf.pem", "-inkey", "rsa.key"], "the signature beside what is signed"),
    ],
    ids=[
        "detached",
        "encrypted",
        "encrypted stream",
        "encrypted PEM",
        "encrypted S/MIME",
        "encrypted GCM",
        "beside",
    ],
)
def test_content_that_is_not_there_is_refused_in_a_sentence(
    folder: Path, arguments: list[str], sentence: str
) -> None:
    action, *rest = arguments
    data = openssl("cms", action, "-binary", "-in", "content", *rest, folder=folder)
    with pytest.raises(VerificationError, match=sentence):
        open_file(data)


def test_what_was_encrypted_and_then_signed_is_refused_as_encrypted(folder: Path) -> None:
    whom = ["-aes256", "-outform", "DER", "leaf.pem"]
    (folder / "content").write_bytes(openssl("cms", "-encrypt", "-in", "content", *whom, folder=folder))
    with pytest.raises(VerificationError, match="encrypted for one device"):
        open_file(sign(folder))


def test_what_is_cut_off_anywhere_is_refused_or_told(folder: Path) -> None:
    for data in (sign(folder, "-certfile", "ca.pem"), sign(folder, "-stream"), sign(folder, form="PEM")):
        for end in range(30, len(data), 97):
            found = answer(data[:end])
            told = (
                found.endswith(".") if isinstance(found, str) else not any(s.intact for s in found.signatures)
            )
            assert told


def test_whatever_is_changed_in_a_file_there_is_an_answer(folder: Path) -> None:
    chance = random.Random(5)
    files = [sign(folder, "-certfile", "ca.pem"), sign(folder, "-stream"), sign(folder, form="PEM")]
    for _ in range(600):
        data = bytearray(chance.choice(files))
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        found = answer(bytes(data))
        assert isinstance(found, Opened) or found.endswith(".")


HEAD = b"\x30\x80" + bytes.fromhex("06092a864886f70d010702") + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80"
CHUNKS = HEAD + bytes.fromhex("06092a864886f70d010701") + b"\xa0\x80\x24\x80"


@pytest.mark.parametrize(
    "data",
    [
        CHUNKS + b"\x04\x00" * 2_400_000,
        CHUNKS + b"\x24\x80" * 2_400_000,
        HEAD + b"\xa0\x80" * 2_400_000,
        b"\x30\x84\x7f\xff\xff\xff" + HEAD[2:],
        b"-----BEGIN CMS-----" * 250_000,
        b"Content-Type: application/pkcs7-mime\n" * 130_000,
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\n" * 900_000,
        b"M" * 4_900_000,
        b"MI " * 1_600_000,
        assembled(emit(0, 1, 4, b"\x04\x00" * 2_400_000), digests=b"\x04\x84\x7f\xff\xff\xff"),
        assembled(emit(0, 1, 4, b"\x04\x00" * 2_400_000), digests=b"\x04\x89" + b"\0" * 9),
        assembled(octets(b"x"), digests=b"\x04\x84\x7f\xff\xff\xff", certificates=[b"\x30\0" * 2_400_000]),
        assembled(octets(b"x"), digests=b"\x04\x84\x7f\xff\xff\xff", signers=[b"\x30\0" * 2_400_000]),
        HEAD + emit(0, 0, 6, b"\x81" * 4_900_000) + b"\xa0\x80\x04\0" + b"\0\0" * 2 + b"\x31\0" + b"\0\0" * 3,
        HEAD + b"\x3f" + b"\x81" * 4_900_000,
        b"Content-Type: " + b"(" * 4_000 + b"\n\nMII",
        b"To: " + b"<" * 2_000 + b"\nContent-Type: x/y" + b"(" * 2_000 + b"\n\nMII",
    ],
    ids=[
        "chunks",
        "nested chunks",
        "nested",
        "long",
        "PEM",
        "headers",
        "parts",
        "base64",
        "base64 with spaces",
        "chunks behind what reaches too far",
        "chunks behind a length of nine octets",
        "certificates behind what reaches too far",
        "signatures behind what reaches too far",
        "identifier",
        "tag",
        "brackets",
        "brackets in another header",
    ],
)
def test_what_is_made_to_take_long_is_answered_soon(data: bytes) -> None:
    with soon():
        found = answer(data)
    assert found.endswith(".") if isinstance(found, str) else not found.signatures


CHUNKS_END = b"\0\0" * 3 + b"\x31\x00" + b"\0\0" * 3


@pytest.mark.parametrize(("size", "count"), [(2, 20_000), (97, 49_000), (1_000, 4_900)])
def test_thousands_of_chunks_are_read(size: int, count: int) -> None:
    chunks = b"".join(octets(bytes([place % 251]) * size) for place in range(count))
    with soon():
        found = open_file(CHUNKS + chunks + CHUNKS_END).content
    assert found == b"".join(bytes([place % 251]) * size for place in range(count))


def test_chunks_in_chunks_are_read_whatever_their_lengths() -> None:
    inner = octets(b"b") + b"\x24\x80" + octets(b"c") + octets(b"") + b"\x24\x00" + b"\0\0" + octets(b"d")
    definite = emit(0, 1, 4, octets(b"a") + emit(0, 1, 4, inner) + octets(b"e"))
    assert open_file(assembled(definite)).content == b"abcde"
    assert open_file(CHUNKS + octets(b"a") + definite + CHUNKS_END).content == b"aabcde"


@pytest.mark.parametrize(
    "content",
    [
        octets(b"a") + octets(b"b"),
        b"",
        emit(0, 1, 16, octets(b"a")),
        emit(0, 1, 4, emit(0, 0, 12, b"a")),
        emit(2, 0, 4, b"a"),
    ],
    ids=["two", "none", "a sequence", "chunks of another type", "another class"],
)
def test_a_content_that_is_no_string_of_bytes_is_refused(content: bytes) -> None:
    with pytest.raises(VerificationError, match="its content cannot be read"):
        open_file(assembled(content))


def test_a_large_content_in_chunks_in_chunks_takes_no_room_for_each() -> None:
    nested = octets(b"x" * 4_900_000)
    for _ in range(50):
        nested = bytes(emit(0, 1, 4, nested))
    tracemalloc.start()
    try:
        with soon():
            found = answer(assembled(nested))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == "The signed profile is damaged: its content cannot be read."
    assert peak < 150_000_000
