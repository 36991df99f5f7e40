"""Checking addresses: problems are found, and nothing ever reaches our own network."""

from __future__ import annotations

import asyncio
import ipaddress
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.resources.link_check import check_address, check_links
from server.resources.public_address import MAX_BODY_BYTES, Doors, address_of, ask, is_public
from server.worker import build_worker, check_resources
from tests.support.resources import a_resource

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from litestar import Litestar

    from server.settings import Settings

OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
NOTHING = "HTTP/1.1 {} X\r\ncontent-length: 0\r\n\r\n"


class LocalServer:
    """A web server on this machine that answers by path and remembers who asked for what."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str, str]] = []
        """Method, path and Host header."""
        self.port = 0
        self.busy = 0
        self.most_at_once = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.busy += 1
        self.most_at_once = max(self.most_at_once, self.busy)
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, path, _ = head.split(" ", 2)
        host = next(line.split(": ", 1)[1] for line in head.split("\r\n") if line.lower().startswith("host:"))
        self.asked.append((method, path, host))
        answer = self.answers.get(f"{method} {path}", self.answers.get(path, NOTHING.format(404)))
        writer.write(answer.encode())
        self.busy -= 1
        writer.close()


@asynccontextmanager
async def local_server(answers: dict[str, str]) -> AsyncIterator[LocalServer]:
    server = LocalServer(answers)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield server


class FakeNames:
    """A resolver whose answers are given, one after the other; it counts how often it was asked."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = answers
        self.times = 0

    async def __call__(self, host: str, port: int) -> list[str]:
        self.times += 1
        return self.answers[min(self.times, len(self.answers)) - 1]


def only(server: LocalServer) -> Callable[[ipaddress.IPv4Address | ipaddress.IPv6Address, int], bool]:
    """As if that server on this machine were the open web, and the rest of the machine what it is."""
    return lambda address, port: (str(address), port) == ("127.0.0.1", server.port) or is_public(address, port)


async def checked(url: str, doors: Doors) -> str:
    async with httpx.AsyncHTTPTransport(trust_env=False) as transport:
        return await check_address(url, transport, doors)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "192.0.0.1",
        "::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1", "fec0::1", "64:ff9b:1::a00:1", "::127.0.0.1",
    ],
)  # fmt: skip
def test_address_that_is_not_of_the_open_web_is_refused(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address), 443)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_public_address_is_allowed_on_the_ports_of_the_web_alone(address: str) -> None:
    assert is_public(ipaddress.ip_address(address), 443)
    assert is_public(ipaddress.ip_address(address), 80)
    assert not is_public(ipaddress.ip_address(address), 22)


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["1.1.1.1", "127.0.0.1"], ["::1"], ["fe80::1%eth0"], []])
async def test_name_that_leads_to_our_own_network_is_never_connected_to(answers: list[str]) -> None:
    async with local_server({"/": OK}) as server:
        problem = await checked(f"http://inside.example:{server.port}/", Doors(resolve=FakeNames(answers)))

    assert "private network" in problem
    assert server.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
async def test_our_own_machine_is_refused_however_it_is_written(host: str) -> None:
    async with local_server({"/": OK}) as server:
        assert await checked(f"http://{host}:{server.port}/", Doors()) != ""

    assert server.asked == []


async def test_connection_goes_to_the_address_that_was_looked_at() -> None:
    names = FakeNames(["127.0.0.1"], ["10.0.0.1"])
    async with local_server({"/page": OK}) as server:
        problem = await checked(f"http://night.example:{server.port}/page", Doors(names, only(server)))

    assert problem == ""
    assert names.times == 1, "a second answer of the name server must not matter"
    assert server.asked == [("HEAD", "/page", f"night.example:{server.port}")]


async def test_head_that_is_refused_is_followed_by_a_get_to_the_same_address() -> None:
    names = FakeNames(["127.0.0.1"], ["10.0.0.1"])
    async with local_server({"HEAD /": NOTHING.format(405), "GET /": OK}) as server:
        assert await checked(f"http://night.example:{server.port}/", Doors(names, only(server))) == ""

    assert [method for method, _, _ in server.asked] == ["HEAD", "GET"]
    assert names.times == 1


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:{other}/secret", "http://169.254.169.254/latest/meta-data", "//inside.example:{other}/secret",
     "file:///etc/passwd", "gopher://inside.example/", "http://user:word@inside.example/"],
)  # fmt: skip
async def test_redirect_into_our_own_network_is_not_followed(location: str) -> None:
    async with local_server({"/secret": OK}) as other:
        moved = f"HTTP/1.1 302 X\r\nlocation: {location.format(other=other.port)}\r\ncontent-length: 0\r\n\r\n"
        async with local_server({"/": moved}) as server:
            doors = Doors(FakeNames(["127.0.0.1"]), only(server))
            problem = await checked(f"http://night.example:{server.port}/", doors)

    assert problem != ""
    assert other.asked == []


@pytest.mark.parametrize(("hops", "problem"), [(3, ""), (4, "It leads on more than 3 times.")])
async def test_three_redirects_are_followed_and_no_more(hops: int, problem: str) -> None:
    moved = {
        f"/{step}": f"HTTP/1.1 301 X\r\nlocation: /{step + 1}\r\ncontent-length: 0\r\n\r\n" for step in range(hops)
    }
    async with local_server({**moved, f"/{hops}": OK}) as server:
        doors = Doors(FakeNames(["127.0.0.1"]), only(server))
        assert await checked(f"http://night.example:{server.port}/0", doors) == problem

    assert len(server.asked) <= 4


async def test_no_more_than_ten_kilobytes_are_read() -> None:
    async with local_server({"/": f"HTTP/1.1 200 OK\r\ncontent-length: 5000000\r\n\r\n{'x' * 200_000}"}) as server:
        url = httpx.URL(f"http://night.example:{server.port}/")
        async with httpx.AsyncHTTPTransport(trust_env=False) as transport:
            answer = await ask("GET", url, ipaddress.ip_address("127.0.0.1"), transport)

    assert answer.status == 200
    assert len(answer.body) == MAX_BODY_BYTES


async def test_certificate_is_asked_for_by_name_and_the_connection_by_address() -> None:
    sent: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    url = httpx.URL("https://night.example/page?x=1#part")
    address = await address_of(url, Doors(resolve=FakeNames(["2606:4700::1", "93.184.215.14"])))
    await ask("HEAD", url, address, httpx.MockTransport(take))

    assert str(sent[0].url) == "https://93.184.215.14/page?x=1"
    assert sent[0].headers["host"] == "night.example"
    assert sent[0].extensions["sni_hostname"] == "night.example"


async def test_unknown_host_and_silent_server_are_problems_not_crashes() -> None:
    async def unknown(host: str, port: int) -> list[str]:
        raise OSError(host)

    async with local_server({}) as server:
        assert "404" in await checked(
            f"http://night.example:{server.port}/", Doors(FakeNames(["127.0.0.1"]), only(server))
        )
    assert await checked("https://night.example/", Doors(resolve=unknown)) == "Its host is not known."
    assert "not be reached" in await checked(
        f"http://night.example:{server.port}/", Doors(FakeNames(["127.0.0.1"]), only(server))
    )


async def test_daily_check_notes_what_it_found_and_leaves_the_rest(app: Litestar) -> None:
    async with local_server({"/well": OK}) as server:
        base = f"http://night.example:{server.port}"
        well = await a_resource("Well", url=f"{base}/well")
        gone = await a_resource("Gone", url=f"{base}/gone")
        draft = await a_resource("Draft", url=f"{base}/draft", state="draft")
        inside = await a_resource("Inside", url="http://127.0.0.1:1/")
        before = await fetch("SELECT updated_at FROM resource ORDER BY id")
        doors = Doors(FakeNames(["127.0.0.1"]), only(server))
        at = now()

        assert await check_links(at, 10, doors=doors) == 3
        assert await check_links(at + timedelta(hours=1), 10, doors=doors) == 0
        assert await check_links(at + timedelta(days=1), 1, doors=doors) == 1

    rows = {row["id"]: row for row in await fetch("SELECT id, link_checked_at, link_problem FROM resource")}
    assert rows[well]["link_problem"] == ""
    assert rows[gone]["link_problem"] == "It answers with the error 404."
    assert "private network" in rows[inside]["link_problem"]
    assert rows[draft]["link_checked_at"] is None
    assert rows[gone]["link_checked_at"] == at
    assert await fetch("SELECT updated_at FROM resource ORDER BY id") == before


async def test_one_request_at_a_time_goes_to_a_host(app: Litestar) -> None:
    async with local_server({}) as server:
        for number in range(5):
            await a_resource(f"Line {number}", url=f"http://night.example:{server.port}/{number}")

        await check_links(now(), 10, doors=Doors(FakeNames(["127.0.0.1"]), only(server)))

    assert len(server.asked) == 10
    assert server.most_at_once == 1
    assert (await fetch_one("SELECT count(*) AS n FROM resource WHERE link_problem <> ''"))["n"] == 5


async def test_worker_looks_once_a_day(services: Settings) -> None:
    jobs = [job for job in build_worker(services).cron_jobs or () if job.name == "check-resources"]

    assert [(job.coroutine, job.hour, job.minute) for job in jobs] == [(check_resources, 4, 19)]
