"""What stands when a file has failed: what it hid or settled is judged by contracts anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from release_fixtures import Content, codes, found, named, plugin, verdicts, write

import alfcheck
from alfcheck.pipeline import opening
from alfcheck.report import Report

GARBAGE = b"no array"

RULES = """
    T = alfcheck.Terms

    def schema(required=False, *names):
        import pandera.pandas as pa

        columns = {name: pa.Column(None, pa.Check.ge(0), required=required) for name in names or "acde"}
        return pa.DataFrameSchema(columns)

    def le(one, other):
        def check():
            import pandera.pandas as pa

            return pa.Check(lambda frame: frame.iloc[:, 0] <= frame.iloc[:, 1])

        return alfcheck.Relation("order", (one, other), check, f"{one} <= {other}")

    def contract(name, terms, schema, **more):
        match = alfcheck.Match(object=name)
        return alfcheck.Contract(
            id=f"lab.{name}", version="1.0.0", match=match, terms=terms, schema=schema, **more
        )

    @alfcheck.hookimpl
    def alfcheck_contracts():
        numbers = {name: T(dtypes=("integer", "floating")) for name in "abcde"}
        cells = {"sites": T(references="sites"), "perSite": T(shapes=(("rows", "sites.rows"),))}
        sites = {name: T(references="shanks") for name in ("shanks", "probes")}
        relations = (le("d", "e"), le("a", "c"))
        return [
            contract("units", numbers, schema, relations=relations),
            contract("rests", numbers, lambda: schema(True, "a", "b")),
            contract("cells", cells, schema),
            contract("sites", sites, schema),
        ]
"""


def rows(count: int) -> Content:
    return np.arange(float(count))


def by_rules(folder: Path, files: dict[str, Content]) -> tuple[Report, Report]:
    """Check by the contracts above, and once more what is left of it."""
    root = write(folder / "release", {**files, "raw/_iblrig_leftCamera.raw.mp4": b"video"})
    rules = plugin(folder, RULES)
    report = alfcheck.check(root, plugins=(rules,))
    for path, verdict in report.verdicts.items():
        if verdict in ("fail", "unverified"):
            (root / path).unlink()
    return report, alfcheck.check(root, plugins=(rules,))


def heavy(report: Report) -> set[str]:
    return {each.code for each in report.findings if each.severity in ("error", "unverified")}


def test_a_file_that_a_column_of_a_failed_table_hid(tmp_path: Path) -> None:
    """While the table stands, its `a` is what ONE gives."""
    files: dict[str, Content] = {
        "alf/units.table.pqt": pd.DataFrame({"a": [0.0, 0.0], "d": [5.0, 5.0]}),
        "alf/units.e.npy": [1.0, 1.0],
        "alf/units.a.npy": [9.0, 9.0],
        "alf/units.c.npy": [1.0, 1.0],
    }
    report, rest = by_rules(tmp_path, files)
    told = {each.expected: named([each]) for each in found(report, "ALF307")}
    assert told == {
        "d <= e": {"alf/units.table.pqt", "alf/units.e.npy"},
        "a <= c": {"alf/units.a.npy", "alf/units.c.npy"},
    }
    assert not heavy(rest)


@pytest.mark.parametrize("values", [[50, 99], [0, 4]])
def test_a_target_of_which_other_rows_stand_in_the_end(tmp_path: Path, values: list[int]) -> None:
    """Most of it has a hundred rows, and fails by references of its own."""
    files: dict[str, Content] = {
        "alf/cells.sites.npy": values,
        "alf/sites.shanks.npy": np.full(100, 7),
        "alf/sites.probes.npy": np.full(100, 7),
        "alf/sites.z.npy": rows(5),
        "alf/shanks.v.npy": rows(3),
    }
    report, rest = by_rules(tmp_path, files)
    assert verdicts(report)["alf/cells.sites.npy"] == "unverified"
    assert "only datasets that failed could tell" in found(report, "ALF904")[0].message
    assert verdicts(report)["alf/sites.z.npy"] == "warn"
    assert not heavy(rest)


@pytest.mark.parametrize("given", [{}, {"alf/#a#/rests.b.npy": [1.0, 2.0]}])
def test_a_required_column_whose_file_failed(tmp_path: Path, given: dict[str, Content]) -> None:
    """It is lacking, unless a revision before it stands."""
    files: dict[str, Content] = {
        "alf/rests.table.pqt": pd.DataFrame({"a": [1.0, 2.0]}),
        f"alf/{'#b#/' if given else ''}rests.b.npy": [1.0, -2.0],
        **given,
    }
    report, rest = by_rules(tmp_path, files)
    assert verdicts(report)["alf/rests.table.pqt"] == ("pass" if given else "fail")
    assert len(found(report, "ALF308")) == (not given)
    assert not heavy(rest)


@pytest.mark.parametrize("small", [opening.SMALL, 0], ids=["whole", "in pieces"])
@pytest.mark.parametrize(
    ("older", "code", "verdict"), [(5, None, "pass"), (3, "ALF402", "fail"), (None, "ALF904", "unverified")]
)
def test_what_a_contract_claims_is_compared_with_the_revision_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int, older: int | None, code: str, verdict: str
) -> None:
    monkeypatch.setattr(opening, "SMALL", small)
    files: dict[str, Content] = {"alf/cells.sites.npy": [0, 4, 4], "alf/#b#/sites.z.npy": GARBAGE}
    if older is not None:
        files["alf/#a#/sites.z.npy"] = rows(older)
    report, rest = by_rules(tmp_path, files)
    assert codes(report) == {"ALF201", *filter(None, [code])}
    assert verdicts(report)["alf/cells.sites.npy"] == verdict
    assert not heavy(rest)


def test_an_object_further_out_is_no_stand_in_for_one_that_failed(tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "alf/probe/cells.sites.npy": [0, 4, 4],
        "alf/probe/sites.z.npy": GARBAGE,
        "alf/sites.z.npy": rows(9),
    }
    report, _ = by_rules(tmp_path, files)
    assert "all of whose datasets failed" in found(report, "ALF904")[0].message
    assert verdicts(report)["alf/probe/cells.sites.npy"] == "unverified"
