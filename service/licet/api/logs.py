"""Logging: events with fields, one line each on standard error, as JSON or for people. Nothing here names a party."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any

import structlog

from licet.api.settings import LogFormat, LogLevel


def configure_logging(format_: LogFormat, level: LogLevel) -> None:
    """From now on all log lines of the process, those of libraries too, go to standard error in this format."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last(format_)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())


def _last(format_: LogFormat) -> list[Any]:
    console = sys.stderr.isatty() if format_ is LogFormat.AUTO else format_ is LogFormat.CONSOLE
    if console:
        return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False)]


def frames(error: BaseException) -> list[str]:
    """Where an exception came from, without its text: a text may quote the request, and so name a party."""
    return [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
