"""Each gate by itself: whether it stays shut on a day, why, and whose rule that is. Pure.

`rules.decide` asks them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from labour.assignments.models import Agreement, CertificateFacts, Listing, Site, WorkerFacts
from labour.codes.models import AgeKind, AgeRule, EntryLevelRule, EntryRules, Gate, HealthRule
from labour.codes.rules import in_force_on
from labour.courses.models import Category
from labour.health.rules import HealthFacts, why_not
from labour.training.rules import Level
from labour.workers.rules import add_months, age

LEVELS = {
    Category.ENTRY_COMPANY: ("公司级", "company"),
    Category.ENTRY_PROJECT: ("项目级", "project"),
    Category.ENTRY_TEAM: ("班组级", "team"),
}
CERTIFICATE_IN_FORCE = "1"  # code table certificate_status: 有效


@dataclass(frozen=True, slots=True)
class Refusal:
    """One gate that stays shut, why, and whose rule that is."""

    code: str
    zh: str
    en: str
    source: str


def not_there(site: Site, gate: Gate) -> Refusal | None:
    """He is not on the project's list, or on leave from it (请假) and has not returned."""
    if site.assigned is not False:
        return _on_leave(gate) if site.on_leave else None
    return Refusal(
        "WORKER_NOT_ASSIGNED",
        "该工人未安排到本项目或已退场。",
        "The worker is not assigned to this project, or has left it.",
        gate.source,
    )


def _on_leave(gate: Gate) -> Refusal:
    return Refusal(
        "ON_LEAVE",
        "该工人请假中,尚未销假。",
        "The worker is on leave and has not returned.",
        gate.source,
    )


def barred(barred_on: date | None, gate: Gate) -> Refusal | None:
    """He was sent away from the project (清退) and not readmitted."""
    if barred_on is None:
        return None
    return Refusal(
        "BARRED_FROM_PROJECT",
        f"该工人已于 {barred_on} 被清退出本项目(依据:{gate.source})。",
        f"The worker was sent away from this project on {barred_on} (source: {gate.source}).",
        gate.source,
    )


def unbound(agreements: Sequence[Agreement], on: date, rules: EntryRules) -> Refusal | None:
    """No contract or written agreement binds him on this project; of several, the one that ended last is named."""
    gate = rules.agreement
    if not agreements:
        return Refusal(
            "AGREEMENT_MISSING",
            f"未签订适用于本项目的劳动合同或书面用工协议(依据:{gate.source})。",
            f"No labour contract or written work agreement for this project is recorded (source: {gate.source}).",
            gate.source,
        )
    if any(in_force_on(one.valid_from, one.valid_to, on) for one in agreements):
        return None
    begun = [one for one in agreements if one.valid_from <= on]
    nearest = max(begun, key=_end) if begun else min(agreements, key=lambda one: one.valid_from)
    until = nearest.valid_to.isoformat() if nearest.valid_to else "–"
    return Refusal(
        "AGREEMENT_NOT_IN_FORCE",
        f"劳动合同或用工协议不在有效期内({nearest.valid_from} 至 {until};依据:{gate.source})。",
        f"The labour contract or agreement runs from {nearest.valid_from} to {until} (source: {gate.source}).",
        gate.source,
    )


def _end(agreement: Agreement) -> date:
    return agreement.valid_to or date.max


def untrained(worker: WorkerFacts, on: date, rules: EntryRules) -> Refusal | None:
    """He has no basic safety training, or a year has gone by without any data; only training again mends that."""
    gate = rules.training
    if worker.trained_on is None or worker.trained_on > on:
        return Refusal(
            "TRAINING_MISSING",
            f"未完成基本安全培训(依据:{gate.source})。",
            f"No basic safety training is recorded (source: {gate.source}).",
            gate.source,
        )
    last, months = worker.data_until or worker.trained_on, rules.training_months_without_data
    if on <= add_months(last, months):
        return None
    return Refusal(
        "TRAINING_LAPSED",
        f"最近一次培训或考勤为 {last},此后超过{months}个月无数据,须重新培训(依据:{gate.source})。",
        f"The last training or attendance was on {last}, with no data for over {months} months after: train again "
        f"(source: {gate.source}).",
        gate.source,
    )


def untaught(levels: Iterable[Level], wanted: Category, rule: EntryLevelRule) -> Refusal | None:
    """A level of the entry training (三级安全教育) lacks hours."""
    level = next((one for one in levels if one.level is wanted), None)
    if level is not None and level.complete:
        return None
    zh, en = LEVELS[wanted]
    have = f"{level.done}/{level.required}" if level else "0"
    return Refusal(
        "ENTRY_LEVEL_MISSING",
        f"三级安全教育缺{zh}(学时 {have};依据:{rule.source})。",
        f"The entry training lacks its {en} level ({have} hours; source: {rule.source}).",
        rule.source,
    )


def unregistered(worker: WorkerFacts, rules: EntryRules) -> Refusal | None:
    """Fields of his registration are empty."""
    gate = rules.registration
    missing = [name for name in rules.registration_fields if name in worker.missing]
    if not missing:
        return None
    return Refusal(
        "REGISTRATION_INCOMPLETE",
        f"实名登记不完整,缺少:{'、'.join(missing)}(依据:{gate.source})。",
        f"The registration lacks: {', '.join(missing)} (source: {gate.source}).",
        gate.source,
    )


def of_wrong_age(born: date, rule: AgeRule, on: date) -> Refusal | None:
    """He is younger or older than the rule admits."""
    years = age(born, on)
    if rule.kind is AgeKind.MIN_AGE and years < rule.age:
        return Refusal(
            "AGE_BELOW_MINIMUM",
            f"未满{rule.age}周岁(现{years}周岁;依据:{rule.source})。",
            f"Aged {years}, under {rule.age} (source: {rule.source}).",
            rule.source,
        )
    if rule.kind is AgeKind.MAX_AGE and years > rule.age:
        return Refusal(
            "AGE_ABOVE_MAXIMUM",
            f"超过{rule.age}周岁(现{years}周岁;依据:{rule.source})。",
            f"Aged {years}, over {rule.age} (source: {rule.source}).",
            rule.source,
        )
    return None


def uncertified(held: Iterable[CertificateFacts], trade: str, on: date, rules: EntryRules) -> Refusal | None:
    """No certificate covers a special trade."""
    gate = rules.certificate
    fitting = [one for one in held if one.trade == trade]
    if covering(fitting, trade, on) is not None:
        return None
    if not fitting:
        code, zh, en = "CERTIFICATE_MISSING", "无该工种操作资格证书", "no certificate is recorded"
    else:
        code, zh, en = _why_not(fitting, on)
    return Refusal(
        code,
        f"特种作业“{trade}”:{zh}(依据:{gate.source})。",
        f"Special trade {trade}: {en} (source: {gate.source}).",
        gate.source,
    )


def _why_not(fitting: Sequence[CertificateFacts], on: date) -> tuple[str, str, str]:
    latest = max(fitting, key=lambda one: (one.valid_to, one.number))
    if latest.valid_to < on:
        return (
            "CERTIFICATE_EXPIRED",
            f"证书 {latest.number} 已于 {latest.valid_to} 到期",
            f"certificate {latest.number} expired on {latest.valid_to}",
        )
    if latest.status != CERTIFICATE_IN_FORCE:
        return (
            "CERTIFICATE_NOT_IN_FORCE",
            f"证书 {latest.number} 状态代码为 {latest.status}",
            f"certificate {latest.number} has status code {latest.status}",
        )
    return (
        "CERTIFICATE_NOT_YET_VALID",
        f"证书 {latest.number} 自 {latest.valid_from} 起有效",
        f"certificate {latest.number} is valid from {latest.valid_from}",
    )


def covering(held: Iterable[CertificateFacts], trade: str, on: date) -> CertificateFacts | None:
    """The certificate that covers a trade on a day, the longest-lived of several."""
    fitting = [
        one
        for one in held
        if one.trade == trade and one.status == CERTIFICATE_IN_FORCE and one.valid_from <= on <= one.valid_to
    ]
    return max(fitting, key=lambda one: (one.valid_to, one.number), default=None)


def unfit(held: Sequence[HealthFacts], rule: HealthRule, on: date) -> Refusal | None:
    """No examination says that he is fit."""
    found = why_not(held, on)
    if found is None:
        return None
    code, zh, en = found
    return Refusal(code, f"{zh}(依据:{rule.source})。", f"{en} (source: {rule.source}).", rule.source)


def blacklisted(listed: Sequence[Listing], gate: Gate, on: date) -> Refusal | None:
    """An entry of the blacklist counts."""
    if not any(in_force_on(one.valid_from, one.valid_to, on) for one in listed):
        return None
    return Refusal(
        "BLACKLISTED",
        f"该工人在黑名单有效期内(依据:{gate.source})。",
        f"The worker is on the blacklist (source: {gate.source}).",
        gate.source,
    )
