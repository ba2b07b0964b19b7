"""A buyer and a supplier that have not met yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.clock import FrozenClock
from chassis.identity import Kind, Principal, Role
from tests.harness import NOON, Harness, Organisation, key, organisation

PATH = "/procurement/v1/suppliers"
REDEEM = "/procurement/v1/supplier-invitations:redeem"
STANDINGS = "/procurement/v1/supplier-standings"
POLICIES = "/procurement/v1/supplier-policies"
ACCOUNT = {"holder": "宝钢商贸", "bank": "建设银行福田支行", "number": "44201503300052512345"}


def content(**changes: Any) -> dict[str, Any]:
    """What a buyer writes about a supplier."""
    return {
        "name_zh": "深圳市宝钢商贸有限公司",
        "name_en": "Bao Steel Trading",
        "small_firm": True,
        "kinds": ["01", "0401"],
        "contacts": [{"name": "李梅", "duty": "销售经理", "phone": "0755-26543210"}],
        "note": "关系户,谨慎",
    } | changes


def licence(**changes: Any) -> dict[str, Any]:
    """An obligatory licence in force."""
    return {
        "kind": "business_licence",
        "number": "L-1",
        "issuer": "深圳市市场监督管理局",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
        "obligatory": True,
    } | changes


@dataclass
class Dealing:
    """A buyer, a supplier, and the calls that both make."""

    harness: Harness
    contractor: Organisation = field(default_factory=lambda: organisation(Kind.CONTRACTOR))
    supplier: Organisation = field(default_factory=lambda: organisation(Kind.SUPPLIER))

    def __post_init__(self) -> None:
        self.buyer = self.contractor.as_(Role.BUYER)
        self.approver = self.contractor.as_(Role.APPROVER)
        self.accountant = self.contractor.as_(Role.ACCOUNTANT)
        self.sales = self.supplier.as_(Role.SALES)

    async def call(self, who: Principal, method: str, path: str, **request: Any) -> httpx.Response:
        """One call; a POST gets a key of its own unless headers are given."""
        request.setdefault("headers", key() if method == "POST" else {})
        async with self.harness.client(who) as client:
            return await client.request(method, path, **request)

    async def good(self, who: Principal, method: str, path: str, **request: Any) -> dict[str, Any]:
        """A call that has to succeed; its answer."""
        answer = await self.call(who, method, path, **request)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def invited(self, **changes: Any) -> tuple[UUID, str]:
        """A file with an open invitation, and its token."""
        body = content(uscc=self.supplier.uscc) | changes
        made = await self.good(self.buyer, "POST", PATH, json=body)
        return UUID(made["id"]), made["link_path"].partition("#")[2]

    async def redeem(self, token: str, who: Principal | None = None) -> httpx.Response:
        """The supplier (or somebody else) takes a link."""
        return await self.call(who or self.sales, "POST", REDEEM, json={"token": token})

    async def joined(self, **changes: Any) -> UUID:
        """An active file."""
        file_id, token = await self.invited(**changes)
        answer = await self.redeem(token)
        assert answer.status_code == 200, answer.text
        return file_id

    async def licensed(self, supplier_file_id: UUID, /, **changes: Any) -> dict[str, Any]:
        """A licence on record."""
        return await self.good(self.buyer, "POST", f"{PATH}/{supplier_file_id}/licences", json=licence(**changes))

    async def bar(self, file_id: UUID, verb: str = "suspend", until: str = "2026-12-31") -> dict[str, Any]:
        """Suspended or blacklisted."""
        body = {"reason": "三批复检不合格", "until": until}
        return await self.good(self.approver, "POST", f"{PATH}/{file_id}:{verb}", json=body)

    async def with_account(self, file_id: UUID, **changes: Any) -> dict[str, Any]:
        """The account on record, over whatever version stands."""
        found = await self.good(self.buyer, "GET", f"{PATH}/{file_id}")
        headers = {"If-Match": f'"{found["version"]}"'}
        path = f"{PATH}/{file_id}/bank-account"
        return await self.good(self.buyer, "PUT", path, json=ACCOUNT | changes, headers=headers)

    async def listed(self, **filters: Any) -> list[str]:
        """The ids of the buyer's files that these filters leave."""
        found = await self.good(self.buyer, "GET", PATH, params=filters)
        return [item["id"] for item in found["items"]]


@pytest.fixture
def dealing(procurement: Harness) -> Dealing:
    """Two organisations of this test's own."""
    return Dealing(procurement)


@pytest.fixture
def clock(procurement: Harness) -> Iterator[FrozenClock]:
    """The service's clock; it is noon again afterwards."""
    yield procurement.clock
    procurement.clock.advance(NOON - procurement.clock.now())
