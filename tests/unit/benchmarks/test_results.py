import pytest

from benchmarks.figures import Section, Table, percentile
from benchmarks.results import replace_section, section_markdown


def section(figure: str) -> str:
    made = Section(title="Accept", tables=[Table(("rate",), [(figure,)])], remarks=["Pinned."], target="9: reached")
    return section_markdown("accept", made, facts={"Date": "today"}, others=0.25, seconds=3)


def test_a_section_shows_its_table_its_remarks_and_its_facts() -> None:
    text = section("123")
    assert "| rate |\n| --- |\n| 123 |" in text
    assert "- Pinned." in text
    assert "Date today · took 3 s, other processes used 25% of the machine while it was measured" in text


def test_a_benchmark_run_again_replaces_its_own_section_only() -> None:
    document = replace_section("# Benchmarks", "accept", section("1"))
    document = replace_section(document, "other", "<!-- begin other -->kept<!-- end other -->")
    document = replace_section(document, "accept", section("2"))
    assert "| 2 |" in document
    assert "| 1 |" not in document
    assert "kept" in document
    assert document.count("begin accept") == 1


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1.0), (0.5, 3.0), (0.95, 5.0), (1.0, 5.0)])
def test_percentiles_are_values_that_occurred(share: float, expected: float) -> None:
    assert percentile([5.0, 3.0, 1.0, 2.0, 4.0], share) == expected


def test_no_values_have_the_percentile_zero() -> None:
    assert percentile([], 0.5) == 0
