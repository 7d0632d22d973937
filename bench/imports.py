"""Files from elsewhere: one with 78 payloads through the web, and a thousand at once from the command line."""

from __future__ import annotations

import os
import plistlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.browser import Browser
from bench.measure import Contender, interleave, plain
from bench.people import person
from bench.samples import PAYLOAD, empty, largest
from bench.table import Budget, Row
from profiles.models import User
from profiles.plist.build import build
from profiles.plist.document import Document, PayloadDocument, random_uuid
from profiles.plist.reading.read import read
from profiles.services import imports, profiles
from profiles.services.profile_file import read_file
from profiles.services.teams import home

TITLE = "Import"
PAYLOADS: Final = 78
SIZE: Final = 100_000
FILES: Final = 1_000
FEW_FILES: Final = 60

READ, PAGE, QUERIES, CHECK = Budget(5), Budget(8), Budget(8), Budget(18)

_PARSE = "import plistlib, sys\nfor name in sys.argv[1:]:\n    plistlib.loads(open(name, 'rb').read())"


def rows(rounds: int) -> Iterator[Row]:
    """Yields ratios to what plistlib needs for the same bytes, and what the database is asked."""
    quick = rounds < 10
    yield from _one(rounds // 2 or 1)
    yield from _many(FEW_FILES if quick else FILES, rounds=1 if quick else 3)


def _one(rounds: int) -> Iterator[Row]:
    data = _large()
    user = person("importer")
    browser = Browser(user)
    row = imports.keep(actor=user, team=home(user), data=data, name="large.mobileconfig")
    address = reverse("import_file", args=[row.pk])
    profile = profiles.create(actor=user, team=home(user), document=empty())
    timings = interleave(
        {
            "read": plain(lambda: read_file(data)),
            "plistlib": plain(lambda: plistlib.loads(data)),
            "review": plain(lambda: browser.get(address)),
            "designer": plain(lambda: browser.get(reverse("profile", args=[profile.pk]))),
            "save": Contender(lambda file: _save(user, file), lambda: _kept(user, data)),
        },
        rounds=rounds,
    )
    size = f"{len(data):,} bytes, {PAYLOADS} payloads"
    told = f"{timings.milliseconds('read'):.1f} ms against {timings.milliseconds('plistlib'):.1f} ms, {size}"
    yield Row("read a profile : plistlib.loads", timings.ratio("read", "plistlib"), READ, note=told)
    told = f"{timings.milliseconds('review'):.0f} ms"
    yield Row(
        "its review page : designer's page of a new one", timings.ratio("review", "designer"), PAGE, note=told
    )
    yield Row(
        "save it : review it", timings.ratio("save", "review"), note=f"{timings.milliseconds('save'):.0f} ms"
    )
    with CaptureQueriesContext(connection) as captured:
        browser.get(address)
    yield Row("statements for its review page", len(captured), QUERIES, counted=True)


def _kept(user: User, data: bytes) -> object:
    return imports.keep(actor=user, team=home(user), data=data, name="large.mobileconfig").pk


def _save(user: User, file: object) -> object:
    opened = imports.document(user=user, file_id=file)  # type: ignore[arg-type]
    return imports.save(actor=user, opened=opened, chosen=(), as_template=False, passwords={})


def _large() -> bytes:
    """A profile as another tool writes it: tunnels, each with something odd, of the example that comes next to SIZE."""
    whole = largest(payloads=PAYLOADS)
    made = []
    for example in PAYLOAD.examples:
        parts = tuple(_odd(replace(part, values=example.values)) for part in whole.payloads)
        made.append(build(replace(whole, payloads=parts)))
    return min(made, key=lambda data: abs(len(data) - SIZE))


def _odd(part: PayloadDocument) -> PayloadDocument:
    return replace(part, unknown={"X-Vendor": {"Number": 1.0, "Text": part.name}})


def _many(files: int, *, rounds: int) -> Iterator[Row]:
    """The whole of both commands, with the start of Python."""
    with tempfile.TemporaryDirectory() as folder:
        names = _written(Path(folder), files)
        ratios, seconds = [], 0.0
        for _ in range(rounds):
            check = _timed(["manage.py", "profile", "check", *names], status=(0, 1))
            parse = _timed(["-c", _PARSE, *names], status=(0,))
            ratios.append(check / parse)
            seconds = check
    ratio = sorted(ratios)[len(ratios) // 2]
    note = f"{files} files, {seconds:.1f} s, start included"
    yield Row("check files from the command line : plistlib.loads", ratio, CHECK, note=note)


def _written(folder: Path, files: int) -> list[str]:
    names = []
    for number in range(files):
        path = folder / f"{number}.mobileconfig"
        path.write_bytes(build(_document(number)))
        names.append(str(path))
    return names


def _document(number: int) -> Document:
    """A profile of a few payloads, each file another."""
    document = largest(payloads=1 + number % 4)
    envelope = {**document.envelope, "PayloadIdentifier": f"com.example.number-{number}"}
    return replace(read(plistlib.loads(build(document))), uuid=random_uuid(), envelope=envelope)


def _timed(command: list[str], *, status: tuple[int, ...]) -> float:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, check=False, env={**os.environ, "COLUMNS": "100"}
    )
    assert done.returncode in status, done.stderr.decode()[-2000:]
    return time.perf_counter() - start
