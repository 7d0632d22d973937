"""“Fix” beside a problem: what is typed becomes what the fix makes of it; nothing else changes, nothing is saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from designer.forms.document_form import DocumentForm, Part
from designer.forms.mended import Note, all_flat, mended_part
from designer.forms.part_change import PartChange, UnsayableError, differ
from designer.forms.payload_list import arrange
from designer.forms.sheet import Sheet
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.fixes import Change
from profiles.plist.document import Document, PayloadDocument, Problem
from profiles.plist.validation.repairs import (
    NONE_BROUGHT,
    Brought,
    Repair,
    brought,
    effective,
    repaired,
    repairs,
)
from profiles.plist.validation.validate import validate

FIX: Final = "fix"
FIX_ALL: Final = "fix_all"
"""What the buttons post: the id of a repair, or the code of all problems whose repairs are to be made."""


@dataclass(frozen=True, kw_only=True)
class Mended:
    """The form as fixes have it: those that were made, those that could not be, the controls that they changed, and the
    errors that are told because of them.
    """

    form: DocumentForm
    done: Sequence[Repair] = ()
    failed: Sequence[Repair] = ()
    names: Sequence[str] = ()
    brought: Brought = NONE_BROUGHT


def asked(data: Mapping[str, Any]) -> bool:
    """Was a fix asked for?"""
    return FIX in data or FIX_ALL in data


def offered(form: DocumentForm, problems: Iterable[Problem]) -> list[Repair]:
    """The repairs that a person may choose: those that change something, and nothing that the template locks."""
    found = effective(form.document, repairs(form.document, problems))
    if form.stored.origin is None:
        return found
    return [each for each in found if not any(_is_locked(form, each.part, c) for c in each.fix.changes)]


def _is_locked(form: DocumentForm, part: str, change: Change) -> bool:
    key = change.path.partition("[")[0]
    return any(key == path or path.startswith(f"{key}.") for path in form.locked(part))


def mend(form: DocumentForm, data: QueryDict) -> Mended:
    """Make the fixes that were asked for; what no longer applies changes nothing."""
    posted = data.copy()
    wanted, code = (posted.pop(name, [""])[-1] for name in (FIX, FIX_ALL))
    before = validate(form.document, form.evidence)
    found = offered(form, before)
    done = [each for each in found if each.id == wanted or (each.fix.sure and each.problem.code == code)]
    failed: list[Repair] = []
    while done:
        try:
            changed, names = _mended(form, Sheet(posted.copy()), done)
        except UnsayableError as error:
            apart = [each for each in done if each.part == error.part] or done
            failed, done = [*failed, *apart], [each for each in done if each not in apart]
        else:
            after = validate(changed.document, changed.evidence)
            return Mended(form=changed, done=done, failed=failed, names=names, brought=brought(before, after))
    return Mended(form=form, failed=failed)


def _mended(form: DocumentForm, sheet: Sheet, done: Sequence[Repair]) -> tuple[DocumentForm, list[str]]:
    """The form with those fixes made, and the controls that they changed; raises UnsayableError."""
    changes = [*_changes(form, repaired(form.document, done, {each.id for each in done}), sheet.data)]
    for each in changes:
        each.note(sheet)
    noted = _again(form, sheet)
    for each in changes:
        each.show(sheet, noted)
    found = _again(form, sheet)
    for each in changes:
        each.check(found)
    return found, [*sheet.names]


def _again(form: DocumentForm, sheet: Sheet) -> DocumentForm:
    return DocumentForm(form.stored, sheet.data, library=form.library)


def _changes(form: DocumentForm, target: Document, data: QueryDict) -> Iterator[PartChange]:
    """The parts that become another."""
    envelope, *parts = form.staying
    was, now = form.document, target
    if differ(was.envelope, now.envelope) or was.kept != now.kept:
        yield PartChange(
            part=envelope,
            owner=ENVELOPE,
            stored=ENVELOPE.flat(form.stored.envelope),
            was=ENVELOPE.flat(was.envelope),
            now=ENVELOPE.flat(now.envelope),
            kept=(was.kept, now.kept),
        )
    stored = {slot.payload.uuid: slot.payload for slot in arrange(form.stored, data)}
    for part, before, after in zip(parts, was.payloads, now.payloads, strict=True):
        if before is not after and (differ(all_flat(before), all_flat(after)) or before.kept != after.kept):
            yield _payload_change(part, stored[part.prefix], before, after)


def _payload_change(
    part: Part, stored: PayloadDocument, was: PayloadDocument, now: PayloadDocument
) -> PartChange:
    slug = now.slug if now.slug != was.slug else ""
    # Of another type all is shown anew, whatever was typed; what is typed is in `now`.
    base = mended_part(stored, [Note(path="", slug=slug)]) if slug else stored
    return PartChange(
        part=part,
        owner=now.payload,
        stored=all_flat(base),
        was=all_flat(base if slug else was),
        now=all_flat(now),
        kept=(was.kept, now.kept),
        slug=slug,
    )
