"""Every metric of every process, in one list, with its type and unit.  Labels never carry tenant content."""

from prometheus_client import Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

ingest_requests = Counter("errata_ingest_requests_total", "Requests answered by the edge.", ["endpoint", "status"])
ingest_items = Counter("errata_ingest_items_total", "Items decided at the edge.", ["category", "outcome"])
ingest_request_seconds = Histogram("errata_ingest_request_seconds", "Request to answer.", buckets=_LATENCY_BUCKETS)
ingest_commit_entries = Histogram(
    "errata_ingest_commit_entries", "Stream entries per group commit.", buckets=(1, 2, 4, 8, 16, 32, 64, 128)
)

processing_items = Counter("errata_processing_items_total", "Items that ended in a worker.", ["category", "outcome"])
processing_batch_seconds = Histogram("errata_processing_batch_seconds", "Read to acknowledged.", buckets=_LATENCY_BUCKETS)
processing_lag_seconds = Gauge("errata_processing_lag_seconds", "Age of the newest message when it was stored.")
processing_dead_letters = Counter("errata_processing_dead_letters_total", "Messages given up after three deliveries.")
processing_redeliveries = Counter("errata_processing_redeliveries_total", "Messages seen again, without any effect.")

api_requests = Counter("errata_api_requests_total", "Requests answered by the API.", ["route", "method", "status"])
api_request_seconds = Histogram("errata_api_request_seconds", "Request to answer.", ["route"], buckets=_LATENCY_BUCKETS)
api_live_connections = Gauge("errata_api_live_connections", "Open live feeds.")

scheduler_runs = Counter("errata_scheduler_runs_total", "Runs of periodic work.", ["job", "result"])

audit_sequenced_records = Counter("errata_audit_sequenced_records_total", "Audit records that got their place in a tree.")
audit_checkpoints = Counter("errata_audit_checkpoints_total", "Signed checkpoints, one per batch and organization.")
audit_checkpoint_lag_seconds = Histogram(
    "errata_audit_checkpoint_lag_seconds", "Record written to checkpoint committed.", buckets=_LATENCY_BUCKETS
)
audit_sequencer_failures = Counter("errata_audit_sequencer_failures_total", "Batches that failed and are tried again.")


def render() -> bytes:
    """The exposition that Prometheus scrapes."""
    return generate_latest()
