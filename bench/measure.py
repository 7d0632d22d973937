"""The clock: contenders take turns, so that whatever else the machine does strikes all of them alike."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Contender(Generic[T]):
    """Something to time: `run` is on the clock, and takes what `prepare`, before each run, was not."""

    run: Callable[[T], object]
    prepare: Callable[[], T]


def plain(run: Callable[[], object]) -> Contender[None]:
    """A contender that needs nothing prepared."""
    return Contender(lambda _: run(), lambda: None)


@dataclass(frozen=True)
class Timings:
    """Seconds of one run, by contender and round."""

    seconds: Mapping[str, Sequence[float]]

    def milliseconds(self, name: str) -> float:
        """The median of one contender."""
        return 1000 * median(self.seconds[name])

    def ratio(self, name: str, to: str) -> float:
        """How many times as long `name` takes as `to`: the median over the rounds, some of which get disturbed."""
        pairs = zip(self.seconds[name], self.seconds[to], strict=True)
        return median(one / other for one, other in pairs)

    def best_ratio(self, name: str, to: str) -> float:
        """The same of the fastest round of each: for short work that is the same every time, where noise only adds."""
        return min(self.seconds[name]) / min(self.seconds[to])


def interleave(contenders: Mapping[str, Contender[Any]], *, rounds: int, runs: int = 1) -> Timings:
    """Time `runs` of each contender in every round, each round beginning with another; a first one warms up."""
    names = list(contenders)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        _time(contenders[name], 1)
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            seconds[name].append(_time(contenders[name], runs))
    return Timings(seconds)


def _time(contender: Contender[Any], runs: int) -> float:
    prepared = [contender.prepare() for _ in range(runs)]
    start = time.perf_counter()
    for each in prepared:
        contender.run(each)
    return (time.perf_counter() - start) / runs
