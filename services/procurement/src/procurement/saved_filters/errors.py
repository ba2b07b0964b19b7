"""What saved filters refuse for."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import AlreadyExists, InvalidArgument, NotFound, PermissionDenied, Violation, invalid


def filter_not_found(filter_id: UUID) -> NotFound:
    """No such filter, or somebody else's own."""
    return NotFound(
        "SAVED_FILTER_NOT_FOUND",
        zh="未找到该常用筛选。",
        en="There is no such saved filter.",
        metadata={"saved_filter_id": str(filter_id)},
    )


def not_yours() -> PermissionDenied:
    """A shared filter is changed by its owner alone."""
    return PermissionDenied(
        "SAVED_FILTER_NOT_YOURS",
        zh="只有保存者本人可以修改或删除。",
        en="Only the member who keeps it may change or delete it.",
    )


def name_taken(name: str) -> AlreadyExists:
    """The owner has one of this name for the list."""
    return AlreadyExists(
        "SAVED_FILTER_NAME_TAKEN",
        zh=f"该列表已有名为“{name}”的常用筛选。",
        en=f"This list has a saved filter named {name!r} already.",
        metadata={"name": name},
    )


def unknown_list() -> InvalidArgument:
    """No list of this service has such an operationId."""
    return invalid(Violation("/list", "LIST_UNKNOWN", zh="没有该列表", en="There is no such list."))
