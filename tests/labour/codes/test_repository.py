"""The data files as they are shipped."""

from __future__ import annotations

from labour.codes import repository


def test_the_national_tables_are_there() -> None:
    tables = repository.tables()
    assert len(tables["work_type"].codes) == 37
    assert {"260", "370"}.isdisjoint(tables["work_type"].codes)  # absent in the source, too
    assert tables["work_type"].codes["020"].zh == "钢筋工"
    assert tables["id_card_type"].codes["01"].en == "resident identity card"
    assert set(tables["attendance_direction"].codes) == {"01", "02"}
    assert len(tables["attend_type"].codes) == 11
    assert all(code.zh and code.en for table in tables.values() for code in table.codes.values())


def test_what_demands_a_certificate_stands_in_the_tables() -> None:
    rules = repository.entry_rules()
    assert set(rules.trade_of_work_type) <= set(repository.tables()["work_type"].codes)
    assert set(rules.trade_of_work_type.values()) <= rules.special_trades
    assert len(rules.special_trades) == 6


def test_every_rule_says_whose_it_is() -> None:
    rules = repository.entry_rules()
    gates = (rules.agreement, rules.training, rules.registration, rules.certificate)
    assert all(gate.source for gate in gates)
    assert all(rule.source for rule in rules.age)
    assert all(rule.source for rule in repository.worker_day_rules())


def test_the_longest_step_comes_first() -> None:
    [rule] = repository.worker_day_rules()
    assert list(rule.steps) == sorted(rule.steps, reverse=True)
