"""The national platform's dialect, from the platform's side and written apart from our connector."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from infra.authority.world import SHANGHAI, SKEW, Delivery, Pay, Refusal, Row, World

BATCH = {"worker": 50, "contract": 50, "entry_exit": 50, "training": 50, "attendance": 100, "payroll": 50}
PERSON = ("person",)
KINDS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "Project": ("project", "", ("projectCode",)),
    "Corp": ("company", "", ("corpCode",)),
    "ProjectSubContractor": ("subcontractor", "", ("projectCode", "corpCode")),
    "Team": ("team", "", ("corpCode", "teamName")),
    "ProjectWorker": ("worker", "workerList", PERSON),
    "WorkerContract": ("contract", "contractList", (*PERSON, "startDate")),
    "ProjectTraining": ("training", "workers", (*PERSON, "trainingDate", "trainingName")),
    "WorkerEntryExit": ("entry_exit", "workerList", (*PERSON, "date", "type")),
    "WorkerAttendance": ("attendance", "dataList", (*PERSON, "date", "direction")),
    "Payroll": ("payroll", "detailList", (*PERSON, "payMonth", "thirdPayRollCode")),
}
CHANGES = ("Update", "PartUpdate")
FIELDS = ("appid", "data", "format", "method", "nonce", "timestamp", "version", "sign")


def decrypt(value: str, secret: str) -> str:
    """AES-256-CBC, PKCS7, key the secret, IV its first 16 characters, Base64; Refusal when it is something else."""
    try:
        cipher = Cipher(algorithms.AES256(secret.encode()), modes.CBC(secret[:16].encode())).decryptor()
        padded = cipher.update(base64.b64decode(value, validate=True)) + cipher.finalize()
        unpadder = padding.PKCS7(128).unpadder()
        return (unpadder.update(padded) + unpadder.finalize()).decode()
    except ValueError:
        raise Refusal("证件号码解密失败") from None


class National:
    """Answers one form at a time."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.batch = BATCH
        self._nonces: set[str] = set()
        self._serials: dict[str, tuple[datetime, str]] = {}
        self._waiting: dict[str, Delivery] = {}

    def answer(self, form: Mapping[str, str]) -> dict[str, Any]:
        """What the platform says: code, message, data."""
        world = self.world
        self._settle()
        method, secret = form.get("method", ""), world.apps.get(form.get("appid", ""))
        if any(not form.get(name) for name in FIELDS) or form["format"] != "json" or form["version"] != "1.0":
            return _said("-1", "缺少公共参数")
        if world.barred:
            return _said("-4", "IP 未授权")
        if secret is None:
            return _said("-3", "无权限")
        if _sign(form, secret) != form["sign"] or not self._is_fresh(form):
            return _said("-2", "签名错误")
        if world.too_many():
            return _said("-5", "调用超限")
        try:
            return self._do(method, json.loads(form["data"]), secret)
        except Refusal as refused:
            return _said("-1", str(refused))
        except (KeyError, ValueError, TypeError) as fault:
            return _said("-1", f"参数错误 {type(fault).__name__}")

    def _is_fresh(self, form: Mapping[str, str]) -> bool:
        try:
            at = datetime.strptime(form["timestamp"], "%Y%m%d%H%M%S").replace(tzinfo=SHANGHAI)
        except ValueError:
            return False
        new = form["nonce"] not in self._nonces
        self._nonces.add(form["nonce"])
        return new and abs(at - self.world.now) <= SKEW

    def _do(self, method: str, data: dict[str, Any], secret: str) -> dict[str, Any]:
        if method == "AsyncHandleResult.Query":
            return self._result(str(data["requestSerialCode"]))
        name, _, verb = method.partition(".")
        if name not in KINDS:
            return _said("-1", "接口不存在")
        if verb == "Query":
            return self._found(name, data, secret)
        delivery = _delivery(name, data, secret, update=verb in CHANGES)
        wait = self.world.later.get(method)
        if wait is None:
            number = self.world.take(delivery)
            return _said("0", "成功", {"teamSysNo": number} if number else {})
        serial = f"S{len(self._serials) + len(self._waiting) + 1:06d}"
        self._waiting[serial] = delivery
        self._serials[serial] = (self.world.now + timedelta(seconds=wait), "0")
        return _said("0", "已受理", {"requestSerialCode": serial})

    def _settle(self) -> None:
        for serial, delivery in list(self._waiting.items()):
            ready, _ = self._serials[serial]
            if ready > self.world.now:
                continue
            del self._waiting[serial]
            try:
                self.world.take(delivery)
                self._serials[serial] = (ready, "20 成功")
            except Refusal as refused:
                self._serials[serial] = (ready, f"10 {refused}")

    def _result(self, serial: str) -> dict[str, Any]:
        if serial not in self._serials:
            return _said("-1", "请求序列号不存在")
        status, _, text = self._serials[serial][1].partition(" ")
        return _said("0", "成功", {"status": status, "result": text})

    def _found(self, name: str, data: dict[str, Any], secret: str) -> dict[str, Any]:
        kind = KINDS[name][0]
        project = "" if kind == "company" else str(data.get("projectCode", data["rows"][0].get("projectCode", "")))
        known = self.world.find(kind, project)
        wanted = [self._clear(row, secret) for row in data["rows"]]
        rows = [
            fields["sent"] | {key: value for key, value in fields.items() if key == "teamSysNo"}
            for fields in known
            if any(all(fields.get(key) == value for key, value in one.items()) for one in wanted)
        ]
        return _said("0", "成功", {"rows": rows})

    @staticmethod
    def _clear(row: dict[str, Any], secret: str) -> dict[str, Any]:
        known = {key: value for key, value in row.items() if key not in ("idCardNumber", "idCardType")}
        return known | ({"person": decrypt(row["idCardNumber"], secret)} if "idCardNumber" in row else {})


def _sign(form: Mapping[str, str], secret: str) -> str:
    names = ("appid", "data", "format", "method", "nonce", "timestamp", "version")
    text = "&".join(f"{name}={form[name]}" for name in names)
    return hashlib.sha256(f"{text}&appsecret={secret}".lower().encode()).hexdigest()


def _said(code: str, message: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"code": code, "message": message, "data": data or {}}


def _delivery(name: str, data: dict[str, Any], secret: str, *, update: bool) -> Delivery:
    kind, rows_in, identity = KINDS[name]
    around = {key: value for key, value in data.items() if not isinstance(value, list)}
    rows = data[rows_in] if rows_in else [{}]
    return Delivery(
        kind,
        update,
        "" if kind == "company" else str(around["projectCode"]),
        str(around.get("corpCode", "")),
        str(around.get("teamSysNo", "")),
        identity,
        tuple(_row(kind, around | row, secret) for row in rows),
    )


def _row(kind: str, given: dict[str, Any], secret: str) -> Row:
    person = decrypt(given["idCardNumber"], secret) if given.get("idCardNumber") else ""
    for name in ("payRollBankCardNumber", "payBankCardNumber"):
        if given.get(name):
            decrypt(given[name], secret)
    day = given.get("date") or given.get("balanceDate") or given.get("trainingDate")
    image = given.get("headImage") or given.get("image") or ""
    return Row(
        {key: value for key, value in given.items() if key != "idCardNumber"} | {"person": person, "sent": given},
        person,
        str(given.get("idCardType", "01")),
        datetime.fromisoformat(day).replace(tzinfo=SHANGHAI) if day else None,
        given.get("type") == "0",
        base64.b64decode(image),
        _pay(given) if kind == "payroll" else None,
    )


def _pay(given: dict[str, Any]) -> Pay:
    return Pay(
        given["payMonth"],
        given["days"],
        given["workHours"],
        given["totalPayAmount"],
        given["actualAmount"],
        given["balanceDate"],
        given["payBankCardNumber"],
        given["thirdPayRollCode"],
        given["isBackPay"] == "1",
        given.get("backPayMonth", ""),
    )
