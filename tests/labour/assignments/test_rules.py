"""Who may enter a site today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labour.assignments import rules
from labour.assignments.errors import MENDS
from labour.assignments.gates import covering
from labour.assignments.models import Agreement, CertificateFacts, Listing, Site, WorkerFacts
from labour.assignments.rules import cleared_until, refusals
from labour.codes import repository
from labour.codes.models import EntryLevelRule, HealthRule, RiskClass, Sex, Status
from labour.health.rules import HealthFacts

DAY = date(2026, 11, 23)
RULES = repository.entry_rules()
SITE = Site("440300", RiskClass.NORMAL, None)
GOOD = WorkerFacts(
    sex=Sex.MALE,
    birth_date=date(1990, 1, 1),
    work_type="020",
    work_role="20",
    missing=frozenset(),
    agreements=(Agreement(date(2026, 1, 1), None),),
    trained_on=date(2026, 3, 1),
    data_until=date(2026, 3, 1),
    certificates=(),
)
CRANE = "建筑起重机械司机"
CERTIFICATE = CertificateFacts("T1", CRANE, date(2026, 1, 1), date(2027, 12, 31), "1")


def codes(worker: WorkerFacts, site: Site = SITE, on: date = DAY) -> list[str]:
    return [refusal.code for refusal in refusals(worker, site, on, RULES)]


def test_who_passes_every_gate_enters() -> None:
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("agreements", "code", "named"),
    [
        ((), "AGREEMENT_MISSING", ""),
        ((Agreement(date(2026, 11, 24), None),), "AGREEMENT_NOT_IN_FORCE", "2026-11-24"),
        ((Agreement(date(2026, 1, 1), date(2026, 11, 22)),), "AGREEMENT_NOT_IN_FORCE", "2026-11-22"),
        (
            (Agreement(date(2026, 1, 1), date(2026, 10, 31)), Agreement(date(2026, 12, 1), None)),
            "AGREEMENT_NOT_IN_FORCE",
            "2026-10-31",
        ),
    ],
)
def test_no_entry_without_an_agreement_in_force(agreements: tuple[Agreement, ...], code: str, named: str) -> None:
    """Of several that are not in force the one that ended last is named, or the first that will begin."""
    [refusal] = refusals(replace(GOOD, agreements=agreements), SITE, DAY, RULES)
    assert refusal.code == code
    assert named in refusal.zh
    assert named in refusal.en


def test_an_agreement_holds_on_its_last_day() -> None:
    ended = Agreement(date(2025, 1, 1), date(2025, 12, 31))
    assert codes(replace(GOOD, agreements=(ended, Agreement(date(2026, 1, 1), DAY)))) == []


@pytest.mark.parametrize(
    ("trained_on", "data_until", "code"),
    [
        (None, None, "TRAINING_MISSING"),
        (DAY + timedelta(days=1), None, "TRAINING_MISSING"),
        (date(2025, 11, 22), None, "TRAINING_LAPSED"),
        (date(2025, 11, 23), None, None),
        (date(2020, 1, 1), date(2025, 11, 23), None),
        (date(2020, 1, 1), date(2025, 11, 22), "TRAINING_LAPSED"),
    ],
)
def test_a_year_without_data_means_training_again(
    trained_on: date | None, data_until: date | None, code: str | None
) -> None:
    """Attendance keeps a training alive; twelve months without either end it."""
    assert codes(replace(GOOD, trained_on=trained_on, data_until=data_until)) == ([code] if code else [])


def test_a_registration_must_be_complete() -> None:
    [refusal] = refusals(replace(GOOD, missing=frozenset({"nation", "cell_phone"})), SITE, DAY, RULES)
    assert refusal.code == "REGISTRATION_INCOMPLETE"
    assert "nation, cell_phone" in refusal.en


def born(years: int, days: int = 0) -> date:
    return date(DAY.year - years, DAY.month, DAY.day) + timedelta(days=days)


@pytest.mark.parametrize(
    ("sex", "risk_class", "birth_date", "code"),
    [
        (Sex.MALE, RiskClass.NORMAL, born(18), None),
        (Sex.MALE, RiskClass.NORMAL, born(18, 1), "AGE_BELOW_MINIMUM"),
        (Sex.MALE, RiskClass.NORMAL, born(61, 1), None),
        (Sex.MALE, RiskClass.NORMAL, born(61), "AGE_ABOVE_MAXIMUM"),
        (Sex.FEMALE, RiskClass.NORMAL, born(51, 1), None),
        (Sex.FEMALE, RiskClass.NORMAL, born(51), "AGE_ABOVE_MAXIMUM"),
        (Sex.MALE, RiskClass.HAZARDOUS, born(56, 1), None),
        (Sex.MALE, RiskClass.HAZARDOUS, born(56), "AGE_ABOVE_MAXIMUM"),
        (Sex.FEMALE, RiskClass.HAZARDOUS, born(46, 1), None),
        (Sex.FEMALE, RiskClass.HAZARDOUS, born(46), "AGE_ABOVE_MAXIMUM"),
    ],
)
def test_city_sex_risk_and_age(sex: Sex, risk_class: RiskClass, birth_date: date, code: str | None) -> None:
    """ "Over 60" begins with the 61st birthday; the refusal names its source."""
    found = refusals(replace(GOOD, sex=sex, birth_date=birth_date), replace(SITE, risk_class=risk_class), DAY, RULES)
    assert [refusal.code for refusal in found] == ([code] if code else [])
    assert all("上海市2019年" in refusal.source and refusal.source in refusal.zh for refusal in found)


def test_work_is_never_less_hazardous_than_its_project() -> None:
    assert rules.stricter(RiskClass.HAZARDOUS, RiskClass.NORMAL) is RiskClass.HAZARDOUS
    assert rules.stricter(RiskClass.NORMAL, RiskClass.HAZARDOUS) is RiskClass.HAZARDOUS
    assert rules.stricter(RiskClass.NORMAL, RiskClass.NORMAL) is RiskClass.NORMAL


@pytest.mark.parametrize(("work_type", "trade"), sorted(RULES.trade_of_work_type.items()))
def test_a_work_type_that_is_a_special_trade_demands_its_certificate(work_type: str, trade: str) -> None:
    worker = replace(GOOD, work_type=work_type)
    assert codes(worker) == ["CERTIFICATE_MISSING"]
    assert codes(replace(worker, certificates=(CERTIFICATE,))) == ["CERTIFICATE_MISSING"]  # of another trade
    assert codes(replace(worker, certificates=(replace(CERTIFICATE, trade=trade),))) == []


@pytest.mark.parametrize(
    ("held", "code"),
    [
        ({}, None),
        ({"valid_to": DAY}, None),
        ({"valid_to": DAY - timedelta(days=1)}, "CERTIFICATE_EXPIRED"),
        ({"valid_from": DAY + timedelta(days=1)}, "CERTIFICATE_NOT_YET_VALID"),
        ({"status": "2"}, "CERTIFICATE_NOT_IN_FORCE"),
        ({"status": "3"}, "CERTIFICATE_NOT_IN_FORCE"),
        ({"status": "4"}, "CERTIFICATE_NOT_IN_FORCE"),
    ],
)
def test_a_certificate_must_be_valid_that_day(held: dict[str, object], code: str | None) -> None:
    worker = replace(GOOD, certificates=(replace(CERTIFICATE, **held),))  # type: ignore[arg-type]
    assert codes(worker, replace(SITE, special_trade=CRANE)) == ([code] if code else [])


def test_the_longest_of_several_covers() -> None:
    later = replace(CERTIFICATE, number="T2", valid_to=date(2028, 1, 1))
    assert covering([CERTIFICATE, later], CRANE, DAY) == later
    assert covering([CERTIFICATE, later], "建筑电工", DAY) is None


def test_every_failing_gate_is_named_at_once() -> None:
    worker = replace(
        GOOD, agreements=(), trained_on=None, missing=frozenset({"nation"}), birth_date=born(70), work_type="130"
    )
    assert codes(worker) == [
        "AGREEMENT_MISSING",
        "TRAINING_MISSING",
        "REGISTRATION_INCOMPLETE",
        "AGE_ABOVE_MAXIMUM",
        "CERTIFICATE_MISSING",
    ]


SEEN = date(2029, 1, 1)  # far enough ahead not to be the first thing that ends


def test_papers_hold_until_the_first_of_them_ends() -> None:
    worker = replace(GOOD, birth_date=date(1966, 6, 1), data_until=SEEN)
    assert cleared_until(worker, SITE, DAY, RULES) == date(2027, 5, 31)  # the day before his 61st birthday
    worker = replace(GOOD, data_until=SEEN)
    assert cleared_until(worker, SITE, DAY, RULES) == date(2030, 1, 1)  # a year without data
    until = replace(worker, agreements=(Agreement(date(2026, 1, 1), date(2027, 6, 30)),))
    assert cleared_until(until, SITE, DAY, RULES) == date(2027, 6, 30)
    crane = replace(until, certificates=(replace(CERTIFICATE, valid_to=date(2027, 1, 31)),))
    site = replace(SITE, special_trade=CRANE)
    assert cleared_until(crane, site, DAY, RULES) == date(2027, 1, 31)
    renewed = replace(CERTIFICATE, number="T2", valid_from=date(2027, 2, 1), valid_to=date(2029, 1, 31))
    assert cleared_until(replace(crane, certificates=(*crane.certificates, renewed)), site, DAY, RULES) == date(
        2027, 6, 30
    )
    gap = replace(renewed, valid_from=date(2027, 2, 2))
    assert cleared_until(replace(crane, certificates=(*crane.certificates, gap)), site, DAY, RULES) == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("follows", "until"), [(date(2027, 7, 1), date(2028, 6, 30)), (date(2027, 7, 2), date(2027, 6, 30))]
)
def test_a_contract_that_follows_without_a_gap_carries_on(follows: date, until: date) -> None:
    contracts = (Agreement(follows, date(2028, 6, 30)), Agreement(date(2026, 1, 1), date(2027, 6, 30)))
    assert cleared_until(replace(GOOD, agreements=contracts, data_until=SEEN), SITE, DAY, RULES) == until


def test_an_empty_registration_covers_no_day() -> None:
    assert cleared_until(replace(GOOD, missing=frozenset({"nation"})), SITE, DAY, RULES) == DAY - timedelta(days=1)


HEALTH = HealthRule("440300", frozenset({RiskClass.HAZARDOUS}), "测试城市规定", Status.PRACTICE, date(2026, 1, 1), None)
ASKING = replace(RULES, health=(HEALTH,))
UNDERGROUND = replace(SITE, risk_class=RiskClass.HAZARDOUS)
EXAMINED = HealthFacts(date(2026, 5, 1), date(2027, 4, 30), fit=True)


@pytest.mark.parametrize(
    ("held", "code"),
    [
        ((), "HEALTH_RECORD_MISSING"),
        ((EXAMINED,), None),
        ((replace(EXAMINED, valid_to=DAY - timedelta(days=1)),), "HEALTH_RECORD_LAPSED"),
        ((replace(EXAMINED, fit=False),), "HEALTH_UNFIT"),
        ((EXAMINED, HealthFacts(date(2026, 9, 1), date(2027, 8, 31), fit=False)), "HEALTH_UNFIT"),
        ((replace(EXAMINED, examined_on=DAY + timedelta(days=1)),), "HEALTH_RECORD_MISSING"),
    ],
)
def test_where_a_city_asks_for_an_examination(held: tuple[HealthFacts, ...], code: str | None) -> None:
    """The last examination before the day decides; elsewhere, and for other work, nobody asks."""
    found = refusals(replace(GOOD, health=held), UNDERGROUND, DAY, ASKING)
    assert [one.code for one in found] == ([code] if code else [])
    assert all(one.source == "测试城市规定" for one in found)
    assert refusals(GOOD, SITE, DAY, ASKING) == []
    assert refusals(GOOD, replace(UNDERGROUND, city="310000"), DAY, ASKING) == []
    until = cleared_until(replace(GOOD, health=held), UNDERGROUND, DAY, ASKING)
    assert until is not None
    assert (until >= DAY) == (code is None)


def test_every_rule_is_asked_and_every_refusal_can_be_mended() -> None:
    worker = replace(GOOD, agreements=(), trained_on=None, missing=frozenset({"nation"}), work_type="130")
    site = replace(UNDERGROUND, assigned=False, barred_on=DAY)
    level = EntryLevelRule("440300", "测试城市规定", Status.PRACTICE, date(2026, 1, 1), None)
    asking = replace(ASKING, entry_levels=(level,))
    found = rules.decide(worker, site, DAY, asking)
    assert {one.rule for one in found} == set(rules.Rule)
    assert all(one.source for one in found)
    refused = [one.refusal for one in found if one.refusal]
    assert refused == refusals(worker, site, DAY, asking)
    assert all(all(MENDS[one.code]) for one in refused)


def test_who_is_on_leave_may_not_until_he_has_returned() -> None:
    """Leave is asked where the assignment is; at the return itself it is not."""
    away = replace(SITE, assigned=True, on_leave=True)
    [refusal] = refusals(GOOD, away, DAY, RULES)
    assert (refusal.code, MENDS[refusal.code][1].count(":return")) == ("ON_LEAVE", 1)
    [asked] = [one for one in rules.decide(GOOD, away, DAY, RULES) if one.refusal]
    assert (asked.rule, asked.source) == (rules.Rule.ASSIGNMENT, RULES.registration.source)
    assert codes(GOOD, replace(away, assigned=False)) == ["WORKER_NOT_ASSIGNED"]
    assert codes(GOOD, replace(away, assigned=None, on_leave=False)) == []


def test_a_rule_that_is_not_in_force_is_not_asked() -> None:
    before = RULES.agreement.valid_from - timedelta(days=1)
    asked = {one.rule for one in rules.decide(GOOD, SITE, before, RULES)}
    assert not {rules.Rule.AGREEMENT, rules.Rule.TRAINING, rules.Rule.REGISTRATION} & asked


def test_papers_lapse_with_a_year_without_training_or_attendance() -> None:
    """Who is here day by day keeps his training; who was away for a year is not covered any more."""
    lapsed = replace(GOOD, trained_on=date(2025, 1, 1), data_until=date(2025, 11, 22))
    assert cleared_until(lapsed, SITE, DAY, RULES) == date(2026, 11, 22)
    seen = replace(lapsed, data_until=DAY - timedelta(days=2))
    assert cleared_until(seen, SITE, DAY, RULES) == date(2027, 11, 21)


@pytest.mark.parametrize(
    ("before", "after", "days"),
    [
        (None, None, None),
        (DAY - timedelta(days=1), None, None),  # held up to yesterday, and from today on
        (DAY + timedelta(days=9), None, None),
        (DAY - timedelta(days=2), DAY, (DAY - timedelta(days=1), DAY - timedelta(days=1))),
        (DAY - timedelta(days=9), None, (DAY - timedelta(days=8), DAY - timedelta(days=1))),
        (DAY - timedelta(days=9), DAY - timedelta(days=1), None),  # does not hold yet
    ],
)
def test_days_that_no_paper_covered(before: date | None, after: date | None, days: tuple[date, date] | None) -> None:
    assert rules.lapse(before, after, DAY) == days


DAYS = st.dates(date(2026, 1, 1), date(2029, 1, 1))
SPANS = st.tuples(DAYS, DAYS).map(sorted)
TODAYS = st.dates(DAY, date(2029, 1, 1)).map(lambda end: [DAY, end])


def held(most: int) -> st.SearchStrategy[list[list[date]]]:
    """Some spans, of which one mostly holds today."""
    first = st.integers(0, 9).flatmap(lambda one: st.lists(TODAYS, min_size=int(one > 0), max_size=int(one > 0)))
    return st.tuples(first, st.lists(SPANS, max_size=most)).map(lambda both: both[0] + both[1])


@given(
    born_on=st.dates(date(1971, 1, 1), date(1990, 1, 1)) | st.dates(date(1950, 1, 1), date(2010, 1, 1)),
    sex=st.sampled_from(Sex),
    risk_class=st.sampled_from(RiskClass),
    agreements=held(2).map(lambda spans: tuple(Agreement(*span) for span in spans)),
    certificates=held(2).map(
        lambda spans: tuple(replace(CERTIFICATE, valid_from=first, valid_to=last) for first, last in spans)
    ),
    data_until=st.dates(date(2025, 11, 1), DAY),
    listed=st.integers(0, 3).flatmap(
        lambda one: st.lists(SPANS.map(lambda span: Listing(*span)), max_size=int(one > 2)).map(tuple)
    ),
    missing=st.integers(0, 9).map(lambda one: frozenset({"address"} if one > 8 else ())),
    ahead=st.integers(0, 900),
)
def test_cleared_until_says_what_the_gates_will_say(
    born_on: date,
    sex: Sex,
    risk_class: RiskClass,
    agreements: tuple[Agreement, ...],
    certificates: tuple[CertificateFacts, ...],
    data_until: date,
    listed: tuple[Listing, ...],
    missing: frozenset[str],
    ahead: int,
) -> None:
    """Without news somebody passes on every day up to `cleared_until`, and on the day after it he does not."""
    site = Site("440300", risk_class, CRANE)
    worker = replace(
        GOOD,
        birth_date=born_on,
        sex=sex,
        agreements=agreements,
        certificates=certificates,
        trained_on=date(2025, 6, 1),
        data_until=data_until,
        listed=listed,
        missing=missing,
    )
    until = cleared_until(worker, site, DAY, RULES)
    assert until is not None  # he ages
    if codes(worker, site) != []:
        assert until < DAY
        return
    assert until >= DAY
    assert codes(worker, site, until) == []
    assert codes(worker, site, min(until, DAY + timedelta(days=ahead))) == []
    assert codes(worker, site, until + timedelta(days=1)) != []


@pytest.mark.parametrize(
    ("first", "last", "shut", "until"),
    [
        (DAY, None, True, DAY - timedelta(days=1)),
        (DAY - timedelta(days=9), DAY, True, DAY - timedelta(days=1)),
        (DAY - timedelta(days=9), DAY - timedelta(days=1), False, None),
        (DAY + timedelta(days=5), None, False, DAY + timedelta(days=4)),
    ],
)
def test_the_blacklist(first: date, last: date | None, shut: bool, until: date | None) -> None:
    """An entry shuts the gate from its first to its last day, whoever employs him, and nothing holds beyond."""
    worker = replace(GOOD, listed=(Listing(first, last),))
    assert [one.code for one in refusals(worker, SITE, DAY, RULES)] == (["BLACKLISTED"] if shut else [])
    assert cleared_until(worker, SITE, DAY, RULES) == (until or cleared_until(GOOD, SITE, DAY, RULES))
