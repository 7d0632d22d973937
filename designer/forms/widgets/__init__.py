"""One widget for each kind of key, rendered without templates: a form has some ninety of them.

Each takes apart what was posted (`value_from_datadict`) and shows what was posted or stored (`render`); it judges
nothing. Ids and names come from Django. CSS and the modules in static/js/ know the class names.
"""

from designer.forms.widgets.base import NOTHING, PRESERVED, Choices, KeyWidget, attributes, listed, lowered
from designer.forms.widgets.data import BytesInput, ContentChooser, PostedContent, PostedSecret, SecretInput
from designer.forms.widgets.scalars import (
    Area,
    Checkboxes,
    ChoiceWidget,
    LineInput,
    ReferenceSelect,
    Segments,
    Select,
    options,
)
from designer.forms.widgets.structures import (
    ROW_TOOLS,
    JsonArea,
    LanguageRows,
    Lines,
    PostedLines,
    Rows,
    rows_html,
)

__all__ = [
    "NOTHING",
    "PRESERVED",
    "ROW_TOOLS",
    "Area",
    "BytesInput",
    "Checkboxes",
    "ChoiceWidget",
    "Choices",
    "ContentChooser",
    "JsonArea",
    "KeyWidget",
    "LanguageRows",
    "LineInput",
    "Lines",
    "PostedContent",
    "PostedLines",
    "PostedSecret",
    "ReferenceSelect",
    "Rows",
    "SecretInput",
    "Segments",
    "Select",
    "attributes",
    "listed",
    "lowered",
    "options",
    "rows_html",
]
