"""Logs as one JSON object a line, through structlog, without anything personal.

Request bodies, query strings and exception values never reach a log line: a value may quote what a resident wrote.
"""

from __future__ import annotations

import logging
import traceback
from typing import Any

import structlog

_render = structlog.processors.JSONRenderer(ensure_ascii=False)
_ALLOWED = ("event", "unit", "count", "seconds", "job", "step", "status", "route", "method")


class JsonFormatter(logging.Formatter):
    """Renders a record; of an exception it keeps the type and the places in the code, not the value."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.msg if not record.args else _safe(record),
        }
        for name in _ALLOWED:
            if name != "event" and hasattr(record, name):
                event[name] = getattr(record, name)
        if record.exc_info and record.exc_info[0] is not None:
            event["error"] = record.exc_info[0].__name__
            event["at"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(record.exc_info[2])
            ][-8:]
        return str(_render(None, "", event))


def _safe(record: logging.LogRecord) -> str:
    """The message without its arguments where it comes from a library that may quote input."""
    if record.name.startswith(("tongban", "granian")):
        return record.getMessage()
    return str(record.msg)


def configure() -> None:
    """Route structlog through the standard library, so that both look the same."""
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
