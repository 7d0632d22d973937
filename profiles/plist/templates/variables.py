"""Variables in the texts of a template: found, filled in, and judged.

`{{name}}`, with or without blanks inside the braces, stands for a value in every text of the envelope and the payloads,
those of unknown keys too. Values are put in as data, once: braces or XML in them mean nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from profiles.catalogue import wording
from profiles.catalogue.citations import own
from profiles.catalogue.conditions import is_set
from profiles.catalogue.findings import Diagnostic, Finding, Severity
from profiles.catalogue.shape import escaped
from profiles.catalogue.values import MAX_DEPTH
from profiles.exceptions import VariablesError
from profiles.plist import secrets
from profiles.plist.document import ENVELOPE_NAME, Document, Problem
from profiles.plist.templates.declaration import NAME, Declaration, Variable

OPENING: Final = "{{"

_VARIABLE: Final = re.compile(rf"\{{\{{ *({NAME}) *\}}\}}")

_TEMPLATES: Final = own("templates")

VARIABLE: Final = Diagnostic(
    "variable",
    Severity.ERROR,
    "A text holds a variable that the template does not have",
    why="Nobody is asked for a value of it, so no profile can be made from the template.",
    mend="Declare the variable in the settings of the template, or correct its name.",
    sources=(_TEMPLATES,),
)
DUPLICATE_VARIABLE: Final = Diagnostic(
    "duplicate-variable",
    Severity.ERROR,
    "Two variables of the template have the same name",
    why="A text names a variable by its name alone, so nobody could say which of them it means.",
    mend="Rename or remove one of them.",
    sources=(_TEMPLATES,),
)
UNUSED_VARIABLE: Final = Diagnostic(
    "unused-variable",
    Severity.ADVICE,
    "A variable of the template stands in no text",
    why="People are asked for a value that goes nowhere.",
    mend="Write the variable where its value belongs, or remove it.",
    sources=(_TEMPLATES,),
)
OPEN_VARIABLE: Final = Diagnostic(
    "open-variable",
    Severity.WARNING,
    "A variable stands where a secret belongs, and is none",
    why="What people answer is shown as they type it, and stands in lists of answers.",
    mend="Mark the variable as secret.",
    sources=(_TEMPLATES,),
)
SHOWN_VARIABLE: Final = Diagnostic(
    "shown-variable",
    Severity.WARNING,
    "A secret variable stands in a text that is shown",
    why="Its value is shown wherever that text is, on the device and on pages.",
    mend="Write it into a secret key alone, or do not call it secret.",
    sources=(_TEMPLATES,),
)
BAD_PATTERN: Final = Diagnostic(
    "bad-pattern",
    Severity.ERROR,
    "The pattern of a variable is no regular expression",
    why="No answer can be compared with it.",
    mend="Correct the pattern, or remove it.",
    sources=(_TEMPLATES,),
)
BAD_DEFAULT: Final = Diagnostic(
    "bad-default",
    Severity.ERROR,
    "The default of a variable is no value for it",
    why="Whoever leaves the answer out would get a value that the template refuses.",
    mend="Correct the default, or remove it.",
    sources=(_TEMPLATES,),
)
VISIBLE_SECRET: Final = Diagnostic(
    "visible-secret",
    Severity.ERROR,
    "A secret variable has a default",
    why="Everyone who edits the template sees its defaults, and they are stored in the clear.",
    mend="Remove the default.",
    sources=(_TEMPLATES,),
)
LOST_PLACE: Final = Diagnostic(
    "lost-place",
    Severity.ADVICE,
    "The template locks or asks for a key that is not there",
    why="The payload or the key was taken out after it had been locked or asked for.",
    mend="Remove it from the settings of the template.",
    sources=(_TEMPLATES,),
)
LOCKED_UNSET: Final = Diagnostic(
    "locked-unset",
    Severity.ADVICE,
    "A locked key has no value",
    why="No profile that is made from the template can set the key.",
    mend="Set the key, or unlock it.",
    sources=(_TEMPLATES,),
)


def written(name: str) -> str:
    """How a variable stands in a text."""
    return f"{OPENING}{name}}}}}"


def uses(document: Document) -> dict[str, list[tuple[str, str]]]:
    """The name of each variable that is used, and where: name of the part and path, indices inside lists included."""
    found: dict[str, list[tuple[str, str]]] = {}
    for part, path, text in _texts(document):
        for name in dict.fromkeys(_VARIABLE.findall(text)):
            found.setdefault(name, []).append((part, path))
    return found


def lone(text: object) -> str:
    """The name of the variable that is all there is in a text; empty for any other text or value."""
    found = _VARIABLE.fullmatch(text) if isinstance(text, str) else None
    return found.group(1) if found else ""


def confidential(document: Document) -> frozenset[str]:
    """The variables whose value is a secret: declared so, or standing in a key that is."""
    declaration = document.declaration or Declaration()
    found = {variable.name for variable in declaration.variables if variable.secret}
    for _, payload, values in document.parts():
        for value in secrets.declared(payload, values):
            found |= {name for _, text in _walk(value, "", 0) for name in _VARIABLE.findall(text)}
    return frozenset(found)


def check_answers(declaration: Declaration, answers: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with each answer, by the name of the variable, in sentences that repeat no answer."""
    known = {variable.name: variable for variable in declaration.variables}
    wrong = {
        name: f"The template has no variable {name[:60]!r}. Leave it out."
        for name in answers
        if name not in known
    }
    given = completed(declaration, answers)
    for name, variable in known.items():
        if name not in given:
            wrong[name] = f"{variable.title} is missing. Fill it in."
        elif given[name] and (sentence := variable.check(given[name])):
            wrong[name] = sentence
    return wrong


def completed(declaration: Declaration, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers to what is declared, with defaults for what is missing or empty.

    What may be left out and has no default is an empty text; what is required and missing stays missing.
    """
    found = {}
    for variable in declaration.variables:
        answer = answers.get(variable.name, "")
        value = answer if answer.strip() else variable.default
        if value or not variable.required:
            found[variable.name] = value
    return found


def fill(document: Document, answers: Mapping[str, str]) -> Document:
    """The document with each variable replaced by its answer, and no longer a template.

    Raises VariablesError where a variable is not declared, or has no answer.
    """
    declaration = document.declaration or Declaration()
    known = {variable.name for variable in declaration.variables} & {*answers}
    if missing := [name for name in uses(document) if name not in known]:
        raise VariablesError(
            f"There is no value for {wording.listed(map(written, missing), 'and')}. Fill it in, or declare it in the "
            "template.",
            names=missing,
        )
    return replace(_with(document, answers), declaration=None)


def sample(document: Document) -> Document:
    """The document with a likely value for each variable, to be validated; it stays a template.

    What is not declared stays as it is.
    """
    variables = (document.declaration or Declaration()).variables
    return _with(document, {each.name: each.default or each.kind.sample for each in variables})


def other_sample(document: Document) -> Document:
    """The same with other values, so that what both cause is caused by neither."""
    variables = (document.declaration or Declaration()).variables
    return _with(document, {each.name: each.kind.other for each in variables})


def _with(document: Document, texts: Mapping[str, str]) -> Document:
    """The document with the variables replaced that `texts` has."""

    def put(text: str) -> str:
        return _VARIABLE.sub(lambda found: texts.get(found.group(1), found.group()), text)

    payloads = tuple(
        replace(part, values=_mapped(part.values, put, 0), unknown=_mapped(part.unknown, put, 0))
        for part in document.payloads
    )
    return replace(document, envelope=_mapped(document.envelope, put, 0), payloads=payloads)


def _mapped(value: Any, put: Callable[[str], str], depth: int) -> Any:
    """A copy of `value` with `put` of each text; what nests too deep to be written is left alone."""
    if depth > MAX_DEPTH:
        return value
    match value:
        case str():
            return put(value)
        case Mapping():
            return {name: _mapped(item, put, depth + 1) for name, item in value.items()}
        case list():
            return [_mapped(item, put, depth + 1) for item in value]
    return value


def _texts(document: Document) -> Iterator[tuple[str, str, str]]:
    """Part, path and text of every text in which a variable can stand."""
    for name, payload, values in document.parts():
        for path, value in payload.flat(values).items():
            yield from ((name, place, text) for place, text in _walk(value, path, 0))
    for part in document.payloads:
        for key, value in part.unknown.items():
            yield from ((part.name, place, text) for place, text in _walk(value, str(key), 0))


def _walk(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Path and text of each text in `value`, as deep as can be written."""
    if depth > MAX_DEPTH:
        return
    match value:
        case str():
            yield path, value
        case list():
            for index, item in enumerate(value):
                yield from _walk(item, f"{path}[{index}]", depth + 1)
        case Mapping():
            for name, item in value.items():
                yield from _walk(item, f"{path}.{escaped(name)}", depth + 1)


def problems(document: Document) -> Iterator[Problem]:
    """What is wrong with a document as a template, beyond what is wrong with it as a profile."""
    declaration = document.declaration or Declaration()
    known = frozenset(variable.name for variable in declaration.variables)
    for name, path, text in _texts(document):
        yield from (Problem(name, finding) for finding in _in_text(text, path, known))
    for finding in _declared(declaration, document):
        yield Problem(ENVELOPE_NAME, finding)
    yield from _placed(declaration, document)


def _in_text(text: str, path: str, known: frozenset[str]) -> Iterator[Finding]:
    for name in dict.fromkeys(_VARIABLE.findall(text)):
        if name not in known:
            yield VARIABLE.at(
                path,
                f"{written(name)} is no variable of this template. Declare {name}, or correct its name.",
            )
    if OPENING in _VARIABLE.sub("", text):
        yield VARIABLE.at(
            path,
            f"A text begins a variable with “{OPENING}” and does not end it. Write {written('name')}, or remove "
            "the braces.",
        )


def _declared(declaration: Declaration, document: Document) -> Iterator[Finding]:
    used, hidden, seen = uses(document), confidential(document), _shown(document)
    for name, count in Counter(variable.name for variable in declaration.variables).items():
        if count > 1:
            yield DUPLICATE_VARIABLE.at("", f"{count} variables are called {name}. Rename or remove one.")
    for variable in declaration.variables:
        if variable.name not in used:
            yield UNUSED_VARIABLE.at(
                "",
                f"The variable {variable.name} stands in no text. Write {written(variable.name)} where its value "
                "belongs, or remove it.",
            )
        if variable.name in hidden and not variable.secret:
            yield OPEN_VARIABLE.at(
                "",
                f"The variable {variable.name} stands where a secret belongs. Mark it as secret, so that its value is "
                "not shown.",
            )
        if variable.secret and variable.name in seen:
            yield SHOWN_VARIABLE.at(
                "",
                f"The variable {variable.name} is secret, but stands in {seen[variable.name]}, which is shown. Write "
                "it into a secret key alone, or do not call it secret.",
            )
        yield from _judged(variable)


def _shown(document: Document) -> dict[str, str]:
    """The name of each variable in a text that is no secret, and the path of the first such text."""
    found: dict[str, str] = {}
    for _, payload, values in document.parts():
        public, _ = secrets.split(payload, values)
        for path, value in payload.flat(public).items():
            for place, text in _walk(value, path, 0):
                for name in _VARIABLE.findall(text):
                    found.setdefault(name, place)
    return found


def _judged(variable: Variable) -> Iterator[Finding]:
    if variable.pattern and variable.expression is None:
        yield BAD_PATTERN.at(
            "",
            f"The pattern for the variable {variable.name} is no regular expression. Correct it, or remove it.",
        )
    elif variable.default and (sentence := variable.check(variable.default)):
        yield BAD_DEFAULT.at("", f"The default of the variable {variable.name} is no value: {sentence}")
    if variable.secret and variable.default:
        yield VISIBLE_SECRET.at(
            "",
            f"The variable {variable.name} is secret, but everyone who edits the template sees its default. Remove "
            "the default.",
        )


def _placed(declaration: Declaration, document: Document) -> Iterator[Problem]:
    parts = document.places()
    for place in sorted(declaration.locked | declaration.asked):
        done = "locks" if place in declaration.locked else "asks for"
        name, payload, values = parts.get(place.part, (ENVELOPE_NAME, None, {}))
        flat = payload.flat(values) if payload else {}
        if payload is None or not (place.path in payload.by_path or place.path in flat):
            yield Problem(
                name,
                LOST_PLACE.at("", f"The template {done} {place.path}, which is not there. Remove that."),
            )
        elif place in declaration.locked and not is_set(flat.get(place.path)):
            yield Problem(
                name,
                LOCKED_UNSET.at(
                    place.path,
                    f"{place.path} is locked but not set, so that no profile can set it. Set it, or unlock it.",
                ),
            )
