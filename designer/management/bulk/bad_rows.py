"""Rows that are wrong: told, kept as a file, and what that means for the rest."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.management.base import CommandError

from designer.management.bulk.bar import Tell
from designer.management.bulk.order import UNREADABLE, Order
from designer.management.bulk.people import is_list
from designer.management.bulk.target import File
from profiles.models import BulkRun, RecipientState, User
from profiles.services.bulk import results
from profiles.services.bulk.press import template_errors
from profiles.services.bulk.rows import OF_TEMPLATE


class BadRows:
    """Those of one order; raises CommandError where they cannot be kept."""

    def __init__(self, order: Order, user: User, tell: Tell) -> None:
        self._order, self._user, self._tell = order, user, tell
        self._file = None if order.wrong is None else File(order.wrong, force=order.force)
        if self._file:
            _require_other(order)
            self._file.check()

    def tell_of_template(self, run: BulkRun) -> None:
        """Tell what is wrong in every row, since the template is."""
        for problem in template_errors(run).problems:
            self._tell(f"template: {problem}")

    def tell(self, run: BulkRun, state: RecipientState) -> None:
        """Tell of each row in that state what is wrong with it alone, and keep all where that is asked for."""
        rows = run.recipients.filter(state=state).exclude(reason=OF_TEMPLATE).order_by("row")
        for row, why in rows.values_list("row", "reason").iterator():
            self._tell(f"row {row}: {why}")
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
            self._tell(f"All rows are right: {total:,}.")
        if wrong and template_errors(run).problems:
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


def _require_other(order: Order) -> None:
    """Raise CommandError where the wrong rows would replace the list that they are from."""
    if order.wrong and is_list(order.people, order.wrong):
        raise CommandError(
            "--wrong names the list itself, of which nothing but the wrong rows would be left. Name another file.",
            returncode=UNREADABLE,
        )
