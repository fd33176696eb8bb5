"""Every mistake in a contract file is told, with its place and the way out; and those between files."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from contract_mistakes import CASES, HEAD, SOUND, Case, column, columns, dataset

from alfcheck.contracts.build import contracts_in
from alfcheck.contracts.language import Mistake, contradictions, lint_files, parse_text, read_spec
from alfcheck.contracts.spec import ContractSpec
from alfcheck.errors import ContractError

ALL = [pytest.param(case, id=f"{part}: {case[0]}") for part, cases in CASES.items() for case in cases]
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\n"


def marked(text: str) -> tuple[str, int, int]:
    """Part a text with a mark into the text alone and the place of the mark."""
    before, _, after = text.partition(">>")
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize("case", ALL)
def test_a_mistake_is_told_with_its_place_and_the_way_out(case: Case) -> None:
    _, given, message, fix = case
    text, line, place = marked(given)
    parsed = parse_text(text, "licks.yaml")
    assert parsed.spec is None
    assert len(parsed.mistakes) == 1, parsed.mistakes
    (mistake,) = parsed.mistakes
    assert (mistake.file, mistake.line, mistake.column) == ("licks.yaml", line, place), mistake
    assert re.search(message, mistake.message), mistake
    assert re.search(fix, mistake.fix), mistake
    assert str(mistake) == f"licks.yaml:{line}:{place}: {mistake.message}; {mistake.fix}"


def test_there_are_many_kinds_of_mistakes() -> None:
    assert len(ALL) >= 150
    assert len({case.values[0][2] for case in ALL}) >= 100  # type: ignore[index]


def test_the_samples_are_sound_without_their_mistakes() -> None:
    for text in (SOUND, column("dtype: number"), columns("a: {}"), dataset("required: a.b.npy")):
        assert parse_text(text, "").mistakes == ()


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    text = (
        HEAD + "status: activ\nmatch: {object: licks}\ncolumns:\n  times: {dtype: str, is_in: [1], ge: a}\n"
    )
    found = parse_text(text, "a.yaml").mistakes
    assert [(each.line, each.column) for each in found] == [(4, 9), (7, 18), (7, 23), (7, 39)]


def test_a_file_full_of_mistakes_is_no_flood() -> None:
    text = SOUND + "".join(f"wrong{number}: 1\n" for number in range(20_000))
    assert len(parse_text(text, "a.yaml").mistakes) == 100


def test_an_alias_bomb_is_no_work() -> None:
    bomb = BOMB + "".join(
        f"{chr(99 + n)}: &{chr(99 + n)} [*{chr(98 + n)}, *{chr(98 + n)}]\n" for n in range(20)
    )
    found = parse_text(HEAD + bomb, "a.yaml").mistakes
    assert sum("alias" in each.message for each in found) > 20


def many(form: str, number: int) -> str:
    return ", ".join(form.format(index) for index in range(number))


NUMBERS = many("{}", 20_000)
HOSTILE = {
    "two sets": column(f"isin: [{NUMBERS}], notin: [{NUMBERS}]"),
    "many sets": column(f"checks: [{many('{{isin: [1, 2, {}]}}', 4000)}]"),
    "many limits": column(f"checks: [{many('{{ge: 1}}, {{le: {}.5}}', 5000)}]"),
    "many examples": column(
        f"str_matches: '.*a.*b.*c', examples: [{many('aaaaaaaaaaaaaaaaaaaaaaaa{}', 9000)}]"
    ),
    "many components": columns(*(f"a{index}_0: {{}}" for index in range(9000))),
    "many exempt": SOUND + f"rows: {{except: [{many('a{}', 20_000)}]}}\n",
    "a large schema": column(f"document: {{properties: {{{many('a{}: {{type: string}}', 1600)}}}}}"),
    "many units": columns(*(f"a{index}: {{unit: q{index}}}" for index in range(8000))),
    "a long number": column(f"ge: {'9' * 900_000}"),
    "a long time": column(f"ge: 1{':1' * 400_000}"),
    "a long set": HEAD + f"match: {{object: '{'[' * 900_000}'}}\n",
    "a deep list": "[" * 900_000,
    "patterns and relations": columns(*(f"'a{index}*': {{}}" for index in range(4000)))
    + "relations:\n"
    + "".join(f"  r{index}: {{lt: [a{index}, ab]}}\n" for index in range(2000)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_file_takes_long_however_it_is_made(text: str) -> None:
    start = time.process_time()
    parse_text(text, "a.yaml")
    assert time.process_time() - start < 5


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_reading_a_file_raises_with_a_line_for_each_mistake(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml", SOUND + "owner: 1\nstatus: activ\n")
    with pytest.raises(ContractError) as raised:
        read_spec(path)
    assert str(raised.value).splitlines() == [
        f'{path}:7:8: owner must be text, but is the number 1; put it in quotes: "1"',
        f"{path}:8:9: status cannot be 'activ'; is 'active' meant?",
    ]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("latin.yaml", HEAD.encode() + b"owner: J\xf6rg\n", ":4:9: the text is not UTF-8: byte 0xf6; save"),
        ("large.yaml", b"#" * (2**20 + 1), ":1:1: the file has 1048577 bytes; at most 1048576 are read"),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    (mistake,) = lint_files([path])
    assert message in str(mistake)


def test_what_is_no_file_is_a_mistake(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    found = lint_files([tmp_path, tmp_path / "absent.yaml", tmp_path / "pipe.yaml"])
    assert [each.message for each in found] == [
        "this is a folder and no file",
        "the file cannot be read: No such file or directory",
        "this is a pipe and no file",
    ]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda folder: (folder / "UP.YAML").write_text(SOUND), "UP.YAML: contract files end with"),
        (lambda folder: (folder / "a.yml").symlink_to(folder / "absent.yaml"), "a.yml: the file cannot be"),
        (lambda folder: (folder / "a.yml").symlink_to("/dev/zero"), "a.yml: this is a link that leads out"),
        (lambda folder: os.mkfifo(folder / "a.yml"), "a.yml: this is a pipe and no file"),
    ],
)
def test_no_file_of_a_folder_is_passed_over(
    tmp_path: Path, spoil: Callable[[Path], object], why: str
) -> None:
    write(tmp_path, "licks.yaml", SOUND)
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "same.yaml.link").symlink_to(tmp_path / "licks.yaml")
    assert [each.id for each in contracts_in(tmp_path)] == ["lab.licks"]
    spoil(tmp_path)
    with pytest.raises(ContractError, match=why):
        contracts_in(tmp_path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SOUND.encode())
    assert lint_files([path]) == ()
    assert read_spec(path).id == "lab.licks"


def test_two_files_with_one_label(tmp_path: Path) -> None:
    first = write(tmp_path, "a.yaml", SOUND)
    second = write(tmp_path, "b.yaml", "# the same\n" + SOUND)
    assert lint_files([second, first]) == (
        Mistake(
            str(first),
            2,
            1,
            f"the contract lab.licks@1.0.0 is in {second}:3:1 (lab.licks@1.0.0) too",
            "give one of them another id, or a later version",
        ),
    )


def test_a_file_named_twice_is_one_file(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml", SOUND)
    assert lint_files([path, path], [read_spec(path)]) == ()


def test_files_that_contradict_each_other_are_both_named(tmp_path: Path) -> None:
    first = write(tmp_path, "a.yaml", SOUND)
    text = SOUND.replace("lab.licks", "other.licks").replace("floating", "integer")
    second = write(tmp_path, "b.yaml", text)
    (mistake,) = lint_files([first, second])
    assert (mistake.file, mistake.line, mistake.column) == (str(second), 6, 3)
    assert f"{first}:6:3 (lab.licks@1.0.0)" in mistake.message
    assert "floating in the other" in mistake.message
    assert mistake.fix.startswith("change one of the two")
    (again,) = lint_files([second], [read_spec(first)])
    assert "times contradicts lab.licks@1.0.0" in again.message


def test_versions_of_one_contract_may_differ(tmp_path: Path) -> None:
    first = write(tmp_path, "a.yaml", SOUND)
    second = write(tmp_path, "b.yaml", SOUND.replace("1.0.0", "2.0.0").replace("floating", "integer"))
    assert lint_files([first, second]) == ()


def spec(terms: str, *, name: str = "times", match: str = "object: licks", more: str = "") -> ContractSpec:
    text = f"{HEAD}match: {{{match}}}\ncolumns:\n  {name}: {{{terms}}}\n{more}"
    parsed = parse_text(text, "")
    assert parsed.spec is not None, parsed.mistakes
    return parsed.spec


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        ("dtype: floating", "dtype: integer", "dtype is floating in one and integer"),
        ("dtype: float32", "dtype: float64", "dtype is float32"),
        ("dtype: [bool, string]", "dtype: number", "dtype is bool or string"),
        ("shape: [rows]", "shape: [rows, 2]", "shape is \\[rows\\] in one and \\[rows, 2\\]"),
        ("shape: [rows, 3]", "shape: [[rows, 2], [rows, channels, 2]]", "shape is"),
        ("unit: s", "unit: ms", "unit is s in one and ms"),
        ("unit: px", "unit: um", "unit is px"),
        ("references: clusters", "references: templates", "references is 'clusters'"),
        ("references: clusters", "references: none", "references is 'clusters' in one and none in the other"),
        ("missing: -1", "missing: 0", "missing is -1"),
        ("ge: 2", "lt: 2", "at least 2 and less than 2"),
        ("in_range: [0, 1]", "ge: 1.5", "at least 1.5 and at most 1"),
        ("isin: [1, 2]", "isin: [3]", "none of 3 passes"),
        ("isin: [1, 2]", "ge: 3", "none of 1, 2"),
        ("eq: 1", "ne: 1", "none of 1"),
        ("isin: [1, 2]", "notin: [2, 1]", "none of 1, 2"),
        ("isin: [a, b]", 'str_matches: "^c"', "none of a, b"),
        ("isin: [0.5]", "whole_number: true", "none of 0.5"),
        ("dtype: integer", "dtype: number, isin: [0.5]", "none of 0.5"),
        ("dtype: integer, gt: 0", "dtype: integer, lt: 1", "dtype integer is within"),
        ("dtype: uint8", "dtype: integer, lt: 0", "dtype uint8 and integer"),
        ("str_length: 3", "str_length: 4", "at least 4 and at most 3 characters"),
        ("document: {type: object}", "document: {type: array}", "its document is object in one and array"),
    ],
)
def test_terms_that_cannot_both_be_kept(one: str, other: str, what: str) -> None:
    for first, second in ((spec(one), spec(other)), (spec(other), spec(one))):
        (found,) = contradictions(first, second)
        assert found[0] == "times"
    ((_, said),) = contradictions(spec(one), spec(other))
    assert re.search(what, said)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("dtype: number", "dtype: float64"),
        ("dtype: floating", "dtype: [float64, integer]"),
        ("dtype: integer", "dtype: uint8"),
        ("shape: [[rows], [rows, 1]]", "shape: [rows]"),
        ("shape: [rows, 1]", "shape: [rows]"),
        ("shape: [rows, channels]", "shape: [rows, 4]"),
        ("shape: [rows, channels]", "shape: [samples, channels]"),
        ("unit: s", "unit: second"),
        ("unit: V", ""),
        ("missing: -1", "ge: 0"),
        ("nullable: true", "nullable: false"),
        ("ge: 0", "ge: 5"),
        ("ge: 2", "le: 2"),
        ("gt: 2, tolerance: 0.1", "lt: 2"),
        ("ge: {min_value: 5, severity: warning}", "lt: 2"),
        ("isin: [1, 2, 3]", "isin: [3]"),
        ("sorted: true", "unique: true"),
        ("dtype: uint8", "dtype: integer, le: 0"),
        ("dtype: [uint8, int8]", "dtype: integer, lt: 0"),
        ("dtype: number, gt: 0", "dtype: number, lt: 1"),
        ("str_length: [1, 3]", "str_length: [3, 4]"),
        ("document: {type: object}", "document: {type: [array, object]}"),
        ("document: {type: number}", "document: {type: integer}"),
        ("references: clusters", ""),
        ("isin: [0.5]", "isin: [0.500001], tolerance: 1.0e-3"),
    ],
)
def test_a_stricter_contract_beside_a_lenient_one_is_no_contradiction(one: str, other: str) -> None:
    assert list(contradictions(spec(one), spec(other))) == []
    assert list(contradictions(spec(other), spec(one))) == []


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("object: licks", "object: licks", True),
        ("object: licks", "object: lick", False),
        ("object: 'l*'", "object: '*s'", True),
        ("object: 'l*'", "object: 'm*'", False),
        ("object: 'l?cks'", "object: licks", True),
        ("object: 'l*s'", "object: 'l?'", True),
        ("object: 'l*cks'", "object: 'l?'", False),
        ("object: 'l[ia]cks'", "object: 'l*ks'", True),
        ("object: '[a-m]*'", "object: '[n-z]*'", False),
        ("object: '[a-m]*'", "object: '[m-z]*'", True),
        ("object: '[!a-m]*'", "object: '[a-k]*'", False),
        ("object: '[!a-m]*'", "object: licks", False),
        ("object: licks, namespace: ibl", "object: licks", True),
        ("object: licks, namespace: ibl", "object: licks, namespace: ''", False),
        ("object: licks, collection: 'alf*'", "object: licks, collection: 'raw*'", False),
        ("object: licks, collection: 'alf*'", "object: licks, collection: '*/probe00'", True),
        ("object: licks, extensions: [npy]", "object: licks, extensions: [pqt, csv]", False),
        ("object: licks, extensions: [npy]", "object: licks", True),
    ],
)
def test_only_contracts_that_may_match_the_same_datasets_are_compared(
    one: str, other: str, meet: bool
) -> None:
    first, second = spec("unit: s", match=one), spec("unit: m", match=other)
    assert [name for name, _ in contradictions(first, second)] == ["times"] * meet
    assert [name for name, _ in contradictions(second, first)] == ["times"] * meet


@pytest.mark.parametrize(
    ("one", "other", "named"),
    [
        ("goCue_times", '"*_times"', ["goCue_times"]),
        ('"*_times"', '"*_times"', ["*_times"]),
        ('"go*"', '"*_times"', []),
        ("goCue_times", "stimOn_times", []),
        ("times", "times_bpod", ["times_bpod"]),
        ("goCue_times", "times", []),
        ("intervals_bpod", '"inter*"', ["intervals_bpod"]),
    ],
)
def test_columns_are_compared_by_name_and_pattern(one: str, other: str, named: list[str]) -> None:
    first, second = spec("unit: s", name=one), spec("unit: m", name=other)
    assert [name for name, _ in contradictions(first, second)] == named
    assert [name for name, _ in contradictions(second, first)] == named


def test_a_strict_contract_contradicts_one_that_requires_another_column() -> None:
    strict = spec("dtype: number", more="strict: true\n")
    other = spec("required: true", name="amps")
    assert [name for name, _ in contradictions(strict, other)] == ["amps"]
    assert list(contradictions(strict, spec("", name="amps"))) == []


def test_relations_that_exclude_each_other() -> None:
    def related(key: str) -> ContractSpec:
        return spec("", more=f"  a: {{}}\nrelations:\n  one: {{{key}: [times, a]}}\n")

    assert list(contradictions(related("lt"), related("ge"))) == [
        ("one", "the relations 'one' and 'one' exclude each other")
    ]
    assert list(contradictions(related("le"), related("ge"))) == []
