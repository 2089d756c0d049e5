"""RESULTS.md: one section per benchmark, each replaced when its benchmark is run again."""

import re
from pathlib import Path

from benchmarks.figures import Section

PATH = Path(__file__).with_name("RESULTS.md")
_PREAMBLE = """# Benchmarks

Kept by `make bench` (`python -m benchmarks --help`); `make bench ARGS=--full` adds the queries over a million events.

Every figure is the median of at least three repetitions unless its section says otherwise. Ratios compare with a limit measured in
the same run: they carry over to other machines, the figures themselves do not. "Target" is the first target of the design.
Where other processes used much of the machine, rates are too low and waits too long.
"""


def section_markdown(name: str, section: Section, *, facts: dict[str, str], others: float | None, seconds: float) -> str:
    parts = [f"<!-- begin {name} -->", f"## {section.title}", f"**Target:** {section.target}"]
    parts += [table.markdown() for table in section.tables]
    if section.remarks:
        parts.append("\n".join(f"- {remark}" for remark in section.remarks))
    told = " · ".join(f"{key} {value}" for key, value in facts.items())
    noise = "" if others is None else f", other processes used {others:.0%} of the machine while it was measured"
    parts.append(f"<sub>{told} · took {seconds:.0f} s{noise}</sub>")
    parts.append(f"<!-- end {name} -->")
    return "\n\n".join(parts)


def replace_section(document: str, name: str, markdown: str) -> str:
    """The document with this section instead of an earlier one, or at its end."""
    pattern = re.compile(rf"<!-- begin {re.escape(name)} -->.*?<!-- end {re.escape(name)} -->", re.DOTALL)
    if pattern.search(document):
        return pattern.sub(lambda _: markdown, document)
    return f"{document.rstrip()}\n\n{markdown}\n"


def keep(name: str, markdown: str) -> None:
    document = PATH.read_text() if PATH.exists() else _PREAMBLE
    PATH.write_text(replace_section(document, name, markdown))
