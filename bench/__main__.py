"""`python -m bench [NAME …] [--quick]`: prints the table; exits with 1 when a budget is broken."""

import argparse
import os
import platform
import sys
from importlib import import_module
from importlib.metadata import version

import django
from django.core.management import call_command

from bench.table import Row, lines, over

BENCHES = ("forms", "pages", "queries", "lists", "signing", "plist", "imports", "bulk")
ROUNDS, QUICK_ROUNDS = 40, 2


def main(arguments: list[str]) -> int:
    """Run the benches that are named, or all; quick ones are too short to judge a time by."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Prints what the designer costs.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHES)}; all when left out")
    parser.add_argument("--quick", action="store_true", help="a few rounds, whose times are not judged")
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in BENCHES:
            parser.error(f"there is no bench {name!r}; there are {', '.join(BENCHES)}")
    _prepare()
    print(_machine())
    judged: list[Row] = []
    for name in options.names or BENCHES:
        # Only now, since the modules need the settings.
        bench = import_module(f"bench.{name}")
        rows: list[Row] = list(bench.rows(QUICK_ROUNDS if options.quick else ROUNDS))
        print("\n".join(["", *lines(bench.TITLE, rows, timed=not options.quick)]), flush=True)
        judged += rows
    broken = over(judged, timed=not options.quick)
    if broken:
        print(f"\nOver budget: {', '.join(broken)}.", file=sys.stderr)
    return 1 if broken else 0


def _prepare() -> None:
    """Settings and a database of its own, which are gone afterwards."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    call_command("prepare", verbosity=0)


def _machine() -> str:
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("Django", "django-crispy-forms", "cryptography")
    )
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"Python {platform.python_version()}, {packages}, {os.cpu_count()} cores{load}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
