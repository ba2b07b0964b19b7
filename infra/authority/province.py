"""The invented province's dialect, from the platform's side and written apart from our connector."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC

from infra.authority.world import SHANGHAI, SKEW, Delivery, Pay, Refusal, Row, World

IDENTITIES: dict[str, tuple[str, ...]] = {
    "project": ("projectCode",),
    "company": ("corpCode",),
    "subcontractor": ("corpCode",),
    "team": ("corpCode", "team_name"),
    "worker": ("person",),
    "entry_exit": ("person", "at", "type"),
    "attendance": ("person", "at", "direction"),
    "payroll": ("person", "key"),
}
BATCH = {"worker": 20, "entry_exit": 20, "attendance": 50, "payroll": 20}
Said = tuple[int, dict[str, Any]]


def signature(secret: str, method: str, path: str, body: bytes) -> str:
    """HMAC-SM3 in hex over method, path and body, a line each."""
    mac = HMAC(secret.encode(), hashes.SM3())
    mac.update(b"\n".join([method.encode(), path.encode(), body]))
    return mac.finalize().hex()


def decrypt(value: str, secret: str) -> str:
    """SM4-CBC under the first half of the secret's SM3, IV in front; Refusal when it is something else."""
    try:
        digest = hashes.Hash(hashes.SM3())
        digest.update(secret.encode())
        raw = base64.b64decode(value, validate=True)
        cipher = Cipher(algorithms.SM4(digest.finalize()[:16]), modes.CBC(raw[:16])).decryptor()
        unpadder = padding.PKCS7(128).unpadder()
        padded = cipher.update(raw[16:]) + cipher.finalize()
        return (unpadder.update(padded) + unpadder.finalize()).decode()
    except ValueError:
        raise Refusal("证件号码解密失败") from None


class Province:
    """Answers one REST call at a time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._tokens: dict[str, str] = {}

    def token(self, path: str, body: bytes, signed: str) -> Said:
        """A bearer token for a client that proves its secret by a fresh signature."""
        asked = json.loads(body)
        secret = self.world.apps.get(asked.get("client_id", ""))
        if secret is None:
            return 401, {"code": "E_TOKEN", "message": "未知客户端"}
        fresh = abs(datetime.fromisoformat(asked["at"]) - self.world.now) <= SKEW
        if not fresh or not hmac.compare_digest(signature(secret, "POST", path, body), signed):
            return 401, {"code": "E_SIGN", "message": "签名错误"}
        token = secrets.token_urlsafe(24)
        self._tokens[token] = secret
        return 200, {"code": "OK", "token": token}

    def call(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Said:
        """One call under a token."""
        secret = self._tokens.pop(headers.get("Authorization", "").removeprefix("Bearer "), None)
        if secret is None:
            return 401, {"code": "E_TOKEN", "message": "凭证无效"}
        if not hmac.compare_digest(signature(secret, method, path, body), headers.get("X-Signature", "")):
            return 401, {"code": "E_SIGN", "message": "签名错误"}
        if self.world.too_many():
            return 429, {"code": "E_BUSY", "message": "调用超限"}
        last = path.rpartition("/")[2]
        if method == "GET":
            done = self.world.answers
            return (200, done[last]) if last in done else (404, {"code": "E_NONE", "message": "无此请求"})
        if last not in IDENTITIES:
            return 404, {"code": "E_FIELD", "message": "无此对象"}
        items = json.loads(body)["items"]
        if len(items) > BATCH.get(last, 1):
            return 400, {"code": "E_FIELD", "message": f"单次上报不得超过{BATCH.get(last, 1)}条"}
        results = [self._one(last, one, secret, update=method == "PATCH") for one in items]
        said = {"code": "OK", "message": "", "results": results}
        self.world.answered(headers["X-Request-Id"], said)
        return 200, said

    def _one(self, kind: str, item: dict[str, Any], secret: str, *, update: bool) -> dict[str, Any]:
        said = {"key": item["key"], "code": "OK", "message": "", "number": ""}
        try:
            said["number"] = self.world.take(_delivery(kind, item, secret, update=update))
        except Refusal as refused:
            said |= {"code": "E_FIELD", "message": str(refused)}
        except (KeyError, ValueError, TypeError) as fault:
            said |= {"code": "E_FIELD", "message": f"参数错误 {type(fault).__name__}"}
        return said


def _delivery(kind: str, item: dict[str, Any], secret: str, *, update: bool) -> Delivery:
    person = decrypt(item["id_card_number"], secret) if item.get("id_card_number") else ""
    fields = item | {"person": person, "corpCode": item.get("uscc", ""), "projectCode": item.get("project_code", "")}
    fields.pop("id_card_number", None)
    at = datetime.fromisoformat(item["at"]).replace(tzinfo=SHANGHAI) if item.get("at") else None
    for name in ("bank_card_number", "paying_card_number"):
        if item.get(name):
            decrypt(item[name], secret)
    photo = base64.b64decode(item.get("photo", ""))
    pay = _pay(item) if kind == "payroll" else None
    row = Row(fields, person, item.get("id_card_type", "01"), at, item.get("type") == "0", photo, pay)
    project = "" if kind == "company" else item["project_code"]
    return Delivery(kind, update, project, item.get("uscc", ""), item["team"], IDENTITIES[kind], (row,))


def _pay(item: dict[str, Any]) -> Pay:
    return Pay(
        item["month"],
        item["days"],
        item["hours"],
        item["gross"],
        item["net"],
        item["paid_on"],
        item["paying_card_number"],
        item["key"],
        item["is_back_pay"],
        item["month"] if item["is_back_pay"] else "",
    )
