"""Which rule applies where and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from labour.codes import repository
from labour.codes.models import AgeKind, RiskClass, Sex
from labour.codes.rules import age_rules, cities, ended, in_force_on, nearest

DAY = date(2026, 11, 23)
RULES = repository.entry_rules().age


@pytest.mark.parametrize(
    ("city", "wider"),
    [
        ("440304", ("440304", "440300", "440000", "*")),
        ("440300", ("440300", "440000", "*")),
        ("310000", ("310000", "*")),
        ("", ("*",)),
        ("深圳", ("*",)),
    ],
)
def test_from_the_district_to_everywhere(city: str, wider: tuple[str, ...]) -> None:
    assert cities(city) == wider


def test_first_and_last_day_count() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    assert in_force_on(first, last, first)
    assert in_force_on(first, last, last)
    assert not in_force_on(first, last, date(2025, 12, 31))
    assert not in_force_on(first, last, date(2027, 1, 1))
    assert in_force_on(first, None, date(2099, 1, 1))


def test_a_city_with_a_rule_of_its_own_does_not_take_the_general_one() -> None:
    general = RULES[1]
    own = replace(general, city="440300", age=58)
    assert nearest([general, own], "440304", DAY) == [own]
    assert nearest([general, own], "310000", DAY) == [general]


def test_a_rule_that_has_ended_makes_room() -> None:
    general = RULES[1]
    ended = replace(general, city="440300", valid_to=date(2025, 12, 31))
    assert nearest([general, ended], "440300", DAY) == [general]
    assert nearest([general, ended], "440300", date(2025, 12, 31)) == [ended]


@pytest.mark.parametrize(
    ("sex", "risk_class", "oldest"),
    [
        (Sex.MALE, RiskClass.NORMAL, 60),
        (Sex.FEMALE, RiskClass.NORMAL, 50),
        (Sex.MALE, RiskClass.HAZARDOUS, 55),
        (Sex.FEMALE, RiskClass.HAZARDOUS, 45),
    ],
)
@pytest.mark.parametrize("city", ["310000", "440300"])
def test_the_ages_of_labour_md(sex: Sex, risk_class: RiskClass, oldest: int, city: str) -> None:
    found = age_rules(RULES, city=city, sex=sex, risk_class=risk_class, work_role="20", on=DAY)
    assert {rule.kind: rule.age for rule in found} == {AgeKind.MIN_AGE: 18, AgeKind.MAX_AGE: oldest}
    assert all("上海市2019年" in rule.source and rule.status == "S" for rule in found)


def test_managers_have_only_a_lower_age() -> None:
    found = age_rules(RULES, city="440300", sex=Sex.MALE, risk_class=RiskClass.NORMAL, work_role="10", on=DAY)
    assert [rule.kind for rule in found] == [AgeKind.MIN_AGE]


def test_a_code_that_ended_stays_readable_and_is_not_for_new_entries() -> None:
    """A later edition ends one code and brings another; each has its days."""
    table = repository.tables()["work_type"]
    later = repository.edition(
        table,
        {
            "version": "2027",
            "source": "假设的新版本",
            "status": "B",
            "valid_from": "2027-01-01",
            "added": [{"code": "990", "zh": "机器人操作工", "en": "robot operator"}],
            "ended": ["020"],
        },
    )
    last, first = date(2026, 12, 31), date(2027, 1, 1)
    assert (later.codes["020"].zh, later.codes["020"].valid_to) == ("钢筋工", last)
    assert [ended(later, "020", on) for on in (last, first)] == [False, True]
    assert [ended(later, "990", on) for on in (last, first)] == [True, False]
    assert [one.version for one in later.versions] == ["2019", "2027"]
    assert table.codes["020"].valid_to is None


def test_every_table_says_since_when_and_whence() -> None:
    tables = repository.tables()
    assert {len(tables["nation"].codes), len(tables["politics_type"].codes)} == {58, 13}
    assert all(one.source and one.valid_from for table in tables.values() for one in table.versions)
