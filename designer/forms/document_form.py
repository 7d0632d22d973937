"""The form of a whole document: envelope, targets and payloads, each under a prefix of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from django.template import Context
from django.utils.safestring import SafeString

from designer.forms.fields.base import css_safe
from designer.forms.items import ItemsField
from designer.forms.layout import section_id
from designer.forms.payload_form import PayloadForm, form_class
from designer.forms.structure import Slot, arrange
from designer.forms.surroundings import NOWHERE, Kind, LibraryContent, Surroundings
from designer.forms.targets_form import TargetsForm
from designer.forms.widgets import SecretInput
from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.evidence import Credential, Evidence
from profiles.catalogue.findings import unbuildable
from profiles.catalogue.spec import Payload
from profiles.plist.declaration import Place
from profiles.plist.document import ENVELOPE_NAME, Document, Problem
from profiles.plist.effects import title_of
from profiles.services.inspection import inspect

TARGETS: Final = "targets"
NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True)
class Part:
    """One part of the document on the page; `prefix` marks its fields, `place` is that of a payload."""

    name: str
    form: PayloadForm
    place: Slot | None = None

    @property
    def prefix(self) -> str:
        return str(self.form.prefix)

    @property
    def removed(self) -> bool:
        """Does the next save take it out?"""
        return self.place is not None and self.place.removed

    @cached_property
    def title(self) -> str:
        """How a person calls it: by the name that it has on the device, else by its type."""
        payload = self.form.payload
        return payload.title if self.place is None else title_of(payload, self.form.typed.values)

    @property
    def called(self) -> str:
        """Its title with its type, where that says more."""
        kind = self.form.payload.title
        return self.title if self.title == kind else f"{self.title} ({kind})"

    @cached_property
    def html(self) -> SafeString:
        """Its rows: crispy's layout without the templates around it, which a part of a larger form does not need."""
        html: SafeString = self.form.helper.render_layout(self.form, Context())
        return html

    @property
    def sections(self) -> list[tuple[str, str]]:
        """Id and title of each section, for the navigation."""
        return [(section_id(self.prefix, group), group.title) for group in self.form.payload.groups]


class Beside(Surroundings):
    """What the form of one payload sees of the form of the whole document."""

    def __init__(self, whole: DocumentForm, uuid: str) -> None:
        self.whole = whole
        self.uuid = uuid

    def references(self, to: str) -> list[tuple[str, str]]:
        return [
            (
                part.prefix,
                f"{part.title} ({part.form.payload.title})"
                if part.title != part.form.payload.title
                else part.title,
            )
            for part in self.whole.parts
            if part.form.payload.provides == to and not part.removed
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
    def own(self) -> Credential | None:
        return self.whole.evidence.of(self.uuid)


class DocumentForm:
    """Reads and shows a document; `data` is what was posted, if anything was."""

    def __init__(
        self,
        document: Document,
        data: Mapping[str, Any] | None = None,
        *,
        library: Surroundings = NOWHERE,
        only: Collection[Place] | None = None,
    ) -> None:
        self.stored = document
        self.library = library
        self.only = only
        self.targets = TargetsForm(data, stored=document.targets, prefix=TARGETS)
        envelope = form_class(ENVELOPE)(
            data,
            stored=document.envelope,
            prefix=ENVELOPE_NAME,
            fixed=self._fixed(ENVELOPE, ENVELOPE_NAME),
        )
        self.parts = [
            Part(ENVELOPE_NAME, envelope),
            *(self._part(data, slot) for slot in arrange(document, data)),
        ]

    def _fixed(self, payload: Payload, part: str) -> frozenset[str]:
        """Paths that are not to be changed here: those that the template locks, or all but those that are asked for."""
        if self.only is not None:
            return frozenset(payload.by_path) - {place.path for place in self.only if place.part == part}
        origin = self.stored.origin
        return frozenset(place.path for place in origin.locked if place.part == part) if origin else NONE

    def _part(self, data: Mapping[str, Any] | None, place: Slot) -> Part:
        payload = place.payload
        around = Beside(self, payload.uuid)
        typed = data if place.known else None
        form = form_class(payload.payload)(
            typed,
            stored=payload.values,
            prefix=payload.uuid,
            around=around,
            fixed=self._fixed(payload.payload, payload.uuid.upper()),
        )
        return Part(payload.name, form, place)

    @property
    def staying(self) -> list[Part]:
        """The parts that the document has once it is saved."""
        return [part for part in self.parts if not part.removed]

    def is_valid(self) -> bool:
        """Has each field a value? (Whether they are right is for `validate` to say.)"""
        return not list(self.problems())

    @cached_property
    def document(self) -> Document:
        """The document that the form means; a field with an error counts as not set."""
        envelope, *parts = self.staying
        return replace(
            self.stored,
            envelope=envelope.form.values(),
            targets=self.targets.values(),
            payloads=tuple(
                replace(part.place.payload, values=part.form.values()) for part in parts if part.place
            ),
        )

    @cached_property
    def evidence(self) -> Evidence:
        """What is in the certificates of the document."""
        return inspect(self.document)

    def problems(self) -> Iterator[Problem]:
        """The fields whose text has no value, as problems."""
        for part in self.staying:
            for path, message in _unreadable(part.form):
                yield Problem(part.name, unbuildable(path, "unreadable", message))
        for path, errors in self.targets.errors.items():
            for error in errors:
                yield Problem(ENVELOPE_NAME, unbuildable(f"{TARGETS}.{path}", "unreadable", str(error)))

    def keep_secrets(self) -> None:
        """Let the page hold on to the secrets that were typed: for answers that are shown without having saved."""
        for part in self.parts:
            for key in part.form.payload.keys:
                # The row of a concealed key is held on to as a whole, and one inside the other would be lost.
                shown, each = not part.form.is_concealed(key), part.form.fields[key.path]
                if isinstance(each.widget, SecretInput):
                    each.widget.kept = shown
                elif isinstance(each, ItemsField):
                    each.hold_secrets(shown)

    def row_id(self, problem: Problem) -> str:
        """The id of the row that a problem is about; empty where it is about no single one."""
        if problem.path.startswith(f"{TARGETS}."):
            return f"{self.targets[problem.path.removeprefix(f'{TARGETS}.')].auto_id}_row"
        part = next((part for part in self.parts if part.name == problem.payload), None)
        path = problem.path.partition("[")[0]
        while part and path and path not in part.form.fields:
            path = path.rpartition(".")[0]
        if not part or not path:
            return ""
        each = part.form.fields[path]
        if isinstance(each, ItemsField):
            return f"{css_safe(f'id_{each.name_at(problem.path[len(path) :])}')}_row"
        return f"{part.form[path].auto_id}_row"

    def dropped(self, *, stored_only: bool) -> list[str]:
        """Labels of the fields whose value goes, since another setting conceals them, or of stored secrets alone."""
        return [
            key.label
            for part in self.staying
            for key in part.form.dropped
            if not stored_only or (key.secret and part.form.stored.is_set(key.path))
        ]

    def sentences(self) -> Iterator[tuple[str, str]]:
        """Id and sentence of each item of a list that says what it does."""
        for part in self.staying:
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
