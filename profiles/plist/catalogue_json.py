"""The catalogue as JSON, for programs that write specs, draw forms or check values by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.findings import Diagnostic
from profiles.catalogue.keys import Dictionary, Key, ListOf, Number
from profiles.catalogue.options import Option
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.versions import INHERITED, NEVER, OPERATING_SYSTEMS, Availability
from profiles.plist import json_values
from profiles.plist.rule_book import diagnostics

Json = dict[str, Any]


def catalogue_json() -> Json:
    """{"payloads": […], "envelope": {…}, "rules": […]}: payload types with all keys, dictionaries and list items.

    path, type           "IKEv2.OnDemandRules[].Action", where `[]` is an item of a list; string, integer, …
    allowed, min, max, max_items, default, revealed_by   null where there is none
    required             must be set in any case; if not, `required_by` is the condition under which it must
                         be, as far as it is revealed, or null
    since                {system: version, or null for never}
    max_on, default_by_os, allowed_until   where systems differ; {value: {system: first version that refuses
                         it, or null where none accepts it}}

    Conditions are those of `profiles.catalogue.conditions`; inside a list item they start at the item. Rules are the
    entries of the rule book, as `rule_json` tells them.
    """
    return {
        "payloads": [_payload(payload) for payload in registry.payloads().values()],
        "envelope": _payload(ENVELOPE),
        "rules": [rule_json(rule) for rule in diagnostics.entries().values()],
    }


def rule_json(rule: Diagnostic) -> Json:
    """One entry of the rule book; `milder` is empty where its problems never have less weight."""
    return {
        "code": rule.code,
        "severity": rule.severity.value,
        "milder": rule.milder,
        "title": rule.title,
        "why": rule.why,
        "mend": rule.mend,
        "certainty": rule.certainty.value,
        "sources": [
            {"origin": source.origin.value, "title": source.title, "url": source.url}
            for source in rule.sources
        ],
    }


def _payload(payload: Payload) -> Json:
    return {
        "slug": payload.slug,
        "payload_type": payload.payload_type,
        "discriminator": dict(payload.discriminator),
        "title": payload.title,
        "keys": list(_keys(payload.keys, "", payload.available)),
    }


def _keys(keys: tuple[Key, ...], prefix: str, parent: Availability) -> Iterator[Json]:
    """The keys in the order of the form, each dictionary before the first key inside it."""
    told: set[str] = set()
    for key in keys:
        parts = key.path.split(".")
        for depth in range(1, len(parts)):
            container = ".".join(parts[:depth])
            if container not in told:
                told.add(container)
                yield _described(f"{prefix}{container}", Dictionary(container, label=""), parent)
        yield from _key(key, f"{prefix}{key.path}", parent)


def _key(key: Key, path: str, parent: Availability) -> Iterator[Json]:
    available = key.available.within(parent)
    yield _described(path, key, available)
    if isinstance(key, ListOf):
        yield from _key(key.item, f"{path}[]", available)
    elif isinstance(key, Dictionary):
        yield from _keys(key.keys, f"{path}.", available)


def _described(path: str, key: Key, available: Availability) -> Json:
    return {
        "path": path,
        "type": key.type.value,
        "label": key.label,
        "help": key.help,
        "allowed": [option.value for option in key.options] or None,
        "allowed_until": _until(key.options),
        "min": key.minimum if isinstance(key, Number) else None,
        "max": key.maximum if isinstance(key, Number) else None,
        "max_on": dict(key.maximum_on) if isinstance(key, Number) else {},
        "unit": key.unit if isinstance(key, Number) else "",
        "max_items": key.max_items if isinstance(key, ListOf) else None,
        "default": json_values.to_json(key.default),
        "default_by_os": json_values.to_json(dict(key.default_on)),
        "required": key.required is True and key.required_by is None,
        "required_by": key.required_by.to_json() if key.required_by else None,
        "revealed_by": key.revealed_by.to_json() if key.revealed_by else None,
        "secret": key.secret,
        "since": available.to_json(),
    }


def _until(options: tuple[Option, ...]) -> Mapping[str, Any]:
    return {
        str(option.value): {
            system: None if option.until.on(system) == NEVER else option.until.on(system)
            for system in OPERATING_SYSTEMS
            if option.until.on(system)
        }
        for option in options
        if option.until != INHERITED
    }
