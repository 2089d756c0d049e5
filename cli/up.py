"""`errata up`: everything on one machine, for evaluation and small teams, in one command and one directory."""

import asyncio
import signal
import socket
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from cli import command_line, terminal
from cli.failures import CannotStartError
from cli.standalone import child_process, data_directory, endpoints, http_probe, installation, preflight
from cli.standalone.data_directory import DataDirectory
from cli.standalone.installation import Installation
from cli.standalone.supervisor import Supervisor

# The edge first, so that the workers see no new work; the servers last, when nobody needs them.
_STOP_ORDER = (("ingest",), ("worker", "scheduler", "api"), ("redis",), ("postgres",))
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LEFTOVER_SECONDS = 20.0
_SERVER_SECONDS = 60.0  # crash recovery of a large write-ahead log takes its time
_PROCESS_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Options:
    port: int
    workers: int
    with_demo: bool
    embedded_only: bool


def up(
    data_dir: Annotated[Path, typer.Option(help="Where everything is kept.")] = Path(".errata"),
    port: Annotated[int, typer.Option(help="Dashboard and API; SDKs send to the port after it.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=8, help="Processes that store events.")] = 1,
    demo: Annotated[bool, typer.Option(help="Make a demo organization with a project at the first start.")] = True,
    embedded: Annotated[bool, typer.Option(help="Use the PostgreSQL and Valkey of the Python packages only.")] = False,
) -> None:
    """Start PostgreSQL, Redis, the API, the edge, the workers and the scheduler; Ctrl-C stops them all."""
    try:
        directory = data_directory.create(data_dir)
        with data_directory.lock(directory):
            options = Options(port=port, workers=workers, with_demo=demo, embedded_only=embedded)
            asyncio.run(_run(directory, options))
    except CannotStartError as error:
        terminal.fail(error)
    except OSError as error:  # a full disk above all; whatever was started is stopped by now
        problem = f"the system refused ({error.strerror or type(error).__name__}: {error.filename or 'no file named'})"
        terminal.fail(CannotStartError(problem, cure=f"Make room or permission for it; the logs are in {data_dir / 'logs'}"))


async def _run(directory: DataDirectory, options: Options) -> None:
    """Start everything, keep it running, and stop it in order on a signal, a failure or a bug."""
    stopping = asyncio.Event()
    for number in _STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    supervisor = Supervisor(directory.process_record)
    work = asyncio.create_task(_start_and_watch(directory, supervisor, options))
    stopped = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
    finally:
        work.cancel()
        stopped.cancel()
        await asyncio.gather(work, stopped, return_exceptions=True)
        await _stop(supervisor)


async def _stop(supervisor: Supervisor) -> None:
    if not supervisor.has_children:
        return
    with terminal.step("Stopped; the data is kept"):
        await supervisor.stop(_STOP_ORDER)


async def _start_and_watch(directory: DataDirectory, supervisor: Supervisor, options: Options) -> None:
    started = time.monotonic()
    with _check(directory, options) as otlp_port_keeper:
        planned = _plan(directory, options, otlp_grpc_port=otlp_port_keeper.getsockname()[1])
        await _start_servers(supervisor, planned)
        await _prepare(supervisor, planned, with_demo=options.with_demo)
        await _start_processes(supervisor, planned, workers=options.workers)
        _show_endpoints(directory, seconds=time.monotonic() - started)
        await supervisor.watch()


def _check(directory: DataDirectory, options: Options) -> socket.socket:
    """The socket which keeps the port of OTLP over gRPC."""
    ended = child_process.end_leftovers(directory.process_record, patience_seconds=_LEFTOVER_SECONDS)
    if ended:
        terminal.say(f"✓ Ended {ended} processes that an earlier run had left")
    with terminal.step("Ports") as step:
        preflight.check_ports({"dashboard and API": options.port, "SDKs": options.port + 1})
        keeper, otlp_port = preflight.reserve_otlp_port(wanted=_wanted_otlp_ports(directory))
        step.detail = f"{options.port}, {options.port + 1}; OTLP over gRPC {otlp_port}"
        if otlp_port != preflight.OTLP_GRPC_PORT:
            step.detail += f" instead of {preflight.OTLP_GRPC_PORT}, which is taken or was at an earlier start"
    with terminal.step("Disk") as step:
        step.detail = preflight.check_disk(directory.root)
    return keeper


def _wanted_otlp_ports(directory: DataDirectory) -> tuple[int, ...]:
    """The port of the last start first: exporters are configured with it."""
    known = endpoints.read(directory.endpoints)
    last = () if known is None or known.otlp_grpc is None else (int(known.otlp_grpc.rpartition(":")[2]),)
    return (*last, preflight.OTLP_GRPC_PORT)


def _plan(directory: DataDirectory, options: Options, *, otlp_grpc_port: int) -> Installation:
    with terminal.step("Servers") as step:
        planned = installation.plan(
            directory, port=options.port, embedded_only=options.embedded_only, otlp_grpc_port=otlp_grpc_port
        )
        step.detail = f"{planned.postgres.binary.label}; {planned.redis.binary.label}"
        if planned.postgres.account is not None:
            step.detail += f"; both run as {planned.postgres.account.name}"
    with terminal.step("Secrets") as step:
        made = installation.write_secrets(planned)
        step.detail = f"{made} made in {directory.secrets}" if made else "kept"
    return planned


async def _start_servers(supervisor: Supervisor, planned: Installation) -> None:
    with terminal.step("PostgreSQL cluster") as step:
        step.detail = "made" if installation.initialise(planned) else "kept"
    with terminal.step("PostgreSQL and Redis are running"):
        for spec in installation.server_specs(planned):
            supervisor.start(spec)
        await supervisor.wait_until(planned.redis_is_ready, name="redis", seconds=_SERVER_SECONDS)
        await supervisor.wait_until(planned.postgres.is_ready, name="postgres", seconds=_SERVER_SECONDS)


async def _prepare(supervisor: Supervisor, planned: Installation, *, with_demo: bool) -> None:
    """In a process of its own, so that the database libraries do not stay in this one's memory."""
    code = await supervisor.run_once(installation.prepare_spec(planned, with_demo=with_demo))
    if code != 0:
        raise CannotStartError("the database could not be prepared", cure="Read why above and in the logs directory")


async def _start_processes(supervisor: Supervisor, planned: Installation, *, workers: int) -> None:
    with terminal.step("API, edge, workers and scheduler are running"):
        specs = installation.process_specs(planned, workers=workers)
        for spec in specs:
            supervisor.start(spec)
        for name, port in (("api", planned.port), ("ingest", planned.ingest_port)):
            await supervisor.wait_until(partial(http_probe.is_ready, port), name=name, seconds=_PROCESS_SECONDS)


def _show_endpoints(directory: DataDirectory, *, seconds: float) -> None:
    found = endpoints.read(directory.endpoints)
    terminal.say("")
    terminal.say(f"Errata is ready after {seconds:.1f} s.")
    if found is not None:
        terminal.say(f"  Dashboard  {found.dashboard_url}")
        if found.admin_email:
            terminal.say(f"  Login      {found.admin_email}  {found.admin_password}")
        if found.dsn:
            terminal.say(f"  DSN        {found.dsn}")
        if found.otlp_grpc:
            terminal.say(f"  OTLP       {found.ingest_url} (HTTP), {found.otlp_grpc} (gRPC)")
    terminal.say(f"  Logs       {directory.logs}")
    terminal.say(f"  All of it  {directory.endpoints}")
    terminal.say("Ctrl-C stops everything.")


def main() -> None:
    command_line.run(up)


if __name__ == "__main__":
    main()
