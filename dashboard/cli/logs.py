"""The log: JSON lines in a rotating file, secrets redacted before they are written."""

import logging
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

from adapters.api import ConfigError
from dashboard.store.errors import Unwritable
from dashboard.store.home import touch_private

LEVELS: Mapping[str, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
MASK = "••••"
_MAX_BYTES = 4 * 1024 * 1024
_KEPT_FILES = 4
_SECRET_KEY = re.compile(
    r"(?<![a-z])pass(word|phrase|wd)?$|token|secret|seed|credential|authorization|nkey", re.IGNORECASE
)
_USER_INFO = re.compile(r"(?<=://)[^/\s@]+@")
_PAIR = re.compile(
    r"((?:password|passwd|token|secret|seed|authorization)[\"']?\s*[=:]\s*[\"']?)[^\s&\"',}]+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where the log goes and from which level on."""

    path: Path
    level: str = "info"


class _LogFile(RotatingFileHandler):
    """A log that stays silent where it cannot be written: on a full disk a stack trace would bury what is said of it."""

    def handleError(self, record: logging.LogRecord) -> None:
        del record


def start_log(place: LogPlace) -> None:
    """Sends the log of this process to the file; raises `ConfigError` or `Unwritable`."""
    level = LEVELS.get(place.level.lower())
    if level is None:
        raise ConfigError(f"There is no log level {place.level!r}.", hint=f"Known are {', '.join(LEVELS)}.")
    try:
        place.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        touch_private(place.path)
        handler = _LogFile(
            place.path, maxBytes=_MAX_BYTES, backupCount=_KEPT_FILES, encoding="utf-8", delay=True
        )
    except OSError as error:
        raise Unwritable(
            f"The log {place.path} cannot be written: {error.strerror}.", hint="Pass --log-file PATH."
        ) from error
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact,
                structlog.processors.JSONRenderer(default=repr),
            ],
        )
    )
    root = logging.getLogger()
    for old in [item for item in root.handlers if isinstance(item, RotatingFileHandler)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: masks values under secret names, user info in URLs, and `password=…` in texts."""
    del logger, method
    for key, value in event.items():
        event[key] = MASK if _SECRET_KEY.search(str(key)) else _without_secrets(value)
    return event


def _without_secrets(value: Any) -> Any:
    if isinstance(value, str):
        return _PAIR.sub(rf"\g<1>{MASK}", _USER_INFO.sub(f"{MASK}@", value))
    if isinstance(value, Mapping):
        return {
            key: MASK if _SECRET_KEY.search(str(key)) else _without_secrets(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_without_secrets(item) for item in value]
    return value
