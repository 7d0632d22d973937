"""What a new profile can begin with: the files in `starting_points/`, each a spec with a title and a summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml
from django.utils.text import slugify

from profiles.catalogue import registry
from profiles.catalogue.versions import Targets
from profiles.plist.document import Document, PayloadDocument, random_uuid
from profiles.plist.spec.file import resolve

FOLDER: Final = Path(__file__).parent.parent / "starting_points"


@dataclass(frozen=True)
class StartingPoint:
    """One way to begin; `payloads` are as in a spec file."""

    slug: str
    title: str
    summary: str
    targets: Targets
    payloads: tuple[Mapping[str, Any], ...]


@cache
def all_points() -> Mapping[str, StartingPoint]:
    """Every starting point by its slug, in the order of the files' names."""
    points = [_read(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return MappingProxyType({point.slug: point for point in points})


def _read(path: Path) -> StartingPoint:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return StartingPoint(
        slug=path.stem.partition("-")[2],
        title=data["title"],
        summary=data["summary"],
        targets=data.get("targets", {}),
        payloads=tuple(data["payloads"]),
    )


def begin(point: StartingPoint, *, name: str, organization: str, identifier_prefix: str) -> Document:
    """A new document with UUIDs and an identifier of its own, in which each “@name” is the UUID of a payload."""
    uuid = random_uuid()
    title = " ".join(name.split())[:200] or point.title
    readable = slugify(title)[:40].strip("-_")
    identifier = ".".join(part for part in (identifier_prefix, readable, uuid[:8].lower()) if part)
    envelope = {"PayloadDisplayName": title, "PayloadIdentifier": identifier}
    if organization:
        envelope["PayloadOrganization"] = organization
    return Document(
        uuid=uuid,
        envelope=envelope,
        targets=dict(point.targets),
        payloads=resolve(
            PayloadDocument(
                slug=part["type"],
                name=part["name"],
                uuid=random_uuid(),
                values=_named(part["type"], part["values"], title),
            )
            for part in point.payloads
        ),
    )


def _named(slug: str, values: Mapping[str, Any], title: str) -> dict[str, Any]:
    """The values, with the profile's name for a connection that has a name."""
    named = {"UserDefinedName": title} if "UserDefinedName" in registry.payload(slug).by_path else {}
    return {**named, **values}
