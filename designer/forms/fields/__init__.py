"""One form field for each kind of key: from what was posted to the exact value, and nothing else."""

from designer.forms.fields.base import KEEP, Keep, KeyBoundField, KeyField, posted
from designer.forms.fields.data import (
    ENCODINGS,
    SHOWN_AS,
    BytesField,
    Chosen,
    ContentField,
    SecretDataField,
    SecretField,
)
from designer.forms.fields.json_field import JsonField, fields_holding
from designer.forms.fields.scalars import (
    BooleanField,
    ChoiceField,
    DateField,
    DistinguishedNameField,
    NumberField,
    ReferenceField,
    TextField,
)
from designer.forms.fields.structures import DistinctField, LanguagesField, LinesField, ListField

__all__ = [
    "ENCODINGS",
    "KEEP",
    "SHOWN_AS",
    "BooleanField",
    "BytesField",
    "ChoiceField",
    "Chosen",
    "ContentField",
    "DateField",
    "DistinctField",
    "DistinguishedNameField",
    "JsonField",
    "Keep",
    "KeyBoundField",
    "KeyField",
    "LanguagesField",
    "LinesField",
    "ListField",
    "NumberField",
    "ReferenceField",
    "SecretDataField",
    "SecretField",
    "TextField",
    "fields_holding",
    "posted",
]
