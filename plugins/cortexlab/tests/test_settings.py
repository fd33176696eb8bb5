"""Settings: the encoder's resolution, and from where clusters and channels are counted."""

from __future__ import annotations

from pathlib import Path

import alfcheck
import numpy as np
import pytest
from alfcheck.errors import ConfigError
from alone import OTHERS
from conftest import Check, told
from steinmetz import Files, changed, write_session
from test_session import EXPLAINED


def settings(**values: int) -> dict[str, dict[str, int]]:
    return {"cortexlab": values}


def test_the_resolution_of_the_encoder_names_the_unit(check: Check, sound: Files) -> None:
    rad = changed(sound, "alf/wheel.position.npy", lambda values: values * 2 * np.pi / 4096)
    report = check(rad, settings=settings(ticks_per_revolution=4096))
    assert any("a tick in rad at 4096 ticks a turn" in found.message for found in report.findings)
    assert not any("a tick in" in found.message for found in check(rad).findings)


def test_a_finer_encoder_may_turn_further(check: Check, sound: Files) -> None:
    far = changed(sound, "alf/wheel.position.npy", lambda values: np.r_[values[:9], values[9:] + 2000])
    assert told(check(far)) - EXPLAINED == {("CTX202", "wheel.position.npy")}
    assert told(check(far, settings=settings(ticks_per_revolution=4096))) == EXPLAINED


def test_channels_may_count_from_0(check: Check, sound: Files) -> None:
    shifted = changed(sound, "alf/clusters.peakChannel.npy", lambda values: values - values.min())
    assert told(check(shifted)) - EXPLAINED == {("CTX501", "clusters.peakChannel.npy")}
    assert told(check(shifted, settings=settings(first_channel=0))) == EXPLAINED


def test_clusters_that_count_from_1(tmp_path: Path, sound: Files) -> None:
    """What README.md says to write: ALF402 is lowered for that file, and the plugin judges in its place."""
    from_1 = changed(sound, "alf/spikes.clusters.npy", lambda values: values + 1)
    config = tmp_path / "lab.toml"
    config.write_text(
        """
        [severity."**/spikes.clusters.npy"]
        ALF402 = "warning"

        [plugins.cortexlab]
        first_cluster = 1
        """
    )
    root = write_session(tmp_path / "release", from_1)
    report = alfcheck.check(root, config=config, disabled=OTHERS)
    assert report.exit_code() == 0
    assert told(report) - EXPLAINED == {("ALF402", "spikes.clusters.npy")}
    write_session(root, sound)
    found = told(alfcheck.check(root, config=config, disabled=OTHERS)) - EXPLAINED
    assert found == {("CTX502", "spikes.clusters.npy")}


@pytest.mark.parametrize("value", [0, -3, 1.5, "many", True])
def test_nonsense_is_refused(check: Check, sound: Files, value: object) -> None:
    with pytest.raises(ConfigError, match="ticks_per_revolution"):
        check(sound, settings={"cortexlab": {"ticks_per_revolution": value}})
