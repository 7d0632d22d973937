"""Bulk runs brought as far as a test wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from importlib import import_module
from itertools import count
from typing import Any, Final

from profiles.models import BulkResult, BulkRun, HandOut, Profile, Recipient, RecipientState, Team, User
from profiles.models.sealed import SealedModel
from profiles.services.bulk import loading, runs
from profiles.services.bulk import work as bulk
from profiles.services.bulk.csv.reader import Row, Table
from profiles.services.bulk.runs import Matching, Wish
from profiles.services.teams import home

COLUMNS: Final = ("user", "pin", "room", "email")
"""Columns of a list: those of the variables of the sample template, but one, and where people get e-mail."""

UNSIGNED: Final = Wish(unsigned=True)


def pin(number: int) -> str:
    """The secret of a person."""
    return f"pin-{number}-in-no-column"


def letters(number: int) -> str:
    """A number in letters, as the pattern of the sample template wants user names."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def person(number: int, **cells: str) -> list[str]:
    """The row of a person, all of it right unless something else is said."""
    name = letters(number)
    usual = {"user": name, "pin": pin(number), "room": f"R{number}", "email": f"{name}@example.org"}
    return [*(usual | cells).values()]


def people(count: int, *, start: int = 0) -> list[list[str]]:
    """So many of them."""
    return [person(number) for number in range(start, start + count)]


def table_of(rows: Iterable[Sequence[str]], columns: Sequence[str] = COLUMNS) -> Table:
    """A list as it is read from a file with a header."""
    numbered = [Row(line=line, cells=tuple(cells)) for line, cells in enumerate(rows, 2)]
    return Table(columns=tuple(columns), rows=numbered, delimiter=",", encoding="UTF-8", has_header=True)


def loaded(
    actor: User,
    template: Profile,
    rows: Iterable[Sequence[str]],
    *,
    columns: Sequence[str] = COLUMNS,
    team: Team | None = None,
) -> BulkRun:
    """A draft of a run."""
    return loading.load_table(
        actor=actor, team=team or home(actor), template_id=template.pk, table=table_of(rows, columns)
    )


def matching_of(run: BulkRun, key: str = "user") -> Matching:
    """Each variable from the column of its name, as far as there is one."""
    named = {name: number for number, name in enumerate(run.columns)}
    return Matching(
        variables={name: named[name] for name in ("user", "domain", "pin", "room") if name in named},
        key=named[key],
        email=named.get("email"),
    )


def checked(
    actor: User,
    template: Profile,
    rows: Iterable[Sequence[str]],
    *,
    columns: Sequence[str] = COLUMNS,
    team: Team | None = None,
    **matching: Any,
) -> BulkRun:
    """A run whose rows were all checked."""
    run = loaded(actor, template, rows, columns=columns, team=team)
    run = runs.match(actor=actor, run=run, matching=matching_of(run, **matching))
    work_off(run)
    return run


def started(
    actor: User,
    template: Profile,
    rows: Iterable[Sequence[str]],
    wish: Wish = UNSIGNED,
    **more: Any,
) -> BulkRun:
    """A run on which workers can begin; `more` is for `checked`."""
    run = checked(actor, template, rows, **more)
    return runs.start(actor=actor, run=run, wish=wish)


def finished(
    actor: User,
    template: Profile,
    rows: Iterable[Sequence[str]],
    wish: Wish = UNSIGNED,
    **more: Any,
) -> BulkRun:
    """A run that workers have done with."""
    run = started(actor, template, rows, wish, **more)
    work_off(run)
    return run


def work_off(run: BulkRun) -> None:
    """Be the only worker, woken as often as there is something to do; `run` is then as it is."""
    for _ in range(100):
        if not bulk.work(run.pk, seconds=60) and run.pk not in bulk.stalled():
            break
    else:
        raise AssertionError("There is no end to it.")
    run.refresh_from_db()


def states(run: BulkRun) -> list[str]:
    """How far each has come, in the order of the list."""
    return list(run.recipients.order_by("row").values_list("state", flat=True))


def rows_of(run: BulkRun) -> list[Recipient]:
    """All of them, in the order of the list."""
    return list(run.recipients.order_by("row"))


def reason_of(run: BulkRun, place: int = 0) -> str:
    """What is wrong with one of them."""
    return rows_of(run)[place].reason


def put_off(run: BulkRun, *, seconds: float = 60) -> None:
    """Let that much time pass for claims, and for what waits."""
    past = timedelta(seconds=seconds)
    for row in run.recipients.exclude(claimed_until=None):
        run.recipients.filter(pk=row.pk).update(claimed_until=row.claimed_until and row.claimed_until - past)
    run.refresh_from_db()
    if run.retry_at:
        run.retry_at -= past
        run.save(update_fields=["retry_at"])


def left_over(run_id: Any) -> dict[str, int]:
    """How many rows there still are of a run, of any kind."""
    return {
        "runs": BulkRun.objects.filter(pk=run_id).count(),
        "recipients": Recipient.objects.filter(run=run_id).count(),
        "results": BulkResult.objects.filter(recipient__run=run_id).count(),
        "links": HandOut.objects.filter(recipient__run=run_id).count(),
    }


def content_of(run: BulkRun) -> Mapping[str, bytes]:
    """What was made for whom."""
    results = BulkResult.objects.filter(recipient__run=run).select_related("recipient")
    return {result.recipient.key: result.unseal() for result in results}


def damage(row: SealedModel) -> None:
    """Alter what is stored of a row."""
    sealed = bytes(row.sealed)
    row.sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    row.save(update_fields=["sealed"])


def meanwhile(monkeypatch: Any, place: str, act: Callable[[], object], *, call: int = 1) -> None:
    """Let something happen once, just before that function is called for the first time, or for that one."""
    module, _, name = place.rpartition(".")
    original = getattr(import_module(module), name)
    calls = count(1)

    def wrapped(*arguments: Any, **keywords: Any) -> Any:
        if next(calls) == call:
            act()
        return original(*arguments, **keywords)

    monkeypatch.setattr(place, wrapped)


DONE, FAILED, INVALID, NEW, READY, SENDING = (
    RecipientState.DONE,
    RecipientState.FAILED,
    RecipientState.INVALID,
    RecipientState.NEW,
    RecipientState.READY,
    RecipientState.SENDING,
)
