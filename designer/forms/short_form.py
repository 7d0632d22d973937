"""What a template asks for: the name of the profile, its variables, and keys as the designer shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from crispy_forms.helper import FormHelper
from django import forms
from django.http import QueryDict
from django.template import Context
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from designer.forms.document_form import DocumentForm, Part
from designer.forms.fields import KeyField
from designer.forms.form_context import NOWHERE, Surroundings
from designer.forms.items import ItemsField
from designer.forms.layout import Section
from designer.forms.payload_list import Slot
from designer.forms.widgets import SecretInput
from profiles.models.lengths import NAME_LENGTH
from profiles.plist.document import Document, Problem
from profiles.plist.templates.declaration import MAX_ANSWER, Declaration, Place, Variable, VariableKind
from profiles.plist.templates.variables import confidential
from profiles.services.templates import NAME

NO_ANSWERS: Final[Mapping[str, str]] = {}

TITLE: Final = "profile-name"
"""The field of the name of the profile; no variable can be called so."""


class VariableField(forms.CharField):
    """The value of one variable, held to what the template says of it; `stored` is what was answered before."""

    def __init__(self, variable: Variable, *, secret: bool, stored: str) -> None:
        kept = secret and bool(stored)
        super().__init__(
            label=variable.title,
            # Django takes it for HTML.
            help_text=escape(variable.help),
            required=variable.required and not variable.default and not kept,
            initial="" if secret else stored or variable.default,
            max_length=MAX_ANSWER,
            strip=not secret,
            error_messages={"required": f"{variable.title} is missing. Fill it in."},
            widget=_widget(variable, secret=secret, kept=kept),
        )
        self.variable = variable

    def clean(self, value: Any) -> str:
        # Blanks are part of a secret, but by themselves they are no value.
        text: str = super().clean(value if value and value.strip() else "")
        if text and (sentence := self.variable.check(text)):
            raise forms.ValidationError(sentence)
        return text


def _widget(variable: Variable, *, secret: bool, kept: bool) -> forms.Widget:
    if secret:
        attrs = {
            "autocomplete": "new-password",
            "placeholder": "Set. Leave empty to keep it." if kept else "",
        }
        return forms.PasswordInput(attrs=attrs)
    attrs = {"type": variable.kind.input_type, "autocomplete": "off"}
    return forms.TextInput(attrs=attrs | ({"step": "any"} if variable.kind is VariableKind.NUMBER else {}))


class AnswersForm(forms.Form):
    """The name of the profile, and a field for each variable."""

    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        document: Document,
        *,
        name: str,
        answers: Mapping[str, str] = NO_ANSWERS,
        only: Sequence[str] | None = None,
    ) -> None:
        super().__init__(data, prefix="answer")
        declaration = document.declaration or Declaration()
        self.stored = answers
        self.secret = confidential(document)
        if only is None and NAME not in declaration.locked | declaration.asked:
            self.fields[TITLE] = forms.CharField(
                label="Name",
                help_text="The title on the device.",
                initial=name,
                max_length=NAME_LENGTH,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": document.title, "autocomplete": "off"}),
            )
        for variable in declaration.variables:
            if only is None or variable.name in only:
                self.fields[variable.name] = VariableField(
                    variable,
                    secret=variable.name in self.secret,
                    stored=answers.get(variable.name, ""),
                )

    def answers(self) -> dict[str, str]:
        """The values of the variables; secrets that were left empty stay as they were."""
        found = {
            name: value
            for name, value in self.cleaned_data.items()
            if isinstance(self.fields[name], VariableField)
        }
        return {
            name: value or (self.stored.get(name, "") if name in self.secret else "")
            for name, value in found.items()
        }

    @property
    def name(self) -> str:
        """What the profile is to be called; empty for what the template calls it."""
        text: str = self.cleaned_data.get(TITLE, "")
        return text

    def keep_secrets(self) -> None:
        """Let the page hold on to the secrets that were typed: for an answer that has stored nothing."""
        for field in self.fields.values():
            if isinstance(field.widget, forms.PasswordInput):
                field.widget.render_value = True


@dataclass(frozen=True)
class AskedPart:
    """The keys of one payload that are asked for."""

    part: Part
    paths: frozenset[str]

    @cached_property
    def html(self) -> SafeString:
        """Their rows, as in the designer; others, whose values reveal them, are there for scripts alone."""
        form = self.part.form
        form.rendered_fields = set()
        rows = {row.key.path: row for section in self._sections() for row in section.fields}
        needed = {
            path
            for asked in self.paths
            if (condition := rows[asked].key.revealed_by)
            for path in condition.paths()
            if path in rows and path not in self.paths
        }
        shown = "".join(row.render(form, Context()) for path, row in rows.items() if path in self.paths)
        hidden = "".join(rows[path].render(form, Context()) for path in rows if path in needed)
        return mark_safe(f"{shown}<div hidden>{hidden}</div>")  # noqa: S308 - rows are safe

    def _sections(self) -> Iterator[Section]:
        yield from self.part.form.helper.layout.fields


class ShortForm:
    """The whole short form of a template; `document` holds what its keys are filled in with to begin with."""

    def __init__(
        self,
        document: Document,
        data: QueryDict | None = None,
        *,
        name: str,
        answers: Mapping[str, str] = NO_ANSWERS,
        library: Surroundings = NOWHERE,
    ) -> None:
        self.document = document
        declaration = document.declaration or Declaration()
        data = _as_arranged(document, data) if data is not None else None
        self.answers = AnswersForm(data, document, name=name, answers=answers)
        self.keys = DocumentForm(document, data, library=library, only=declaration.asked)
        self.parts = [
            AskedPart(part, asked)
            for part in self.keys.parts
            if (asked := frozenset(_paths(declaration, part)) & frozenset(part.form.fields))
        ]

    def is_valid(self) -> bool:
        """Has everything that is asked for a value that can be?"""
        return self.answers.is_valid() and self.keys.is_valid()

    def values(self) -> dict[Place, Any]:
        """What was filled in for the keys, by their places in the template; None where nothing was."""
        return {
            Place(_of(each.part), path): each.part.form.scope.values.get(path)
            for each in self.parts
            for path in each.paths
        }

    def keep_secrets(self) -> None:
        """Let the page hold on to the secrets that were typed: for an answer that has stored nothing."""
        self.answers.keep_secrets()
        for each in self.parts:
            _show_secrets(each.part.form.fields[path] for path in each.paths)

    def unreadable(self) -> list[Problem]:
        """What was typed that has no value."""
        return list(self.keys.problems())

    def mark(self, problem: Problem) -> None:
        """Let the row of the key that a problem is about tell it."""
        path = problem.path.partition("[")[0]
        for each in self.parts:
            if each.part.name == problem.payload and path in each.paths and path not in each.part.form.errors:
                each.part.form.add_error(path, f"{problem.severity.capitalize()}: {problem.message}")

    def asks_for(self, problem: Problem) -> bool:
        """Is the problem about a key that the form shows?"""
        path = problem.path.partition("[")[0]
        return any(each.part.name == problem.payload and path in each.paths for each in self.parts)


def _show_secrets(fields: Iterable[KeyField]) -> None:
    for each in fields:
        if isinstance(each.widget, SecretInput):
            each.widget.shown = True
        elif isinstance(each, ItemsField):
            for item in each.items:
                _show_secrets(item.contents.fields.values())


def _as_arranged(document: Document, data: QueryDict) -> QueryDict:
    """What was posted, with the payloads of the template and no others: only values are asked for."""
    arranged = data.copy()
    arranged.setlist("payload", [Slot(part).posted for part in document.payloads])
    arranged.setlist("removed", [])
    return arranged


def _of(part: Part) -> str:
    """What a Place calls the part."""
    return part.prefix if part.place is None else part.prefix.upper()


def _paths(declaration: Declaration, part: Part) -> Iterator[str]:
    return (place.path for place in declaration.asked if place.part == _of(part))
