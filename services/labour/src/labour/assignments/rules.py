"""Who may enter a site today: three gates, blacklist, age rule, special trades, health records. Pure.

The gates (建筑工人实名制管理办法第八条,建市〔2022〕59号): a labour contract or written agreement, basic safety
training, a complete registration. `decide` asks every rule, at every gate event, and says of each whether it is met,
whose rule it is and what would mend it; all doors answer from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from labour.assignments import gates
from labour.assignments.gates import Refusal
from labour.assignments.models import Agreement, CertificateFacts, Listing, Site, WorkerFacts
from labour.codes.models import AgeKind, AgeRule, EntryLevelRule, EntryRules, Gate, HealthRule, RiskClass, Status
from labour.codes.rules import age_rules, in_force_on, nearest
from labour.courses.models import ENTRY_LEVELS
from labour.health.rules import healthy_until
from labour.workers.rules import add_months, add_years

FAR = date(9000, 1, 1)  # beyond it there is no day after


class Rule(StrEnum):
    """What is asked at a gate."""

    ASSIGNMENT = "assignment"
    READMISSION = "readmission"
    BLACKLIST = "blacklist"
    AGREEMENT = "agreement"
    TRAINING = "training"
    ENTRY_LEVEL = "entry_level"
    REGISTRATION = "registration"
    AGE = "age"
    CERTIFICATE = "certificate"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that was asked; met when there is no refusal. `subject`: the trade, the end of the ages, the level."""

    rule: Rule
    subject: str
    source: str
    status: Status
    refusal: Refusal | None


def decide(worker: WorkerFacts, site: Site, on: date, rules: EntryRules) -> list[Finding]:
    """Every rule in force on that day, asked; he may enter when none of them refuses."""
    asked: list[tuple[Rule, str, Gate, Refusal | None]] = [
        (Rule.READMISSION, "", rules.readmission, gates.barred(site.barred_on, rules.readmission)),
        (Rule.BLACKLIST, "", rules.blacklist, gates.blacklisted(worker.listed, rules.blacklist, on)),
        (Rule.AGREEMENT, "", rules.agreement, gates.unbound(worker.agreements, on, rules)),
        (Rule.TRAINING, "", rules.training, gates.untrained(worker, on, rules)),
        *(
            (Rule.ENTRY_LEVEL, level.value, _as_gate(rule), gates.untaught(worker.levels, level, rule))
            for rule in nearest(rules.entry_levels, site.city, on)
            for level in ENTRY_LEVELS
        ),
        (Rule.REGISTRATION, "", rules.registration, gates.unregistered(worker, rules)),
        *(
            (Rule.AGE, rule.kind.value, _as_gate(rule), gates.of_wrong_age(worker.birth_date, rule, on))
            for rule in _age_rules(worker, site, on, rules)
        ),
        *(
            (Rule.CERTIFICATE, trade, rules.certificate, gates.uncertified(worker.certificates, trade, on, rules))
            for trade in trades(worker.work_type, site, rules)
        ),
        *(
            (Rule.HEALTH, "", _as_gate(rule), gates.unfit(worker.health, rule, on))
            for rule in health_rules(site, on, rules)
        ),
    ]
    if site.assigned is not None:
        asked.insert(0, (Rule.ASSIGNMENT, "", rules.registration, gates.not_there(site, rules.registration)))
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
    """The last day up to which all of it holds without news; None when nothing runs out.

    For a worker who is refused today, the day before today at the latest. What opens the gate again by time alone (a
    contract that begins after a gap, a birthday, the end of a listing) is not in it: a job asks again every day.
    """
    yesterday = on - timedelta(days=1)
    ends = [yesterday] if refusals(worker, replace(site, assigned=None), on, rules) else []
    ends.append(_bound_until(worker.agreements, on))
    ends.append(add_months(worker.data_until or worker.trained_on or yesterday, rules.training_months_without_data))
    ends.extend(
        add_years(worker.birth_date, rule.age + 1) - timedelta(days=1)
        for rule in _age_rules(worker, site, on, rules)
        if rule.kind is AgeKind.MAX_AGE
    )
    ends.extend(_covered_until(worker.certificates, trade, on) for trade in trades(worker.work_type, site, rules))
    ends.extend(healthy_until(worker.health, on) for _ in health_rules(site, on, rules))
    listed = _listed_from(worker.listed, on)
    if listed is not None:
        ends.append(listed - timedelta(days=1))
    end = min(ends)
    return end if end < FAR else None


def lapse(before: date | None, after: date | None, on: date) -> tuple[date, date] | None:
    """First and last of the days that no paper covered, when from a day on papers hold that ended `before` that.

    None when they have held all the time, or do not hold now. A paper that is shown late opens the gate on the day on
    which it is shown: what the gates said in between stands, for swipes in time and for late ones.
    """
    if before is None or (after is not None and after < on):
        return None
    first, last = before + timedelta(days=1), on - timedelta(days=1)
    return (first, last) if first <= last else None


def _as_gate(rule: AgeRule | EntryLevelRule | HealthRule) -> Gate:
    return Gate(rule.source, rule.status, rule.valid_from, rule.valid_to)


def _age_rules(worker: WorkerFacts, site: Site, on: date, rules: EntryRules) -> list[AgeRule]:
    return age_rules(
        rules.age, city=site.city, sex=worker.sex, risk_class=site.risk_class, work_role=worker.work_role, on=on
    )


def _bound_until(agreements: Sequence[Agreement], on: date) -> date:
    # A contract that begins no later than the day after another one ends carries on.
    end = on - timedelta(days=1)
    while end < FAR:
        day = end + timedelta(days=1)
        lasts = [one.valid_to or FAR for one in agreements if in_force_on(one.valid_from, one.valid_to, day)]
        if not lasts:
            break
        end = max(lasts)
    return end


def _covered_until(held: Iterable[CertificateFacts], trade: str, on: date) -> date:
    # A renewed certificate that begins before the old one has ended carries on.
    certificates = list(held)
    end = on - timedelta(days=1)
    while end < FAR and (best := gates.covering(certificates, trade, end + timedelta(days=1))) is not None:
        end = best.valid_to
    return end


def _listed_from(listed: Sequence[Listing], on: date) -> date | None:
    """The first day, from this one on, on which an entry of the blacklist counts."""
    return min((max(one.valid_from, on) for one in listed if one.valid_to is None or one.valid_to >= on), default=None)
