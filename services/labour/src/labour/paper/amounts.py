"""Amounts in Chinese capitals (大写金额), which nobody alters with a pen. Pure.

Source: 支付结算办法 (银发〔1997〕393号), 附件一《正确填写票据和结算凭证的基本规定》.
"""

from __future__ import annotations

from decimal import Decimal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
MOST = Decimal(10) ** 16


def capitals(amount: Decimal) -> str:
    """An amount of yuan in capitals, to the fen: `Decimal("16409.02")` → `壹万陆仟肆佰零玖元零贰分`.

    ValueError for what is negative, has parts of a fen, or has more than 16 digits before the point.
    """
    fen = amount * 100
    if amount < 0 or amount >= MOST or fen != int(fen):
        raise ValueError("an amount in capitals is of whole fen, not negative, below 10^16 yuan")
    yuan, rest = divmod(int(fen), 100)
    jiao, last = divmod(rest, 10)
    said = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        said += f"{_DIGITS[jiao]}角"
    elif last and said:
        said += "零"
    if last:
        return f"{said}{_DIGITS[last]}分"
    return f"{said or '零元'}整"


def _whole(number: int) -> str:
    """A number in groups of four digits; zeros between digits are said once, those at the end not at all."""
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    said, gap = "", False
    for place in reversed(range(len(groups))):
        group = groups[place]
        if not group:
            gap = True
            continue
        said += "零" if said and (gap or group < 1_000) else ""
        said += _group(group) + _GROUPS[place]
        gap = group % 10 == 0
    return said


def _group(number: int) -> str:
    """Up to four digits, without zeros at either end."""
    said, gap = "", False
    for place, digit in zip((3, 2, 1, 0), f"{number:04}", strict=True):
        if digit == "0":
            gap = bool(said)
            continue
        said += ("零" if gap else "") + _DIGITS[int(digit)] + _PLACES[place]
        gap = False
    return said
