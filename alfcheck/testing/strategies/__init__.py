"""Strategies of hypothesis for paths, datasets and whole sessions.

    @given(strategies.sessions(contract))
    def test_it(files): ...

Paths are texts, datasets pairs of a session-relative path and bytes, sessions mappings of such: what the
fixture ``alf_release`` takes. Needs hypothesis: ``pip install alfcheck[testing]``.
"""

from __future__ import annotations

try:
    from alfcheck.testing.strategies.data import datasets, sessions
    from alfcheck.testing.strategies.paths import dataset_paths, illegal_paths, session_paths
except ModuleNotFoundError as error:
    if error.name != "hypothesis":
        raise
    raise ModuleNotFoundError(
        "alfcheck.testing.strategies needs hypothesis: pip install 'alfcheck[testing]'", name="hypothesis"
    ) from error

__all__ = ["dataset_paths", "datasets", "illegal_paths", "session_paths", "sessions"]
