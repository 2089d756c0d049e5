"""Figures and how they are shown: medians over repetitions, percentiles, and Markdown tables."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Options:
    """How thoroughly to measure."""

    is_quick: bool = False
    is_full: bool = False

    @property
    def repetitions(self) -> int:
        return 1 if self.is_quick else 3

    def seconds(self, wanted: float) -> float:
        return wanted / 2 if self.is_quick else wanted


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def markdown(self) -> str:
        lines = [self.columns, tuple("---" for _ in self.columns), *self.rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)


@dataclass(frozen=True, slots=True)
class Section:
    """One benchmark's part of RESULTS.md."""

    title: str
    tables: list[Table]
    remarks: list[str]
    target: str  # the first target of the design, and whether it is reached


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest rank; 0 for no values."""
    ordered = sorted(values)
    return ordered[int(share * (len(ordered) - 1) + 0.5)] if ordered else 0.0


def whole(value: float) -> str:
    """With thin thousands: 12,345."""
    return f"{value:,.0f}"


def one(value: float) -> str:
    return f"{value:,.1f}"


def ratio(value: float, limit: float) -> str:
    return f"{value / limit:.2f}" if limit else "-"


def mebibytes(count: float) -> str:
    return f"{count / 2**20:,.0f} MiB"
