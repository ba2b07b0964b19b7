"""What a platform knows and refuses, whatever dialect is spoken to it. All in memory."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

PHOTO_BYTES = 50 * 1024
PHOTO_HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
SKEW = timedelta(minutes=10)
RESIDENT_CARD = "01"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"


class Refusal(Exception):
    """Why something is not taken; the text goes out as a platform would say it."""


@dataclass(frozen=True)
class Row:
    """One object as it came, in one vocabulary. `fields` is what a question for it answers."""

    fields: dict[str, Any]
    person: str = ""
    card_type: str = RESIDENT_CARD
    at: datetime | None = None
    leaving: bool = False
    photo: bytes = b""


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

    `answers` are those that can be asked for again, by the name of their request.
    """

    frozen: datetime | None = None
    apps: dict[str, str] = field(default_factory=dict)
    barred: bool = False
    calls_per_minute: int = 10_000
    later: dict[str, float] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)
    kept: dict[tuple[str, str, tuple[str, ...]], dict[str, Any]] = field(default_factory=dict)
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
        for row in delivery.rows:
            self._check(delivery, row)
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
                known = self.kept.get((delivery.kind, delivery.project, identity))
                number = known["teamSysNo"] if known else f"T{len(self.effects) + 1:06d}"
                row.fields["teamSysNo"] = number
            self.kept[delivery.kind, delivery.project, identity] = row.fields
            if delivery.kind == "entry_exit" and row.at:
                self.moved[delivery.project, row.person] = row.at
            self.effects.append([delivery.kind, "update" if delivery.update else "add", delivery.project, *identity])
        return number

    def find(self, kind: str, project: str) -> list[dict[str, Any]]:
        """What was taken of a kind for a project."""
        return [fields for (known, where, _), fields in self.kept.items() if (known, where) == (kind, project)]

    def _check(self, delivery: Delivery, row: Row) -> None:
        identity = tuple(str(row.fields.get(name, "")) for name in delivery.identity)
        there = (delivery.kind, delivery.project, identity) in self.kept
        if delivery.update and not there:
            raise Refusal("更新的对象不存在")
        self._check_order(delivery, row)
        if row.person and row.card_type == RESIDENT_CARD and not _is_resident_number(row.person):
            raise Refusal("证件号码解密失败或校验位错误")
        if delivery.kind == "worker" and there and not delivery.update:
            raise Refusal(f"工人 {row.fields.get('workerName', row.fields.get('name', ''))} {row.person} 已存在")
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
        if kind == "worker" and not any(one.get("teamSysNo") == delivery.team for one in self.find("team", project)):
            raise Refusal("班组不存在,请先上报班组")
        registered = {one["person"] for one in self.find("worker", project)}
        if row.person and kind != "worker" and row.person not in registered:
            raise Refusal("工人未登记,请先上报工人")


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
