"""Amounts in capitals, by the examples of the rule and by reading them back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labour.paper.amounts import MOST, capitals

EXAMPLES = [
    ("0", "零元整"),
    ("0.05", "伍分"),
    ("0.50", "伍角整"),
    ("1409.50", "壹仟肆佰零玖元伍角整"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
    ("107000.53", "壹拾万零柒仟元伍角叁分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("325.04", "叁佰贰拾伍元零肆分"),
    ("10.00", "壹拾元整"),
    ("100000001.00", "壹亿零壹元整"),
    ("100010000.00", "壹亿零壹万元整"),
    ("20300000.10", "贰仟零叁拾万元壹角整"),
]


@pytest.mark.parametrize(("amount", "said"), EXAMPLES)
def test_as_the_rule_writes_them(amount: str, said: str) -> None:
    assert capitals(Decimal(amount)) == said


def read(said: str) -> Decimal:
    """Capitals back to a number, digit by digit."""
    total = section = digit = Decimal(0)
    for letter in said.removesuffix("整"):
        if letter in "零壹贰叁肆伍陆柒捌玖":
            digit = Decimal("零壹贰叁肆伍陆柒捌玖".index(letter))
        elif letter in "拾佰仟":
            section += digit * {"拾": 10, "佰": 100, "仟": 1000}[letter]
            digit = Decimal(0)
        elif letter in "万亿":
            # 万亿 is one place: the 亿 after a 万 lifts what 万 has lifted
            section, digit = section + digit, Decimal(0)
            total = (
                (total + section) * {"万": 10**4, "亿": 10**8}[letter] if letter == "亿" else total + section * 10**4
            )
            section = Decimal(0)
        else:
            total += (section + digit) * {"元": Decimal(1), "角": Decimal("0.1"), "分": Decimal("0.01")}[letter]
            section = digit = Decimal(0)
    return total


@given(st.decimals(0, 10**12 - 1, places=2))
def test_read_back_it_is_the_amount(amount: Decimal) -> None:
    said = capitals(amount)
    assert read(said) == amount
    assert "零零" not in said


@pytest.mark.parametrize("amount", ["-0.01", "0.001", str(MOST)])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="whole fen"):
        capitals(Decimal(amount))
