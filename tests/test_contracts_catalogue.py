"""The catalogue: each of its terms and checks accepts what is sound and refuses what is not."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pluggy
import pytest
from contract_samples import (
    BY_ID,
    NAN,
    PLANNER,
    SAMPLED,
    SOUND,
    SPOILT,
    SPOILT_TABLES,
    STEMS,
    UUIDS,
    Key,
    Told,
    attributes_of,
    judge,
    npy,
    open_file,
    pqt,
    sample_file,
    table_file,
    told,
    told_by,
)

import alfcheck
import alfcheck_schemas
from alfcheck import hookspecs
from alfcheck.contracts.compile import Schemas
from alfcheck.contracts.language import lint_files
from alfcheck.contracts.model import Contract, Shape, Terms
from alfcheck.contracts.plans import ColumnPlan
from alfcheck.contracts.terms import attribute_of, terms_of
from alfcheck.demo.signatures import SIGNATURES
from alfcheck.model import Severity
from alfcheck_schemas import CATALOGUE

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
DOCS = Path(__file__).parents[1] / "docs" / "catalogue"
SCHEMAS = Schemas()
SESSION = re.compile(r".*/\d{4}-\d\d-\d\d/\d{1,3}/")
TERMS = [(contract, term) for contract in SAMPLED for term in attributes_of(contract)]
WORDS = [pytest.param(contract, term, id=f"{contract.id}-{term}") for contract, term in TERMS]


def plans_of(contract: Contract) -> Iterator[tuple[str, ColumnPlan]]:
    schema = SCHEMAS.get(contract)
    yield from schema.columns.items()
    yield from ((pattern.pattern, plan) for pattern, plan in schema.patterns)


def checks_of(contract: Contract) -> Iterator[tuple[Key, str, Severity]]:
    """Give every check of a compiled contract, with the code and weight of what it finds."""
    columns = dict(plans_of(contract))
    for column, plan in columns.items():
        shapes = terms.shapes if (terms := contract.terms.get(column)) is not None else ()
        if f"{column}_0" in columns and not any(len(shape) == 1 for shape in shapes):
            continue  # arrays of as many columns are judged by these
        if not plan.nullable:
            yield (contract.id, column, "not_nullable"), "ALF304", Severity.ERROR
        for check in (*plan.rows, *plan.segmented, *plan.whole):
            yield (contract.id, column, check.name), check.code, check.severity
    schema = SCHEMAS.get(contract)
    for relation, check in schema.relations:
        yield (contract.id, " and ".join(relation.columns), relation.name), "ALF307", check.severity
    assert not schema.frames


CHECKS = {key: (code, weight) for contract in SAMPLED for key, code, weight in checks_of(contract)}


def test_the_samples_leave_nothing_out() -> None:
    assert {id for id, *_ in CHECKS} == {contract.id for contract in SAMPLED}
    in_tables = {key for key in CHECKS if (key[0], key[2]) in SPOILT_TABLES}
    assert set(SPOILT) == set(CHECKS) - in_tables
    assert set(SPOILT_TABLES) == {(contract, name) for contract, _, name in in_tables}
    assert {contract: set(terms) for contract, terms in SOUND.items()} == {
        contract.id: set(attributes_of(contract)) for contract in SAMPLED
    }


def test_what_harms_nobody_is_a_warning() -> None:
    own = {key for key, (code, weight) in CHECKS.items() if weight is Severity.WARNING and code != "ALF307"}
    assert own == {
        ("alf.events", "timestamps", "sorted"),
        ("alf.spikes", "samples", "sorted"),
        ("alf.spikes", "samples", "whole_number"),
        ("alf.clusters", "metrics.bitwise_fail", "less_than_or_equal_to"),
        ("alf.channels", "rawInd", "unique"),
    }


@pytest.mark.parametrize(("contract", "term"), WORDS)
class TestTerms:
    def test_a_sound_file_passes_every_contract(self, contract: Contract, term: str) -> None:
        path, data = sample_file(contract, term, SOUND[contract.id][term])
        assert judge(path, data) == []
        assert contract.label in {each.label for each in open_file(path, data)[1].judged}

    def test_no_rows_are_sound(self, contract: Contract, term: str) -> None:
        path, data = sample_file(contract, term, np.asarray(SOUND[contract.id][term])[:0])
        assert judge(path, data) == []

    def test_numbers_may_be_float64_columns(self, contract: Contract, term: str) -> None:
        values = np.asarray(SOUND[contract.id][term])
        if values.ndim == 1 and values.dtype.kind in "iuf" and "." not in term:
            path, data = sample_file(contract, term, np.asfortranarray(values.astype(float)[:, None]))
            assert judge(path, data) == []

    def test_another_dtype_is_refused(self, contract: Contract, term: str) -> None:
        terms, sound = contract.terms[term], np.asarray(SOUND[contract.id][term])
        others = {"string": np.zeros(sound.shape), "bool": np.zeros(sound.shape, int)}
        others["numberstring"] = np.zeros(sound.shape, bool)
        wrong = others.get("".join(terms.dtypes), sound.astype("U12"))
        found = told_by(contract, judge(*sample_file(contract, term, wrong)))
        assert found == ({("ALF301", term.replace("*", "goCue"), "dtype")} if terms.dtypes else set())

    def test_another_shape_is_refused(self, contract: Contract, term: str) -> None:
        terms, sound = contract.terms[term], np.asarray(SOUND[contract.id][term])
        for shape in ((), (3, 2, 2, 2), (3, 5) if sound.ndim == 1 else (3,)):
            # A vector may be rows of one channel each, and times of several repeats have as many columns.
            if terms.shapes and not (
                len(shape) <= 2 and shape and any(map(is_list_of_channels, terms.shapes))
            ):
                problems = judge(*sample_file(contract, term, np.zeros(shape, sound.dtype)))
                found = told_by(contract, problems)
                assert found == {("ALF302", term.replace("*", "goCue"), "shape")}

    def test_it_is_explained(self, contract: Contract, term: str) -> None:
        terms = contract.terms[term]
        assert terms.description.endswith(".")
        assert terms.source


@pytest.mark.parametrize("key", [pytest.param(key, id="-".join(key)) for key in SPOILT])
def test_a_spoilt_file_is_refused(key: Key) -> None:
    name, column, check = key
    contract = BY_ID[name]
    first = column.split(" and ")[0]
    term = first if first in attributes_of(contract) else attribute_of(first)
    problems = judge(*sample_file(contract, term, SPOILT[key]))
    code, severity = CHECKS[key]
    own = [problem for problem in problems if problem.contract == contract.label]
    assert told(own) == {(code, column.replace("*", "goCue"), check)}
    assert [problem.severity for problem in own] == [severity]
    assert own[0].count == 1
    assert len(own[0].rows) == 1


@pytest.mark.parametrize("key", [pytest.param(key, id="-".join(key)) for key in SPOILT_TABLES])
def test_a_table_that_contradicts_itself_is_refused(key: tuple[str, str]) -> None:
    id, name = key
    assert judge(*table_file(id)) == []
    ((told_key, (code, severity)),) = [each for each in CHECKS.items() if (each[0][0], each[0][2]) == key]
    problems = judge(*table_file(id, **SPOILT_TABLES[key]))
    assert told(problems) == {(code, told_key[1], name)}
    assert [(each.severity, each.count) for each in problems] == [(severity, 1)]


@pytest.mark.parametrize("contract", SAMPLED, ids=lambda contract: contract.id)
class TestContracts:
    def test_text_never_reaches_a_check(self, contract: Contract) -> None:
        """A check that fails to run on the wrong dtype would stop a release."""
        for column, plan in plans_of(contract):
            if plan.rows or plan.segmented or plan.whole:
                terms = terms_of(contract.terms, column)
                assert terms is not None, column
                assert terms.dtypes, column

    def test_the_row_rule_is_handed_on(self, contract: Contract) -> None:
        for term in attributes_of(contract):
            terms = contract.terms[term]
            plan = open_file(*sample_file(contract, term, SOUND[contract.id][term]))[1]
            assert plan.own_rows == contract.terms[term.partition(".")[0]].own_rows
            agree = plan.rows_agree and plan.rows_agree.label
            assert agree == (None if contract.id == "alf.events" else contract.label)
            assert terms.own_rows <= (term in OWN_ROWS)

    def test_it_is_documented(self, contract: Contract) -> None:
        assert contract.description.endswith(".")
        assert contract.owner
        assert contract.version in (DOCS / f"{contract.id}.md").read_text(encoding="utf-8")


OWN_ROWS = {"metrics", "curatedLabels", "itiDuration", "iti", "laserIntervals"}


TARGETS = {
    "clusters": "clusters.depths",
    "templates": "templates.amps",
    "channels": "channels.labels",
    "probes": "probes.angles",
    "spikes": "spikes.depths",
}


def write(folder: Path, path: str, data: bytes) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(data)


def test_references_lead_to_rows_that_exist(tmp_path: Path) -> None:
    """One session for each reference and value; the target has three rows, and so has the file."""
    expected: dict[str, set[str]] = {}
    values = {"inside": (2, set()), "past the end": (3, {"ALF402"}), "negative": (-2, {"ALF303", "ALF402"})}
    references = [(contract, term) for contract, term in TERMS if contract.terms[term].references]
    for contract, term in references:
        terms = contract.terms[term]
        missing = (-1, set() if terms.missing == -1 else {"ALF303", "ALF402"})
        for value, codes in (*values.values(), missing):
            session = tmp_path / "mouse/2020-01-01" / f"{len(expected) + 1:03d}"
            path, data = sample_file(contract, term, np.resize(sorted([0, value, 1]), (3, *shape_of(terms))))
            write(session, path, data)
            write(session, f"{Path(path).parent}/{TARGETS[str(terms.references)]}.npy", npy([0.0, 1.0, 2.0]))
            expected[session.relative_to(tmp_path).as_posix()] = codes
    assert len(references) == 9
    found: dict[str, set[str]] = {session: set() for session in expected}
    for finding in alfcheck.check(tmp_path, select=("ALF3", "ALF4")).findings:
        assert finding.severity is Severity.ERROR, finding
        found["/".join(finding.path.split("/")[:3])].add(finding.code)
    assert found == expected


def shape_of(terms: Terms) -> tuple[int, ...]:
    return (2,) if any(map(is_list_of_channels, terms.shapes)) else ()


def is_list_of_channels(shape: Shape) -> bool:
    return len(shape) == 2 and isinstance(shape[1], str)


class TestTrials:
    TABLE = pd.DataFrame(
        {
            "intervals_0": [0.0, 5.0],
            "intervals_1": [4.0, 9.0],
            "choice": [1, 1],
            "feedbackType": [1, -1],
            "contrastLeft": [0.5, NAN],
            "contrastRight": [NAN, 1.0],
            "response_times": [NAN, 7.0],
        }
    )
    PATH = f"{STEMS['ibl.trials']}.table.pqt"

    def judge(self, **columns: object) -> Told:
        return told(judge(self.PATH, pqt(self.TABLE.assign(**columns))))

    def test_a_sound_table_passes(self) -> None:
        assert self.judge() == set()
        assert self.judge(somethingElse=["a", "b"]) == set()

    @pytest.mark.parametrize("column", BY_ID["ibl.trials"].required)
    def test_each_required_column_is_missed(self, column: str) -> None:
        problems = judge(self.PATH, pqt(self.TABLE.drop(columns=column)))
        assert told(problems) == {("ALF308", column, "required")}

    def test_a_stimulus_is_on_one_side(self) -> None:
        both = "contrastLeft and contrastRight"
        assert self.judge(contrastRight=[0.25, 1.0]) == {("ALF307", both, "one_sided")}
        assert self.judge(contrastLeft=[0.5, 0.0], contrastRight=[0.0, 1.0]) == set()

    def test_columns_are_judged_as_single_files_are(self) -> None:
        assert self.judge(choice=[1, 7]) == {("ALF303", "choice", "isin")}
        assert self.judge(choice=["left", "right"]) == {("ALF301", "choice", "dtype")}
        assert self.judge(response_times=["a", "b"]) == {("ALF301", "response_times", "dtype")}
        gaps = pd.array([1, None], dtype="Int64")
        assert self.judge(choice=gaps) == {("ALF304", "choice", "not_nullable")}
        assert self.judge(intervals_1=[4.0, 4.5]) == {
            ("ALF307", "intervals_0 and intervals_1", "start_not_after_end")
        }

    def test_other_clocks_are_judged_alike(self) -> None:
        path = f"{STEMS['ibl.trials']}.intervals_bpod.npy"
        assert judge(path, npy([[0.0, 1.0]])) == []
        assert [problem.code for problem in judge(path, npy([[2.0, 1.0]]))] == ["ALF307"]

    def test_other_namespaces_are_not_judged(self) -> None:
        assert judge("alf/trials.choice.npy", npy([7])) == []


def test_uuids_may_be_a_text_table() -> None:
    path = f"{STEMS['alf.clusters']}.uuids.csv"
    assert judge(path, "\n".join(["uuids", *UUIDS]).encode()) == []
    problems = judge(path, "\n".join(["uuids", UUIDS[0], "7"]).encode())
    assert [(problem.code, problem.rows) for problem in problems] == [("ALF303", (1,))]


def test_whole_seconds_in_text_are_floating() -> None:
    assert judge("alf/spikes.times.csv", b"times\n1\n2\n") == []


@pytest.mark.parametrize("extension", ["ssv"])
def test_text_without_a_header_is_not_taken_for_times(extension: str) -> None:
    data = b"2020-08-19T12:42:57.79-04:00 2330554981 \n2020-08-19T12:42:57.82-04:00 2331639823 \n"
    assert judge(f"raw_video_data/_iblrig_bodyCamera.timestamps.{extension}", data) == []


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda signature: signature.name)
def test_the_demo_is_sound(signature: object) -> None:
    for seed in range(3):
        files = signature.build(np.random.default_rng(seed))  # type: ignore[attr-defined]
        for path, data in files.items():
            if not path.endswith(".mp4"):
                assert judge(path, data) == [], path


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real files is not here")
def test_real_files_are_sound() -> None:
    """phylib copied sample numbers in seconds from its synthetic input: the one fault, and it is true."""
    found = {}
    for path in sorted(CORPUS.rglob("*.*")):
        session = SESSION.match(path.as_posix())
        if session and path.suffix in (".npy", ".pqt", ".csv", ".ssv"):
            for problem in judge(path.as_posix()[session.end() :], path.read_bytes()):
                found[path.name, problem.column] = (problem.code, problem.severity, problem.count)
    assert found == {("spikes.samples.npy", "samples"): ("ALF303", Severity.WARNING, 100)}


def examples() -> list[str]:
    """Give the indented blocks of the page on contracts."""
    page = (DOCS.parent / "contracts.md").read_text(encoding="utf-8")
    return [textwrap.dedent(block) for block in re.findall(r"\n\n((?: {4}.*\n|\n)+)", page)]


def found_by(rules: Path, folder: Path, *times: float) -> set[tuple[str, str | None]]:
    write(folder / "data/mouse/2020-01-01/001", "alf/_mylab_licks.times.npy", npy(times))
    report = alfcheck.check(folder / "data", plugins=(str(rules),))
    return {(finding.code, finding.contract) for finding in report.findings}


@pytest.mark.parametrize("in_python", [False, True])
def test_the_documented_examples_run(tmp_path: Path, in_python: bool) -> None:
    written, python = examples()
    contract, _, plugin = written.partition("# rules.py")
    write(tmp_path, "contracts/licks.yaml", contract.encode())
    rules = tmp_path / "rules.py"
    rules.write_text(python if in_python else f"#{plugin}")
    assert found_by(rules, tmp_path, 1.0, 2.0) == set()
    assert found_by(rules, tmp_path, -1.0, 2.0) == {("ALF303", "mylab.licks@1.0.0")}
    assert found_by(rules, tmp_path, 2.0, 1.0) >= {("ALF305", "mylab.licks@1.0.0")}


def test_the_files_of_the_catalogue_are_without_mistakes() -> None:
    # It is what lets each run believe them.
    folder = Path(alfcheck_schemas.__file__).parent
    assert lint_files(sorted(folder.rglob("*.yaml"))) == ()


def test_importing_the_catalogue_is_cheap() -> None:
    code = "import sys, alfcheck_schemas; print({'numpy', 'pandas', 'pandera'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_hook_offers_the_catalogue() -> None:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(alfcheck_schemas)
    assert manager.hook.alfcheck_contracts() == [CATALOGUE]
    assert len({contract.label for contract in CATALOGUE}) == len(CATALOGUE)
    assert PLANNER
