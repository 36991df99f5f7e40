"""Log lines are structured, and never repeat what an exception says: it may quote a member."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from server.logs import configure_logs, describe_error

SECRET = "what I wrote at three in the morning"


@pytest.fixture(autouse=True)
def restored_logging():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    configure_logs("warning")


def fail_with_secret():
    raise ValueError(SECRET)


def log_lines(capsys) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_json_where_nobody_watches(capsys):
    configure_logs("info")
    structlog.get_logger("server.test").info("post written", post=7)
    (line,) = log_lines(capsys)
    assert (line["event"], line["post"], line["level"]) == ("post written", 7, "info")
    assert list(line)[:3] == ["timestamp", "level", "event"]


def test_a_line_is_key_and_value_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    configure_logs("info")
    structlog.get_logger("server.test").info("post written", post=7)
    assert 'level=info event="post written"' in capsys.readouterr().err


def test_lines_below_the_level_are_left_out(capsys):
    configure_logs("warning")
    structlog.get_logger("server.test").info("quiet")
    structlog.get_logger("server.test").warning("loud")
    assert [line["event"] for line in log_lines(capsys)] == ["loud"]


def test_an_exception_is_logged_without_its_words(capsys):
    configure_logs("info")
    try:
        fail_with_secret()
    except ValueError:
        structlog.get_logger("server.test").exception("request failed")
    (line,) = log_lines(capsys)
    assert line["error"] == "ValueError"
    assert "test_logs.py" in str(line["at"])
    assert SECRET not in json.dumps(line)


def test_a_library_error_is_logged_without_the_words_of_its_exception(capsys):
    configure_logs("info")
    try:
        fail_with_secret()
    except ValueError as error:
        logging.getLogger("arq.worker").exception("job failed: %s", error)  # noqa: TRY401 - as libraries do
    (line,) = log_lines(capsys)
    assert line["event"] == "error in arq.worker"
    assert SECRET not in json.dumps(line)


def test_library_chatter_is_left_out(capsys):
    configure_logs("debug")
    logging.getLogger("arq.worker").info("→ triage(%r)", SECRET)
    assert log_lines(capsys) == []


def test_the_systems_own_words_and_the_cause_are_kept():
    cause = ConnectionRefusedError(111, "Connection refused")
    error = ValueError(SECRET)
    error.__cause__ = cause
    assert describe_error(error) == "ValueError < ConnectionRefusedError (Connection refused)"
