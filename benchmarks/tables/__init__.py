"""One module per benchmark, in the order in which they run."""

from collections.abc import Callable

from benchmarks.figures import Options, Section
from benchmarks.tables import accept, audit, cold_start, digest, memory, pipeline, queries, storage, visible

REGISTRY: dict[str, Callable[[Options], Section]] = {
    "accept": accept.measure,
    "pipeline": pipeline.measure,
    "digest": digest.measure,
    "storage": storage.measure,
    "visible": visible.measure,
    "memory": memory.measure,
    "cold_start": cold_start.measure,
    "audit": audit.measure,
    "queries": queries.measure,
}
