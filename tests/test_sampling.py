"""Valid objects of any contract, and what breaks each of its checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from catalogue_tree import findings_by_session, told

import alfcheck
from alfcheck.contracts.build import build
from alfcheck.contracts.language import parse_text
from alfcheck.contracts.model import Contract, Match, Relation, Terms
from alfcheck.contracts.sampling import (
    Others,
    checks_of,
    encode,
    sample,
    session_checks,
    session_parts,
    spoil,
    spoil_session,
    write_example,
    write_parts,
)
from alfcheck.contracts.sampling.text import matching
from alfcheck.errors import ContractError
from alfcheck.model import Finding

HEAD = "alfcheck: 1\nid: lab.licks\nversion: 1.0.0\nmatch: {object: licks}\n"
SESSION_HEAD = "alfcheck: 1\nid: lab.rig\nversion: 1.0.0\n"
NUMBERS = "dtype: number, shape: [rows]"
TEXT = "dtype: string, shape: [rows]"
RARE = "str_matches: '^[a-z]{8}$', str_contains: quagmire"
Judge = Callable[..., list[Finding]]


def contract(text: str, head: str = HEAD) -> Contract:
    """Make a contract of a few lines of YAML."""
    parsed = parse_text(head + text, "lab.yaml")
    assert parsed.spec is not None, parsed.mistakes
    return build(parsed.spec)


def columns(**entries: str) -> Contract:
    """Make a contract of some columns, each as a line of YAML."""
    return contract("columns:\n" + "".join(f"  {name}: {{{entry}}}\n" for name, entry in entries.items()))


def values(made: Contract, name: str, rows: int = 10) -> Any:
    return sample(made, rows).parts[name].values


def python(limits: Mapping[str, tuple[float, ...]], terms: Mapping[str, Terms]) -> Contract:
    """Make a contract in Python, whose columns are not less than some limits."""

    def schema() -> Any:
        import pandera.pandas as pa

        found = {name: [pa.Check.ge(limit) for limit in each] for name, each in limits.items()}
        return pa.DataFrameSchema(
            {name: pa.Column(None, each, required=False) for name, each in found.items()}
        )

    return Contract(id="lab.licks", version="1.0.0", match=Match(object="licks"), terms=terms, schema=schema)


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Check a session by some contracts and no others; the names of files aside."""

    def judged(parts: Any, *contracts: Contract, require: str = "") -> list[Finding]:
        root = tmp_path / f"tree{len(list(tmp_path.iterdir()))}"
        write_parts(list(parts), root / "lab/Subjects/subject/2020-01-01/001")
        lines = []
        for index, each in enumerate(contracts):
            assert each.spec is not None
            from alfcheck.contracts.language import dump_spec

            path = root.parent / f"{root.name}_{index}.yaml"
            path.write_text(dump_spec(each.spec), encoding="utf-8")
            lines.append(f"contract_file({str(path)!r})")
        plugin = root.parent / f"{root.name}.py"
        plugin.write_text(
            "import alfcheck\nfrom alfcheck.contracts.build import contract_file\n"
            f"@alfcheck.hookimpl\ndef alfcheck_contracts():\n    return [{', '.join(lines)}]\n"
        )
        config = root.parent / f"{root.name}.toml"
        config.write_text(f"require = [{require!r}]\n" if require else "")
        report = alfcheck.check(root, config=config, plugins=str(plugin), disabled="schemas")
        return [each for found in findings_by_session(report).values() for each in found]

    return judged


class TestValues:
    @pytest.mark.parametrize(
        ("entry", "holds"),
        [
            ("dtype: floating, in_range: [2, 3]", lambda v: ((v >= 2) & (v <= 3)).all()),
            ("dtype: integer, ge: -5, lt: -2", lambda v: ((v >= -5) & (v < -2)).all()),
            ("dtype: number, isin: [-1, 0, 1]", lambda v: set(v) <= {-1, 0, 1}),
            ("dtype: uint8, gt: 250", lambda v: (v > 250).all() and v.dtype == np.uint8),
            (
                "dtype: number, notin: [0, 1], in_range: [0, 3], whole_number: true",
                lambda v: set(v) <= {2, 3},
            ),
            ("dtype: number, sorted: true, unique: true", lambda v: (np.diff(v) > 0).all()),
            ("dtype: number, strictly_increasing: true, in_range: [0, 1]", lambda v: (np.diff(v) > 0).all()),
            ("dtype: integer, unique: true, in_range: [0, 9]", lambda v: sorted(v) == list(range(10))),
            ("dtype: float32, eq: 0.5", lambda v: (v == 0.5).all() and v.dtype == np.float32),
            ("dtype: bool", lambda v: v.dtype == bool),
            ("dtype: datetime", lambda v: v.dtype.kind == "M"),
        ],
    )
    def test_they_keep_what_is_asked(self, entry: str, holds: Callable[[np.ndarray], bool]) -> None:
        assert holds(values(columns(times=f"{entry}, shape: [rows]"), "times"))

    @pytest.mark.parametrize(
        ("entry", "pattern"),
        [
            ("str_matches: '^[A-Z]{2}[0-9]+(-x|_y)?$'", r"[A-Z]{2}\d+(-x|_y)?"),
            ("str_startswith: probe, str_endswith: '00'", "probe.*00"),
            ("str_contains: '[0-9]'", r".*\d.*"),
            ("str_length: {min_value: 3, max_value: 5}", ".{3,5}"),
            ("isin: [left, right]", "left|right"),
            ("str_matches: '^\\w+ \\d$', examples: [mouse 1]", r"\w+ \d"),
        ],
    )
    def test_texts_keep_what_is_asked(self, entry: str, pattern: str) -> None:
        found = values(columns(label=f"dtype: string, shape: [rows], {entry}"), "label")
        assert found.dtype.kind == "U"
        assert all(re.fullmatch(pattern, text) for text in found)

    def test_missing_values_occur_where_they_may(self) -> None:
        made = columns(
            times=f"{NUMBERS}, nullable: true",
            samples=f"{NUMBERS}",
            amps=f"{NUMBERS}, nullable: true, missing_share: 0.05",
            channels=f"{NUMBERS}, missing: -1, ge: 0, whole_number: true",
        )
        parts = sample(made).parts
        missing = {name: int(np.isnan(parts[name].values.astype(float)).sum()) for name in parts}
        assert missing == {"times": 1, "samples": 0, "amps": 0, "channels": 0}
        assert (parts["channels"].values == -1).sum() == 1
        assert np.isnan(values(made, "amps", rows=40)).sum() == 1

    def test_examples_are_used_where_nothing_else_is_found(self) -> None:
        made = columns(label=f"{TEXT}, {RARE}, examples: [quagmire]")
        assert set(values(made, "label")) == {"quagmire"}

    def test_the_same_seed_gives_the_same_bytes(self) -> None:
        made = columns(times=NUMBERS, label="dtype: string, shape: [rows], str_matches: '[a-z]{9}'")
        one, other, third = ([encode(part) for part in sample(made, seed=seed).files] for seed in (1, 1, 2))
        assert one == other != third

    def test_what_nothing_keeps_is_told_with_the_column_and_the_way_out(self) -> None:
        with pytest.raises(ContractError, match=r"lab\.licks@1\.0\.0: column times: .*add examples"):
            sample(columns(times=f"{TEXT}, {RARE}"))
        with pytest.raises(ContractError, match="10 different values are needed and 3 are found"):
            sample(columns(times=f"{NUMBERS}, unique: true, isin: [1, 2, 3]"))

    def test_a_document_is_written_as_an_example(self) -> None:
        document = "document: {type: object, required: [a], properties: {a: {type: integer}}}"
        made = columns(settings=f"{document}, examples: [{{a: 3}}]")
        assert sample(made).parts["settings"].values == {"a": 3}
        with pytest.raises(ContractError, match="add one under `examples`"):
            sample(columns(settings=document))

    def test_lines_are_examples_too(self) -> None:
        made = columns(
            trials="document: {type: object, required: [a]}, lines: true, examples: [{a: 1}, {a: 2}]"
        )
        part = sample(made).parts["trials"]
        assert encode(part) == b'{"a": 1}\n{"a": 2}\n'
        assert part.path.endswith(".jsonable")


class TestShapes:
    def test_named_dimensions_agree(self) -> None:
        made = columns(
            waveforms="dtype: number, shape: [rows, samples, channels]",
            waveformsChannels="dtype: number, shape: [rows, channels]",
            pictures="dtype: number, shape: [rows, 4, 20]",
        )
        shapes = {name: part.values.shape for name, part in sample(made).parts.items()}
        assert shapes["waveforms"][2] == shapes["waveformsChannels"][1] != shapes["waveforms"][1]
        assert shapes["pictures"] == (10, 4, 20)

    def test_patterns_are_given_a_word(self) -> None:
        made = contract(f"columns:\n  '*_times': {{{NUMBERS}}}\n  goCue_times: {{{NUMBERS}}}\n")
        assert set(sample(made).parts) == {"goCue_times", "stimOn_times"}

    def test_columns_of_a_table_are_one_file(self) -> None:
        made = contract(
            "columns:\n  metrics.label: {dtype: number}\n  metrics.cluster_id: {dtype: integer}\n"
        )
        (part,) = sample(made).parts.values()
        assert part.path == "alf/licks.metrics.pqt"
        assert set(part.values) == {"label", "cluster_id"}

    @pytest.mark.parametrize(
        ("match", "path"),
        [
            ("{object: '*Camera', namespace: ibl, extensions: [csv]}", "alf/_ibl_leftCamera.times.csv"),
            ("{object: licks, collection: 'raw_*_data/task_*', extensions: [htsv]}", "raw_behavior_data"),
            ("{object: licks, collection: 'alf/probe*'}", "alf/probe00/licks.times.npy"),
            ("{object: licks, collection: ''}", "licks.times.npy"),
        ],
    )
    def test_names_fit_the_match(self, match: str, path: str) -> None:
        head = f"alfcheck: 1\nid: lab.licks\nversion: 1.0.0\nmatch: {match}\n"
        made = contract(f"columns:\n  times: {{{NUMBERS}}}\n", head)
        found = sample(made).parts["times"].path
        if "raw" in match:
            assert re.fullmatch(r"raw_\w+_data/task_\w+/licks\.times\.htsv", found)
        else:
            assert found == path

    def test_text_tables_hold_what_arrays_do(self, judge: Judge) -> None:
        head = HEAD.replace("licks}", "licks, extensions: [csv]}")
        made = contract(
            f"columns:\n  times: {{{NUMBERS}, sorted: true}}\n"
            "  intervals: {dtype: number, shape: [rows, 2]}\n"
            "relations:\n  order: {le: [intervals_0, intervals_1]}\n",
            head,
        )
        assert judge(sample(made).files, made) == []


ORDER = (
    "columns:\n"
    + "".join(f"  {name}_times: {{{NUMBERS}, nullable: true}}\n" for name in "abcdefgh")
    + f"  times: {{{NUMBERS}, sorted: true}}\n  choice: {{{NUMBERS}, isin: [-1, 0, 1]}}\n"
    + "  feedback: {dtype: string, shape: [rows], isin: [reward, error, none]}\nrelations:\n"
    + "".join(
        f"  {a}_{b}: {{lt: [{a}_times, {b}_times]}}\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    + "  first: {le: [times, a_times]}\n"
    + "  rewarded: {check: feedback == 'reward', when: choice == 1}\n"
    + "  close: {eq: [c_times, d_times], tolerance: 5}\n"
    + "  present: {check: present(b_times) or choice == 0}\n"
)


class TestRelations:
    def test_long_chains_and_conditions_are_kept(self, judge: Judge) -> None:
        made = contract(ORDER)
        assert list(told(judge(sample(made, rows=12).files, made))) == []

    def test_each_is_broken_alone(self, judge: Judge) -> None:
        made = contract(ORDER)
        for spoilt in spoil(made):
            if spoilt.code == "ALF307":
                found = judge(spoilt.files, made)
                assert {each.check for each in found} == {spoilt.check}, list(told(found))

    def test_one_that_nothing_keeps_is_named(self) -> None:
        made = contract(
            f"columns:\n  times: {{{NUMBERS}, in_range: [0, 1]}}\n"
            f"  samples: {{{NUMBERS}, in_range: [2, 3]}}\n"
            "relations:\n  order: {gt: [times, samples]}\n"
        )
        with pytest.raises(ContractError, match="the relations order"):
            sample(made)

    def test_one_that_nothing_breaks_is_named(self) -> None:
        made = contract(
            f"columns:\n  times: {{{NUMBERS}, in_range: [0, 1]}}\n"
            f"  samples: {{{NUMBERS}, in_range: [2, 3]}}\n"
            "relations:\n  order: {lt: [times, samples]}\n"
        )
        with pytest.raises(ContractError, match="the relations order"):
            list(spoil(made))


EVERYTHING = """\
rows: {agree: true, at_least: 2}
strict: true
columns:
  times: {dtype: floating, shape: [rows], ge: 0, sorted: true, required: true}
  samples: {dtype: integer, shape: [rows], unique: true}
  amps: {dtype: number, shape: [rows], nullable: true, missing_share: 0.2}
  channels: {dtype: number, shape: [rows, near], missing: -1, references: channels, ge: 0, whole_number: true}
  waveforms: {dtype: number, shape: [rows, samples, near], nullable: true}
  intervals: {dtype: number, shape: [rows, 2]}
  label: {dtype: string, shape: [rows], str_matches: {pattern: '^[a-z]+$', severity: warning}}
  settings: {document: {type: object, required: [a]}, examples: [{a: 1}]}
  probes: {dtype: number, shape: [rows, probes.rows], nullable: true}
relations:
  order: {le: [intervals_0, intervals_1]}
  near_end: {check: "abs(times - intervals_1) < 1000", severity: warning}
"""


class TestSpoiling:
    def test_every_kind_of_check_is_broken_and_found(self, judge: Judge) -> None:
        made = contract(EVERYTHING)
        assert list(told(judge(sample(made).files, made))) == []
        codes = set()
        for spoilt in spoil(made):
            found = judge(spoilt.files, made)
            hits = [
                each
                for each in found
                if (each.code, each.check, each.severity) == (spoilt.code, spoilt.check, spoilt.made.severity)
                and spoilt.column in (None, each.column)
            ]
            assert hits, (spoilt.made, list(told(found)))
            codes.add(spoilt.code)
        assert codes == {f"ALF{number}" for number in (*range(301, 310), 311, 312, 313, 401, 402, 403, 405)}

    def test_all_that_is_listed_is_broken(self) -> None:
        made = contract(EVERYTHING)
        assert {spoilt.made.subject for spoilt in spoil(made)} == {each.subject for each in checks_of(made)}

    @pytest.mark.parametrize(
        ("entry", "message"),
        [
            (f"{NUMBERS}, lt: 1.0e+300", None),
            (
                "dtype: integer, shape: [rows], whole_number: true",
                "breaks the check 'whole_number' of 'times'",
            ),
            ("dtype: uint8, shape: [rows], ge: 0", "breaks the check 'greater_than_or_equal_to' of 'times'"),
        ],
    )
    def test_a_check_that_refuses_nothing_is_named(self, entry: str, message: str | None) -> None:
        made = columns(times=entry)
        if message is None:
            assert "less_than" in {spoilt.check for spoilt in spoil(made)}
            return
        with pytest.raises(ContractError, match=message):
            list(spoil(made))

    def test_a_check_that_no_file_meets_is_named(self) -> None:
        made = python({"times": (), "depths": (0,)}, {"times": Terms()})
        with pytest.raises(
            ContractError, match="no file meets the check greater_than_or_equal_to of 'depths'"
        ):
            list(checks_of(made))

    def test_whole_numbers_and_text_lack_values_in_tables(self, judge: Judge) -> None:
        made = columns(times="dtype: integer, shape: [rows]", label=TEXT)
        broken = {spoilt.column: spoilt for spoilt in spoil(made) if spoilt.code == "ALF304"}
        assert {each.files[0].path for each in broken.values()} == {
            "alf/licks.times.pqt",
            "alf/licks.label.pqt",
        }
        for name, spoilt in broken.items():
            assert [(each.code, each.column) for each in judge(spoilt.files, made)] == [("ALF304", name)]

    def test_arrays_alone_of_whole_numbers_lack_nothing(self) -> None:
        head = HEAD.replace("licks}", "licks, extensions: [npy]}")
        made = contract("columns:\n  times: {dtype: integer, shape: [rows]}\n", head)
        assert {each.code for each in checks_of(made)} == {"ALF301", "ALF302"}


class TestOthers:
    GENERAL = contract(
        f"columns:\n  times: {{{NUMBERS}, sorted: true, ge: 100}}\n",
        "alfcheck: 1\nid: lab.all\nversion: 1.0.0\nmatch: {object: '*'}\n",
    )
    CHANNELS = contract(
        "columns:\n  depths: {dtype: number, shape: [rows]}\n  probes: {dtype: number, shape: [rows], "
        "references: licks, whole_number: true}\n",
        "alfcheck: 1\nid: lab.channels\nversion: 1.0.0\nmatch: {object: channels}\n",
    )

    def test_what_they_say_of_the_same_files_is_kept(self, judge: Judge) -> None:
        made = columns(times=f"{NUMBERS}, lt: 300")
        found = sample(made, others=[self.GENERAL])
        assert judge(found.files, made, self.GENERAL) == []

    def test_objects_whose_rows_are_counted_are_drawn_by_their_contract(self, judge: Judge) -> None:
        made = columns(channels=f"{NUMBERS}, references: channels, whole_number: true")
        alone = sample(made)
        assert [part.path for part in alone.beside] == ["alf/channels.rowIndex.npy"]
        found = sample(made, others=Others([self.CHANNELS, self.GENERAL]))
        assert {part.path for part in found.beside} == {"alf/channels.depths.npy", "alf/channels.probes.npy"}
        assert judge(found.files, made, self.CHANNELS, self.GENERAL) == []


SESSION = """\
session:
  when: {protocol: "*biasedChoiceWorld*", device: cameras/left}
  datasets:
    - required: alf/licks.times.npy
    - any_of: [alf/_ibl_trials.table.pqt, alf/_ibl_trials.intervals.npy]
    - optional: alf/spikes.times.npy
    - each: raw_ephys_data/{probe}
      required: raw_ephys_data/{probe}/*.ap.cbin
      count: 1
    - required: "raw_video_data*/*.raw.mp4"
      count: {min: 2, max: 3}
      when: {document: ["*experiment.description*", "sync/*/label", "*"]}
"""


class TestSessions:
    def test_one_is_written_that_keeps_the_contract(self, judge: Judge) -> None:
        made = contract(SESSION, SESSION_HEAD)
        parts = session_parts(made, others=[columns(times=f"{NUMBERS}, ge: 0")])
        assert list(told(judge(parts, made, require="lab.rig"))) == []
        assert len([part for part in parts if part.path.endswith(".mp4")]) == 2

    def test_each_line_is_broken(self, judge: Judge) -> None:
        made = contract(SESSION, SESSION_HEAD)
        assert [each.code for each in session_checks(made)] == [
            "ALF501", "ALF501", "ALF501", "ALF502", "ALF501", "ALF502",
        ]  # fmt: skip
        for spoilt in spoil_session(made):
            found = judge(spoilt.files, made, require="lab.rig")
            assert [(each.code, each.check) for each in found] == [(spoilt.code, spoilt.check)]

    def test_files_are_valid_by_their_own_contracts(self) -> None:
        licks = columns(times=f"{NUMBERS}, in_range: [7, 8]")
        parts = {part.path: part for part in session_parts(contract(SESSION, SESSION_HEAD), others=[licks])}
        assert ((parts["alf/licks.times.npy"].values >= 7) & (parts["alf/licks.times.npy"].values <= 8)).all()


class TestWriting:
    MADE = columns(times=f"{NUMBERS}, sorted: true", waveforms="dtype: number, shape: [rows, 3, 4]")

    def test_files_are_a_release(self, tmp_path: Path) -> None:
        written = write_example(self.MADE, tmp_path, rows=4)
        assert [str(path.relative_to(tmp_path)) for path in written] == [
            "lab/Subjects/subject/2020-01-01/001/alf/licks.times.npy",
            "lab/Subjects/subject/2020-01-01/001/alf/licks.waveforms.npy",
        ]
        assert np.load(written[1]).shape == (4, 3, 4)
        assert alfcheck.check(tmp_path).summary["findings"] == {}

    @pytest.mark.parametrize("folder", ["/alfcheck-elsewhere", "../../elsewhere", "alf/../../elsewhere"])
    def test_nothing_is_written_outside_of_the_session(self, folder: str, tmp_path: Path) -> None:
        made = contract(f"columns:\n  times: {{{NUMBERS}}}\n")
        made = replace(made, match=replace(made.match, collection=folder))
        with pytest.raises(ContractError, match="is no path within a session"):
            write_example(made, tmp_path / "out")
        assert not list(tmp_path.rglob("*.npy"))
        assert not Path("/alfcheck-elsewhere").exists()

    def test_a_table_holds_what_it_can(self, tmp_path: Path) -> None:
        written = write_example(self.MADE, tmp_path, rows=4, table=True)
        assert [path.name for path in written] == ["licks.table.pqt", "licks.waveforms.npy"]
        assert list(pd.read_parquet(written[0])) == ["times"]

    def test_an_object_without_a_table_says_so(self, tmp_path: Path) -> None:
        made = columns(waveforms="dtype: number, shape: [rows, 3, 4]")
        with pytest.raises(ContractError, match="without a table"):
            write_example(made, tmp_path, table=True)

    def test_a_session_is_written_too(self, tmp_path: Path) -> None:
        written = write_example(contract(SESSION, SESSION_HEAD), tmp_path)
        description = next(path for path in written if path.name == "_ibl_experiment.description.yaml")
        assert "left" in yaml.safe_load(description.read_text())["devices"]["cameras"]


class TestPython:
    def test_a_contract_in_python_is_written_and_broken(self) -> None:
        def schema() -> Any:
            import pandera.pandas as pa

            even = pa.Check(lambda value: value % 2 == 0, element_wise=True, name="even")
            return pa.DataFrameSchema({"times": pa.Column(float, [pa.Check.ge(0), even], required=False)})

        def later() -> Any:
            import pandera.pandas as pa

            return pa.Check(lambda frame: frame.iloc[:, 0] < frame.iloc[:, 1])

        made = Contract(
            id="lab.licks",
            version="1.0.0",
            match=Match(object="licks"),
            terms={
                "times": Terms(dtypes=("number",), shapes=(("rows",),), examples=(2.0, 4.0)),
                "ends": Terms(dtypes=("number",), shapes=(("rows",),)),
            },
            schema=schema,
            relations=(Relation("later", ("times", "ends"), later, "times < ends"),),
        )
        parts = sample(made).parts
        assert set(parts["times"].values) <= {0.0, 2.0, 4.0}
        assert (parts["times"].values < parts["ends"].values)[~np.isnan(parts["ends"].values)].all()
        told = {(spoilt.code, spoilt.check) for spoilt in spoil(made)}
        assert {("ALF303", "even"), ("ALF307", "later"), ("ALF301", "dtype")} <= told

    def test_a_check_of_a_frame_is_refused(self) -> None:
        def schema() -> Any:
            import pandera.pandas as pa

            return pa.DataFrameSchema({"times": pa.Column(float)}, checks=pa.Check(lambda frame: True))

        made = Contract(
            id="lab.licks",
            version="1.0.0",
            match=Match(object="licks"),
            terms={"times": Terms()},
            schema=schema,
        )
        with pytest.raises(ContractError, match="write it as a relation"):
            checks_of(made)


@pytest.mark.parametrize(
    "pattern",
    [r"a{3}", r"(ab|cd)+\d?", r"[^a-z]x", r"(?P<q>['\"])y(?P=q)", r"\S\s\W", r"(?i)abc.", r"a*?b{2,}"],
)
def test_texts_are_found_for_a_pattern(pattern: str) -> None:
    found = matching(pattern, 5, np.random.default_rng(0))
    assert found
    assert all(re.match(pattern, text) for text in found)


def test_limits_beyond_the_dtype_are_told() -> None:
    made = python({"a": (300,)}, {"a": Terms(dtypes=("uint8",), shapes=(("rows",),))})
    with pytest.raises(ContractError, match="column a: no value of the dtype uint8 is within its limits"):
        sample(made)


def test_more_rows_than_an_example_has_are_told() -> None:
    made = columns(times=NUMBERS)
    with pytest.raises(ContractError, match="at most 1000000"):
        sample(made, rows=10**12)
    with pytest.raises(ContractError, match="at most 1000000"):
        sample(contract("rows: {at_least: 100000000}\ncolumns: {times: {dtype: number}}\n"))
