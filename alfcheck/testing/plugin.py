"""What pytest loads of alfcheck wherever both are installed: one fixture, and no more until it is used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from alfcheck.testing.releases import ReleaseMaker

__all__ = ["alf_release", "pytest_collection_modifyitems"]


@pytest.fixture
def alf_release(tmp_path: Path) -> ReleaseMaker:
    """Build small releases: ``alf_release({"alf/_ibl_trials.choice.npy": [1, -1, 0]})``.

    Each call begins a release of its own, in the folder of the test; see `alfcheck.testing.SmallRelease`.
    """
    from alfcheck.testing.releases import ReleaseMaker

    return ReleaseMaker(tmp_path)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of a `RuleSuite` that are about what its plugin does not offer."""
    unused = [item for item in items if item.get_closest_marker("alfcheck_nothing_offered")]
    if unused:
        items[:] = [item for item in items if item not in unused]
        config.hook.pytest_deselected(items=unused)


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known, for ``--strict-markers``."""
    config.addinivalue_line(
        "markers", "alfcheck_nothing_offered: a test of alfcheck's RuleSuite without anything to test"
    )
