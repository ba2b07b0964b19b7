"""The directory of platforms as it is read."""

from __future__ import annotations

from datetime import date, timedelta

from labour.authorities import rules
from labour.clients.authorities import UNHEARD_OF, Kind, Verdict
from labour.clients.authority_platforms import DIALECTS

NATIONAL = rules.directory()["national"]


def test_every_platform_speaks_a_dialect_that_we_have() -> None:
    assert {one.connector for one in rules.directory().values()} == set(DIALECTS)


def test_the_codes_of_the_national_platform() -> None:
    verdicts = {code: NATIONAL.meaning(code).verdict for code in ("0", "-1", "-2", "-3", "-4", "-5", "10")}
    barred, refused = Verdict.BARRED, Verdict.REFUSED
    assert verdicts == {
        "0": Verdict.ACCEPTED, "-1": refused, "-2": barred, "-3": barred, "-4": barred, "-5": Verdict.LIMITED,
        "10": refused,
    }  # fmt: skip
    assert NATIONAL.meaning("-77") is UNHEARD_OF


def test_every_refusal_and_bar_names_who_mends_it() -> None:
    for authority in rules.directory().values():
        for code, meaning in authority.answers.items():
            closed = meaning.verdict in (Verdict.REFUSED, Verdict.BARRED)
            assert (meaning.mend_by in {"employer", "connection", "authority", "platform"}) is closed, code


def test_limits() -> None:
    limits = NATIONAL.limits
    assert (limits.photo_bytes, limits.secret_characters) == (50 * 1024, 32)
    assert (limits.settled, limits.limited) == (timedelta(minutes=10), timedelta(minutes=1))
    assert (NATIONAL.batch(Kind.ATTENDANCE), NATIONAL.batch(Kind.PROJECT)) == (100, 1)


def test_a_platform_is_offered_from_its_first_day_on() -> None:
    assert not NATIONAL.offered(NATIONAL.valid_from - timedelta(days=1))
    assert NATIONAL.offered(NATIONAL.valid_from)
    assert NATIONAL.offered(date(2100, 1, 1))
