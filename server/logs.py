"""Structured logs on standard error: key=value on a terminal, JSON lines elsewhere.

A log line never carries what a member wrote or where they came from. Exceptions are the way such text slips in
(PostgreSQL repeats values in its messages), so a logged exception is its class, its error code and the places in the
code, not its words; only the system's own words for an OSError are kept.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING, cast

import structlog

if TYPE_CHECKING:
    from types import TracebackType

    from structlog.typing import EventDict, Processor, WrappedLogger

OUR_LOGGERS = ("server", "triage", "models")


class _StandardError(logging.Handler):
    """Writes to whatever standard error is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; a broken standard error must not break the caller."""
        try:
            print(self.format(record), file=sys.stderr, flush=True)  # noqa: T201 - this is where lines leave
        except (OSError, ValueError):
            self.handleError(record)


def configure_logs(level: str) -> None:
    """Send our own log lines at ``level`` and above, and other libraries' warnings, to standard error."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _quiet_exceptions,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_without_arguments, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _in_order, _renderer()],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()]))
    for name in OUR_LOGGERS:
        logging.getLogger(name).setLevel(level.upper())


def _renderer() -> Processor:
    if sys.stderr.isatty():
        return structlog.processors.LogfmtRenderer(bool_as_flag=False)
    return structlog.processors.JSONRenderer()


def _in_order(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    first = ("timestamp", "level", "event")
    return {name: event[name] for name in (*first, *(name for name in event if name not in first)) if name in event}


def _without_arguments(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop the formatted words of a library's error line: they often repeat the exception's message."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord) and record.exc_info:
        event["event"] = f"error in {record.name}"
    return event


def _quiet_exceptions(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace ``exc_info`` with what is safe to write down."""
    given = event.pop("exc_info", None)
    error = _error_in(given)
    if error is not None:
        event["error"] = describe_error(error)
        event["at"] = _frames(error.__traceback__)
    return event


def describe_error(error: BaseException) -> str:
    """Say which error it is and which caused it, without words that may come from a member."""
    words = type(error).__qualname__
    code = getattr(error, "sqlstate", None)
    if isinstance(code, str):
        words += f" {code}"
    elif isinstance(error, OSError) and error.strerror:
        words += f" ({error.strerror})"
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{words} < {describe_error(cause)}" if cause is not None else words


def _error_in(given: object) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return next((part for part in cast("tuple[object, ...]", given) if isinstance(part, BaseException)), None)
    return sys.exc_info()[1] if given else None


def _frames(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)[-12:]
    return " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}:{frame.name}" for frame in frames)
