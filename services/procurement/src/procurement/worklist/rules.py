"""What can wait for somebody. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.clock import shanghai_day
from chassis.identity import Principal, Role


class Kind(StrEnum):
    """What waits (待办), named by what is to be done."""

    ORDERS_TO_APPROVE = "orders_to_approve"  # 订单待审批
    ORDERS_TO_CONFIRM = "orders_to_confirm"  # 订单待确认
    CHANGES_TO_APPROVE = "changes_to_approve"  # 订单变更待审批
    CHANGES_TO_ANSWER = "changes_to_answer"  # 订单变更待答复
    AGREEMENTS_TO_SIGN = "agreements_to_sign"  # 合同待签订
    SUPPLEMENTS_TO_SIGN = "supplements_to_sign"  # 补充协议待签订
    STEPS_TO_DECIDE = "steps_to_decide"  # 审批待办
    DELIVERIES_EXPECTED = "deliveries_expected"  # 待到货
    DELIVERIES_TO_ACCEPT = "deliveries_to_accept"  # 到货待验收
    QUESTIONS_TO_ANSWER = "questions_to_answer"  # 澄清待答复
    INQUIRIES_TO_QUOTE = "inquiries_to_quote"  # 询价待报价
    QUOTES_TO_REVIEW = "quotes_to_review"  # 报价待复核(采购方已答复澄清)
    AUCTIONS_TO_BID = "auctions_to_bid"  # 竞价进行中
    AUCTIONS_BEGINNING = "auctions_beginning"  # 竞价即将开始
    SOURCINGS_TO_OPEN = "sourcings_to_open"  # 已截止待开标
    SOURCINGS_TO_AWARD = "sourcings_to_award"  # 待定标
    STATEMENTS_TO_AGREE = "statements_to_agree"  # 对账待确认
    INVOICES_TO_MATCH = "invoices_to_match"  # 发票待匹配
    INVOICES_TO_APPROVE = "invoices_to_approve"  # 发票待审核
    CREDIT_NOTES_DUE = "credit_notes_due"  # 红字发票待开
    PAYABLES_DUE = "payables_due"  # 即将到期应付
    PAYABLES_OVERDUE = "payables_overdue"  # 逾期应付
    PAYMENTS_TO_APPROVE = "payments_to_approve"  # 付款待审批
    PAYMENTS_TO_EXPORT = "payments_to_export"  # 付款待导出
    LICENCES_EXPIRING = "licences_expiring"  # 资质即将到期
    GUARANTEES_EXPIRING = "guarantees_expiring"  # 保函即将到期


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a kind wait."""

    kind: Kind
    count: int


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits since an instant; `due_on` is a day in Asia/Shanghai, `due_at` the instant where there is
    one. `link` is the path of the resource."""

    kind: Kind
    id: UUID
    title: str
    link: str
    since: datetime
    due_on: date | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks and when; as which roles they may decide steps, and how many days before its end a licence waits."""

    principal: Principal
    now: datetime
    deciding: frozenset[Role]
    warning_days: int

    @property
    def me(self) -> UUID:
        """The caller's organisation."""
        return self.principal.organisation_id

    @property
    def today(self) -> date:
        """In Asia/Shanghai."""
        return shanghai_day(self.now)


SOON = timedelta(days=7)
"""As the first warning of a payable."""

NEVER = date(9999, 1, 1)

API = "/procurement/v1"
