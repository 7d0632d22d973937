"""One structure in the forms that BER leaves open: lengths that are open or longer than need be, strings in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from asn1crypto import parser

OPEN, LONG = "open", "long"
"""Forms of a length other than the shortest."""


@dataclass
class Node:
    """An element of DER; `children` where it is constructed. What is `sealed` is written as it was."""

    class_: int
    tag: int
    contents: bytes
    children: list[Node] | None = None
    form: str = ""
    sealed: bool = False
    constructed: bool = field(init=False)

    def __post_init__(self) -> None:
        self.constructed = self.children is not None

    def __getitem__(self, place: int) -> Node:
        assert self.children is not None
        return self.children[place]

    def within(self) -> Iterator[Node]:
        """The element and all that are in it, but for what is sealed."""
        if not self.sealed:
            yield self
            for child in self.children or ():
                yield from child.within()

    def in_pieces(self, size: int, form: str = "") -> None:
        """Write a string as several, of `size` octets each."""
        data = self.contents
        cut = [data[place : place + size] for place in range(0, len(data), size)] or [b""]
        self.children = [Node(0, 4, piece) for piece in cut]
        self.constructed, self.form = True, form

    def encoded(self) -> bytes:
        """The element in its form."""
        contents = self.contents
        if self.children is not None and not self.sealed:
            contents = b"".join(child.encoded() for child in self.children)
        head = bytes([self.class_ << 6 | self.constructed << 5 | self.tag])
        if self.form == OPEN and self.constructed and not self.sealed:
            return head + b"\x80" + contents + b"\0\0"
        if self.form == LONG and not self.sealed:
            return head + b"\x84" + len(contents).to_bytes(4, "big") + contents
        return bytes(parser.emit(self.class_, int(self.constructed), self.tag, contents))


def tree(der: bytes) -> Node:
    """The elements of DER."""
    (node,) = _nodes(der)
    return node


def _nodes(data: bytes) -> list[Node]:
    found = []
    while data:
        class_, method, tag, header, contents, _ = parser.parse(data)
        found.append(Node(class_, tag, contents, _nodes(contents) if method else None))
        data = data[len(header) + len(contents) :]
    return found


def signature(cms: Node) -> Node:
    """The first signature in a CMS: version, signer, digest, attributes where there are some, kind, and the octets."""
    return cms[1][0].children[-1][0]  # type: ignore[index]


def octets(cms: Node) -> Node:
    """The octets of the first signature."""
    return next(each for each in signature(cms).children or () if (each.class_, each.tag) == (0, 4))


def attributes(cms: Node) -> Node:
    """Its signed attributes."""
    return signature(cms)[3]


def digest(cms: Node) -> Node:
    """The digest of the content among its attributes, which is the one value that is a string of octets."""
    return next(each for each in attributes(cms).within() if (each.class_, each.tag) == (0, 4))


def seal_certificates(cms: Node) -> None:
    """Leave the certificates as they are: they are signed in DER, and nobody writes them otherwise."""
    for each in cms[1][0][3].children or ():
        each.sealed = True


def everywhere(form: str) -> Callable[[Node], None]:
    """Give all lengths that form, but for those inside certificates."""

    def change(cms: Node) -> None:
        seal_certificates(cms)
        for each in cms.within():
            each.form = form

    return change
