"""Reasons in words: each state has a stage, each kind a name, each refusal both languages and somebody to mend it."""

from __future__ import annotations

import pytest

from labour.authorities.rules import directory
from labour.authorities.states import State as ConnectionState
from labour.clients.authorities import Kind
from labour.filing_objects import rules
from labour.filing_objects.rules import Reason
from labour.filings.rules import OWN_ANSWERS
from labour.filings.states import State


def test_every_state_has_a_stage_and_every_kind_a_name() -> None:
    assert rules.STAGES.keys() == set(State)
    assert rules.NAMES.keys() == set(Kind)


@pytest.mark.parametrize("code", sorted(directory()))
def test_every_refusal_is_said_in_both_languages(code: str) -> None:
    authority = directory()[code]
    for answer in (*authority.answers, *OWN_ANSWERS, "an unknown one"):
        reason = rules.refused(authority, answer, "employer")
        assert reason.zh
        assert reason.en
        assert not any("一" <= letter <= "鿿" for letter in reason.en)
        assert reason.zh != reason.en


def test_who_mends_is_what_was_written_down_or_what_the_code_says() -> None:
    national = directory()["national"]
    assert rules.refused(national, "-1", "").mend_by == "employer"
    assert rules.refused(national, "-77", "").mend_by == "authority"
    assert rules.refused(national, "-77", "connection").mend_by == "connection"


def test_a_connection_that_sends_says_nothing() -> None:
    national = directory()["national"]
    assert rules.halted(national, ConnectionState.ACTIVE, "") is None
    assert rules.halted(national, ConnectionState.SUSPENDED, "") is rules.SUSPENDED
    barred = rules.halted(national, ConnectionState.BARRED, "-2")
    assert barred is not None
    assert (barred.code, barred.mend_by) == ("-2", "connection")


def test_what_waits_names_the_cause_and_who_mends_it() -> None:
    reason = rules.waits_for(Kind.TEAM, Reason("-1", "参数错误", "a parameter is wrong", "employer"))
    assert (reason.code, reason.mend_by) == ("WAITS_FOR", "employer")
    assert "班组" in reason.zh
    assert "参数错误" in reason.zh
    assert "a parameter is wrong" in reason.en
    assert rules.waits_for(Kind.WORKER, None).mend_by == ""
