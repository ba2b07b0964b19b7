"""200 workers in one batch, coded with the national tables; assignment through the gates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from stdnum.cn import ric

from infra.demo.stage import Stage
from infra.demo.texts import Text

CLERK = "labour-clerk"
COUNT = 200
UNTRAINED, TOO_OLD, EXPIRED, VALID = 10, 11, 12, 13
BAD_DIGIT, UNKNOWN_CODE, NO_NAME = 50, 120, 199
TRADES = ("020", "030", "040", "050", "010")


def identity_number(serial: int, born: date) -> str:
    """A made-up resident identity number of Luohu with a right check digit (GB 11643)."""
    body = f"440303{born:%Y%m%d}{serial % 500 * 2 + 1:03d}"
    return body + ric.calc_check_digit(f"{body}0")  # it leaves the last place out of its sum


def worker(index: int, today: date) -> dict[str, Any]:
    """Row `index` of the batch."""
    born = date(1958 if index == TOO_OLD else 1975 + index % 25, 1 + index % 12, 1 + index % 28)
    trained = None if index == UNTRAINED else (today - timedelta(days=60)).isoformat()
    row: dict[str, Any] = {
        "external_id": f"ZG-{index:04d}",
        "name": f"演示工人{index:03d}",
        "id_card_type": "01",
        "id_card_number": identity_number(index, born),
        "work_type": "080" if index in (EXPIRED, VALID) else TRADES[index % 5 if index % 5 != 1 else 0],
        "work_role": "20",
        "nation": "汉族",
        "address": "广东省深圳市坪山区",
        "cell_phone": f"138{index:08d}",
        "grant_org": "深圳市公安局坪山分局",
        "payroll_bank_card_number": f"62220202001{index:08d}",
        "payroll_bank_code": "102",
        "consents": [
            {
                "purpose": "bank_account",
                "text_version": "2026-1",
                "given_on": (today - timedelta(days=90)).isoformat(),
            }
        ],
        "agreement": {
            "kind": "labour_contract",
            "number": f"LD-{index:04d}",
            "valid_from": (today - timedelta(days=90)).isoformat(),
            "valid_to": (today + timedelta(days=300)).isoformat(),
        },
    }
    if trained:
        row["training"] = {"trained_on": trained, "hours": "50.00", "course": "三级安全教育"}
    return _certified(_spoiled(row, index), index, today)


def _certified(row: dict[str, Any], index: int, today: date) -> dict[str, Any]:
    """Two of them operate cranes: one certificate has expired."""
    if index in (EXPIRED, VALID):
        ends = today + timedelta(days=-30 if index == EXPIRED else 300)
        row["certificates"] = [
            {
                "number": f"T4403{index:06d}",
                "trade": "建筑起重机械司机",
                "valid_from": (ends - timedelta(days=730)).isoformat(),
                "valid_to": ends.isoformat(),
            }
        ]
    return row


def _spoiled(row: dict[str, Any], index: int) -> dict[str, Any]:
    """Three of them are wrong."""
    if index == BAD_DIGIT:
        row["id_card_number"] = row["id_card_number"][:-1] + ("0" if row["id_card_number"][-1] != "0" else "1")
    if index == UNKNOWN_CODE:
        row["work_type"] = "260"
    if index == NO_NAME:
        row["name"] = ""
    return row


async def play(stage: Stage) -> None:
    """197 are in, 195 of them go to the project; two are kept out at the gates."""
    stage.title(Text("工人实名登记与进场", "Workers: real-name registration and entry"))
    rows = [worker(index, stage.props["today"]) for index in range(COUNT)]
    report = await stage.step(
        CLERK,
        Text("批量登记 200 名工人", "registers 200 workers in one batch"),
        "POST",
        "/labour/v1/workers:batch",
        json={"workers": rows},
        result=lambda body: f"+{body['created']} ~{body['updated']} ={body['unchanged']} ✗{body['refused']}",
    )
    for row in report["results"]:
        for fault in row["errors"]:
            stage.note(f"✗ {row['row']} {fault['pointer']} {fault['details'][stage.language]}")
    workers = {row["row"]: row["id"] for row in report["results"] if row["status"] != "refused"}
    stage.props |= {"workers": workers, "batch": report}
    entered = (stage.props["now"] - timedelta(days=60)).isoformat()
    body = {
        "project_id": stage.props["project"],
        "enter_at": entered,
        "workers": [{"worker_id": one} for one in workers.values()],
    }

    async def assign() -> Any:
        """labour learns of the project through NATS; until then there is none."""
        answer = await stage.call(CLERK, "POST", "/labour/v1/assignments:batch", json=body)
        return answer if answer.status == 200 else None

    answer = await stage.until(
        Text("项目经 NATS 到达劳务服务,批量进场", "the project reaches labour through NATS; the batch enters"),
        assign,
        lambda found: f"+{found.body['created']} ✗{found.body['refused']}",
    )
    for row in answer.body["results"]:
        for fault in row["errors"]:
            stage.note(f"✗ {row['row']} {fault['code']} {fault['details'][stage.language]}")
    assigned = [one["id"] for one in answer.body["results"] if one["status"] != "refused"]
    stage.props |= {"assigned": len(assigned), "assignments": answer.body}
