"""Two people, two processes, one profile."""

import subprocess
import sys
import uuid

from profiles.models import User
from profiles.services import profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.processes import ROOT, environment
from tests.same_data import same_data
from tests.services.samples import document

ROUNDS = 8


def test_of_two_who_save_at_once_exactly_one_wins_each_time(transactional_db: None) -> None:
    alice = User.objects.create_user("alice")
    profile = profiles.create(actor=alice, team=home(alice), document=document())
    savers = [_saver(name, profile.pk) for name in ("one", "two")]
    try:
        for saver in savers:
            assert _answer(saver) == "ready"
        for base in range(1, ROUNDS + 1):
            for saver in savers:
                _tell(saver, str(base))
            assert sorted(map(_answer, savers)) == [f"conflict {base + 1}", f"saved {base + 1}"]
    finally:
        for saver in savers:
            saver.communicate(timeout=20)

    profile.refresh_from_db()
    assert [saver.returncode for saver in savers] == [0, 0]
    assert profile.revision == ROUNDS + 1
    assert sorted(profile.revisions.values_list("number", flat=True)) == list(range(1, ROUNDS + 2))
    assert load(profile).payloads[0].values["IKEv2"]["AuthName"] in {f"one-{ROUNDS}", f"two-{ROUNDS}"}


def _saver(name: str, profile_id: uuid.UUID) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.services.saver", name, str(profile_id)],
        cwd=ROOT,
        env=environment(**same_data()) | {"DJANGO_SETTINGS_MODULE": "designer.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _tell(saver: "subprocess.Popen[str]", line: str) -> None:
    assert saver.stdin
    saver.stdin.write(f"{line}\n")
    saver.stdin.flush()


def _answer(saver: "subprocess.Popen[str]") -> str:
    assert saver.stdout
    return saver.stdout.readline().strip()
