"""The rules of the house which no linter knows; every past mistake becomes one."""

import ast
import re
from pathlib import Path

from tests.architecture.source_tree import PACKAGES, PYPROJECT, ROOT, python_files, tracked_files

DUMPING_GROUNDS = re.compile(r"(^|/)(utils?|common|helpers?|misc|base|manager|info)(\.pyi?|\.tsx?|/)")
# Written in pieces so that this file does not find itself.
FOREIGN_ADDRESSES = re.compile(
    "|".join(
        (
            "/ro" + "ot/",
            "/wo" + "rk/",
            "/tmp/ba" + "sh",
            "pythonho" + "sted",
            r"registry\.npm" + "js",
            r"repo1?\.ma" + "ven",
            "deb.deb" + "ian",
        )
    )
)
TEXT_SUFFIXES = {
    ".py",
    ".ts",
    ".tsx",
    ".css",
    ".md",
    ".toml",
    ".yml",
    ".yaml",
    ".json",
    ".sql",
    ".sh",
    ".lock",
    ".txt",
    ".html",
    "",
}
SQL_VERB = re.compile(
    r"\b(?:FROM|INTO|UPDATE|JOIN|DELETE FROM) (tenancy|eventstore|processing|identity|audit)\.(?!\w+(?:\.\w+)* import)"
)


def test_layers_are_the_folders() -> None:
    layers = PYPROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {name for layer in layers for name in re.split(r"[|\s]+", layer) if name}
    assert named == set(PACKAGES)
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "migrations", "benchmarks"}
    assert folders == named


def test_no_dumping_grounds() -> None:
    assert [name for name in tracked_files() if DUMPING_GROUNDS.search(name)] == []


def test_no_machine_path_and_no_registry_address_is_committed() -> None:
    guilty = [
        name
        for name in tracked_files()
        if Path(name).suffix in TEXT_SUFFIXES
        and not name.startswith("tests/corpus/")
        and FOREIGN_ADDRESSES.search((ROOT / name).read_text(errors="replace"))
    ]
    assert guilty == []


def test_package_files_are_empty() -> None:
    assert [str(path) for path in python_files(*PACKAGES) if path.name == "__init__.py" and path.read_text().strip()] == []


def test_imports_stand_at_the_top() -> None:
    lazy = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files(*PACKAGES, "migrations")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert lazy == []


def test_sql_text_stays_in_the_package_that_owns_the_table() -> None:
    strays = [
        f"{path.relative_to(ROOT)} touches {found.group(1)}"
        for package in PACKAGES
        for path in python_files(package)
        for found in SQL_VERB.finditer(path.read_text())
        if found.group(1) != package
    ]
    assert strays == []


def test_the_environment_is_read_by_cli_only() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        if package != "cli"
        for path in python_files(package)
        if re.search(r"\bos\.(environ|getenv)", path.read_text())
    ]
    assert readers == []


def test_nobody_below_the_edge_commits() -> None:
    guilty = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for package in PACKAGES
        if package != "cli"
        for path in python_files(package)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"commit", "rollback"}
    ]
    assert guilty == []


def test_no_code_mocks_our_own_code() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in python_files("tests")
        if re.search(r"unittest\.mock|mocker\b|monkeypatch\.setattr", path.read_text())
    ]
    assert [name for name in guilty if "architecture" not in name] == []
