"""Sends requests to a web server and times the answers. Runs as a process of its own, told what to do on its input.

Open loop: requests leave at a fixed rate whether or not earlier ones were answered, and each is timed from the moment
at which it should have left, so that a stall counts for everybody who would have waited (no coordinated omission).
Closed loop: a few connections, each sending the next request as soon as it has its answer; this finds the maximum.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator

FRESH_KEY = "00000000-0000-0000-0000-000000000000"
"""Stands in a request where each sending needs a new random key."""

CLOSED_CONNECTIONS = 8
MOST_CONNECTIONS = 64
ANSWER_SECONDS = 10.0
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What to send, in turn, and how: at ``rate`` requests a second, or, where that is 0, as fast as answers come."""

    port: int
    requests: list[str]
    seconds: float
    warm_up: float = 0.0
    rate: float = 0.0


@dataclass
class Times:
    """What came back; latencies in milliseconds, ``seconds`` from the first request to the last answer."""

    latencies: list[float] = field(default_factory=list[float])
    statuses: dict[str, int] = field(default_factory=dict[str, int])
    body_bytes: int = 0
    seconds: float = 0.0
    sent: int = 0
    """Requests of the measurement and of the while before it that does not count."""

    def add(self, status: int, size: int, started: float) -> None:
        """Note one answer to a request that left, or should have left, at ``started``."""
        self.latencies.append((time.perf_counter() - started) * 1000)
        self.statuses[str(status)] = self.statuses.get(str(status), 0) + 1
        self.body_bytes += size


class Connection(asyncio.Protocol):
    """One keep-alive HTTP/1.1 connection, one request at a time; answers must state their length."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, int]] | None = None
        self._received = bytearray()
        self._expected = 0
        self._head_size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect the answer until it is whole."""
        self._received += data
        if not self._head_size:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            self._head_size = end + 4
            length = CONTENT_LENGTH.search(self._received, 0, self._head_size)
            if length is None:
                self._fail(ConnectionError("the server did not say how long its answer is"))
                return
            self._expected = self._head_size + int(length[1])
        if len(self._received) >= self._expected and self._answer is not None:
            status = int(self._received[9:12])
            answer, self._answer = self._answer, None
            size = self._expected - self._head_size
            self._received, self._head_size = bytearray(), 0
            if not answer.done():
                answer.set_result((status, size))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self._fail(exc or ConnectionError("the server closed the connection"))

    def _fail(self, problem: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(problem)

    async def send(self, request: bytes) -> tuple[int, int]:
        """Send a request and return the status and the size of the answer's body."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await asyncio.wait_for(self._answer, ANSWER_SECONDS)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()


async def _connect(port: int, count: int) -> list[Connection]:
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(count)]


def _endless(requests: list[str]) -> Iterator[bytes]:
    for text in itertools.cycle(requests):
        fresh = text.replace(FRESH_KEY, str(uuid4())) if FRESH_KEY in text else text
        yield fresh.encode("latin-1")


async def closed_loop(connections: list[Connection], requests: Iterator[bytes], seconds: float) -> Times:
    """Keep every connection busy."""
    times, started = Times(), time.perf_counter()

    async def keep_busy(connection: Connection) -> None:
        while (sent := time.perf_counter()) < started + seconds:
            times.add(*await connection.send(next(requests)), sent)

    await asyncio.gather(*(keep_busy(connection) for connection in connections))
    times.seconds = time.perf_counter() - started
    return times


async def open_loop(connections: list[Connection], requests: Iterator[bytes], seconds: float, rate: float) -> Times:
    """Send at a fixed rate; a request that finds no free connection waits, and the wait counts."""
    times, started = Times(), time.perf_counter()
    idle: asyncio.Queue[Connection] = asyncio.Queue()  # in turn, so that the server hangs up on none as unused
    for connection in connections:
        idle.put_nowait(connection)

    async def send_one(due: float) -> None:
        connection = await idle.get()
        times.add(*await connection.send(next(requests)), due)
        idle.put_nowait(connection)

    async with asyncio.TaskGroup() as group:
        for n in range(int(seconds * rate)):
            due = started + n / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(send_one(due))
    times.seconds = time.perf_counter() - started
    return times


async def run(work: Work) -> Times:
    """Do the work: first a while that does not count, then the measurement."""
    requests = _endless(work.requests)
    connections = await _connect(work.port, MOST_CONNECTIONS if work.rate else CLOSED_CONNECTIONS)
    try:
        warm_up = await closed_loop(connections[:CLOSED_CONNECTIONS], requests, work.warm_up)
        if work.rate:
            times = await open_loop(connections, requests, work.seconds, work.rate)
        else:
            times = await closed_loop(connections, requests, work.seconds)
        times.sent = len(warm_up.latencies) + len(times.latencies)
        return times
    finally:
        for connection in connections:
            connection.close()


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(run(Work(**json.load(sys.stdin)))))))
