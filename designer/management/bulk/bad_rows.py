"""Rows that are wrong or doubtful: told, kept as a file, and what that means for the rest."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.management.base import CommandError
from django.db.models import Q

from designer.management.bulk.csv_input import is_list
from designer.management.bulk.options import UNREADABLE, Order
from designer.management.bulk.output_target import File
from designer.management.bulk.progress_bar import Tell
from profiles.models import BulkRun, RecipientState, User
from profiles.models.recipient import WARNED
from profiles.services.bulk import results
from profiles.services.bulk.progress import warned, with_warnings
from profiles.services.bulk.templates import template_problems
from profiles.services.bulk.verdict import OF_TEMPLATE


class BadRows:
    """Those of one order; raises CommandError where they cannot be kept."""

    def __init__(self, order: Order, user: User, tell: Tell) -> None:
        self._order, self._user, self._tell = order, user, tell
        self._file = None if order.wrong is None else File(order.wrong, force=order.force)
        if self._file:
            _require_other(order)
            self._file.check()

    def tell_checked(self, run: BulkRun, counts: Mapping[str, int]) -> None:
        """Tell what is in every row, since it is in the template, and then of each what is in it alone."""
        own = template_problems(run)
        for problem in (*(own.errors if counts.get(RecipientState.INVALID) else ()), *own.doubts):
            self._tell(f"template: {problem}")
        self._tell_rows(run, Q(state=RecipientState.INVALID) | WARNED, "reason", "warnings")

    def tell_failed(self, run: BulkRun) -> None:
        """Tell why some could not be made."""
        self._tell_rows(run, Q(state=RecipientState.FAILED), "reason")

    def _tell_rows(self, run: BulkRun, which: Q, *columns: str) -> None:
        """Tell what these columns say of each of those rows, and keep all to look at where that is asked for."""
        rows = run.recipients.filter(which).order_by("row")
        for row, *texts in rows.values_list("row", *columns).iterator():
            for line in (line for text in texts for line in text.splitlines() if line != OF_TEMPLATE):
                self._tell(f"row {row}: {line}")
        if self._file:
            table = results.wrong_csv(user=self._user, run=run)
            self._file.take(line.encode() for line in table)

    def judge_check(self, run: BulkRun, counts: Mapping[str, int]) -> None:
        """Raise CommandError where nothing can be made, or is to be made while rows are wrong."""
        order, wrong, total = self._order, counts.get(RecipientState.INVALID, 0), sum(counts.values())
        sentence = f"{wrong:,} of {total:,} rows {'is' if wrong == 1 else 'are'} wrong"
        if order.check and wrong:
            raise CommandError(f"{sentence}.")
        if order.check and not order.quiet:
            self._tell(_fine(total, warned(run)))
        if wrong and template_problems(run).errors:
            raise CommandError(f"{sentence}, so nothing was made. Correct the template first.")
        if wrong and not order.skip_bad:
            raise CommandError(
                f"{sentence}, so nothing was made. Correct them, or leave them out with --skip-bad."
            )
        if wrong == total:
            raise CommandError("No row is right, so nothing was made.")

    def judge_making(self, counts: Mapping[str, int]) -> None:
        """Raise CommandError where something could not be made that was to be, or nothing could."""
        failed, made = counts.get(RecipientState.FAILED, 0), counts.get(RecipientState.DONE, 0)
        if failed and not (made and self._order.skip_bad):
            raise CommandError(f"{failed:,} of {failed + made:,} could not be made, so nothing was written.")


def _fine(total: int, doubtful: int) -> str:
    """What there is to say where nothing is wrong."""
    if doubtful:
        return f"All rows can be made: {total:,}; {with_warnings(doubtful)}."
    return f"All rows are right: {total:,}."


def _require_other(order: Order) -> None:
    """Raise CommandError where the wrong rows would replace the list that they are from."""
    if order.wrong and is_list(order.people, order.wrong):
        raise CommandError(
            "--wrong names the list itself, of which nothing but the wrong rows would be left. Name another file.",
            returncode=UNREADABLE,
        )
