"""The bench as it is called, and how it judges; what it measures is its own business."""

import subprocess
import sys
from functools import partial

from bench.browser import FormReader
from bench.measure import Contender, Timings, interleave
from bench.table import Budget, Row, lines, over
from tests.processes import ROOT, environment


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Python to its end, in a process of its own."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_every_bench_runs_and_prints_its_rows() -> None:
    done = run("-m", "bench", "--quick")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    for row in (
        "our layout : stock crispy",
        "our layout : as_div",
        "preview : page",
        "save : page",
        "list of 200 profiles",
        "save of 3 payloads, all changed",
        "RSA-2048: share of the rate of key.sign",
        "RSA-2048: times as fast as a process each",
        "validate : plistlib.dumps",
        "read a profile : plistlib.loads",
        "check files from the command line : plistlib.loads",
    ):
        assert row in done.stdout


def test_what_is_counted_is_judged_even_in_a_quick_run() -> None:
    done = run("-m", "bench", "queries", "--quick")
    verdicts = [line.split()[-1] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert verdicts == ["pass"] * 6, done.stdout


def test_a_bench_can_be_picked_by_name() -> None:
    done = run("-m", "bench", "plist", "--quick")
    assert "plistlib.dumps" in done.stdout
    assert "key.sign" not in done.stdout


def test_a_bench_that_is_not_there_is_named() -> None:
    done = run("-m", "bench", "froms")
    assert done.returncode == 2
    assert "there is no bench 'froms'" in done.stderr


def test_a_broken_budget_is_named_and_fails_the_run() -> None:
    strict = (
        "import sys, bench.table as table; from bench.__main__ import main;"
        "table.Budget.holds = lambda budget, value: value < 0;"
        "sys.exit(main(['queries', '--quick']))"
    )
    done = run("-c", strict)
    assert done.returncode == 1
    assert "Over budget: list of 10 profiles, " in done.stderr


def test_a_budget_is_a_most_or_a_least() -> None:
    assert Budget(0.2).holds(0.2)
    assert not Budget(0.2).holds(0.21)
    assert Budget(5, least=True).holds(5)
    assert not Budget(5, least=True).holds(4.9)


def test_rows_without_a_budget_and_quick_times_are_not_judged() -> None:
    slow, many = Row("slow", 2, Budget(1)), Row("many", 9, Budget(4), counted=True)
    assert over([slow, many, Row("read only", 99)], timed=True) == ["slow", "many"]
    assert over([slow, many], timed=False) == ["many"]


def test_a_line_shows_figure_budget_and_verdict() -> None:
    title, timed, counted = lines(
        "Title", [Row("save", 0.5, Budget(1), note="5 ms"), Row("list", 4, counted=True)], timed=True
    )
    assert title == "Title"
    assert timed.split() == ["save", "0.50", "≤", "1", "pass", "5", "ms"]
    assert counted.split() == ["list", "4"]


def test_one_disturbed_round_does_not_move_the_ratio() -> None:
    timings = Timings({"ours": [1, 1, 90], "theirs": [2, 2, 2]})
    assert timings.ratio("ours", "theirs") == 0.5
    assert timings.best_ratio("theirs", "ours") == 2


def test_contenders_take_turns_after_warming_up() -> None:
    ran: list[str] = []
    contenders = {name: Contender(ran.append, partial(str, name)) for name in ("a", "b")}
    timings = interleave(contenders, rounds=2)
    assert ran == ["a", "b", "a", "b", "b", "a"]
    assert [len(seconds) for seconds in timings.seconds.values()] == [2, 2]


def test_only_what_a_browser_would_send_is_read_from_a_page() -> None:
    reader = FormReader()
    reader.feed(
        '<input name="outside" value="1"><form id="designer"><input name="text" value="a &amp; b">'
        '<input type="radio" name="radio" value="0"><input type="radio" name="radio" value="1" checked>'
        '<select name="first"><option value="x">X</option><option value="y">Y</option></select>'
        '<select name="chosen"><option value="x">X</option><option value="y" selected>Y</option></select>'
        '<textarea name="area">\none\n&lt;two&gt;</textarea>'
        '<input name="rows" value="1"><input name="rows" value="2"><template><input name="rows" value=""></template>'
        '<noscript><input name="rows" value=""></noscript></form><form><input name="other" value="1"></form>'
    )
    assert reader.values == {
        "text": ["a & b"],
        "radio": ["1"],
        "first": ["x"],
        "chosen": ["y"],
        "area": ["one\n<two>"],
        "rows": ["1", "2"],
    }
