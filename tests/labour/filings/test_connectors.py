"""Each dialect against a platform that was written apart from it: signature, encryption, order, codes, photos."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from chassis.ids import new_id
from chassis.work import write_open
from labour.authorities.rules import directory
from labour.clients import authority_demo_province, authority_national
from labour.clients.authorities import Connector, Door, Item, Kind, Photo, Request, Transport, Verdict
from labour.clients.authority_platforms import Platforms
from tests.harness import NOON
from tests.labour.authority import SECRET, Simulator
from tests.labour.conftest import resident_id

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 100


@dataclass
class Talk:
    """A dialect, a door, and a project of its own on the other side."""

    connector: Connector
    door: Door
    project: str
    authority: str

    async def file(self, kind: Kind, *items: Item, update: bool = False, door: Door | None = None) -> Any:
        return await self.connector.send(door or self.door, Request(new_id(), kind, update, items, NOON))

    def item(self, key: str = "1", photo: Photo | None = None, team: str = "", **values: Any) -> Item:
        around = {"project_code": self.project, "uscc": f"U{self.project}", "company_name": "劳务有限公司"}
        return Item(key, around | values, "", team, photo)

    def person(self, number: str, key: str = "1", photo: Photo | None = None, team: str = "", **values: Any) -> Item:
        told = ("name", "work_type", "work_role", "nation", "address", "cell_phone", "grant_org", "urgent_contact")
        about = dict.fromkeys(told, "-") | {"is_team_leader": False, "start_date": "2026-01-01", "expiry_date": ""}
        identity = {"id_card_type": "01", "id_card_number": number}
        return self.item(key, photo, team, **about, **identity, **values)

    async def team(self) -> str:
        """Project, company and team; answers the team's number."""
        await self.file(Kind.PROJECT, self.item(project_name="示范", project_status="003"))
        await self.file(Kind.COMPANY, self.item())
        await self.file(Kind.SUBCONTRACTOR, self.item(company_type="006"))
        answer = await self.file(Kind.TEAM, self.item(team_name="钢筋班", entry_date="2026-10-15", exit_date=""))
        return answer.items["1"].number if answer.items else ""


@pytest.fixture(params=sorted(directory()))
async def talk(request: pytest.FixtureRequest, authority: Simulator) -> Talk:
    code, app_id = str(request.param), f"app-{new_id().hex[-8:]}"
    await authority.control(code, apps={app_id: SECRET})
    connector = Platforms(authority.addresses).connector(directory()[code])
    return Talk(connector, Door(authority.addresses[code], app_id, SECRET), f"P-{new_id().hex[-8:]}", code)


def payroll(**changes: Any) -> dict[str, Any]:
    """A line of a sheet."""
    return {
        "month": "2026-10",
        "days": "22.00",
        "hours": "176.00",
        "bank_card_number": "6222020200112233445",
        "paying_card_number": "6222020200999999999",
        "gross": "8000.00",
        "net": "7500.00",
        "is_back_pay": False,
        "paid_on": "2026-11-15",
    } | changes


async def test_team_before_worker_before_payroll(talk: Talk) -> None:
    number = resident_id()
    team = await talk.team()
    assert team
    early = await talk.file(Kind.PAYROLL, talk.person(number, "L-1", team=team, **payroll()))
    assert _verdict(early, "L-1") is Verdict.REFUSED
    homeless = await talk.file(Kind.WORKER, talk.person(number, team="T-none"))
    assert _verdict(homeless) is Verdict.REFUSED
    assert _verdict(await talk.file(Kind.WORKER, talk.person(number, team=team))) is Verdict.ACCEPTED
    paid = await talk.file(Kind.PAYROLL, talk.person(number, "L-1", team=team, **payroll()))
    assert _verdict(paid, "L-1") is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, ""),
        ({"month": "2026-13"}, "yyyy-MM"),
        ({"month": "202610"}, "yyyy-MM"),
        ({"month": "2026-12"}, "发放日期"),
        ({"paid_on": "2026-09-30"}, "发放日期"),
        ({"paid_on": "2026-11-24"}, "当前时间"),
        ({"net": "8000.01"}, "应发"),
        ({"gross": "8000"}, "两位小数"),
        ({"days": "32.00"}, "当月天数"),
        ({"days": "-1.00"}, "非负"),
        ({"hours": "529.00"}, "工时"),
        ({"paying_card_number": ""}, "代发账户"),
    ],
)
async def test_what_a_platform_checks_of_a_payroll(talk: Talk, changes: dict[str, Any], word: str) -> None:
    number, team = resident_id(), await talk.team()
    await talk.file(Kind.WORKER, talk.person(number, team=team))
    answer = await talk.file(Kind.PAYROLL, talk.person(number, "L-1", team=team, **payroll(**changes)))
    assert _verdict(answer, "L-1") is (Verdict.REFUSED if word else Verdict.ACCEPTED)
    said = answer.items["L-1"].text if answer.items else answer.text
    assert word in said


async def test_a_payroll_goes_with_a_team_that_is_known_and_once(talk: Talk) -> None:
    number, team = resident_id(), await talk.team()
    await talk.file(Kind.WORKER, talk.person(number, team=team))

    async def filed(team: str, *, update: bool = False) -> Verdict:
        return _verdict(
            await talk.file(Kind.PAYROLL, talk.person(number, "L-1", team=team, **payroll()), update=update), "L-1"
        )

    assert await filed("T-none") is Verdict.REFUSED
    assert await filed(team, update=True) is Verdict.REFUSED
    assert await filed(team) is Verdict.ACCEPTED
    assert await filed(team) is Verdict.REFUSED
    assert await filed(team, update=True) is Verdict.ACCEPTED


@pytest.mark.parametrize("kind", [Kind.WORKER, Kind.ATTENDANCE, Kind.PAYROLL])
async def test_no_more_at_once_than_a_platform_takes(talk: Talk, kind: Kind) -> None:
    """As many as labour sends are taken, one more is not."""
    team, most = await talk.team(), directory()[talk.authority].batch(kind)
    swipe = {"at": "2026-11-20 08:00:00", "direction": "01", "attend_type": "001", "channel": "gate"}
    values = {Kind.ATTENDANCE: swipe, Kind.PAYROLL: payroll()}.get(kind, {})
    numbers = [resident_id() for _ in range(most + 1)]
    if kind is not Kind.WORKER:
        for number in numbers:
            await talk.file(Kind.WORKER, talk.person(number, team=team))
    items = [talk.person(number, f"L-{place}", team=team, **values) for place, number in enumerate(numbers)]
    too_many = await talk.file(kind, *items)
    assert too_many.verdict is Verdict.REFUSED
    assert str(most) in too_many.text
    exact = await talk.file(kind, *items[:most])
    assert {_verdict(exact, item.key) for item in items[:most]} == {Verdict.ACCEPTED}


async def test_arrears_name_their_month(talk: Talk) -> None:
    number, team = resident_id(), await talk.team()
    await talk.file(Kind.WORKER, talk.person(number, team=team))
    back = await talk.file(Kind.PAYROLL, talk.person(number, "L-1", team=team, **payroll(is_back_pay=True)))
    assert _verdict(back, "L-1") is Verdict.ACCEPTED


def _verdict(answer: Any, key: str = "1") -> Verdict:
    one = answer.items.get(key)
    verdict: Verdict = one.verdict if one else answer.verdict
    return verdict


async def test_no_team_without_its_company(talk: Talk) -> None:
    assert (
        _verdict(await talk.file(Kind.TEAM, talk.item(team_name="钢筋班", entry_date="2026-10-15", exit_date="")))
        is Verdict.REFUSED
    )


async def test_a_wrong_secret_and_an_unknown_client_are_barred(talk: Talk) -> None:
    for door in (replace(talk.door, secret=SECRET[::-1]), replace(talk.door, app_id="nobody")):
        assert (await talk.file(Kind.COMPANY, talk.item(), door=door)).verdict is Verdict.BARRED


async def test_a_clock_that_is_wrong_is_barred(talk: Talk, authority: Simulator) -> None:
    await authority.control(talk.authority, now="2026-11-24T04:00:00+00:00")
    assert (await talk.file(Kind.COMPANY, talk.item())).verdict is Verdict.BARRED


async def test_too_many_calls_are_limited(talk: Talk, authority: Simulator) -> None:
    await authority.control(talk.authority, calls_per_minute=0)
    assert (await talk.file(Kind.COMPANY, talk.item())).verdict is Verdict.LIMITED


@pytest.mark.parametrize("talk", ["national"], indirect=True)
async def test_an_address_that_is_not_admitted_is_barred(talk: Talk, authority: Simulator) -> None:
    await authority.control(barred=True)
    assert (await talk.file(Kind.COMPANY, talk.item())).code == "-4"


@pytest.mark.parametrize("dialect", [authority_national, authority_demo_province])
async def test_a_number_encrypted_wrongly_is_refused(talk: Talk, dialect: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the platform decrypts is what we say it is: under another key it is refused."""
    honest = dialect.encrypt
    monkeypatch.setattr(dialect, "encrypt", lambda value, secret: honest(value, secret[::-1]))
    team = await talk.team()
    spoken = dialect.__name__.endswith(talk.authority)
    answer = await talk.file(Kind.WORKER, talk.person(resident_id(), team=team))
    assert _verdict(answer) is (Verdict.REFUSED if spoken else Verdict.ACCEPTED)


async def test_no_future_and_no_exit_before_the_entry(talk: Talk) -> None:
    number, team = resident_id(), await talk.team()
    await talk.file(Kind.WORKER, talk.person(number, team=team))

    async def moved(at: str, kind: str) -> Verdict:
        return _verdict(await talk.file(Kind.ENTRY_EXIT, talk.person(number, at, team=team, at=at, type=kind)), at)

    assert await moved("2026-11-20 08:00:00", "1") is Verdict.ACCEPTED
    assert await moved("2026-11-19 08:00:00", "0") is Verdict.REFUSED
    assert await moved("2026-12-20 08:00:00", "0") is Verdict.REFUSED
    assert await moved("2026-11-21 08:00:00", "0") is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (JPEG, Verdict.ACCEPTED),
        (JPEG + b"0" * 50 * 1024, Verdict.REFUSED),
        (b"GIF89a" + b"0" * 100, Verdict.REFUSED),
    ],
)
async def test_photos_are_small_and_of_a_kind(talk: Talk, content: bytes, verdict: Verdict) -> None:
    team = await talk.team()
    photo = Photo("image/jpeg", content)
    assert _verdict(await talk.file(Kind.WORKER, talk.person(resident_id(), photo=photo, team=team))) is verdict


async def test_the_receipt_knows_what_arrived_and_what_did_not(talk: Talk) -> None:
    team = await talk.team()
    person = talk.person(resident_id(), team=team)
    request = Request(new_id(), Kind.WORKER, False, (person,), NOON)
    assert (await talk.connector.receipt(talk.door, request)).verdict is Verdict.ABSENT
    assert (await talk.connector.send(talk.door, request)).verdict is Verdict.ACCEPTED
    assert _verdict(await talk.connector.receipt(talk.door, request)) is Verdict.ACCEPTED
    team_again = Request(
        new_id(), Kind.TEAM, False, (talk.item(team_name="钢筋班", entry_date="2026-10-15", exit_date=""),), NOON
    )
    if talk.authority == "national":  # asked for the object itself, which brings its number
        assert (await talk.connector.receipt(talk.door, team_again)).items["1"].number == team


async def test_an_update_that_never_came_is_absent(talk: Talk) -> None:
    team, number = await talk.team(), resident_id()
    await talk.file(Kind.WORKER, talk.person(number, team=team))
    changed = talk.person(number, team=team)
    changed = replace(changed, values={**changed.values, "nation": "壮族"})
    update = Request(new_id(), Kind.WORKER, True, (changed,), NOON)
    assert (await talk.connector.receipt(talk.door, update)).verdict is Verdict.ABSENT
    assert (await talk.connector.send(talk.door, update)).verdict is Verdict.ACCEPTED
    assert _verdict(await talk.connector.receipt(talk.door, update)) is Verdict.ACCEPTED


async def test_one_bad_row_does_not_take_the_good_ones_with_it_where_rows_are_answered(talk: Talk) -> None:
    team, twice = await talk.team(), resident_id()
    await talk.file(Kind.WORKER, talk.person(twice, team=team))
    rows = talk.person(twice, "bad", team=team), talk.person(resident_id(), "good", team=team)
    answer = await talk.file(Kind.WORKER, *rows)
    together = talk.authority == "national"
    assert _verdict(answer, "bad") is Verdict.REFUSED
    assert _verdict(answer, "good") is (Verdict.REFUSED if together else Verdict.ACCEPTED)


def test_the_two_dialects_take_different_objects() -> None:
    reached = Platforms({})
    taken = {code: reached.connector(one).kinds for code, one in directory().items()}
    assert taken["national"] - taken["demo_province"] == {Kind.CONTRACT, Kind.TRAINING}


def test_the_signature_is_the_documented_one() -> None:
    """SHA-256 of the lower-cased text, computed by hand once."""
    fields = {
        "appid": "AppId", "data": '{"a":"B"}', "format": "json", "method": "Team.Add", "nonce": "N1",
        "timestamp": "20261123120000", "version": "1.0",
    }  # fmt: skip
    assert (
        authority_national.sign(fields, "SECRET") == "d05015020869a4659b289fc45df213d44e9999b64dd8436782b4a583cd01e2bc"
    )


def test_addresses_of_platforms_that_nobody_knows_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="elsewhere"):
        Platforms({"elsewhere": "http://127.0.0.1"})


async def test_no_platform_is_asked_inside_a_write_transaction() -> None:
    token = write_open.set(True)
    try:
        with pytest.raises(AssertionError, match="write transaction"):
            await Transport().ask("GET", "http://127.0.0.1:9")
    finally:
        write_open.reset(token)
