"""How our processes start and end: logs to standard error, one stop event, exit code 1 with one line when they cannot start."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

import uvloop

from cli import configuration, terminal
from cli.configuration import Settings
from cli.failures import CannotStartError
from runtime import log_setup

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(name: str, body: Callable[[Settings, asyncio.Event], Awaitable[None]]) -> None:
    """Run a process without an HTTP server of its own; the event is set when it shall stop."""
    try:
        settings = configuration.read_settings()
        log_setup.configure(level=settings.log_level, process=name)
        uvloop.run(_until_signal(settings, body))
    except CannotStartError as error:
        terminal.fail(error)


async def _until_signal(settings: Settings, body: Callable[[Settings, asyncio.Event], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    for number in _STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await body(settings, stop)
