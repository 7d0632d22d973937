"""Long lists: what is counted, and what is found beyond."""

from __future__ import annotations

import pytest

from profiles.models import AuditEntry
from profiles.services import pagination
from profiles.services.pagination import page_of


@pytest.fixture
def rows(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve rows, of which five are counted."""
    monkeypatch.setattr(pagination, "COUNTED", 5)
    team_id = "6f1d0f9e-9a0b-4b3c-8c4d-2a1b3c4d5e6f"
    AuditEntry.objects.bulk_create(
        [AuditEntry(team_id=team_id, actor="alice", event="e", name=str(n)) for n in range(12)]
    )


def numbers(number: int | str) -> tuple[list[str], bool]:
    page = page_of(AuditEntry.objects.order_by("id"), number, 4)
    return [row.name for row in page], page.has_next()


@pytest.mark.usefixtures("rows")
def test_pages_go_on_beyond_what_is_counted() -> None:
    assert numbers(1) == (["0", "1", "2", "3"], True)
    assert numbers(3) == (["8", "9", "10", "11"], False)
    assert page_of(AuditEntry.objects.order_by("id"), 1, 4).paginator.total == "more than 5"


@pytest.mark.usefixtures("rows")
def test_what_is_no_page_is_a_near_one() -> None:
    assert numbers("x")[0] == numbers(1)[0]
    for far in (4, 10**6, 10**18, "9" * 4000):
        assert numbers(far)[0], far


def test_an_empty_list_has_one_page(db: None) -> None:
    page = page_of(AuditEntry.objects.order_by("id"), 7)
    assert (list(page), page.start_index(), page.end_index(), page.has_next()) == ([], 0, 0, False)
