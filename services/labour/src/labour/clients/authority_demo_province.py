"""The dialect of a province that does not exist: invented to prove that the interface bears another one.

JSON over REST verbs with a bearer token, `X-Signature` an HMAC-SM3 over method, path and body, numbers in SM4-CBC, an
answer for each object, and receipts under the name that we gave the request. It takes neither contracts nor trainings.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.padding import PKCS7

from labour.clients.authorities import (
    UNHEARD_OF,
    Answer,
    Door,
    Item,
    ItemAnswer,
    Kind,
    Meaning,
    Reply,
    Request,
    Transport,
    Verdict,
)

SEALED = ("id_card_number", "bank_card_number", "paying_card_number")
KEY_BYTES, IV_BYTES, BLOCK_BITS = 16, 16, 128
NOT_TAKEN = frozenset({Kind.CONTRACT, Kind.TRAINING})


def signature(secret: str, method: str, path: str, body: bytes) -> str:
    """HMAC-SM3 in hex over the three, a line each."""
    mac = HMAC(secret.encode(), SM3())
    mac.update(f"{method}\n{path}\n".encode() + body)
    return mac.finalize().hex()


def key_of(secret: str) -> bytes:
    """The SM4 key: the first half of the secret's SM3."""
    digest = Hash(SM3())
    digest.update(secret.encode())
    return digest.finalize()[:KEY_BYTES]


def encrypt(value: str, secret: str) -> str:
    """IV and ciphertext in Base64; empty stays empty."""
    if not value:
        return ""
    padder = PKCS7(BLOCK_BITS).padder()
    padded = padder.update(value.encode()) + padder.finalize()
    iv = os.urandom(IV_BYTES)
    encryptor = Cipher(algorithms.SM4(key_of(secret)), modes.CBC(iv)).encryptor()
    return base64.b64encode(iv + encryptor.update(padded) + encryptor.finalize()).decode()


class DemoProvinceConnector:
    """See the module."""

    def __init__(self, transport: Transport, answers: Mapping[str, Meaning]) -> None:
        self._transport = transport
        self._answers = answers

    @property
    def kinds(self) -> frozenset[Kind]:
        """All but contracts and trainings."""
        return frozenset(Kind) - NOT_TAKEN

    async def send(self, door: Door, request: Request) -> Answer:
        """See Connector."""
        body = orjson.dumps({"items": [_item(item, door.secret) for item in request.items]})
        verb = "PATCH" if request.update else "PUT"
        return self._answer(await self._ask(door, request, verb, f"/v2/{request.kind}", body), body)

    async def receipt(self, door: Door, request: Request) -> Answer:
        """By our own name of the request."""
        reply = await self._ask(door, request, "GET", f"/v2/requests/{request.id}", b"")
        if isinstance(reply, Reply) and reply.status == HTTPStatus.NOT_FOUND and reply.body.get("code") == "E_NONE":
            return Answer(Verdict.ABSENT, "E_NONE")
        return self._answer(reply, b"")

    async def _ask(self, door: Door, request: Request, method: str, path: str, body: bytes) -> Reply | Verdict:
        who = orjson.dumps({"client_id": door.app_id, "at": request.at.isoformat()})
        signed = {"X-Signature": signature(door.secret, "POST", "/token", who), "Content-Type": "application/json"}
        token = await self._transport.ask("POST", f"{door.address}/token", body=who, headers=signed)
        if isinstance(token, Verdict):
            return Verdict.AWAY  # whatever became of the token, nothing was filed
        if token.status != HTTPStatus.OK:
            return token
        headers = {
            "Authorization": f"Bearer {token.body.get('token', '')}",
            "Content-Type": "application/json",
            "X-Request-Id": str(request.id),
            "X-Signature": signature(door.secret, method, path, body),
        }
        return await self._transport.ask(method, f"{door.address}{path}", body=body, headers=headers)

    def _answer(self, reply: Reply | Verdict, sent: bytes) -> Answer:
        if isinstance(reply, Verdict):
            return Answer(reply, sent=sent)
        code, text = str(reply.body.get("code", "")), str(reply.body.get("message", ""))
        if not code:
            return Answer(Verdict.UNKNOWN, f"HTTP {reply.status}", sent=sent)
        results = reply.body.get("results", [])
        items = {str(one.get("key")): self._one(one) for one in results if isinstance(one, dict)}
        return Answer(self._answers.get(code, UNHEARD_OF).verdict, code, text, sent=sent, items=items)

    def _one(self, result: Mapping[str, Any]) -> ItemAnswer:
        code = str(result.get("code", ""))
        verdict = self._answers.get(code, UNHEARD_OF).verdict
        return ItemAnswer(verdict, code, str(result.get("message", "")), str(result.get("number", "")))


def _item(item: Item, secret: str) -> dict[str, Any]:
    sealed = {name: encrypt(item.values[name], secret) for name in SEALED if item.values.get(name)}
    photo = base64.b64encode(item.photo.content).decode() if item.photo else ""
    return {"key": item.key, "team": item.team_number, **item.values, **sealed, "photo": photo}
