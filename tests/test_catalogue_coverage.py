"""How much of what labs write the catalogue judges: the dataset types that are known, one by one."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import alfcheck_schemas
from alfcheck.contracts.build import contracts_in
from alfcheck.contracts.model import Contract
from alfcheck.contracts.plan import Planner
from alfcheck.grammar import parse_dataset
from alfcheck.model import Dataset

FACTS = Path(__file__).parents[2] / "shared" / "facts" / "dataset_types.tsv"
FEWEST = 180
ARRAYS = ("npy", "npz", "sparse_npz")
TABLES = ("csv", "htsv", "pqt", "ssv", "tsv")
DOCUMENTS = ("json", "jsonable", "yaml")
OTHERS = ("avi", "bin", "camlog", "cbin", "ch", "flac", "log", "meta", "mp4", "tar", "tdms", "wav", "zip")
EXTENSIONS = frozenset((*ARRAYS, *TABLES, *DOCUMENTS, *OTHERS))

# Types whose files are named in another way than the type.
NAMES = {
    "_iblrig_Camera": "_iblrig_leftCamera",
    "ephysData.raw.ap": "_spikeglx_ephysData_g0_t0.imec0.ap",
    "ephysData.raw.lf": "_spikeglx_ephysData_g0_t0.imec0.lf",
    "ephysData.raw.nidq": "_spikeglx_ephysData_g0_t0.nidq",
    "ephysData.raw.ch": "_spikeglx_ephysData_g0_t0.imec0.ap",
    "ephysData.raw.meta": "_spikeglx_ephysData_g0_t0.imec0.ap",
    "ephysData.raw.wiring": "_spikeglx_ephysData_g0_t0.imec0.wiring",
    "ephysData.raw.sync": "_spikeglx_ephysData_g0_t0.imec0.sync",
    "ephysData.raw.timestamps": "_spikeglx_ephysData_g0_t0.imec0.timestamps",
    "DAQdata": "_timeline_DAQdata",
    "fpData": "_neurophotometrics_fpData",
}

UNCOVERED = {
    "_iblrig_Camera.raw": "a video: no reader",
    "_iblrig_Camera.frameData": "bytes whose columns nothing in the file or beside it names",
    "_iblrig_Camera.frame_counter": "bytes whose dtype nothing in the file or beside it names",
    "_iblrig_Camera.GPIO": "bytes whose dtype nothing in the file or beside it names",
    "_iblrig_RFMapStim.raw": "bytes whose dtype and shape nothing in the file or beside it names",
    "_iblrig_codeFiles.raw": "an archive of code: no reader",
    "_iblrig_videoCodeFiles.raw": "an archive of code: no reader",
    "_iblrig_micData.raw": "sound: no reader",
    "_iblrig_syncSquareUpdate.raw": "its columns are documented nowhere",
    "_ibl_log.error": "a log for people: no reader",
    "_ibl_log.info": "a log for people: no reader",
    "_kilosort_raw.output": "an archive of the sorter's own files: no reader",
    "iblsorter_parameters": "no ALF name: it has no attribute",
    "ephysData.raw.ap": "a compressed recording: no reader",
    "ephysData.raw.lf": "a compressed recording: no reader",
    "ephysData.raw.nidq": "a compressed recording: no reader",
    "ephysData.raw.ch": "the key to a compressed recording: no reader",
    "ephysData.raw.meta": "settings of SpikeGLX: no reader",
    "widefieldEvents.raw": "a camera's log: no reader",
    "subjectTrials.table": "all sessions of a subject: lies beside them, and no session's path can hold it",
    "subjectTraining.table": "all sessions of a subject: lies beside them, and no session's path can hold it",
    "mpciROIs.masks": "sparse arrays: no reader",
    "mpciROIs.neuropilMasks": "sparse arrays: no reader",
}


def types() -> list[dict[str, str]]:
    with FACTS.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


@cache
def planner() -> Planner:
    return Planner(contracts_in(Path(alfcheck_schemas.__path__[0])))


def file_names(row: dict[str, str]) -> Iterator[str]:
    """Give the names that files of a dataset type may have; a type without an extension is an array."""
    found = [word for word in re.findall(r"\w+", row["extension(s)"]) if word in EXTENSIONS]
    for name in row["dataset_type"].split(" / "):
        for old, new in NAMES.items():
            if name == old or name.startswith(f"{old}."):
                name = new + name.removeprefix(old)
        yield from (f"{name}.{extension}" for extension in found or ["npy"])


def judges(row: dict[str, str]) -> set[str]:
    """Give the contracts that judge a dataset type, those apart that judge times whatever the object."""
    datasets = [parse_dataset(name) for name in file_names(row)]
    covering: list[Contract] = [
        contract
        for dataset in datasets
        if isinstance(dataset, Dataset)
        for contract in planner().covering(dataset)
    ]
    return {contract.id for contract in covering} - {"alf.events"}


@pytest.mark.skipif(not FACTS.is_file(), reason="the table of dataset types is not here")
class TestDatasetTypes:
    def test_most_are_judged_and_the_others_are_known(self, capsys: pytest.CaptureFixture[str]) -> None:
        uncovered = [row["dataset_type"] for row in types() if not judges(row)]
        with capsys.disabled():
            print(f"\n{len(types()) - len(uncovered)} of {len(types())} dataset types")
            print("not:", ", ".join(uncovered))
        assert len(types()) - len(uncovered) >= FEWEST
        assert sorted(uncovered) == sorted(UNCOVERED)

    def test_each_that_is_not_judged_has_its_reason(self) -> None:
        assert [name for name, reason in UNCOVERED.items() if len(reason) < 15] == []

    def test_times_of_any_object_are_judged(self) -> None:
        names = ("things.times.npy", "things.on_times.npy", "things.intervals.npy", "things.timestamps.npy")
        for name in names:
            dataset = parse_dataset(name)
            assert isinstance(dataset, Dataset)
            assert [contract.id for contract in planner().covering(dataset)] == ["alf.events"]
