"""Names in networks: what is a host name, an address, a domain, a pattern or a web address, and what nearly is one.

Each function says what keeps a text from being such a name, and what it can only have been meant for; None where all is
well. Nothing here asks a network.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

LONGEST_NAME: Final = 253
LONGEST_LABEL: Final = 63
"""Octets of a name in DNS, and of a part of it (RFC 1035)."""

_BLANKS: Final = "\u200b\u2060\ufeff" + "".join(filter(str.isspace, map(chr, range(0x3001))))
"""White space, and marks without a width that come along when a text is copied."""

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/+")
_BETWEEN: Final = re.compile(r"[\s,;]+")
_STAR_IN_ADDRESS: Final = re.compile(r"[0-9.]*\*[0-9.]*|[0-9A-Fa-f:.]*\*[0-9A-Fa-f:.]*")
_OWN: Final = frozenset({"localhost", "localhost.localdomain", "localhost4", "localhost6", "ip6-localhost"})
_OCTETS: Final = 4
_BITS: Final = 8


class Flaw(Enum):
    """What keeps a text from being the name that is wanted, as a clause that follows the text."""

    EMPTY = "holds nothing but blanks"
    BLANKS = "has blanks around it"
    BLANK_INSIDE = "has a blank in it"
    SEVERAL = "names several"
    URL = "is a web address"
    NO_URL = "is no web address that begins with http:// or https://"
    USER = "has an @ in it"
    PORT = "has a port at its end"
    PATH = "has a path at its end"
    NETWORK = "is written as a network"
    BRACKETS = "has brackets around it"
    WILDCARD = "has a * where none can be"
    DOTS = "has a dot too many"
    LONG = "is longer than DNS allows"
    NUMBERS = "looks like an IP address and is none"
    CHARACTERS = "holds characters that no name in DNS has"
    UNICODE = "is not written in the letters of DNS"
    HYPHEN = "has a hyphen at the edge of a part"
    UNDERSCORE = "has an underscore in it"
    ADDRESS = "is an IP address"
    NAME = "is a name"


HARMLESS: Final = frozenset({Flaw.HYPHEN, Flaw.UNDERSCORE})
"""What DNS resolves, although it makes no host name by RFC 1123."""

_SUPERFLUOUS: Final = {"*.": Flaw.WILDCARD, ".": Flaw.DOTS}
"""Beginnings that a plain domain does not have."""


@dataclass(frozen=True)
class Misnomer:
    """Why a text is not the name that is wanted.

    meant    what it can only have been meant for; empty where nobody can say
    parts    the names in it, where it is several
    """

    flaw: Flaw
    meant: str = ""
    parts: tuple[str, ...] = ()


def trimmed(text: str) -> str:
    """The text without the blanks around it, those without a width included."""
    return text.strip(_BLANKS)


def parts(text: str) -> tuple[str, ...]:
    """What is listed in one text, with commas, semicolons or blanks in between."""
    return tuple(part for part in _BETWEEN.split(trimmed(text)) if part)


def is_address(text: str) -> bool:
    """Is this an IP address, with a zone maybe?"""
    return _address(text) is not None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    # Most names cannot be one, and to find that out by an exception takes longer than all else.
    return _parsed(text) if ":" in text or text[:1].isdigit() else None


@lru_cache(maxsize=1024)
def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def is_unspecified(text: str) -> bool:
    """Is it `0.0.0.0` or `::`, which stand for no address?"""
    found = _address(text)
    return found is not None and found.is_unspecified


def in_dns(name: str) -> str:
    """A name in the letters of DNS (punycode); empty where ways to write it so differ, or there is none."""
    try:
        written = name.encode("idna").decode("ascii")
        back = written.encode("ascii").decode("idna")
    except UnicodeError:
        return ""
    return written if back == unicodedata.normalize("NFC", name).lower() else ""


def compared(text: str) -> str:
    """What a host or another name comes down to where two of them are compared, however they are written.

    Letters outside DNS as DNS has them, small letters, no final dot; addresses in their short form.
    """
    bare = trimmed(text)
    if found := _address(bare):
        return str(found)
    bare = bare.removesuffix(".")
    return (bare if bare.isascii() else in_dns(bare) or bare).lower()


def is_own(text: str) -> bool:
    """Does it name the device itself, as `localhost`, `127.0.0.1` and `::1` do?"""
    bare = compared(text)
    if found := _address(bare):
        mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
        return (mapped or found).is_loopback
    return bare in _OWN or bare.endswith(".localhost")


def host(text: str) -> Misnomer | None:
    """A host name or an IP address, and nothing around it."""
    if found := _listed(text):
        return found
    inside = _inside(trimmed(text))
    own = inside.wrong()
    if flaw := inside.flaw or (Flaw.BLANKS if inside.host != text else None):
        return Misnomer(flaw, inside.meant(own))
    return own


def domain(text: str) -> Misnomer | None:
    """A domain: a name in DNS that is no address."""
    return _domain(text, wildcard=False)


def domain_pattern(text: str) -> Misnomer | None:
    """A domain, or `*.` with one behind it."""
    return _domain(text, wildcard=True)


def address(text: str) -> Misnomer | None:
    """An IP address."""
    if found := _listed(text):
        return found
    inside = _inside(trimmed(text))
    if inside.numeric:
        flaw = inside.flaw or (Flaw.BLANKS if inside.host != text else None)
        return Misnomer(flaw, inside.meant(None)) if flaw else None
    own = inside.wrong()
    is_name = own is None or own.flaw in (*HARMLESS, Flaw.UNICODE)
    return Misnomer(Flaw.NAME if own is None or is_name else own.flaw)


def address_pattern(text: str) -> Misnomer | None:
    """An IP address, or the beginning or end of some with one `*` for the rest, such as `10.1.*`."""
    bare = trimmed(text)
    if "*" not in bare:
        found = address(text)
        if found is not None and found.flaw is Flaw.NETWORK:
            return Misnomer(Flaw.NETWORK, found.meant or _as_pattern(bare))
        return found
    if found := _listed(text):
        return found
    one = re.sub(r"\*(\.\*)+$", "*", bare)
    if _STAR_IN_ADDRESS.fullmatch(one) is None:
        return Misnomer(Flaw.WILDCARD)
    if ":" not in one and any(each.isdigit() and int(each) >> _BITS for each in one.split(".")):
        return Misnomer(Flaw.NUMBERS)
    if one != bare:
        return Misnomer(Flaw.WILDCARD, one)
    return None if bare == text else Misnomer(Flaw.BLANKS, bare)


def web_address(text: str) -> Misnomer | None:
    """A web address in full, with http or https."""
    bare = trimmed(text)
    if not bare:
        return Misnomer(Flaw.EMPTY)
    if _BETWEEN.search(bare) and len(found := parts(bare)) > 1 and all(map(_is_web, found)):
        return Misnomer(Flaw.SEVERAL, parts=found)
    if not _is_web(bare):
        return Misnomer(Flaw.NO_URL)
    return None if bare == text else Misnomer(Flaw.BLANKS, bare)


def port(text: str) -> int | None:
    """The port behind a host, whatever else stands around that; None where there is none."""
    bare = trimmed(text)
    scheme = _SCHEME.match(bare)
    authority = re.split(r"[/\\?#]", bare[scheme.end() :] if scheme else bare, maxsplit=1)[0]
    if is_address(authority):
        return None
    try:
        return urlsplit(f"//{authority}").port
    except ValueError:
        return None


def _is_web(text: str) -> bool:
    if re.search(r"\s", text):
        return False
    try:
        found = urlsplit(text)
    except ValueError:
        return False
    return found.scheme in ("http", "https") and bool(found.hostname)


def _domain(text: str, *, wildcard: bool) -> Misnomer | None:
    if found := _listed(text):
        return found
    bare = trimmed(text)
    start = "*." if bare.startswith("*.") else "." if bare.startswith(".") else ""
    kept = start if wildcard and start == "*." else ""
    inside = _inside(bare.removeprefix(start))
    if inside.numeric:
        return Misnomer(Flaw.NETWORK if inside.flaw is Flaw.NETWORK else Flaw.ADDRESS)
    own = inside.wrong()
    meant = inside.meant(own)
    flaw = inside.flaw or (_SUPERFLUOUS[start] if start != kept else None)
    flaw = flaw or (own.flaw if own and own.flaw not in HARMLESS else None)
    flaw = flaw or (Flaw.BLANKS if bare != text else None)
    return Misnomer(flaw, f"{kept}{meant}" if meant else "") if flaw else None


def _listed(text: str) -> Misnomer | None:
    """That there is nothing in the text, or more than one name."""
    bare = trimmed(text)
    if not bare:
        return Misnomer(Flaw.EMPTY)
    if _BETWEEN.search(bare) is None:
        return None
    found = parts(bare)
    # Words with blanks in between may be one name that somebody typed as it is spoken.
    apart = re.search(r"[,;\n]", bare) is not None or all(re.search(r"[.:]", part) for part in found)
    if apart and len(found) > 1 and not any(_SCHEME.match(part) for part in found):
        return Misnomer(Flaw.SEVERAL, parts=found)
    return Misnomer(Flaw.BLANK_INSIDE if re.search(r"\s", bare) else Flaw.CHARACTERS)


@dataclass(frozen=True)
class _Inside:
    """The host in a text, and what stands around it.

    numeric    it is an IP address            sure    it is what was meant; else nobody can say
    """

    host: str
    flaw: Flaw | None = None
    sure: bool = True
    numeric: bool = False

    def wrong(self) -> Misnomer | None:
        """What keeps it from being a host name or an address."""
        return None if self.numeric else _name(self.host)

    def meant(self, own: Misnomer | None) -> str:
        """The host by itself, as far as it is one; `own` is what is wrong with it."""
        if not self.sure:
            return ""
        return self.host if own is None or own.flaw in HARMLESS else own.meant


def _inside(bare: str) -> _Inside:
    if is_address(bare):
        return _Inside(bare, numeric=True)
    scheme = _SCHEME.match(bare)
    rest = bare[scheme.end() :] if scheme else bare
    authority = re.split(r"[/\\?#]", rest, maxsplit=1)[0]
    beyond = rest[len(authority) :]
    if not scheme and re.fullmatch(r"/[0-9]{1,3}", beyond) and is_address(authority):
        whole = int(beyond[1:]) == ipaddress.ip_address(authority).max_prefixlen
        return _Inside(authority, Flaw.NETWORK, sure=whole, numeric=True)
    found = _authority(authority)
    if scheme:
        return replace(found, flaw=Flaw.URL, sure=True)
    return replace(found, flaw=Flaw.PATH) if beyond and found.flaw is not Flaw.USER else found


def _authority(text: str) -> _Inside:
    """The host between a user and a port."""
    if is_address(text):
        return _Inside(text, numeric=True)
    try:
        found = urlsplit(f"//{text}")
        inner, port = found.hostname or "", found.port
    except ValueError:
        return _Inside(text)
    if "@" in text:
        return _host(inner, Flaw.USER, sure=False)
    if text.startswith("["):
        return _host(inner, Flaw.BRACKETS if port is None else Flaw.PORT)
    # What has several colons is no host with a port.
    return _host(text.rpartition(":")[0], Flaw.PORT) if text.count(":") == 1 else _Inside(text)


def _host(text: str, flaw: Flaw | None = None, *, sure: bool = True) -> _Inside:
    return _Inside(text, flaw, sure=sure, numeric=is_address(text))


def _name(name: str) -> Misnomer | None:
    """What keeps a text with nothing around it from being a host name or an address."""
    if is_address(name):
        return None
    if len(name) > LONGEST_NAME:
        return Misnomer(Flaw.LONG)
    if "*" in name:
        return Misnomer(Flaw.WILDCARD)
    if not name.isascii():
        if not all(map(_is_letter, name)):
            return Misnomer(Flaw.CHARACTERS)
        written = in_dns(name)
        own = _name(written) if written else None
        return Misnomer(Flaw.UNICODE, written if own is None or own.flaw in HARMLESS else "")
    labels = name.removesuffix(".").split(".")
    if not all(labels):
        return Misnomer(Flaw.DOTS)
    if any(len(label) > LONGEST_LABEL for label in labels):
        return Misnomer(Flaw.LONG)
    if not all(re.fullmatch(r"[A-Za-z0-9_-]+", label) for label in labels):
        return Misnomer(Flaw.CHARACTERS)
    if labels[-1].isdigit():
        return Misnomer(Flaw.NUMBERS)
    if any(label.startswith("-") or label.endswith("-") for label in labels):
        return Misnomer(Flaw.HYPHEN)
    return Misnomer(Flaw.UNDERSCORE) if "_" in name else None


def _is_letter(letter: str) -> bool:
    """Could it stand in a name of any script?"""
    if letter.isascii():
        return letter.isalnum() or letter in ".-_"
    return unicodedata.category(letter)[0] in "LMNS"


def is_loose_address(text: str) -> bool:
    """Could a system take these numbers for an IP address, as some do of `10.1` and `010.0.0.1`?"""
    labels = text.removesuffix(".").split(".")
    if not all(label.isdecimal() for label in labels):
        return False
    return len(labels) < _OCTETS or (
        len(labels) == _OCTETS and all(int(label) < 1 << _BITS for label in labels)
    )


def _as_pattern(network: str) -> str:
    """A network as the beginning of its addresses, `10.*`, where that is the same; empty elsewhere."""
    try:
        found = ipaddress.IPv4Network(network)
    except ValueError:
        return ""
    octets, rest = divmod(found.prefixlen, _BITS)
    return "" if rest or not octets else ".".join([*str(found.network_address).split(".")[:octets], "*"])
