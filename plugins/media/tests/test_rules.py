"""Everything that is offered passes the suite that alfcheck has for plugins."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from alfcheck import Severity
from alfcheck.contracts.model import Contract
from alfcheck.testing import RuleSuite
from conftest import Check
from media import sound, tiff, video

from alfcheck_media import alfcheck_contracts, alfcheck_rules
from alfcheck_media.examples import SIZE, header, meta

RULES = tuple(alfcheck_rules())
SAMPLES = {
    "mp4": video("mp4", 3),
    "avi": video("avi", 3),
    "mkv": video("mkv", 3),
    "wav": sound(np.zeros(50)),
    "flac": sound(np.zeros(50), format_="FLAC"),
    "tif": tiff(np.zeros((2, 8, 9), np.uint8), photometric="minisblack"),
    "meta": meta()(),
    "ch": header()(),
}
STEM = "raw_ephys_data/probe00/_spikeglx_ephysData_g0_t0.imec0.ap"
_COMPRESSED = {f"{STEM}.cbin": bytes(SIZE), f"{STEM}.ch": SAMPLES["ch"], f"{STEM}.meta": SAMPLES["meta"]}
RECORDINGS = {
    "media.ephys_raw": _COMPRESSED,
    "media.microphone": {"raw_behavior_data/_iblrig_micData.raw.wav": SAMPLES["wav"]},
    "media.mtscomp_header": _COMPRESSED,
    "media.spikeglx_meta": _COMPRESSED,
    "media.video": {"raw_video_data/_iblrig_leftCamera.raw.mp4": SAMPLES["mp4"]},
}


class TestRules(RuleSuite):
    plugin = "alfcheck_media"
    samples = SAMPLES

    def test_contract_accepts_its_example(self, contract: Contract, check: Check) -> None:  # type: ignore[override]
        """alfcheck itself makes no recordings: these are made here."""
        report = check(RECORDINGS[contract.id])
        assert [each for each in report.findings if each.severity is not Severity.WARNING] == []
        assert {row.verdict for row in report.ledger} <= {"pass", "warn"}


def test_every_code_is_in_the_readme() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert [rule.code for rule in RULES if f"`{rule.code}`" not in readme] == []


def test_the_contracts_are_read() -> None:
    assert [each.load().id for each in alfcheck_contracts()] == [
        "media.ephys_raw",
        "media.microphone",
        "media.mtscomp_header",
        "media.spikeglx_meta",
        "media.video",
    ]


def test_importing_the_plugin_loads_no_library() -> None:
    import subprocess
    import sys

    code = "import sys, alfcheck_media; print({'av', 'soundfile', 'tifffile', 'numpy'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
