"""What the courses slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, NotFound


def course_not_found(course_id: UUID) -> NotFound:
    """No such course, or not one that the caller may see."""
    return NotFound(
        "COURSE_NOT_FOUND",
        zh="未找到该课程。",
        en="There is no such course.",
        metadata={"course_id": str(course_id)},
    )


def name_taken(name: str) -> AlreadyExists:
    """The provider has a course of this name."""
    return AlreadyExists(
        "COURSE_EXISTS",
        zh=f"本单位已有课程“{name}”。",
        en=f"This organisation has a course named {name} already.",
        metadata={"name": name},
    )


def no_base(skill: str) -> FailedPrecondition:
    """The provider runs no base that may certify this skill today."""
    return FailedPrecondition(
        "SKILL_NOT_CERTIFIED_HERE",
        zh=f"本单位没有可认定“{skill}”技能的有效实训基地。",
        en=f"This organisation runs no training base that may certify {skill} today.",
        metadata={"skill": skill},
    )
