"""Lists page by page, however long they are."""

from __future__ import annotations

from typing import Any, Final, cast

from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import Model, QuerySet
from django.utils.functional import cached_property

PER_PAGE: Final = 20

COUNTED: Final = 1_000
"""Rows that are counted: nobody reads how many more there are, and to count them takes longer than to show a page."""


_FARTHEST: Final = 1_000_000
"""Pages: beyond, an offset is no number that a database knows."""


class LongPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs alone
    """Django's, but it counts up to COUNTED, and goes on beyond by looking for one row more than it shows."""

    object_list: QuerySet[Any]

    @cached_property
    def count(self) -> int:
        """How many rows there are; COUNTED + 1 stands for more than COUNTED."""
        return self.object_list.order_by()[: COUNTED + 1].count()

    @property
    def is_long(self) -> bool:
        """Are there more rows than are counted?"""
        return self.count > COUNTED

    @property
    def total(self) -> str:
        """How many rows there are, for a person."""
        return f"more than {COUNTED:,}" if self.is_long else f"{self.count:,}"

    def validate_number(self, number: Any) -> int:
        """A page that may be there: beyond what is counted, only looking tells."""
        try:
            return super().validate_number(number)
        except EmptyPage:
            if self.is_long and 0 < int(number) <= _FARTHEST:
                return int(number)
            raise

    def get_page(self, number: Any) -> LongPage:
        """That page, or the last one that is known of."""
        try:
            return cast(LongPage, super().get_page(number))
        except EmptyPage:
            return self.page(self.num_pages)

    def page(self, number: Any) -> LongPage:
        """The page of that number; raises as Django's does."""
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        rows = list(self.object_list[start : start + self.per_page + 1])
        if not rows and number > 1:
            raise EmptyPage("That page contains no results")
        return LongPage(rows[: self.per_page], number, self, more=len(rows) > self.per_page)


class LongPage(Page):  # type: ignore[type-arg]  # generic in the stubs alone
    """A page that knows whether another one follows."""

    paginator: LongPaginator

    def __init__(self, rows: list[Model], number: int, paginator: LongPaginator, *, more: bool) -> None:
        super().__init__(rows, number, paginator)
        self.more = more

    def has_next(self) -> bool:
        return self.more

    def start_index(self) -> int:
        return (self.number - 1) * self.paginator.per_page + 1 if self.object_list else 0

    def end_index(self) -> int:
        return (self.number - 1) * self.paginator.per_page + len(self.object_list)


def page_of(rows: QuerySet[Any], number: int | str, per_page: int = PER_PAGE) -> LongPage:
    """That page of the rows, or the nearest one."""
    paginator = LongPaginator(rows, per_page)
    return paginator.get_page(number)
