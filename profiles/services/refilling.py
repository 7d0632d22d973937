"""Whether a template was filled in for the same person before, told without a word on anything secret.

Two profiles that were made apart stand side by side on a device; one that is filled in again replaces what is there.
Secrets are never compared: whoever may fill in a template could find them out by trying.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from profiles.models import Payload, Profile, Team, User
from profiles.plist import secrets
from profiles.plist.diff.change import exact
from profiles.plist.document import Document
from profiles.plist.templates.declaration import Declaration, Place
from profiles.plist.templates.instance import place_in_instance
from profiles.plist.templates.variables import completed, confidential
from profiles.services.document_storage import answers_of, assemble
from profiles.services.templates import made, proposed_name

MOST_COMPARED: Final = 500
"""Profiles of one template that are looked at, those that changed last first."""

MOST_ALIKE: Final = 50
"""Of those with the same answers, how many are looked into for what was asked for besides."""

MOST_TOLD: Final = 5


def filled_before(
    *,
    user: User,
    team: Team,
    template: Profile,
    document: Document,
    name: str,
    answers: Mapping[str, str],
    values: Mapping[Place, Any],
) -> list[Profile]:
    """The profiles of the team that were made from the template for the same person, as far as can be told.

    They are called the same, where somebody has typed a name. Where nobody has, all that was answered and is no secret
    is the same. A constant number of statements; at most MOST_TOLD, the one that changed last first.
    """
    made_from_it = Profile.objects.for_user(user).filter(team=team, template=template)
    title = " ".join(name.split())
    if title and title != proposed_name(document):
        named = made_from_it.filter(name=title).order_by("-updated_at", "id")
        return list(named[:MOST_TOLD])
    rows = made_from_it.order_by("-updated_at", "id")[:MOST_COMPARED]
    return _alike(template, document, [*rows], answers, values)[:MOST_TOLD]


def _alike(
    template: Profile,
    document: Document,
    rows: Sequence[Profile],
    answers: Mapping[str, str],
    values: Mapping[Place, Any],
) -> list[Profile]:
    declaration, hidden = document.declaration or Declaration(), confidential(document)
    open_ = [variable.name for variable in declaration.variables if variable.name not in hidden]
    asked = [*_open_places(document, declaration)]
    if not open_ and not asked and (declaration.variables or declaration.asked):
        # What tells these profiles apart are secrets.
        return []
    wanted = _compared(declaration, answers, open_)
    found = [row for row in rows if _compared(declaration, answers_of(row), open_) == wanted][:MOST_ALIKE]
    if not asked:
        return found
    payloads = _payloads(found)
    return [
        row
        for row in found
        if _holds(
            assemble(row, payloads[row.pk]),
            made(template, document, uuid=row.uuid, name="", answers=answers, values=values),
            asked,
        )
    ]


def _compared(declaration: Declaration, answers: Mapping[str, str], names: Sequence[str]) -> list[str]:
    """What was answered, without blanks around it and in small letters: nobody is two people by these."""
    given = completed(declaration, answers)
    return [" ".join(given.get(name, "").split()).casefold() for name in names]


def _open_places(document: Document, declaration: Declaration) -> Iterator[Place]:
    """The keys that are asked for and are no secret."""
    parts = document.places()
    for place in sorted(declaration.asked):
        if place.part in parts:
            key = parts[place.part][1].by_path.get(place.path)
            if key is not None and not key.secret:
                yield place


def _payloads(rows: Sequence[Profile]) -> Mapping[uuid.UUID, list[Payload]]:
    found: dict[uuid.UUID, list[Payload]] = defaultdict(list)
    for payload in Payload.objects.filter(profile__in=[row.pk for row in rows]).order_by("position"):
        found[payload.profile_id].append(payload)
    return found


def _holds(mine: Document, wanted: Document, asked: Sequence[Place]) -> bool:
    """Does a profile hold what was typed, at each place that was asked for?"""
    places = [place_in_instance(place, mine.uuid) for place in asked]
    return [*_values(mine, places)] == [*_values(wanted, places)]


def _values(document: Document, places: Sequence[Place]) -> Iterator[str]:
    parts = document.places()
    for part, path in places:
        if part in parts:
            _, payload, values = parts[part]
            public, _ = secrets.split(payload, values)
            yield exact(payload.flat(public).get(path))
        else:
            yield ""
