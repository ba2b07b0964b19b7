"""Messages of a durable pull consumer, each as soon as the server has it."""

from __future__ import annotations

from typing import Any

import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js import JetStreamContext
from nats.js.api import StatusCode
from nats.js.errors import APIError

from chassis.subscriptions import Subscription

EXPIRES = 4.0
SILENCE = 5.0
"""Longer than EXPIRES: a request that the server has lost is made anew."""
_ENDS = (StatusCode.NO_MESSAGES, StatusCode.REQUEST_TIMEOUT)


class Pull:
    """One open request at a time, for as many messages as there is room for.

    nats-py's own `fetch` keeps what it has until its request ends; when the end of an earlier request comes late, as on
    a busy machine, that is up to the whole waiting time.
    """

    def __init__(self, client: Client, subscription: Subscription) -> None:
        self._client = client
        self._request = f"$JS.API.CONSUMER.MSG.NEXT.{subscription.stream}.{subscription.durable}"
        self._inbox = client.new_inbox()
        self._asked = 0
        self._subscription: Any = None
        self.owed = 0
        """How many messages the open request may still bring; none is open at 0."""

    async def __aenter__(self) -> Pull:
        """Listen."""
        self._subscription = await self._client.subscribe(f"{self._inbox}.*")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hand back what has come and nobody has taken, and listen no more."""
        if self._client.is_closed:
            return
        left = []
        while self._subscription.pending_msgs:
            left.append(await self._subscription.next_msg(timeout=SILENCE))
        # First, because the server would send what is handed back to the request that is still open.
        await self._subscription.unsubscribe()
        for message in left:
            if not JetStreamContext.is_status_msg(message):
                await message.nak()

    async def next(self, room: int) -> Msg | None:
        """The next message; None when a request ended without one.

        `room` is how many the caller takes at once, should a request be made now. Raises nats.errors.Error when the
        server refuses.
        """
        if self.owed == 0:
            await self._ask(room)
        try:
            message: Msg = await self._subscription.next_msg(timeout=SILENCE)
        except NatsTimeoutError:
            self.owed = 0
            return None
        status = JetStreamContext.is_status_msg(message)
        if not status:
            self.owed = max(0, self.owed - 1)
            return message
        # An earlier request's end says nothing about this one.
        if message.subject == self._reply:
            self.owed = 0
            if status not in _ENDS:
                raise APIError.from_msg(message)
        return None

    @property
    def _reply(self) -> str:
        return f"{self._inbox}.{self._asked}"

    async def _ask(self, room: int) -> None:
        self._asked += 1
        self.owed = room
        body = orjson.dumps({"batch": room, "expires": int(EXPIRES * 1_000_000_000)})
        await self._client.publish(self._request, body, reply=self._reply)
