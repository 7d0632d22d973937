"""The forms of a bulk run: the list, its columns, how people get what is made, and one row to be corrected."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from profiles.exceptions import TableError
from profiles.models import BulkRun, Delivery, Profile, SigningIdentity
from profiles.models.lengths import NAME_LENGTH
from profiles.plist.document import Document
from profiles.plist.templates.declaration import MAX_ANSWER, Declaration, Variable
from profiles.services import links
from profiles.services.bulk.csv.reader import MAX_BYTES, MAX_ROWS, Table, read_table
from profiles.services.bulk.rows import columns_in_use, secret_columns
from profiles.services.bulk.runs import LINK, MAX_MESSAGE, Matching, Wish

MAX_PASTED: Final = 2_000_000
"""Characters; more comes as a file."""

CHOOSE: Final = "Choose …"
"""What a field of choices begins with where one has to be made."""

MESSAGE: Final = f"""Hello,

this link installs your profile. Open it on the device that it is for:

{LINK}

It is for you alone: do not pass it on.
"""


class RunForm(forms.Form):
    """A form that is shown again with the focus on the first field that is wrong."""

    def full_clean(self) -> None:
        """As Django does, and then say where the focus belongs."""
        super().full_clean()
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong is not None:
            self.fields[wrong].widget.attrs["autofocus"] = True


class ListForm(RunForm):
    """A template, and a list of people as a file or pasted; cleaned, `table` is what it says."""

    template = forms.TypedChoiceField(
        coerce=uuid.UUID, label="Template", error_messages={"required": "Choose a template."}
    )
    file = forms.FileField(
        required=False,
        allow_empty_file=True,
        label="List of people",
        help_text=f"CSV, as spreadsheets save it: one row for each person, up to {MAX_ROWS:,}.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
    )
    pasted = forms.CharField(
        required=False,
        strip=False,
        max_length=MAX_PASTED,
        label="Or paste it",
        help_text="Copy the cells in your spreadsheet, with the names of the columns.",
        widget=forms.Textarea(
            attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off", "class": "code"}
        ),
    )
    heading = forms.TypedChoiceField(
        required=False,
        coerce={"yes": True, "no": False}.get,
        empty_value=None,
        choices=[("", "Find out"), ("yes", "Names of the columns"), ("no", "A person")],
        label="The first row is",
    )

    def __init__(
        self, *args: Any, templates: Sequence[Profile], known: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        template = cast(forms.TypedChoiceField, self.fields["template"])
        template.choices = [("", CHOOSE), *((str(row.pk), str(row)) for row in templates)]
        self.known = known
        self.table: Table | None = None
        self.source = ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        file: UploadedFile[bytes] | None = cleaned.get("file")
        pasted = cleaned.get("pasted", "")
        if file and pasted.strip():
            self.add_error(
                "pasted", "There were a file and a pasted list. Empty this one, or leave the file out."
            )
            return cleaned
        if file or pasted.strip():
            self._read(file, pasted, cleaned.get("heading"))
        elif "file" not in self.errors and "pasted" not in self.errors:
            self.add_error("file", "Choose a file, or paste the list below.")
        if self.errors:
            self._ask_again()
        return cleaned

    def refuse(self, sentence: str) -> None:
        """Say what is wrong with all of it."""
        self.add_error(None, sentence)
        self._ask_again()

    def _ask_again(self) -> None:
        """Ask for the file once more, since a page cannot hold one."""
        if self.cleaned_data.get("file") and "file" not in self.errors:
            self.add_error("file", "Choose the file again: a browser does not keep it.")

    def _read(self, file: UploadedFile[bytes] | None, pasted: str, heading: bool | None) -> None:
        if file and (file.size or 0) > MAX_BYTES:
            self.add_error(
                "file", f"The file has {file.size:,} bytes, more than the {MAX_BYTES:,} allowed. Split it."
            )
            return
        try:
            self.table = read_table(file.read() if file else pasted, header=heading, known=self.known)
        except TableError as error:
            self.add_error("file" if file else "pasted", str(error))
        self.source = (file.name or "") if file else ""


class MatchForm(RunForm):
    """Which column is which; cleaned, `matching` is that."""

    def __init__(self, run: BulkRun, document: Document, data: Any = None) -> None:
        super().__init__(data)
        columns = [(str(number), name) for number, name in enumerate(run.columns)]
        for field, variable in _fields(document):
            given = run.mapping.get(variable.name)
            self.fields[field] = forms.TypedChoiceField(
                required=variable.required and not variable.default,
                coerce=int,
                empty_value=None,
                choices=[("", _without(variable)), *columns],
                initial="" if given is None else str(given),
                label=variable.title,
                help_text=variable.help,
                error_messages={"required": "Choose its column: it has no default."},
            )
        self.fields["key"] = forms.TypedChoiceField(
            coerce=int,
            choices=[("", CHOOSE), *columns],
            initial="" if run.key_column is None else str(run.key_column),
            label="What tells people apart",
            help_text="The same text gets the same profile in each run, so that a device replaces it instead of "
            "installing another. Files are named after it, too.",
            error_messages={"required": "Choose the column that tells people apart."},
        )
        self.fields["email"] = forms.TypedChoiceField(
            required=False,
            coerce=int,
            empty_value=None,
            choices=[("", "None"), *columns],
            initial="" if run.email_column is None else str(run.email_column),
            label="E-mail address",
            help_text="Needed for e-mails, and listed beside install links.",
        )
        self._names = {field: variable.name for field, variable in _fields(document)}

    @property
    def matching(self) -> Matching:
        """What was chosen."""
        chosen = {name: self.cleaned_data[field] for field, name in self._names.items()}
        return Matching(
            variables={name: number for name, number in chosen.items() if number is not None},
            key=self.cleaned_data["key"],
            email=self.cleaned_data["email"],
        )


class StartForm(RunForm):
    """How people get what is made for them, and who signs; cleaned, `wish` is that."""

    delivery = forms.ChoiceField(
        choices=Delivery.choices, initial=Delivery.FILES, label="Everybody gets", widget=forms.RadioSelect
    )
    days = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=links.DEFAULT_DAYS,  # type: ignore[arg-type]  # the stubs know texts alone
        choices=[*links.LIFETIMES.items()],
        initial=links.DEFAULT_DAYS,
        label="Links work for",
    )
    one_time = forms.BooleanField(required=False, label="Each link works once")
    subject = forms.CharField(
        required=False, max_length=NAME_LENGTH, label="Subject", initial="Your configuration profile"
    )
    message = forms.CharField(
        required=False,
        max_length=MAX_MESSAGE,
        strip=False,
        label="Message",
        initial=MESSAGE,
        help_text=f"{LINK} stands for the install link of each.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    unsigned = forms.BooleanField(
        required=False,
        label="Do not sign",
        help_text="For files that something else signs, such as an MDM server.",
    )

    OF_LINKS: Final = ("days", "one_time")
    OF_EMAILS: Final = ("subject", "message")
    OF_FILES: Final = ("unsigned",)
    """Fields that matter with one way of delivery alone."""

    def __init__(self, run: BulkRun, identities: Sequence[SigningIdentity], data: Any = None) -> None:
        super().__init__(data)
        self.fields["identity"] = _signer("The team’s default", identities)
        self.obstacle = _no_email(run)

    def parts(self) -> Iterator[tuple[str, list[Any]]]:
        """What the fields are for, and the fields, in the order of the page."""
        yield "any", [self["delivery"]]
        yield "links", [self[name] for name in self.OF_LINKS]
        yield "email", [self[name] for name in self.OF_EMAILS]
        yield "any", [self["identity"]]
        yield "files", [self[name] for name in self.OF_FILES]

    @property
    def wish(self) -> Wish:
        """What was chosen."""
        chosen: Mapping[str, Any] = self.cleaned_data
        return Wish(
            delivery=Delivery(chosen["delivery"]),
            identity_id=chosen["identity"],
            unsigned=chosen["unsigned"],
            link_days=chosen["days"],
            one_time=chosen["one_time"],
            subject=chosen["subject"],
            message=chosen["message"],
        )


class ResumeForm(forms.Form):
    """Who signs from now on: `identity` is None for the one that did so far."""

    def __init__(self, identities: Sequence[SigningIdentity], data: Any = None) -> None:
        super().__init__(data)
        self.fields["identity"] = _signer("As before", identities)


class RowForm(RunForm):
    """The cells of a row that matter; cleaned, `cells` are their texts. A secret one is not shown, and is kept."""

    def __init__(self, run: BulkRun, document: Document, cells: Sequence[str], data: Any = None) -> None:
        super().__init__(data)
        self._cells = cells
        self._hidden = secret_columns(document, run.mapping)
        for number in sorted(columns_in_use(run)):
            old = cells[number] if number < len(cells) else ""
            is_secret = number in self._hidden
            self.fields[_column(number)] = forms.CharField(
                required=False,
                strip=False,
                max_length=MAX_ANSWER,
                label=run.columns[number],
                initial="" if is_secret else old,
                help_text="It is set, and stays so unless you type another." if is_secret and old else "",
                widget=_password() if is_secret else _area() if "\n" in old else forms.TextInput(),
            )

    @property
    def cells(self) -> dict[int, str]:
        """Number of a column -> its text."""
        typed = {int(name.removeprefix("column")): text for name, text in self.cleaned_data.items()}
        return {
            number: text.replace("\r\n", "\n").strip()
            for number, text in typed.items()
            if text.strip() or number not in self._hidden
        }


def _fields(document: Document) -> list[tuple[str, Variable]]:
    """The variables of a template with the names of their fields."""
    variables = (document.declaration or Declaration()).variables
    return [(f"variable_{variable.name}", variable) for variable in variables]


def _signer(otherwise: str, identities: Sequence[SigningIdentity]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        required=False,
        coerce=uuid.UUID,
        empty_value=None,
        label="Signed by",
        choices=[("", otherwise), *((str(row.pk), row.name) for row in identities)],
    )


def _password() -> forms.Widget:
    return forms.PasswordInput(attrs={"autocomplete": "off"})


def _area() -> forms.Widget:
    """For what has several lines, which a field of one line would join."""
    return forms.Textarea(attrs={"rows": 3})


def _without(variable: Variable) -> str:
    if variable.default:
        return f"None: “{variable.default}” for everybody"
    return CHOOSE if variable.required else "None"


def _column(number: int) -> str:
    return f"column{number}"


def _no_email(run: BulkRun) -> str:
    """Why no e-mails can be sent; empty where they can."""
    if not settings.EMAIL_ENABLED:
        return "This server sends no e-mail: whoever runs it can set EMAIL_URL."
    return (
        "" if run.email_column is not None else "Choose the column of e-mail addresses above to send e-mails."
    )
