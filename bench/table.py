"""What was measured, as the rows of a table."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """How much is allowed, or with `least` how much is asked for."""

    limit: float
    least: bool = False

    def holds(self, value: float) -> bool:
        """Is a value within it?"""
        return value >= self.limit if self.least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.limit:g}"


@dataclass(frozen=True)
class Row:
    """One figure; without a budget it is there to be read only, and `counted` figures are the same in each run."""

    name: str
    value: float
    budget: Budget | None = None
    unit: str = ""
    note: str = ""
    counted: bool = False

    def verdict(self, *, timed: bool = True) -> str:
        """“pass” or “over”; empty where nothing is judged, as are times that were not taken long enough."""
        if self.budget is None or not (timed or self.counted):
            return ""
        return "pass" if self.budget.holds(self.value) else "over"

    @property
    def shown(self) -> str:
        """The figure with its unit."""
        return f"{self.value:.0f}" if self.counted else f"{self.value:.2f}{self.unit and f' {self.unit}'}"


def over(rows: Iterable[Row], *, timed: bool) -> list[str]:
    """The names of the rows whose budget is broken."""
    return [row.name for row in rows if row.verdict(timed=timed) == "over"]


def lines(title: str, rows: Iterable[Row], *, timed: bool) -> Iterable[str]:
    """A titled part of the table, line by line."""
    yield title
    for row in rows:
        budget = str(row.budget or "")
        yield f"  {row.name:<54}{row.shown:>11}  {budget:<8}{row.verdict(timed=timed):<6}{row.note}".rstrip()
