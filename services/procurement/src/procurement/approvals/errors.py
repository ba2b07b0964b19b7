"""What approval refuses for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, Violation, invalid


def self_approval() -> PermissionDenied:
    """Nobody approves what they wrote, neither themselves nor through or for somebody else."""
    return PermissionDenied(
        "SELF_APPROVAL",
        zh="不得审批本人(或委托人)编制的单据。",
        en="Nobody decides on a document of their own, or for its author.",
    )


def decided_before() -> PermissionDenied:
    """Four eyes: another step of the same document needs another person."""
    return PermissionDenied(
        "DECIDED_BEFORE",
        zh="同一单据的不同审批步骤须由不同人员处理。",
        en="Each step of a document needs another person; you have decided on it before.",
    )


def decider_absent() -> PermissionDenied:
    """Who has said to be away decides nothing until the delegation is revoked or over."""
    return PermissionDenied(
        "DECIDER_ABSENT",
        zh="您已登记缺勤并委托他人审批;如需亲自审批,请先撤销委托。",
        en="You are registered as absent and have delegated; revoke the delegation to decide yourself.",
    )


def step_needs_role(role: str) -> PermissionDenied:
    """The step that waits belongs to another role."""
    return PermissionDenied(
        "STEP_NEEDS_ROLE",
        zh=f"当前审批步骤须由角色 {role} 处理。",
        en=f"The step that waits belongs to the role {role}.",
        metadata={"role": role},
    )


def nothing_waits(document_id: UUID) -> FailedPrecondition:
    """No step of the document waits."""
    return FailedPrecondition(
        "NO_STEP_WAITS",
        zh="该单据没有待处理的审批步骤。",
        en="No step of this document waits for a decision.",
        metadata={"document_id": str(document_id)},
    )


_BAND_TEXTS = {
    "BANDS_NOT_RISING": ("金额上限须逐级递增且大于 0。", "The amounts must rise and be greater than 0."),
    "LAST_BAND_NOT_OPEN": (
        "仅最后一级可且必须不设上限。",
        "Exactly the last band is without end.",
    ),
    "NOBODY_DECIDES": ("每一级至少须有一个审批角色。", "A band needs a role that decides."),
    "ROLE_TWICE": ("同一级中角色不得重复。", "A role stands once in a band."),
    "ROLE_CANNOT_DECIDE": ("该角色不能作为审批人。", "This role does not approve."),
}


def bands_wrong(faults: Sequence[tuple[int, str]]) -> InvalidArgument:
    """Bands (index, code) that make no matrix."""
    return invalid(
        *(
            Violation(f"/bands/{index}", code, zh=_BAND_TEXTS[code][0], en=_BAND_TEXTS[code][1])
            for index, code in faults
        )
    )


def matrix_in_the_past(today: date) -> InvalidArgument:
    """A matrix for days that are over would change what was decided on them."""
    return invalid(
        Violation(
            "/valid_from",
            "MATRIX_IN_THE_PAST",
            zh=f"审批权限表最早从今天({today.isoformat()})起生效。",
            en=f"A matrix counts from today ({today.isoformat()}) at the earliest.",
        )
    )


def delegation_wrong(pointer: str, code: str, zh: str, en: str) -> InvalidArgument:
    """One field of a delegation is wrong."""
    return invalid(Violation(pointer, code, zh=zh, en=en))


def delegation_loop() -> FailedPrecondition:
    """A lets B decide and B lets A: nobody would be there."""
    return FailedPrecondition(
        "DELEGATION_LOOP",
        zh="该委托与已有委托构成循环。",
        en="With the delegations that stand, this one leads back to its giver.",
    )


def delegation_not_found(delegation_id: UUID) -> NotFound:
    """No such delegation, or another organisation's."""
    return NotFound(
        "DELEGATION_NOT_FOUND",
        zh="未找到该委托。",
        en="There is no such delegation.",
        metadata={"delegation_id": str(delegation_id)},
    )


def not_your_delegation() -> PermissionDenied:
    """Only the giver or an administrator of the organisation revokes."""
    return PermissionDenied(
        "NOT_YOUR_DELEGATION",
        zh="仅委托人或本单位管理员可撤销委托。",
        en="Only its giver or an administrator of the organisation may revoke it.",
    )
