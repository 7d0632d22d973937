"""Several processes that send e-mails of one run: each is sent once, and one at most is doubtful."""

from __future__ import annotations

import threading

import pytest

from profiles.models import Profile, RunState, User
from profiles.services.bulk.sending import DOUBTFUL
from tests.services.bulk.post_office import BY_MAIL, PostOffice, address, links_in, setting
from tests.services.bulk.run_samples import (
    DONE,
    FAILED,
    READY,
    SENDING,
    people,
    put_off,
    reason_of,
    started,
    states,
    work_off,
)
from tests.services.bulk.staff import Staff


@pytest.fixture
def alice(transactional_db: None) -> User:
    """Alice, whom other processes see."""
    return User.objects.create_user("alice")


def test_workers_share_a_run_and_send_each_e_mail_once(
    alice: User, template: Profile, post: PostOffice, staff: Staff
) -> None:
    run = started(alice, template, people(60), BY_MAIL)
    staff.begin(run, 3, size=4, **setting(post))
    staff.end()

    assert states(run) == [DONE] * 60
    assert sorted(post.addresses) == sorted(address(number) for number in range(60))
    assert len({link for _, message in post.taken for link in links_in(message)}) == 60


def test_of_a_worker_that_is_killed_in_the_middle_one_e_mail_is_doubtful_and_the_others_are_sent(
    alice: User, template: Profile, post: PostOffice, staff: Staff
) -> None:
    post.waiting = threading.Event()
    run = started(alice, template, people(4), BY_MAIL)
    staff.begin(run, 1, **setting(post))
    assert post.arrived.wait(20)
    staff.kill()
    post.waiting.set()
    assert states(run) == [SENDING, READY, READY, READY]

    put_off(run)
    work_off(run)
    assert (run.state, states(run)) == (RunState.FINISHED, [FAILED, DONE, DONE, DONE])
    assert reason_of(run) == DOUBTFUL
    assert [len(post.messages(address(number))) for number in range(1, 4)] == [1, 1, 1]
    assert len(post.messages(address(0))) <= 1
