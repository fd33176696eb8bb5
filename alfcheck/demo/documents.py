"""Files of a session that are no arrays: settings, task data, descriptions, a camera's recording."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import numpy as np

from alfcheck.demo.encode import Array, json_bytes, json_lines, text_table

__all__ = [
    "ambient",
    "description",
    "insertion",
    "probes",
    "screen",
    "task_data",
    "task_settings",
    "uuids",
    "video",
]


def task_settings() -> bytes:
    """Give a rig's settings; ``@SUBJECT@`` and the like are filled in for each session."""
    return json_bytes(
        {
            "IBLRIG_VERSION": "8.15.5",
            "PYBPOD_PROTOCOL": "_iblrig_tasks_trainingChoiceWorld",
            "SUBJECT_NAME": "@SUBJECT@",
            "SESSION_DATE": "@DATE@",
            "SESSION_NUMBER": "@NUMBER@",
            "QUIESCENT_PERIOD": 0.2,
            "REWARD_AMOUNT_UL": 1.5,
            "RESPONSE_WINDOW": 60,
        }
    )


def task_data(trials: Mapping[str, Array]) -> bytes:
    """Give one JSON object a trial, as the rig logs them."""
    left = ~np.isnan(trials["contrastLeft"])
    contrast = np.where(left, trials["contrastLeft"], trials["contrastRight"])
    return json_lines(
        {
            "trial_num": row + 1,
            "contrast": float(contrast[row]),
            "position": -35 if left[row] else 35,
            "quiescent_period": float(trials["quiescencePeriod"][row]),
            "stim_probability_left": float(trials["probabilityLeft"][row]),
            "trial_correct": bool(trials["feedbackType"][row] == 1),
        }
        for row in range(len(contrast))
    )


def ambient(rng: np.random.Generator, n: int) -> bytes:
    """Give ``n`` readings of temperature (C), pressure (mb) and humidity (%)."""
    readings = np.round(rng.normal([24.4, 1013.0, 49.0], [0.1, 0.5, 0.5], (n, 3)), 2).tolist()
    keys = ("Temperature_C", "AirPressure_mb", "RelativeHumidity")
    return json_lines({key: [value] for key, value in zip(keys, row, strict=True)} for row in readings)


def screen(rng: np.random.Generator, n: int) -> bytes:
    """Give a log of the stimulus on the screen: contrast, position in degrees, time in s."""
    return text_table(
        {
            "contrast": rng.choice(np.array([0.0, 0.25, 1.0]), n).tolist(),
            "position": np.round(rng.uniform(-35.0, 35.0, n), 2).tolist(),
            "time": np.round(np.sort(rng.uniform(0.0, 600.0, n)), 4).tolist(),
        }
    )


def description() -> bytes:
    """Give the session's description in YAML."""
    return (
        b"devices:\n  cameras:\n    left:\n      collection: raw_video_data\n      sync_label: audio\n"
        b"procedures:\n- Behavior training/tasks\nprojects:\n- demo\n"
        b"tasks:\n- _iblrig_tasks_trainingChoiceWorld:\n    collection: raw_behavior_data\n"
        b"    sync_label: bpod\n"
        b"version: 1.0.0\n"
    )


def probes(serial: int) -> bytes:
    """Give the list of the session's one probe."""
    return json_bytes(
        [{"label": "probe00", "model": "3B2", "serial": serial, "raw_file_name": "probe00.ap.cbin"}]
    )


def insertion(rng: np.random.Generator) -> bytes:
    """Give where the one probe went in: um and degrees, tab-separated."""
    rl, ap = (int(um) for um in rng.integers(-4000, 4000, 2))
    names = ("entry_point_rl", "entry_point_ap", "vertical_angle", "horizontal_angle", "axial_angle")
    values = (rl, ap, 15, 180, 0)
    columns: dict[str, list[object]] = {name: [value] for name, value in zip(names, values, strict=True)}
    return text_table({**columns, "distance_advanced": [3500]}, "\t")


def uuids(rng: np.random.Generator, n: int) -> bytes:
    """Give ``n`` random UUIDs (version 4), one a line, under a header."""
    return text_table({"uuids": [uuid.UUID(bytes=rng.bytes(16), version=4) for _ in range(n)]})


def video(rng: np.random.Generator) -> bytes:
    """Give what looks like an MP4 file: its head is right, the rest is noise."""
    return b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x08\x08mdat" + rng.bytes(2048)
