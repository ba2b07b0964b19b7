"""What connections are refused for, beside INVALID_STATE."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Violation, invalid


def connection_not_found(connection_id: UUID) -> NotFound:
    """No such connection, or another organisation's."""
    return NotFound(
        "CONNECTION_NOT_FOUND",
        zh="未找到该实名制平台连接。",
        en="There is no such connection.",
        metadata={"connection_id": str(connection_id)},
    )


def project_not_found(project_id: UUID) -> NotFound:
    """The caller is no party of such a project."""
    return NotFound(
        "PROJECT_NOT_FOUND",
        zh="未找到该项目,或本单位不是其参建方。",
        en="There is no such project in which this organisation takes part.",
        metadata={"project_id": str(project_id)},
    )


def not_the_general_contractor(project_id: UUID) -> FailedPrecondition:
    """Everybody's people are filed by the general contractor."""
    return FailedPrecondition(
        "NOT_GENERAL_CONTRACTOR",
        zh="只有总承包单位可以为整个项目上报;其他用工单位请选择 scope=own。",
        en="Only the general contractor files for the whole project; other employers choose scope own.",
        metadata={"project_id": str(project_id), "needed": "general_contractor"},
    )


def not_an_employer(project_id: UUID) -> FailedPrecondition:
    """Who has nobody on the site files nothing."""
    return FailedPrecondition(
        "NOT_AN_EMPLOYER",
        zh="本单位不是该项目的用工单位。",
        en="This organisation is no employer on the project.",
        metadata={"project_id": str(project_id)},
    )


def authority_unknown(code: str) -> InvalidArgument:
    """The directory has no such platform."""
    return invalid(
        Violation("/authority", "AUTHORITY_UNKNOWN", zh=f"没有名为 {code} 的平台。", en=f"There is no platform {code}.")
    )


def not_reached(code: str) -> FailedPrecondition:
    """The installation has no address for the platform, or the platform takes nothing today."""
    return FailedPrecondition(
        "AUTHORITY_NOT_REACHED",
        zh="本系统尚未接入该平台,请联系平台运营方。",
        en="This installation does not reach that platform; ask the operator of this platform.",
        metadata={"authority": code},
    )


def secret_unfit(characters: int) -> InvalidArgument:
    """A secret of another length is a typing error, and cannot encrypt."""
    return invalid(
        Violation(
            "/secret",
            "SECRET_UNFIT",
            zh=f"该平台的密钥须为 {characters} 个 ASCII 字符。",
            en=f"A secret of this platform has {characters} ASCII characters.",
        )
    )


def already_connected(project_id: UUID) -> AlreadyExists:
    """One connection for each organisation, and one for the whole project."""
    return AlreadyExists(
        "ALREADY_CONNECTED",
        zh="该项目与该平台的连接已存在。",
        en="The project is connected to that platform already.",
        metadata={"project_id": str(project_id)},
    )
