"""What each NATS user may do, and the server's configuration that says so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from infra.nats.subscriptions import Subscribed, consumer_service
from infra.programs import LOOPBACK

ADMIN = "admin"  # makes streams and consumers; no service has its password


def permissions(service: str, subscriptions: Iterable[Subscribed]) -> dict[str, Any]:
    """A service publishes below its own name, and pulls and acknowledges its own durables: nothing else."""
    own = [(each.stream, each.durable) for each in subscriptions if consumer_service(each) == service]
    publish = [f"zhulian.{service}.>"]
    for stream, durable in own:
        publish += [
            f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}",
            f"$JS.API.CONSUMER.INFO.{stream}.{durable}",
            f"$JS.ACK.{stream}.{durable}.>",
        ]
    return {"publish": {"allow": publish}, "subscribe": {"allow": [f"_INBOX_{service}.>"]}}


def server_configuration(
    port: int, store: Path, passwords: Mapping[str, str], subscriptions: Iterable[Subscribed]
) -> str:
    """The text of nats-server.conf (its format takes JSON): loopback only, every message on disk before its
    ack.

    `passwords` names every user: the admin and one per service.
    """
    known = tuple(subscriptions)
    users = [
        {"user": user, "password": password} | ({} if user == ADMIN else {"permissions": permissions(user, known)})
        for user, password in passwords.items()
    ]
    configuration = {
        "server_name": "zhulian",
        "listen": f"{LOOPBACK}:{port}",
        # Without `always` an acknowledged message may be lost for two minutes after a power failure.
        "jetstream": {"store_dir": str(store), "sync_interval": "always"},
        "authorization": {"users": users},
    }
    return json.dumps(configuration, indent=2) + "\n"
