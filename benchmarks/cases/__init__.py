"""The cases of the benchmark, each a function from what was asked for to an outcome."""

from __future__ import annotations

from collections.abc import Callable

from claims import Outcome

from cases.big import measure_big
from cases.cache import measure_cache
from cases.contracts import measure_contracts
from cases.given import Given
from cases.growth import measure_growth
from cases.hashes import measure_hashes
from cases.plugins import measure_plugins
from cases.release import measure_release
from cases.stages import measure_stages
from cases.start import measure_start

__all__ = ["CASES", "Given"]

CASES: dict[str, Callable[[Given], Outcome]] = {
    "release": measure_release,
    "hashes": measure_hashes,
    "cache": measure_cache,
    "big": measure_big,
    "start": measure_start,
    "growth": measure_growth,
    "contracts": measure_contracts,
    "plugins": measure_plugins,
    "stages": measure_stages,
}
