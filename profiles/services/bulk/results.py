"""What came of a run, taken away: files, install links, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from profiles.exceptions import BulkError
from profiles.models import BulkResult, BulkRun, Delivery, Recipient, User
from profiles.policy import Action, require
from profiles.services import audit
from profiles.services.audit import Event
from profiles.services.bulk.corrections import every_row_to_look_at
from profiles.services.bulk.rows import ADDED, email_of, opened, sound_cells_of
from profiles.services.bulk.zip_stream import zipped
from profiles.services.csv_export import csv_lines
from profiles.services.download import EXTENSION
from profiles.services.file_names import FileNames
from profiles.services.links import install_address

MISSING: Final = "Missing.txt"
"""What a zip holds beside its files where not all of them could be put into it."""

ALTERED: Final = (
    "This was altered in the database. Restore it from a backup, or make it again in another run."
)

FETCHED: Final = 200
"""Results read at a time."""


def zip_of(*, user: User, run: BulkRun) -> Iterator[bytes]:
    """The files of a run as a zip, piece by piece; raises BulkError where there are none."""
    made = _require(user, run, files=True)
    _record(user, run, "zip of files")
    return zipped(_files_and_note(run, made))


def files_of(run: BulkRun) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file, in the order of the list; no two names are alike, on any system.

    Raises EncryptionError for one that was altered.
    """
    for name, result in _named(run):
        yield name, result.unseal()


def _files_and_note(run: BulkRun, made: int) -> Iterator[tuple[str, bytes]]:
    """The files, then a note of what is missing: a zip that is cut short looks like a whole one."""
    missing, left = [], made
    for name, result in _named(run):
        left -= 1
        if (content := opened(result)) is None:
            missing.append(f"{name}: {ALTERED}")
        else:
            yield name, content
    if left > 0:
        missing.append(_gone(left))
    if missing:
        yield MISSING, "\r\n".join([*missing, ""]).encode()


def _named(run: BulkRun) -> Iterator[tuple[str, BulkResult]]:
    names = FileNames()
    return ((f"{names.of(result.recipient.key)}{EXTENSION}", result) for result in _results(run))


def links_csv(*, user: User, run: BulkRun) -> Iterator[str]:
    """A table of who gets which link; raises BulkError where there are none."""
    made = _require(user, run, files=False)
    _record(user, run, "install links")
    return _for_spreadsheets(csv_lines(["name", "email", "link", "expires"], _links(run, made)))


def wrong_csv(*, user: User, run: BulkRun) -> Iterator[str]:
    """The rows to look at as they were uploaded, with what is said of them: to be corrected and uploaded again."""
    require(user, Action.HAND_OUT, run.team_id)
    _record(user, run, "rows to be corrected")
    rows = ([row.row, _said(row), *cells] for row, cells in every_row_to_look_at(run))
    return _for_spreadsheets(csv_lines([*ADDED, *run.columns], rows))


def _said(row: Recipient) -> str:
    return " ".join(filter(None, [row.reason, *row.warnings.splitlines()]))


def _for_spreadsheets(lines: Iterator[str]) -> Iterator[str]:
    """With the mark by which Excel knows UTF-8."""
    return chain(["\ufeff"], lines)


def _links(run: BulkRun, made: int) -> Iterator[list[str]]:
    """Who gets which link until when, and a last line for what is missing."""
    left = made
    for result in _results(run):
        left -= 1
        row, token = result.recipient, opened(result)
        link = ALTERED if token is None else install_address(token.decode())
        expires = row.hand_out.expires_at.isoformat(timespec="seconds")
        yield [row.key, email_of(run, sound_cells_of(row) or []), link, expires]
    if left > 0:
        yield ["", "", _gone(left), ""]


def _gone(number: int) -> str:
    return f"{number:,} more: the run was deleted, or went on, while this was being downloaded."


def _results(run: BulkRun) -> Iterator[BulkResult]:
    """All results in the order of the list, some at a time, so that no transaction stays open for long."""
    after = 0
    rows = BulkResult.objects.filter(recipient__run=run).select_related("recipient", "recipient__hand_out")
    while found := list(rows.filter(recipient__row__gt=after).order_by("recipient__row")[:FETCHED]):
        yield from found
        after = found[-1].recipient.row


def _require(user: User, run: BulkRun, *, files: bool) -> int:
    """How many results there are; raises BulkError for none, and EncryptionError where their key is not there."""
    require(user, Action.HAND_OUT, run.team_id)
    results = BulkResult.objects.filter(recipient__run=run)
    first = results.order_by("recipient__row").first()
    if first is None or (run.delivery == Delivery.FILES) is not files:
        raise BulkError("This run has made no files." if files else "This run has made no links.")
    # To be told now, and not by a download that breaks off.
    opened(first)
    return results.count()


def _record(user: User, run: BulkRun, what: str) -> None:
    audit.record(Event.RUN_DOWNLOADED, actor=user, team_id=run.team_id, subject=run, detail=what)
