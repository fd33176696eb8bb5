"""What contract files say: every word, its meaning, the way back to text, the published schema, the head."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from contract_mistakes import CASES, HEAD, MATCH, SOUND, TIMES, column, columns
from contract_texts import EVERYTHING
from jsonschema import Draft202012Validator

from alfcheck.contracts.build import build
from alfcheck.contracts.language import (
    Head,
    Place,
    dump_spec,
    parse_text,
    read_head,
    unit_fault,
)
from alfcheck.contracts.language.believed import believe
from alfcheck.contracts.language.checks import CHECKS
from alfcheck.contracts.language.keys import COLUMN, CONDITION, CONTRACT, RELATION, ROWS, SESSION, WANTED
from alfcheck.contracts.language.keys import MATCH as MATCH_KEYS
from alfcheck.contracts.language.published import render_schema
from alfcheck.contracts.language.units import COMMON_UNITS, OWN_UNITS, same_unit
from alfcheck.contracts.model import Condition, Match, Wanted
from alfcheck.contracts.spec import CheckSpec, ColumnSpec, ContractSpec, RelationSpec
from alfcheck.errors import ContractError
from alfcheck.model import Severity
from alfcheck.schema import load

ROOT = Path(__file__).parents[1]


def parse(text: str) -> ContractSpec:
    parsed = parse_text(text, "a.yaml")
    assert parsed.spec is not None, "\n".join(map(str, parsed.mistakes))
    return parsed.spec


def one(terms: str) -> ColumnSpec:
    (found,) = parse(column(terms)).columns
    return found


def test_everything_is_read_written_back_and_built() -> None:
    spec = parse(EVERYTHING)
    assert parse(dump_spec(spec)) == spec
    assert dump_spec(parse(dump_spec(spec))) == dump_spec(spec)
    assert build(spec).schema().columns.keys() >= {"span_0", "code", "label"}


def test_everything_holds_every_word() -> None:
    words = {
        key
        for keys in (CONTRACT, MATCH_KEYS, ROWS, COLUMN, RELATION, SESSION, WANTED, CONDITION)
        for key in keys
    }
    said = set(re.findall(r"[a-z_]+(?=:)", EVERYTHING))
    assert words | CHECKS.keys() <= said


def test_what_a_contract_says() -> None:
    spec = parse(EVERYTHING)
    assert (spec.label, spec.status, spec.owner) == ("lab.things@1.2.3-rc.1+build", "draft", "a lab")
    assert spec.match == Match("thing*", "lab", "alf*", ("npy", "pqt"))
    assert (spec.rows.agree, spec.rows.exempt, spec.rows.at_least) == (True, ("loose", "curated"), 1)
    assert spec.strict
    span = spec.column("span")
    assert span is not None
    assert (span.dtypes, span.shapes) == (("float64", "floating"), (("rows", 2), ("rows",)))
    assert (span.missing_share, span.tolerance, span.examples) == (0.05, 1e-6, ("[0,1]", "2.5", "null"))
    assert spec.column("span_1") == ColumnSpec(name="span_1", nullable=True)
    assert spec.relations[0] == RelationSpec(
        name="forwards",
        compare=("le", "span_0", "span_1"),
        tolerance=0.001,
        severity=Severity.WARNING,
        description="It ends after it begins.",
    )
    assert spec.session is not None
    assert spec.session.when == Condition(
        protocol="*World*", collection="raw*", device="probe", document=("a.description", "tasks/0", "*")
    )
    assert spec.session.datasets[3] == Wanted(
        kind="required",
        patterns=("alf/{probe}*/a.b.npy",),
        each="raw/{probe}",
        count=(1, 1),
        when=Condition(device="probe"),
    )
    assert [each.count for each in spec.session.datasets] == [None, None, (0, 2), (1, 1), (2, None)]


@pytest.mark.parametrize(
    ("written", "check"),
    [
        ("ge: 0", CheckSpec(name="greater_than_or_equal_to", arguments=(("min_value", 0),))),
        ("ge: {min_value: 0}", CheckSpec(name="greater_than_or_equal_to", arguments=(("min_value", 0),))),
        ("greater_than: 0.5", CheckSpec(name="greater_than", arguments=(("min_value", 0.5),))),
        ("lt: 1", CheckSpec(name="less_than", arguments=(("max_value", 1),))),
        ("le: 1", CheckSpec(name="less_than_or_equal_to", arguments=(("max_value", 1),))),
        ("eq: a", CheckSpec(name="equal_to", arguments=(("value", "a"),))),
        ("ne: true", CheckSpec(name="not_equal_to", arguments=(("value", True),))),
        ("in_range: [0, 1]", CheckSpec(name="in_range", arguments=(("max_value", 1), ("min_value", 0)))),
        (
            "in_range: {min_value: 0, max_value: 1, include_max: false, include_min: true}",
            CheckSpec(
                name="in_range", arguments=(("include_max", False), ("max_value", 1), ("min_value", 0))
            ),
        ),
        ("isin: [1, a]", CheckSpec(name="isin", arguments=(("allowed_values", (1, "a")),))),
        ("notin: {forbidden_values: [1]}", CheckSpec(name="notin", arguments=(("forbidden_values", (1,)),))),
        ("str_length: 3", CheckSpec(name="str_length", arguments=(("max_value", 3), ("min_value", 3)))),
        ("str_length: {max_value: 3}", CheckSpec(name="str_length", arguments=(("max_value", 3),))),
        ("sorted: true", CheckSpec(name="sorted")),
        ("sorted: {severity: warning}", CheckSpec(name="sorted", severity=Severity.WARNING)),
        ("unique: {error: once}", CheckSpec(name="unique", error="once")),
        (
            "ge: {min_value: 0, severity: warning, error: a count}",
            CheckSpec(
                name="greater_than_or_equal_to",
                arguments=(("min_value", 0),),
                severity=Severity.WARNING,
                error="a count",
            ),
        ),
    ],
)
def test_a_check_is_read_however_it_stands(written: str, check: CheckSpec) -> None:
    for terms in (written, f"checks: {{{written}}}", f"checks: [{{{written}}}]"):
        found = one(terms)
        assert found.checks == (check,)
        assert not found.unique


def test_checks_keep_their_order_and_may_stand_twice() -> None:
    found = one("le: 9, checks: [{ge: 1}, {ge: {min_value: 2, severity: warning}}], gt: 0")
    names = [check.name for check in found.checks]
    assert names == ["less_than_or_equal_to", *["greater_than_or_equal_to"] * 2, "greater_than"]
    spec = parse(column("checks: [{ge: 1}, {ge: {min_value: 2, severity: warning}}]"))
    assert parse(dump_spec(spec)) == spec


def test_unique_is_no_check_unless_it_says_more() -> None:
    assert one("unique: true").unique
    assert one("unique: true").checks == ()
    spec = parse(column("unique: {severity: warning}"))
    assert parse(dump_spec(spec)) == spec


def test_places_lead_to_keys_and_items() -> None:
    places = parse_text(columns("a: {isin: [1, 22]}", "b:", "  ge: 0"), "a.yaml").places
    assert places["id",] == Place(2, 1)
    assert places["columns", "a", "isin"] == Place(6, 7)
    assert places["columns", "a", "isin", 1] == Place(6, 17)
    assert places["columns", "b", "ge"] == Place(8, 5)


def test_a_column_of_a_table_may_be_called_anything() -> None:
    for name in ('"firing rate (Hz)"', "PC_1", "x", '"日本"'):
        assert parse(columns(f"{name}: {{dtype: number}}")).columns[0].name == name.strip('"')


def test_a_column_may_refer_to_nothing() -> None:
    text = column("dtype: string, references: none")
    spec = parse_text(text, "x").spec
    assert spec is not None
    assert spec.columns[0].references == ""
    assert "references: none" in dump_spec(spec)
    assert believe(text) == spec


def test_numbers_are_read_as_they_are() -> None:
    assert one("isin: [1, -2, 0.5, 1.0e-6, .5, 1.5e+3]").checks[0].arguments == (
        ("allowed_values", (1, -2, 0.5, 1e-6, 0.5, 1500.0)),
    )
    for terms in ("ge: 1e400", "ge: 18446744073709551616", f"ge: {'9' * 5000}", "ge: 1.0e+999"):
        assert parse_text(column(terms), "").spec is None
    assert one("le: 18446744073709551615").checks[0].arguments == (("max_value", 2**64 - 1),)


def test_texts_that_look_like_numbers_are_written_in_quotes() -> None:
    for word in ("INF", "1e5", "nan", "010", "12:30", "yes", "2024-01-01", "null"):
        spec = parse(column(f'missing: "{word}", isin: ["{word}"]'))
        assert parse(dump_spec(spec)) == spec


def test_texts_in_blocks_lose_the_last_line_break() -> None:
    spec = parse(SOUND + "description: >\n  Two\n  lines.\n")
    assert spec.description == "Two lines."
    assert parse(SOUND + 'description: "a\\n"\n').description == "a\n"


PANDERA = """\
schema_type: dataframe
version: 0.35.0
columns:
  choice:
    dtype: int64
    nullable: false
    {check}: [-1, 0, 1]
"""


def test_pandera_drops_a_misspelt_check_and_this_language_does_not() -> None:
    import pandas as pd
    from pandera.errors import SchemaError
    from pandera.io.pandas_io import from_yaml

    wrong = pd.DataFrame({"choice": [7]})
    with pytest.raises(SchemaError):
        from_yaml(PANDERA.format(check="isin")).validate(wrong)
    from_yaml(PANDERA.format(check="is_in")).validate(wrong)  # passes: the check is gone
    mistakes = parse_text(columns("choice: {dtype: int64, is_in: [-1, 0, 1]}"), "a.yaml").mistakes
    assert [str(each) for each in mistakes] == [
        "a.yaml:6:26: column 'choice' has no key 'is_in'; is 'isin' meant?"
    ]


def test_the_published_schema_is_the_vocabulary() -> None:
    path = ROOT / "alfcheck" / "schema" / "contract.schema.json"
    assert path.read_text("utf-8") == render_schema(), "write it anew with published.render_schema()"
    Draft202012Validator.check_schema(load("contract"))


def schema_faults(text: str) -> list[str]:
    document = yaml.safe_load(text)
    return [error.message for error in Draft202012Validator(load("contract")).iter_errors(document)]


def test_the_published_schema_accepts_what_the_parser_does() -> None:
    for text in (EVERYTHING, SOUND, dump_spec(parse(EVERYTHING)), column("checks: [{ge: 1}]")):
        assert schema_faults(text) == []


UNSEEN = {
    "file": """not YAML; tabs; empty; two documents; duplicate key; alias; tag; complex key; not
        first; too deep; too large; lone surrogate; logical key""",
    "match": """object; object set; collection up; extension pattern; rows except; namespace;
        reversed set""",
    "columns": """brackets in braces;
        argument with quotes; 1e-6; value 1e-6; value yes; octal; sexagesimal; infinite;
        not a number; missing NaN; in_range order; regex; endless regex; ge on text;
        matches on numbers; isin on numbers; isin on integers; eq on bytes; logical order; unit;
        unit of powers; no unit; share of nothing; tolerance of text; missing;
        references of text; required pattern; example; example missing; example row; impossible;
        impossible set; no component; component; beyond; component's unit; never asked;
        wrong argument; references; a file; a bracket; an empty set; a dot at the end;
        a dot at the front; lookahead; possessive; many repeats; half a repeat; POSIX set;
        verbose; Unicode; exact and limits; time and number; zone; week; times in a set;
        missing time; tolerance of times; two kinds; two kinds of checks; order of text;
        component with a zero; below bytes; above bytes; below int8; above float16;
        no whole number; none left; too short""",
    "documents": """anchor; id; large; remote; dangling; draft; pattern; example; slow pattern; keyword;
        properties; minimum; typ; own keyword; format; check; shape; unique; dtype""",
    "relations": """undeclared; near; beyond; array; itself; always; stars; kinds; expression; call;
        undeclared in an expression; when; contradiction; a number for true; not a number;
        text and number; number and text; text among numbers; among none;
        itself in an expression; calculated text""",
    "sessions": """word; other word; count; none required; no name; no extension; twice; one file;
        empty document""",
}
"""What a schema that sees one key at a time cannot see."""

SEEN = [
    pytest.param(case[1].replace(">>", ""), id=f"{part}: {case[0]}")
    for part, cases in CASES.items()
    for case in cases
    if case[0] not in " ".join(UNSEEN[part].split()).split("; ")
]


@pytest.mark.parametrize("text", SEEN)
def test_the_published_schema_refuses_mistakes_that_a_schema_can_see(text: str) -> None:
    assert schema_faults(text) != []


def test_the_published_schema_sees_a_good_part() -> None:
    assert len(SEEN) > 65


def test_units_that_are_known_are_pint_s() -> None:
    import pint

    units = pint.UnitRegistry()
    for name in COMMON_UNITS:
        assert units.parse_units(name) is not None
        assert unit_fault(name) is None


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "s",
            "seconds",
            "V**2/Hz",
            "V^2/Hz",
            "rad/s",
            "1/s",
            "px/s",
            "a.u./s",
            "°C",
            "µm",
            "S/m",
            "kg*m/s^2",
        ),
        *("m s**-1", "J/(kg*K)"),
        *sorted(OWN_UNITS),
    ],
)
def test_units_that_there_are(unit: str) -> None:
    assert unit_fault(unit) is None


@pytest.mark.parametrize(
    "unit", ["", " ", "sek", "V2/Hz", "s**99**99", "(s", "s)*(m", "s**", "__import__('os')", "m" * 99]
)
def test_units_that_there_are_not(unit: str) -> None:
    fault = unit_fault(unit)
    assert fault is not None
    assert "; " in fault


def test_equal_units() -> None:
    assert same_unit("s", "second")
    assert not same_unit("s", "ms")
    assert not same_unit("px", "css_pixel")
    assert not same_unit("code", "nothing")


def test_common_units_ask_neither_pint_nor_jsonschema() -> None:
    code = (
        "import sys; from alfcheck.contracts.language import parse_text\n"
        f"assert parse_text({column('unit: s, dtype: number')!r}, '').spec\n"
        "print([m for m in ('pint', 'jsonschema', 'pandas', 'pandera', 'numpy') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_a_plain_head_asks_not_even_for_yaml(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + "description: Licks, all of them.\nmatch:\n  object: licks\n" + TIMES)
    code = (
        "import sys; from alfcheck.contracts.language import read_head\n"
        f"assert read_head({str(path)!r}).match; print('yaml' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "a.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    return path


LICKS = Match("licks")
SESSION_PART = "session:\n  datasets: [{optional: a.b.npy}]\n"


@pytest.mark.parametrize(
    ("text", "match", "has_session"),
    [
        (SOUND, LICKS, False),
        (SOUND + SESSION_PART, LICKS, True),
        (HEAD + SESSION_PART, None, True),
        (HEAD + SESSION_PART + MATCH + TIMES, LICKS, True),
        (HEAD + TIMES + MATCH, LICKS, False),
        (SOUND.replace("\n", "\r\n"), LICKS, False),
        (json.dumps(yaml.safe_load(SOUND)), LICKS, False),
        (HEAD + 'match: {object: "l*", namespace: ""}\n' + TIMES, Match("l*", ""), False),
        (
            HEAD + "match:\n  object: licks # all\n  extensions: [npy]\n" + TIMES,
            Match("licks", extensions=("npy",)),
            False,
        ),
        (
            HEAD + "match:\n  object: 'l*'\n  collection: \"alf/*\"\n" + TIMES,
            Match("l*", None, "alf/*"),
            False,
        ),
        (HEAD + 'owner: "a\ncolumns: b"\n' + MATCH + TIMES, LICKS, False),
        (SOUND + 'description: "a\nsession: b"\n', LICKS, False),
        (HEAD + "description: |\n  match:\n  columns:\n" + MATCH + TIMES, LICKS, False),
        (HEAD + "rows:\n  agree: true\n" + MATCH + TIMES, LICKS, False),
    ],
)
def test_the_head_says_what_the_whole_says(
    tmp_path: Path, text: str, match: Match | None, has_session: bool
) -> None:
    head = read_head(write(tmp_path, text))
    assert head == Head("lab.licks", "1.0.0", match, has_session)
    spec = parse(text)
    assert (spec.match, spec.session is not None) == (match, has_session)


@pytest.mark.parametrize(
    "text",
    [
        SOUND.replace("lab.licks", "licks"),
        SOUND.replace("1.0.0", "1.0"),
        SOUND.replace("object", "objekt"),
        SOUND.replace("alfcheck: 1", "alfcheck: 2"),
        SOUND.replace("{object: licks}", "{object: no}"),
        HEAD + "match:\n  object: no\n" + TIMES,
        HEAD + "match:\n  object: licks\n  extensions: [npy, npy]\n" + TIMES,
        HEAD + "id: lab.licks\n" + MATCH + TIMES,
        "alfcheck: 1\n",
        "",
    ],
)
def test_a_head_with_a_mistake_raises(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ContractError, match=re.escape(str(path))):
        read_head(path)


def test_a_head_does_not_mind_mistakes_further_down(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + MATCH + "columns: {times: {is_in: [1]}}\n")
    assert read_head(path).match == LICKS


def test_a_spec_from_elsewhere_is_written_in_the_same_order() -> None:
    spec = parse(SOUND)
    assert dump_spec(spec) == (
        "alfcheck: 1\nid: lab.licks\nversion: 1.0.0\nmatch: {object: licks}\ncolumns:\n"
        "  times:\n    dtype: floating\n    shape: [rows]\n"
    )
    assert "status: draft" in dump_spec(replace(spec, status="draft"))


PAGE = ROOT / "docs" / "contract-language.md"
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL) if PAGE.exists() else []


def whole(fragment: str) -> str:
    """Make a file of an example, which leaves out what it is not about."""
    if fragment.startswith("alfcheck:"):
        return fragment
    keys = set(re.findall(r"^[a-z]+(?=:)", fragment, re.MULTILINE))
    added = HEAD + ("" if "match" in keys or keys == {"session"} else MATCH)
    return added + fragment + ("" if "columns" in keys or keys == {"session"} else TIMES)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_example_of_the_page_is_a_contract(block: str) -> None:
    assert parse_text(whole(block), "page").mistakes == ()
    assert schema_faults(whole(block)) == []


def test_the_page_has_an_example_for_every_word() -> None:
    said = {word for block in BLOCKS for word in re.findall(r"[a-z_]+(?=:)", block)}
    words = {
        key
        for keys in (CONTRACT, MATCH_KEYS, ROWS, COLUMN, RELATION, SESSION, WANTED, CONDITION)
        for key in keys
    }
    short = {word.written for word in CHECKS.values()}
    assert words | short <= said, (words | short) - said
    assert all(f"`{unit}`" in PAGE.read_text("utf-8") for unit in OWN_UNITS)
