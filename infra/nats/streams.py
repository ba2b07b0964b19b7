"""Streams and durable consumers, made and brought up to date from the services' pages of subscriptions."""

from __future__ import annotations

from collections.abc import Iterable

import nats
from nats.errors import Error
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from infra.contracts.paths import EVERYONE
from infra.nats.subscriptions import Subscribed, stream_of

DAY = 24 * 60 * 60
KEPT = 30 * DAY  # seconds; older facts come from the services' outboxes by replay
DUPLICATES = 10 * 60  # seconds in which the server drops a message id that it has seen
ACK_WAIT = 30  # seconds until a message that nobody acknowledged is delivered again
PENDING = 256  # unacknowledged messages a consumer may hold


def stream(service: str) -> StreamConfig:
    """The stream of a service's facts."""
    return StreamConfig(
        name=stream_of(service),
        subjects=[f"zhulian.{service}.>"],
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        max_age=KEPT,
        duplicate_window=DUPLICATES,
    )


def consumer(subscription: Subscribed) -> ConsumerConfig:
    """A durable pull consumer; deliveries have no bound here: the service counts failures in its inbox."""
    return ConsumerConfig(
        durable_name=subscription.durable,
        filter_subject=subscription.subject,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT,
        max_deliver=-1,
        max_ack_pending=PENDING,
    )


async def configure(
    url: str, user: str, password: str, subscriptions: Iterable[Subscribed], only: Iterable[str] = ()
) -> None:
    """Make every stream and durable consumer, change what differs, take away durables that nobody reads any more.

    `only` names the services that `subscriptions` speaks for (all of them when it is empty): the durables of others
    stay, with the place up to which they have read. Safe to run again. Raises nats.errors.Error when the server
    refuses.
    """
    wanted = tuple(subscriptions)
    spoken_for = set(only) or {service.name for service in EVERYONE}
    client = await nats.connect(url, user=user, password=password, connect_timeout=5, max_reconnect_attempts=3)
    try:
        jetstream = client.jetstream()
        for service in EVERYONE:
            await _ensure_stream(jetstream, stream(service.name))
        for subscription in wanted:
            await jetstream.add_consumer(subscription.stream, consumer(subscription))
        for name in {stream_of(service.name) for service in EVERYONE}:
            keep = {each.durable for each in wanted if each.stream == name}
            for info in await jetstream.consumers_info(name):
                if info.name not in keep and info.name.split("--", 1)[0] in spoken_for:
                    await jetstream.delete_consumer(name, info.name)
    finally:
        await client.close()


async def _ensure_stream(jetstream: JetStreamContext, configuration: StreamConfig) -> None:
    try:
        await jetstream.update_stream(configuration)
    except NotFoundError:
        await jetstream.add_stream(configuration)


__all__ = ["Error", "configure", "consumer", "stream"]
