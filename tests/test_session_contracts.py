"""The catalogue of contracts about sessions: what keeps each, and what is told of what does not."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from release_fixtures import SHARED, write

import alfcheck
import alfcheck_schemas
from alfcheck.contracts.build import contract_file
from alfcheck.contracts.model import Contract
from alfcheck.grammar import parse_dataset
from alfcheck.model import Dataset, Problem
from alfcheck.sessions import Document, Seen, judge_session

FOLDER = Path(alfcheck_schemas.__file__).parent / "ibl" / "sessions"
DESCRIPTION = "_ibl_experiment.description.yaml"
BPOD = {"bpod": {"collection": "raw_task_data_00"}}
NIDQ = {"nidq": {"collection": "raw_ephys_data"}}


def raw(folder: str, *names: str) -> list[str]:
    return [f"{folder}/_iblrig_{name}" for name in names]


def alf(*names: str, folder: str = "alf") -> list[str]:
    return [f"{folder}/{name}" for name in names]


def described(protocol: str = "", *devices: str, sync: Any = NIDQ) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for device in devices:
        kind, _, name = device.partition("/")
        tree.setdefault(kind, {})[name or kind] = {"collection": "raw"}
    return {"devices": tree, "tasks": [{protocol: {}}] if protocol else [], "sync": sync}


TASK = ("taskData.raw.jsonable", "taskSettings.raw.json")
TRIALS = ["_ibl_trials.goCueTrigger_times.npy"]
WHEEL = [
    *("_ibl_wheel.position.npy", "_ibl_wheel.timestamps.npy"),
    *("_ibl_wheelMoves.intervals.npy", "_ibl_wheelMoves.peakAmplitude.npy"),
]
SORTING = [
    *(f"spikes.{name}.npy" for name in ("amps", "clusters", "depths", "samples", "templates", "times")),
    *(f"clusters.{name}.npy" for name in ("amps", "channels", "depths", "peakToTrough", "waveforms")),
    *("clusters.waveformsChannels.npy", "clusters.uuids.csv", "clusters.metrics.pqt"),
    *(f"templates.{name}.npy" for name in ("amps", "waveforms", "waveformsChannels")),
    *("channels.localCoordinates.npy", "channels.rawInd.npy"),
    *(f"_phy_spikes_subset.{name}.npy" for name in ("channels", "spikes", "waveforms")),
]
RECORDING = [
    *(
        f"_spikeglx_ephysData_g0_t0.imec0.{name}"
        for name in (
            "ap.cbin",
            "ap.ch",
            "ap.meta",
            "lf.cbin",
            "lf.ch",
            "lf.meta",
            "sync.npy",
            "timestamps.npy",
        )
    ),
    *(f"_spikeglx_sync.{name}.probe00.npy" for name in ("times", "polarities", "channels")),
]
FIELD = [
    *(f"mpci.{name}.npy" for name in ("ROIActivityF", "ROINeuropilActivityF", "ROIActivityDeconvolved")),
    *("mpci.badFrames.npy", "mpci.mpciFrameQC.npy", "mpciFrameQC.names.tsv", "mpciMeanImage.images.npy"),
    *(f"mpciROIs.{name}.npy" for name in ("stackPos", "mpciROITypes", "cellClassifier", "mlapdv_estimate")),
    *("mpciROIs.uuids.csv", "mpciROITypes.names.tsv", "mpciROIs.masks.sparse_npz"),
    *("mpciROIs.neuropilMasks.sparse_npz", "mpci.times.npy", "mpciStack.timeshift.npy"),
    *("mpciMeanImage.brainLocationIds_ccf_2017_estimate.npy", "mpciMeanImage.mlapdv_estimate.npy"),
    "mpciROIs.brainLocationIds_ccf_2017.npy",
]
HABITUATED = [
    *("contrastLeft", "contrastRight", "feedback_times", "feedbackType", "goCue_times"),
    *("goCueTrigger_times", "intervals", "rewardVolume", "stimOff_times", "stimOn_times"),
]
SPECTROGRAM = [
    *(
        f"raw_task_data_00/_iblmic_audioSpectrogram.{name}.npy"
        for name in ("frequencies", "power", "times_mic")
    ),
    "raw_task_data_00/_iblmic_audioOnsetGoCue.times_mic.npy",
]

KEPT: list[tuple[str, list[str], dict[str, Any] | None]] = [
    (
        "behaviour",
        [*alf("_ibl_trials.table.pqt", *TRIALS, *WHEEL), *raw("raw_behavior_data", *TASK)],
        described("_iblrig_tasks_biasedChoiceWorld"),
    ),
    (
        "behaviour",
        [
            *alf("_ibl_trials.intervals.npy", *TRIALS, *WHEEL, folder="alf/task_00"),
            *raw("raw_task_data_00", *TASK),
        ],
        described("ephysChoiceWorld"),
    ),
    (
        "habituation",
        [
            *alf(*(f"_ibl_trials.{name}.npy" for name in HABITUATED)),
            *raw("raw_behavior_data", *TASK),
        ],
        described("habituationChoiceWorld"),
    ),
    (
        "habituation",
        [
            *alf(*(f"_ibl_trials.{name}.npy" for name in HABITUATED), folder="alf/task_00"),
            *raw("raw_task_data_00", *TASK),
        ],
        described("habituationChoiceWorld"),
    ),
    (
        "passive",
        [
            *alf("_ibl_passivePeriods.intervalsTable.csv", "_ibl_passiveRFM.times.npy"),
            *raw("raw_passive_data", "taskSettings.raw.json", "RFMapStim.raw.bin"),
        ],
        described("passiveChoiceWorld"),
    ),
    (
        "passive",
        [
            *alf("_ibl_passivePeriods.intervalsTable.csv", "_ibl_passiveRFM.times.npy", folder="alf/task_01"),
            *raw("raw_task_data_01", "taskSettings.raw.json", "RFMapStim.raw.bin"),
        ],
        described("passiveChoiceWorld"),
    ),
    ("ephys", alf(*SORTING, folder="alf/probe00"), None),
    ("ephys", alf(*SORTING, folder="alf/probe00a/iblsorter"), None),
    ("ephys_raw", alf(*RECORDING, folder="raw_ephys_data/probe00"), None),
    (
        "video",
        [
            *raw("raw_video_data", "leftCamera.raw.mp4", "bodyCamera.raw.mp4"),
            *alf("_ibl_leftCamera.times.npy", "_ibl_bodyCamera.times.npy"),
        ],
        described("", "cameras/left", "cameras/body"),
    ),
    (
        "video",
        [
            *raw("raw_video_data", "rightCamera.raw.mp4", "bellyCamera.raw.mp4"),
            *alf("_ibl_rightCamera.times.npy", "_ibl_bellyCamera.times.npy"),
        ],
        described("", "cameras/right", "cameras/belly"),
    ),
    ("audio", raw("raw_behavior_data", "micData.raw.flac"), described("", "microphone")),
    ("audio", SPECTROGRAM, described("", "microphone", sync=BPOD)),
    (
        "photometry",
        [
            *alf("photometry.signal.pqt", "photometryROI.locations.pqt", folder="alf/photometry"),
            "raw_photometry_data/_neurophotometrics_fpData.raw.pqt",
            "raw_photometry_data/_neurophotometrics_fpData.channels.csv",
        ],
        described("", "neurophotometrics"),
    ),
    (
        "widefield",
        [
            *alf(
                *("widefieldChannels.frameAverage.npy", "widefieldU.images.npy", "imaging.times.npy"),
                *("widefieldSVT.uncorrected.npy", "widefieldSVT.haemoCorrected.npy"),
                *("imaging.imagingLightSource.npy", "imagingLightSource.properties.htsv"),
                folder="alf/widefield",
            ),
            *("raw_widefield_data/imaging.frames.mov", "raw_widefield_data/widefieldEvents.raw.camlog"),
        ],
        described("", "widefield"),
    ),
    (
        "mesoscope",
        [
            *alf(*FIELD, folder="alf/FOV_00"),
            *(
                "raw_imaging_data_00/imaging.frames.tar.bz2",
                "raw_imaging_data_00/_ibl_rawImagingData.meta.json",
            ),
        ],
        described("", "mesoscope"),
    ),
]
SESSIONS = [pytest.param(*each, id=f"{each[0]}-{number}") for number, each in enumerate(KEPT)]


def load(name: str) -> Contract:
    contract = contract_file(FOLDER / f"{name}.yaml").load()
    assert contract.id == f"ibl.{name}"
    return contract


def judged(name: str, files: list[str], document: Any) -> list[Problem]:
    contract = load(name)
    assert contract.session is not None
    for path in files:
        assert isinstance(parse_dataset(path), Dataset), path
    told = () if document is None else (Document(DESCRIPTION, dataset(DESCRIPTION), document),)
    return list(judge_session(contract.session, Seen(tuple(files), documents=told), contract.label))


def dataset(path: str) -> Dataset:
    parsed = parse_dataset(path)
    assert isinstance(parsed, Dataset)
    return parsed


@pytest.mark.parametrize(("name", "files", "document"), SESSIONS)
def test_a_session_keeps_it(name: str, files: list[str], document: Any) -> None:
    assert judged(name, files, document) == []


@pytest.mark.parametrize(("name", "files", "document"), SESSIONS)
def test_each_file_that_is_taken_out_is_told_once_and_by_name(
    name: str, files: list[str], document: Any
) -> None:
    contract = load(name)
    for path in files:
        rest = [each for each in files if each != path]
        problems = judged(name, rest, document)
        assert [problem.code for problem in problems] == ["ALF501"], path
        assert problems[0].contract == contract.label
        assert any(_tail(pattern) in path for pattern in str(problems[0].expected).split(" or ")), path


def _tail(pattern: str) -> str:
    """The part of a pattern that names the dataset."""
    return max(pattern.rpartition("/")[2].split("*"), key=len)


def test_every_required_line_is_kept_by_one_of_the_sessions() -> None:
    """Otherwise nothing above would tell that it can be missed."""
    for path in sorted(FOLDER.glob("*.yaml")):
        contract = load(path.stem)
        assert contract.session is not None
        missed = {
            problem.expected
            for name, files, document in KEPT
            if name == path.stem
            for each in files
            for problem in judged(name, [file for file in files if file != each], document)
        }
        asked = [line for line in contract.session.datasets if line.kind != "optional"]
        plain = {
            " or ".join(line.patterns) for line in asked if not line.each and "FOV" not in line.patterns[0]
        }
        assert plain <= missed, path


def test_a_file_is_asked_for_by_each_task_that_has_facts() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {name for name, *_ in KEPT}


def test_what_sessions_do_not_have_is_not_asked_of_them() -> None:
    for name in (
        "behaviour",
        "habituation",
        "passive",
        "video",
        "audio",
        "photometry",
        "widefield",
        "mesoscope",
    ):
        assert judged(name, ["alf/a.b.npy"], described("spontaneous")) == []
        assert [problem.code for problem in judged(name, ["alf/a.b.npy"], None)] == ["ALF503"]
    for name in ("ephys", "ephys_raw"):
        assert judged(name, ["alf/a.b.npy"], None) == []


@pytest.mark.parametrize(
    ("protocol", "name"),
    [
        ("_iblrig_tasks_trainingChoiceWorld6.4.2", "behaviour"),
        ("_iblrig_tasks_trainingPhaseChoiceWorld", "behaviour"),
        ("_iblrig_tasks_biasedChoiceWorld", "behaviour"),
        ("_iblrig_tasks_ephysChoiceWorld", "behaviour"),
        ("_iblrig_tasks_advancedChoiceWorld", "behaviour"),
        ("_iblrig_tasks_neuromodulatorChoiceWorld", "behaviour"),
        ("_iblrig_tasks_habituationChoiceWorld", "habituation"),
        ("_iblrig_tasks_passiveChoiceWorld", "passive"),
        ("_iblrig_tasks_spontaneous", ""),
        ("_sp_passiveVideo", ""),
    ],
)
def test_a_protocol_belongs_to_one_of_them(protocol: str, name: str) -> None:
    asked = [
        each
        for each in ("behaviour", "habituation", "passive")
        if judged(each, ["a.b.npy"], described(protocol))
    ]
    assert asked == ([name] if name else [])


def test_the_wheel_of_older_sessions_has_another_name_and_no_movements() -> None:
    task = [*raw("raw_behavior_data", *TASK), *alf("_ibl_trials.intervals.npy", *TRIALS)]
    protocol = described("_iblrig_tasks_trainingChoiceWorld")
    old = alf("_ibl_wheel.position.npy", "_ibl_wheel.times.npy")
    assert judged("behaviour", [*task, *old], protocol) == []
    new = alf("_ibl_wheel.position.npy", "_ibl_wheel.timestamps.npy")
    told = judged("behaviour", [*task, *new], protocol)
    assert [problem.code for problem in told] == ["ALF501"] * 2
    assert all("_ibl_wheelMoves." in str(problem.expected) for problem in told)


def test_a_probe_that_was_not_sorted_is_told_once() -> None:
    files = [*alf(*SORTING, folder="alf/probe01"), *alf(*RECORDING, folder="raw_ephys_data/probe00")]
    (problem,) = judged("ephys", files, None)
    assert problem.expected == "alf/probe00*/*"


def test_two_recordings_of_a_probe_are_told() -> None:
    files = alf(*RECORDING, "_spikeglx_ephysData_g1_t0.imec0.ap.cbin", folder="raw_ephys_data/probe00")
    (problem,) = judged("ephys_raw", files, None)
    assert problem.code == "ALF502"
    assert problem.expected == "exactly 1 of raw_ephys_data/probe00/*.ap.cbin"


CORPUS = SHARED / "corpus" / "behaviour_ibllib"


@pytest.mark.skipif(not CORPUS.exists(), reason="the shared corpus is not there")
def test_real_sessions_keep_what_the_program_that_wrote_them_says(tmp_path: Path) -> None:
    config = tmp_path / "alfcheck.toml"
    config.write_text('require = ["ibl.behaviour"]\n')
    report = alfcheck.check(CORPUS, config=config)
    assert [finding for finding in report.findings if finding.code.startswith("ALF5")] == []
    config.write_text('require = ["ibl.habituation"]\n')
    report = alfcheck.check(CORPUS, config=config)
    assert [finding for finding in report.findings if finding.code.startswith("ALF5")] == []


def test_they_are_offered(tmp_path: Path) -> None:
    write(tmp_path, {"alf/licks.times.npy": [1.0, 2.0]})
    names = [f'"ibl.{path.stem}"' for path in sorted(FOLDER.glob("*.yaml"))]
    (tmp_path / "alfcheck.toml").write_text(f"require = [{', '.join(names)}]\n")
    report = alfcheck.check(tmp_path)
    assert {finding.code for finding in report.findings} == {"ALF503"}
    assert len(report.findings) == len(names) - 2  # spike sorting is asked for where there is a probe


def test_the_example_of_the_documentation_is_a_contract(tmp_path: Path) -> None:
    page = (Path(alfcheck.__file__).parents[1] / "docs" / "session-contracts.md").read_text("utf-8")
    text = page[page.index("    alfcheck: 1") :].partition("\n\n")[0]
    path = tmp_path / "rig.yaml"
    path.write_text(dedent(text), "utf-8")
    terms = contract_file(path).load().session
    assert terms is not None
    assert [line.kind for line in terms.datasets] == [
        *("required", "any_of", "optional", "required", "required"),
    ]
    assert terms.datasets[-1].count == (1, 3)
