"""The supervisor keeps real child processes running and leaves none behind."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import signal
import sys
import time
from itertools import pairwise

import psutil
import pytest
from structlog.testing import capture_logs

from server.services import supervisor as supervising
from server.services.failures import ServiceFailed, StillRecovering
from server.services.program import Program
from server.services.supervisor import Supervisor
from tests.support.installation import is_alive
from tests.support.waiting import until

SLEEPER = "import signal; signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEPER}"
WITH_A_CHILD = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', '{SLEEPER}']); {SLEEPER}"


async def at_once() -> bool:
    return True


async def never() -> bool:
    return False


async def recovering() -> bool:
    raise StillRecovering


def python(code: str, name: str = "sleeper", **given) -> Program:
    return Program(name=name, arguments=(sys.executable, "-c", code), **{"is_ready": at_once, **given})


async def test_a_child_that_is_killed_is_started_again():
    async with Supervisor() as supervisor:
        await supervisor.start(python(SLEEPER))
        first = supervisor.process_id("sleeper")
        os.kill(first, signal.SIGKILL)
        await until(lambda: supervisor.process_id("sleeper") != first)
        assert psutil.Process(supervisor.process_id("sleeper")).is_running()


async def test_a_child_that_keeps_dying_is_started_ever_more_slowly(tmp_path):
    starts = tmp_path / "starts"
    code = f"import time; open({str(starts)!r}, 'a').write(f'{{time.monotonic()}}\\n')"
    async with Supervisor() as supervisor:
        await supervisor.start(python(code))
        await until(lambda: starts.exists() and len(starts.read_text().splitlines()) >= 4)
    moments = [float(line) for line in starts.read_text().splitlines()[:4]]
    first, second, third = (later - earlier for earlier, later in pairwise(moments))
    assert (first > 0.1, second > 0.2, third > 0.4) == (True, True, True)


async def test_what_a_killed_child_started_goes_with_it():
    async with Supervisor() as supervisor:
        await supervisor.start(python(WITH_A_CHILD))
        first = psutil.Process(supervisor.process_id("sleeper"))
        await until(first.children)
        (grandchild,) = first.children()
        first.kill()
        await until(lambda: not is_alive(grandchild))


async def test_stopping_ends_children_in_reverse_order(tmp_path):
    ended = tmp_path / "ended"

    def noting(name: str) -> Program:
        log = tmp_path / f"{name}.log"
        note = f"open({str(ended)!r}, 'a').write({name + ' '!r})"
        return python(
            "import signal, sys\n"
            f"def end(*_):\n    {note}\n    sys.exit()\n"
            "signal.signal(signal.SIGTERM, end)\nprint('ready', flush=True)\nsignal.pause()",
            name,
            is_ready=lambda: says_ready(log),
            log_file=log,
        )

    async def says_ready(log) -> bool:
        return log.exists() and "ready" in log.read_text()

    async with Supervisor() as supervisor:
        for name in ("database", "web"):
            await supervisor.start(noting(name))
    assert ended.read_text() == "web database "


async def test_a_child_that_ignores_the_request_to_stop_is_ended(tmp_path):
    log = tmp_path / "log"

    async def is_deaf() -> bool:
        return log.exists() and "deaf" in log.read_text()

    async with Supervisor() as supervisor:
        await supervisor.start(python(STUBBORN, is_ready=is_deaf, log_file=log, stop_within=0.3))
        process = psutil.Process(supervisor.process_id("sleeper"))
        started = time.monotonic()
    assert time.monotonic() - started < 3
    assert not process.is_running()


async def test_a_child_that_ends_while_starting_is_reported_with_its_last_words(tmp_path):
    program = python("print('no such table'); raise SystemExit(3)", is_ready=never, log_file=tmp_path / "log")
    with pytest.raises(ServiceFailed, match=r"(?s)sleeper stopped while starting.*no such table"):
        async with Supervisor() as supervisor:
            await supervisor.start(program)


async def test_a_full_disk_is_named_as_the_reason(tmp_path):
    code = "print('could not write: No space left on device'); raise SystemExit(1)"
    with pytest.raises(ServiceFailed, match="disk is full: free some space"):
        async with Supervisor() as supervisor:
            await supervisor.start(python(code, is_ready=never, log_file=tmp_path / "log"))


async def test_a_child_that_never_gets_ready_is_reported_and_ended():
    async with Supervisor() as supervisor:
        with pytest.raises(ServiceFailed, match="sleeper was not ready within 0 seconds"):
            await supervisor.start(python(SLEEPER, is_ready=never, ready_within=0.2))
        process = psutil.Process(supervisor.process_id("sleeper"))
    assert not process.is_running()


async def test_a_child_that_says_that_it_recovers_is_waited_for_for_longer():
    looks: list[float] = []

    async def at_last() -> bool:
        looks.append(time.monotonic())
        if looks[-1] < looks[0] + 0.6:
            raise StillRecovering
        return True

    async with Supervisor() as supervisor:
        with capture_logs() as lines:
            await supervisor.start(python(SLEEPER, is_ready=at_last, ready_within=0.2))
        assert psutil.Process(supervisor.process_id("sleeper")).is_running()
    assert "service_recovers" in [line["event"] for line in lines]


async def test_a_child_that_recovers_for_ever_is_given_up_in_the_end():
    async with Supervisor() as supervisor:
        with pytest.raises(ServiceFailed, match="sleeper was not ready within"):
            await supervisor.start(python(SLEEPER, is_ready=recovering, ready_within=0.1, recovered_within=0.3))


async def test_a_child_that_ends_while_it_recovers_is_reported():
    with pytest.raises(ServiceFailed, match="sleeper stopped while starting"):
        async with Supervisor() as supervisor:
            await supervisor.start(python("raise SystemExit(3)", is_ready=recovering))


async def test_a_child_whose_log_folder_is_gone_is_started_again(tmp_path):
    log = tmp_path / "log" / "sleeper.log"
    log.parent.mkdir()
    async with Supervisor() as supervisor:
        await supervisor.start(python(SLEEPER, log_file=log))
        first = supervisor.process_id("sleeper")
        shutil.rmtree(log.parent)
        os.kill(first, signal.SIGKILL)
        await until(lambda: supervisor.process_id("sleeper") != first)
        assert log.exists()


async def test_a_child_that_cannot_be_started_again_is_tried_ever_more_slowly_until_it_can(tmp_path, monkeypatch):
    monkeypatch.setattr(supervising, "STEADY_AFTER", 1.3)
    log = tmp_path / "log" / "sleeper.log"
    log.parent.mkdir()
    async with Supervisor() as supervisor:
        await supervisor.start(python(SLEEPER, log_file=log))
        first = supervisor.process_id("sleeper")
        shutil.rmtree(log.parent)
        log.parent.touch()
        with capture_logs() as lines:
            os.kill(first, signal.SIGKILL)
            await until(lambda: len(pauses_in(lines)) >= 5)
            log.parent.unlink()
            await until(lambda: supervisor.process_id("sleeper") != first)
    assert pauses_in(lines)[:5] == [0.1, 0.2, 0.4, 0.8, 1.6]
    assert [line["event"] for line in lines].count("service_died") == 1


def pauses_in(lines) -> list[float]:
    return [line["restart_in_seconds"] for line in lines if "restart_in_seconds" in line]


async def test_a_child_whose_log_can_neither_be_read_nor_written_comes_back_when_it_can(tmp_path):
    log = tmp_path / "sleeper.log"
    async with Supervisor() as supervisor:
        await supervisor.start(python(SLEEPER, log_file=log))
        first = supervisor.process_id("sleeper")
        log.unlink()
        log.mkdir()
        with capture_logs() as lines:
            os.kill(first, signal.SIGKILL)
            await until(lambda: "service_not_restarted" in [line["event"] for line in lines])
        log.rmdir()
        await until(lambda: supervisor.process_id("sleeper") != first)
    assert lines[0]["last_words"] == f"{log} cannot be read (Is a directory)."


async def test_a_trouble_on_the_way_to_a_restart_is_no_reason_to_give_up():
    troubles: list[OSError] = []

    async def before_start() -> None:
        if troubles:
            raise troubles.pop()

    async with Supervisor() as supervisor:
        await supervisor.start(python(SLEEPER, before_start=before_start))
        first = supervisor.process_id("sleeper")
        troubles.append(OSError(errno.EIO, os.strerror(errno.EIO)))
        os.kill(first, signal.SIGKILL)
        await until(lambda: supervisor.process_id("sleeper") != first)
    assert troubles == []


async def test_a_program_that_is_not_there_is_reported():
    with pytest.raises(ServiceFailed, match="ghost cannot be started"):
        async with Supervisor() as supervisor:
            await supervisor.start(Program(name="ghost", arguments=("/nowhere/ghost",), is_ready=at_once))


async def test_children_do_not_outlive_a_supervisor_that_is_killed():
    code = (
        "import asyncio, sys\n"
        "from server.services.program import Program\n"
        "from server.services.supervisor import Supervisor\n"
        "async def ready(): return True\n"
        "async def main():\n"
        "    async with Supervisor() as supervisor:\n"
        f"        arguments = (sys.executable, '-c', {SLEEPER!r})\n"
        "        await supervisor.start(Program(name='x', arguments=arguments, is_ready=ready))\n"
        "        print(supervisor.process_id('x'), flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    lines = [line async for line in first_number(process.stdout)]
    child = psutil.Process(lines[0])
    process.kill()
    await process.wait()
    await until(lambda: not is_alive(child))


async def first_number(stream: asyncio.StreamReader):
    while line := await stream.readline():
        if line.strip().isdigit():
            yield int(line)
            return
