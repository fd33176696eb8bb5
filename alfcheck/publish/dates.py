"""The date that a release bears."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from alfcheck.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ReleaseDate", "release_date"]


class ReleaseDate(NamedTuple):
    """A date in UTC without a time zone (ONE raises on one), and whether it was asked for."""

    when: datetime
    fixed: bool


def release_date(environ: Mapping[str, str], now: datetime | None = None) -> ReleaseDate:
    """Give the date of ``SOURCE_DATE_EPOCH`` (seconds since 1970) where it is set, else the time now.

    Raises `ConfigError` for a value that is no date.
    """
    text = environ.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return ReleaseDate(_naive(now or datetime.now(UTC)), False)
    try:
        return ReleaseDate(_naive(datetime.fromtimestamp(int(text), UTC)), True)
    except (ValueError, OverflowError, OSError) as error:
        raise ConfigError(
            f"SOURCE_DATE_EPOCH is '{text}', which is no date; set it to whole seconds since 1970-01-01, "
            "or unset it"
        ) from error


def _naive(when: datetime) -> datetime:
    return when.astimezone(UTC).replace(tzinfo=None, microsecond=0)
