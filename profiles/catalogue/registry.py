"""All payload types: each module in `payloads/` that holds a PAYLOAD."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from profiles.catalogue import payloads as payload_modules
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.payloads.other import SLUG as OTHER
from profiles.exceptions import CatalogueError


@cache
def payloads() -> Mapping[str, Payload]:
    """Every payload type by its slug; raises CatalogueError when two claim the same place."""
    names = sorted(module.name for module in pkgutil.iter_modules(payload_modules.__path__))
    found = [import_module(f"{payload_modules.__name__}.{name}").PAYLOAD for name in names]
    return register(found)


def register(found: list[Payload]) -> Mapping[str, Payload]:
    """`found` by slug, once each declaration is whole and none stands twice."""
    by_slug: dict[str, Payload] = {}
    variants: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    for payload in found:
        variant = (payload.payload_type, frozenset(payload.discriminator.items()))
        if payload.slug in by_slug or variant in variants:
            raise CatalogueError(f"{payload.slug} ({payload.payload_type}) is declared twice.")
        payload.check_declarations()
        by_slug[payload.slug] = payload
        variants.add(variant)
    return MappingProxyType(by_slug)


def payload(slug: str) -> Payload:
    """The payload type called `slug`; raises CatalogueError when there is none."""
    try:
        return payloads()[slug]
    except KeyError:
        raise CatalogueError(
            f"There is no payload type {slug!r}. The catalogue has: {', '.join(payloads())}."
        ) from None


def intended(values: Mapping[str, Any]) -> Payload:
    """The type that a payload was meant to be, although what tells it from others is written wrong or left out.

    Its own dictionary (`IKEv2`) or other letters (`ikev2`) say which; the one for all others where nobody can tell.
    """
    values = rightly_typed(values)
    found = recognise(values)
    if found.slug != OTHER:
        return found
    return next((each for each in payloads().values() if each.almost_fits(values)), found)


def rightly_typed(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values with a PayloadType in other letters (`com.apple.VPN.managed`) as Apple writes it."""
    kind = values.get("PayloadType")
    right = _types().get(kind.casefold(), kind) if isinstance(kind, str) else kind
    return values if right == kind else {**values, "PayloadType": right}


@cache
def _types() -> Mapping[str, str]:
    """The types of all payloads, by what they are in small letters."""
    return {kind.casefold(): kind for each in payloads().values() for kind in map(str, each.types)}


def recognise(values: Mapping[str, Any]) -> Payload:
    """The type of a payload as it stands in a file; the one for all others where no declaration fits."""
    for candidate in payloads().values():
        if candidate.fits(values):
            return candidate
    return payload(OTHER)
