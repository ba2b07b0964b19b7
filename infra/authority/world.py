"""What a platform knows and refuses, whatever dialect is spoken to it. All in memory."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
PHOTO_BYTES = 50 * 1024
PHOTO_HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
SKEW = timedelta(minutes=10)
RESIDENT_CARD = "01"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
AMOUNT = re.compile(r"\d+\.\d{2}")
DAY_HOURS = 24
IN_A_TEAM = ("worker", "entry_exit", "attendance", "payroll")


class Refusal(Exception):
    """Why something is not taken; the text goes out as a platform would say it."""


@dataclass(frozen=True)
class Pay:
    """A line of a payroll as it came; `back_month` is empty unless wages of an earlier time are paid."""

    month: str
    days: str
    hours: str
    total: str
    actual: str
    paid_on: str
    paying_card: str
    code: str
    is_back_pay: bool
    back_month: str


@dataclass(frozen=True)
class Row:
    """One object as it came, in one vocabulary. `fields` is what a question for it answers."""

    fields: dict[str, Any]
    person: str = ""
    card_type: str = RESIDENT_CARD
    at: datetime | None = None
    leaving: bool = False
    photo: bytes = b""
    pay: Pay | None = None


@dataclass(frozen=True)
class Delivery:
    """Objects of a kind and what they belong to."""

    kind: str
    update: bool
    project: str
    company: str
    team: str
    identity: tuple[str, ...]
    rows: tuple[Row, ...]


class Keeper(Protocol):
    """Keeps what was taken for the next start."""

    def delivery(self, taken: Delivery) -> None:
        """Before it is answered."""

    def answer(self, name: str, said: dict[str, Any]) -> None:
        """Under the name by which it can be asked for."""


@dataclass
class World:
    """The state of a platform. `now` stands still once it is set, and is the machine's time before that.

    `kept` is what was taken, by kind and project; `batch` how many of a kind go at once, else one. `answers` are those
    that can be asked for again, by the name of their request.
    """

    frozen: datetime | None = None
    apps: dict[str, str] = field(default_factory=dict)
    barred: bool = False
    calls_per_minute: int = 10_000
    later: dict[str, float] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)
    kept: dict[tuple[str, str], dict[tuple[str, ...], dict[str, Any]]] = field(default_factory=dict)
    batch: Mapping[str, int] = field(default_factory=dict)
    moved: dict[tuple[str, str], datetime] = field(default_factory=dict)
    effects: list[list[str]] = field(default_factory=list)
    calls: list[list[str]] = field(default_factory=list)
    times: deque[datetime] = field(default_factory=deque)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    keeper: Keeper | None = None

    @property
    def now(self) -> datetime:
        """The platform's clock."""
        return self.frozen or datetime.now(UTC)

    def too_many(self) -> bool:
        """Whether one more call within the minute is more than is admitted."""
        while self.times and self.times[0] <= self.now - timedelta(minutes=1):
            self.times.popleft()
        if len(self.times) >= self.calls_per_minute:
            return True
        self.times.append(self.now)
        return False

    def fault(self, method: str, *, after: bool) -> dict[str, Any] | None:
        """The fault that was asked for this call, before or after its effect; each counts down."""
        for one in self.faults:
            if one["after"] == after and one["left"] > 0 and one["method"] in ("", method):
                one["left"] -= 1
                return one
        return None

    def take(self, delivery: Delivery) -> str:
        """Take objects in, all or none; answers the number of a team. Refusal names what is wrong."""
        most = self.batch.get(delivery.kind, 1)
        if len(delivery.rows) > most:
            raise Refusal(f"单次上报不得超过{most}条")
        teams = {one.get("teamSysNo") for one in self.find("team", delivery.project)}
        for row in delivery.rows:
            self._check(delivery, row)
            if delivery.kind in IN_A_TEAM and delivery.team not in teams:
                raise Refusal("班组不存在,请先上报班组")
        if self.keeper is not None:
            self.keeper.delivery(delivery)
        return self.keep(delivery)

    def answered(self, name: str, said: dict[str, Any]) -> None:
        """An answer that can be asked for again."""
        self.answers[name] = said
        if self.keeper is not None:
            self.keeper.answer(name, said)

    def keep(self, delivery: Delivery) -> str:
        """Keep objects that have been checked; answers the number of a team."""
        number = ""
        for row in delivery.rows:
            identity = tuple(str(row.fields[name]) for name in delivery.identity)
            if delivery.kind == "team":
                known = self._of(delivery).get(identity)
                number = known["teamSysNo"] if known else f"T{len(self.effects) + 1:06d}"
                row.fields["teamSysNo"] = number
            self._of(delivery)[identity] = row.fields
            if delivery.kind == "entry_exit" and row.at:
                self.moved[delivery.project, row.person] = row.at
            self.effects.append([delivery.kind, "update" if delivery.update else "add", delivery.project, *identity])
        return number

    def find(self, kind: str, project: str) -> list[dict[str, Any]]:
        """What was taken of a kind for a project."""
        return list(self.kept.get((kind, project), {}).values())

    def _of(self, delivery: Delivery) -> dict[tuple[str, ...], dict[str, Any]]:
        return self.kept.setdefault((delivery.kind, delivery.project), {})

    def _check(self, delivery: Delivery, row: Row) -> None:
        identity = tuple(str(row.fields.get(name, "")) for name in delivery.identity)
        there = identity in self._of(delivery)
        if delivery.update and not there:
            raise Refusal("更新的对象不存在")
        self._check_order(delivery, row)
        if row.person and row.card_type == RESIDENT_CARD and not _is_resident_number(row.person):
            raise Refusal("证件号码解密失败或校验位错误")
        if delivery.kind == "worker" and there and not delivery.update:
            raise Refusal(f"工人 {row.fields.get('workerName', row.fields.get('name', ''))} {row.person} 已存在")
        if row.pay:
            if there and not delivery.update:
                raise Refusal(f"工资单 {row.pay.code} 已存在")
            _check_pay(row.pay, self.now.astimezone(SHANGHAI).date())
        if row.at and row.at > self.now + SKEW:
            raise Refusal("日期不能晚于当前时间")
        if delivery.kind == "entry_exit":
            last = self.moved.get((delivery.project, row.person))
            if last and row.at and row.at < last:
                raise Refusal("进退场时间不能早于上一次进退场时间")
        _check_photo(row.photo)

    def _check_order(self, delivery: Delivery, row: Row) -> None:
        kind, project = delivery.kind, delivery.project
        if kind == "team" and not any(
            one.get("corpCode") == delivery.company for one in self.find("subcontractor", project)
        ):
            raise Refusal("参建单位未登记,请先上报参建单位")
        if row.person and kind != "worker" and (row.person,) not in self.kept.get(("worker", project), {}):
            raise Refusal("工人未登记,请先上报工人")


def _check_pay(pay: Pay, today: date) -> None:
    if not MONTH.fullmatch(pay.month):
        raise Refusal("工资月份格式应为 yyyy-MM")
    first = date.fromisoformat(f"{pay.month}-01")
    paid_on = date.fromisoformat(pay.paid_on)
    if first > today or paid_on < first:
        raise Refusal("工资月份不能晚于发放日期")
    if paid_on > today:
        raise Refusal("日期不能晚于当前时间")
    if not AMOUNT.fullmatch(pay.total) or not AMOUNT.fullmatch(pay.actual):
        raise Refusal("金额应保留两位小数且不为负")
    if Decimal(pay.actual) > Decimal(pay.total):
        raise Refusal("实发金额不能大于应发金额")
    days, hours = _quantity(pay.days), _quantity(pay.hours)
    if days > (first.replace(day=28) + timedelta(days=4)).replace(day=1).toordinal() - first.toordinal():
        raise Refusal("出勤天数不能超过当月天数")
    if hours > DAY_HOURS * (days or DAY_HOURS):
        raise Refusal("工时与出勤天数不符")
    if not pay.paying_card or not pay.code:
        raise Refusal("代发账户与工资单编号不能为空")
    if pay.is_back_pay != bool(pay.back_month):
        raise Refusal("补发工资应填写补发月份")


def _quantity(text: str) -> Decimal:
    try:
        given = Decimal(text)
    except InvalidOperation:
        given = Decimal(-1)
    if given < 0:
        raise Refusal("出勤天数与工时应为非负数")
    return given


def _check_photo(photo: bytes) -> None:
    if len(photo) > PHOTO_BYTES:
        raise Refusal("照片不得超过50KB")
    if photo and not photo.startswith(PHOTO_HEADS):
        raise Refusal("照片须为 jpg、jpeg 或 png")


def _is_resident_number(number: str) -> bool:
    if len(number) != len(WEIGHTS) + 1 or not number[:-1].isdigit():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return CHECK[total % 11] == number[-1]
