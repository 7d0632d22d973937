"""DER rewritten as others write it: with open lengths, in pieces, or with a constructed tag."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from asn1crypto import pkcs12 as asn1

_CONSTRUCTED: Final = 0x20
_END: Final = b"\0\0"


@dataclass(frozen=True)
class Node:
    """One element: its tag, and what is in it, bytes or elements."""

    tag: int
    content: bytes | tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        """The elements in it."""
        assert isinstance(self.content, tuple)
        return self.content

    def der(self) -> bytes:
        """It with its length written out."""
        inside = _inside(self, Node.der)
        return bytes([self.tag]) + _length(len(inside)) + inside

    def open(self) -> bytes:
        """It with an open length wherever one may stand, as NSS writes."""
        if isinstance(self.content, bytes):
            return self.der()
        return bytes([self.tag, 0x80]) + _inside(self, Node.open) + _END


def parse(der: bytes) -> Node:
    """The one element in DER with short tags."""
    (node,) = _nodes(der)
    return node


def _nodes(der: bytes) -> Iterator[Node]:
    at = 0
    while at < len(der):
        tag, size, at = der[at], der[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(der[at : at + count]), at + count
        inside, at = der[at : at + size], at + size
        yield Node(tag, tuple(_nodes(inside)) if tag & _CONSTRUCTED else inside)


def _inside(node: Node, write: Callable[[Node], bytes]) -> bytes:
    return node.content if isinstance(node.content, bytes) else b"".join(map(write, node.content))


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    count = (size.bit_length() + 7) // 8
    return bytes([0x80 | count]) + size.to_bytes(count)


def in_pieces(pfx: bytes, password: str) -> bytes:
    """A PKCS #12 file as pk12util of NSS writes it: open lengths inside and out, its bytes in pieces, its own MAC."""
    file = asn1.Pfx.load(pfx)
    # Only DER can be read again, so what goes into the MAC is rewritten, and the MAC made anew.
    safe = _pieces(parse(file["auth_safe"]["content"].native)).open()
    made = file["mac_data"]
    salt, rounds = made["mac_salt"].native, made["iterations"].native
    mac = hmac.digest(_mac_key(password, salt, rounds), safe, "sha1")
    info = parse(made.dump())
    digest = replace(info.parts[0], content=(info.parts[0].parts[0], Node(0x04, mac)))
    octets = Node(0x24, (Node(0x04, safe),))
    content = Node(0x30, (parse(file["auth_safe"]["content_type"].dump()), Node(0xA0, (octets,))))
    rest = replace(info, content=(digest, *info.parts[1:])).der()
    return bytes(b"\x30\x80" + file["version"].dump() + content.open() + rest + _END)


def _pieces(node: Node) -> Node:
    """With what is encrypted, which stands under an implicit tag, as a list of texts of bytes."""
    if node.tag == 0x80 and isinstance(node.content, bytes):
        half = len(node.content) // 2
        return Node(0xA0, (Node(0x04, node.content[:half]), Node(0x04, node.content[half:])))
    if isinstance(node.content, bytes):
        return node
    return replace(node, content=tuple(map(_pieces, node.content)))


def _mac_key(password: str, salt: bytes, rounds: int) -> bytes:
    """RFC 7292, appendix B.2, for the MAC with SHA-1."""
    text = (password + "\0").encode("utf-16-be")
    seed = b"\x03" * 64 + _filled(salt) + _filled(text)
    found = hashlib.sha1(seed).digest()
    for _ in range(rounds - 1):
        found = hashlib.sha1(found).digest()
    return found


def _filled(text: bytes) -> bytes:
    size = 64 * -(-len(text) // 64)
    return (text * (size // len(text) + 1))[:size]


def with_constructed_signer(cms: bytes) -> bytes:
    """A signature whose signer's key identifier is written as [0] { OCTET STRING }, as Apple's encoder does."""
    return _with_signers(cms, _signer)


def with_unreadable_digest(cms: bytes) -> bytes:
    """A signature that says what it was made with in a way that nobody can read."""
    return _with_signers(
        cms, lambda each: replace(each, content=(*each.parts[:2], Node(0x02, b"\x07"), *each.parts[3:]))
    )


def _with_signers(cms: bytes, change: Callable[[Node], Node]) -> bytes:
    info = parse(cms)
    signed = info.parts[1].parts[0]
    *others, signers = signed.parts
    patched = replace(signers, content=tuple(map(change, signers.parts)))
    whole = replace(signed, content=(*others, patched))
    return replace(info, content=(info.parts[0], replace(info.parts[1], content=(whole,)))).der()


def _signer(info: Node) -> Node:
    version, named, *rest = info.parts
    assert named.tag == 0x80, "sign with -keyid"
    assert isinstance(named.content, bytes)
    return replace(info, content=(version, Node(0xA0, (Node(0x04, named.content),)), *rest))
