"""Design rules 10, 16 and 18: instants carry an offset; time is passed in, nobody reads the wall clock."""

import ast

import pytest

from tests.architecture.tree import CHASSIS, Source, production, python, sample, violations

READERS = (
    f"{CHASSIS}/clock.py",
    "infra",  # waits for real processes
    # when a line or a span was written is the machine's business; no rule depends on it
    f"{CHASSIS}/logs.py",
    f"{CHASSIS}/spans.py",
)
WALL_CLOCK = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "sqlalchemy.func.now",
    "sqlmodel.func.now",
    "sqlalchemy.func.current_date",
    "sqlalchemy.func.current_timestamp",
}
ALWAYS_NAIVE = {"datetime.datetime.utcnow", "datetime.datetime.utcfromtimestamp", "datetime.datetime.today"}
DATETIME_ARGUMENTS_BEFORE_ZONE = 7


def naive(source: Source) -> list[str]:
    """Instants without an offset."""
    found = []
    for node, name in source.calls():
        keywords = {keyword.arg for keyword in node.keywords}
        bare_now = name == "datetime.datetime.now" and not node.args and "tz" not in keywords
        bare_stamp = name == "datetime.datetime.fromtimestamp" and len(node.args) < 2 and "tz" not in keywords
        without_zone = len(node.args) <= DATETIME_ARGUMENTS_BEFORE_ZONE and "tzinfo" not in keywords
        bare_datetime = name == "datetime.datetime" and without_zone
        if name in ALWAYS_NAIVE or bare_now or bare_stamp or bare_datetime:
            found.append(source.at(node, f"{name} without an offset"))
    return found


def wall_clock(source: Source) -> list[str]:
    """The wall clock is read by chassis.clock, and where nothing depends on what it says."""
    if source.below(*READERS):
        return []
    called = {id(node.func) for node, _ in source.calls()}
    found = [
        source.at(node, f"{name} reads the wall clock: take `work.now`, `work.today` or a Clock")
        for node, name in source.calls()
        if name in WALL_CLOCK
    ]
    # handing the function on (`default_factory=datetime.now`) reads the clock as well
    for node in source.walk():
        if isinstance(node, ast.Attribute) and id(node) not in called and isinstance(node.value, ast.Name):
            full = f"{source.imported.get(node.value.id, node.value.id)}.{node.attr}"
            if full in WALL_CLOCK:
                found.append(source.at(node, f"{full} reads the wall clock"))
    return found


def test_no_naive_instant_in_the_tree() -> None:
    assert violations(naive, python()) == ""


def test_nobody_reads_the_wall_clock() -> None:
    assert violations(wall_clock, production()) == ""


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime\ndatetime.now()",
        "from datetime import datetime\ndatetime.utcnow()",
        "import datetime\ndatetime.datetime(2026, 11, 23, 8, 0)",
        "from datetime import datetime\ndatetime.fromtimestamp(5)",
        "from datetime import datetime as clock\nclock.today()",
    ],
)
def test_a_naive_instant_is_found(text: str) -> None:
    assert len(naive(sample(text))) == 1


def test_an_instant_with_its_offset_is_fine() -> None:
    calls = "datetime(2026, 11, 23, tzinfo=UTC)\ndatetime.fromtimestamp(5, UTC)"
    assert naive(sample(f"from datetime import UTC, datetime\n{calls}")) == []


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import UTC, datetime\ndatetime.now(UTC)",
        "from datetime import date\ndate.today()",
        "import time\ntime.time()",
        "from time import time\ntime()",
        "from sqlalchemy import func\nfunc.now()",
        "from datetime import datetime\nfield = Field(default_factory=datetime.now)",
    ],
)
def test_a_look_at_the_wall_clock_is_found(text: str) -> None:
    assert len(wall_clock(sample(text))) == 1


def test_a_stop_watch_is_no_wall_clock() -> None:
    assert wall_clock(sample("import time\ntime.perf_counter()\ntime.monotonic()")) == []
