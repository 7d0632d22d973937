"""From a document to a file, against plistlib, which has to run in any case."""

import plistlib
from collections.abc import Iterator

from bench.measure import interleave, plain
from bench.samples import largest
from bench.table import Budget, Row
from profiles.plist.build import build, property_list
from profiles.plist.validation.validate import validate

TITLE = "Build and validate the largest example"

VALIDATE = Budget(5.9)


def rows(rounds: int) -> Iterator[Row]:
    """Yields ratios to what plistlib needs; how long a build takes is information alone."""
    document = largest()
    tree = property_list(document)
    timings = interleave(
        {
            "validate": plain(lambda: validate(document)),
            "build": plain(lambda: build(document)),
            "plistlib": plain(lambda: plistlib.dumps(tree, fmt=plistlib.FMT_XML, sort_keys=True)),
        },
        rounds=3 * rounds,
    )
    size = f"{len(build(document)):,} bytes"
    for name, budget in (("validate", VALIDATE), ("build", None)):
        note = f"{timings.milliseconds(name):.2f} ms against {timings.milliseconds('plistlib'):.2f} ms"
        yield Row(f"{name} : plistlib.dumps", timings.ratio(name, "plistlib"), budget, note=f"{note}, {size}")
