"""Labour contracts: one team signs on its phones by one-time links, the other by hand at the office."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

from infra.demo.crew import CLERK, CREW, RATES, TEAM, Phone, people, scan
from infra.demo.stage import Stage
from infra.demo.texts import Text

CONTRACTS = "/labour/v1/contracts"


async def play(stage: Stage) -> None:
    """Twelve contracts bind: six by link after an identity check, six as scans with the reason."""
    stage.title(Text("劳动合同签订", "Labour contracts"))
    drafted = await stage.step(
        CLERK,
        Text("起草 12 份合同(按日计酬)", "drafts 12 contracts, paid by the day"),
        "POST",
        f"{CONTRACTS}:batch",
        json={"contracts": _terms(stage)},
        result=lambda body: f"+{body['created']} ✗{body['refused']}",
    )
    contracts = [row["id"] for row in drafted["results"]]
    phones = await _offered(stage, contracts[:TEAM])
    await _a_stranger(stage, phones[0])
    await _by_link(stage, phones, contracts[:TEAM])
    await _by_hand(stage, contracts[TEAM:])
    await _proved(stage, contracts[0])
    stage.props["contracts"] = contracts


def _terms(stage: Stage) -> list[dict[str, Any]]:
    """From a week before the month that will be paid."""
    first = stage.props["month"] - timedelta(days=7)
    return [
        {
            "worker_id": worker,
            "project_id": stage.props["project"],
            "number": f"LD-{person.external_id}",
            "duties": ("钢筋绑扎", "模板支设")[person.team],
            "valid_from": first.isoformat(),
            "valid_to": (first + timedelta(days=365)).isoformat(),
            "wage_kind": "day",
            "wage_rate": RATES[person.team],
            "pay_day": 15,
        }
        for person, worker in zip(people(stage.props["code"]), stage.props["crew_workers"], strict=True)
    ]


async def _offered(stage: Stage, contracts: list[str]) -> list[Phone]:
    """Each worker's link is in the answer, this once."""
    offered = await stage.step(
        CLERK,
        Text("向钢筋班发出合同,生成一次性链接", "offers the steel fixers theirs: a link for each, shown once"),
        "POST",
        f"{CONTRACTS}:offer",
        json={"contract_ids": contracts},
        result=lambda body: f"{body['offered']}",
    )
    links = await stage.ask(CLERK, "GET", "/labour/v1/links", params={"purpose": "contract", "page_size": "100"})
    ids = {one["subject_id"]: one["id"] for one in links["items"]}
    phones = [
        Phone(stage, person, ids[contract], offered["links"][contract])
        for person, contract in zip(people(stage.props["code"]), contracts, strict=False)
    ]
    stage.props["links"] = [phone.secret for phone in phones]
    return phones


async def _a_stranger(stage: Stage, phone: Phone) -> None:
    """Who has the link but is somebody else gets no further, and does not hear what was wrong."""
    checked = await phone.check("张三", "000000")
    stage.props["stranger"] = checked
    stage.line(CREW, Text("他人持链接冒充", "a stranger tries one"), 200, f"passed {checked['passed']}", 0)


async def _by_link(stage: Stage, phones: list[Phone], contracts: list[str]) -> None:
    async def signed(phone: Phone, contract: str) -> str:
        paper = await phone.read(f"/contracts/{contract}/document")
        done = await phone.post(f"/contracts/{contract}:sign", {"sha256": sha256(paper).hexdigest()})
        return str(done["state"])

    await stage.together(
        CREW,
        Text("核验身份:姓名、证件号、短信验证码", "pass the identity check: name, number, code on the phone"),
        (phone.open() for phone in phones),
    )
    stage.props["signed_by_link"] = await stage.together(
        CREW,
        Text("阅读合同 PDF 并签字", "read the paper and sign what they have read"),
        (signed(*one) for one in zip(phones, contracts, strict=True)),
        lambda states: f"{states.count('signed')} signed",
    )


async def _by_hand(stage: Stage, contracts: list[str]) -> None:
    async def filed(contract: str) -> Any:
        file_id = await scan(stage, CLERK, f"contract-{contract[-8:]}")
        signed_on = stage.props["today"].isoformat()
        reason = "入场当日在项目部集中签订 / signed together at the site office"
        body = {"file_id": file_id, "signed_on": signed_on, "reason": reason}
        return await stage.ask(CLERK, "POST", f"{CONTRACTS}/{contract}:sign-on-paper", json=body)

    await stage.together(
        CLERK,
        Text("模板班纸质签订:上传扫描件并注明原因", "files what the carpenters signed by hand: scan and reason"),
        (filed(contract) for contract in contracts),
    )


async def _proved(stage: Stage, contract: str) -> None:
    what = Text("查看签字证据", "looks at the evidence of a signature")
    evidence = await stage.step(
        CLERK, what, "GET", f"{CONTRACTS}/{contract}/evidence", result=lambda one: f"SHA-256 {one['sha256'][:12]}…"
    )
    verified = await stage.step(
        CLERK,
        Text("重新计算存档文件的哈希", "has the kept bytes hashed again"),
        "GET",
        f"{CONTRACTS}/{contract}/verification",
        result=lambda one: f"intact {one['intact']}",
    )
    stage.props |= {"contract_evidence": evidence, "contract_verified": verified}
