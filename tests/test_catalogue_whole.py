"""Each contract of the catalogue can be kept, ONE loads what keeps it, and each check can be broken."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

import numpy as np
import pytest
from catalogue_tree import Tree, findings_by_session, object_tree, session_tree, told, whole

import alfcheck
from alfcheck.contracts.model import Contract
from alfcheck.contracts.sampling import Others, checks_of, session_checks
from alfcheck.contracts.spec import ColumnSpec
from alfcheck.contracts.terms import attribute_of
from alfcheck.model import Finding
from alfcheck.report import Report
from alfcheck_schemas import CATALOGUE

CONTRACTS = whole(CATALOGUE)
OBJECTS = tuple(contract for contract in CONTRACTS if contract.terms)
SESSIONS = tuple(contract for contract in CONTRACTS if contract.session is not None)
LABELS = frozenset(contract.label for contract in CONTRACTS)
INDEXED = ("pass", "warn", "unchecked")


@pytest.fixture(scope="module")
def others() -> Others:
    """The whole catalogue, read and compiled once."""
    return Others(CONTRACTS)


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory, others: Others) -> Tree:
    return object_tree(tmp_path_factory.mktemp("valid"), OBJECTS, others, spoils=False)


@pytest.fixture(scope="module")
def released(valid: Tree) -> Report:
    return alfcheck.release(valid.root)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory, others: Others) -> Tree:
    return object_tree(tmp_path_factory.mktemp("spoilt"), OBJECTS, others, spoils=True)


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory, others: Others) -> Tree:
    return session_tree(tmp_path_factory.mktemp("sessions"), SESSIONS, others)


@pytest.fixture(scope="module")
def judged(sessions: Tree, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Finding]]:
    if not SESSIONS:
        return {}
    config = tmp_path_factory.mktemp("config") / "alfcheck.toml"
    config.write_text(f"require = {[contract.id for contract in SESSIONS]!r}\n", encoding="utf-8")
    return findings_by_session(alfcheck.check(sessions.root, config=config))


class TestObjects:
    def test_each_contract_is_written(self, valid: Tree) -> None:
        assert {contract.label for contract in valid.valid.values()} == {each.label for each in OBJECTS}

    def test_what_is_written_passes_the_whole_catalogue(self, valid: Tree, released: Report) -> None:
        found = findings_by_session(released)
        assert [line for path in valid.valid for line in told(found.get(path, ()))] == []
        assert {str(verdict) for verdict in released.verdicts.values()} <= set(INDEXED)

    def test_each_attribute_is_judged_by_its_contract(self, valid: Tree, released: Report) -> None:
        """What is unchecked is of a kind that nobody reads, such as a video."""
        for path, (_, sample) in valid.samples.items():
            read = [f"{path}/{part.path}" for part in sample.parts.values() if part.kind != "bytes"]
            assert [each for each in read if str(released.verdicts[each]) == "unchecked"] == []

    def test_one_loads_every_object(self, valid: Tree, released: Report) -> None:
        from one.api import One

        logging.getLogger("ibllib").setLevel(logging.ERROR)
        one = One(cache_dir=valid.root, mode="local")
        for path, (contract, sample) in valid.samples.items():
            collection, _, name = sample.stem.rpartition("/")
            plain = name.split("_", 2)[2] if name.startswith("_") else name
            loaded = one.load_object(path, plain, collection)
            assert set(sample.parts) <= set(loaded), contract.label

    def test_what_is_loaded_is_what_was_written(self, valid: Tree, released: Report) -> None:
        from one.api import One

        one = One(cache_dir=valid.root, mode="local")
        path, (_, sample) = next(iter(valid.samples.items()))
        part = next(part for part in sample.parts.values() if part.kind == "array")
        collection, _, name = part.path.rpartition("/")
        loaded = one.load_dataset(path, name, collection)
        np.testing.assert_array_equal(loaded, part.values)


class TestChecks:
    def test_each_check_is_refused_with_its_code(self, spoilt: Tree) -> None:
        found = findings_by_session(alfcheck.check(spoilt.root))
        missed = [
            (contract.label, spoil.made, list(told(found.get(path, ()))))
            for path, (contract, spoil) in spoilt.spoilt.items()
            if not any(_is_told(finding, contract, spoil.made) for finding in found.get(path, ()))
        ]
        assert missed == []

    def test_no_check_is_left_out(self, spoilt: Tree, others: Others) -> None:
        broken: dict[str, set[tuple[str, str | None, str]]] = {}
        for contract, spoil in spoilt.spoilt.values():
            broken.setdefault(contract.label, set()).add((spoil.code, spoil.check, spoil.made.subject))
        for contract in OBJECTS:
            listed = {(made.code, made.check, made.subject) for made in checks_of(contract, others)}
            assert broken.get(contract.label, set()) == listed
            assert list(_not_listed(contract, listed)) == []


class TestSessions:
    def test_each_contract_is_kept_by_what_is_written(
        self, sessions: Tree, judged: Mapping[str, list[Finding]]
    ) -> None:
        assert {contract.label for contract in sessions.valid.values()} == {each.label for each in SESSIONS}
        for path, contract in sessions.valid.items():
            assert [*told(_of(judged.get(path, ()), contract))] == []

    def test_each_line_is_refused_with_its_code(
        self, sessions: Tree, judged: Mapping[str, list[Finding]]
    ) -> None:
        for path, (contract, spoil) in sessions.spoilt.items():
            mine = [each for each in judged.get(path, ()) if each.contract == contract.label]
            line = spoil.made.subject
            hits = [each for each in mine if (each.code, each.check) == (spoil.code, spoil.check)]
            assert any(line in (each.expected or "") for each in hits), (contract.label, spoil.made)

    def test_no_line_is_left_out(self, sessions: Tree) -> None:
        for contract in SESSIONS:
            assert contract.session is not None
            lines = [line for line in contract.session.datasets if line.kind != "optional"]
            asked = [made for made in session_checks(contract) if made.code == "ALF501"]
            assert len(asked) == sum(line.count is None or line.count[0] > 0 for line in lines)
            made = [spoil.made for other, spoil in sessions.spoilt.values() if other is contract]
            assert made == list(session_checks(contract))


def _of(findings: list[Finding] | tuple[()], contract: Contract) -> list[Finding]:
    """Give the findings but for what other contracts ask of sessions, which were not written for them."""
    return [each for each in findings if not each.code.startswith("ALF5") or each.contract == contract.label]


def _is_told(finding: Finding, contract: Contract, made: object) -> bool:
    """Tell whether a finding is the one that is due; of equal ones by two contracts only one is told."""
    from alfcheck.contracts.sampling import Made

    assert isinstance(made, Made)
    same = (finding.code, finding.check, finding.severity) == (made.code, made.check, made.severity)
    column = made.column is None or finding.column == made.column
    mine = finding.contract == contract.label
    return same and column and (mine or finding.contract in LABELS)


Listed = set[tuple[str, str | None, str]]


def _not_listed(contract: Contract, listed: Listed) -> Iterator[str]:
    """Give what a contract file asks in so many words, and what is not among the checks that were broken."""
    spec = contract.spec
    if spec is None:
        return
    for column in spec.columns:
        for code, check in _asked(contract, column):
            if not any(_meets(column.name, each) for each in listed if each[:2] == (code, check)):
                yield f"{contract.label}: {column.name}: {check}"
    for relation in spec.relations:
        if not any(each[:2] == ("ALF307", relation.name) for each in listed):
            yield f"{contract.label}: {relation.name}"
    whole = {("ALF401", "rows"): spec.rows.agree, ("ALF311", "strict"): spec.strict}
    whole["ALF313", "at_least"] = spec.rows.at_least > 0
    for (code, name), asked in whole.items():
        if asked and not any(each[:2] == (code, name) for each in listed):
            yield f"{contract.label}: {name}"


def _asked(contract: Contract, column: ColumnSpec) -> Iterator[tuple[str, str]]:
    if column.document is not None:
        yield "ALF312", "document"
        return
    codes = {"sorted": "ALF305", "strictly_increasing": "ALF305", "unique": "ALF306"}
    yield from ((codes.get(check.name, "ALF303"), check.name) for check in column.checks)
    given = {
        ("ALF301", "dtype"): bool(column.dtypes),
        ("ALF302", "shape"): bool(column.shapes) and "." not in column.name,
        ("ALF304", "not_nullable"): not column.nullable and _can_lack(contract, column),
        ("ALF306", "unique"): column.unique,
        ("ALF308", "required"): column.required,
        ("ALF309", "missing_share"): column.missing_share is not None and column.missing_share < 1,
        ("ALF402", "reference"): bool(column.references),
    }
    yield from (each for each, asked in given.items() if asked)


def _can_lack(contract: Contract, column: ColumnSpec) -> bool:
    """Tell whether a file can lack a value: arrays of whole numbers, logical values and text cannot."""
    spec = contract.spec.column(attribute_of(column.name)) if contract.spec else None
    dtypes = column.dtypes or (spec.dtypes if spec is not None else ())
    complete = dtypes and all(each.startswith(("int", "uint", "bool", "str")) for each in dtypes)
    extensions = contract.match.extensions
    return not complete or not extensions or "pqt" in extensions


def _meets(entry: str, made: tuple[str, str | None, str]) -> bool:
    """Tell whether a check is one of an entry, or of a component of it."""
    subject = made[2]
    return any(fnmatchcase(name, entry) for name in (subject, attribute_of(subject))) or entry == subject
