"""The national platform's dialect (全国建筑工人管理服务信息平台), as a 2019 implementation of its interface used it.

A form POST of appid, data (JSON), format, method, nonce, timestamp, version and sign. `sign` is the SHA-256 in hex of
the lower-cased text of the others in this order with the secret behind them. Identity and card numbers are encrypted
with AES-256-CBC (PKCS7) under the secret, with its first 16 characters as IV, in Base64.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import orjson
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from chassis.clock import SHANGHAI
from labour.clients.authorities import (
    UNHEARD_OF,
    Answer,
    Door,
    Item,
    ItemAnswer,
    Kind,
    Meaning,
    Photo,
    Reply,
    Request,
    Transport,
    Verdict,
)

BLOCK_BITS, IV_CHARACTERS = 128, 16
NOT_YET, DONE = "0", "20"
RECEIPT = "AsyncHandleResult.Query"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def sign(fields: Mapping[str, str], secret: str) -> str:
    """SHA-256 in hex over the lower-cased `appid=…&data=…&format=json&method=…&…&version=1.0&appsecret=…`."""
    names = ("appid", "data", "format", "method", "nonce", "timestamp", "version")
    text = "&".join(f"{name}={fields[name]}" for name in names) + f"&appsecret={secret}"
    return sha256(text.lower().encode()).hexdigest()


def encrypt(value: str, secret: str) -> str:
    """An identity or card number as the platform wants it; empty stays empty."""
    if not value:
        return ""
    padder = PKCS7(BLOCK_BITS).padder()
    padded = padder.update(value.encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(secret.encode()), modes.CBC(secret[:IV_CHARACTERS].encode())).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


@dataclass(frozen=True, slots=True)
class Shape:
    """How a kind stands in `data`: its methods, the fields around it, the list it stands in, and the fields of one.

    Without `rows` the one object's fields stand beside the others. `identity` are the fields by which a row is known
    again when the platform is asked whether it has it.
    """

    add: str
    update: str
    query: str
    around: Callable[[Item], dict[str, Any]]
    rows: str
    one: Callable[[Item, Callable[[str], str]], dict[str, Any]]
    identity: tuple[str, ...]


def _project(item: Item) -> dict[str, Any]:
    return {"projectCode": item.values["project_code"]}


def _company(item: Item) -> dict[str, Any]:
    return _project(item) | {"corpCode": item.values["uscc"], "corpName": item.values["company_name"]}


def _team(item: Item) -> dict[str, Any]:
    return _company(item) | {"teamSysNo": item.team_number}


def _nothing(_: Item) -> dict[str, Any]:
    return {}


def _person(item: Item, seal: Callable[[str], str]) -> dict[str, Any]:
    return {"idCardType": item.values["id_card_type"], "idCardNumber": seal(item.values["id_card_number"])}


def _image(photo: Photo | None) -> str:
    return base64.b64encode(photo.content).decode() if photo else ""


def _worker(item: Item, seal: Callable[[str], str]) -> dict[str, Any]:
    given = item.values
    return _person(item, seal) | {
        "workerName": given["name"],
        "isTeamLeader": "1" if given["is_team_leader"] else "0",
        "workType": given["work_type"],
        "workRole": given["work_role"],
        "nation": given["nation"],
        "address": given["address"],
        "headImage": _image(item.photo),
        "politicsType": given.get("politics", ""),
        "hasBuyInsurance": "1" if given.get("has_insurance") else "0",
        "cellPhone": given["cell_phone"],
        "grantOrg": given["grant_org"],
        "payRollBankCardNumber": seal(given.get("bank_card_number", "")),
        "payRollTopBankCode": given.get("bank_code", ""),
        "urgentLinkMan": given["urgent_contact"],
        "startDate": given["start_date"],
        "expiryDate": given["expiry_date"],
    }


def _contract(item: Item, seal: Callable[[str], str]) -> dict[str, Any]:
    given = item.values
    period = "0" if given["end_date"] else "1"
    return _person(item, seal) | {
        "contractCode": given["contract_number"],
        "contractPeriodType": period,
        "startDate": given["start_date"],
        "endDate": given["end_date"],
    }


def _training(item: Item, seal: Callable[[str], str]) -> dict[str, Any]:
    given = item.values
    return _person(item, seal) | {
        "trainingDate": given["trained_on"],
        "trainingName": given["course"],
        "trainingTypeCode": given["training_type"],
        "trainingDuration": given["hours"],
    }


def _entry_exit(item: Item, seal: Callable[[str], str]) -> dict[str, Any]:
    return _person(item, seal) | {"date": item.values["at"], "type": item.values["type"], "voucherUrl": ""}


def _attendance(item: Item, seal: Callable[[str], str]) -> dict[str, Any]:
    given = item.values
    return _person(item, seal) | {
        "date": given["at"],
        "direction": given["direction"],
        "image": _image(item.photo),
        "channel": given["channel"],
        "attendType": given["attend_type"],
        "lng": given.get("longitude", ""),
        "lat": given.get("latitude", ""),
    }


def _payroll(item: Item, seal: Callable[[str], str]) -> dict[str, Any]:
    given = item.values
    return (
        _person(item, seal)
        | {
            "days": given["days"],
            "workHours": given["hours"],
            "payRollBankCardNumber": seal(given.get("bank_card_number", "")),
            "payBankCardNumber": seal(given["paying_card_number"]),
            "totalPayAmount": given["gross"],
            "actualAmount": given["net"],
            "isBackPay": "1" if given["is_back_pay"] else "0",
            "balanceDate": given["paid_on"],
            "thirdPayRollCode": item.key,
        }
        | ({"backPayMonth": given["month"]} if given["is_back_pay"] else {})
    )


def _pay_month(item: Item) -> dict[str, Any]:
    return _team(item) | {"payMonth": item.values["month"]}


def _team_itself(item: Item, _: Callable[[str], str]) -> dict[str, Any]:
    given = item.values
    named = {"teamName": given["team_name"], "entryTime": given["entry_date"], "exitTime": given["exit_date"]}
    return named | ({"teamSysNo": item.number} if item.number else {})


def _crud(name: str, verb: str = "Add", change: str = "Update") -> tuple[str, str, str]:
    return f"{name}.{verb}", f"{name}.{change}", f"{name}.Query"


PERSON = ("idCardType", "idCardNumber")
SHAPES: Mapping[Kind, Shape] = {
    Kind.PROJECT: Shape(
        *_crud("Project", change="PartUpdate"),
        _project,
        "",
        lambda item, _: {"projectName": item.values["project_name"], "projectStatus": item.values["project_status"]},
        ("projectCode",),
    ),
    Kind.COMPANY: Shape(
        *_crud("Corp", "Upload", "Upload"),
        _nothing,
        "",
        lambda item, _: {"corpCode": item.values["uscc"], "corpName": item.values["company_name"]},
        ("corpCode",),
    ),
    Kind.SUBCONTRACTOR: Shape(
        *_crud("ProjectSubContractor"),
        _company,
        "",
        lambda item, _: {"corpType": item.values["company_type"]},
        ("projectCode", "corpCode"),
    ),
    Kind.TEAM: Shape(*_crud("Team"), _company, "", _team_itself, ("corpCode", "teamName")),
    Kind.WORKER: Shape(*_crud("ProjectWorker"), _team, "workerList", _worker, PERSON),
    Kind.CONTRACT: Shape(*_crud("WorkerContract"), _company, "contractList", _contract, (*PERSON, "startDate")),
    Kind.TRAINING: Shape(
        *_crud("ProjectTraining"), _company, "workers", _training, (*PERSON, "trainingDate", "trainingName")
    ),
    Kind.ENTRY_EXIT: Shape(*_crud("WorkerEntryExit"), _team, "workerList", _entry_exit, (*PERSON, "date", "type")),
    Kind.ATTENDANCE: Shape(*_crud("WorkerAttendance"), _team, "dataList", _attendance, (*PERSON, "date", "direction")),
    Kind.PAYROLL: Shape(*_crud("Payroll"), _pay_month, "detailList", _payroll, (*PERSON, "thirdPayRollCode")),
}


class NationalConnector:
    """See the module. A request is taken or refused as a whole; many are answered later, under a serial code."""

    def __init__(self, transport: Transport, answers: Mapping[str, Meaning]) -> None:
        self._transport = transport
        self._answers = answers

    @property
    def kinds(self) -> frozenset[Kind]:
        """Every kind."""
        return frozenset(SHAPES)

    async def send(self, door: Door, request: Request) -> Answer:
        """See Connector."""
        shape = SHAPES[request.kind]
        method = shape.update if request.update else shape.add
        body = self._form(door, method, _data(shape, request, door.secret), request)
        reply = await self._transport.ask("POST", door.address, body=body, headers=FORM)
        answer = replace(self._answer(reply), sent=body)
        number = "" if isinstance(reply, Verdict) else str(_of(reply).get("teamSysNo", ""))
        return _numbered(answer, request, number)

    async def receipt(self, door: Door, request: Request) -> Answer:
        """By serial code where there is one; else the platform is asked for the objects themselves."""
        if request.serial:
            body = self._form(door, RECEIPT, {"requestSerialCode": request.serial}, request)
            return self._result(await self._transport.ask("POST", door.address, body=body, headers=FORM))
        shape = SHAPES[request.kind]
        sent = [_flat(shape, item, door.secret) for item in request.items]
        wanted = [{name: row[name] for name in shape.identity} for row in sent]
        body = self._form(door, shape.query, shape.around(request.items[0]) | {"rows": wanted}, request)
        answer = await self._transport.ask("POST", door.address, body=body, headers=FORM)
        return self._found(answer, request, sent, shape)

    def _form(self, door: Door, method: str, data: Mapping[str, Any], request: Request) -> bytes:
        fields = {
            "appid": door.app_id,
            "data": orjson.dumps(data).decode(),
            "format": "json",
            "method": method,
            "nonce": uuid4().hex,
            "timestamp": request.at.astimezone(SHANGHAI).strftime("%Y%m%d%H%M%S"),
            "version": "1.0",
        }
        return urlencode(fields | {"sign": sign(fields, door.secret)}).encode()

    def _answer(self, reply: Reply | Verdict) -> Answer:
        if isinstance(reply, Verdict):
            return Answer(reply)
        code, text = str(reply.body.get("code", "")), str(reply.body.get("message", ""))
        if reply.status != HTTPStatus.OK or not code:
            return Answer(Verdict.UNKNOWN, f"HTTP {reply.status}")
        verdict = self._answers.get(code, UNHEARD_OF).verdict
        serial = str(_of(reply).get("requestSerialCode", ""))
        if verdict is Verdict.ACCEPTED and serial:
            return Answer(Verdict.PENDING, code, text, serial)
        return Answer(verdict, code, text)

    def _result(self, reply: Reply | Verdict) -> Answer:
        asked = self._answer(reply)
        if asked.verdict is not Verdict.ACCEPTED or isinstance(reply, Verdict):
            return asked
        status, text = (str(_of(reply).get(name, "")) for name in ("status", "result"))
        if status == DONE:
            return Answer(Verdict.ACCEPTED, status, text)
        if status in ("", NOT_YET):
            return Answer(Verdict.PENDING, status, text)
        return Answer(self._answers.get(status, UNHEARD_OF).verdict, status, text)

    def _found(self, reply: Reply | Verdict, request: Request, sent: list[dict[str, Any]], shape: Shape) -> Answer:
        asked = self._answer(reply)
        if asked.verdict is not Verdict.ACCEPTED or isinstance(reply, Verdict):
            return asked
        rows = _of(reply).get("rows", [])
        compared = shape.identity if not request.update else tuple(sent[0])
        there = [[row for row in rows if all(row.get(name) == one[name] for name in compared)] for one in sent]
        if not all(there):  # taken or refused as a whole
            return Answer(Verdict.ABSENT, asked.code)
        number = str(there[0][0].get("teamSysNo", "")) if request.kind is Kind.TEAM else ""
        return _numbered(Answer(Verdict.ACCEPTED, asked.code), request, number)


def _of(reply: Reply) -> Mapping[str, Any]:
    found = reply.body.get("data")
    return found if isinstance(found, dict) else {}


def _numbered(answer: Answer, request: Request, number: str) -> Answer:
    """The answer with the platform's own number of the one object that it is about."""
    if not number:
        return answer
    [item] = request.items
    return replace(answer, items={item.key: ItemAnswer(answer.verdict, answer.code, answer.text, number)})


def _flat(shape: Shape, item: Item, secret: str) -> dict[str, Any]:
    """One object's fields with those around it, as the platform answers them."""
    return shape.around(item) | shape.one(item, lambda value: encrypt(value, secret))


def _data(shape: Shape, request: Request, secret: str) -> dict[str, Any]:
    around = shape.around(request.items[0])
    rows = [shape.one(item, lambda value: encrypt(value, secret)) for item in request.items]
    return around | ({shape.rows: rows} if shape.rows else rows[0])
