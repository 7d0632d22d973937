"""What was made, written where it was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from django.conf import settings
from django.urls import reverse

from designer.management.bulk.options import Order
from designer.management.bulk.output_target import STDOUT, File, Folder
from designer.management.bulk.progress_bar import Bar, Update
from profiles.models import BulkRun, RecipientState, User
from profiles.services import audit
from profiles.services.audit import Event
from profiles.services.bulk import results
from profiles.services.bulk.progress import counted
from profiles.services.bulk.zip_stream import zipped
from profiles.services.download import EXTENSION
from profiles.services.file_names import FileNames

Item = TypeVar("Item")


class Handover:
    """The end of one order; raises CommandError for what cannot be written."""

    def __init__(self, order: Order, user: User, target: Folder | File) -> None:
        self._order, self._user, self._target = order, user, target
        self._things = "links" if order.links else "files"

    def require_free(self, run: BulkRun) -> None:
        """Refuse, before anything is made, to write over files that are there."""
        if isinstance(self._target, Folder):
            self._target.require_free(_names(run))

    def write(self, run: BulkRun, bar: Bar) -> None:
        """Write all that was made."""
        made = counted(run)[RecipientState.DONE]
        with bar.phase("Writing", made, self._things) as update:
            if isinstance(self._target, Folder):
                self._target.take(_shown(self._files(run), made, update))
            elif self._order.links:
                lines = results.links_csv(user=self._user, run=run)
                self._target.take(_shown((line.encode() for line in lines), made, update))
            else:
                self._target.take(zipped(_shown(self._files(run), made, update)))

    def told(self, run: BulkRun) -> Iterator[str]:
        """What there is to say at the end."""
        counts = counted(run)
        made, total = counts[RecipientState.DONE], sum(counts.values())
        if made < total:
            yield f"Rows left out: {total - made:,} of {total:,}."
        if self._order.quiet:
            return
        place = "standard output" if self._order.output == STDOUT else self._order.output
        yield f"{self._things.capitalize()} written to {place}: {made:,}."
        if self._order.links:
            address = f"{settings.PUBLIC_URL}{reverse('run', args=[run.pk])}"
            yield f"The links work for as long as their run is there: {address}"

    def _files(self, run: BulkRun) -> Iterator[tuple[str, bytes]]:
        audit.record(Event.RUN_DOWNLOADED, actor=self._user, team_id=run.team_id, subject=run, detail="files")
        return results.files_of(run)


def _names(run: BulkRun) -> Iterator[str]:
    """What its files will be called, as long as all that is ready can be made."""
    names = FileNames()
    keys = run.recipients.filter(state=RecipientState.READY).order_by("row").values_list("key", flat=True)
    return (f"{names.of(key)}{EXTENSION}" for key in keys.iterator())


def _shown(items: Iterable[Item], total: int, update: Update) -> Iterator[Item]:
    """The same items; a table has lines of its own besides."""
    for number, item in enumerate(items, 1):
        yield item
        update(min(number, total))
