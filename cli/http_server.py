"""uvicorn as our HTTP processes run it: it serves until a signal, then connections are closed by whoever opened them."""

import signal
from collections.abc import Awaitable, Callable
from types import FrameType

import uvicorn
import uvloop

from cli import configuration, terminal
from cli.configuration import Settings
from cli.failures import CannotStartError
from runtime import log_setup


def run(name: str, serve: Callable[[Settings], Awaitable[None]]) -> None:
    """Run an HTTP process to its end; one line and exit code 1 if it cannot start."""
    try:
        settings = configuration.read_settings()
        log_setup.configure(level=settings.log_level, process=name)
        uvloop.run(_awaited(serve(settings)))
    except CannotStartError as error:
        terminal.fail(error)


async def serve_until_signal(config: uvicorn.Config) -> None:
    """Returns after SIGINT or SIGTERM, when the last request is answered or given up."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ignore)  # uvicorn handles them, then raises them again for us: that must not end the clean-up
    await uvicorn.Server(config).serve()


async def _awaited(body: Awaitable[None]) -> None:
    await body


def _ignore(_number: int, _frame: FrameType | None) -> None:
    return
