"""One module per benchmark, in the order in which they run."""

from collections.abc import Callable

from benchmarks.figures import Options, Section
from benchmarks.tables import accept

REGISTRY: dict[str, Callable[[Options], Section]] = {
    "accept": accept.measure,
}
