"""The parts of `errata up`, each on its own."""

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cli.failures import CannotStartError
from cli.standalone import child_process, data_directory, installation, postgres_server, preflight, secret_files, server_binaries
from cli.standalone.child_process import ChildSpec
from migrations.bootstrap import LOGIN_ROLES
from tests.integration.cli.up_process import is_alive, until


def _program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_every_login_role_gets_its_secrets() -> None:
    assert installation.ROLES == LOGIN_ROLES


def test_secrets_are_made_once(tmp_path: Path) -> None:
    assert secret_files.ensure(tmp_path, ["a", "b"]) == 2
    before = (tmp_path / "a").read_text()
    assert secret_files.ensure(tmp_path, ["a", "b", "c"]) == 1
    assert (tmp_path / "a").read_text() == before
    assert len(before) == 64


def test_a_private_file_is_private_even_if_it_was_not(tmp_path: Path) -> None:
    path = tmp_path / "endpoints.json"
    path.write_text("old")
    path.chmod(0o644)
    secret_files.write_private(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "new"


def test_a_missing_shared_library_is_named(tmp_path: Path) -> None:
    message = "postgres: error while loading shared libraries: libicuuc.so.72: cannot open shared object file: No such file"
    broken = _program(tmp_path / "postgres", f"echo '{message}' >&2; exit 127")
    with pytest.raises(CannotStartError, match=r"libicuuc\.so\.72"):
        server_binaries._examine(broken, None, is_embedded=False)


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)", "PostgreSQL 15.20 (of the system)"),
        ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0", "Redis 7.0.15 (of the system)"),
        ("Valkey server v=9.1.0 sha=00000000:0", "Valkey 9.1.0 (of the system)"),
    ],
)
def test_server_programs_name_their_version(tmp_path: Path, answer: str, label: str) -> None:
    found = server_binaries._examine(_program(tmp_path / "server", f"echo '{answer}'"), None, is_embedded=False)
    assert found.label == label


def test_data_of_another_major_version_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(CannotStartError, match="PostgreSQL 12"):
        server_binaries.find_postgres(None, staging=tmp_path, wanted_major=12, embedded_only=False)


def test_sockets_move_to_a_short_path_when_theirs_is_too_long(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 90)
    deep.mkdir()
    sockets = data_directory.place_sockets(deep, None)
    try:
        assert not sockets.is_relative_to(deep)
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(sockets / ".s.PGSQL.5432.lock"))
    finally:
        for path in sockets.iterdir():
            path.unlink()
        sockets.rmdir()


def test_the_lock_file_of_a_process_that_is_not_this_postmaster_is_forgotten(tmp_path: Path) -> None:
    lock_file = tmp_path / "postmaster.pid"
    lock_file.write_text(f"{os.getpid()}\n{tmp_path}\n")
    postgres_server.forget_dead_postmaster(tmp_path)
    assert not lock_file.exists()


def test_a_port_that_is_no_port_is_refused() -> None:
    with pytest.raises(CannotStartError, match="70000"):
        preflight.check_ports({"SDKs": 70000})


def test_the_port_of_otlp_is_the_first_wanted_that_is_free_and_is_kept() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        usual = taken.getsockname()[1]
        keeper, port = preflight.reserve_otlp_port(wanted=[usual])
        other_keeper, other = preflight.reserve_otlp_port(wanted=[port, usual])
        assert len({usual, port, other}) == 3, "nobody else can have what is taken or kept"
        keeper.close()
        other_keeper.close()
    freed, again = preflight.reserve_otlp_port(wanted=[port, usual])
    freed.close()
    assert again == port


def test_large_logs_are_moved_aside_and_three_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    for _ in range(5):
        log.write_bytes(b"x" * (10 * 2**20))
        child_process.rotate(log)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["api.log.1", "api.log.2", "api.log.3"]


def test_what_an_earlier_run_left_is_ended_and_nothing_else(tmp_path: Path) -> None:
    record = tmp_path / "processes.json"
    spec = ChildSpec(
        name="sleeper", command=[sys.executable, "-c", "import time; time.sleep(60)"], environment={}, directory=tmp_path,
        log=tmp_path / "log", stop_signal=signal.SIGTERM, stop_seconds=1,
    )  # fmt: skip
    left, other = child_process.spawn(spec), child_process.spawn(spec)
    left_mark, other_mark = child_process.mark(left.pid), child_process.mark(other.pid)
    assert left_mark is not None
    assert other_mark is not None
    same_number_later = child_process.ProcessMark(other.pid, other_mark.start_time + 1)
    child_process.remember(record, [left_mark, same_number_later])
    try:
        assert child_process.end_leftovers(record, patience_seconds=10) == 1
        assert left.wait(5) != 0
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_child_dies_with_its_parent(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys, time, pathlib\n"
        "from cli.standalone.child_process import ChildSpec, spawn\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "child = spawn(ChildSpec('sleeper', ['/bin/sleep', '60'], {}, folder, folder / 'log', signal.SIGTERM, 1))\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child_id = int(parent.stdout.readline())
    parent.stdout.close()
    parent.kill()
    parent.wait()
    until(lambda: not is_alive(child_id), seconds=5)
