"""The pages for users: every call on them is executed, in order, on the running platform."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from chassis.ids import new_id
from infra.contracts.paths import ROOT
from tests.e2e.conftest import Played, Stack

pytestmark = pytest.mark.timeout(600)

PAGES = sorted((ROOT / "docs" / "users").glob("*.md"))
BLOCK = re.compile(r"```http\n(.*?)```", re.S)
HEAD = re.compile(r"# (\S+) (\S+) answers (\d{3})(?: (?!keep)(\S+))?(?: keep (\w+)=(\S+))?$")


def test_there_is_a_page_for_each_group_of_users() -> None:
    assert [page.stem for page in PAGES] == [
        "buyers",
        "contractors",
        "integrators",
        "labour-subcontractors",
        "suppliers-and-lessors",
        "wage-officers",
    ]


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_every_call_on_the_page_works(stack: Stack, played: Played, page: Path) -> None:
    known = {"project": played.props["project"], **organisations(stack), **days(datetime.now(UTC)), **crew(played)}
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    assert len(blocks) >= 4
    for block in blocks:
        run(stack, block, known)


def organisations(stack: Stack) -> dict[str, str]:
    """Ids and codes that the pages name."""
    keys = ("contractor", "labour2", "supplier", "supplier2", "supplier3")
    ids = {key: stack.organisation(key)["id"] for key in keys}
    return ids | {
        "uscc": stack.organisation("contractor")["uscc"],
        "uscc2": stack.organisation("supplier2")["uscc"],
    }


def crew(played: Played) -> dict[str, str]:
    """What the demo's month of labour has left: the day that counts nothing, its worker, the sheet that was paid."""
    day = played.props["open_day"]
    return {
        "open_day": day["day"],
        "open_assignment": day["assignment_id"],
        "open_worker": day["worker_id"],
        "paid_month": played.props["month"][:7],
        "paid_sheet": played.props["sheet"],
    }


def days(now: datetime) -> dict[str, str]:
    """Instants and days that the pages name, in Shanghai."""
    today = now.astimezone(ZoneInfo("Asia/Shanghai")).date()
    return {
        "in_an_hour": (now + timedelta(hours=1)).isoformat(),
        "in_a_month": (today + timedelta(days=30)).isoformat(),
        "today": today.isoformat(),
        "month": f"{today:%Y-%m}",
        "year": f"{today:%y}",
    }


def run(stack: Stack, block: str, known: dict[str, str]) -> None:
    """One call: a line that says who calls (or by which link) and what comes back, the request line, headers if any,
    and behind a blank line the body: JSON, or what Content-Type says.
    """
    head, request, *rest = block.strip().split("\n")
    end = rest.index("") if "" in rest else len(rest)
    headers = {"Content-Type": "application/json"} | dict(line.split(": ", 1) for line in rest[:end])
    found = HEAD.match(head)
    assert found is not None, head
    organisation, role, status, code, name, path = found.groups()
    method, _, target = filled(request, known).partition(" ")
    body = filled("\n".join(rest[end:]), known).strip()
    answer = requests.request(
        method,
        stack.content["gateway"]["url"] + target,
        data=body.encode() or None,
        headers=caller(stack, organisation, filled(role, known))
        | {"Idempotency-Key": str(new_id())}
        | (headers if body else {}),
        timeout=30,
    )
    assert answer.status_code == int(status), f"{request}: {answer.text}"
    if code is not None:
        assert answer.json()["code"] == code
    if name is not None:
        found = pick(answer.json(), path)
        assert found is not None, f"{request}: no {path} in {answer.text}"
        known[name] = str(found)


def caller(stack: Stack, organisation: str, role: str) -> dict[str, str]:
    """The header of a member, of an API client (`client:integrator`), or of a worker with his link."""
    if organisation == "link":
        return {"Zhulian-Link": role}
    token = client_token(stack, organisation, role) if role.startswith("client:") else stack.token(organisation, role)
    return {"Authorization": f"Bearer {token}"}


def filled(text: str, known: dict[str, str]) -> str:
    """The text with the ids of this run."""
    for name, value in {**known, "unique": str(new_id())}.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def pick(document: Any, path: str) -> Any:
    """`items.0.id` of a document; None where it has none."""
    for step in path.split("."):
        if isinstance(document, list):
            document = document[int(step)] if int(step) < len(document) else None
        else:
            document = document.get(step) if document is not None else None
    return document


def client_token(stack: Stack, organisation: str, role: str) -> str:
    """A token of the organisation's API client with a role (`client:integrator`)."""
    wanted = role.removeprefix("client:")
    client = next(one for one in stack.organisation(organisation)["clients"] if wanted in one["roles"])
    form = {
        "grant_type": "client_credentials",
        "client_id": client["client_id"],
        "client_secret": client["client_secret"],
    }
    url = f"{stack.content['keycloak']['issuer']}/protocol/openid-connect/token"
    answer = requests.post(url, data=form, timeout=30)
    answer.raise_for_status()
    return str(answer.json()["access_token"])
