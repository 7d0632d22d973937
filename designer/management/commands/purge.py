"""`python manage.py purge …`: takes a value that leaked out of a profile and out of its history."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from designer.management.arguments import leave_pool, named_profile, named_user
from profiles.exceptions import ProfileDesignerError
from profiles.models import Profile
from profiles.services import audit, purging
from profiles.services.purging import NOW, Order, Plan

MOST_PLACES: Final = 20
"""Places that a line names."""


class Command(BaseCommand):
    help = "Take a value that leaked out of a profile and its stored revisions, for good. Tells first what it would do."

    def add_arguments(self, parser: CommandParser) -> None:
        """The profile, the places, and in which revisions."""
        parser.add_argument(
            "profile",
            metavar="PROFILE",
            help="its id or a template's, or its name where that is the only one",
        )
        parser.add_argument(
            "--as", dest="user", metavar="USER", required=True, help="who does it: an owner of the team"
        )
        parser.add_argument(
            "--path",
            dest="places",
            metavar="PART/PATH",
            action="append",
            required=True,
            help="where the value stands, as problems have it: office/IKEv2.RemoteAddress; [] is every item of a list",
        )
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "--revision",
            dest="numbers",
            metavar="N",
            type=int,
            action="append",
            help="the number of a revision; may be given several times",
        )
        which.add_argument("--all", action="store_true", help="all revisions, and the profile as it is now")
        parser.add_argument(
            "--same-as",
            metavar="N",
            type=int,
            help="only where the same value stands as in that revision; else whatever stands there goes",
        )
        parser.add_argument(
            "--made-from-it",
            action="store_true",
            help="also where the same value stands in profiles that were made from this template",
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell, ask, and do it; raises CommandError with a sentence."""
        leave_pool()
        user = named_user(options["user"])
        order = Order(
            places=options["places"],
            numbers=None if options["all"] else frozenset(options["numbers"]),
            same_as=options["same_as"],
            instances=options["made_from_it"],
        )
        try:
            with audit.acting_from("command line"):
                profile = named_profile(user, options["profile"])
                self._tell(purging.look(actor=user, profile_id=profile.pk, order=order))
                if not (options["yes"] or self._agreed()):
                    raise CommandError("Nothing was purged.")
                purging.carry_out(actor=user, profile_id=profile.pk, order=order)
        except Profile.DoesNotExist:
            raise CommandError("The profile is gone.") from None
        except ProfileDesignerError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("It is purged.")
        self._clean_up()

    def _tell(self, plan: Plan) -> None:
        for each in plan.all:
            self.stdout.writelines(f"{line}\n" for line in _lines(each))
        if plan.others:
            self.stdout.write(
                f"{_counted(plan.others, 'profile')} made from it stay as they are. With --made-from-it, those that "
                "you own are purged of the same values."
            )

    def _agreed(self) -> bool:
        if not sys.stdin.isatty():
            raise CommandError("Nothing was purged: say --yes, since nobody can be asked here.")
        return input("Purge that for good? Type yes: ").strip().casefold() == "yes"

    def _clean_up(self) -> None:
        if not purging.clean_up():
            self.stdout.write(
                "The database may still hold the old rows where nobody but its files shows them: run VACUUM on it "
                "(on PostgreSQL, VACUUM FULL of profiles_profile, profiles_payload and profiles_revision)."
            )
        self.stdout.write("Backups, and what was downloaded or handed out already, hold it on.")


def _lines(plan: Plan) -> Iterator[str]:
    yield f"{plan.profile} ({plan.profile.pk})"
    for number, places in plan.changed.items():
        yield f"  goes from {_called(number)}: {_listed(places)}"
    if NOW in plan.changed:
        yield f"  which becomes revision {plan.profile.revision + 1}"
    if plan.different > 1:
        yield f"  these are {plan.different} values: --same-as N takes out just those of revision N"
    if plan.stays:
        yield f"  stays in the profile as it is now: {_listed(plan.stays)}. Use --all to purge it there."
    for number, places in plan.repeated.items():
        yield f"  the same value stands in {_called(number)} elsewhere, and stays there: {_listed(places)}"
    if plan.comments:
        yield f"  comments repeat it, and so does the audit log: those of {_revisions(plan.comments)}"
    for run in plan.runs:
        yield f"  the bulk run “{run}” has made files that hold it: delete the run on its page"
    if plan.links:
        yield f"  {_counted(plan.links, 'install link')} of these revisions will serve the profile without it"


def _called(number: int) -> str:
    return "the profile as it is now" if number == NOW else f"revision {number}"


def _revisions(numbers: Sequence[int]) -> str:
    return f"revision{'' if len(numbers) == 1 else 's'} {', '.join(map(str, numbers))}"


def _listed(places: Sequence[str]) -> str:
    more = len(places) - MOST_PLACES
    return ", ".join(places[:MOST_PLACES]) + (f" and {more} more" if more > 0 else "")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
