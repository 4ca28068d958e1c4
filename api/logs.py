"""Logs are events with fields, one JSON object a line on standard error; no words of citizens, no names, no numbers."""

import logging
import sys
from typing import Any

import structlog

FORBIDDEN = frozenset(
    {"text", "blocks", "name", "phone", "applicant_name", "applicant_phone", "words", "token", "password"}
)


def configure_logs() -> None:
    """Set up structlog for this process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _drop_private,
            _shorten_exception,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _drop_private(_logger: Any, _method: str, event: Any) -> Any:
    """A second line of defence: fields that could carry a citizen's words never get out."""
    return {key: value for key, value in event.items() if key not in FORBIDDEN}


def _shorten_exception(_logger: Any, _method: str, event: Any) -> Any:
    """Where it happened, not what was said: an exception's message may quote a citizen, its places do not."""
    if not event.pop("exc_info", False):
        return event
    trace = sys.exc_info()[2]
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return {**event, "at": places[-6:]}
