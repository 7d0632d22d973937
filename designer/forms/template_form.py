"""What makes a profile a template: its variables, what is locked or asked for, and who can see it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.forms.formsets import DELETION_FIELD_NAME

from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Key
from profiles.exceptions import DocumentError
from profiles.models import Visibility
from profiles.plist.diff.change import shown
from profiles.plist.document import ENVELOPE_NAME, Document
from profiles.plist.secrets import masked_values
from profiles.plist.templates.declaration import (
    MAX_ANSWER,
    MAX_NAME,
    MAX_PATTERN,
    MAX_VARIABLES,
    Declaration,
    Place,
    Variable,
    VariableKind,
)
from profiles.plist.templates.variables import uses, written
from profiles.services.save_checks import MAX_COMMENT

BLANKS: Final = 2
"""Rows for new variables; a page without scripts gets more of them by saving."""

ERRORS: Final = {
    "missing_management_form": "The page came back without its rows. Open it again; nothing was changed.",
    "too_many_forms": f"A template has at most {MAX_VARIABLES} variables. Remove some.",
}

FREE, ASKED, LOCKED = "", "asked", "locked"
USES: Final = ((FREE, "Free"), (ASKED, "Asked"), (LOCKED, "Locked"))


def _line(*, code: bool = False) -> forms.TextInput:
    return forms.TextInput({"class": "form-control code" if code else "form-control"})


class VariableForm(forms.Form):
    """One variable; an empty one is none."""

    name = forms.CharField(required=False, max_length=MAX_NAME, widget=_line(code=True))
    label = forms.CharField(required=False, max_length=100, widget=_line())
    kind = forms.ChoiceField(
        required=False,
        choices=[(kind.value, kind.title) for kind in VariableKind],
        widget=forms.Select({"class": "form-select"}),
    )
    pattern = forms.CharField(required=False, max_length=MAX_PATTERN, strip=False, widget=_line(code=True))
    default = forms.CharField(required=False, max_length=MAX_ANSWER, strip=False, widget=_line())
    help = forms.CharField(required=False, max_length=200, widget=_line())
    required = forms.BooleanField(required=False, initial=True)
    secret = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """Hold the name to what a variable can be called."""
        values = dict(super().clean() or {})
        told = {name: values[name] for name in VariableForm.base_fields if name in values}
        if "name" not in told:
            return values  # it was refused already
        if not told["name"]:
            if told.get("label") or told.get("default") or told.get("pattern"):
                self.add_error("name", "The name is missing. Write what stands between the braces.")
            return values
        try:
            values["variable"] = Variable(
                **{**told, "kind": VariableKind(told.get("kind") or VariableKind.TEXT)}
            )
        except DocumentError as error:
            self.add_error("name", str(error))
        if told.get("secret") and told.get("default"):
            self.add_error(
                "default", "Everyone who edits the template sees the default of a secret. Remove it."
            )
        return values


class Variables(BaseFormSet):  # type: ignore[type-arg]  # generic in the stubs alone
    """The rows of all variables, no two of one name."""

    def clean(self) -> None:
        """Mark the second row of each name."""
        seen: set[str] = set()
        for form in self.forms:
            name = form.cleaned_data.get("name")
            if not name or form.cleaned_data.get(DELETION_FIELD_NAME):
                continue
            if name in seen:
                form.add_error("name", f"Two variables are called {name}. Rename or remove one.")
            seen.add(name)


VariableFormSet = formset_factory(
    VariableForm,
    formset=Variables,
    extra=BLANKS,
    can_delete=True,
    max_num=MAX_VARIABLES,
    # What is far too much is not even looked at.
    absolute_max=2 * MAX_VARIABLES,
    validate_max=True,
)


class AboutForm(forms.Form):
    """What the template is for, and who can see it."""

    summary = forms.CharField(required=False, max_length=300, label="What it is for")
    visibility = forms.ChoiceField(
        choices=Visibility,
        label="Who can start from it",
        help_text="Whoever can start from it gets the secrets in it, as part of their profiles.",
    )
    comment = forms.CharField(required=False, max_length=MAX_COMMENT, label="What you changed")


@dataclass(frozen=True)
class KeyChoice:
    """A key with what can be chosen for it; `field` is the name of the control."""

    key: Key
    place: Place
    value: str
    is_set: bool
    chosen: str

    @property
    def field(self) -> str:
        """`use` with part and path."""
        return f"use {self.place.part} {self.place.path}"


@dataclass(frozen=True)
class PartChoices:
    """The keys of one part: those that are set, or chosen already, and the others."""

    title: str
    shown: Sequence[KeyChoice]
    others: Sequence[KeyChoice]


class TemplateForm:
    """The whole page; `document` is the template as it is stored."""

    uses = USES

    def __init__(
        self, document: Document, data: Mapping[str, Any] | None = None, *, visibility: str = ""
    ) -> None:
        self.document = document
        self.data = data
        declaration = document.declaration or Declaration()
        self.about = AboutForm(
            data, prefix="about", initial={"summary": declaration.summary, "visibility": visibility}
        )
        # What was posted is compared with nothing: a row that says just what is stored by now is no empty one.
        initial = [*_initial(declaration), *_proposed(document, declaration)] if data is None else None
        self.variables: BaseFormSet[VariableForm] = VariableFormSet(
            data, prefix="variable", initial=initial, error_messages=ERRORS
        )
        self.parts = [*self._parts(declaration)]

    def _parts(self, declaration: Declaration) -> Iterator[PartChoices]:
        for part, (name, payload, values) in self.document.places().items():
            flat, masked = payload.flat(values), payload.flat(masked_values(payload, values))
            choices = [
                KeyChoice(
                    key,
                    place := Place(part, path),
                    shown(key, masked.get(path)),
                    is_set(flat.get(path)),
                    self._chosen(place, declaration),
                )
                for path, key in payload.by_path.items()
            ]
            title = payload.title if part == ENVELOPE_NAME else f"{payload.title} “{name}”"
            front = [choice for choice in choices if choice.is_set or choice.chosen]
            yield PartChoices(title, front, [choice for choice in choices if choice not in front])

    def _chosen(self, place: Place, declaration: Declaration) -> str:
        if self.data is not None:
            posted = self.data.get(f"use {place.part} {place.path}", FREE)
            return posted if posted in (ASKED, LOCKED) else FREE
        return LOCKED if place in declaration.locked else ASKED if place in declaration.asked else FREE

    def is_valid(self) -> bool:
        """Can it be stored?"""
        return self.about.is_valid() and self.variables.is_valid()

    def declaration(self) -> Declaration:
        """What the page means."""
        chosen = [choice for part in self.parts for choice in (*part.shown, *part.others)]
        locked, asked = self._beyond({choice.place for choice in chosen})
        return Declaration(
            variables=tuple(
                form.cleaned_data["variable"]
                for form in self.variables.forms
                if "variable" in form.cleaned_data and not form.cleaned_data.get(DELETION_FIELD_NAME)
            ),
            locked=locked.union(choice.place for choice in chosen if choice.chosen == LOCKED),
            asked=asked.union(choice.place for choice in chosen if choice.chosen == ASKED),
            summary=" ".join(self.about.cleaned_data["summary"].split()),
        )

    def _beyond(self, places: Collection[Place]) -> tuple[frozenset[Place], frozenset[Place]]:
        """What is locked and asked for already of keys that the page does not show, since no catalogue knows them."""
        declaration = self.document.declaration or Declaration()
        there = {
            Place(part, path)
            for part, (_, payload, values) in self.document.places().items()
            for path in payload.flat(values)
        } - {*places}
        return declaration.locked & there, declaration.asked & there

    @property
    def used(self) -> list[tuple[str, int]]:
        """How each variable is written in the texts, and how often it stands there."""
        return [(written(name), len(places)) for name, places in uses(self.document).items()]


def _initial(declaration: Declaration) -> list[dict[str, Any]]:
    names = [*VariableForm.base_fields]
    return [{name: getattr(variable, name) for name in names} for variable in declaration.variables]


def _proposed(document: Document, declaration: Declaration) -> list[dict[str, Any]]:
    """A row for each variable that stands in a text and is not declared yet."""
    known = {variable.name for variable in declaration.variables}
    missing = [name for name in uses(document) if name not in known]
    return [{"name": name, "required": True} for name in missing[: max(0, MAX_VARIABLES - len(known))]]
