"""What comes in and goes out at a worker's own pages."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Code, Instant, LongText
from labour.consents.models import Purpose
from labour.contracts.schemas import Sha256
from labour.links.schemas import SixDigits
from labour.workers.schemas import AgreementOut


class MyConsentIn(In):
    """The worker consents to a purpose; `text_version` is the edition that he was shown (`GET /my/consent-texts`)."""

    purpose: Purpose = Field(examples=["location"])
    text_version: Code = Field(examples=["2026-1"])


class SignIn(In):
    """The worker signs the paper with this hash, which he has read."""

    sha256: Sha256


class DeclineIn(In):
    """Why the worker does not sign."""

    reason: LongText = Field(examples=["工资标准与口头约定不符"])


class PhoneIn(In):
    """The worker's new number."""

    cell_phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9-]{4,19}$", examples=["13800138000"])]


class PhoneCodeIn(In):
    """The code that came to the new number."""

    code: SixDigits


class MyRecordOut(Out):
    """What the employer has registered of the worker; numbers masked."""

    worker_id: UUID
    employer_id: UUID
    name: str = Field(examples=["张伟"])
    id_card_type: str = Field(examples=["01"])
    id_card_number_masked: str = Field(examples=["4403**********1234"])
    age: int = Field(examples=[36])
    sex: str = Field(examples=["male"])
    nation: str = Field(examples=["汉族"])
    address: str = Field(examples=["广东省深圳市福田区"])
    work_type: str = Field(examples=["020"])
    work_role: str = Field(examples=["20"])
    cell_phone_masked: str = Field(examples=["1*********0"])
    payroll_bank_card_masked: str = Field(examples=["6222***********3445"])
    urgent_contact: str = Field(examples=["李梅"])
    agreement: AgreementOut


class PhoneSentOut(Out):
    """A code is on its way to the new number."""

    sent_to: str = Field(examples=["1*********0"])
    valid_until: Instant


class PhoneChangedOut(Out):
    """Whether the code was right and the new number counts; five failures lock the link."""

    changed: bool
    cell_phone_masked: str = Field(examples=["1*********0"])
    tries_left: int = Field(examples=[5])
