"""The form of a whole document: envelope, targets and payloads, each under a prefix of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from designer.forms.layout import section_id
from designer.forms.payload_form import PayloadForm, form_class
from designer.forms.targets_form import TargetsForm
from designer.forms.widgets import SecretInput
from profiles.catalogue.findings import unbuildable
from profiles.catalogue.spec import Payload
from profiles.plist.document import ENVELOPE_NAME, Document, Problem

TARGETS: Final = "targets"


@dataclass(frozen=True)
class Part:
    """One part of the document on the page; `prefix` marks its fields."""

    name: str
    title: str
    form: PayloadForm

    @property
    def prefix(self) -> str:
        return str(self.form.prefix)

    @property
    def sections(self) -> list[tuple[str, str]]:
        """Id and title of each section, for the navigation."""
        return [(section_id(self.prefix, group), group.title) for group in self.form.payload.groups]


class DocumentForm:
    """Reads and shows a document; `data` is what was posted, if anything was."""

    def __init__(self, document: Document, data: Mapping[str, Any] | None = None) -> None:
        self.stored = document
        self.targets = TargetsForm(data, stored=document.targets, prefix=TARGETS)
        self.parts = [self._part(data, *part) for part in _parts(document)]

    def _part(
        self, data: Mapping[str, Any] | None, name: str, prefix: str, payload: Payload, values: Any
    ) -> Part:
        form = form_class(payload)(data, stored=values, prefix=prefix)
        title = payload.title if name == ENVELOPE_NAME else str(values.get("UserDefinedName") or name)
        return Part(name, title, form)

    def is_valid(self) -> bool:
        """Has each field a value? (Whether they are right is for `validate` to say.)"""
        return not list(self.problems())

    @cached_property
    def document(self) -> Document:
        """The document that the form means; a field with an error counts as not set."""
        values = {part.name: part.form.values() for part in self.parts}
        return replace(self.stored.with_values(values), targets=self.targets.values())

    def problems(self) -> Iterator[Problem]:
        """The fields whose text has no value, as problems."""
        for part in self.parts:
            for path, errors in part.form.errors.items():
                # What is typed into a concealed field is not meant, so it does not matter what it says.
                concealed = part.form.is_concealed(part.form.payload.by_path[path])
                for message in [] if concealed else errors:
                    yield Problem(part.name, unbuildable(path, "unreadable", str(message)))
        for path, errors in self.targets.errors.items():
            for message in errors:
                yield Problem(ENVELOPE_NAME, unbuildable(f"{TARGETS}.{path}", "unreadable", str(message)))

    def keep_secrets(self) -> None:
        """Let the page hold on to the secrets that were typed: for answers that are shown without having saved."""
        for part in self.parts:
            for key in part.form.payload.keys:
                widget = part.form.fields[key.path].widget
                if isinstance(widget, SecretInput):
                    # The row of a concealed key is held on to as a whole, and one inside the other would be lost.
                    widget.kept = not part.form.is_concealed(key)

    def row_id(self, problem: Problem) -> str:
        """The id of the row that a problem is about; empty where it is about no single one."""
        if problem.path.startswith(f"{TARGETS}."):
            return f"{self.targets[problem.path.removeprefix(f'{TARGETS}.')].auto_id}_row"
        path = problem.path.partition("[")[0]
        for part in self.parts:
            if part.name == problem.payload:
                while path and path not in part.form.fields:
                    path = path.rpartition(".")[0]
                return f"{part.form[path].auto_id}_row" if path else ""
        return ""

    def dropped(self, *, stored_only: bool) -> list[str]:
        """Labels of the fields whose value goes, since another setting conceals them, or of stored secrets alone."""
        return [
            key.label
            for part in self.parts
            for key in part.form.dropped
            if not stored_only or (key.secret and part.form.stored.is_set(key.path))
        ]


def _parts(document: Document) -> Iterator[tuple[str, str, Payload, Mapping[str, Any]]]:
    prefixes = [ENVELOPE_NAME, *(part.uuid for part in document.payloads)]
    for prefix, (name, payload, values) in zip(prefixes, document.parts(), strict=True):
        yield name, prefix, payload, values
