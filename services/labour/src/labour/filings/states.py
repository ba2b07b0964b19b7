"""A filing: queued → sending → accepted or refused, over pending where the authority answers later.

A request carries up to a batch of filings. What has been sent and not been answered is `sent`, then `unknown`: the
receipt is asked before anything is sent again.
"""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """What has become of one version of one object."""

    QUEUED = "queued"
    SENDING = "sending"
    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


class Action(StrEnum):
    """`retry` and `resend` are people's; the rest follows from what the authority answers."""

    SEND = "send"
    PUT_BACK = "put_back"
    DEFER = "defer"
    ACCEPT = "accept"
    REFUSE = "refuse"
    RETRY = "retry"
    RESEND = "resend"
    SUPERSEDE = "supersede"


TRANSITIONS = {
    (State.QUEUED, Action.SEND): State.SENDING,
    (State.QUEUED, Action.SUPERSEDE): State.SUPERSEDED,
    (State.SENDING, Action.PUT_BACK): State.QUEUED,
    (State.SENDING, Action.DEFER): State.PENDING,
    (State.SENDING, Action.ACCEPT): State.ACCEPTED,
    (State.SENDING, Action.REFUSE): State.REFUSED,
    (State.PENDING, Action.PUT_BACK): State.QUEUED,
    (State.PENDING, Action.DEFER): State.PENDING,
    (State.PENDING, Action.ACCEPT): State.ACCEPTED,
    (State.PENDING, Action.REFUSE): State.REFUSED,
    (State.REFUSED, Action.RETRY): State.QUEUED,
    (State.REFUSED, Action.SUPERSEDE): State.SUPERSEDED,
    (State.ACCEPTED, Action.RESEND): State.QUEUED,
}

FILING = StateMachine("filing", State.QUEUED, TRANSITIONS)


class RequestState(StrEnum):
    """What is known of one request."""

    PREPARED = "prepared"
    SENT = "sent"
    UNKNOWN = "unknown"
    PENDING = "pending"
    ANSWERED = "answered"


class RequestAction(StrEnum):
    """`lose`: it was sent and no answer came; `defer`: the authority has taken it and answers later."""

    SEND = "send"
    LOSE = "lose"
    DEFER = "defer"
    ANSWER = "answer"


REQUEST_TRANSITIONS = {
    (RequestState.PREPARED, RequestAction.SEND): RequestState.SENT,
    (RequestState.SENT, RequestAction.LOSE): RequestState.UNKNOWN,
    (RequestState.SENT, RequestAction.DEFER): RequestState.PENDING,
    (RequestState.SENT, RequestAction.ANSWER): RequestState.ANSWERED,
    (RequestState.UNKNOWN, RequestAction.LOSE): RequestState.UNKNOWN,
    (RequestState.UNKNOWN, RequestAction.DEFER): RequestState.PENDING,
    (RequestState.UNKNOWN, RequestAction.ANSWER): RequestState.ANSWERED,
    (RequestState.PENDING, RequestAction.LOSE): RequestState.PENDING,
    (RequestState.PENDING, RequestAction.DEFER): RequestState.PENDING,
    (RequestState.PENDING, RequestAction.ANSWER): RequestState.ANSWERED,
}

REQUEST = StateMachine("request", RequestState.PREPARED, REQUEST_TRANSITIONS)
