"""Small files and functions: whoever needs more room has found a second subject."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source_tree import PACKAGES, ROOT, functions, python_files

FILE_LINES, TEST_FILE_LINES, FUNCTION_LINES, SETTINGS = 400, 600, 60, 15


def _too_long(paths: list[Path], limit: int) -> dict[str, int]:
    counted = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in paths}
    return {name: lines for name, lines in counted.items() if lines > limit}


def test_files_keep_their_budget() -> None:
    assert _too_long(list(python_files(*PACKAGES, "migrations", "benchmarks")), FILE_LINES) == {}


def test_test_files_keep_their_budget() -> None:
    assert _too_long(list(python_files("tests")), TEST_FILE_LINES) == {}


def test_functions_keep_their_budget() -> None:
    too_long = {
        f"{path.relative_to(ROOT)}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in python_files(*PACKAGES, "migrations", "tests", "benchmarks")
        for node in functions(path)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES
    }
    assert too_long == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_settings_structs_have_at_most_fifteen_fields(package: str) -> None:
    crowded = {
        f"{path.relative_to(ROOT)}:{node.name}": len(fields)
        for path in python_files(package)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and node.name.endswith("Settings")
        if len(fields := [item for item in node.body if isinstance(item, ast.AnnAssign)]) > SETTINGS
    }
    assert crowded == {}
