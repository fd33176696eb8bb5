"""What the catalogue decides of behaviour, video and rigs: habits of labs pass, contradictions do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from release_fixtures import Content, write

import alfcheck

NAN = float("nan")
Told = set[tuple[str, str | None, str | None, str]]


def told_of(root: Path, files: dict[str, Content]) -> Told:
    report = alfcheck.check(write(root, files), select=("ALF3", "ALF4", "ALF9"))
    return {(each.code, each.column, each.check, str(each.severity)) for each in report.findings}


TRIALS: dict[str, Any] = {
    "intervals_0": [0.0, 5.0, 10.0, 15.0],
    "intervals_1": [4.0, 9.0, 14.0, 19.0],
    "goCue_times": [1.0, 6.0, NAN, 16.0],
    "stimOn_times": [1.0, 6.0, 11.0, NAN],
    "response_times": [2.0, 7.0, 12.0, 17.0],
    "feedback_times": [2.0, 7.1, 12.1, 17.1],
    "choice": [1, 1, 0, -1],
    "contrastLeft": [0.5, NAN, 0.0, NAN],
    "contrastRight": [NAN, 1.0, NAN, 0.25],
    "feedbackType": [1, -1, -1, 1],
    "rewardVolume": [1.5, 0.0, 0.0, 1.5],
    "probabilityLeft": [0.5, 0.8, 0.8, 0.2],
}
BANDIT = {"probabilityLeft": [NAN] * 4, "probabilityRewardLeft": [0.7, 0.7, 0.3, 0.3]}


def table(root: Path, **changes: Any) -> set[tuple[str, str | None, str]]:
    """Give code, check and weight of what is wrong in a table of trials with other columns."""
    found = told_of(root, {"alf/_ibl_trials.table.pqt": pd.DataFrame({**TRIALS, **changes})})
    return {(code, check, severity) for code, _, check, severity in found}


class TestTrials:
    def test_a_sound_table_passes(self, tmp_path: Path) -> None:
        assert table(tmp_path) == set()

    @pytest.mark.parametrize(
        ("changes", "name", "severity"),
        [
            ({"choice": [-1, 1, 0, -1]}, "feedback_fits_left", "error"),
            ({"choice": [1, 1, 1, -1]}, "feedback_fits_left", "error"),
            ({"choice": [0, 1, 0, -1]}, "feedback_fits_left", "error"),
            ({"choice": [1, -1, 0, -1]}, "feedback_fits_right", "error"),
            ({"choice": [1, 1, 0, 1]}, "feedback_fits_right", "error"),
            ({"rewardVolume": [0.0, 0.0, 0.0, 1.5]}, "water_for_reward", "warning"),
            ({"rewardVolume": [1.5, 3.0, 0.0, 1.5]}, "no_water_for_error", "warning"),
            ({"contrastRight": [0.5, 1.0, NAN, 0.25]}, "one_sided", "warning"),
            ({"feedback_times": [2.0, 6.5, 12.1, 17.1]}, "response_before_feedback", "warning"),
            ({"feedback_times": [2.0, 9.5, 12.1, 17.1]}, "feedback_in_trial", "warning"),
            ({"response_times": [-1.0, 7.0, 12.0, 17.0]}, "response_in_trial", "warning"),
            ({"goCue_times": [1.0, 7.5, NAN, 16.0]}, "cue_before_response", "warning"),
            ({"stimOn_times": [1.0, 8.0, 11.0, NAN]}, "stimulus_before_feedback", "warning"),
            ({"stimOff_times": [0.5, 8.0, 13.0, NAN]}, "stimulus_on_before_off", "warning"),
            ({"goCueTrigger_times": [1.1, 6.0, NAN, NAN]}, "cue_after_trigger", "warning"),
        ],
    )
    def test_columns_that_contradict_one_another(
        self, changes: dict[str, Any], name: str, severity: str, tmp_path: Path
    ) -> None:
        found = table(tmp_path, **changes)
        assert ("ALF307", name, severity) in found
        assert {code for code, _, _ in found} == {"ALF307"}

    @pytest.mark.parametrize(
        "changes",
        [
            {"feedbackType": [0, 0, 0, 0], "rewardVolume": [1.5, 0.0, 0.0, 1.5]},
            {"contrastLeft": [0.5, 0.0, 0.0, 0.0], "contrastRight": [0.0, 1.0, 0.0, 0.25]},
            {"contrastLeft": [NAN] * 4, "contrastRight": [NAN] * 4},
            {"rewardVolume": [1.9, -1e-17, 0.0, 2.6999999999999997]},
            {"firstMovement_times": [0.5, NAN, NAN, 16.5]},
            {"feedback_times": [2.0, 7.0, 12.0, 17.0]},
            {**BANDIT, "choice": [-1, 1, 0, 1]},
            {**BANDIT, "feedbackType": [-1, 1, -1, 1], "rewardVolume": [0.0, 1.5, 0.0, 1.5]},
            {**BANDIT, "rewardVolume": [0.0, 0.0, 0.0, 1.5], "laserStimulation": [1, 0, 0, 0]},
        ],
    )
    def test_what_real_trials_hold_is_sound(self, changes: dict[str, Any], tmp_path: Path) -> None:
        assert table(tmp_path, **changes) == set()

    def test_a_bandit_with_two_patches_is_strange_and_no_more(self, tmp_path: Path) -> None:
        both = {"contrastLeft": [1.0] * 4, "contrastRight": [1.0] * 4}
        assert table(tmp_path, **BANDIT, **both) == {("ALF307", "one_sided", "warning")}

    @pytest.mark.parametrize("start", [0.0, 5.0])
    def test_trials_that_all_begin_and_end_at_once_are_none(self, start: float, tmp_path: Path) -> None:
        path, values = "alf/_ibl_trials.intervals.npy", np.full((4, 2), start)
        told = {(code, check, severity) for code, _, check, severity in told_of(tmp_path, {path: values})}
        assert told == {("ALF307", "takes_time", "error"), ("ALF305", "strictly_increasing", "error")}

    @pytest.mark.parametrize(
        ("intervals", "column"),
        [
            ([[0.0, 4.0], [0.0, 9.0]], "intervals_0"),
            ([[0.0, 9.0], [5.0, 9.0]], "intervals_1"),
            ([[5.0, 9.0], [0.0, 9.5]], "intervals_0"),
        ],
    )
    @pytest.mark.parametrize("clock", ["", "_bpod"])
    def test_trials_follow_one_another(
        self, intervals: list[list[float]], column: str, clock: str, tmp_path: Path
    ) -> None:
        found = told_of(tmp_path, {f"alf/_ibl_trials.intervals{clock}.npy": intervals})
        name = column.replace("intervals", f"intervals{clock}")
        assert found == {("ALF305", name, "strictly_increasing", "error")}

    def test_intervals_that_end_before_they_begin_are_told_once(self, tmp_path: Path) -> None:
        found = told_of(tmp_path, {"alf/_ibl_trials.intervals.npy": [[0.0, 1.0], [3.0, 2.0]]})
        assert {(code, check) for code, _, check, _ in found} == {("ALF307", "start_not_after_end")}

    def test_the_laser_goes_on_before_it_goes_off(self, tmp_path: Path) -> None:
        path = "alf/_ibl_trials.laserIntervals.npy"
        assert told_of(tmp_path, {path: [[0.0, 1.0], [NAN, 2.0]]}) == set()
        found = told_of(tmp_path, {path: [[0.0, 1.0], [2.0, 2.0]]})
        assert {(code, check) for code, _, check, _ in found} == {("ALF307", "laser_on_before_off")}

    def test_a_value_that_is_no_code_is_told_once(self, tmp_path: Path) -> None:
        assert table(tmp_path, choice=[7, 1, 0, -1]) == {("ALF303", "isin", "error")}

    def test_relations_hold_across_files(self, tmp_path: Path) -> None:
        names = ("choice", "contrastLeft", "contrastRight", "feedbackType", "probabilityLeft")
        columns = {name: TRIALS[name] for name in names}
        files: dict[str, Content] = {
            f"alf/_ibl_trials.{name}.npy": values for name, values in columns.items()
        }
        assert told_of(tmp_path, files) == set()
        found = told_of(tmp_path, {**files, "alf/_ibl_trials.feedbackType.npy": [-1, -1, -1, 1]})
        assert {(code, check) for code, _, check, _ in found} == {("ALF307", "feedback_fits_left")}
        bandit: dict[str, Content] = {
            f"alf/_ibl_trials.{name}.npy": values for name, values in BANDIT.items()
        }
        assert told_of(tmp_path, {**files, **bandit}) == set()

    def test_times_of_another_clock_are_not_compared(self, tmp_path: Path) -> None:
        intervals = np.column_stack([TRIALS["intervals_0"], TRIALS["intervals_1"]])
        files: dict[str, Content] = {
            "alf/_ibl_trials.intervals_bpod.npy": intervals + 1000,
            "alf/_ibl_trials.response_times.npy": TRIALS["response_times"],
        }
        assert told_of(tmp_path, files) == set()

    def test_every_lab_is_judged_by_what_holds_for_all(self, tmp_path: Path) -> None:
        columns = {
            "response_choice": [1, -1, 0],
            "visualStim_contrastLeft": [0.5, 0, 0.25],
            "visualStim_contrastRight": [0, 1, 0.25],
            "repNum": [1, 1, 2],
            "feedbackType": [1, -1, 1],
        }
        files: dict[str, Content] = {
            f"alf/trials.{name}.npy": np.asfortranarray(np.array(values, float)[:, None])
            for name, values in columns.items()
        }
        assert told_of(tmp_path, files) == set()
        bad: Content = np.array([[0.5], [50.0], [0.0]])
        found = told_of(tmp_path, {**files, "alf/trials.visualStim_contrastLeft.npy": bad})
        assert found == {("ALF303", "visualStim_contrastLeft", "in_range", "error")}


class TestWheelMoves:
    @pytest.mark.parametrize("kinds", [["CW", "CCW", "Flinch"], [1.0, 2.0, 3.0]])
    def test_kinds_are_words_or_numbers(self, kinds: list[Any], tmp_path: Path) -> None:
        intervals: Content = [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
        files = {"alf/wheelMoves.intervals.npy": intervals, "alf/wheelMoves.type.npy": kinds}
        assert told_of(tmp_path, files) == set()

    def test_another_kind_is_strange(self, tmp_path: Path) -> None:
        found = told_of(tmp_path, {"alf/wheelMoves.type.npy": [1.0, 4.0]})
        assert found == {("ALF303", "type", "isin", "warning")}

    def test_ibl_saves_none_without_rows(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {"alf/_ibl_wheelMoves.peakAmplitude.npy": np.zeros(0)}
        assert told_of(tmp_path, files) == {("ALF313", "peakAmplitude", "at_least", "error")}
        assert told_of(tmp_path / "other", {"alf/wheelMoves.peakAmplitude.npy": np.zeros(0)}) == set()


class TestCameras:
    TIMES = "alf/_ibl_leftCamera.times.npy"

    def test_times_may_lack_at_the_ends(self, tmp_path: Path) -> None:
        assert told_of(tmp_path, {self.TIMES: [NAN, 0.1, 0.2, NAN]}) == set()
        found = told_of(tmp_path, {self.TIMES: [NAN, NAN, NAN, 0.2]})
        assert {(code, column) for code, column, *_ in found} == {("ALF309", "times")}

    def test_times_may_be_more_than_frames_and_features_not(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            self.TIMES: np.arange(5.0),
            "alf/leftCamera.ROIMotionEnergy.npy": np.ones(4),
            "alf/_ibl_leftCamera.features.pqt": pd.DataFrame(
                {"pupilDiameter_raw": [9.5] * 4, "pupilDiameter_smooth": [NAN] * 4}
            ),
        }
        assert told_of(tmp_path, files) == set()
        found = told_of(tmp_path, {**files, "alf/leftCamera.ROIMotionEnergy.npy": np.ones(5)})
        assert {code for code, *_ in found} == {"ALF401"}

    def test_motion_energy_has_no_namespace_and_the_range_of_a_grey_level(self, tmp_path: Path) -> None:
        path = "alf/leftCamera.ROIMotionEnergy.npy"
        assert told_of(tmp_path, {path: [0.0, 12.5, 255.0, 255.0]}) == set()
        assert told_of(tmp_path, {path: [0.0, 300.0]}) == {
            ("ALF303", "ROIMotionEnergy", "less_than_or_equal_to", "warning")
        }
        assert told_of(tmp_path, {path: [0.0, -1.0]}) == {
            ("ALF303", "ROIMotionEnergy", "greater_than_or_equal_to", "error")
        }

    def test_points_of_any_name_are_judged(self, tmp_path: Path) -> None:
        points = pd.DataFrame({"tail_start_x": [1.0], "tail_start_y": [2.0], "tail_start_likelihood": [1.5]})
        found = told_of(tmp_path, {"alf/_ibl_bodyCamera.dlc.pqt": points})
        assert found == {("ALF303", "dlc.tail_start_likelihood", "in_range", "error")}

    def test_a_rectangle_has_four_numbers(self, tmp_path: Path) -> None:
        path = "alf/leftROIMotionEnergy.position.npy"
        assert told_of(tmp_path, {path: [100, 80, 12, 0]}) == set()
        assert {code for code, *_ in told_of(tmp_path, {path: [100, 80, 12]})} == {"ALF302"}


class TestPhotometry:
    def signal(self, root: Path, **changes: Any) -> Told:
        columns = {
            "G0": [0.1, 0.2, 0.3],
            "times": [-1.5, -1.0, 0.5],
            "valid": [False, True, True],
            "wavelength": [NAN, 470.0, 415.0],
            "name": ["", "GCaMP", "Isosbestic"],
            "color": ["", "Blue", "Violet"],
        }
        frame = pd.DataFrame({**columns, **changes})
        return told_of(root, {"alf/photometry/photometry.signal.pqt": frame})

    def test_negative_times_and_a_frame_without_light_are_sound(self, tmp_path: Path) -> None:
        assert self.signal(tmp_path) == set()

    def test_time_goes_on_and_lights_of_other_labs_are_strange(self, tmp_path: Path) -> None:
        assert self.signal(tmp_path, times=[0.5, 0.5, 1.0]) == {
            ("ALF305", "signal.times", "strictly_increasing", "error")
        }
        assert self.signal(tmp_path / "other", wavelength=[NAN, 405.0, 470.0]) == {
            ("ALF303", "signal.wavelength", "isin", "warning")
        }

    def test_lights_that_shine_at_once_are_joined(self, tmp_path: Path) -> None:
        assert self.signal(tmp_path, name=["GCaMP+RCaMP", "None", "Isosbestic"]) == set()
        for number, name in enumerate(("dLight", "GCaMP+", "GCaMP+dLight", "+RCaMP", "NoneGCaMP")):
            found = self.signal(tmp_path / str(number), name=[name, "GCaMP", ""])
            assert found == {("ALF303", "signal.name", "str_matches", "warning")}, name

    def test_each_state_of_the_lights_has_its_own_number(self, tmp_path: Path) -> None:
        path = "raw_photometry_data/_neurophotometrics_fpData.channels.csv"
        text = "Condition,No LED ON,L415,L470\nNothing,0,1,2\nInput 1,8,{},10\n"
        assert told_of(tmp_path, {path: text.format(9)}) == set()
        assert told_of(tmp_path, {path: text.format(1)}) == {("ALF306", "channels.L415", "unique", "warning")}


class TestEvents:
    def test_times_have_a_column_for_each_repeat(self, tmp_path: Path) -> None:
        frames = np.arange(12.0).reshape(4, 3)
        frames[3, 2] = NAN
        assert told_of(tmp_path, {"alf/_sp_video.times.npy": frames}) == set()
        assert {code for code, *_ in told_of(tmp_path, {"alf/_sp_video.times.npy": frames[None]})} == {
            "ALF302"
        }

    def test_objects_that_know_no_repeats_still_have_a_vector(self, tmp_path: Path) -> None:
        found = told_of(tmp_path, {"alf/licks.times.npy": np.arange(8.0).reshape(4, 2)})
        assert {code for code, *_ in found} == {"ALF302"}


class TestImaging:
    TIMES, LIGHTS = "alf/widefield/imaging.times.npy", "alf/widefield/imaging.imagingLightSource.npy"
    PROPERTIES = "alf/widefield/imagingLightSource.properties.htsv"

    def test_a_light_more_than_times_is_no_error(self, tmp_path: Path) -> None:
        sound: dict[str, Content] = {self.TIMES: [0.0, 0.1, 0.2], self.LIGHTS: [1, 2, 1]}
        assert told_of(tmp_path, sound) == set()
        found = told_of(tmp_path, {**sound, self.LIGHTS: [1, 2, 1, 2]})
        assert {(code, severity) for code, _, _, severity in found} == {("ALF401", "warning")}

    def test_each_light_has_its_number(self, tmp_path: Path) -> None:
        text = "channel_id\twavelength\tcolor\n{}\t0\tNone\n1\t405\tViolet\n"
        assert told_of(tmp_path, {self.PROPERTIES: text.format(0)}) == set()
        for number, code in ((1, "ALF306"), (-1, "ALF303"), ("", "ALF304")):
            found = told_of(tmp_path, {self.PROPERTIES: text.format(number)})
            assert {(code, column) for code, column, *_ in found} == {(code, "properties.channel_id")}

    def test_components_are_as_many_in_space_as_in_time(self, tmp_path: Path) -> None:
        space, time = "alf/widefield/widefieldU.images.npy", "alf/widefield/widefieldSVT.uncorrected.npy"
        images = np.zeros((4, 5, 3), "f4")
        assert told_of(tmp_path, {space: images}) == set()
        assert told_of(tmp_path, {space: images, time: np.zeros((3, 9), "f4")}) == set()
        found = told_of(tmp_path, {space: images, time: np.zeros((2, 9), "f4")})
        assert {code for code, *_ in found} == {"ALF403"}

    def test_a_kind_of_region_that_nobody_has_is_strange(self, tmp_path: Path) -> None:
        path = "alf/FOV_00/mpciROIs.mpciROITypes.npy"
        assert told_of(tmp_path, {path: [0, 1, 1]}) == set()
        assert told_of(tmp_path, {path: [0, 1, 2]}) == {("ALF303", "mpciROITypes", "isin", "warning")}


class TestRigs:
    DESCRIPTION = "_ibl_experiment.description.yaml"
    DATA = "raw_behavior_data/_iblrig_taskData.raw.jsonable"
    POSITIONS = "raw_behavior_data/_iblrig_encoderPositions.raw.ssv"

    @pytest.mark.parametrize(
        "text",
        [
            "version: 1.0.0\ntasks:\n- choiceWorld: {collection: raw, sync_label: bpod}\n",
            "version: 0.1.0\ntasks:\n  choiceWorld: {collection: raw, sync_label: bpod}\n",
            "devices:\n  neurophotometrics: {collection: raw_photometry_data, sync_channel: 2}\n",
            "version: 1.0.0\nsync: {}\n",
        ],
    )
    def test_descriptions_of_all_versions_are_sound(self, text: str, tmp_path: Path) -> None:
        assert told_of(tmp_path, {self.DESCRIPTION: text}) == set()

    @pytest.mark.parametrize(
        "text",
        [
            "version: 1.0.0\ntasks: choiceWorld\n",
            "version: 1.0.0\ntasks:\n- choiceWorld\n",
            "version: 1.0.0\ntasks:\n- {one: {}, two: {}}\n",
            "version: 1.0.0\ndevices: [cameras]\n",
            "version: 1.0.0\nsync:\n  nidq: {collection: [raw]}\n",
        ],
    )
    def test_descriptions_that_ibllib_cannot_read(self, text: str, tmp_path: Path) -> None:
        assert {code for code, *_ in told_of(tmp_path, {self.DESCRIPTION: text})} == {"ALF312"}

    def test_each_line_of_task_data_is_judged(self, tmp_path: Path) -> None:
        old = {"trial_num": 39, "contrast": {"value": 0.5, "type": "RepeatContrast"}, "stim_phase": 6.28}
        lines = [old, {"trial_num": 132, "contrast": 1.0, "behavior_data": {}}]
        assert told_of(tmp_path, {self.DATA: "".join(json.dumps(line) + "\n" for line in lines)}) == set()
        lines.append({"trial_num": 133, "contrast": 100.0})
        found = told_of(tmp_path, {self.DATA: "".join(json.dumps(line) + "\n" for line in lines)})
        assert {code for code, *_ in found} == {"ALF312"}

    @pytest.mark.parametrize("path", [DATA, "raw_behavior_data/_iblrig_taskSettings.raw.json"])
    def test_a_document_without_a_key_tells_nothing(self, path: str, tmp_path: Path) -> None:
        assert told_of(tmp_path, {path: '{"SOMETHING": 1}\n'}) == set()
        assert {code for code, *_ in told_of(tmp_path, {path: "{}\n"})} == {"ALF312"}

    def test_the_encoder_has_as_many_columns_as_one_of_its_versions(self, tmp_path: Path) -> None:
        assert told_of(tmp_path, {self.POSITIONS: "3541698 0 \n4064794 1 \n"}) == set()
        found = told_of(tmp_path, {self.POSITIONS: "3541698 0 1 2 3 4 5 \n4064794 1 1 2 3 4 5 \n"})
        assert {code for code, *_ in found} == {"ALF302"}
