"""`python manage.py profile …`: the designer for pipelines, without its pages."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser, DjangoHelpFormatter
from django.db import Error as AnyDatabaseError

from designer.management.arguments import leave_pool
from designer.management.bulk.action import bulk
from designer.management.bulk.order import add_arguments as add_bulk_arguments
from designer.output import reason, write
from profiles.exceptions import BuildError, ProfileDesignerError, SpecError
from profiles.plist import spec_text
from profiles.plist.build import build
from profiles.plist.catalogue_json import catalogue_json
from profiles.plist.document import Document, Problem
from profiles.plist.spec_file import read_spec
from profiles.plist.spec_folder import SpecFolder
from profiles.plist.validate import has_errors
from profiles.services import signing
from profiles.services.inspection import check

FAILED: Final = 1
UNREADABLE: Final = 2

_EXAMPLES = """
examples:
  python manage.py profile catalogue > catalogue.json
  python manage.py profile check office.yaml branch.json --json
  python manage.py profile build office.yaml -o office.mobileconfig
  python manage.py profile build - --unsigned < office.json > office.mobileconfig
  python manage.py profile bulk "Office VPN" people.csv --as alice -o people.zip

a spec is JSON or YAML:
  profile:
    PayloadDisplayName: Office VPN
    PayloadIdentifier: com.example.vpn.office
    targets: {iOS: "17.0", macOS: "14.0"}
  payloads:
    - type: vpn-ikev2
      name: office
      values:
        UserDefinedName: Office
        IKEv2: {RemoteAddress: vpn.example.com, …}

exit status:
  0 all is well; 1 errors in a profile or a list, or nothing made; 2 a spec or list that cannot be read, a wrong option
"""


@dataclass(frozen=True)
class Checked:
    """One spec file: its document and problems, or the sentence that says why it cannot be read."""

    file: str
    document: Document | None = None
    problems: tuple[Problem, ...] = ()
    unreadable: str = ""

    @property
    def exit_status(self) -> int:
        """0, FAILED or UNREADABLE."""
        return UNREADABLE if self.unreadable else FAILED if has_errors(self.problems) else 0

    def to_json(self) -> dict[str, Any]:
        """{"file", "problems": […]}, where being unreadable is a problem, too."""
        found = [problem.to_json() for problem in self.problems]
        if self.unreadable:
            place = {"payload": "", "path": "", "code": "unreadable"}
            found = [{"severity": "error", **place, "message": self.unreadable}]
        return {"file": self.file, "problems": found}

    def lines(self) -> list[str]:
        """The problems for a person, one a line."""
        if self.unreadable:
            return [f"{self.file}: {self.unreadable}"]
        return [" ".join(str(problem).split()) for problem in self.problems]


class _Help(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Django's order of the options, and examples as they are laid out."""


class Command(BaseCommand):
    help = "List all keys, check spec files, build a profile from one, or make one for each person of a list."
    # A pipeline has neither database nor keys, and is not to be told so.
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """The parser, with the examples kept as they are laid out."""
        kwargs = {"epilog": _EXAMPLES, "formatter_class": _Help} | kwargs
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Four actions, each with options of its own."""
        actions = parser.add_subparsers(
            dest="action", metavar="catalogue | build | check | bulk", required=True
        )
        actions.add_parser("catalogue", help="print every payload type and key as JSON")
        make = actions.add_parser("build", help="write the profile that a spec describes")
        make.add_argument("spec", metavar="SPEC", help="JSON or YAML file; - is standard input")
        make.add_argument(
            "-o",
            "--output",
            metavar="FILE",
            default="-",
            help="where to write, readable by you alone; else standard output",
        )
        how = make.add_mutually_exclusive_group()
        how.add_argument("--unsigned", action="store_true", help="do not sign; needs no database")
        how.add_argument("--sign", metavar="NAME", help="the signing identity; else the default one")
        make.add_argument("--force", action="store_true", help="build in spite of errors")
        check = actions.add_parser("check", help="tell what is wrong with specs")
        check.add_argument("specs", metavar="SPEC", nargs="+", help="JSON or YAML files; - is standard input")
        check.add_argument(
            "--json", action="store_true", help="print the problems as JSON on standard output"
        )
        add_bulk_arguments(
            actions.add_parser("bulk", help="make a profile from a template for each person of a list")
        )

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        """Run the action, and leave with its exit status."""
        try:
            status = self._run(action, options)
        except BrokenPipeError:
            # Whoever read the output has enough; Python must not flush the rest at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = FAILED
        if status:
            raise SystemExit(status)

    def _run(self, action: str, options: dict[str, Any]) -> int:
        match action:
            case "catalogue":
                return self.catalogue()
            case "check":
                return self.check_specs(specs=options["specs"], as_json=options["json"])
            case "bulk":
                return bulk(self, options)
        return self.build(**{name: options[name] for name in ("spec", "output", "unsigned", "sign", "force")})

    def catalogue(self) -> int:
        """Print the catalogue."""
        self._print_json(catalogue_json())
        return 0

    def check_specs(self, *, specs: list[str], as_json: bool) -> int:
        """Print all problems of all files."""
        checked = [_check(file) for file in specs]
        if as_json:
            self._print_json({"files": [each.to_json() for each in checked]})
        else:
            for each in checked:
                self._tell(each, prefixed=len(specs) > 1)
        return max(each.exit_status for each in checked)

    def build(self, *, spec: str, output: str, unsigned: bool, sign: str | None, force: bool) -> int:
        """Write the profile, unless something speaks against it."""
        checked = _check(spec)
        self._tell(checked)
        if checked.document is None or (checked.exit_status and not force):
            return checked.exit_status
        try:
            content = build(checked.document)
            if not unsigned:
                leave_pool()
                content = signing.sign(content, name=sign)
        except BuildError as refusal:
            place = f"{refusal.payload}/{refusal.path}"
            return self._fail(f"Not even --force can build this: no profile can hold the value of {place}.")
        except ProfileDesignerError as refusal:
            return self._fail(str(refusal))
        except AnyDatabaseError:
            return self._fail(
                "The profile cannot be signed, because the database does not answer or is not prepared. "
                "Check DATABASE_URL, run `python manage.py prepare`, or build with --unsigned."
            )
        try:
            write(output, content)
        except BrokenPipeError:
            raise
        except OSError as failure:
            return self._fail(f"The profile cannot be written to {output}: {reason(failure)}.")
        return 0

    def _tell(self, checked: Checked, *, prefixed: bool = False) -> None:
        for line in checked.lines():
            self.stderr.write(f"{checked.file}: {line}" if prefixed and not checked.unreadable else line)

    def _fail(self, sentence: str) -> int:
        self.stderr.write(" ".join(sentence.split()))
        return FAILED

    def _print_json(self, data: Any) -> None:
        self.stdout.write(json.dumps(data, indent=2))
        self.stdout.flush()


def _check(file: str) -> Checked:
    try:
        document = read_spec(spec_text.decode(_read(file)), _folder(file))
    except SpecError as failure:
        return Checked(file, unreadable=str(failure))
    except OSError as failure:
        return Checked(file, unreadable=f"The spec cannot be read: {reason(failure)}.")
    return Checked(file, document, tuple(check(document)))


def _folder(file: str) -> SpecFolder:
    """Where the files stand that a spec may name."""
    return SpecFolder() if file == "-" else SpecFolder(Path(file).parent)


def _read(file: str) -> bytes:
    # One byte more than allowed is enough to know, and a file may have no end.
    if file == "-":
        return sys.stdin.buffer.read(spec_text.MAX_BYTES + 1)
    with Path(file).open("rb") as source:
        return source.read(spec_text.MAX_BYTES + 1)
