"""The quality proof: certificates, heats, photos, samples, the supervisor's signature, and what the archive is told."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.clients.projects import Party
from tests.chassis.files.samples import PATH as FILES
from tests.chassis.files.samples import PNG, pdf, upload, uploaded
from tests.harness import key, organisation
from tests.procurement.conftest import tell_parties
from tests.procurement.deliveries.conftest import PATH, Yard, found, refused


def engineer_of(yard: Yard) -> httpx.AsyncClient:
    """A supervising engineer."""
    return yard.harness.client(yard.supervisor.as_(Role.SITE_ENGINEER))


def papers(yard: Yard, *files: str, heats: tuple[str, ...] = ("H26-1107", "H26-1108")) -> dict[str, Any]:
    """A note whose one line has its certificates as files."""
    certificates = [{"number": f"QC-{place}", "file_id": file} for place, file in enumerate(files, start=1)]
    line = {"line_id": yard.line_id, "quantity": "50", "heat_numbers": heats, "certificates": certificates}
    return {"certificate_number": None, "certificate_sha256": None, "lines": [line]}


async def test_the_files_on_a_line_are_its_certificates(yard: Yard) -> None:
    """The first stands for the note where it says nothing else; both sides and the supervisor read them."""
    content = pdf()
    first, second = await uploaded(yard.supplier, content), await uploaded(yard.supplier)
    sent = found(await yard.send("0", **papers(yard, first, second)), 201)
    digest = sha256(content).hexdigest()
    assert (sent["certificate_number"], sent["certificate_sha256"]) == ("QC-1", digest)
    [line] = sent["lines"]
    assert line["heat_numbers"] == ["H26-1107", "H26-1108"]
    assert [(one["number"], one["file_id"]) for one in line["certificates"]] == [("QC-1", first), ("QC-2", second)]
    assert line["certificates"][0]["sha256"] == digest
    async with (
        engineer_of(yard) as supervisor,
        yard.harness.client(organisation(Kind.SUPPLIER).as_(Role.SALES)) as other,
    ):
        for reader in (yard.site, supervisor):
            assert (await reader.get(f"{FILES}/{first}/content")).content == content
        assert (await other.get(f"{FILES}/{first}/content")).status_code == 404


async def test_goods_without_a_certificate_are_not_sent(yard: Yard) -> None:
    """Nor with a file of somebody else's; the refusals change nothing."""
    foreign, own = await uploaded(yard.site), await uploaded(yard.supplier)
    before = await yard.harness.checksum()
    assert refused(await yard.send("0", **papers(yard))) == (422, "CERTIFICATE_MISSING")
    half = papers(yard) | {"certificate_number": "QC-1"}
    assert refused(await yard.send("0", **half)) == (422, "CERTIFICATE_MISSING")
    answer = await yard.send("0", **papers(yard, own, foreign))
    assert refused(answer) == (422, "FILE_UNKNOWN")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/lines/0/certificates/1/file_id"]
    assert await yard.harness.checksum() == before


async def test_the_archive_is_told_everything_that_proves_quality(yard: Yard) -> None:
    """Hashes, numbers, heats, material, samples, photos and signatures, so that it need not ask back."""
    certificate = pdf()
    sent = found(await yard.send("0", **papers(yard, await uploaded(yard.supplier, certificate))), 201)
    found(await yard.do(yard.gate, sent, ":arrive", {}))
    line_id = sent["lines"][0]["id"]
    sample = {"line_id": line_id, "number": "JZ-1", "laboratory": "市检测中心"}
    found(await yard.do(yard.site, sent, "/samples", sample), 201)
    async with engineer_of(yard) as supervisor:
        found(await yard.do(supervisor, sent, ":witness", {"remark": "seen"}))
    assert await yard.proofs(sent) == []  # nothing is accepted yet
    photo = found(await upload(yard.site, PNG + str(new_id()).encode(), "a.png", "image/png"), 201)
    accepting = {"lines": [{"line_id": line_id, "quantity": "50"}], "photos": [photo["id"]]}
    found(await yard.do(yard.site, sent, ":accept", accepting))
    [proof] = await yard.proofs(sent)
    [line] = proof.lines
    assert (line.material_code, line.unit, line.quantity) == ("01090001", "t", "50.000000")
    assert list(line.heat_numbers) == ["H26-1107", "H26-1108"]
    [told] = line.certificates
    assert (told.number, told.sha256, told.file.sha256) == ("QC-1", *[sha256(certificate).hexdigest()] * 2)
    assert [(one.number, one.laboratory, one.result) for one in line.samples] == [("JZ-1", "市检测中心", "pending")]
    assert [one.sha256 for one in proof.photos] == [photo["sha256"]]
    assert [one.organisation_id for one in proof.witnesses] == [str(yard.supervisor.id)]
    assert (proof.note.project_id, proof.note.number) == (str(yard.orders.site.project_id), sent["note_number"])


async def test_a_hash_alone_is_a_proof_too(yard: Yard) -> None:
    """What a supplier sent before there were files."""
    sent = await yard.sent("10")
    found(await yard.judge(sent, "accept", "10"))
    [proof] = await yard.proofs(sent)
    [told] = proof.lines[0].certificates
    assert (told.number, told.sha256, told.HasField("file")) == ("QC-1", "a" * 64, False)


async def sampled(yard: Yard, delivery: dict[str, Any], number: str = "JZ-1") -> str:
    """The id of a sample of a delivery's line."""
    payload = {"line_id": delivery["lines"][0]["id"], "number": number, "laboratory": "市检测中心"}
    taken = found(await yard.do(yard.site, delivery, "/samples", payload), 201)
    sample_id: str = taken["samples"][-1]["id"]
    assert taken["samples"][-1]["state"] == "pending"
    return sample_id


async def result(yard: Yard, delivery: dict[str, Any], sample: str, outcome: str, **more: str) -> httpx.Response:
    """The laboratory's word."""
    return await yard.do(yard.site, delivery, f"/samples/{sample}:report", {"outcome": outcome} | more)


async def test_a_sample_that_fails_sends_back_what_was_accepted(yard: Yard) -> None:
    """All of its line that is still there, with its cost; what was returned before is not returned again."""
    delivery = await yard.arrived("100")
    sample = await sampled(yard, delivery)
    found(await yard.judge(delivery, "accept", "100"))
    found(await yard.judge(delivery, "return", "10", "cracked"))
    report = await uploaded(yard.site, name="report.pdf")
    failed = found(await result(yard, delivery, sample, "fail", report_file_id=report))
    assert (failed["samples"][0]["state"], failed["samples"][0]["report_file_id"]) == ("failed", report)
    assert (failed["lines"][0]["returned"], "JZ-1" in failed["lines"][0]["reason"]) == ("100.000000", True)
    assert await yard.ordered() == ("0.000000", "0.000000")
    assert await yard.costs(delivery) == ["395000.00", "-39500.00", "-355500.00"]
    assert [len(proof.lines) for proof in await yard.proofs(delivery)] == [1, 1, 0]
    assert (await yard.supplier.get(f"{FILES}/{report}")).status_code == 200
    assert refused(await result(yard, delivery, sample, "pass")) == (409, "INVALID_STATE")
    assert await yard.costs(delivery) == ["395000.00", "-39500.00", "-355500.00"]


async def test_nothing_is_accepted_whose_sample_has_failed(yard: Yard) -> None:
    """But it may be rejected, and a second sample that passes does not heal the first."""
    delivery = await yard.arrived("100")
    bad, good = await sampled(yard, delivery), await sampled(yard, delivery, "JZ-2")
    found(await result(yard, delivery, bad, "fail"))
    found(await result(yard, delivery, good, "pass"))
    before = await yard.harness.checksum()
    answer = await yard.judge(delivery, "accept", "1", "only one")
    assert (answer.status_code, answer.json()["code"]) == (409, "SAMPLE_FAILED")
    assert await yard.harness.checksum() == before
    [line] = found(await yard.judge(delivery, "accept", "0", "sample JZ-1 has failed"))["lines"]
    assert (line["accepted"], line["rejected"]) == ("0.000000", "100.000000")


async def test_a_result_that_comes_after_the_acceptance_reaches_the_archive(yard: Yard) -> None:
    delivery = await yard.arrived("100")
    sample = await sampled(yard, delivery)
    found(await yard.judge(delivery, "accept", "100"))
    found(await result(yard, delivery, sample, "pass"))
    proofs = await yard.proofs(delivery)
    assert [proof.lines[0].samples[0].result for proof in proofs] == ["pending", "passed"]
    assert proofs[0].version < proofs[1].version


async def test_what_a_sample_is_refused_for(yard: Yard) -> None:
    """On the way there is nothing to sample; numbers are used once; a foreign line or sample is none."""
    delivery, on_its_way = await yard.arrived("10"), await yard.sent("10")
    await sampled(yard, delivery)
    before = await yard.harness.checksum()
    sample = {"line_id": delivery["lines"][0]["id"], "number": "JZ-1", "laboratory": "lab"}
    too_early = sample | {"line_id": on_its_way["lines"][0]["id"]}
    assert refused(await yard.do(yard.site, on_its_way, "/samples", too_early)) == (409, "INVALID_STATE")
    assert refused(await yard.do(yard.site, delivery, "/samples", sample)) == (409, "SAMPLE_NUMBER_TAKEN")
    foreign = sample | {"number": "JZ-9", "line_id": str(new_id())}
    assert refused(await yard.do(yard.site, delivery, "/samples", foreign)) == (422, "LINE_UNKNOWN")
    assert refused(await result(yard, delivery, str(new_id()), "pass")) == (404, "SAMPLE_NOT_FOUND")
    assert (await result(yard, delivery, str(new_id()), "maybe")).status_code == 422
    assert refused(await yard.do(yard.supplier, delivery, "/samples", sample)) == (403, "ROLE_MISSING")
    assert await yard.harness.checksum() == before


async def test_a_supervisor_signs_once(yard: Yard) -> None:
    """In parallel, again and later; photos and reports that hung there before are shown to it then."""
    delivery = await yard.arrived("10")
    found(await yard.judge(delivery, "accept", "10"))
    async with engineer_of(yard) as supervisor:
        assert [one["id"] for one in found(await supervisor.get(PATH))["items"]] == [delivery["id"]]
        answers = await asyncio.gather(*(yard.do(supervisor, delivery, ":witness", {}) for _ in range(5)))
        again = found(await yard.do(supervisor, delivery, ":witness", {"remark": "once more"}))
    assert {answer.status_code for answer in answers} == {200}
    assert [(one["organisation_id"], one["remark"]) for one in again["witnesses"]] == [(str(yard.supervisor.id), "")]
    assert [len(proof.witnesses) for proof in await yard.proofs(delivery)] == [0, 1]
    assert (await yard.harness.audited(UUID(delivery["id"]))).count("deliveries.witness") == 1


async def test_a_supervisor_who_comes_later_reads_the_papers_after_signing(yard: Yard) -> None:
    certificate = await uploaded(yard.supplier)
    async with yard.harness.sql() as connection:  # as long as the replica knows of no supervisor
        parties = await connection.fetch(
            "DELETE FROM known_parties WHERE organisation_id = $1 RETURNING *", yard.supervisor.id
        )
        sent = found(await yard.send("0", **papers(yard, certificate)), 201)
        found(await yard.do(yard.gate, sent, ":arrive", {}))
        async with engineer_of(yard) as supervisor:
            assert refused(await yard.do(supervisor, sent, ":witness", {})) == (404, "DELIVERY_NOT_FOUND")
            await connection.executemany("INSERT INTO known_parties VALUES ($1, $2, $3, $4, $5)", parties)
            assert (await supervisor.get(f"{FILES}/{certificate}")).status_code == 404
            found(await yard.do(supervisor, sent, ":witness", {}))
            assert (await supervisor.get(f"{FILES}/{certificate}")).status_code == 200


@pytest.mark.parametrize(
    "party",
    [
        Party(frozenset(), "active"),
        Party(frozenset({"general_contractor"}), "active"),
        Party(frozenset({"supervisor"}), "archived"),
    ],
    ids=["left", "another role", "project over"],
)
async def test_only_who_supervises_now_signs(yard: Yard, party: Party) -> None:
    """project-mgmt is asked, not the replica."""
    delivery = await yard.arrived("10")
    yard.orders.projects.parties[yard.orders.site.project_id, yard.supervisor.id] = party
    before = await yard.harness.checksum()
    async with engineer_of(yard) as supervisor:
        answer = await yard.do(supervisor, delivery, ":witness", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "NOT_SUPERVISOR")
    assert await yard.harness.checksum() == before


async def test_who_signs_not(yard: Yard) -> None:
    """Neither side, nor who supervises elsewhere, here or not; and the project's supervisor does nothing else."""
    consultant = organisation(Kind.SUPERVISOR)
    parties = {yard.supervisor.id: "supervisor", consultant.id: "consultant"}
    await tell_parties(yard.harness, yard.orders.site, parties, version=3)
    delivery = await yard.arrived("10")
    before = await yard.harness.checksum()
    for side in (yard.site, yard.supplier):
        assert refused(await yard.do(side, delivery, ":witness", {})) == (403, "ROLE_MISSING")
    strangers = [organisation(Kind.SUPERVISOR), consultant]
    for who in strangers:
        async with yard.harness.client(who.as_(Role.SITE_ENGINEER)) as stranger:
            assert refused(await yard.do(stranger, delivery, ":witness", {})) == (404, "DELIVERY_NOT_FOUND")
            assert found(await stranger.get(PATH))["items"] == []
    lines = {"lines": [{"line_id": delivery["lines"][0]["id"], "quantity": "10"}]}
    async with engineer_of(yard) as supervisor:
        assert refused(await yard.do(supervisor, delivery, ":accept", lines)) == (403, "ROLE_MISSING")
        stale = await yard.do(supervisor, delivery, ":witness", {}, **key(), **{"If-Match": '"1"'})
    assert stale.status_code == 412
    assert await yard.harness.checksum() == before
