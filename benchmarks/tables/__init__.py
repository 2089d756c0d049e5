"""One module per benchmark, in the order in which they run."""

from collections.abc import Callable

from benchmarks.figures import Options, Section
from benchmarks.tables import accept, digest, queries, storage

REGISTRY: dict[str, Callable[[Options], Section]] = {
    "accept": accept.measure,
    "digest": digest.measure,
    "storage": storage.measure,
    "queries": queries.measure,
}
