"""The field for what no other field can show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms

from designer.forms import widgets
from designer.forms.fields.base import KeyField
from designer.forms.form_context import Surroundings
from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Key
from profiles.catalogue.shape import nest
from profiles.catalogue.values import MAX_TEXT, can_be_written
from profiles.exceptions import DocumentError, MaskError
from profiles.plist.json_values import from_json, to_json
from profiles.plist.masks import MaskKey, Masks
from profiles.plist.secrets import HasKeys, Kind, Place, cover, places


class JsonField(KeyField):
    """A value that has no better control, typed as JSON in the shape of the property list.

    A secret inside, as `dictionary` has them, is shown as one of `masks`, and stays what it is where the mask stays.
    """

    def __init__(self, key: Key, dictionary: HasKeys, mask_key: MaskKey) -> None:
        super().__init__(key, widgets.JsonArea())
        self.dictionary = dictionary
        self.masks = Masks(mask_key)
        self.place = tuple(key.path.split("."))

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
            return self.masks.uncovered(parsed, self._kinds, at=self.place)
        except MaskError as error:
            raise forms.ValidationError(str(error)) from None
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

    def _kinds(self, value: Any) -> dict[Place, Kind]:
        """Where something counts as secret while this key has that value."""
        return dict(places(self.dictionary, nest({self.key.path: value})))

    def covered(self, stored: Any) -> Any:
        """What is stored, with masks in it."""
        shown: Any = cover(self.dictionary, nest({self.key.path: stored}), self.masks.put)
        for part in self.place:
            shown = shown[part]
        self.masks.shown(shown, at=self.place)
        return shown

    def initial_of(self, stored: Any) -> Any:
        return json.dumps(to_json(stored), ensure_ascii=False, indent=2)

    def _refuse_unbuildable(self, value: Any) -> None:
        # What is stored may be of the wrong type, and may stay so.
        if not can_be_written(value):
            raise forms.ValidationError("This holds something that no profile can hold. Remove it.")


def _no_constant(name: str) -> None:
    raise DocumentError(f"{name} is not a number that a profile can hold.")


def fields_holding(
    fields: Mapping[str, KeyField],
    dictionary: HasKeys,
    flat: Mapping[str, Any],
    around: Surroundings,
    *,
    about: str,
) -> tuple[dict[str, KeyField], dict[str, Any]]:
    """The fields by path as a form needs them in which `flat` is stored, and what they show of it.

    What a field cannot show is shown as JSON, with a mask in place of each secret in it; `about` tells this form, or
    this item of a list, from all others.
    """
    held: dict[str, KeyField] = {}
    shown: dict[str, Any] = {}
    for path, each in fields.items():
        stored = flat.get(path)
        odd = None if each.shows(stored) else JsonField(each.key, dictionary, MaskKey(around.mask_key, about))
        held[path] = (odd or each).holding(stored, around)
        if is_set(stored):
            shown[path] = held[path].initial_of(odd.covered(stored) if odd else stored)
    return held, shown
