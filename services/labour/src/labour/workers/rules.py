"""What an identity document says about a person, and what a registration must hold. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from chassis.crypto import mask
from labour.codes.models import Sex
from labour.consents.rules import Given

RESIDENT_CARD = "01"
_RESIDENT = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_OTHER = {
    "08": re.compile(r"[A-Z0-9]{5,9}", re.ASCII),  # ICAO Doc 9303-4: nine characters
    "09": re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII),  # of the person; the older cards with two digits of renewal
    "12": re.compile(r"\d{8}(\d{2})?|[A-Z][12]\d{8}", re.ASCII),  # travel permit, or the island's own card
    "17": re.compile(r"[A-Z]{1,2}\d{6}[0-9A]", re.ASCII),
}
_ANY_OTHER = re.compile(r"[A-Z0-9]{5,20}", re.ASCII)
_TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
"""The letters of a Taiwan identity card in the order of their numbers, which begin with 10."""
_EARLIEST_BIRTH = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Identity:
    """A person's document: its type (code table id_card_type), its number, and what follows from it."""

    id_card_type: str
    number: str
    sex: Sex
    birth_date: date


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a field of a row is refused."""

    field: str
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class AgreementTerms:
    """The labour contract or written agreement of an employment; open when `valid_to` is None."""

    kind: str
    number: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """A safety training: day, hours, course, code of training_type."""

    trained_on: date
    hours: Decimal
    course: str
    training_type: str


@dataclass(frozen=True, slots=True)
class CertificateRecord:
    """A special-trade certificate: number, trade, first and last day, code of certificate_status."""

    number: str
    trade: str
    valid_from: date
    valid_to: date
    status: str


@dataclass(frozen=True, slots=True)
class Registration:
    """All that an employer sends about one worker; empty texts mean "not told"."""

    external_id: str
    name: str
    id_card_type: str
    id_card_number: str
    sex: Sex | None
    birth_date: date | None
    work_type: str
    work_role: str
    is_team_leader: bool
    nation: str
    address: str
    cell_phone: str
    grant_org: str
    payroll_bank_card: str
    payroll_bank_code: str
    urgent_contact: str
    agreement: AgreementTerms | None
    training: TrainingRecord | None
    certificates: tuple[CertificateRecord, ...]
    politics: str = ""
    has_insurance: bool | None = None
    health_record_until: date | None = None
    consents: tuple[Given, ...] = ()


def doubled(certificates: Iterable[CertificateRecord]) -> list[Fault]:
    """Certificates with the number of one before them: a worker has a number once, so one of the two would be lost."""
    faults: list[Fault] = []
    seen: set[str] = set()
    for place, one in enumerate(certificates):
        if one.number in seen:
            zh, en = "与同一工人的前一证书编号重复。", "An earlier certificate of this worker has the same number."
            faults.append(Fault(f"certificates/{place}/number", "CERTIFICATE_TWICE", zh, en))
        seen.add(one.number)
    return faults


def repeated(rows: Iterable[tuple[int, str, bytes]]) -> dict[int, Fault]:
    """Rows (number in the batch, external id, person) that name an external id or a person a second time, by number.

    Rows that are refused for themselves are not among them, so the numbers have gaps. Counted from 0, as pointers are.
    """
    faults: dict[int, Fault] = {}
    ids: dict[str, int] = {}
    people: dict[bytes, int] = {}
    for row, external_id, person in rows:
        first = ids.setdefault(external_id, row)
        if first != row:
            faults[row] = Fault(
                "external_id",
                "DUPLICATE_IN_BATCH",
                f"与本批第{first}行的 external_id 重复。",
                f"Row {first} of this batch has the same external_id.",
            )
            continue
        first = people.setdefault(person, row)
        if first != row:
            faults[row] = Fault(
                "id_card_number",
                "DUPLICATE_IN_BATCH",
                f"与本批第{first}行为同一人。",
                f"Row {first} of this batch is the same person.",
            )
    return faults


def identify(id_card_type: str, number: str, sex: Sex | None, birth_date: date | None, today: date) -> Identity | Fault:
    """Check a document; a resident identity card (GB 11643) tells sex and birth date itself.

    Of python-stdnum only check digit and date are used, not its table of counties by year of birth: numbers were
    assigned from 1984 on by the divisions of that time, so it refuses true numbers of older people.
    """
    number = number.strip().upper()
    if id_card_type != RESIDENT_CARD:
        return _identify_other(id_card_type, number, sex, birth_date, today)
    if not _RESIDENT.fullmatch(number):
        return Fault("id_card_number", "ID_FORMAT", "身份证号码应为18位。", "A resident id has 18 characters.")
    if ric.calc_check_digit(number) != number[-1]:
        return Fault("id_card_number", "ID_CHECK_DIGIT", "身份证号码校验位错误。", "The check digit is wrong.")
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        return Fault("id_card_number", "ID_BIRTH_DATE", "身份证号码中的出生日期无效。", "It holds no valid birth date.")
    if not _EARLIEST_BIRTH <= born <= today:
        return Fault("id_card_number", "ID_BIRTH_DATE", "身份证号码中的出生日期无效。", "It holds no valid birth date.")
    derived = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    if sex is not None and sex is not derived:
        return Fault("sex", "ID_SEX_MISMATCH", "性别与身份证号码不一致。", "The sex does not match the id number.")
    if birth_date is not None and birth_date != born:
        return Fault(
            "birth_date", "ID_BIRTH_DATE_MISMATCH", "出生日期与身份证号码不一致。", "It does not match the id number."
        )
    return Identity(id_card_type, number, derived, born)


def _identify_other(
    id_card_type: str, number: str, sex: Sex | None, birth_date: date | None, today: date
) -> Identity | Fault:
    number = number.replace("(", "").replace(")", "")
    if not _OTHER.get(id_card_type, _ANY_OTHER).fullmatch(number):
        return Fault("id_card_number", "ID_FORMAT", "证件号码格式错误。", "No such document has a number like this.")
    if not _check_digit_holds(id_card_type, number):
        return Fault("id_card_number", "ID_CHECK_DIGIT", "证件号码校验位错误。", "The check digit is wrong.")
    if sex is None:
        return Fault("sex", "REQUIRED", "非居民身份证须填写性别。", "This document needs the sex beside it.")
    if birth_date is None:
        return Fault(
            "birth_date", "REQUIRED", "非居民身份证须填写出生日期。", "This document needs the birth date beside it."
        )
    if not _EARLIEST_BIRTH <= birth_date <= today:
        return Fault("birth_date", "OUT_OF_RANGE", "出生日期无效。", "The birth date is out of range.")
    return Identity(id_card_type, number, sex, birth_date)


def _check_digit_holds(id_card_type: str, number: str) -> bool:
    """Of the documents that have one: Hong Kong's card (weights 9 to 1, modulo 11) and Taiwan's (modulo 10)."""
    if id_card_type == "17":
        letters = number[:2] if number[1].isalpha() else number[0]
        values = [36, *(ord(one) - 55 for one in letters)][-2:] + [int(one) for one in number[len(letters) : -1]]
        total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
        return (total + (10 if number[-1] == "A" else int(number[-1]))) % 11 == 0
    if id_card_type == "12" and number[0].isalpha():
        first = _TAIWAN_LETTERS.index(number[0]) + 10
        values = [first // 10, first % 10, *(int(one) for one in number[1:])]
        return (
            sum(value * weight for value, weight in zip(values, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10
            == 0
        )
    return True


def age(born: date, on: date) -> int:
    """Completed years (周岁): a year is complete on the birthday; of 29 February on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def add_months(day: date, months: int) -> date:
    """The same day so many months later, the last of the month when there is none such."""
    years, rest = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, rest + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def add_years(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


_DIGITS = re.compile(r"[0-9][0-9 -]{5,}[0-9]", re.ASCII)


def mask_digits(text: str) -> str:
    """A text in which phone and other long numbers are masked: `李梅 13900139000` → `李梅 1*********0`."""
    return _DIGITS.sub(lambda found: mask(found[0]), text)


def number_place(person_id: UUID) -> str:
    """Where an identity number stands; authenticated with its ciphertext."""
    return f"people.id_number:{person_id}"


def birth_place(worker_id: UUID) -> str:
    """Where a birth date stands."""
    return f"workers.birth_date:{worker_id}"


def card_place(worker_id: UUID) -> str:
    """Where a bank card's number stands."""
    return f"workers.payroll_bank_card:{worker_id}"
