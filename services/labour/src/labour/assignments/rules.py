"""Who may enter a site today: three gates, blacklist, age rule, special trades, health records. Pure.

The gates (建筑工人实名制管理办法第八条,建市〔2022〕59号): a labour contract or written agreement, basic safety
training, a complete registration. `decide` asks every rule, at every gate event, and says of each whether it is met,
whose rule it is and what would mend it; all doors answer from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from labour.codes.models import AgeKind, AgeRule, EntryRules, Gate, HealthRule, RiskClass, Sex, Status
from labour.codes.rules import age_rules, in_force_on, nearest
from labour.health.rules import HealthFacts, healthy_until, why_not
from labour.workers.rules import add_months, add_years, age

FAR = date(9000, 1, 1)  # beyond it there is no day after
CERTIFICATE_IN_FORCE = "1"  # code table certificate_status: 有效


@dataclass(frozen=True, slots=True)
class Agreement:
    """The labour contract or written agreement, open when `valid_to` is None."""

    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A special-trade certificate (特种作业操作资格证)."""

    number: str
    trade: str
    valid_from: date
    valid_to: date
    status: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The days on which an entry of the blacklist (黑名单) counts; open when `valid_to` is None."""

    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """What is known of a worker when somebody stands at the gate.

    `missing` are the fields of the registration that are empty; `trained_on` the last basic safety training,
    `last_seen_on` the last day with attendance.
    """

    sex: Sex
    birth_date: date
    work_type: str
    work_role: str
    missing: frozenset[str]
    agreement: Agreement | None
    trained_on: date | None
    last_seen_on: date | None
    certificates: tuple[CertificateFacts, ...]
    health: tuple[HealthFacts, ...] = ()
    listed: tuple[Listing, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """Where he is to work: the project's city and the risk class of his work, and the trade he does there.

    `also` is a trade that the occasion demands (a machine to operate). `assigned` tells whether he stands on the
    project's list (None: not asked, he is about to). `barred_on` is the day on which he was sent away from it.
    """

    city: str
    risk_class: RiskClass
    special_trade: str | None
    also: str | None = None
    assigned: bool | None = None
    barred_on: date | None = None


class Rule(StrEnum):
    """What is asked at a gate."""

    ASSIGNMENT = "assignment"
    READMISSION = "readmission"
    BLACKLIST = "blacklist"
    AGREEMENT = "agreement"
    TRAINING = "training"
    REGISTRATION = "registration"
    AGE = "age"
    CERTIFICATE = "certificate"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One gate that stays shut, why, and whose rule that is."""

    code: str
    zh: str
    en: str
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that was asked; met when there is no refusal. `subject` is the trade or the end of the ages, or empty."""

    rule: Rule
    subject: str
    source: str
    status: Status
    refusal: Refusal | None


def decide(worker: WorkerFacts, site: Site, on: date, rules: EntryRules) -> list[Finding]:
    """Every rule in force on that day, asked; he may enter when none of them refuses."""
    asked: list[tuple[Rule, str, Gate, Refusal | None]] = [
        (Rule.READMISSION, "", rules.readmission, _readmission(site.barred_on, rules.readmission)),
        (Rule.BLACKLIST, "", rules.blacklist, _blacklisted(worker.listed, rules.blacklist, on)),
        (Rule.AGREEMENT, "", rules.agreement, _agreement(worker.agreement, on, rules)),
        (Rule.TRAINING, "", rules.training, _training(worker, on, rules)),
        (Rule.REGISTRATION, "", rules.registration, _registration(worker, rules)),
        *(
            (Rule.AGE, rule.kind.value, _as_gate(rule), _age(worker.birth_date, rule, on))
            for rule in _age_rules(worker, site, on, rules)
        ),
        *(
            (Rule.CERTIFICATE, trade, rules.certificate, _certificate(worker.certificates, trade, on, rules))
            for trade in trades(worker.work_type, site, rules)
        ),
        *(
            (Rule.HEALTH, "", _as_gate(rule), _health(worker.health, rule, on))
            for rule in health_rules(site, on, rules)
        ),
    ]
    if site.assigned is not None:
        asked.insert(0, (Rule.ASSIGNMENT, "", rules.registration, _assignment(site.assigned, rules.registration)))
    return [
        Finding(rule, subject, gate.source, gate.status, refusal)
        for rule, subject, gate, refusal in asked
        if in_force_on(gate.valid_from, gate.valid_to, on)
    ]


def refusals(worker: WorkerFacts, site: Site, on: date, rules: EntryRules) -> list[Refusal]:
    """Every rule that fails on that day; empty when he may enter."""
    return [found.refusal for found in decide(worker, site, on, rules) if found.refusal is not None]


def trades(work_type: str, site: Site, rules: EntryRules) -> list[str]:
    """The special trades whose certificates are demanded: by his work type, by what he does on this site, or now."""
    demanded = {rules.trade_of_work_type.get(work_type), site.special_trade, site.also} - {None}
    return sorted(trade for trade in demanded if trade is not None)


def health_rules(site: Site, on: date, rules: EntryRules) -> list[HealthRule]:
    """The rules of the nearest division that ask for an examination of those who do such work."""
    return nearest([rule for rule in rules.health if site.risk_class in rule.risk_classes], site.city, on)


def stricter(one: RiskClass, other: RiskClass) -> RiskClass:
    """Work can be more hazardous than its project, never less."""
    return RiskClass.HAZARDOUS if RiskClass.HAZARDOUS in (one, other) else RiskClass.NORMAL


def cleared_until(worker: WorkerFacts, site: Site, on: date, rules: EntryRules) -> date | None:
    """The last day on which contract, age and certificates hold without news; None when nothing runs out.

    For a worker who is refused today, the day before today at the latest. Training holds as long as attendance goes
    on: it is in it only once it has lapsed.
    """
    ends: list[date] = []
    trained = _trained_until(worker, on, rules)
    if trained is None or trained < on:
        ends.append(trained or on - timedelta(days=1))
    if worker.agreement is None or _agreement(worker.agreement, on, rules) is not None:
        ends.append(on - timedelta(days=1))
    elif worker.agreement.valid_to is not None:
        ends.append(worker.agreement.valid_to)
    for rule in _age_rules(worker, site, on, rules):
        if rule.kind is AgeKind.MAX_AGE:
            ends.append(add_years(worker.birth_date, rule.age + 1) - timedelta(days=1))
        elif _age(worker.birth_date, rule, on) is not None:
            ends.append(on - timedelta(days=1))
    ends.extend(_covered_until(worker.certificates, trade, on) for trade in trades(worker.work_type, site, rules))
    ends.extend(healthy_until(worker.health, on) for _ in health_rules(site, on, rules))
    listed = _listed_from(worker.listed, on)
    if listed is not None:
        ends.append(listed - timedelta(days=1))
    return min(ends, default=None)


def _as_gate(rule: AgeRule | HealthRule) -> Gate:
    return Gate(rule.source, rule.status, rule.valid_from, rule.valid_to)


def _assignment(assigned: bool, gate: Gate) -> Refusal | None:
    if assigned:
        return None
    return Refusal(
        "WORKER_NOT_ASSIGNED",
        "该工人未安排到本项目或已退场。",
        "The worker is not assigned to this project, or has left it.",
        gate.source,
    )


def _readmission(barred_on: date | None, gate: Gate) -> Refusal | None:
    if barred_on is None:
        return None
    return Refusal(
        "BARRED_FROM_PROJECT",
        f"该工人已于 {barred_on} 被清退出本项目(依据:{gate.source})。",
        f"The worker was sent away from this project on {barred_on} (source: {gate.source}).",
        gate.source,
    )


def _agreement(agreement: Agreement | None, on: date, rules: EntryRules) -> Refusal | None:
    gate = rules.agreement
    if agreement is None:
        return Refusal(
            "AGREEMENT_MISSING",
            f"未签订劳动合同或书面用工协议(依据:{gate.source})。",
            f"No labour contract or written work agreement is recorded (source: {gate.source}).",
            gate.source,
        )
    if in_force_on(agreement.valid_from, agreement.valid_to, on):
        return None
    until = agreement.valid_to.isoformat() if agreement.valid_to else "–"
    return Refusal(
        "AGREEMENT_NOT_IN_FORCE",
        f"劳动合同或用工协议不在有效期内({agreement.valid_from} 至 {until};依据:{gate.source})。",
        f"The labour contract or agreement runs from {agreement.valid_from} to {until} (source: {gate.source}).",
        gate.source,
    )


def _training(worker: WorkerFacts, on: date, rules: EntryRules) -> Refusal | None:
    gate = rules.training
    if worker.trained_on is None or worker.trained_on > on:
        return Refusal(
            "TRAINING_MISSING",
            f"未完成基本安全培训(依据:{gate.source})。",
            f"No basic safety training is recorded (source: {gate.source}).",
            gate.source,
        )
    last, months = _last_data(worker.trained_on, worker.last_seen_on), rules.training_months_without_data
    if on <= add_months(last, months):
        return None
    return Refusal(
        "TRAINING_LAPSED",
        f"最近一次培训或考勤为 {last},已超过{months}个月,须重新培训(依据:{gate.source})。",
        f"The last training or attendance was on {last}, over {months} months ago: train again "
        f"(source: {gate.source}).",
        gate.source,
    )


def _last_data(trained_on: date, seen_on: date | None) -> date:
    return max(trained_on, seen_on or trained_on)


def _trained_until(worker: WorkerFacts, on: date, rules: EntryRules) -> date | None:
    if not in_force_on(rules.training.valid_from, rules.training.valid_to, on):
        return on
    if worker.trained_on is None or worker.trained_on > on:
        return None
    return add_months(_last_data(worker.trained_on, worker.last_seen_on), rules.training_months_without_data)


def _registration(worker: WorkerFacts, rules: EntryRules) -> Refusal | None:
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


def _age_rules(worker: WorkerFacts, site: Site, on: date, rules: EntryRules) -> list[AgeRule]:
    return age_rules(
        rules.age, city=site.city, sex=worker.sex, risk_class=site.risk_class, work_role=worker.work_role, on=on
    )


def _age(born: date, rule: AgeRule, on: date) -> Refusal | None:
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


def _certificate(held: Iterable[CertificateFacts], trade: str, on: date, rules: EntryRules) -> Refusal | None:
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


def _covered_until(held: Iterable[CertificateFacts], trade: str, on: date) -> date:
    # A renewed certificate that begins before the old one has ended carries on.
    certificates = list(held)
    end = on - timedelta(days=1)
    while end < FAR and (best := covering(certificates, trade, end + timedelta(days=1))) is not None:
        end = best.valid_to
    return end


def _health(held: Sequence[HealthFacts], rule: HealthRule, on: date) -> Refusal | None:
    found = why_not(held, on)
    if found is None:
        return None
    code, zh, en = found
    return Refusal(code, f"{zh}(依据:{rule.source})。", f"{en} (source: {rule.source}).", rule.source)


def _blacklisted(listed: Sequence[Listing], gate: Gate, on: date) -> Refusal | None:
    if not any(in_force_on(one.valid_from, one.valid_to, on) for one in listed):
        return None
    return Refusal(
        "BLACKLISTED",
        f"该工人在黑名单有效期内(依据:{gate.source})。",
        f"The worker is on the blacklist (source: {gate.source}).",
        gate.source,
    )


def _listed_from(listed: Sequence[Listing], on: date) -> date | None:
    """The first day, from this one on, on which an entry of the blacklist counts."""
    return min((max(one.valid_from, on) for one in listed if one.valid_to is None or one.valid_to >= on), default=None)
