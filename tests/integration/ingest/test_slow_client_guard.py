"""Clients that are slow, endless or ambiguous are closed, and everybody else is served meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ingest.edge import IngestDependencies
from ingest.slow_client_guard import Deadlines
from tests.conftest import TenantFixture
from tests.integration.ingest.edge_server import read_answer, request, running_edge, send_raw

BODY = b'{"event_id":"9ec79c33ec9942ab8353589fcb2e04d1"}\n{"type":"event"}\n{}\n'


def head(tenant: TenantFixture, *lines: str) -> bytes:
    first = f"POST /api/{tenant.project_id}/envelope/?sentry_key={tenant.public_key} HTTP/1.1"
    return "\r\n".join([first, "Host: x", *lines, "", ""]).encode()


@pytest_asyncio.fixture(loop_scope="session")
async def strict_port(dependencies: IngestDependencies) -> AsyncIterator[int]:
    """An edge with the same rules and deadlines which a test can wait for."""
    async with running_edge(dependencies, deadlines=Deadlines(header_seconds=1.0, body_idle_seconds=1.0)) as port:
        yield port


async def _closed_after(port: int, *, opening: bytes, drip: bytes) -> tuple[float, bytes]:
    """Seconds until the server hangs up on a client that sends `drip` five times a second, and what it said."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    started_at = time.monotonic()
    writer.write(opening)

    async def keep_dripping() -> None:
        while True:
            await asyncio.sleep(0.2)
            writer.write(drip)

    dripping = asyncio.create_task(keep_dripping())
    try:
        async with asyncio.timeout(8):
            said = await reader.read()
    except ConnectionResetError:
        said = b""
    finally:
        dripping.cancel()
        writer.close()
    return time.monotonic() - started_at, said


@pytest.mark.parametrize(
    ("opening", "drip"),
    [
        (b"", b""),
        (b"POST / HTTP/1.1\r\nHost: x\r\n", b""),
        (b"POST / HTTP/1.1\r\nHost: x\r\n", b"X: y\r\n"),
        (b"POST / HTTP/1.1\r\nX: ", b"y"),
    ],
)
async def test_headers_that_do_not_complete_are_not_waited_for(strict_port: int, opening: bytes, drip: bytes) -> None:
    seconds, said = await _closed_after(strict_port, opening=opening, drip=drip)
    assert 0.9 < seconds < 3.5
    # A byte that arrives while the server closes turns the close into a reset, which takes the answer with it (TCP).
    assert said.startswith(b"HTTP/1.1 408 ") or (drip and not said)


@pytest.mark.parametrize("drip", [b"", b"a"])
async def test_a_body_that_stops_or_trickles_is_not_waited_for(strict_port: int, tenant: TenantFixture, drip: bytes) -> None:
    seconds, said = await _closed_after(strict_port, opening=head(tenant, "Content-Length: 100000"), drip=drip)
    assert 0.9 < seconds < 3.5
    assert said.startswith(b"HTTP/1.1 408 ") or (drip and not said)


async def test_slow_clients_do_not_keep_others_waiting(strict_port: int, tenant: TenantFixture) -> None:
    slow = [
        asyncio.create_task(_closed_after(strict_port, opening=b"POST / HTTP/1.1\r\nHost: x\r\n", drip=b"X: y\r\n"))
        for _ in range(100)
    ]
    await asyncio.sleep(0.3)
    started_at = time.monotonic()
    target = f"/api/{tenant.project_id}/envelope/?sentry_key={tenant.public_key}"
    assert (await request(strict_port, target, body=BODY)).status == 200
    assert time.monotonic() - started_at < 1
    assert all(seconds < 3.5 for seconds, _ in await asyncio.gather(*slow))


async def test_a_kept_alive_connection_may_rest_between_requests(strict_port: int, tenant: TenantFixture) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", strict_port)
    for _ in range(2):
        writer.write(head(tenant, f"Content-Length: {len(BODY)}") + BODY)
        assert (await read_answer(reader)).status == 200
        await asyncio.sleep(2.5)
    writer.close()


async def test_pipelined_requests_are_all_answered(edge_port: int, tenant: TenantFixture) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", edge_port)
    writer.write((head(tenant, f"Content-Length: {len(BODY)}") + BODY) * 3)
    assert [(await read_answer(reader)).status for _ in range(3)] == [200, 200, 200]
    writer.close()


@pytest.mark.parametrize(
    ("lines", "after", "statuses"),
    [
        ([f"X-{number}: y" for number in range(500)], b"", {431}),
        ([f"X-{number}: y" for number in range(100)], b"", {431}),
        (["X: " + "a" * 65_536], b"", {431}),
        (["X: " + "a" * 20_000], b"", {431}),
        (["Content-Length: 4", "Transfer-Encoding: chunked"], b"0\r\n\r\n", {400}),
        (["Transfer-Encoding: chunked", "Content-Length: 4"], b"0\r\n\r\n", {400}),
        (["Content-Length: 4", "Content-Length: 5"], b"{}\n\n", {400}),
        (["Content-Length: -1"], b"{}\n\n", {400}),
        (["Content-Length: +4"], b"{}\n\n", {400}),
        (["Transfer-Encoding: \x0bchunked"], b"0\r\n\r\n", {400}),
        (["Transfer-Encoding: chunked"], b"1;" + b"a" * 100_000 + b"\r\n{\r\n0\r\n\r\n", {400}),
        (["Content-Length: 99999999999"], b"", {413}),
    ],
)
async def test_ambiguous_and_oversized_framing_is_refused(
    edge_port: int, tenant: TenantFixture, lines: list[str], after: bytes, statuses: set[int]
) -> None:
    answer = await send_raw(edge_port, head(tenant, *lines) + after)
    assert answer.status in statuses


async def test_a_body_in_chunks_of_one_byte_is_read(edge_port: int, tenant: TenantFixture) -> None:
    chunked = b"".join(b"1\r\n%c\r\n" % byte for byte in BODY) + b"0\r\n\r\n"
    assert (await send_raw(edge_port, head(tenant, "Transfer-Encoding: chunked") + chunked)).status == 200


async def test_an_endless_url_is_refused(edge_port: int) -> None:
    assert (await send_raw(edge_port, b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n")).status == 431


async def test_expect_100_continue_is_honoured(edge_port: int, tenant: TenantFixture) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", edge_port)
    writer.write(head(tenant, f"Content-Length: {len(BODY)}", "Expect: 100-continue"))
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
    writer.write(BODY)
    assert (await read_answer(reader)).status == 200
    writer.close()


async def test_a_refused_client_that_goes_on_sending_can_use_its_connection_again(edge_port: int, tenant: TenantFixture) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", edge_port)
    body = b"x" * 300_000
    writer.write(b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    assert (await read_answer(reader)).status == 404
    writer.write(head(tenant, f"Content-Length: {len(BODY)}") + BODY)
    assert (await read_answer(reader)).status == 200
    writer.close()
