"""`python manage.py profile …`: the designer for pipelines, without its pages."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser, DjangoHelpFormatter
from django.db import Error as AnyDatabaseError

from designer.management.arguments import leave_pool
from designer.management.bulk.command import bulk
from designer.management.bulk.options import add_arguments as add_bulk_arguments
from designer.management.check import FAILED, UNREADABLE, Checked, check_file, check_spec, targets_of
from designer.management.convert import add_arguments as add_convert_arguments
from designer.management.convert import convert
from designer.management.explain import add_arguments as add_explain_arguments
from designer.management.explain import look_up
from designer.management.fix import fix as fix_file
from designer.management.output import reason, write
from profiles.exceptions import BuildError, ProfileDesignerError, SpecError
from profiles.plist.build import build
from profiles.plist.catalogue_json import catalogue_json
from profiles.plist.rule_book.markdown import rules_markdown
from profiles.services import signing

_EXAMPLES = """
examples:
  python manage.py profile catalogue > catalogue.json
  python manage.py profile check office.yaml branch.json --json
  python manage.py profile check old/*.mobileconfig --targets iOS=17.0,macOS=14.0
  python manage.py profile explain missing too-large
  python manage.py profile check --fix old/office.mobileconfig -o office.mobileconfig
  python manage.py profile convert old/office.mobileconfig -o office.yaml
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
  0 all is well; 1 errors in a profile or a list, or nothing made; 2 a file that cannot be read, a wrong option or code
"""


_FIXING = ("files", "output", "targets", "json", "fix", "force")
"""Options of `check --fix`."""

_EXPLAINED = "`python manage.py profile explain CODE` tells why, how to fix it, and where that stands."


class _Help(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Django's order of the options, and examples as they are laid out."""


class Command(BaseCommand):
    help = (
        "List all keys and rules, check and make specs and profiles, or a profile for each person of a list."
    )
    # A pipeline has neither database nor keys, and is not to be told so.
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """The parser, with the examples kept as they are laid out."""
        kwargs = {"epilog": _EXAMPLES, "formatter_class": _Help} | kwargs
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Seven actions, each with options of its own."""
        actions = parser.add_subparsers(
            dest="action",
            metavar="catalogue | build | check | explain | rules | convert | bulk",
            required=True,
        )
        actions.add_parser("catalogue", help="print every payload type, key and rule as JSON")
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
        check = actions.add_parser("check", help="tell what is wrong with specs and profiles")
        check.add_argument(
            "files", metavar="FILE", nargs="+", help="specs, and profiles of any kind; - is standard input"
        )
        check.add_argument(
            "--json", action="store_true", help="print the problems as JSON on standard output"
        )
        check.add_argument(
            "--targets", metavar="iOS=17.0,…", help="the versions to judge for, instead of those in specs"
        )
        check.add_argument(
            "--fix",
            action="store_true",
            help="fix what needs no judgement in the one FILE, and write the result with -o",
        )
        check.add_argument(
            "-o",
            "--output",
            metavar="OUT",
            help="with --fix: a profile that is not signed, or a spec where OUT ends in .yaml or .json",
        )
        check.add_argument(
            "--force", action="store_true", help="with --fix: replace OUT where it is there already"
        )
        add_explain_arguments(
            actions.add_parser("explain", help="tell what is behind a problem, by its code")
        )
        actions.add_parser("rules", help="print all rules as Markdown, which docs/rules.md holds")
        add_convert_arguments(actions.add_parser("convert", help="write the spec of a profile"))
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
                if options["fix"] or options["output"] or options["force"]:
                    return self.fix_file(**{name: options[name] for name in _FIXING})
                return self.check_files(
                    files=options["files"], as_json=options["json"], targets=options["targets"]
                )
            case "explain":
                return self.explain(codes=options["codes"], as_json=options["json"])
            case "rules":
                return self.rules()
            case "convert":
                return convert(
                    self._tell,
                    file=options["file"],
                    output=options["output"],
                    form=options["format"],
                    with_secrets=options["with_secrets"],
                )
            case "bulk":
                return bulk(self, options)
        return self.build(**{name: options[name] for name in ("spec", "output", "unsigned", "sign", "force")})

    def catalogue(self) -> int:
        """Print the catalogue."""
        self._print_json(catalogue_json())
        return 0

    def check_files(self, *, files: list[str], as_json: bool, targets: str | None) -> int:
        """Print all problems of all files, each as soon as they are known unless they are one JSON."""
        try:
            wanted = None if targets is None else targets_of(targets)
        except SpecError as refusal:
            self._tell(str(refusal))
            return UNREADABLE
        status, reports, any_problem = 0, [], False
        for file in files:
            checked = check_file(file, wanted)
            status = max(status, checked.exit_status)
            any_problem = any_problem or bool(checked.problems)
            if as_json:
                reports.append(checked.to_json())
            else:
                self._tell_all(checked, prefixed=len(files) > 1)
        if as_json:
            self._print_json({"files": reports})
        elif any_problem:
            self._tell(_EXPLAINED)
        return status

    def fix_file(
        self,
        *,
        files: list[str],
        output: str | None,
        targets: str | None,
        json: bool,
        fix: bool,
        force: bool,
    ) -> int:
        """Write a file with all mended that needs no judgement, and tell what is left."""
        if not (fix and output and len(files) == 1) or json:
            self._tell(
                "--fix takes one FILE and the name of the result: check --fix FILE -o OUT, without --json."
            )
            return UNREADABLE
        try:
            wanted = None if targets is None else targets_of(targets)
        except SpecError as refusal:
            self._tell(str(refusal))
            return UNREADABLE
        return fix_file(self._tell, file=files[0], output=output, targets=wanted, force=force)

    def explain(self, *, codes: list[str], as_json: bool) -> int:
        """Print what the rule book says of codes, and tell which there are not."""
        explained = look_up(codes)
        if as_json:
            self._print_json(explained.to_json())
        elif explained.rules:
            self._print(str(explained))
        for sentence in explained.unknown:
            self._tell(sentence)
        return explained.exit_status

    def rules(self) -> int:
        """Print the rule book."""
        self._print(rules_markdown())
        return 0

    def build(self, *, spec: str, output: str, unsigned: bool, sign: str | None, force: bool) -> int:
        """Write the profile, unless something speaks against it."""
        checked = check_spec(spec)
        self._tell_all(checked)
        if checked.document is None:
            return checked.exit_status
        if checked.exit_status and not force:
            forced = (
                ", or build it as it is with --force" if all(p.buildable for p in checked.problems) else ""
            )
            return self._fail(f"Nothing was built, because of the errors above. Fix them{forced}.")
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

    def _tell_all(self, checked: Checked, *, prefixed: bool = False) -> None:
        for line in checked.lines():
            self.stderr.write(f"{checked.file}: {line}" if prefixed and not checked.unreadable else line)

    def _tell(self, sentence: str) -> None:
        self.stderr.write(" ".join(sentence.split()))

    def _fail(self, sentence: str) -> int:
        self._tell(sentence)
        return FAILED

    def _print_json(self, data: Any) -> None:
        self._print(json.dumps(data, indent=2))

    def _print(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
