"""What a session holds: each signature is a lab's way of writing fifteen files.

Labs differ in which files they write, in dtypes, in shapes and in whether trials lie in a table or in single
files. A signature gives the bytes by session-relative path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from alfcheck.demo import behaviour, documents, ephys
from alfcheck.demo.encode import Array, column_vector, npy_bytes, pqt_bytes, text_table

__all__ = ["SIGNATURES", "Files", "Signature", "signature_named"]

Files = dict[str, bytes]
TRIALS = "alf/_ibl_trials."
WHEEL = "alf/_ibl_wheel."
PROBE = "alf/probe00/"
SETTINGS = "raw_behavior_data/_iblrig_taskSettings.raw.json"
TASK_DATA = "raw_behavior_data/_iblrig_taskData.raw.jsonable"
REVISION = "#2024-05-06#"
TABLE_COLUMNS = (
    "goCue_times",
    "response_times",
    "choice",
    "stimOn_times",
    "contrastLeft",
    "contrastRight",
    "feedback_times",
    "feedbackType",
    "rewardVolume",
    "probabilityLeft",
    "firstMovement_times",
)


@dataclass(frozen=True, slots=True)
class Signature:
    """A name, and the function that makes the fifteen files of one session."""

    name: str
    build: Callable[[np.random.Generator], Files]


def _npy(stem: str, columns: Mapping[str, Array], names: Iterable[str] = ()) -> Files:
    """Encode columns as one ``.npy`` each; all of them unless some are named."""
    return {f"{stem}{name}.npy": npy_bytes(columns[name]) for name in names or columns}


def _trials(rng: np.random.Generator) -> tuple[dict[str, Array], float]:
    """Draw some trials and say how many seconds they lasted."""
    trials = behaviour.trials(rng, int(rng.integers(80, 240)))
    return trials, float(trials["intervals"][-1, 1])


def _wheel(rng: np.random.Generator, seconds: float) -> Files:
    return _npy(WHEEL, behaviour.wheel(rng, int(rng.integers(400, 1200)), seconds))


def _table(trials: Mapping[str, Array]) -> bytes:
    """Encode trials as IBL's table: intervals as two columns, then the rest."""
    intervals = {f"intervals_{side}": trials["intervals"][:, side] for side in (0, 1)}
    return pqt_bytes({**intervals, **{name: trials[name] for name in TABLE_COLUMNS}})


def _table_beside_files(rng: np.random.Generator) -> Files:
    """A trials table, and beside it the columns that it does not hold."""
    trials, seconds = _trials(rng)
    beside = ("goCueTrigger_times", "stimOff_times", "quiescencePeriod", "repNum", "included")
    return {
        f"{TRIALS}table.pqt": _table(trials),
        **_npy(TRIALS, trials, beside),
        **_wheel(rng, seconds),
        **_npy("alf/_ibl_wheelMoves.", behaviour.wheel_moves(rng, int(rng.integers(40, 120)), seconds)),
        SETTINGS: documents.task_settings(),
        TASK_DATA: documents.task_data(trials),
        "raw_behavior_data/_iblrig_ambientSensorData.raw.jsonable": documents.ambient(rng, 20),
        "raw_video_data/_iblrig_leftCamera.raw.mp4": documents.video(rng),
        "_ibl_experiment.description.yaml": documents.description(),
    }


def _single_files(rng: np.random.Generator) -> Files:
    """One file for each attribute of the trials."""
    trials, seconds = _trials(rng)
    return {
        **_npy(TRIALS, trials, ("intervals", *TABLE_COLUMNS)),
        **_wheel(rng, seconds),
        SETTINGS: documents.task_settings(),
    }


def _training(rng: np.random.Generator) -> Files:
    """Single files, other optional ones, and licks."""
    trials, seconds = _trials(rng)
    names = ("intervals", "choice", "contrastLeft", "contrastRight", "feedbackType", "goCueTrigger_times")
    optional = ("included", "quiescencePeriod", "repNum", "rewardVolume")
    return {
        **_npy(TRIALS, trials, names + optional),
        **_wheel(rng, seconds),
        "alf/licks.times.npy": npy_bytes(behaviour.licks(rng, int(rng.integers(200, 800)), seconds)),
        "raw_behavior_data/_iblrig_stimPositionScreen.raw.csv": documents.screen(rng, 60),
        SETTINGS: documents.task_settings(),
    }


def _revised(rng: np.random.Generator) -> Files:
    """Single files of which one was corrected later."""
    trials, seconds = _trials(rng)
    names = (
        "intervals",
        "choice",
        "contrastLeft",
        "contrastRight",
        "feedbackType",
        "goCue_times",
        "response_times",
    )
    corrected = {"goCue_times": trials["goCue_times"] + 0.0002}
    return {
        **_npy(TRIALS, trials, names),
        **_npy(f"alf/{REVISION}/_ibl_trials.", corrected),
        **_wheel(rng, seconds),
        "alf/licks.times.npy": npy_bytes(behaviour.licks(rng, int(rng.integers(200, 800)), seconds)),
        SETTINGS: documents.task_settings(),
        TASK_DATA: documents.task_data(trials),
        "raw_video_data/_iblrig_leftCamera.raw.mp4": documents.video(rng),
        "_ibl_experiment.description.yaml": documents.description(),
    }


def _phylib(rng: np.random.Generator) -> Files:
    """A probe as phylib writes it: uint16 indices, float32 amplitudes and depths."""
    probe = ephys.probe(rng, int(rng.integers(600, 1800)), int(rng.integers(8, 24)))
    return {
        **_npy(f"{PROBE}spikes.", ephys.spikes(rng, probe)),
        **_npy(f"{PROBE}clusters.", ephys.clusters(rng, probe)),
        f"{PROBE}clusters.uuids.csv": documents.uuids(rng, probe.n_clusters),
        f"{PROBE}clusters.metrics.pqt": pqt_bytes(ephys.metrics(rng, probe)),
        **_npy(f"{PROBE}channels.", ephys.channels(probe)),
        "alf/probes.description.json": documents.probes(int(rng.integers(10**9))),
    }


def _templates(rng: np.random.Generator) -> Files:
    """A probe with waveforms, beside behaviour in a table."""
    trials, seconds = _trials(rng)
    probe = ephys.probe(rng, int(rng.integers(600, 1800)), int(rng.integers(8, 16)))
    shapes = ephys.waveforms(rng, probe)
    return {
        **_npy(f"{PROBE}spikes.", ephys.spikes(rng, probe), ("times", "clusters", "templates")),
        **_npy(f"{PROBE}clusters.", shapes, ("waveforms", "waveformsChannels")),
        **_npy(f"{PROBE}clusters.", ephys.clusters(rng, probe), ("channels",)),
        f"{PROBE}clusters.metrics.pqt": pqt_bytes(ephys.metrics(rng, probe)),
        **_npy(f"{PROBE}templates.", shapes),
        **_npy(f"{PROBE}channels.", ephys.channels(probe)),
        f"{TRIALS}table.pqt": _table(trials),
        **_wheel(rng, seconds),
    }


def _int32(rng: np.random.Generator) -> Files:
    """A probe with int32 indices and float64 values, metrics as text, places in the brain."""
    probe = ephys.probe(rng, int(rng.integers(600, 1800)), int(rng.integers(8, 24)))
    spikes, clusters, channels = ephys.spikes(rng, probe), ephys.clusters(rng, probe), ephys.channels(probe)
    metrics = {name: values.tolist() for name, values in ephys.metrics(rng, probe).items()}
    acronyms = np.array(ephys.ACRONYMS)[rng.integers(0, len(ephys.ACRONYMS), probe.n_clusters)]
    wide = {name: spikes[name].astype(np.float64) for name in ("times", "amps", "depths")}
    return {
        **_npy(f"{PROBE}spikes.", {**wide, "clusters": spikes["clusters"].astype(np.int32)}),
        **_npy(f"{PROBE}clusters.", {**clusters, "channels": clusters["channels"].astype(np.int32)}),
        f"{PROBE}clusters.brainLocationAcronyms_ccf_2017.npy": npy_bytes(acronyms),
        f"{PROBE}clusters.metrics.csv": text_table(metrics),
        **_npy(f"{PROBE}channels.", {**channels, "rawInd": channels["rawInd"].astype(np.int32)}),
        f"{PROBE}channels.brainLocation.tsv": text_table(ephys.locations(rng, probe), "\t"),
        "alf/probes.insertion.tsv": documents.insertion(rng),
        "alf/probes.description.json": documents.probes(int(rng.integers(10**9))),
    }


def _column_vectors(rng: np.random.Generator) -> Files:
    """No namespace, and every number as float64 of shape (n, 1) in Fortran order; 0 on the empty side."""
    trials, seconds = _trials(rng)
    probe = ephys.probe(rng, int(rng.integers(600, 1800)), int(rng.integers(8, 24)))
    names = ("intervals", "feedbackType", "feedback_times", "goCue_times", "included", "response_times")
    sides = {f"visualStim_{side}": np.nan_to_num(trials[side]) for side in ("contrastLeft", "contrastRight")}
    own = {"response_choice": trials["choice"], "repNum": trials["repNum"] + 1, **sides}
    spikes, clusters = ephys.spikes(rng, probe), ephys.clusters(rng, probe)
    position = behaviour.wheel(rng, int(rng.integers(400, 1200)), seconds)["position"]
    columns = {
        **{f"trials.{name}": values for name, values in {**{n: trials[n] for n in names}, **own}.items()},
        **{f"spikes.{name}": spikes[name] for name in ("times", "clusters")},
        "clusters.depths": clusters["depths"],
        "wheel.position": position,
        # A synchronisation table: first and last sample with their times.
        "wheel.timestamps": np.array([[0.0, 0.5], [len(position) - 1.0, seconds]]),
    }
    return {f"alf/{name}.npy": npy_bytes(column_vector(values)) for name, values in columns.items()}


SIGNATURES: tuple[Signature, ...] = (
    Signature("table", _table_beside_files),
    Signature("singles", _single_files),
    Signature("phylib", _phylib),
    Signature("columns", _column_vectors),
    Signature("training", _training),
    Signature("templates", _templates),
    Signature("revised", _revised),
    Signature("int32", _int32),
)


def signature_named(name: str) -> Signature:
    """Give the signature of that name; `KeyError` if there is none."""
    return {signature.name: signature for signature in SIGNATURES}[name]
