"""The whole catalogue as data: a valid session of each contract, and for each check one that breaks it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alfcheck.contracts.model import Contract, ContractFile
from alfcheck.contracts.sampling import (
    Others,
    Part,
    Sample,
    Spoilt,
    sample,
    session_parts,
    spoil,
    spoil_session,
    write_parts,
)
from alfcheck.model import Finding
from alfcheck.report import Report

__all__ = ["Tree", "findings_by_session", "object_tree", "session_tree", "told", "whole"]

FIRST = datetime.date(2020, 1, 1)
A_DAY = 900


@dataclass
class Tree:
    """A release and its sessions by path: valid ones with their contract, spoilt ones with the check."""

    root: Path
    samples: dict[str, tuple[Contract, Sample]] = field(default_factory=dict)
    valid: dict[str, Contract] = field(default_factory=dict)
    spoilt: dict[str, tuple[Contract, Spoilt]] = field(default_factory=dict)
    count: int = 0

    def add(self, parts: Iterable[Part]) -> str:
        """Write one more session, and give its path."""
        day = FIRST + datetime.timedelta(days=self.count // A_DAY)
        path = f"lab/Subjects/subject/{day}/{self.count % A_DAY + 1:03d}"
        self.count += 1
        write_parts(list(parts), self.root / path)
        return path


def whole(catalogue: Iterable[Contract | ContractFile]) -> tuple[Contract, ...]:
    """Read all contracts."""
    return tuple(each if isinstance(each, Contract) else each.load() for each in catalogue)


def object_tree(root: Path, contracts: Iterable[Contract], others: Others, *, spoils: bool) -> Tree:
    """Write valid objects, as files and as tables; or with `spoils` what breaks each check."""
    tree = Tree(root)
    for contract in contracts:
        if not contract.terms:
            continue
        if spoils:
            for spoilt in spoil(contract, others=others):
                tree.spoilt[tree.add(spoilt.files)] = (contract, spoilt)
            continue
        found = sample(contract, others=others)
        path = tree.add(found.files)
        tree.samples[path] = (contract, found)
        tree.valid[path] = contract
        if found.table is not None:
            tree.valid[tree.add((found.table, *found.beside))] = contract
    return tree


def session_tree(root: Path, contracts: Iterable[Contract], others: Others) -> Tree:
    """Write sessions that have all that contracts about sessions ask for, and such that lack something."""
    tree = Tree(root)
    for contract in contracts:
        if contract.session is not None:
            tree.valid[tree.add(session_parts(contract, others=others))] = contract
            for spoilt in spoil_session(contract, others=others):
                tree.spoilt[tree.add(spoilt.files)] = (contract, spoilt)
    return tree


def findings_by_session(report: Report) -> Mapping[str, list[Finding]]:
    """Give what was found in each session, but for how files are named."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        if not finding.code.startswith("ALF1"):
            found["/".join(finding.path.split("/")[:5])].append(finding)
    return found


def told(findings: Iterable[Finding]) -> Iterator[str]:
    """Write findings short, for the message of an assertion."""
    for finding in findings:
        place = f"{finding.path.split('/', 5)[-1]} {finding.contract} {finding.column} {finding.check}"
        yield f"{finding.code} {finding.severity} {place}: {finding.message[:160]}"
