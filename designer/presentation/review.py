"""What the right pane of the designer shows: the problems of a document, and its property list without secrets."""

from __future__ import annotations

import base64
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from django.utils.safestring import SafeString

from designer.forms.document_form import DocumentForm
from designer.forms.fast_html import escape
from designer.forms.fields.base import css_safe
from designer.forms.mending import Mended, offered
from profiles.catalogue import wording
from profiles.catalogue.effect_text import line
from profiles.catalogue.findings import Severity
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.versions import OperatingSystem
from profiles.plist.build import dump
from profiles.plist.document import Document, Problem
from profiles.plist.rule_book import diagnostics
from profiles.plist.secrets import MASK, mask
from profiles.plist.validation.repairs import NOT_THERE, Brought, Repair
from profiles.plist.validation.validate import in_order, validate

MAX_PROBLEMS: Final = 200
MAX_LINES: Final = 3_000
MAX_ROWS: Final = 50
MAX_BROUGHT: Final = 3
"""What of a review and of fixes is shown: far more than a person reads, far less than would choke a browser."""


@dataclass(frozen=True)
class ShownFix:
    """What the button beside a problem does: `id` is the repair, `label` says what it is.

    The first problem with a code that several have offers to mend them all, so `number` of them; `kind` says what they
    have in common.
    """

    id: str
    label: str
    number: int = 0
    kind: str = ""


@dataclass(frozen=True)
class ShownProblem:
    """A problem with where it is shown: `row` is the id of the key's row, empty for the whole.

    `folded` is the prefix of the part that has to be opened for that row to be there; empty where it is there. `page`
    is the address of the page that has the row; empty where that is the page on which the problem is told.
    """

    problem: Problem
    place: str
    row: str = ""
    folded: str = ""
    fix: ShownFix | None = None
    page: str = ""

    @property
    def href(self) -> str:
        """Where its place leads; empty where there is nothing to lead to."""
        # A page that opens finds the part of a row by itself.
        anchor = f"part-{self.folded}" if self.folded and not self.page else self.row
        return f"{self.page}#{anchor}" if anchor else self.page


@dataclass(frozen=True)
class Badge:
    """A note beside a key: which of the targets do not know it."""

    row: str
    text: str


@dataclass(frozen=True)
class FoldedProblems:
    """How many problems a folded part has, and the severity of the worst."""

    prefix: str
    severity: Severity
    number: int


@dataclass(frozen=True)
class Review:
    """Problems, badges, what the items of lists do, and the property list line by line, if it can be written.

    `counts` has severity and text of each kind of problem that there is: ("error", "2 errors"). What goes beyond
    MAX_PROBLEMS and MAX_LINES is counted in `more_problems` and `more_lines`.
    """

    counts: list[tuple[str, str]]
    problems: list[ShownProblem]
    more_problems: int
    folded: list[FoldedProblems]
    badges: list[Badge]
    sentences: list[tuple[str, str]]
    lines: list[SafeString]
    more_lines: int

    @property
    def xml(self) -> SafeString:
        """The lines, each by itself."""
        return SafeString("".join([f'<span class="xml__line">{line}\n</span>' for line in self.lines]))


def review(form: DocumentForm, around: Iterable[Problem] = ()) -> Review:
    """The review of what the form holds now; `around` are problems of the profile beside others."""
    document = form.document
    unread = list(form.problems())
    problems = [*unread, *around, *validate(document, form.evidence)]
    unreadable = {(problem.payload, problem.path) for problem in unread}
    # A key whose text could not be read looks as if it were missing; once is enough.
    told = on_page(
        form, [p for p in problems if p.code != "missing" or (p.payload, p.path) not in unreadable]
    )
    written = _lines(document) if all(problem.buildable for problem in told) else []
    fixes = _fixes(form, told)
    return Review(
        counts=counts_of(told),
        problems=[
            replace(shown(form, problem), fix=fixes.get(id(problem))) for problem in told[:MAX_PROBLEMS]
        ],
        more_problems=max(0, len(told) - MAX_PROBLEMS),
        folded=list(_folded(form, told)),
        badges=list(_badges(form, document)),
        sentences=list(form.sentences()),
        lines=[_line(line) for line in written[:MAX_LINES]],
        more_lines=max(0, len(written) - MAX_LINES),
    )


def on_page(form: DocumentForm, problems: Iterable[Problem]) -> list[Problem]:
    """The problems with errors first, otherwise from the top of the form to its end, whatever changes in it."""
    parts = {part.name: (number, _positions(part.payload)) for number, part in enumerate(form.staying)}

    def place(problem: Problem) -> tuple[int, int]:
        number, positions = parts.get(problem.payload, (-1, {}))
        key = problem.path.partition("[")[0]
        while key and key not in positions:
            key = key.rpartition(".")[0]
        # What is about no key of the form stands above those.
        return number, positions.get(key, -1)

    return in_order(sorted(problems, key=place))


@lru_cache(maxsize=256)
def _positions(payload: Payload) -> dict[str, int]:
    return {key.path: number for number, key in enumerate(payload.keys)}


def _fixes(form: DocumentForm, problems: Iterable[Problem]) -> dict[int, ShownFix]:
    """What can be mended, by the identity of the problem."""
    repairs = offered(form, problems)
    numbers = Counter(repair.problem.code for repair in repairs if repair.fix.sure)
    found: dict[int, ShownFix] = {}
    for repair in repairs:
        # Only the first one offers it.
        number = numbers.pop(repair.problem.code, 0) if repair.fix.sure else 0
        kind = kind_of(repair) if number > 1 else ""
        found[id(repair.problem)] = ShownFix(repair.id, repair.fix.label, number if number > 1 else 0, kind)
    return found


def kind_of(repair: Repair) -> str:
    """What all problems have in common that have the code of this one."""
    entry = diagnostics.entries().get(repair.problem.code)
    return entry.title if entry else repair.fix.label


@dataclass(frozen=True)
class ShownMending:
    """What became of fixes that were asked for: sentences, the rows that changed, and whether any did.

    `brought` are errors that are told because of the fixes, MAX_BROUGHT of them at most, `more_brought` counts the
    rest, and `worse` says so in a sentence; the review has them all.
    """

    text: str
    rows: str
    changed: bool
    worse: str = ""
    brought: Sequence[ShownProblem] = ()
    more_brought: int = 0


def shown_mending(mended: Mended) -> ShownMending:
    """What to tell of fixes, and where to look."""
    rows = (f"{css_safe(f'id_{name}')}_row" for name in mended.names[:MAX_ROWS])
    errors = mended.brought.errors
    return ShownMending(
        text=" ".join(_told(mended)),
        rows=" ".join(rows),
        changed=bool(mended.done),
        worse=told_brought(mended.brought),
        brought=[shown(mended.form, problem) for problem in errors[:MAX_BROUGHT]],
        more_brought=max(0, len(errors) - MAX_BROUGHT),
    )


def _told(mended: Mended) -> Iterator[str]:
    done, failed = mended.done, mended.failed
    if len(done) == 1:
        yield f"Fixed: {place_of(mended.form, done[0].problem)} {_became(done[0])}. It is not saved yet."
    elif done:
        yield f"Fixed {len(done)} problems: {kind_of(done[0])}. Nothing is saved yet."
    if failed:
        each = "This" if len(failed) == 1 else f"{len(failed)} problems"
        yield f"{each} cannot be fixed beside what is not saved. Save, open the payload, and press Fix again."
    elif not done:
        yield "Nothing was changed: the problem is not there any more."


def told_brought(brought: Brought) -> str:
    """What errors fixes have brought, in a sentence; empty where they have brought none."""
    number = len(brought.errors)
    if number == 0:
        return ""
    errors = "an error" if number == 1 else f"{number} errors"
    if brought.first:
        return f"Now the profile has {errors}; before it had none."
    return f"Now {errors} {'is' if number == 1 else 'are'} told that the profile did not have before."


def _became(repair: Repair) -> str:
    return "is not there any more" if repair.after == NOT_THERE else f"is now {repair.after}"


def shown(form: DocumentForm, problem: Problem, *, page: str = "") -> ShownProblem:
    """A problem with where the page shows what it is about, or the one of the address `page`."""
    part = form.by_name.get(problem.payload)
    folded = part.prefix if part and part.folded else ""
    return ShownProblem(problem, place_of(form, problem), form.row_id(problem), folded, page=page)


def _folded(form: DocumentForm, problems: Iterable[Problem]) -> Iterator[FoldedProblems]:
    """What no row tells of; also of what goes beyond MAX_PROBLEMS."""
    found = defaultdict(list)
    for problem in problems:
        found[problem.payload].append(problem.severity)
    order = list(Severity)
    for part in form.staying:
        if part.folded and (severities := found.get(part.name)):
            yield FoldedProblems(part.prefix, min(severities, key=order.index), len(severities))


def counts_of(problems: Sequence[Problem]) -> list[tuple[str, str]]:
    """Severity and text of each kind of problem that there is: ("error", "2 errors")."""
    numbers = Counter(problem.severity for problem in problems)
    return [
        (severity.value, _counted(severity, numbers[severity])) for severity in Severity if numbers[severity]
    ]


def _counted(severity: Severity, number: int) -> str:
    plural = "" if number == 1 or severity is Severity.ADVICE else "s"
    return f"{number:,} {severity.value}{plural}"


def place_of(form: DocumentForm, problem: Problem) -> str:
    """“Office · Rule 2 · Action”: where the problem is, in the words of the page."""
    part = form.by_name.get(problem.payload)
    if part is None:
        return problem.payload
    names = [line(part.title), *wording.place(part.payload.shape, problem.path)]
    return " · ".join(name for name in names if name)


def _badges(form: DocumentForm, document: Document) -> list[Badge]:
    targets = tuple(sorted(document.targets.items()))
    return [
        Badge(f"{css_safe(f'id_{part.prefix}-{path}')}_row", text)
        for part in form.open
        for path, text in _gaps(part.payload, targets)
    ]


@lru_cache(maxsize=256)
def _gaps(payload: Payload, targets: tuple[tuple[OperatingSystem, str], ...]) -> list[tuple[str, str]]:
    """Path of each key that some target does not know, and which ones."""
    found = ((key.path, key.available.gaps(dict(targets))) for key in payload.keys)
    return [(path, f"not on {', '.join(gaps)}") for path, gaps in found if gaps]


def _lines(document: Document) -> list[str]:
    """The masked property list, line by line."""
    return _readable(dump(mask(document)).decode()).rstrip("\n").split("\n")


def _line(line: str) -> SafeString:
    """One line with its key or value marked; plistlib escaped the content already, so it is escaped as text here."""
    bare = line.lstrip("\t")
    indent = "  " * (len(line) - len(bare))
    tag, _, rest = bare[1:].partition(">")
    content, end, _ = rest.rpartition(f"</{tag}>")
    if not end:
        return SafeString(f'{indent}<span class="xml__tag">{escape(bare)}</span>')
    shown = f'<span class="xml__key">{escape(content)}</span>' if tag == "key" else escape(content)
    return SafeString(
        f'{indent}<span class="xml__tag">&lt;{tag}&gt;</span>{shown}<span class="xml__tag">&lt;/{tag}&gt;</span>'
    )


_DATA = re.compile(r"<data>\s*([A-Za-z0-9+/=\s]*?)\s*</data>")


def _readable(text: str) -> str:
    return _DATA.sub(lambda found: f"<data>{_masked_data(found[1])}</data>", text)


def _masked_data(encoded: str) -> str:
    compact = "".join(encoded.split())
    decoded = base64.b64decode(compact)
    return decoded.decode() if decoded.startswith(MASK.encode()) else compact
