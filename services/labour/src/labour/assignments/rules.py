"""Who may enter a site today: three gates, the age rule and the special trades. Pure.

The gates (建筑工人实名制管理办法第八条,建市〔2022〕59号): a labour contract or written agreement, basic safety
training, a complete registration. They are asked at every gate event, not only when a worker is registered, and
every one that fails is named with its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from labour.codes.models import AgeKind, AgeRule, EntryRules, RiskClass, Sex
from labour.codes.rules import age_rules, in_force_on
from labour.workers.rules import add_years, age

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


@dataclass(frozen=True, slots=True)
class Site:
    """Where he is to work: the project's city and the risk class of his work, and the trade he does there."""

    city: str
    risk_class: RiskClass
    special_trade: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One gate that stays shut, why, and whose rule that is."""

    code: str
    zh: str
    en: str
    source: str


def refusals(worker: WorkerFacts, site: Site, on: date, rules: EntryRules) -> list[Refusal]:
    """Every gate that fails on that day; empty when he may enter."""
    found: list[Refusal | None] = [
        _agreement(worker.agreement, on, rules),
        _training(worker, on, rules),
        _registration(worker, on, rules),
        *(_age(worker.birth_date, rule, on) for rule in _age_rules(worker, site, on, rules)),
        *(certificate(worker.certificates, trade, on, rules) for trade in trades(worker.work_type, site, rules)),
    ]
    return [refusal for refusal in found if refusal is not None]


def trades(work_type: str, site: Site, rules: EntryRules) -> list[str]:
    """The special trades whose certificates are demanded: by his work type, and by what he does on this site."""
    demanded = {rules.trade_of_work_type.get(work_type), site.special_trade} - {None}
    return sorted(trade for trade in demanded if trade is not None)


def stricter(one: RiskClass, other: RiskClass) -> RiskClass:
    """Work can be more hazardous than its project, never less."""
    return RiskClass.HAZARDOUS if RiskClass.HAZARDOUS in (one, other) else RiskClass.NORMAL


def cleared_until(worker: WorkerFacts, site: Site, on: date, rules: EntryRules) -> date | None:
    """The last day on which contract, age and certificates hold without news; None when nothing runs out.

    For a worker who is refused today, the day before today at the latest. Training is not in it: it holds as long
    as attendance goes on.
    """
    ends: list[date] = []
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
    return min(ends, default=None)


def _agreement(agreement: Agreement | None, on: date, rules: EntryRules) -> Refusal | None:
    gate = rules.agreement
    if not in_force_on(gate.valid_from, gate.valid_to, on):
        return None
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
    if not in_force_on(gate.valid_from, gate.valid_to, on):
        return None
    if worker.trained_on is None or worker.trained_on > on:
        return Refusal(
            "TRAINING_MISSING",
            f"未完成基本安全培训(依据:{gate.source})。",
            f"No basic safety training is recorded (source: {gate.source}).",
            gate.source,
        )
    last = max(worker.trained_on, worker.last_seen_on or worker.trained_on)
    if on <= _add_months(last, rules.training_months_without_data):
        return None
    months = rules.training_months_without_data
    return Refusal(
        "TRAINING_LAPSED",
        f"最近一次培训或考勤为 {last},已超过{months}个月,须重新培训(依据:{gate.source})。",
        f"The last training or attendance was on {last}, over {months} months ago: train again "
        f"(source: {gate.source}).",
        gate.source,
    )


def _registration(worker: WorkerFacts, on: date, rules: EntryRules) -> Refusal | None:
    gate = rules.registration
    missing = [name for name in rules.registration_fields if name in worker.missing]
    if not missing or not in_force_on(gate.valid_from, gate.valid_to, on):
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


def certificate(held: Iterable[CertificateFacts], trade: str, on: date, rules: EntryRules) -> Refusal | None:
    """Why no certificate covers this trade on this day; None when one does."""
    gate = rules.certificate
    if not in_force_on(gate.valid_from, gate.valid_to, on):
        return None
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


def _add_months(day: date, months: int) -> date:
    years, rest = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, rest + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))
