"""From a spec to a contract that judges: columns, components, relations, terms; and contracts in folders."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bench_runs import only, plan_of, run, told
from spec_strategies import check

from alfcheck.contracts.build import build, contract_file, contracts_in
from alfcheck.contracts.model import NOTHING, Contract, Match, SessionTerms, Terms
from alfcheck.contracts.spec import ColumnSpec, ContractSpec, RelationSpec, RowsSpec
from alfcheck.errors import ContractError, PluginError
from alfcheck.model import Severity

NAN = float("nan")
POSITIVE = check("greater_than_or_equal_to", min_value=0)


def contract(*columns: ColumnSpec, **more: Any) -> Contract:
    more.setdefault("match", Match(object="things"))
    return build(ContractSpec(id="lab.things", version="1.0.0", columns=columns, **more))


def column(name: str = "a", *checks: Any, nullable: bool = True, **more: Any) -> ColumnSpec:
    return ColumnSpec(name=name, checks=checks, nullable=nullable, **more)


def faults(judge: Contract, values: Any, attribute: str = "a") -> set[tuple[str, str, tuple[int, ...]]]:
    given = values if isinstance(values, pd.DataFrame) else np.asarray(values)
    problems = run(judge, [given], attribute).get(0, [])
    return {(str(each.column), str(each.check), each.rows) for each in problems}


class TestColumns:
    @pytest.mark.parametrize(
        ("given", "values", "rows"),
        [
            (check("equal_to", value=1), [1, 2], (1,)),
            (check("not_equal_to", value=1), [1, 2], (0,)),
            (check("greater_than", min_value=1), [1, 2], (0,)),
            (POSITIVE, [-1, 0], (0,)),
            (check("less_than", max_value=1), [0, 1], (1,)),
            (check("less_than_or_equal_to", max_value=1), [1, 2], (1,)),
            (check("in_range", min_value=0, max_value=1, include_max=False), [0, 1], (1,)),
            (check("isin", allowed_values=(1, 2)), [1, 3], (1,)),
            (check("notin", forbidden_values=(1, 2)), [1, 3], (0,)),
            (check("str_matches", pattern="^a"), ["ab", "ba"], (1,)),
            (check("str_contains", pattern="a$"), ["ab", "ba"], (0,)),
            (check("str_startswith", string="a"), ["ab", "ba"], (1,)),
            (check("str_endswith", string="a"), ["ab", "ba"], (0,)),
            (check("str_length", max_value=2), ["ab", "abc"], (1,)),
            (check("sorted"), [2, 2, 1], (2,)),
            (check("strictly_increasing"), [2, 2, 3], (1,)),
            (check("whole_number"), [1.0, 1.5], (1,)),
            (check("unique"), [1, 1], (1,)),
        ],
        ids=lambda given: getattr(given, "name", ""),
    )
    def test_each_check_has_its_meaning(self, given: Any, values: list[Any], rows: tuple[int, ...]) -> None:
        table = pd.DataFrame({"a": np.array(values, object if isinstance(values[0], str) else None)})
        assert faults(contract(column("a", given)), table, "table") == {("a", given.name, rows)}

    def test_missing_values_are_refused_unless_they_are_allowed(self) -> None:
        assert faults(contract(column(nullable=False)), [1.0, NAN]) == {("a", "not_nullable", (1,))}
        assert faults(contract(column()), [1.0, NAN]) == set()

    def test_severity_and_words_are_the_authors(self) -> None:
        warned = check("less_than", Severity.WARNING, "small", max_value=1)
        problem = only(run(contract(column("a", warned)), [np.array([5.0])]), 0)
        assert (problem.severity, problem.expected) == (Severity.WARNING, "small")

    def test_terms_say_the_rest(self) -> None:
        judge = contract(
            column(
                description="d",
                unit="s",
                dtypes=("number",),
                shapes=(("rows",),),
                references="clusters",
                missing=-1,
                missing_share=0.5,
                tolerance=0.1,
                source="s",
                examples=("1", '"x"', '{"k":[1]}'),
            ),
            column("log", document='{"type":"object"}', lines=True),
            rows=RowsSpec(agree=True, exempt=("a", "far"), at_least=3),
        )
        assert judge.terms == {
            "a": Terms(
                "d", "s", ("number",), (("rows",),), "clusters", -1, True, "s", 0.5, 0.1,
                examples=(1, "x", {"k": [1]}),
            ),
            "log": Terms(document={"type": "object"}, lines=True),
            "far": Terms(own_rows=True),
        }  # fmt: skip
        assert (judge.rows_agree, judge.rows_at_least, judge.required) == (True, 3, ())

    def test_a_pattern_is_for_many_and_an_exact_name_comes_first(self) -> None:
        judge = contract(column("*_times", check("sorted")), column("go_times", POSITIVE))
        assert faults(judge, [2.0, -1.0], "no_times") == {("no_times", "sorted", (1,))}
        assert faults(judge, [2.0, -1.0], "go_times") == {("go_times", "greater_than_or_equal_to", (1,))}

    def test_what_a_pattern_exempts_is_still_judged_by_it(self) -> None:
        judge = contract(
            column("*_times", check("sorted"), dtypes=("number",)), rows=RowsSpec(exempt=("go_times",))
        )
        assert judge.terms["go_times"] == Terms(dtypes=("number",), own_rows=True)
        assert faults(judge, [2.0, -1.0], "go_times") == {("go_times", "sorted", (1,))}

    def test_a_table_that_is_an_attribute_is_judged_by_its_columns(self) -> None:
        judge = contract(column("metrics.label", POSITIVE))
        table = pd.DataFrame({"label": [1.0, -1.0], "other": 0.0})
        plan = plan_of(judge, table, "metrics")
        assert [lane.names for lane in plan.lanes] == [("metrics.label",)]

    def test_required_columns_are_those_of_tables(self) -> None:
        judge = contract(column(required=True), column("b"))
        table = pd.DataFrame({"b": [1.0], "c": [1.0]})
        assert told(plan_of(judge, table, "table").problems) == {("ALF308", "a", "required")}
        assert not plan_of(judge, np.array([1.0]), "b").problems
        part = contract(column("metrics.label", required=True))
        assert not plan_of(part, table, "table").problems
        assert told(plan_of(part, table, "metrics").problems) == {("ALF308", "metrics.label", "required")}
        with pytest.raises(ContractError, match=r"\*_x.*cannot be required"):
            contract(column("*_x", required=True))

    def test_a_strict_table_has_what_is_listed(self) -> None:
        pairs = column("pairs", shapes=(("rows", 2),))
        judge = contract(column(), pairs, column("pairs_0"), strict=True)
        table = pd.DataFrame({"a": [1.0], "pairs_0": [1.0], "pairs_1": [1.0], "extra": [1.0]})
        assert told(plan_of(judge, table, "table").problems) == {("ALF311", "extra", "strict")}

    def test_a_check_that_pandera_does_not_take_is_told(self) -> None:
        judge = contract(column("a", check("in_range", min_value=2, max_value=1)))
        with pytest.raises(PluginError, match=r"lab\.things@1\.0\.0.*a: the check in_range cannot be made"):
            run(judge, [np.array([1.0])])


class TestComponents:
    PAIRS = column("pairs", POSITIVE, shapes=(("rows", 2),))

    def test_of_a_known_width_they_are_judged_without_an_entry(self) -> None:
        judge = contract(self.PAIRS)
        assert faults(judge, [[0.0, -1.0]], "pairs") == {("pairs_1", "greater_than_or_equal_to", (0,))}
        wide = contract(column("pairs", POSITIVE, shapes=(("rows", 20),)))
        assert faults(wide, [[0.0] * 19 + [-1.0]], "pairs") == {("pairs", "greater_than_or_equal_to", (0,))}

    def test_of_any_width_they_are_so_where_one_is_named(self) -> None:
        for shapes in ((), (("rows", "k"),)):
            whole = contract(column("pairs", POSITIVE, shapes=shapes))
            assert faults(whole, [[0.0, -1.0]], "pairs") == {("pairs", "greater_than_or_equal_to", (0,))}
            judge = contract(column("pairs", POSITIVE, shapes=shapes), column("pairs_1"))
            assert faults(judge, [[9.0, 9.0, 9.0, -1.0]], "pairs") == {
                ("pairs_3", "greater_than_or_equal_to", (0,))
            }

    def test_what_an_entry_leaves_open_the_attribute_says(self) -> None:
        judge = contract(self.PAIRS, column("pairs_0", check("whole_number")), column("pairs_1"))
        assert faults(judge, [[-1.0, -1.0], [0.5, 0.5], [NAN, NAN]], "pairs") == {
            ("pairs_0", "greater_than_or_equal_to", (0,)),
            ("pairs_0", "whole_number", (1,)),
            ("pairs_1", "greater_than_or_equal_to", (0,)),
        }

    def test_of_a_check_that_both_have_the_components_holds(self) -> None:
        own = check("greater_than_or_equal_to", min_value=-5)
        judge = contract(self.PAIRS, column("pairs_0", own, nullable=False))
        assert faults(judge, [[-1.0, -1.0], [-6.0, 0.0], [NAN, NAN]], "pairs") == {
            ("pairs_0", "greater_than_or_equal_to", (1,)),
            ("pairs_0", "not_nullable", (2,)),
            ("pairs_1", "greater_than_or_equal_to", (0,)),
        }

    def test_uniqueness_is_the_attributes_too(self) -> None:
        pairs = column("pairs", unique=True, shapes=(("rows", 2),))
        assert faults(contract(pairs), [[0, 0], [1, 0]], "pairs") == {("pairs_1", "unique", (1,))}
        warned = contract(pairs, column("pairs_1", check("unique", Severity.WARNING)))
        problem = only(run(warned, [np.array([[0, 0], [1, 0]])], "pairs"), 0)
        assert (problem.column, problem.severity) == ("pairs_1", Severity.WARNING)

    def test_patterns_leave_it_to_patterns(self) -> None:
        judge = contract(column("*_x", POSITIVE, shapes=(("rows", 2),)), column("*_x_0", check("sorted")))
        assert faults(judge, [[1.0, 0.0], [-1.0, -1.0]], "go_x") == {
            ("go_x_0", "sorted", (1,)),
            ("go_x_0", "greater_than_or_equal_to", (1,)),
            ("go_x_1", "greater_than_or_equal_to", (1,)),
        }

    @pytest.mark.parametrize("shapes", [(), (("rows", 2),), (("rows",), ("rows", 2)), (("rows", "points"),)])
    def test_a_relation_that_names_them_is_reason_enough(self, shapes: Any) -> None:
        judge = contract(
            column("pairs", POSITIVE, shapes=shapes),
            relations=(RelationSpec(name="order", compare=("le", "pairs_0", "pairs_1")),),
        )
        assert faults(judge, [[1.0, 0.0], [-1.0, 2.0]], "pairs") == {
            ("pairs_0", "greater_than_or_equal_to", (1,)),
            ("pairs_0 and pairs_1", "order", (0,)),
        }

    def test_those_of_a_pattern_do_not_catch_those_of_another_entry(self) -> None:
        judge = contract(
            column("*_x", shapes=(("rows", 2),)),
            column("go_x", POSITIVE, shapes=(("rows", 2),)),
            relations=(RelationSpec(name="order", compare=("le", "*_x_0", "*_x_1")),),
        )
        assert faults(judge, [[-1.0, -2.0]], "go_x") == {
            ("go_x_0", "greater_than_or_equal_to", (0,)),
            ("go_x_1", "greater_than_or_equal_to", (0,)),
            ("go_x_0 and go_x_1", "order", (0,)),
        }
        assert faults(judge, [[-1.0, -2.0]], "no_x") == {("no_x_0 and no_x_1", "order", (0,))}


class TestRelations:
    TABLE = pd.DataFrame({"a": [1.0, 2.0, 3.0, NAN, 5.0], "b": [2.0, 2.0, 2.0, 2.0, -1.0]})

    def rows(self, relation: RelationSpec, **of_b: Any) -> tuple[int, ...]:
        judge = contract(column("a"), column("b", **of_b), relations=(relation,))
        return tuple(row for _, _, rows in faults(judge, self.TABLE, "table") for row in rows)

    @pytest.mark.parametrize(
        ("op", "rows"),
        [("le", (2, 4)), ("lt", (1, 2, 4)), ("ge", (0,)), ("gt", (0, 1)), ("eq", (0, 2, 4)), ("ne", (1,))],
    )
    def test_columns_are_compared(self, op: str, rows: tuple[int, ...]) -> None:
        assert self.rows(RelationSpec(name="r", compare=(op, "a", "b"))) == rows

    def test_what_stands_for_missing_is_skipped(self) -> None:
        assert self.rows(RelationSpec(name="r", compare=("le", "a", "b")), missing=-1) == (2,)

    def test_a_tolerance_forgives(self) -> None:
        assert self.rows(RelationSpec(name="r", compare=("le", "a", "b"), tolerance=1)) == (4,)
        assert self.rows(RelationSpec(name="r", check="a <= b", tolerance=1)) == (4,)

    def test_only_the_rows_that_are_meant_are_judged(self) -> None:
        assert self.rows(RelationSpec(name="r", compare=("le", "a", "b"), when="a < 5")) == (2,)
        assert self.rows(RelationSpec(name="r", check="a < 2", when="b == 2")) == (1, 2)
        assert self.rows(RelationSpec(name="r", check="b > 5", when="missing(a)")) == (3,)

    def test_presence_is_judged_where_values_are_missing(self) -> None:
        assert self.rows(RelationSpec(name="r", check="present(a)")) == (3,)
        assert self.rows(RelationSpec(name="r", check="present(b)"), missing=2) == (0, 1, 2, 3)

    def test_a_star_may_meet_the_column_of_a_condition(self) -> None:
        judge = contract(
            column("*_x", shapes=(("rows", 2),)),
            relations=(RelationSpec(name="r", compare=("le", "*_x_0", "*_x_1"), when="go_x_0 > 1"),),
        )
        assert faults(judge, [[1.0, 0.0], [2.0, 0.0]], "go_x") == {("go_x_0 and go_x_1", "r", (1,))}

    def test_it_is_told_in_words(self) -> None:
        long = RelationSpec(name="r", check="a  <=\n b", when="b > 0", severity=Severity.WARNING)
        judge = contract(column("a"), column("b"), relations=(long,))
        problem = only(run(judge, [self.TABLE], "table"), 0)
        assert problem.severity is Severity.WARNING
        assert problem.message == "1 of 5 rows break a <= b, when b > 0 (row 2: (3, 2))"
        own = contract(
            column("a"),
            column("b"),
            relations=(RelationSpec(name="r", compare=("le", "a", "b"), description="a first"),),
        )
        assert only(run(own, [self.TABLE], "table"), 0).expected == "a first"

    @pytest.mark.parametrize(
        "relation",
        [
            RelationSpec(name="r", compare=("le", "a", "text")),
            RelationSpec(name="r", check="text > 1"),
            RelationSpec(name="r", check="present(a)", when="text + 1 > 2"),
        ],
    )
    def test_columns_that_do_not_fit_are_the_contracts_fault(self, relation: RelationSpec) -> None:
        table = pd.DataFrame({"a": [1.0], "text": np.array(["x"], object)})
        judge = contract(column("a"), column("text"), relations=(relation,))
        problem = only(run(judge, [table], "table"), 0)
        assert (problem.code, problem.severity) == ("ALF901", Severity.UNVERIFIED)
        assert "text holds text" in problem.message

    def test_a_relation_that_cannot_be_read_is_refused(self) -> None:
        with pytest.raises(ContractError, match="powers"):
            contract(column("a"), relations=(RelationSpec(name="r", check="a ** 2 > 1"),))


def test_a_contract_about_sessions_matches_no_dataset() -> None:
    terms = SessionTerms()
    made = contract(match=None, session=terms)
    assert (made.match, made.session) == (NOTHING, terms)
    assert made.spec is not None


def test_a_contract_is_built_without_pandera() -> None:
    code = (
        "import sys; from alfcheck.contracts import build, spec, model\n"
        "r = spec.RelationSpec(name='r', check='a > 1')\n"
        "a = spec.ColumnSpec(name='a')\n"
        "build.build(spec.ContractSpec(id='l.t', version='1.0.0', columns=(a,), relations=(r,)))\n"
        "print(sorted({'pandera', 'pandas', 'numpy', 'pint', 'jsonschema'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


TEXT = """alfcheck: 1
id: lab.{name}
version: 1.0.0
owner: lab
description: Things.
match:
  object: things
columns:
  a:
    nullable: true
"""


class TestFolders:
    def test_the_files_of_a_folder_are_listed_and_read_when_asked(self, tmp_path: Path) -> None:
        (tmp_path / "deep").mkdir()
        for name in ("z.yaml", "deep/b.yml", "a.yaml"):
            (tmp_path / name).write_text(TEXT.format(name=Path(name).stem), encoding="utf-8")
        (tmp_path / "notes.txt").write_text("no contract", encoding="utf-8")
        files = contracts_in(tmp_path)
        assert [each.label for each in files] == ["lab.a@1.0.0", "lab.b@1.0.0", "lab.z@1.0.0"]
        made = files[0].load()
        assert (made.id, made.file, made.terms) == ("lab.a", str(tmp_path / "a.yaml"), {"a": Terms()})
        assert contract_file(tmp_path / "a.yaml").match == Match(object="things")

    def test_a_contract_about_sessions_says_so_in_its_head(self, tmp_path: Path) -> None:
        text = TEXT.format(name="s").partition("match:")[0]
        text += "session:\n  datasets:\n    - required: alf/a.b.npy\n"
        (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
        (found,) = contracts_in(tmp_path)
        assert (found.match, found.judges_sessions) == (NOTHING, True)
        assert found.load().session is not None

    def test_two_files_with_one_label_are_refused(self, tmp_path: Path) -> None:
        for name in ("a.yaml", "b.yaml"):
            (tmp_path / name).write_text(TEXT.format(name="same"), encoding="utf-8")
        with pytest.raises(ContractError, match=r"b\.yaml.*lab\.same@1\.0\.0 is in .*a\.yaml too"):
            contracts_in(tmp_path)

    def test_a_mistake_is_told_when_the_file_is_read(self, tmp_path: Path) -> None:
        text = TEXT.format(name="a").replace("nullable", "nulable")
        (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
        (found,) = contracts_in(tmp_path)
        with pytest.raises(ContractError, match=r"a\.yaml:10"):
            found.load()
