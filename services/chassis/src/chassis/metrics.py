"""Every metric of the platform on one page. Names begin with `zhulian_`; attributes never hold
ids or texts.
"""

from __future__ import annotations

from opentelemetry import metrics

_meter = metrics.get_meter("zhulian")

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

request_seconds = _meter.create_histogram(
    "zhulian_request_seconds",
    unit="s",
    description="Time of a request over HTTP; attributes method, route, status.",
    explicit_bucket_boundaries_advisory=SECONDS,
)
rpc_seconds = _meter.create_histogram(
    "zhulian_rpc_seconds",
    unit="s",
    description="Time of a call over gRPC on the side that answers; attributes method, code.",
    explicit_bucket_boundaries_advisory=SECONDS,
)
applied_seconds = _meter.create_histogram(
    "zhulian_applied_seconds",
    unit="s",
    description="From the moment a fact became true to its application here; attribute consumer.",
    explicit_bucket_boundaries_advisory=SECONDS,
)
outbox_lag_seconds = _meter.create_gauge(
    "zhulian_outbox_lag_seconds",
    unit="s",
    description="Age of the oldest fact that is not published; 0 without one.",
)
outbox_pending = _meter.create_gauge("zhulian_outbox_pending", description="Facts not published yet.")
consumer_lag = _meter.create_gauge(
    "zhulian_consumer_lag",
    description="Facts that a consumer has not applied; attribute consumer.",
)
dead_letters = _meter.create_gauge(
    "zhulian_dead_letters", description="Facts that a consumer gave up; attribute consumer."
)
jobs = _meter.create_counter(
    "zhulian_jobs", description="Runs of durable jobs; attributes job, outcome (done, retried, parked)."
)
jobs_parked = _meter.create_gauge("zhulian_jobs_parked", description="Jobs that were given up.")
