"""Organisations register, the operator admits them, their administrators invite members and make clients."""

from __future__ import annotations

import asyncio
from typing import Any

from infra.demo.cast import CAST, Organisation, email, key_of, new_uscc
from infra.demo.stage import Caller, DemoError, Stage
from infra.demo.texts import Text
from infra.local import stack_file

ACCESS = "/access/v1"


async def play(stage: Stage) -> None:
    """Everybody who is not on the platform yet comes on it; who is there from an earlier play, stays."""
    stage.title(Text("组织入驻、成员与接口客户端", "Organisations, members and API clients"))
    known = stage.stack["demo"]["organisations"]
    operator = known["operator"]
    stage.organisations["operator"] = operator
    user = operator["users"][0]
    stage.callers["operator"] = Caller("operator", Text("平台运营方", "operator"), user["username"], user["password"])
    stage.callers["platform"] = Caller("operator", Text("平台", "platform"))
    await wrong_check_digit(stage)
    newcomers = [one for one in CAST if not _fits(one, known.get(one.key))]
    for one in CAST:
        if one not in newcomers:
            _recall(stage, one, known[one.key])
    await asyncio.gather(*(_join(stage, one) for one in newcomers))
    if "partner" not in stage.callers:
        await _partner(stage)


async def wrong_check_digit(stage: Stage) -> None:
    """A USCC whose last place is wrong is refused before anything is written."""
    right = new_uscc()
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    what = Text("以错误校验位的统一社会信用代码注册", "registers with a wrong check digit")
    await stage.step(None, what, "POST", f"{ACCESS}/organisations", json=_application(CAST[0], wrong), expect=422)


def _application(one: Organisation, code: str) -> dict[str, Any]:
    asked = "owner" if one.kind == "authority" else one.kind
    return {
        "name": one.name.zh,
        "uscc": code,
        "kinds": [asked],
        "contact": {"name": one.admin, "email": email(f"{one.key}-office", code), "phone": "0755-26543210"},
        "administrator": {"name": one.admin, "email": email(f"{one.key}-admin", code)},
    }


async def _join(stage: Stage, one: Organisation) -> None:
    code = new_uscc()
    what = Text(f"{one.name.zh} 注册", f"{one.name.en} registers")
    made = await stage.step(
        None,
        what,
        "POST",
        f"{ACCESS}/organisations",
        json=_application(one, code),
        expect=201,
        result=lambda body: body["uscc"],
    )
    path = f"{ACCESS}/organisations/{made['id']}"
    kinds = {"kinds": ["authority"]} if one.kind == "authority" else {}
    await stage.step(
        "operator", Text(f"准入 {one.name.zh}", f"admits {one.name.en}"), "POST", f"{path}:admit", json=kinds
    )
    await _provisioned(stage, "operator", path)
    admin = f"{one.key}-admin"
    stage.organisations[one.key] = {"id": made["id"], "name": one.name.zh, "uscc": code, "kinds": [one.kind]}
    stage.callers[admin] = Caller(
        one.key, Text(f"{one.name.zh}管理员", f"{one.name.en} admin"), email(admin, code), made["initial_password"]
    )
    users = [{"username": email(admin, code), "password": made["initial_password"], "roles": ["admin"]}]
    for member in one.members:
        body = {"name": member.name, "email": email(member.key, code), "roles": list(member.roles)}
        what = Text(f"邀请{member.title.zh} {member.name}", f"invites {member.title.en}")
        invited = await stage.step(admin, what, "POST", f"{ACCESS}/members", json=body, expect=201)
        await _provisioned(stage, admin, f"{ACCESS}/members/{invited['id']}")
        password = invited["initial_password"]
        stage.callers[member.key] = Caller(one.key, member.title, invited["email"], password)
        users.append({"username": invited["email"], "password": password, "roles": list(member.roles)})
    stack_file.update_organisations({one.key: {**stage.organisations[one.key], "users": users, "clients": []}})


def _fits(one: Organisation, entry: dict[str, Any] | None) -> bool:
    """Whether an organisation that an earlier play has made, perhaps with an earlier cast, can play its part."""
    if entry is None or "uscc" not in entry:
        return False
    return {member.key for member in one.members} <= {key_of(user["username"]) for user in entry["users"]}


def _recall(stage: Stage, one: Organisation, entry: dict[str, Any]) -> None:
    stage.organisations[one.key] = entry
    titles = {member.key: member.title for member in one.members}
    administrator = Text(f"{one.name.zh}管理员", f"{one.name.en} admin")
    for user in entry["users"]:
        key = key_of(user["username"])
        stage.callers[key] = Caller(one.key, titles.get(key, administrator), user["username"], user["password"])
    for client in entry["clients"]:
        if "integrator" in client["roles"]:
            stage.callers["partner"] = _software_partner(client["client_id"], client["client_secret"])


def _software_partner(client_id: str, client_secret: str) -> Caller:
    title = Text("软件伙伴接口客户端", "software partner's client")
    return Caller("contractor", title, client_id=client_id, client_secret=client_secret)


async def _partner(stage: Stage) -> None:
    """The contractor makes an API client for its software partner; the secret is shown once."""
    client = await make_client(
        stage,
        "contractor",
        Text("为软件伙伴创建接口客户端", "makes a client for its software partner"),
        "ERP 接口",
        "integrator",
    )
    stage.callers["partner"] = _software_partner(client["client_id"], client["client_secret"])


async def make_client(stage: Stage, organisation: str, what: Text, name: str, role: str) -> dict[str, Any]:
    """An API client of an organisation, ready to sign in, and remembered in the stack file."""
    admin = f"{organisation}-admin"
    body = {"name": name, "roles": [role]}
    made = await stage.step(
        admin, what, "POST", f"{ACCESS}/clients", json=body, expect=201, result=lambda answer: answer["client_id"]
    )
    await _provisioned(stage, admin, f"{ACCESS}/clients/{made['id']}")
    entry = stack_file.read()["demo"]["organisations"][organisation]
    entry["clients"].append({"client_id": made["client_id"], "client_secret": made["client_secret"], "roles": [role]})
    stack_file.update_organisations({organisation: entry})
    return made


async def _provisioned(stage: Stage, who: str, path: str) -> None:
    """Wait until Keycloak holds what stands at a path."""
    for _ in range(300):
        answer = await stage.call(who, "GET", path)
        if answer.body.get("provisioning") == "done":
            return
        await asyncio.sleep(0.1)
    raise DemoError(f"Keycloak did not take over {path}")
