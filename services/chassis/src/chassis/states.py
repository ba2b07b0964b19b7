"""State machines as pure tables (design rule 2)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from chassis.errors import FailedPrecondition

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


class StateMachine(Generic[S, A]):
    """`TRANSITIONS: {(state, action): state}` and the refusal that names what would be allowed.

    `initial` is the state in which the thing begins; the README's diagram starts there.
    """

    def __init__(self, name: str, initial: S, transitions: Mapping[tuple[S, A], S]) -> None:
        self.name = name
        self.initial = initial
        self.transitions = dict(transitions)

    def allowed(self, state: S) -> list[A]:
        """The actions that this state allows, in the order of the table."""
        return [action for (source, action) in self.transitions if source == state]

    def apply(self, state: S, action: A) -> S:
        """The next state; FailedPrecondition INVALID_STATE (metadata: state, action, allowed)."""
        target = self.transitions.get((state, action))
        if target is not None:
            return target
        allowed = ",".join(self.allowed(state))
        raise FailedPrecondition(
            "INVALID_STATE",
            zh=f"当前状态为 {state},不允许执行 {action};允许的操作:{allowed or '无'}。",
            en=f"The {self.name} is {state}; {action} is not allowed there. Allowed: {allowed or 'nothing'}.",
            metadata={"state": str(state), "action": str(action), "allowed": allowed},
        )
