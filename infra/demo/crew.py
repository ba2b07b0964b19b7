"""A crew of twelve in two teams: who they are, the month that they are paid for, and each one's phone.

Everything follows from the play's code, so a test knows whom to look for. Each play has persons of its own: a worker
is sent five codes a day at most, however many projects he is on.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from stdnum.cn import ric

from infra.demo.stage import PATIENCE, DemoError, Json, Stage
from infra.places import CODES

CLERK, CREW = "labour2-clerk", "crew"
SHANGHAI = ZoneInfo("Asia/Shanghai")
SUNDAY = 6
NAMES = (
    *("雷铁生", "覃旺财", "韦秋生", "麦荣发", "关志坚", "邝炳南"),
    *("冼永年", "卓文斌", "阮福来", "庞金水", "詹大勇", "岑阿妹"),
)
TEAM = 6
"""How many are in each of the two teams: steel fixers (钢筋工), then formwork carpenters (模板工)."""
WORK_TYPES = ("020", "050")
RATES = ("320.00", "350.00")
"""CNY for a day, by team."""


@dataclass(frozen=True, slots=True)
class Person:
    """One of the crew, with a right check digit and a phone and card of nobody."""

    external_id: str
    name: str
    number: str
    phone: str
    card: str
    new_card: str
    team: int

    @property
    def numbers(self) -> tuple[str, ...]:
        """What must be nowhere in clear."""
        return self.number, self.phone, self.card, self.new_card


def people(code: str) -> list[Person]:
    """The crew of the play with this code."""
    return [_person(code, index, name) for index, name in enumerate(NAMES)]


def _person(code: str, index: int, name: str) -> Person:
    drawn = int.from_bytes(sha256(f"{code}/{index}".encode()).digest()[:16])
    drawn, days = divmod(drawn, 5000)
    drawn, serial = divmod(drawn, 500)
    drawn, phone = divmod(drawn, 10**8)
    drawn, card = divmod(drawn, 10**10)
    woman = name == NAMES[-1]
    body = f"450102{date(1985, 1, 1) + timedelta(days=days):%Y%m%d}{serial * 2 + (0 if woman else 1):03d}"
    return Person(
        external_id=f"{code}-{index + 1:02d}",
        name=name,
        number=body + ric.calc_check_digit(f"{body}0"),
        phone=f"139{phone:08d}",
        card=f"622202000{card:010d}",
        new_card=f"621700000{card:010d}",
        team=index // TEAM,
    )


def account_number(code: str) -> str:
    """The number of the special wage account of the play with this code, at a bank that does not have it."""
    return f"40000270{int.from_bytes(sha256(code.encode()).digest()[:8]) % 10**11:011d}"


def last_month(today: date) -> date:
    """The first day of the month before: over on every day of the year, and never more than 62 days back, so that its
    swipes are still taken.
    """
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def working_days(month: date) -> list[date]:
    """The crew's days of work in a month: Mondays to Saturdays."""
    days = (month + timedelta(days=count) for count in range(31))
    return [day for day in days if day.month == month.month and day.weekday() != SUNDAY]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant of a day on site."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class Phone:
    """A worker with the link that he was handed: no account, no token."""

    stage: Stage
    person: Person
    link_id: str
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        """Who he is: whoever holds the link."""
        return {"Zhulian-Link": self.secret, "User-Agent": "Mozilla/5.0 (Linux; Android 14)"}

    async def post(self, path: str, body: Any = None) -> Json:
        """A change below /my that must succeed."""
        return await self.stage.ask(None, "POST", f"/labour/v1/my{path}", json=body, headers=self.headers)

    async def get(self, path: str) -> Json:
        """A question below /my that must be answered."""
        return await self.stage.ask(None, "GET", f"/labour/v1/my{path}", headers=self.headers)

    async def read(self, path: str) -> bytes:
        """A paper below /my."""
        return await self.stage.fetch(f"/labour/v1/my{path}", self.headers)

    async def check(self, name: str, code: str) -> Json:
        """Say who he is."""
        said = {"name": name, "id_card_number": self.person.number, "code": code}
        return await self.post("/link:check", said)

    async def open(self) -> Phone:
        """Have a code sent, read it, and pass the identity check."""
        checked = await self.check(self.person.name, await self.code())
        if not checked["passed"]:
            raise DemoError(f"the identity check of {self.person.external_id} was not passed")
        return self

    async def code(self) -> str:
        """Have a code sent and read it from the phone, that is from the folder where the stack's sender puts it."""
        await self.post("/link:send-code")
        message, until = CODES / f"{self.link_id}.json", time.monotonic() + PATIENCE
        while not message.exists():
            if time.monotonic() > until:
                raise DemoError(f"no code came to the phone of {self.person.external_id}")
            await asyncio.sleep(0.05)
        return str(json.loads(message.read_bytes())["code"])


async def scan(stage: Stage, who: str, name: str) -> str:
    """The id of a scan that somebody has uploaded: a paper that was signed by hand."""
    content = f"%PDF-1.7\n% {name} {stage.props['code']}\n%%EOF\n".encode()
    query, kind = {"name": f"{name}.pdf"}, "application/pdf"
    made = await stage.ask(who, "POST", "/labour/v1/files", params=query, data=content, content_type=kind, expect=201)
    return str(made["id"])
