"""What stands before a purchase: published prices, supplier files with bank accounts, payment terms."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from infra.demo import tables
from infra.demo.acts.project import DATA
from infra.demo.cast import NAMES
from infra.demo.stage import Stage
from infra.demo.texts import Text

REGION = "440300"
BAR = "01090201"
BUYER, APPROVER, ACCOUNTANT = "contractor-buyer", "contractor-approver", "contractor-accountant"
SUPPLIERS = {
    "supplier": "44201503300052512301",
    "supplier2": "44201503300052512302",
    "supplier3": "44201503300052512303",
}
"""Who is invited, with a made-up bank account each."""

SUPPLIER_FILES = "/procurement/v1/suppliers"
TERMS = "/procurement/v1/payment-terms"


async def play(stage: Stage) -> None:
    """Each of it is done once; a later play finds it."""
    stage.title(Text("信息价、供应商档案与付款条件", "Published prices, supplier files, payment terms"))
    this_month = stage.props["today"].replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    for number, month in enumerate((last_month, this_month), start=1):
        await _published(stage, number, month)
    await _trend(stage, last_month, this_month)
    for key, account in SUPPLIERS.items():
        await _on_file(stage, key, account)
    await _terms(stage)


async def _published(stage: Stage, number: int, month: date) -> None:
    path = "/procurement/v1/price-publications"
    asked = {"region": REGION, "month": f"{month:%Y-%m}"}
    known = await stage.call("operator", "GET", path, params=asked)
    if known.body["items"]:
        return
    await stage.step(
        "operator",
        Text(f"发布 {month:%Y-%m} 信息价(演示样例)", f"publishes the prices of {month:%Y-%m} (invented samples)"),
        "POST",
        path,
        params=asked | {"source": "演示样例:虚构价格 / sample: invented prices"},
        data=(DATA / f"prices-{number}.csv").read_bytes(),
        content_type="text/csv",
        result=lambda body: f"✓{body['taken']} ✗{body['refused']}",
    )


async def _trend(stage: Stage, first: date, last: date) -> None:
    trend = await stage.step(
        BUYER,
        Text(f"查询 {BAR} 的价格走势", f"asks for the price trend of {BAR}"),
        "GET",
        "/procurement/v1/price-trend",
        params={"material_code": BAR, "region": REGION, "first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}"},
    )
    stage.props["trend"] = [one["published"]["with_tax"] for one in trend["months"]]
    tables.table(
        stage,
        Text(f"价格走势 {BAR} (CNY/t,含税)", f"Price trend of {BAR} (CNY/t with tax)"),
        (Text("月份", "month"), Text("信息价", "published"), Text("成交中位数", "median paid"), Text("来源", "source")),
        [
            (
                one["month"],
                f"{Decimal(one['published']['with_tax']):.2f}",
                one["paid"]["median"] if one["paid"] else Text("不足5笔", "below 5 deals").say(stage.language),
                one["published"]["source"],
            )
            for one in trend["months"]
        ],
    )


async def _on_file(stage: Stage, key: str, account: str) -> None:
    """Invited by its code, joined by the link that works once, paid to an account that is shown masked."""
    supplier = stage.organisations[key]
    known = await stage.call(BUYER, "GET", SUPPLIER_FILES, params={"supplier_id": supplier["id"]})
    if known.body["items"]:
        return
    body = {
        "uscc": supplier["uscc"],
        "name_zh": supplier["name"],
        "small_firm": True,
        "kinds": ["0109"],
        "contacts": [{"name": "销售部", "phone": "0755-26543210"}],
    }
    invited = await stage.step(
        BUYER,
        Text(f"建档并邀请 {NAMES[key].zh}", f"opens a file and invites {NAMES[key].en}"),
        "POST",
        SUPPLIER_FILES,
        json=body,
        expect=201,
        result=lambda one: str(one["state"]),
    )
    joined = await stage.step(
        f"{key}-sales",
        Text("凭一次性链接加入", "joins by the link that works once"),
        "POST",
        "/procurement/v1/supplier-invitations:redeem",
        json={"token": invited["link_path"].partition("#")[2]},
        result=lambda one: str(one["state"]),
    )
    await stage.step(
        BUYER,
        Text("登记其银行账户", "puts its bank account on record"),
        "PUT",
        f"{SUPPLIER_FILES}/{invited['id']}/bank-account",
        json={"holder": supplier["name"], "bank": "中国建设银行深圳坪山支行", "number": account},
        headers={"If-Match": f'"{joined["version"]}"'},
        result=lambda one: str(one["account_number_masked"]),
    )


async def _terms(stage: Stage) -> None:
    """The contract says 90 days after the month's end: later than the law allows towards a small firm."""
    if (await stage.call(ACCOUNTANT, "GET", TERMS)).body["items"]:
        return
    terms: dict[str, Any] = {
        "rule": "after_month_end",
        "days": 90,
        "buyer_kind": "large_firm",
        "small_firm": True,
        "retention_percent": "3.00",
        "retention_months": 24,
        "valid_from": stage.props["today"].isoformat(),
        "source": "采购合同范本 2026 第七条:月结 90 天,质保金 3%",
    }
    await stage.step(
        APPROVER,
        Text("设定付款条件", "sets the payment terms"),
        "POST",
        TERMS,
        json=terms,
        expect=201,
        result=lambda one: str(one["source"]),
    )
