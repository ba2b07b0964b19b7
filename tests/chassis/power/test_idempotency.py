"""Keys: one effect whatever dies, runs beside it or comes later."""

from __future__ import annotations

from datetime import timedelta
from signal import SIGKILL

import pytest

from chassis import idempotency, jobs
from chassis.clock import FrozenClock
from chassis.errors import FailedPrecondition, InvalidArgument, MalformedRequest
from chassis.housekeeping import clean_keys
from chassis.idempotency import KEPT, Answer, Claim, Replay
from chassis.identity import NOBODY
from chassis.ids import new_id
from chassis.work import Works
from tests.chassis.power.conftest import PRODUCER, Power

CREATED = Answer(201, b'{"id":1}', '"1"')


def claim(key: str, content: bytes = b"f" * 32) -> Claim:
    return Claim(NOBODY, key, content)


async def effect(power: Power, claimed: Claim, works: Works | None = None) -> Answer:
    """One row under a key, or the answer of before."""
    try:
        async with (works or power.works).answering(PRODUCER, claimed) as work:
            driver = await work.driver()
            await driver.execute("INSERT INTO things (value) VALUES ($1)", claimed.key)
            await work.finish(CREATED)
    except Replay as replay:
        return replay.answer
    return CREATED


async def effects(power: Power, key: str) -> int:
    [row] = await power.fetch("SELECT count(*) FROM things WHERE value = $1", key)
    return int(row[0])


async def test_killed_in_the_middle_then_repeated(power: Power) -> None:
    """The first process wrote row and answer and died before the commit: the repetition has the one effect."""
    key = str(new_id())
    assert await power.script("answer", key) == -SIGKILL
    assert await effects(power, key) == 0
    assert await effect(power, claim(key)) == CREATED
    assert await effect(power, claim(key)) == CREATED
    assert await effects(power, key) == 1


async def test_still_running_is_told_apart(power: Power) -> None:
    """While the first holds the key the second is told to wait; it does nothing."""
    key = str(new_id())
    async with power.works.answering(PRODUCER, claim(key)) as first:
        await first.writing()
        with pytest.raises(FailedPrecondition) as refusal:
            await effect(power, claim(key))
        assert (refusal.value.reason, refusal.value.retry_after) == ("IDEMPOTENCY_KEY_IN_USE", 1)
    assert await effects(power, key) == 0
    assert await effect(power, claim(key)) == CREATED


async def test_other_content_is_refused(power: Power) -> None:
    """Also when it comes from a request that has not looked the key up first."""
    key = str(new_id())
    await effect(power, claim(key))
    with pytest.raises(InvalidArgument) as refusal:
        await effect(power, claim(key, b"g" * 32))
    assert refusal.value.reason == "IDEMPOTENCY_KEY_REUSED"
    assert await effects(power, key) == 1


async def test_kept_for_a_day_and_cleaned_later(power: Power) -> None:
    """24 hours are promised; the job forgets what is older than 48."""
    clock = FrozenClock(power.works.clock.now())
    works = Works(power.database, clock, jobs.enqueue)
    key = str(new_id())
    await effect(power, claim(key), works)
    for hours, kept in ((timedelta(hours=25), 1), (KEPT, 0)):
        clock.advance(hours)
        async with works.open(PRODUCER) as work:
            await clean_keys(work, {})
        [row] = await power.fetch("SELECT count(*) FROM idempotency_keys WHERE key = $1", key)
        assert row[0] == kept


@pytest.mark.parametrize("header", [None, "", "x" * 129, "with space", "tab\t", "é"])
def test_what_is_no_key(header: str | None) -> None:
    """Missing and malformed keys are told apart by their code."""
    with pytest.raises(MalformedRequest) as refusal:
        idempotency.read_key(header)
    assert refusal.value.reason == ("IDEMPOTENCY_KEY_INVALID" if header else "IDEMPOTENCY_KEY_MISSING")


def test_the_fingerprint_knows_content_from_form() -> None:
    """The order of members does not matter; method, path and values do."""
    one = idempotency.fingerprint("POST", "/a", {"x": 1, "y": [1, 2]})
    assert one == idempotency.fingerprint("POST", "/a", {"y": [1, 2], "x": 1})
    others = [("PUT", "/a", {"x": 1, "y": [1, 2]}), ("POST", "/b", {"x": 1, "y": [1, 2]}), ("POST", "/a", {"x": 1})]
    assert one not in {idempotency.fingerprint(*other) for other in others}
