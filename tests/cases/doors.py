"""The doors through which a profile comes in, each of which has to say the same of it."""

from __future__ import annotations

import json
import plistlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from profiles.catalogue import registry
from profiles.catalogue.payloads.other import SLUG as OTHER
from profiles.catalogue.versions import Targets
from profiles.plist.document import Document, PayloadDocument, Problem
from profiles.plist.json_values import to_json
from profiles.plist.reading.load import load
from profiles.plist.reading.read import read
from profiles.plist.spec.file import read_spec
from profiles.plist.spec.writer import Format, write
from profiles.services.certificate_evidence import check
from tests.cases.making import Tree

_OWN: Final = ("PayloadType", "PayloadVersion", "PayloadUUID", "PayloadIdentifier", "VPNType")
"""What the build writes by itself into a payload."""

_OF_PROFILE: Final = ("PayloadType", "PayloadVersion", "PayloadUUID", "PayloadContent", "targets")


def from_file(tree: Tree) -> Document:
    """A file from anywhere."""
    return read(load(plistlib.dumps(tree, sort_keys=False)).value)


def converted(tree: Tree) -> Document:
    """A file from anywhere that was made a spec of."""
    return read_spec(write(from_file(tree), with_secrets=True, form=Format.JSON).text)


def from_spec(tree: Tree) -> Document:
    """A spec that somebody wrote, which knows nothing of a file."""
    envelope = {name: to_json(value) for name, value in tree.items() if name not in _OF_PROFILE}
    payloads = [_entry(payload, number) for number, payload in enumerate(tree["PayloadContent"], 1)]
    return read_spec(json.dumps({"profile": envelope, "payloads": payloads}))


def native(tree: Tree) -> Document:
    """A profile that was made in the designer."""
    envelope = {name: value for name, value in tree.items() if name not in _OF_PROFILE}
    parts = (_part(payload, number) for number, payload in enumerate(tree["PayloadContent"], 1))
    return Document(uuid=tree["PayloadUUID"], envelope=envelope, targets={}, payloads=tuple(parts))


DOORS: Final[Mapping[str, Callable[[Tree], Document]]] = {
    "file": from_file,
    "converted": converted,
    "spec": from_spec,
    "native": native,
}


def document(tree: Tree, door: str = "file", targets: Targets | None = None) -> Document:
    """What comes in through a door, for these targets."""
    return replace(DOORS[door](tree), targets=targets or {})


def problems(tree: Tree, door: str = "file", targets: Targets | None = None) -> list[Problem]:
    """What is said of a profile that comes in through a door."""
    return check(document(tree, door, targets))


def _split(payload: Tree) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The slug, and the keys that the catalogue knows and does not know."""
    kind = registry.recognise(payload)
    known = {path.partition(".")[0] for path in kind.by_path}
    names = [name for name in payload if name not in _OWN or (name == "PayloadType" and name in kind.by_path)]
    values = {name: payload[name] for name in names if name in known}
    return kind.slug, values, {name: payload[name] for name in names if name not in known}


def _entry(payload: Tree, number: int) -> Tree:
    slug, values, unknown = _split(payload)
    uuid = {"PayloadUUID": payload["PayloadUUID"]}
    entry = {
        "type": slug,
        "name": f"part {number}",
        "values": {name: to_json(value) for name, value in (values | uuid).items()},
        "unknown": {name: to_json(value) for name, value in unknown.items()},
    }
    return {name: value for name, value in entry.items() if value}


def _part(payload: Tree, number: int) -> PayloadDocument:
    slug, values, unknown = _split(payload)
    if slug == OTHER:
        unknown |= {"VPNType": payload["VPNType"]} if "VPNType" in payload else {}
    return PayloadDocument(
        slug=slug, name=f"part {number}", uuid=payload["PayloadUUID"], values=values, unknown=unknown
    )
