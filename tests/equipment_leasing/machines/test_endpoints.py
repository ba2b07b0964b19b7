"""The REST door of machines."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.equipment_leasing.conftest import BASE, DEVICES, Yard, crane, inspection
from tests.harness import Harness, key, organisation

PATH = f"{BASE}/machines"


async def test_post_says_what_get_says(yard: Yard, equipment: Harness) -> None:
    async with equipment.client(yard.manager) as client:
        made = await client.post(PATH, json=crane(), headers=key())
        found = await client.get(f"{PATH}/{made.json()['id']}")
    assert made.status_code == 201, made.text
    assert made.json() == found.json()
    assert made.headers["etag"] == found.headers["etag"] == '"1"'
    assert made.json()["rated_moment"] == "1250.000000"


async def test_an_incomplete_file_is_mended_step_by_step(yard: Yard, equipment: Harness) -> None:
    """The clearance names every ban that applies, with the rule; each verb takes one away; all is audited."""
    machine_id = await yard.machine(supervision_proof=None)
    path = f"/machines/{machine_id}"
    found = (await yard.get(yard.manager, f"{path}/clearance")).json()
    assert found["clear"] is False
    assert [ban["code"] for ban in found["bans"]] == [
        "INSPECTION_MISSING",
        "TECHNICAL_FILE_INCOMPLETE",
        "SAFETY_DEVICE_MISSING",
        "NOT_REGISTERED",
    ]
    assert found["bans"][1]["items"] == ["supervision_proof"]
    assert "第166号" in found["bans"][1]["source"]
    async with equipment.client(yard.manager) as client:
        patched = await client.patch(f"{BASE}{path}", json={"supervision_proof": "JJ-1"}, headers={"If-Match": '"1"'})
    assert patched.status_code == 200, patched.text
    registration = {"number": f"粤B-{machine_id.hex[-6:]}", "authority": "市住建局", "registered_on": "2026-11-01"}
    await yard.post(yard.manager, f"{path}:register", registration)
    await yard.post(yard.manager, f"{path}:inspect", inspection(valid_to="2026-11-30"))
    done = await yard.post(yard.manager, f"{path}:check-devices", DEVICES)
    assert done["version"] == 5
    assert (await yard.get(yard.manager, f"{path}/clearance")).json()["clear"] is True
    later = (await yard.get(yard.manager, f"{path}/clearance", on="2026-12-01")).json()
    assert [ban["code"] for ban in later["bans"]] == ["INSPECTION_EXPIRED"]
    assert await equipment.audited(machine_id) == [
        "machines.file",
        "machines.update",
        "machines.register",
        "machines.inspect",
        "machines.check-devices",
    ]


async def test_an_assessment_lengthens_the_service_life(yard: Yard) -> None:
    machine_id = await yard.clear_machine(factory_date="2006-01-01")
    path = f"/machines/{machine_id}"
    before = (await yard.get(yard.manager, f"{path}/clearance")).json()
    assert [ban["code"] for ban in before["bans"]] == ["PAST_SERVICE_LIFE"]
    assessment = {"assessed_on": "2026-11-20", "valid_to": "2027-11-19", "verdict": "passed", "agency": "检验院"}
    await yard.post(yard.manager, f"{path}:assess", assessment)
    assert (await yard.get(yard.manager, f"{path}/clearance")).json()["clear"] is True


async def test_devices_that_are_not_named_keep_their_state(yard: Yard) -> None:
    machine_id = await yard.clear_machine()
    broken = {"checked_on": "2026-11-20", "devices": {"load_limiter": "broken"}}
    found = await yard.post(yard.manager, f"/machines/{machine_id}:check-devices", broken)
    assert found["safety_devices"] == {**DEVICES["devices"], "load_limiter": "broken"}  # type: ignore[dict-item]


REGISTRATION = {"number": "X", "authority": "A", "registered_on": "2026-11-01"}
REFUSED: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("registered twice", ":register", REGISTRATION, 409, "ALREADY_REGISTERED"),
    ("older inspection", ":inspect", inspection(inspected_on="2026-08-31"), 409, "OLDER_THAN_KNOWN"),
    ("future inspection", ":inspect", inspection(inspected_on="2026-11-24"), 422, "IN_THE_FUTURE"),
    ("backwards", ":inspect", inspection(valid_to="2026-08-01"), 422, "DATES_BACKWARDS"),
    ("unknown device", ":check-devices", {**DEVICES, "devices": {"airbag": "working"}}, 422, "UNKNOWN_CODE"),
    ("number for a day", ":inspect", inspection(inspected_on=20_260_901), 422, "DATE_STRING"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "verb", "body", "status", "code"), REFUSED, ids=[case[0] for case in REFUSED])
async def test_a_refused_verb_changes_nothing(
    yard: Yard, equipment: Harness, name: str, verb: str, body: dict[str, Any], status: int, code: str
) -> None:
    machine_id = await yard.clear_machine()
    before = await equipment.checksum()
    answer = await yard.post(yard.manager, f"/machines/{machine_id}{verb}", body, status=status)
    assert code in {answer["code"], *(fault["code"] for fault in answer["errors"])}
    assert await equipment.checksum() == before


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("unknown kind", {"kind": "catapult"}, "/kind", "UNKNOWN_CODE"),
    ("float moment", {"rated_moment": 1250.5}, "/rated_moment", "DECIMAL_STRING"),
    ("negative moment", {"rated_moment": "-1"}, "/rated_moment", "OUT_OF_RANGE"),
    ("zero moment", {"rated_moment": "0"}, "/rated_moment", "OUT_OF_RANGE"),
    ("over-precise moment", {"rated_moment": "1.0000001"}, "/rated_moment", "TOO_PRECISE"),
    ("NUL", {"model": "Q\x00"}, "/model", "CONTROL_CHARACTER"),
    ("future", {"factory_date": "2026-11-24"}, "/factory_date", "IN_THE_FUTURE"),
    ("ancient", {"factory_date": "0001-01-01"}, "/factory_date", "DATE_OUT_OF_RANGE"),
    ("no date", {"factory_date": "2026-02-30"}, "/factory_date", "DATE_FROM_DATETIME_PARSING"),
    ("another's lessor", {"lessor_id": str(new_id())}, "/lessor_id", "EXTRA_FORBIDDEN"),
]


@pytest.mark.parametrize(("name", "change", "pointer", "code"), BAD, ids=[case[0] for case in BAD])
async def test_bad_input_changes_nothing(
    yard: Yard, equipment: Harness, name: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    before = await equipment.checksum()
    answer = await yard.post(yard.manager, "/machines", crane(**change), status=422)
    assert [(fault["pointer"], fault["code"]) for fault in answer["errors"]] == [(pointer, code)]
    assert await equipment.checksum() == before


async def test_numbers_are_unique_within_the_lessor_only(yard: Yard, equipment: Harness) -> None:
    """Another lessor may use the same number and learns nothing of ours."""
    await yard.machine(fleet_number="TC-1")
    before = await equipment.checksum()
    refused = await yard.post(yard.manager, "/machines", crane(fleet_number="TC-1"), status=409)
    assert refused["code"] == "FLEET_NUMBER_TAKEN"
    assert await equipment.checksum() == before
    await yard.post(
        organisation(Kind.LESSOR).as_(Role.FLEET_MANAGER), "/machines", crane(fleet_number="TC-1"), status=201
    )
    one, two = await yard.machine(), await yard.machine()
    registration = {"number": "粤B-1", "authority": "市住建局", "registered_on": "2026-11-01"}
    await yard.post(yard.manager, f"/machines/{one}:register", registration)
    taken = await yard.post(yard.manager, f"/machines/{two}:register", registration, status=409)
    assert taken["code"] == "REGISTRATION_NUMBER_TAKEN"


async def test_a_serial_number_may_stand_twice(yard: Yard) -> None:
    await yard.machine(serial_number="1")
    await yard.machine(serial_number="1")


async def test_changing_needs_the_version(yard: Yard, equipment: Harness) -> None:
    machine_id = await yard.machine()
    before = await equipment.checksum()
    async with equipment.client(yard.manager) as client:
        none = await client.patch(f"{PATH}/{machine_id}", json={"pin": "P"})
        stale = await client.patch(f"{PATH}/{machine_id}", json={"pin": "P"}, headers={"If-Match": '"7"'})
        empty = await client.patch(f"{PATH}/{machine_id}", json={}, headers={"If-Match": '"1"'})
        assert await equipment.checksum() == before
        right = await client.patch(f"{PATH}/{machine_id}", json={"pin": "P"}, headers={"If-Match": '"1"'})
        out = await client.patch(f"{PATH}/{machine_id}", json={"pin": None}, headers={"If-Match": '"2"'})
    assert (none.status_code, none.json()["code"]) == (400, "IF_MATCH_MISSING")
    assert (stale.status_code, stale.json()["code"]) == (412, "VERSION_MISMATCH")
    assert (empty.status_code, empty.json()["errors"][0]["code"]) == (422, "NOTHING_TO_CHANGE")
    assert (right.json()["pin"], right.json()["version"], out.json()["pin"]) == ("P", 2, None)


async def test_who_sees_a_machine(yard: Yard) -> None:
    """Its lessor and the authority always; the lessee from booking on; the project's parties while it stands there."""
    machine_id = await yard.clear_machine()
    path = f"/machines/{machine_id}"
    seers = {
        "lessor": yard.lessor.as_(Role.VIEWER),
        "authority": organisation(Kind.AUTHORITY).as_(Role.VIEWER),
        "lessee": yard.contractor.as_(Role.SITE_ENGINEER),
        "owner": yard.owner.as_(Role.VIEWER),
        "other lessor": organisation(Kind.LESSOR).as_(Role.FLEET_MANAGER),
        "other contractor": organisation(Kind.CONTRACTOR).as_(Role.PROJECT_MANAGER),
    }

    async def seen() -> set[str]:
        found = set()
        for name, who in seers.items():
            one = await yard.get(who, path)
            listed = (await yard.get(who, "/machines", page_size=500)).json()["items"]
            assert one.status_code in (200, 404)
            assert (one.status_code == 200) == (str(machine_id) in {item["id"] for item in listed})
            assert one.status_code == (await yard.get(who, f"{path}/clearance")).status_code
            if one.status_code == 200:
                found.add(name)
        return found

    assert await seen() == {"lessor", "authority"}
    listing_id = await yard.listing(machine_id)
    assert await seen() == {"lessor", "authority"}
    booking_id = await yard.booking("confirmed", listing_id)
    assert await seen() == {"lessor", "authority", "lessee"}
    await yard.post(yard.manager, f"/bookings/{booking_id}:hand-over", {"operator_worker_id": str(new_id())})
    assert await seen() == {"lessor", "authority", "lessee", "owner"}
    await yard.post(yard.manager, f"/bookings/{booking_id}:return", {})
    assert await seen() == {"lessor", "authority"}


@pytest.mark.parametrize("verb", ["", ":register", ":inspect", ":assess", ":check-devices"])
async def test_who_may_not_write(yard: Yard, equipment: Harness, verb: str) -> None:
    """Without a token 401, without the role 403, another lessor's machine 404; nothing changes."""
    machine_id = await yard.clear_machine()
    bodies: dict[str, dict[str, Any]] = {
        ":register": {"number": "X", "authority": "A", "registered_on": "2026-11-01"},
        ":inspect": inspection(),
        ":assess": {"assessed_on": "2026-11-20", "valid_to": "2027-11-19", "verdict": "passed", "agency": "A"},
        ":check-devices": DEVICES,
    }
    stranger = organisation(Kind.LESSOR).as_(Role.FLEET_MANAGER)
    before = await equipment.checksum()
    for who, status in ((None, 401), (yard.lessor.as_(Role.SALES), 403), (yard.buyer, 403), (stranger, 404)):
        async with equipment.client(who) as client:
            if verb:
                answer = await client.post(f"{PATH}/{machine_id}{verb}", json=bodies[verb], headers=key())
            else:
                answer = await client.patch(f"{PATH}/{machine_id}", json={"pin": "P"}, headers={"If-Match": '"4"'})
        assert answer.status_code == status, (who, answer.text)
    assert await equipment.checksum() == before


async def test_pages_and_filters(yard: Yard) -> None:
    made = [str(await yard.machine()) for _ in range(3)]
    digger = await yard.machine(kind="excavator", model="EX200", serial_number="DIG")
    who = yard.manager
    first = (await yard.get(who, "/machines", page_size=2)).json()
    second = (await yard.get(who, "/machines", page_size=2, page_token=first["next_page_token"])).json()
    ids = [item["id"] for item in first["items"] + second["items"]]
    assert ids == [str(digger), *reversed(made)]
    assert second["next_page_token"] == ""
    for params in ({"kind": "excavator"}, {"serial_number": "DIG"}):
        assert [item["id"] for item in (await yard.get(who, "/machines", **params)).json()["items"]] == [str(digger)]
    unknown = await yard.get(who, "/machines", colour="red")
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "query:colour")
