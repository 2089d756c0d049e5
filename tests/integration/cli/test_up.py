"""`errata up` for real: it starts, refuses what it must, survives being killed and leaves nothing behind."""

import json
import os
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.cli.up_process import UpProcess, free_pair_of_ports, is_alive, status_of, until, up_process

ENDPOINT_NAMES = ["dashboard_url", "ingest_url", "dsn", "otlp_grpc", "admin_email", "admin_password", "api_key"]


@pytest.fixture(scope="module")
def running() -> Iterator[UpProcess]:
    with up_process() as up:
        up.start()
        yield up


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_endpoints_are_written_for_the_owner_only(running: UpProcess) -> None:
    assert list(running.endpoints()) == ENDPOINT_NAMES
    assert _mode(running.data_directory / "endpoints.json") == 0o600


def test_both_doors_are_alive_and_ready(running: UpProcess) -> None:
    endpoints = running.endpoints()
    doors = (endpoints["dashboard_url"], endpoints["ingest_url"])
    assert [status_of(f"{door}/{path}") for door in doors for path in ("healthz", "readyz", "metrics")] == [200] * 6


def test_the_demo_key_opens_the_api(running: UpProcess) -> None:
    endpoints = running.endpoints()
    session = f"{endpoints['dashboard_url']}/api/v1/auth/session"
    assert status_of(session, token=endpoints["api_key"]) == 200
    assert status_of(session) == 401


def test_secrets_are_private(running: UpProcess) -> None:
    secrets = running.data_directory / "secrets"
    assert _mode(secrets) == 0o700
    assert {_mode(path) for path in secrets.iterdir()} == {0o600}


def test_no_secret_is_on_a_command_line_or_in_an_environment(running: UpProcess) -> None:
    secrets = [path.read_bytes() for path in (running.data_directory / "secrets").iterdir()]
    seen = b""
    for process_id in running.descendants():
        for name in ("cmdline", "environ"):
            seen += Path(f"/proc/{process_id}/{name}").read_bytes()
    assert [secret for secret in secrets if secret in seen] == []


def test_logs_of_our_processes_are_json_lines(running: UpProcess) -> None:
    for name in ("api", "ingest", "worker-1", "scheduler"):
        lines = (running.data_directory / "logs" / f"{name}.log").read_text().splitlines()
        assert lines
        assert {json.loads(line)["process"] for line in lines} == {name.partition("-")[0]}


def test_no_database_server_runs_as_root(running: UpProcess) -> None:
    owners = {
        Path(f"/proc/{process_id}").stat().st_uid
        for process_id in running.descendants()
        if b"postgres" in (line := Path(f"/proc/{process_id}/cmdline").read_bytes()) or b"redis-server" in line
    }
    assert owners
    assert 0 not in owners


def test_a_second_start_on_the_same_directory_is_refused(running: UpProcess) -> None:
    refused = running.start_another(port=free_pair_of_ports())
    assert refused.returncode == 1
    assert "is already running on" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_busy_port_is_named_with_its_cure(tmp_path: Path) -> None:
    with up_process() as up, socket.socket() as busy:
        busy.bind(("127.0.0.1", up.port + 1))
        busy.listen()
        refused = up.start_another(port=up.port)
    assert refused.returncode == 2
    assert f"port {up.port + 1} (SDKs) is already in use" in refused.stderr
    assert "--port" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_data_directory_that_cannot_be_made_is_named(running: UpProcess) -> None:
    refused = running.start_another(port=free_pair_of_ports(), directory=Path("/proc/errata"))
    assert refused.returncode == 1
    assert "the data directory /proc/errata cannot be written" in refused.stderr


def test_doctor_finds_nothing_wrong(running: UpProcess) -> None:
    examined = running.run("doctor")
    assert examined.returncode == 0, examined.stdout
    assert {line.split()[0] for line in examined.stdout.splitlines()} == {"ok"}


def test_operator_makes_a_user_a_project_and_a_key(running: UpProcess) -> None:
    made = running.run("user", "create", "ada@example.com", "--organization", "Analytical Engines")
    organization = made.stdout.split()[1]
    project = running.run("project", "create", "Engine", "--organization", organization, "--platform", "python")
    project_id = project.stdout.split()[0]
    key = running.run("key", "create", project_id, "--organization", organization, "--label", "Mill")
    listed = running.run("key", "list", project_id, "--organization", organization)
    assert project_id in running.run("project", "list", "--organization", organization).stdout
    assert len(listed.stdout.splitlines()) == 2
    assert key.stdout.split()[1] in listed.stdout


def test_it_survives_kill_9_without_orphans_and_keeps_its_data() -> None:
    with up_process() as up:
        up.start()
        before, below = up.endpoints(), up.descendants()
        up.end(signal.SIGKILL)
        until(lambda: not any(map(is_alive, below)), seconds=20)

        assert up.start() < 30  # 4 s on an idle machine
        assert up.endpoints() == before
        assert status_of(f"{before['dashboard_url']}/api/v1/auth/session", token=before["api_key"]) == 200

        below = up.descendants()
        assert up.end(signal.SIGTERM) == 0
        assert not any(map(is_alive, below))


def test_a_process_that_dies_is_started_again(running: UpProcess) -> None:
    scheduler = next(
        each for each in running.descendants() if b"cli.serve_scheduler" in Path(f"/proc/{each}/cmdline").read_bytes()
    )
    os.kill(scheduler, signal.SIGKILL)
    until(lambda: "scheduler ended with code -9" in running.output.read_text(), seconds=10)
    until(
        lambda: any(
            b"cli.serve_scheduler" in Path(f"/proc/{each}/cmdline").read_bytes()
            for each in running.descendants()
            if each != scheduler
        ),
        seconds=10,
    )


def test_the_servers_of_the_python_packages_do_as_well_even_where_only_we_may_enter() -> None:
    with up_process("--embedded", "--no-demo", is_home_private=True) as up:
        up.start()
        assert "embedded, for evaluation" in up.output.read_text()
        assert up.endpoints()["dsn"] is None
        assert up.run("doctor").returncode == 0
        assert up.end(signal.SIGINT) == 0
