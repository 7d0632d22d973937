"""The field for what no other field can show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms

from designer.forms import widgets
from designer.forms.fields.base import KeyField
from designer.forms.surroundings import Surroundings
from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Key
from profiles.catalogue.shape import nest
from profiles.catalogue.values import MAX_TEXT, can_be_written
from profiles.exceptions import DocumentError
from profiles.plist.encoding import from_json, to_json
from profiles.plist.secrets import HasKeys, numbered, standing_in, unmasked


class JsonField(KeyField):
    """A value that has no better control, typed as JSON in the shape of the property list.

    A secret inside is shown as one of `marks`, and stays what it is where the mark stays.
    """

    def __init__(self, key: Key) -> None:
        super().__init__(key, widgets.JsonArea())
        self.marks: Mapping[str, Any] = {}

    def parse(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        if len(text) > MAX_TEXT:
            raise forms.ValidationError(
                f"This has {len(text):,} characters; at most {MAX_TEXT:,} are allowed."
            )
        try:
            parsed = from_json(json.loads(text, parse_constant=_no_constant))
        except json.JSONDecodeError as error:
            raise forms.ValidationError(
                f"This is not JSON: {error.msg.lower()} in line {error.lineno}, column {error.colno}."
            ) from None
        except DocumentError as error:
            raise forms.ValidationError(f"This cannot be read: {error}") from None
        except (RecursionError, ValueError):
            raise forms.ValidationError(
                "This nests too deeply, or holds a number that is too long."
            ) from None
        return unmasked(parsed, self.marks)

    def initial_of(self, stored: Any) -> Any:
        return json.dumps(to_json(stored), ensure_ascii=False, indent=2)

    def _refuse_unbuildable(self, value: Any) -> None:
        # What is stored may be of the wrong type, and may stay so.
        if not can_be_written(value):
            raise forms.ValidationError("This holds something that no profile can hold. Remove it.")


def _no_constant(name: str) -> None:
    raise DocumentError(f"{name} is not a number that a profile can hold.")


def fields_holding(
    fields: Mapping[str, KeyField], dictionary: HasKeys, flat: Mapping[str, Any], around: Surroundings
) -> tuple[dict[str, KeyField], dict[str, Any]]:
    """The fields by path as a form needs them in which `flat` is stored, and what they show of it.

    What a field cannot show is shown as JSON, with a mask in place of each secret in it.
    """
    held = {
        path: (each if each.shows(flat.get(path)) else JsonField(each.key)).holding(flat.get(path), around)
        for path, each in fields.items()
    }
    shown = dict(flat)
    odd = {path: each for path, each in held.items() if isinstance(each, JsonField)}
    if odd:
        masked, marks = numbered(dictionary, nest(flat))
        public = dictionary.shape.flat(masked)
        for path, each in odd.items():
            shown[path] = public.get(path)
            # Of the others it must know nothing: what stands for a secret could be typed into a key that is shown.
            each.marks = standing_in(shown[path], marks)
    return held, {
        path: each.initial_of(shown[path]) for path, each in held.items() if is_set(shown.get(path))
    }
