"""NATS JetStream for one machine: the server, a user per service, the streams and their durable consumers.

with Nats.temporary() as nats:
    await nats.configure()
    user = nats.credentials("procurement")
"""

from infra.nats.server import Credentials, Nats
from infra.nats.streams import configure
from infra.nats.subscriptions import Reading, Subscribed, load_subscriptions

__all__ = ["Credentials", "Nats", "Reading", "Subscribed", "configure", "load_subscriptions"]
