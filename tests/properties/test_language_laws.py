"""Laws of the contract language: what is written is read back, no text is too much, heads agree."""

from __future__ import annotations

import fnmatch
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contract_mistakes import SOUND
from contract_texts import EVERYTHING
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from alfcheck.contracts.language import Head, contradictions, dump_spec, parse_text, read_head
from alfcheck.contracts.language.believed import believe
from alfcheck.contracts.language.patterns import overlap
from alfcheck.contracts.language.regexes import found_in, pattern_fault
from alfcheck.contracts.model import Condition, Match, SessionTerms, Wanted
from alfcheck.contracts.spec import NO_OBJECT, CheckSpec, ColumnSpec, ContractSpec, RelationSpec, RowsSpec
from alfcheck.errors import ContractError
from alfcheck.grammar import parse_dataset
from alfcheck.model import Dataset, Severity

LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Texts that readers of YAML take for something else.
TRAPS = (
    "NaN",
    "1e5",
    "-.inf",
    "no",
    "Yes",
    "null",
    "~",
    "0o7",
    "1_000",
    "12:30",
    "2020-01-01",
    "=",
    "<<",
    "- a",
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(TRAPS)
words = st.from_regex(r"[a-z][a-zA-Z0-9]{0,6}", fullmatch=True)
targets = words.filter(lambda word: word != NO_OBJECT)
severities = st.sampled_from([Severity.ERROR, Severity.WARNING])
numbers = st.one_of(
    st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False, allow_infinity=False), st.integers(-3, 3)
)


def check(name: str, **arguments: Any) -> st.SearchStrategy[CheckSpec]:
    """Make a check of arguments that are drawn."""
    given_ = st.fixed_dictionaries(arguments)
    return st.builds(
        lambda found, severity, error: CheckSpec(
            name=name, arguments=tuple(sorted(found.items())), severity=severity, error=error
        ),
        given_,
        severities,
        texts,
    )


# One value, 1 among numbers and "ab" among texts, passes all checks, so that none is impossible.
below, above = st.floats(-1e9, 0.5), st.floats(1.5, 1e9)
sets = st.lists(st.integers(-5, 5), max_size=4).map(lambda found: (*found, 1))
others = st.lists(numbers.filter(lambda value: value != 1), min_size=1, max_size=4).map(tuple)
NUMERIC = st.one_of(
    check("greater_than", min_value=below),
    check("greater_than_or_equal_to", min_value=below),
    check("less_than", max_value=above),
    check("less_than_or_equal_to", max_value=above | st.integers(2, 99)),
    check("in_range", min_value=below, max_value=above),
    check("in_range", min_value=below, max_value=above, include_min=st.just(False)),
    check("equal_to", value=st.just(1)),
    check("not_equal_to", value=st.integers(2, 9)),
    check("isin", allowed_values=sets),
    check("notin", forbidden_values=others),
    check("sorted"),
    check("strictly_increasing"),
    check("unique"),
    check("whole_number"),
)
TEXTUAL = st.one_of(
    check("isin", allowed_values=st.lists(texts, max_size=4).map(lambda found: (*found, "ab"))),
    check("not_equal_to", value=texts.filter(lambda text: text != "ab")),
    check("str_matches", pattern=st.sampled_from(["^a", "a", "[a-z]+", "(?:a|b)*$"])),
    check("str_contains", pattern=st.sampled_from(["b", ".", "\\w{2}"])),
    check("str_startswith", string=st.sampled_from(["", "a", "ab"])),
    check("str_endswith", string=st.sampled_from(["", "b"])),
    check("str_length", min_value=st.integers(0, 2)),
    check("str_length", min_value=st.integers(0, 2), max_value=st.integers(2, 9)),
    check("str_length", exact_value=st.just(2)),
)

dimensions = st.one_of(st.integers(1, 9), st.sampled_from(["rows", "channels", "clusters.rows"]))
shapes = st.lists(
    st.lists(dimensions, max_size=2).map(lambda found: ("rows", *found)), max_size=3, unique=True
).map(tuple)


documents = st.lists(texts, max_size=3, unique=True).map(
    lambda found: json.dumps(
        {"$defs": {"a": {"type": "string"}}, "enum": [*found, None, 1.5]},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
)


@st.composite
def columns(draw: st.DrawFn, name: str) -> ColumnSpec:
    """Draw an entry whose terms go together."""
    numeric = draw(st.booleans())
    kinds = ["number", "floating", "float64"] if numeric else ["string"]
    dtypes = draw(st.lists(st.sampled_from(kinds), unique=True, max_size=2))
    missing = draw(st.none() | (numbers if numeric else texts))
    nullable = draw(st.booleans())
    can_miss = nullable or missing is not None
    return ColumnSpec(
        name=name,
        description=draw(texts),
        unit=draw(st.sampled_from([None, "s", "V**2/Hz", "a.u.", "px/s"])),
        dtypes=tuple(dtypes),
        shapes=draw(shapes),
        nullable=nullable,
        missing=missing,
        missing_share=draw(st.none() | st.floats(0, 1)) if can_miss else None,
        unique=draw(st.booleans()),
        required=draw(st.booleans()),
        tolerance=draw(st.floats(0, 10)) if numeric else 0.0,
        references=draw(st.sampled_from([None, ""]) | targets if numeric else st.sampled_from([None, ""])),
        document=draw(st.none() | documents) if dtypes else None,
        examples=(),
        source=draw(texts),
        checks=tuple(draw(st.lists(NUMERIC if numeric else TEXTUAL, max_size=3))),
    )


names = st.one_of(words, words.map(lambda word: f"{word}_times"), words.map(lambda word: f"metrics.{word}"))
odd_names = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="*?["), min_size=1, max_size=9
).filter(lambda name: name.strip(".") == name)
paths = st.sampled_from(["alf/a.b.npy", "alf/*/c.d.*", "raw_*/_x_y.z.json", "a.b.npy"])
conditions = st.builds(
    Condition,
    protocol=st.none() | texts.filter(bool),
    collection=st.sampled_from([None, "", "alf*", "raw/*"]),
    device=st.none() | texts.filter(bool),
    document=st.none() | st.tuples(*[texts.filter(bool)] * 3),
)
counts = st.sampled_from([None, (1, 1), (0, 2), (2, None), (3, 5)])
wanted = st.one_of(
    st.builds(
        Wanted,
        kind=st.sampled_from(["required", "optional"]),
        patterns=st.tuples(paths.filter(lambda path: "*" in path)),
        count=counts,
        when=conditions,
        description=texts,
    ),
    st.builds(
        Wanted,
        kind=st.just("any_of"),
        patterns=st.lists(paths, min_size=2, max_size=3, unique=True).map(tuple),
        each=st.sampled_from(["", "raw/{probe}"]),
    ),
)
sessions = st.builds(
    SessionTerms, when=conditions, datasets=st.lists(wanted, min_size=1, max_size=3, unique=True).map(tuple)
)


@st.composite
def relations(draw: st.DrawFn, name: str, known: list[str]) -> RelationSpec:
    """Draw a relation between two columns, or an expression about one."""
    compare, expression = None, ""
    if draw(st.booleans()) and len(known) > 1:
        pair = draw(st.lists(st.sampled_from(known), min_size=2, max_size=2, unique=True))
        compare = (draw(st.sampled_from(["lt", "le", "eq"])), *sorted(pair))
    else:
        expression = f"{draw(st.sampled_from(known))} in (1, -2.5)"
    return RelationSpec(
        name=name,
        compare=compare,
        check=expression,
        when=draw(st.sampled_from(["", f"present({known[0]})"])),
        tolerance=draw(st.floats(0, 1)),
        severity=Severity.WARNING,
        description=draw(texts),
    )


@st.composite
def specs(draw: st.DrawFn) -> ContractSpec:
    """Draw a contract that is sound."""
    known = draw(st.lists(names | odd_names, min_size=1, max_size=4, unique=True))
    assume(not any(name.rpartition("_")[2].isdigit() for name in known))
    entries = [draw(columns(name)) for name in known]
    single = [
        each.name for each in entries if not each.shapes and each.name.isidentifier() and each.name.islower()
    ]
    single = [name for name in single if name not in ("present", "missing", "abs", *_KEYWORDS)]
    titles = draw(st.lists(st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True), max_size=3, unique=True))
    return ContractSpec(
        id=draw(st.from_regex(r"[a-z][a-z0-9_]{0,5}(\.[a-z][a-z0-9_]{0,5}){1,2}", fullmatch=True)),
        version=draw(st.from_regex(r"(0|[1-9][0-9]?)\.(0|[1-9])\.[0-9](-[a-z]{1,3})?", fullmatch=True)),
        status=draw(st.sampled_from(["draft", "active", "deprecated"])),
        owner=draw(texts),
        description=draw(texts),
        source=draw(texts),
        match=draw(matches),
        rows=RowsSpec(agree=draw(st.booleans()), exempt=tuple(known[:1]), at_least=draw(st.integers(0, 9))),
        strict=draw(st.booleans()),
        columns=tuple(entries),
        relations=tuple(draw(relations(title, _one_kind(entries, single))) for title in titles)
        if _one_kind(entries, single)
        else (),
        session=draw(st.none() | sessions),
    )


_KEYWORDS = frozenset(__import__("keyword").kwlist)


def _one_kind(entries: list[ColumnSpec], names_: list[str]) -> list[str]:
    return [each.name for each in entries if each.name in names_ and "string" not in each.dtypes]


matches = st.builds(
    Match,
    object=st.sampled_from(["licks", "l*", "[lm]icks", "*"]),
    namespace=st.sampled_from([None, "", "ibl", "*"]),
    collection=st.sampled_from(["*", "", "alf/*", "raw_?"]),
    extensions=st.lists(st.sampled_from(["npy", "pqt", "no", "7z", "123"]), unique=True, max_size=3).map(
        tuple
    ),
)


@LAW
@given(specs())
def test_what_is_written_is_read_back(spec: ContractSpec) -> None:
    parsed = parse_text(dump_spec(spec), "a.yaml")
    assert parsed.mistakes == ()
    assert parsed.spec == spec
    assert _types(parsed.spec) == _types(spec)


@LAW
@given(specs())
def test_what_is_believed_is_what_is_read(spec: ContractSpec) -> None:
    text = dump_spec(spec)
    assume('\\n"' not in text)  # a line break at the end, which is only meant in quotes
    assert believe(text) == spec


def test_every_word_is_believed() -> None:
    assert believe(EVERYTHING) == parse_text(EVERYTHING, "a.yaml").spec


def _types(spec: ContractSpec) -> list[str]:
    """Values that are equal may still differ: 1, 1.0 and True."""
    return [repr(each.checks) for each in spec.columns] + [repr(each.missing) for each in spec.columns]


@LAW
@given(specs())
def test_the_head_of_what_is_written_agrees(spec: ContractSpec) -> None:
    assert head_of(dump_spec(spec)) == Head(spec.id, spec.version, spec.match, spec.session is not None)


@LAW
@given(specs())
def test_no_contract_contradicts_itself(spec: ContractSpec) -> None:
    assert list(contradictions(spec, spec)) == []


def head_of(text: str) -> Head:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.yaml"
        path.write_text(text, encoding="utf-8", newline="")
        return read_head(path)


def quickly(action: Callable[[], Any]) -> Any:
    start = time.process_time()
    found = action()
    assert time.process_time() - start < 3
    return found


PIECES = st.sampled_from(
    [
        *(
            " ",
            "\n",
            "\n  ",
            ":",
            ": ",
            "-",
            "- ",
            "#",
            "'",
            '"',
            "{",
            "}",
            "[",
            "]",
            "*",
            "&a",
            "*a",
            "!t ",
            "|",
            ">",
        ),
        *(
            "null",
            "yes",
            "1e-6",
            "010",
            ".inf",
            "-.nan",
            "2024-01-01",
            "12:30",
            "9" * 5000,
            "\t",
            "\r",
            "\x85",
            "\x00",
        ),
        *(
            "ge",
            "isin",
            "checks",
            "columns:",
            "session:",
            "match:",
            "id:",
            "document",
            "unit",
            "*" * 300,
            "[" * 300,
        ),
        *(
            "(a+)+$",
            "\ufeff",
            "\u2028",
            "---\n",
            "...",
            "<<: ",
            "? ",
            "%YAML 1.2\n",
            "alfcheck: 1\n",
            "a" * 300,
        ),
    ]
)


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """Draw a sound file with a few pieces put in, taken out or doubled."""
    text = draw(st.sampled_from([EVERYTHING, SOUND]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 0, 1, 5, 40])))
        put = draw(PIECES | texts | st.just(text[start:end] * 2))
        text = text[:start] + put + text[end:]
    return text


def survives(text: str) -> None:
    parsed = quickly(lambda: parse_text(text, "a.yaml"))
    assert (parsed.spec is None) == bool(parsed.mistakes)
    lines = text.count("\n") + text.count("\r") + sum(map(text.count, "\x85\u2028\u2029")) + 1
    for mistake in parsed.mistakes:
        assert 1 <= mistake.line <= lines + 1
        assert mistake.column >= 1
        assert mistake.message
        assert mistake.fix
    if parsed.spec is not None:
        again = parse_text(dump_spec(parsed.spec), "a.yaml")
        assert again.spec == parsed.spec, again.mistakes


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200) | st.lists(PIECES, max_size=30).map("".join))
def test_any_text_is_a_contract_or_has_mistakes(text: str) -> None:
    survives(text)
    survives(f"alfcheck: 1\n{text}")


@settings(max_examples=200, deadline=None)
@given(spoilt())
def test_a_spoilt_contract_is_a_contract_or_has_mistakes(text: str) -> None:
    survives(text)


@settings(max_examples=200, deadline=None)
@given(spoilt(), st.permutations(SOUND.splitlines(keepends=True)))
def test_the_head_agrees_with_the_whole(text: str, lines: list[str]) -> None:
    for each in (text, "".join(lines)):
        spec = parse_text(each.removeprefix("\ufeff"), "a.yaml").spec
        if spec is None or (not each.isprintable() and "\ud800" in each):
            continue
        assert head_of(each) == Head(spec.id, spec.version, spec.match, spec.session is not None)


@LAW
@given(st.text("{}[]&*!|>'\"%@`:-#?, \n\tabc", max_size=300))
def test_the_head_of_any_text_is_read_or_refused(text: str) -> None:
    for each in (text, f"alfcheck: 1\nid: a.b\nversion: 1.0.0\n{text}\ncolumns:\n  a: {{}}\n"):
        try:
            quickly(lambda each=each: head_of(each))
        except ContractError:
            assert parse_text(each, "").spec is None


@settings(max_examples=300, deadline=None)
@given(st.text("ab*?[]!-", max_size=7), st.text("ab*?[]!-", max_size=7), st.text("ab-", max_size=6))
def test_patterns_that_match_one_name_overlap(first: str, second: str, name: str) -> None:
    assert overlap(first, second) == overlap(second, first)
    if fnmatch.fnmatchcase(name, first) and fnmatch.fnmatchcase(name, second):
        assert overlap(first, second)


@settings(max_examples=300, deadline=None)
@given(st.text("ab*?", max_size=6), st.text("ab*?", max_size=6))
def test_patterns_without_sets_overlap_only_if_they_match_one_name(first: str, second: str) -> None:
    letters = [""]
    for _ in range(7):
        letters += [each + letter for each in letters[-(2 ** (len(letters[-1]))) :] for letter in "ab"]
    # A name that both match, if there is one, needs no more letters than both patterns have.
    assume(len(first.replace("*", "")) + len(second.replace("*", "")) <= 7)
    common = any(fnmatch.fnmatchcase(name, first) and fnmatch.fnmatchcase(name, second) for name in letters)
    assert overlap(first, second) == common


legal = st.from_regex(
    r"\A(alf/|raw_x-1\.b/)?(_[a-z]{1,4}_)?[a-zA-Z0-9]{1,5}\.[a-z]{1,4}(_times)?(_[a-z]{1,4})?\.(npy|[a-z0-9_]{2})\Z"
)


@LAW
@given(legal)
def test_what_the_grammar_allows_can_be_matched(path: str) -> None:
    dataset = parse_dataset(path)
    assume(isinstance(dataset, Dataset))
    assert isinstance(dataset, Dataset)
    match = {"object": dataset.object, "namespace": dataset.namespace, "collection": dataset.collection}
    terms = json.dumps({**match, "extensions": [dataset.extension]})
    columns_ = f"columns: {{{json.dumps(dataset.column)}: {{}}}}\n"
    text = f"alfcheck: 1\nid: a.b\nversion: 1.0.0\nmatch: {terms}\n{columns_}"
    spec = parse_text(text, "").spec
    assert spec is not None
    assert spec.match is not None
    assert spec.match.covers(dataset)


@settings(max_examples=150, deadline=None)
@given(st.text("ab(|)*+?{}2,[]^$.\\", max_size=14), st.text("ab", max_size=40))
def test_patterns_that_are_accepted_end(pattern: str, text: str) -> None:
    if pattern_fault(pattern) is None:
        quickly(lambda: found_in(pattern, text, anchored=False))
