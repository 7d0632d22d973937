"""Keys that both kinds of certificate request, SCEP and ACME, have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from profiles.catalogue import distinguished_names
from profiles.catalogue.conditions import Values, is_set
from profiles.catalogue.effect_text import PROOF, host, quoted
from profiles.catalogue.findings import Finding, Severity
from profiles.catalogue.keys import Choice, DistinguishedName, Key, Text
from profiles.catalogue.options import Option
from profiles.catalogue.scope import Scope
from profiles.catalogue.values import MAX_ITEMS
from profiles.catalogue.versions import INHERITED, Availability, Targets


@dataclass(frozen=True)
class Names(Text):
    """A name, or an array of several: Apple says of SCEP that each kind of name may be one string or many."""

    def meant(self, value: Any, beside: Values) -> Any:
        return value if isinstance(value, list) and is_set(value) else super().meant(value, beside)

    def check(self, value: Any, path: str, targets: Targets) -> Iterator[Finding]:
        if not isinstance(value, list):
            yield from super().check(value, path, targets)
            return
        for index, item in enumerate(value[:MAX_ITEMS]):
            yield from super().check(item, f"{path}[{index}]", targets)


def subject(path: str, *, required: bool) -> DistinguishedName:
    """The subject that is asked for."""
    return DistinguishedName(
        path,
        label="Subject",
        help="The distinguished name to ask for; a backslash before a comma that is meant.",
        required=required,
        placeholder="CN=alice,O=Example",
    )


def alternative_names(path: str, *, several: bool = False) -> tuple[Key, ...]:
    """The subject alternative names that are asked for: one of each kind, or `several`."""
    kind: type[Text] = Names if several else Text
    return (
        kind(
            f"{path}.dNSName",
            label="DNS name",
            help="A host name to ask for as a subject alternative name.",
            placeholder="laptop-7.example.com",
        ),
        kind(
            f"{path}.rfc822Name",
            compared=True,
            label="E-mail address",
            help="An e-mail address to ask for as a subject alternative name.",
            placeholder="alice@example.com",
        ),
        kind(
            f"{path}.ntPrincipalName",
            compared=True,
            label="User principal name",
            help="A Windows user principal name to ask for as a subject alternative name.",
            placeholder="alice@corp.example.com",
        ),
        kind(
            f"{path}.uniformResourceIdentifier",
            compared=True,
            label="URI",
            help="A URI to ask for as a subject alternative name.",
        ),
    )


def usage(path: str, *, zero: bool, available: Availability = INHERITED) -> Choice:
    """What the key is for, as a bit mask: 1 signs, 4 encrypts."""
    nothing = (Option(0, "Not said"),) if zero else ()
    return Choice(
        path,
        label="Key usage",
        help="What the key is to be used for.",
        default=0 if zero else None,
        choices=(
            *nothing,
            Option(1, "Signing"),
            Option(4, "Encryption"),
            Option(5, "Both"),
        ),
        available=available,
        other_as=Severity.WARNING,
    )


def request_effects(scope: Scope, *, server: str, subject: str) -> Iterator[str]:
    """Who issues what, for the person who installs it; `server` and `subject` are paths."""
    name = quoted(*distinguished_names.attributes(scope.values.get(subject), "CN"))
    issued = f"a certificate for {name}" if name else "a certificate of its own"
    yield f"Gets {issued} from {host(scope.values.get(server)) or 'a server'}, {PROOF}."
