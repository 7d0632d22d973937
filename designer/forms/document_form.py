"""The form of a whole document: envelope, targets and payloads, each under a prefix of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, cast

from django.template import Context
from django.utils.safestring import SafeString

from designer.forms.builder import fields_of
from designer.forms.fields import KeyField
from designer.forms.fields.base import css_safe
from designer.forms.form_context import NOWHERE, Kind, LibraryContent, Surroundings
from designer.forms.items import ItemsField
from designer.forms.layout import section_id
from designer.forms.mended import MENDED, Note, mended_document, mended_part, posted_notes, read_notes
from designer.forms.payload_form import PayloadForm, form_class
from designer.forms.payload_list import Slot, arrange, fold
from designer.forms.targets_form import TargetsForm
from designer.forms.unknown_values import UnknownValue, anchor, listed
from designer.forms.widgets import SecretInput
from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.evidence import Credential, Evidence
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.values import UNREADABLE
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument, Problem
from profiles.plist.effects import called, title_of
from profiles.plist.secrets import unknown_values
from profiles.plist.templates.declaration import Place
from profiles.services.certificate_evidence import inspect

TARGETS: Final = "targets"
NONE: Final[frozenset[str]] = frozenset()
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})

MAX_UNKNOWN: Final = 200
"""Unknown keys of a part that a page lists; the XML of the part has them all."""


@dataclass(frozen=True)
class Part:
    """One part of the document on the page; `prefix` marks its fields, `place` is that of a payload.

    `make` makes its form, once somebody asks for it: a folded part has no need of one; with None, of what is stored.
    `stored` says that it can be opened as XML, `unknown` has the values that no field stands for, by their paths, and
    `revealed` those of them that somebody asked for.
    """

    name: str
    prefix: str
    payload: Payload
    make: Callable[..., PayloadForm] = field(repr=False)
    place: Slot | None = None
    stored: bool = True
    unknown: Mapping[str, Any] = field(default_factory=dict, repr=False)
    revealed: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def unknown_values(self) -> list[UnknownValue]:
        """What the page lists of the values that no field stands for."""
        return listed({path: self.unknown[path] for path in self._listed}, self.revealed)

    @property
    def _listed(self) -> list[str]:
        return [*islice(self.unknown, MAX_UNKNOWN)]

    @property
    def more_unknown(self) -> int:
        """How many more there are."""
        return max(0, len(self.unknown) - MAX_UNKNOWN)

    @cached_property
    def form(self) -> PayloadForm:
        """Its fields."""
        return self.make()

    @property
    def removed(self) -> bool:
        """Does the next save take it out?"""
        return self.place is not None and self.place.removed

    @property
    def folded(self) -> bool:
        """Does the page show no more than what it is called?"""
        return self.place is not None and self.place.folded

    @property
    def known_as(self) -> str:
        """What references to it say."""
        return self.place.payload.known_as if self.place else self.prefix

    @property
    def imported(self) -> bool:
        """Is it a payload that is written as it stood in a file?"""
        return self.place is not None and self.place.payload.kept is not None

    @property
    def as_stored(self) -> PayloadDocument | None:
        """The payload that stays as it is, since the page had none of its fields."""
        return self.place.payload if self.place and not self.place.known else None

    def values(self) -> Mapping[str, Any]:
        """The nested values that it means."""
        return self.as_stored.values if self.as_stored else self.form.values()

    @cached_property
    def title(self) -> str:
        """How a person calls it: by the name that it has on the device, else by its type."""
        if self.as_stored:
            return title_of(self.payload, self.as_stored.values)
        return self.payload.title if self.place is None else title_of(self.payload, self.form.typed.values)

    @property
    def called(self) -> str:
        """Its title with its type, where that says more."""
        return called(self.title, self.payload)

    @cached_property
    def html(self) -> SafeString:
        """Its rows: crispy's layout without the templates around it, which a part of a larger form does not need."""
        html: SafeString = self.form.helper.render_layout(self.form, Context())
        return html

    @property
    def sections(self) -> list[tuple[str, str]]:
        """Id and title of each section, for the navigation."""
        return [(section_id(self.prefix, group), group.title) for group in self.payload.groups]

    def row_id(self, path: str) -> str:
        """The id of the row that shows what is at `path`, whether it is folded or not; empty where there is none."""
        if path in self.unknown:
            return self._unknown_id(path)
        key = path.partition("[")[0]
        while key and key not in self.payload.by_path:
            key = key.rpartition(".")[0]
            if key in self.unknown:
                return self._unknown_id(key)
        if not key:
            return ""
        each = self._stored_field(key) if self.folded else self.form.fields[key]
        inside = each.name_at(path[len(key) :]) if isinstance(each, ItemsField) else f"{self.prefix}-{key}"
        return f"{css_safe(f'id_{inside}')}_row"

    def _unknown_id(self, path: str) -> str:
        """The id of the row of a key that no field stands for, or of the whole list where that is too long for it."""
        whole = f"id_{self.prefix}-unknown"
        return f"{whole}-{anchor(path)}" if path in self._listed else whole

    def _stored_field(self, key: str) -> KeyField:
        """The field of one key as the form will have it: items are called by what is stored of them."""
        each = cast(KeyField, fields_of(self.payload)[key])
        stored = self.payload.flat(self.values()).get(key)
        return each.holding(stored).called(f"{self.prefix}-{key}") if each.shows(stored) else each


class Beside(Surroundings):
    """What the form of one payload sees of the form of the whole document."""

    def __init__(self, whole: DocumentForm, uuid: str, *, imported: bool = False) -> None:
        self.whole = whole
        self.uuid = uuid
        self.imported = imported

    def references(self, to: str) -> list[tuple[str, str]]:
        return [
            (part.known_as, part.called)
            for part in self.whole.parts
            if part.payload.provides == to and not part.removed
        ]

    def addable(self, to: str) -> list[tuple[str, str]]:
        return [(p.slug, p.title) for p in registry.payloads().values() if p.provides == to]

    def proposals(self, source: str) -> list[str]:
        return self.whole.evidence.proposals(source)

    def entries(self, kind: Kind) -> list[tuple[str, str]]:
        return self.whole.library.entries(kind)

    def content(self, kind: Kind, entry: str) -> LibraryContent | None:
        return self.whole.library.content(kind, entry)

    @property
    def mask_key(self) -> bytes:
        return self.whole.library.mask_key

    @property
    def own(self) -> Credential | None:
        return self.whole.evidence.of(self.uuid)


class DocumentForm:
    """Reads and shows a document; `data` is what was posted, if anything was.

    Where there are many payloads, those that are not in `opened` are folded. A form for a few keys, those in `only`,
    folds none. `revealed` are values of unknown keys that somebody asked for, by prefix and path.
    """

    def __init__(
        self,
        document: Document,
        data: Mapping[str, Any] | None = None,
        *,
        library: Surroundings = NOWHERE,
        only: Collection[Place] | None = None,
        opened: Collection[str] = NONE,
        revealed: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.stored = document
        self.revealed = revealed or {}
        self.library = library
        self.only = only
        self.targets = TargetsForm(data, stored=document.targets, prefix=TARGETS)
        self.notes = posted_notes(data) if data and only is None else {}
        self.mended = mended_document(document, self._notes_of(ENVELOPE_NAME), self.locked(ENVELOPE_NAME))
        slots = [self._mended(slot) for slot in arrange(document, data)]
        if only is None:
            slots = fold(slots, document, opened)
        self.parts = [self._envelope(data), *(self._part(data, slot) for slot in slots)]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Name and text of all notes, which the page posts again."""
        return [(name, text) for name, texts in self.notes.items() for text in texts]

    def _notes_of(self, prefix: str) -> list[Note]:
        return read_notes(self.notes.get(f"{prefix}-{MENDED}", ()))

    def _mended(self, slot: Slot) -> Slot:
        """The payload as fixes have it that are not saved yet."""
        part = slot.payload
        mended = mended_part(part, self._notes_of(part.uuid), self.locked(part.uuid))
        return slot if mended is part else replace(slot, payload=mended, stored_as=part.slug)

    def locked(self, prefix: str) -> frozenset[str]:
        """Paths of a part that its template locks."""
        origin = self.stored.origin
        part = prefix if prefix == ENVELOPE_NAME else prefix.upper()
        return frozenset(place.path for place in origin.locked if place.part == part) if origin else NONE

    def _fixed(self, payload: Payload, part: str) -> frozenset[str]:
        """Paths that are not to be changed here: those that the template locks, or all but those that are asked for."""
        if self.only is not None:
            return frozenset(payload.by_path) - {place.path for place in self.only if place.part == part}
        return self.locked(part)

    def _envelope(self, data: Mapping[str, Any] | None) -> Part:
        def make(data: Mapping[str, Any] | None = data) -> PayloadForm:
            return form_class(ENVELOPE)(
                data,
                stored=self.mended.envelope,
                prefix=ENVELOPE_NAME,
                around=Beside(self, ENVELOPE_NAME),
                fixed=self._fixed(ENVELOPE, ENVELOPE_NAME),
            )

        return Part(
            ENVELOPE_NAME,
            ENVELOPE_NAME,
            ENVELOPE,
            make,
            unknown=unknown_values(ENVELOPE, self.mended.envelope),
            revealed=self.revealed.get(ENVELOPE_NAME, NOTHING),
        )

    def _part(self, data: Mapping[str, Any] | None, place: Slot) -> Part:
        document, payload = place.payload, place.payload.payload

        def make(data: Mapping[str, Any] | None = data if place.known else None) -> PayloadForm:
            return form_class(payload)(
                data,
                stored=document.values,
                prefix=document.uuid,
                around=Beside(self, document.uuid, imported=document.kept is not None),
                fixed=self._fixed(payload, document.uuid.upper()),
                about=place.original,
            )

        stored = any(part.uuid == document.uuid for part in self.stored.payloads)
        return Part(
            document.name,
            document.uuid,
            payload,
            make,
            place,
            stored=stored,
            unknown=unknown_values(payload, document.values, document.unknown),
            revealed=self.revealed.get(document.uuid, NOTHING),
        )

    @property
    def staying(self) -> list[Part]:
        """The parts that the document has once it is saved."""
        return [part for part in self.parts if not part.removed]

    @property
    def typed(self) -> list[Part]:
        """Those of them in which something may have been typed."""
        return [part for part in self.staying if not part.as_stored]

    @property
    def open(self) -> list[Part]:
        """Those of them whose fields the page shows."""
        return [part for part in self.staying if not part.folded]

    @property
    def open_payloads(self) -> list[Part]:
        """The same without the envelope."""
        return [part for part in self.open if part.place]

    def is_valid(self) -> bool:
        """Has each field a value? (Whether they are right is for `validate` to say.)"""
        return not list(self.problems())

    @cached_property
    def document(self) -> Document:
        """The document that the form means; a field with an error counts as not set."""
        envelope, *parts = self.staying
        return replace(
            self.mended,
            envelope=envelope.form.values(),
            targets=self.targets.values(),
            payloads=tuple(
                part.as_stored or replace(part.place.payload, values=part.values())
                for part in parts
                if part.place
            ),
        )

    @cached_property
    def evidence(self) -> Evidence:
        """What is in the certificates of the document."""
        return inspect(self.document)

    def problems(self) -> Iterator[Problem]:
        """The fields whose text has no value, as problems."""
        for part in self.typed:
            for path, message in _unreadable(part.form):
                yield Problem(part.name, UNREADABLE.at(path, message, buildable=False))
        for path, errors in self.targets.errors.items():
            for error in errors:
                yield Problem(ENVELOPE_NAME, UNREADABLE.at(f"{TARGETS}.{path}", str(error), buildable=False))

    def keep_secrets(self, but: Collection[str] = NONE) -> None:
        """Let the page hold on to the secrets that were typed: for answers that are shown without having saved.

        It lets go of the controls that are called as in `but`, since their rows say something else now.
        """
        for part in self.parts:
            for key in part.payload.keys if not part.folded else ():
                # The row of a concealed key is held on to as a whole, and one inside the other would be lost.
                shown, each = not part.form.is_concealed(key), part.form.fields[key.path]
                if f"{part.prefix}-{key.path}" in but:
                    part.form.renewed.add(key.path)
                elif isinstance(each.widget, SecretInput):
                    each.widget.kept = shown
                elif isinstance(each, ItemsField):
                    each.hold_secrets(shown, but)

    @cached_property
    def by_name(self) -> Mapping[str, Part]:
        """Its parts by what problems call them."""
        return {part.name: part for part in self.parts}

    def row_id(self, problem: Problem) -> str:
        """The id of the row that a problem is about; empty where it is about no single one."""
        if problem.path.startswith(f"{TARGETS}."):
            return f"{self.targets[problem.path.removeprefix(f'{TARGETS}.')].auto_id}_row"
        part = self.by_name.get(problem.payload)
        return part.row_id(problem.path) if part else ""

    def dropped(self, *, stored_only: bool) -> list[str]:
        """Labels of the fields whose value goes, since another setting conceals them, or of stored secrets alone."""
        return [
            key.label
            for part in self.typed
            for key in part.form.dropped
            if not stored_only or (key.secret and part.form.stored.is_set(key.path))
        ]

    def sentences(self) -> Iterator[tuple[str, str]]:
        """Id and sentence of each item of a list that says what it does."""
        for part in self.open:
            for _, each in part.form.lists():
                yield from each.sentences()


def _unreadable(form: PayloadForm) -> Iterator[tuple[str, str]]:
    """Path and message of what has no value; what is typed into a concealed field is not meant."""
    for path, messages in form.errors.items():
        if not form.is_concealed(form.payload.by_path[path]):
            yield from ((path, str(message)) for message in messages)
    for path, each in form.lists():
        if not form.is_concealed(form.payload.by_path[path]):
            yield from ((f"{path}{rest}", message) for rest, message in each.problems())
