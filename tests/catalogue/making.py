"""Payloads and scopes made in a test, without the rest of a declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from profiles.catalogue.keys import Key
from profiles.catalogue.payload_type import Group, Payload
from profiles.catalogue.scope import Scope
from profiles.catalogue.shape import Shape
from profiles.catalogue.versions import INHERITED, Targets


def payload(*keys: Key, slug: str = "made", **more: Any) -> Payload:
    """A payload of one group."""
    declared = {
        "payload_type": "com.example.made",
        "title": "Made",
        "available": INHERITED,
        "effects": lambda _: ["Does what it says."],
        **more,
    }
    return Payload(slug=slug, groups=(Group("all", title="All", keys=keys),), **declared)


def scope(*keys: Key, values: Mapping[str, Any], targets: Targets | None = None) -> Scope:
    """Flat values in the light of `keys`."""
    return Scope(shape=Shape(keys, "made"), values=values, targets=targets or {}, available=INHERITED)
