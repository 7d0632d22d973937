"""Files for a list of people: each with their values, signed, and as the designer itself would make it."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from profiles.models import BulkResult, Profile, RunState, User
from profiles.models.audit_entry import AuditEntry
from profiles.plist.build import build
from profiles.plist.template_renderer import Press
from profiles.plist.templates.instance import instantiate
from profiles.services.bulk import making
from profiles.services.bulk.rows import DAMAGED
from profiles.services.bulk.runs import Wish
from profiles.services.document_storage import load
from profiles.signing.identity import SigningIdentity as Loaded
from tests.services.bulk.run_samples import (
    DONE,
    FAILED,
    READY,
    content_of,
    damage,
    finished,
    letters,
    people,
    person,
    pin,
    reason_of,
    rows_of,
    started,
    states,
    work_off,
)
from tests.services.signers import openssl_verify


def test_everybody_gets_a_file_with_their_own_values(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(3))

    assert run.state == RunState.FINISHED
    assert states(run) == [DONE] * 3
    files = content_of(run)
    for number in range(3):
        mine = files[letters(number)]
        assert f"<string>{letters(number)}@example.com</string>".encode() in mine
        assert f"<string>{pin(number)}</string>".encode() in mine
        assert f"Room R{number}".encode() in mine
        assert not [other for other in range(3) if other != number and pin(other).encode() in mine]


def test_a_file_is_what_filling_in_the_template_gives(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(3))

    for row in rows_of(run):
        number = row.row - 2
        document = instantiate(
            load(template),
            template_id=str(template.pk),
            revision=1,
            uuid=row.uuid,
            answers={"user": letters(number), "pin": pin(number), "room": f"R{number}"},
        )
        assert row.result.unseal() == build(document)


def test_files_are_signed_by_the_identity_of_the_team(
    alice: User, template: Profile, issued: Loaded, tmp_path: Path
) -> None:
    run = finished(alice, template, people(2), Wish())
    unsigned = finished(alice, template, people(2))

    root = issued.chain[-1].public_bytes(Encoding.PEM)
    for key, content in content_of(run).items():
        assert openssl_verify(content, root, tmp_path) == content_of(unsigned)[key]


def test_the_first_of_each_chunk_is_made_in_both_ways_and_the_slow_one_is_trusted(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = content_of(finished(alice, template, people(3)))
    run = started(alice, template, people(3))
    monkeypatch.setattr(Press, "dump", lambda self, uuid, answers: b"wrong")

    work_off(run)

    assert content_of(run) == right


def test_chunks_are_made_one_after_the_other_until_all_is_done(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "SIZE", 2)
    run = started(alice, template, people(5))

    assert making.make_some(run)
    assert states(run) == [DONE, DONE, READY, READY, READY]
    assert making.make_some(run)
    assert making.make_some(run)
    assert not making.make_some(run)
    assert states(run) == [DONE] * 5


def test_a_row_that_was_altered_in_the_database_fails_and_the_others_are_made(
    alice: User, template: Profile
) -> None:
    run = started(alice, template, people(3))
    damage(rows_of(run)[0])

    work_off(run)

    assert states(run) == [FAILED, DONE, DONE]
    assert reason_of(run) == DAMAGED
    assert run.state == RunState.FINISHED


def test_a_row_moved_from_another_person_does_not_open(alice: User, template: Profile) -> None:
    run = started(alice, template, people(2))
    first, second = rows_of(run)
    run.recipients.filter(pk=second.pk).update(sealed=first.sealed)

    work_off(run)

    assert states(run) == [DONE, FAILED]


def test_a_result_opens_in_its_own_row_only(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(2))
    first, second = BulkResult.objects.filter(recipient__run=run)

    assert len({bytes(first.sealed), bytes(second.sealed)}) == 2
    assert first.unseal() != second.unseal()
    assert b"PayloadContent" not in bytes(first.sealed)


def test_rows_to_be_corrected_get_nothing(alice: User, template: Profile) -> None:
    run = finished(alice, template, [person(0), person(1, user="UPPER CASE"), person(2)])

    assert set(content_of(run)) == {letters(0), letters(2)}
    assert run.state == RunState.FINISHED


def test_the_log_tells_of_the_start_and_the_end_with_their_numbers(alice: User, template: Profile) -> None:
    before = AuditEntry.objects.count()
    run = finished(alice, template, [*people(3), person(9, user="")])

    told = [
        (entry.actor, entry.event, entry.detail)
        for entry in AuditEntry.objects.filter(object_id=str(run.pk)).order_by("id")
    ]
    assert told == [
        ("alice", "bulk run started", "revision 1, 3 recipients, a zip of files, unsigned"),
        ("alice", "bulk run finished", "3 made"),
    ]
    assert AuditEntry.objects.count() == before + 2
