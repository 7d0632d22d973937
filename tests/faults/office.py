"""`python -m tests.faults.office ACTION …`: an office with a run, in the database that the environment names.

begin NUMBER   make everything and start the run; prints its id
state RUN      print its state as JSON
verify RUN     verify every result: the signature, the PayloadUUID, and whose it is; print how many there are
"""

from __future__ import annotations

import json
import plistlib
import sys
import time
import uuid

import django

django.setup()

from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: E402 - Django comes first

from profiles.models import AuditEntry, BulkRun, Recipient, RunState, User  # noqa: E402
from profiles.services import signing  # noqa: E402
from profiles.services.audit import Event  # noqa: E402
from profiles.services.bulk import loading, runs, work  # noqa: E402
from profiles.services.bulk.csv.reader import Row, Table  # noqa: E402
from profiles.services.bulk.progress import progress_of  # noqa: E402
from profiles.services.bulk.results import files_of  # noqa: E402
from profiles.services.bulk.rows import answers_of, cells_of  # noqa: E402
from profiles.services.teams import home  # noqa: E402
from profiles.signing import cms  # noqa: E402
from profiles.tasks import wake  # noqa: E402
from tests.services.template_samples import make_template  # noqa: E402
from tests.signing.making import certificate, key_pem, pem  # noqa: E402

SIGNER_BITS = 4096
"""It signs an eighth as fast as the server's own, so that there is a middle of the run to break something in."""


def begin(number: int) -> uuid.UUID:
    """A run of so many people, who are all right, on its way as far as the broker takes messages."""
    user = User.objects.create_user("alice")
    team = home(user)
    key = rsa.generate_private_key(65537, SIGNER_BITS)
    signer = pem(certificate("Signer", key))
    identity = signing.add_pem(actor=user, team=team, name="Slow", key=key_pem(key), chain=signer)
    table = Table(
        columns=("User name", "PIN"),
        rows=[Row(line=index + 2, cells=(named(index), f"pin-{index}")) for index in range(number)],
        delimiter=",",
        encoding="",
        has_header=True,
    )
    template = make_template(user, team=team)
    run = loading.load_table(actor=user, team=team, template_id=template.pk, table=table)
    runs.match(actor=user, run=run, matching=runs.Matching(variables=run.mapping, key=0))
    # Workers may have been woken for it, too, and have the last rows in hand.
    while run.state != RunState.CHECKED:
        work.work(run.pk)
        time.sleep(0.05)
        run.refresh_from_db(fields=["state"])
    runs.start(actor=user, run=run, wish=runs.Wish(identity_id=identity.pk))
    wake(run.pk)
    return run.pk


def named(index: int) -> str:
    """A name of small letters."""
    return "".join("abcdefghij"[int(digit)] for digit in str(index))


def state(run_id: uuid.UUID) -> dict[str, object]:
    """How the run stands."""
    run = BulkRun.objects.get(pk=run_id)
    progress = progress_of(run)
    return {"state": run.state, "counts": progress.counts, "waits_for": progress.waits_for}


def verify(run_id: uuid.UUID) -> int:
    """Each file belongs to one recipient, is signed, and holds what that one answered; how many."""
    run = BulkRun.objects.get(pk=run_id)
    people = {answers_of(run, cells_of(row))["user"]: row for row in Recipient.objects.filter(run=run)}
    seen = set()
    for name, content in files_of(run):
        user = name.removesuffix(".mobileconfig")
        profile = plistlib.loads(cms.verify_signature(content).content)
        (tunnel,) = profile["PayloadContent"]
        assert profile["PayloadUUID"] == people[user].uuid
        assert tunnel["IKEv2"]["AuthName"] == user
        assert tunnel["IKEv2"]["AuthPassword"] == answers_of(run, cells_of(people[user]))["pin"]
        seen.add(user)
    assert seen == people.keys()
    assert AuditEntry.objects.filter(event=Event.RUN_FINISHED.value, object_id=str(run.pk)).count() == 1
    return len(seen)


def main(action: str, what: str) -> None:
    """Do it, and print what came of it."""
    match action:
        case "begin":
            told: object = str(begin(int(what)))
        case "state":
            told = json.dumps(state(uuid.UUID(what)))
        case _:
            told = verify(uuid.UUID(what))
    sys.stdout.write(f"{told}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
