"""`python manage.py template …`: templates for scripts, under the same rules as on the pages."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from designer.management.arguments import leave_pool, named_team, named_template, named_user, pair
from designer.management.output import reason, write
from profiles.exceptions import ProblemsError, ProfileDesignerError
from profiles.models import Profile, User
from profiles.plist.templates.instance import identifier_varies
from profiles.services import audit, refilling, templates
from profiles.services.document_storage import load
from profiles.services.download import download

LONGEST_ANSWERS = 1_000_000  # bytes


class Command(BaseCommand):
    help = "List the templates that somebody can start from, or fill one in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Two actions, each as somebody."""
        actions = parser.add_subparsers(dest="action", metavar="list | fill", required=True)
        show = actions.add_parser("list", help="print id, revision and name of each template")
        fill = actions.add_parser("fill", help="make a profile from a template, and write the signed file")
        for each in (show, fill):
            each.add_argument(
                "--as", dest="user", metavar="USER", required=True, help="who does it; their role decides"
            )
        fill.add_argument(
            "template", metavar="TEMPLATE", help="its id, or its name where that is the only one"
        )
        fill.add_argument("--name", default="", help="what the profile is called; else as the template is")
        fill.add_argument(
            "--team", default="", help="name of the team that gets the profile; else the first one"
        )
        fill.add_argument(
            "--set",
            dest="answers",
            metavar="NAME=VALUE",
            type=pair,
            action="append",
            default=[],
            help="the value of a variable; everybody on this machine can see it, so not for secrets",
        )
        fill.add_argument(
            "--answers", dest="file", metavar="FILE", help="JSON with values by name; - is standard input"
        )
        fill.add_argument(
            "-o", "--output", metavar="FILE", default="-", help="where to write; else standard output"
        )
        fill.add_argument("--unsigned", action="store_true", help="do not sign")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        """Raises CommandError with the sentence that a page would show."""
        leave_pool()
        user = named_user(options["user"])
        try:
            with audit.acting_from("command line"):
                self._list(user) if action == "list" else self._fill(user, options)
        except ProblemsError as error:
            raise CommandError("\n".join([str(error), *map(str, error.problems)])) from error
        except ProfileDesignerError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {reason(error)}.") from error

    def _list(self, user: User) -> None:
        for template in Profile.objects.templates_for(user).order_by("sort_key", "id"):
            self.stdout.write(f"{template.pk}  {template.revision:>4}  {template}")

    def _fill(self, user: User, options: dict[str, Any]) -> None:
        team, template = named_team(user, options["team"]), named_template(user, options["template"])
        typed: dict[str, Any] = {
            "name": options["name"],
            "answers": {**_read(options["file"]), **dict(options["answers"])},
            "values": {},
        }
        profile = templates.use(actor=user, team=team, template=template, **typed)
        document = load(template)
        found = refilling.filled_before(user=user, team=team, template=template, document=document, **typed)
        if before := [each for each in found if each != profile]:
            effect = (
                "replaces it, and the other way round"
                if identifier_varies(document)
                else "is installed beside it; to replace it there, fill that one in again in the designer"
            )
            self.stderr.write(
                f"note: “{before[0]}” was filled in with the same. On a device this one {effect}."
            )
        file = download(user=user, profile=profile, unsigned=options["unsigned"])
        write(options["output"], file.content)


def _read(file: str | None) -> dict[str, str]:
    """The answers in a JSON file."""
    if file is None:
        return {}
    try:
        with sys.stdin.buffer if file == "-" else Path(file).open("rb") as source:
            answers = json.loads(source.read(LONGEST_ANSWERS))
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {reason(error)}.") from error
    except (ValueError, RecursionError):
        raise CommandError(f"{file} is not JSON, or longer than a megabyte.") from None
    if not isinstance(answers, dict) or not all(isinstance(value, str) for value in answers.values()):
        raise CommandError(f'{file} is not a JSON object of texts. Write {{"name": "value"}}.')
    return answers
