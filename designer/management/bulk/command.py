"""The action itself: a list is read, checked and made into files or links, and the run is gone afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as AnyDatabaseError

from designer.checks import missing_keys
from designer.management.arguments import leave_pool, named_team, named_template, named_user
from designer.management.bulk.bad_rows import BadRows
from designer.management.bulk.columns import matching_of, told
from designer.management.bulk.csv_input import read_people, source_of
from designer.management.bulk.delivery import Handover
from designer.management.bulk.options import UNREADABLE, Order
from designer.management.bulk.output_target import target_of
from designer.management.bulk.progress_bar import Bar, Tell
from designer.management.bulk.signals import ending_cleanly, held_back
from designer.management.bulk.wait import work_through
from designer.management.bulk.worker_processes import at_work
from profiles.exceptions import BulkError, ProfileDesignerError
from profiles.models import BulkRun, Delivery, RecipientState, RunState
from profiles.services import audit, signing
from profiles.services.bulk import retention, runs
from profiles.services.bulk.csv.reader import Table
from profiles.services.bulk.loading import load_table
from profiles.services.bulk.progress import counted
from profiles.services.bulk.runs import Wish
from profiles.services.links import DEFAULT_DAYS

FAILED: Final = 1
INTERRUPTED: Final = 130
"""What shells call Ctrl-C."""


def bulk(command: BaseCommand, options: dict[str, Any]) -> int:
    """Do what the options say, and tell what is wrong on standard error; the exit status."""

    def tell(sentence: str) -> None:
        command.stderr.write(" ".join(sentence.split()))

    try:
        with ending_cleanly(), audit.acting_from("command line"):
            _Action(Order.of(options), tell).run()
    except CommandError as refusal:
        tell(str(refusal))
        return refusal.returncode
    except ProfileDesignerError as refusal:
        tell(str(refusal))
        return FAILED
    except ObjectDoesNotExist:
        tell("The template or the run was deleted meanwhile.")
        return FAILED
    except AnyDatabaseError:
        tell(
            "The database does not answer or is not prepared. "
            "Check DATABASE_URL, or run `python manage.py prepare`."
        )
        return FAILED
    except KeyboardInterrupt:
        tell("Stopped.")
        return INTERRUPTED
    return 0


class _Action:
    """One order; raises CommandError with an exit status for what speaks against it, and named errors."""

    def __init__(self, order: Order, tell: Tell) -> None:
        if sentence := missing_keys():
            raise CommandError(sentence)
        leave_pool()
        self._order, self._tell = order, tell
        self._bar = Bar(tell, quiet=order.quiet)
        self._user = named_user(order.user)
        self._team = named_team(self._user, order.team)
        self._template = named_template(self._user, order.template)
        self._wish = self._wished()
        self._target = target_of(order)
        self._bad = BadRows(order, self._user, tell)

    def run(self) -> None:
        """From the list to what was asked for."""
        order = self._order
        table = read_people(order.people, header=order.header, template=self._template)
        with ExitStack() as stack:
            # What is half stored has no name yet by which it could be deleted.
            with held_back():
                run = self._load(table)
                stack.callback(self._forget, run)
            with at_work(run.pk, order.jobs - 1):
                run = self._check(run)
                if self._target is None:
                    return
                handover = Handover(order, self._user, self._target)
                handover.require_free(run)
                run = self._make(run)
            handover.write(run, self._bar)
            if order.links:
                # They work for as long as the run is there.
                stack.pop_all()
            for sentence in handover.told(run):
                self._tell(sentence)

    def _wished(self) -> Wish:
        """What is made; a name that nothing signs by is told now, and not after the check of a long list."""
        order, identity = self._order, None
        if not order.unsigned:
            identity = signing.find_identity(team_id=self._team.pk, name=order.sign)
        return Wish(
            delivery=Delivery.LINKS if order.links else Delivery.FILES,
            identity_id=identity.pk if identity and order.sign else None,
            unsigned=order.unsigned,
            link_days=order.days or DEFAULT_DAYS,
            one_time=order.once,
        )

    def _load(self, table: Table) -> BulkRun:
        try:
            return load_table(
                actor=self._user,
                team=self._team,
                template_id=self._template.pk,
                table=table,
                source=source_of(self._order.people),
            )
        except BulkError as refusal:
            raise CommandError(str(refusal), returncode=UNREADABLE) from refusal

    def _check(self, run: BulkRun) -> BulkRun:
        """Have all rows checked; raises CommandError for wrong ones, unless they are to be left out."""
        try:
            run = runs.match(actor=self._user, run=run, matching=matching_of(self._order, run))
        except BulkError as refusal:
            raise CommandError(f"{refusal} {told(run.columns)}", returncode=UNREADABLE) from refusal
        counts = self._work(run, RunState.CHECKED, "Checking", run.recipients.count())
        self._bad.tell_checked(run, counts)
        self._bad.judge_check(run, counts)
        return run

    def _make(self, run: BulkRun) -> BulkRun:
        """Have everything made; raises CommandError for what could not be, unless that is to be left out."""
        ready = counted(run)[RecipientState.READY]
        run = runs.start(actor=self._user, run=run, wish=self._wish)
        counts = self._work(run, RunState.FINISHED, "Making", ready)
        self._bad.tell_failed(run)
        self._bad.judge_making(counts)
        return run

    def _work(self, run: BulkRun, aim: RunState, title: str, total: int) -> Mapping[str, int]:
        """Work on the run until it is in that state: how many recipients are in each."""
        with self._bar.phase(title, total, "rows") as update:
            work_through(run, aim, update)
        return counted(run)

    def _forget(self, run: BulkRun) -> None:
        """Leave nothing on the server, whatever has happened before."""
        try:
            # Somebody may have deleted it on its page.
            with suppress(BulkRun.DoesNotExist):
                retention.delete(actor=self._user, run=run)
        except (ProfileDesignerError, AnyDatabaseError):
            self._tell("The run could not be deleted. Delete it on its page; it is forgotten some day, too.")
