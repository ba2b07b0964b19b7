"""A tower crane from its file to the hand-over on site."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from infra.demo.acts.workers import EXPIRED, VALID
from infra.demo.stage import Stage
from infra.demo.texts import Text

EQUIPMENT = "/equipment/v1"
FLEET, PM = "lessor-fleet", "contractor-pm"
DEVICES = ("moment_limiter", "load_limiter", "hoisting_limit", "luffing_limit", "slewing_limit")


async def play(stage: Stage) -> None:
    """Refused for its bans, mended, listed, found, booked once, handed over to a valid operator only."""
    stage.title(Text("塔吊租赁", "Leasing a tower crane"))
    crane = await _filed(stage)
    listing = await _listed(stage, crane)
    booking = await _booked(stage, listing)
    await _handed_over(stage, booking)
    stage.props |= {"crane": crane, "booking": booking}


async def _filed(stage: Stage) -> str:
    today = stage.props["today"]
    body = {
        "fleet_number": f"TC-{stage.props['code']}",
        "kind": "tower_crane",
        "manufacturer": "OEM-B",
        "model": "QTZ125",
        "serial_number": f"SN-{stage.props['code']}",
        "manufacturing_licence": "TS2410001-2028",
        "factory_date": (today - timedelta(days=5 * 365)).isoformat(),
        "rated_moment": "1250",
    }
    machine = await stage.step(
        FLEET,
        Text("塔吊建档(缺合格证与监检证明)", "files a tower crane (two papers are missing)"),
        "POST",
        f"{EQUIPMENT}/machines",
        json=body,
        expect=201,
        result=lambda made: str(made["fleet_number"]),
    )
    path = f"{EQUIPMENT}/machines/{machine['id']}"
    registration = {
        "number": f"粤BA-{stage.props['code']}",
        "authority": "深圳市住房和建设局",
        "registered_on": (today - timedelta(days=1000)).isoformat(),
    }
    await stage.step(
        FLEET, Text("备案", "registers it with the authority"), "POST", f"{path}:register", json=registration
    )
    await _inspect(
        stage, path, today - timedelta(days=400), Text("录入已过期的检测", "records an inspection that has expired")
    )
    devices = {"checked_on": today.isoformat(), "devices": dict.fromkeys(DEVICES, "working")}
    await stage.step(
        FLEET, Text("核查安全装置", "checks the safety devices"), "POST", f"{path}:check-devices", json=devices
    )
    return str(machine["id"])


async def _inspect(stage: Stage, path: str, on: Any, what: Text) -> None:
    body = {
        "inspected_on": on.isoformat(),
        "valid_to": (on + timedelta(days=365)).isoformat(),
        "verdict": "passed",
        "agency": "深圳市特种设备检验院",
        "report": f"JC-{on:%Y%m%d}",
    }
    await stage.step(FLEET, what, "POST", f"{path}:inspect", json=body)


async def _listed(stage: Stage, crane: str) -> dict[str, Any]:
    body = {"machine_id": crane, "district": "pingshan", "monthly_rent": "36000.00", "daily_rent": "1500.00"}
    listing = await stage.step(
        FLEET, Text("起草挂牌", "drafts a listing"), "POST", f"{EQUIPMENT}/listings", json=body, expect=201
    )
    publish = f"{EQUIPMENT}/listings/{listing['id']}:publish"
    refused = await stage.step(FLEET, Text("挂牌", "publishes it"), "POST", publish, expect=409, code="MACHINE_BANNED")
    for fault in refused["errors"]:
        stage.note(f"✗ {fault['code']} {fault['details'][stage.language]}")
    stage.props["bans"] = [fault["code"] for fault in refused["errors"]]
    await _mended(stage, crane)
    await stage.step(
        FLEET, Text("再次挂牌", "publishes it again"), "POST", publish, result=lambda one: str(one["state"])
    )
    return await _found(stage, listing["id"])


async def _mended(stage: Stage, crane: str) -> None:
    path = f"{EQUIPMENT}/machines/{crane}"
    machine = await stage.call(FLEET, "GET", path)
    papers = {"product_certificate": "HGZ-0001", "supervision_proof": "JJ-0001"}
    await stage.step(
        FLEET,
        Text("补齐技术档案", "completes the technical file"),
        "PATCH",
        path,
        json=papers,
        headers={"If-Match": machine.headers["ETag"]},
    )
    today = stage.props["today"]
    await _inspect(stage, path, today - timedelta(days=90), Text("录入有效检测", "records a valid inspection"))


async def _found(stage: Stage, listing: str) -> dict[str, Any]:
    today = stage.props["today"]
    window = {
        "kind": "tower_crane",
        "district": "pingshan",
        "free_from": today.isoformat(),
        "free_to": (today + timedelta(days=90)).isoformat(),
        "rent_basis": "month",
        "max_rent": "40000.00",
    }
    found = await stage.step(
        PM,
        Text("按类别、区、时段、价格搜索", "searches by kind, district, window and price"),
        "GET",
        f"{EQUIPMENT}/listings",
        params=window,
        result=lambda page: f"{len(page['items'])}",
    )
    return next(one for one in found["items"] if one["id"] == listing)


async def _booked(stage: Stage, listing: dict[str, Any]) -> str:
    today = stage.props["today"]
    body = {
        "listing_id": listing["id"],
        "project_id": stage.props["project"],
        "first_day": (today - timedelta(days=6)).isoformat(),
        "last_day": (today + timedelta(days=120)).isoformat(),
    }
    held = await stage.step(
        PM,
        Text("预订", "books it"),
        "POST",
        f"{EQUIPMENT}/bookings",
        json=body,
        expect=201,
        result=lambda one: str(one["state"]),
    )
    other = await _second_project(stage)
    overlap = body | {"project_id": other, "first_day": today.isoformat()}
    await stage.step(
        "contractor2-buyer",
        Text("预订重叠时段", "books an overlapping window"),
        "POST",
        f"{EQUIPMENT}/bookings",
        json=overlap,
        expect=409,
        code="MACHINE_NOT_FREE",
    )
    await stage.step(
        FLEET,
        Text("确认预订", "confirms the booking"),
        "POST",
        f"{EQUIPMENT}/bookings/{held['id']}:confirm",
        result=lambda one: str(one["state"]),
    )
    return str(held["id"])


async def _second_project(stage: Stage) -> str:
    today = stage.props["today"]
    since = (today - timedelta(days=30)).isoformat()
    body = {
        "code": f"{stage.props['code']}-B",
        "name_zh": "光明保障房项目",
        "investment_kind": "state_owned",
        "building_type": "affordable_housing",
        "district": "guangming",
        "planned_start": since,
        "planned_finish": (today + timedelta(days=300)).isoformat(),
        "floor_area": "90000.00",
        "parties": [
            {"organisation_id": stage.id("contractor2"), "role": "general_contractor", "valid_from": since},
            {"organisation_id": stage.id("owner"), "role": "owner", "valid_from": since},
        ],
    }
    made = await stage.step(
        "contractor2-buyer",
        Text("登记另一项目", "registers another project"),
        "POST",
        "/projects/v1/projects",
        json=body,
        expect=201,
        result=lambda one: str(one["code"]),
    )
    await stage.step(
        "contractor2-buyer", Text("开工", "starts it"), "POST", f"/projects/v1/projects/{made['id']}:activate"
    )
    return str(made["id"])


async def _handed_over(stage: Stage, booking: str) -> None:
    workers: dict[int, str] = stage.props["workers"]
    at = (stage.props["now"] - timedelta(days=5)).isoformat()
    path = f"{EQUIPMENT}/bookings/{booking}:hand-over"
    refused = await stage.step(
        FLEET,
        Text("交给证书过期的司机", "hands it to an operator with an expired certificate"),
        "POST",
        path,
        json={"operator_worker_id": workers[EXPIRED]},
        expect=409,
        code="OPERATOR_REFUSED",
    )
    stage.props["operator_refused"] = [fault["code"] for fault in refused["errors"]]
    await stage.step(
        FLEET,
        Text("交给持有效证书的司机", "hands it to an operator with a valid one"),
        "POST",
        path,
        json={"operator_worker_id": workers[VALID], "at": at},
        result=lambda one: str(one["state"]),
    )
