"""JSON, JSON lines and YAML; pointers; and the examples of the rules on content."""

from __future__ import annotations

import json

import pytest
from content_bytes import READ, codes, message, one_loads, read

from alfcheck.model import Example, Rule, Severity
from alfcheck.readers.absent import absent_content
from alfcheck.rules.content import RULES


def labels(cases: list[tuple[str, bytes]]) -> list[str]:
    return [f"{code}-{data[:12]!r}" for code, data in cases]


BAD_JSON = [
    ("ALF202", b""),
    ("ALF207", b"\xef\xbb\xbf{}"),
    ("ALF207", '{"a": "é"}'.encode("latin-1")),
    ("ALF211", b"  "),
    ("ALF211", b'{"a": 1,}'),
    ("ALF211", b'{"a": 1}\n{"a": 2}\n'),
    ("ALF211", b"1" * 5000),
    ("ALF212", b'{"a": NaN, "b": [Infinity]}'),
    ("ALF212", b'{"a": 1, "a": 2}'),
    ("ALF212", b'{"a": "\\ud800"}'),
    ("ALF217", b"[" * 100_000 + b"]" * 100_000),
    ("ALF217", b'{"a":' * 100_000),
]


@pytest.mark.parametrize(("code", "data"), BAD_JSON, ids=labels(BAD_JSON))
@pytest.mark.parametrize("large", [False, True])
def test_bad_json(code: str, data: bytes, large: bool) -> None:
    assert codes("a.b.json", data, large=large) == [code]


def test_json_messages() -> None:
    assert "line 2, column 3" in message("a.b.json", b'{"a": 1,\n  ,}')
    assert ".jsonable" in message("a.b.json", b'{"a": 1}\n{"a": 2}\n')
    assert "'a'" in message("a.b.json", b'{"a": 1, "a": 2}')


def test_json_that_one_reads_is_read() -> None:
    data = b'{"a": "[[[[", "b": NaN, "c": "\\u00e9"}'
    document = read("a.b.json", data).document
    assert json.dumps(document) == json.dumps(one_loads("a.b.json", data))


def test_brackets_in_strings_are_no_depth() -> None:
    assert codes("a.b.json", json.dumps(["[" * 2000, "\\" + '"' + "{" * 2000]).encode()) == []
    assert codes("a.b.json", json.dumps([[]] * 2000).encode()) == []


def test_half_characters_are_replaced() -> None:
    document = read("a.b.json", b'{"a": "\\ud800", "b": "\\ud83d\\ude00"}').document
    assert document == {"a": "?", "b": "\U0001f600"}


BAD_LINES = [
    ("ALF202", b""),
    ("ALF207", b"\xef\xbb\xbf1\n"),
    ("ALF207", b'1\n"\xff"\n'),
    ("ALF211", b"1\n\n2\n"),
    ("ALF211", b"\n"),
    ("ALF211", b"1\n{\n"),
    ("ALF212", b"1\nNaN\n"),
    ("ALF217", b"1\n" + b"[" * 100_000),
    ("ALF217", b'"' + b"x" * (9 << 20) + b'"'),
]


@pytest.mark.parametrize(("code", "data"), BAD_LINES, ids=labels(BAD_LINES))
@pytest.mark.parametrize("large", [False, True])
def test_bad_jsonable(code: str, data: bytes, large: bool) -> None:
    assert codes("a.b.jsonable", data, large=large) == [code]


@pytest.mark.parametrize("data", [b"1\n2", b"1\n2\n", b"1\r\n2\r\n", b"1\r2\r", b"1\r2"])
def test_lines_end_as_in_any_text_file(data: bytes) -> None:
    content = read("a.b.jsonable", data)
    assert (content.rows, content.document) == (2, [1, 2])
    assert one_loads("a.b.jsonable", data) == [1, 2]
    large = read("a.b.jsonable", data, large=True)
    assert (large.rows, large.document) == (2, None)


BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(9)
)
BAD_YAML = [
    ("ALF202", b""),
    ("ALF207", b"a: \xff\n"),
    ("ALF207", "a: 1\n".encode("utf-16")),
    ("ALF214", b"a: [1"),
    ("ALF214", b"a: 1\n---\nb: 2\n"),
    ("ALF214", b"a: 2020-99-99\n"),
    ("ALF214", b"? {a: 1}\n: 2\n"),
    ("ALF214", b"a: *unknown\n"),
    ("ALF214", b"!!python/object/apply:os.system [ls]\n"),
    ("ALF214", b"\x00"),
    ("ALF217", b"[" * 100_000),
    ("ALF217", b"- " * 100_000),
    ("ALF217", b"".join(b" " * i + b"- \n" for i in range(1000))),
    ("ALF217", b"&a [*a]\n"),
    ("ALF217", BOMB),
]


@pytest.mark.parametrize(("code", "data"), BAD_YAML, ids=labels(BAD_YAML))
@pytest.mark.parametrize("large", [False, True])
def test_bad_yaml(code: str, data: bytes, large: bool) -> None:
    assert codes("a.b.yaml", data, large=large) == [code]


@pytest.mark.parametrize(
    "data", [b"a: &x [1]\nb: *x\nc: *x\n", b"# nothing\n", b"a: 2020-01-01\n", b"- \xc3\xa9\n"]
)
def test_yaml_is_what_one_loads(data: bytes) -> None:
    assert read("a.b.yml", data).document == one_loads("a.b.yml", data)


def test_faults_of_syntax_come_first() -> None:
    """A text with an asterisk is looked through before it is loaded, one without only if that fails."""
    for comment in (b"", b" # *"):
        assert "line 4" in message("a.b.yaml", b"a: 1" + comment + b"\n---\nb: [\n")
        assert "another document" in message("a.b.yaml", b"a: 1" + comment + b"\n---\nb: 2\n")


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"


def test_pointers_are_told_from_content() -> None:
    for data, tool in [(LFS, "git-lfs"), (b"/annex/objects/MD5-s5--0\n", "git-annex")]:
        problem = absent_content(data)
        assert problem is not None
        assert problem.code == "ALF213"
        assert tool in problem.message
    assert absent_content(b"a,b\n1,2\n") is None
    assert absent_content(LFS + b"x" * 2000) is None


def codes_of(example: Example) -> list[str]:
    data = example.content()
    absent = absent_content(data)
    return [str(absent.code)] if absent else codes(example.path, data)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_examples_show_what_the_rule_says(rule: Rule) -> None:
    assert all(codes_of(example) == [rule.code] for example in rule.bad)
    assert all(not codes_of(example) for example in rule.good)


def test_rules_are_complete() -> None:
    assert [rule.code for rule in RULES] == [f"ALF2{i:02}" for i in range(1, 18)]
    assert all(rule.summary and rule.why and rule.fix and rule.good and rule.bad for rule in RULES)
    assert all(rule.severity is not Severity.WARNING or not rule.safety for rule in RULES)


def test_every_reader_is_found_by_its_extensions() -> None:
    assert set(READ) == {
        "npy", "npz", "csv", "tsv", "htsv", "ssv", "pqt", "json", "jsonable", "yml", "yaml", "bin",
    }  # fmt: skip


def test_equal_texts_of_yaml_are_read_alike() -> None:
    """A short text is read once; one that is none is told of each time."""
    for _ in range(2):
        assert read("a.b.yaml", b"a: [1, 2]\n").document == {"a": [1, 2]}
        assert codes("a.b.yaml", b"a: [1\n") == ["ALF214"]
